package server

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/cors"

	"github.com/service-tracking/sts/internal/terms"
)

// Options are the parts that the server puts together.
type Options struct {
	// GraphQL answers /graphql.
	GraphQL http.Handler
	// Callers signs requests in.
	Callers *Callers
	// Origins are the web origins whose pages may call /graphql.
	Origins []string
	// Ready answers nil when the database, the migrations and the workers are.
	Ready func(context.Context) error
	// Metrics are what /metrics shows.
	Metrics *prometheus.Registry
	Log     *slog.Logger
}

// New answers the handler of the whole server.
func New(o Options) http.Handler {
	seconds := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "sts_http_request_seconds", Help: "Time until a request was answered, by route and status. Streams count until they end.",
		Buckets: prometheus.ExponentialBuckets(0.001, 3, 9),
	}, []string{"route", "code"})
	o.Metrics.MustRegister(seconds)
	mux := http.NewServeMux()
	handle := func(route string, h http.Handler) {
		mux.Handle(route, promhttp.InstrumentHandlerDuration(seconds.MustCurryWith(prometheus.Labels{"route": route}), h))
	}
	handle("/graphql", crossOrigin(o.Origins)(o.Callers.signIn(o.GraphQL)))
	handle("GET /healthz", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { status(w, o.Log, http.StatusOK, "alive") }))
	handle("GET /readyz", ready(o.Ready, o.Log))
	handle("GET /metrics", bounded(promhttp.HandlerFor(o.Metrics, promhttp.HandlerOpts{})))
	return headers(mux)
}

// crossOrigin lets the pages of the listed origins call, and no others. They
// send bearer tokens or cookies, so a wildcard is never right.
func crossOrigin(origins []string) func(http.Handler) http.Handler {
	if len(origins) == 0 {
		// rs/cors takes an empty list for "everyone".
		return func(h http.Handler) http.Handler { return h }
	}
	return cors.New(cors.Options{
		AllowedOrigins: origins,
		AllowedMethods: []string{http.MethodGet, http.MethodPost},
		AllowedHeaders: []string{"Authorization", "Content-Type", "Accept"},
		MaxAge:         600,
	}).Handler
}

func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		next.ServeHTTP(w, r)
	})
}

const readyWithin = 3 * time.Second

func ready(check func(context.Context) error, log *slog.Logger) http.Handler {
	remembered := Remembered(readyWithin, func(ctx context.Context) (struct{}, error) {
		err := check(ctx)
		if err != nil {
			log.WarnContext(ctx, "not ready", "error", err)
		}
		return struct{}{}, err
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := remembered(r.Context()); err != nil {
			status(w, log, http.StatusServiceUnavailable, "not ready")
			return
		}
		status(w, log, http.StatusOK, "ready")
	})
}

// answerWithin is how long an answer of this package may take to leave.
const answerWithin = 10 * time.Second

// limit bounds what is written from now on, so that a client that does not read
// holds nothing. The next request on the connection begins anew (see [HTTP]).
func limit(w http.ResponseWriter) {
	// An error: the connection is gone, or a test's writer has no deadlines.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(answerWithin))
}

func bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limit(w)
		next.ServeHTTP(w, r)
	})
}

func status(w http.ResponseWriter, log *slog.Logger, code int, word string) {
	answer(w, log, code, map[string]string{"status": word})
}

func answer(w http.ResponseWriter, log *slog.Logger, code int, body any) {
	limit(w)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		log.Debug("a client left before it was answered", "error", err)
	}
}

// refuse answers a request whose caller could not be signed in, in the form of
// a GraphQL error.
func refuse(w http.ResponseWriter, log *slog.Logger, err error) {
	type graphqlError struct {
		Message    string            `json:"message"`
		Extensions map[string]string `json:"extensions"`
	}
	code, text, coded := http.StatusServiceUnavailable, "The sign-in could not be checked. Try again in a moment.", terms.Unavailable
	var input *terms.InputError
	if errors.As(err, &input) {
		code, text, coded = http.StatusUnauthorized, input.Message, input.Code
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
	} else {
		log.Error("signing a caller in", "error", err)
	}
	answer(w, log, code, map[string]any{"errors": []graphqlError{{text, map[string]string{"code": string(coded)}}}})
}

// HTTP answers an http.Server with the limits that every listener needs. Its
// write timeout, counted from a request's header, is for what sets no deadline
// of its own: refusals of the router and of CORS. Answers set theirs when they
// are written, streams event by event.
func HTTP(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}
