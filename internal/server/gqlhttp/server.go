package gqlhttp

import (
	"context"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/service-tracking/sts/internal/terms"
)

// maxErrors is how many errors of one document are answered: who makes a
// thousand mistakes learns nothing from the last nine hundred.
const maxErrors = 20

// New is the handler of /graphql for the schema.
func New(schema graphql.ExecutableSchema, o Options) *Handler {
	o = o.withDefaults()
	present := Presenter(o.Log)
	documents := newDocuments(o.Limits.CachedDocuments)

	exec := executor.New(schema)
	exec.SetErrorPresenter(present)
	exec.SetRecoverFunc(Recover)
	exec.SetQueryCache(documents)
	exec.SetParserTokenLimit(o.Limits.Tokens)
	exec.SetDisableSuggestion(true)
	exec.SetDefaultRulesFn(rulesWithoutSuggestions)
	exec.Use(&gate{options: o, schema: schema, documents: documents, present: present})
	for _, extension := range o.Extensions {
		exec.Use(extension)
	}
	h := &Handler{exec: guarded{exec}, limits: o.Limits, sockets: newSockets(o.Limits.Sockets)}
	h.transports = []graphql.Transport{
		websocketTransport{o, h.sockets},
		postTransport{o.Limits},
		getTransport{o.Bearer, o.Limits},
		otherMethods{o.Limits},
	}
	return h
}

// Handler answers /graphql.
type Handler struct {
	exec       guarded
	limits     Limits
	transports []graphql.Transport
	sockets    *sockets
}

// Shutdown ends the websockets, which an http.Server that shuts down forgets:
// none is opened any more; the subscriptions of those that are open end at once;
// queries and mutations are waited for, and their answers sent; then the client
// hears 1001, "going away". When ctx ends first, what is left is cut off and
// reported.
func (s *Handler) Shutdown(ctx context.Context) error { return s.sockets.shutdown(ctx) }

func (s *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r = r.WithContext(graphql.StartOperationTrace(r.Context()))
	w.Header().Set("Cache-Control", "no-store") // what depends on the viewer stays nowhere
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if v == http.ErrAbortHandler {
			panic(v)
		}
		err := s.exec.present(r.Context(), v)
		if strings.HasPrefix(w.Header().Get("Content-Type"), eventStream) {
			panic(http.ErrAbortHandler) // logged; the stream can only be cut
		}
		answerError(w, s.limits.WriteTimeout, negotiate(r).contentType, http.StatusInternalServerError, err)
	}()
	for _, t := range s.transports {
		if t.Supports(r) {
			t.Do(w, r, s.exec)
			return
		}
	}
}

// otherMethods answers what is neither GET nor POST.
type otherMethods struct{ limits Limits }

const allowedMethods = "OPTIONS, GET, POST"

func (otherMethods) Supports(*http.Request) bool { return true }

func (t otherMethods) Do(w http.ResponseWriter, r *http.Request, _ graphql.GraphExecutor) {
	w.Header().Set("Allow", allowedMethods)
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	answerError(w, t.limits.WriteTimeout, negotiate(r).contentType, http.StatusMethodNotAllowed,
		refusal(terms.BadRequest, "GraphQL is asked by POST, and by GET with a bearer token."))
}

// guarded is gqlgen's executor, which lets panics out of parsing, validation
// and variables; and a document's errors can be as many as its words.
type guarded struct{ *executor.Executor }

func (g guarded) CreateOperationContext(ctx context.Context, params *graphql.RawParams) (opCtx *graphql.OperationContext, errs gqlerror.List) {
	defer func() {
		if v := recover(); v != nil {
			opCtx = &graphql.OperationContext{RecoverFunc: Recover}
			errs = gqlerror.List{g.present(ctx, v)}
		}
	}()
	opCtx, errs = g.Executor.CreateOperationContext(ctx, params)
	if len(errs) > maxErrors {
		errs = errs[:maxErrors]
	}
	return opCtx, errs
}

// present makes the answer to a panic.
func (g guarded) present(ctx context.Context, v any) *gqlerror.Error {
	err, ok := g.PresentRecoveredError(ctx, v).(*gqlerror.Error)
	if !ok || err == nil {
		return refusal(terms.Internal, internalMessage)
	}
	return err
}

// rulesWithoutSuggestions are the validation rules, without the "Did you
// mean" that tells a stranger the names of the schema one by one.
// SetDisableSuggestion does it for the other two rules that suggest.
func rulesWithoutSuggestions() *rules.Rules {
	r := rules.NewDefaultRules()
	r.ReplaceRule(rules.ValuesOfCorrectTypeRule.Name, rules.ValuesOfCorrectTypeRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule(rules.KnownArgumentNamesRule.Name, rules.KnownArgumentNamesRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule(rules.KnownTypeNamesRule.Name, rules.KnownTypeNamesRuleWithoutSuggestions.RuleFunc)
	return r
}
