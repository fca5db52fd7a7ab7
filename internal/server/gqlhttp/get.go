package gqlhttp

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/service-tracking/sts/internal/terms"
)

// getTransport answers queries of bearer tokens. A browser can be made to send
// a GET with its cookie by any page, and what stands in an address stands in
// histories and logs, so sessions do not have it.
type getTransport struct {
	bearer func(context.Context) bool
	limits Limits
}

var _ graphql.Transport = getTransport{}

func (getTransport) Supports(r *http.Request) bool { return r.Method == http.MethodGet }

func (t getTransport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	ctx := r.Context()
	accept := negotiate(r)
	switch {
	case accept.nothing:
		answerError(w, t.limits.WriteTimeout, accept.contentType, http.StatusNotAcceptable, refusal(terms.BadRequest, "Answers are %s or %s.", typeResponse, typeJSON))
		return
	case !t.bearer(ctx):
		w.Header().Set("Allow", allowedMethods)
		answerError(w, t.limits.WriteTimeout, accept.contentType, http.StatusForbidden, refusal(terms.Forbidden, "GET is for bearer tokens: send this by POST."))
		return
	}
	start := graphql.Now()
	params, err := queryParams(r.URL.RawQuery)
	if err != nil {
		answerError(w, t.limits.WriteTimeout, accept.contentType, http.StatusBadRequest, err)
		return
	}
	params.Headers = r.Header
	params.ReadTime = graphql.TraceTiming{Start: start, End: graphql.Now()}

	opCtx, errs := exec.CreateOperationContext(ctx, params)
	switch {
	case errs != nil:
		refuse(ctx, w, t.limits.WriteTimeout, accept.contentType, exec, opCtx, errs)
	case opCtx.Operation.Operation != ast.Query:
		w.Header().Set("Allow", http.MethodPost)
		answerError(w, t.limits.WriteTimeout, accept.contentType, http.StatusMethodNotAllowed, refusal(terms.BadRequest, "GET runs queries only: send this by POST."))
	default:
		run(ctx, w, t.limits.WriteTimeout, accept.contentType, exec, opCtx)
	}
}

func queryParams(raw string) (*graphql.RawParams, *gqlerror.Error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, refusal(terms.BadRequest, "The query string cannot be read.")
	}
	for _, name := range []string{"query", "operationName", documentIDKey, "variables", "extensions"} {
		if len(values[name]) > 1 {
			return nil, refusal(terms.BadRequest, "A parameter is given twice.")
		}
	}
	params := &graphql.RawParams{Query: values.Get("query"), OperationName: values.Get("operationName")}
	for name, to := range map[string]*map[string]any{"variables": &params.Variables, "extensions": &params.Extensions} {
		text := values.Get(name)
		if text == "" {
			continue
		}
		if err := checkJSON([]byte(text)); err != nil {
			return nil, err
		}
		if !json.Valid([]byte(text)) {
			return nil, errNotJSON
		}
		if err := decodeObject(name, json.RawMessage(text), to); err != nil {
			return nil, err
		}
	}
	return withDocumentID(params, values.Get(documentIDKey))
}
