package gqlhttp

import (
	"bytes"
	"context"
	"errors"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/service-tracking/sts/internal/terms"
)

// postTransport is the main way in. Its one media type is what makes a browser
// ask before a page of another site may send such a request.
type postTransport struct{ limits Limits }

var _ graphql.Transport = postTransport{}

func (postTransport) Supports(r *http.Request) bool { return r.Method == http.MethodPost }

func (t postTransport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	accept := negotiate(r)
	if accept.nothing {
		answerError(w, t.limits.WriteTimeout, accept.contentType, http.StatusNotAcceptable,
			refusal(terms.BadRequest, "Answers are %s or %s, subscriptions %s.", typeResponse, typeJSON, eventStream))
		return
	}
	if !isJSON(r.Header.Get("Content-Type")) {
		answerError(w, t.limits.WriteTimeout, accept.contentType, http.StatusUnsupportedMediaType,
			refusal(terms.BadRequest, "Send the request as %s in UTF-8.", typeJSON))
		return
	}
	start := graphql.Now()
	body, status, err := t.body(w, r)
	if err != nil {
		answerError(w, t.limits.WriteTimeout, accept.contentType, status, err)
		return
	}
	params, err := decodeParams(body)
	if err != nil {
		answerError(w, t.limits.WriteTimeout, accept.contentType, http.StatusBadRequest, err)
		return
	}
	params.Headers = r.Header
	params.ReadTime = graphql.TraceTiming{Start: start, End: graphql.Now()}

	ctx := r.Context()
	opCtx, errs := exec.CreateOperationContext(ctx, params)
	switch {
	case errs != nil:
		refuse(ctx, w, t.limits.WriteTimeout, accept.contentType, exec, opCtx, errs)
	case opCtx.Operation.Operation == ast.Subscription && accept.stream:
		stream{limits: t.limits, w: w, out: http.NewResponseController(w)}.run(ctx, exec, opCtx)
	case opCtx.Operation.Operation == ast.Subscription:
		refuse(ctx, w, t.limits.WriteTimeout, accept.contentType, exec, opCtx, gqlerror.List{refusal(terms.BadRequest,
			"A subscription is answered as a stream: accept %s, or use a websocket.", eventStream)})
	default:
		run(ctx, w, t.limits.WriteTimeout, accept.contentType, exec, opCtx)
	}
}

// isJSON tells whether the media type is JSON in UTF-8.
func isJSON(contentType string) bool {
	mediaType, params, err := mime.ParseMediaType(contentType)
	if err != nil || mediaType != typeJSON {
		return false
	}
	charset, ok := params["charset"]
	return !ok || strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8")
}

func (t postTransport) body(w http.ResponseWriter, r *http.Request) ([]byte, int, *gqlerror.Error) {
	var b bytes.Buffer
	if n := r.ContentLength; n > 0 && n <= t.limits.BodyBytes {
		b.Grow(int(n) + bytes.MinRead)
	}
	_, err := b.ReadFrom(http.MaxBytesReader(w, r.Body, t.limits.BodyBytes))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, http.StatusRequestEntityTooLarge, refusal(terms.BadRequest, "The request is larger than %d bytes.", tooLarge.Limit)
	case err != nil:
		return nil, http.StatusBadRequest, refusal(terms.BadRequest, "The request could not be read to its end.")
	case b.Len() == 0:
		return nil, http.StatusBadRequest, refusal(terms.BadRequest, "The request is empty.")
	}
	return b.Bytes(), 0, nil
}

// run executes a query or mutation and answers it.
func run(ctx context.Context, w http.ResponseWriter, within time.Duration, contentType string, exec graphql.GraphExecutor, opCtx *graphql.OperationContext) {
	respond, running := exec.DispatchOperation(ctx, opCtx)
	resp := respond(running)
	if resp == nil {
		panic("gqlhttp: an operation without an answer")
	}
	answer(w, within, contentType, resp)
}

// refuse answers an operation that is not run.
func refuse(ctx context.Context, w http.ResponseWriter, within time.Duration, contentType string, exec graphql.GraphExecutor, opCtx *graphql.OperationContext, errs gqlerror.List) {
	answer(w, within, contentType, exec.DispatchError(graphql.WithOperationContext(ctx, opCtx), errs))
}
