package gqlhttp

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/service-tracking/sts/internal/terms"
)

const (
	codeKey      = "code"
	referenceKey = "reference"

	internalMessage    = "Something went wrong on our side. The registry section can find it by the reference."
	timeoutMessage     = "This took too long and was stopped. Ask for less, or try again."
	cancelledMessage   = "The request was cancelled before it was answered. Try again."
	badArgumentMessage = "A value given here cannot be used."

	maxMessage = 300
)

// coder is an error of another package that knows its code. Its text is meant
// for the client.
type coder interface {
	error
	ErrorCode() terms.Code
}

// documented are the codes that an error which already has one may keep.
var documented = map[string]bool{}

func init() {
	for _, code := range []terms.Code{
		terms.BadDateTime, terms.BadDocketNumber, terms.BadID, terms.BadPage, terms.EventExpired,
		terms.Unauthenticated, terms.Forbidden, terms.BadRequest, terms.ValidationFailed, terms.QueryTooCostly,
		terms.DocumentNotAllowed, terms.RateLimited, terms.TimedOut, terms.Unavailable, terms.Internal,
	} {
		documented[string(code)] = true
	}
}

// Presenter makes of any error what a client may read: a documented code, and
// a message that was written for clients. An error that was not is INTERNAL,
// its cause goes to the log, and a reference stands in both. An error that was
// presented before stays as it is.
func Presenter(log *slog.Logger) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		if err == nil {
			return nil
		}
		out := &gqlerror.Error{Path: graphql.GetPath(ctx)}
		var in *gqlerror.Error
		if errors.As(err, &in) {
			out.Path, out.Locations = in.Path, in.Locations
		}
		code, message, ok := meant(ctx, err, in)
		if ok && in != nil && in.Err == nil && in.Extensions[referenceKey] != nil {
			return in // INTERNAL, and in the log already
		}
		if !ok {
			reference := strings.ToLower(rand.Text()[:10])
			logInternal(ctx, log, reference, err, out)
			out.Message = internalMessage
			out.Extensions = map[string]any{codeKey: string(terms.Internal), referenceKey: reference}
			return out
		}
		out.Message = shorten(message)
		out.Extensions = map[string]any{codeKey: string(code)}
		return out
	}
}

// meant finds the code and message that were meant for the client. gqlgen
// wraps errors before they come here, so types are asked for along the chain.
func meant(ctx context.Context, err error, in *gqlerror.Error) (terms.Code, string, bool) {
	var input *terms.InputError
	if errors.As(err, &input) {
		return input.Code, input.Message, true
	}
	var coded coder
	if errors.As(err, &coded) {
		return coded.ErrorCode(), coded.Error(), true
	}
	if in != nil && in.Err == nil {
		code, _ := in.Extensions[codeKey].(string)
		switch {
		case documented[code]:
			return terms.Code(code), in.Message, true
		case strings.HasPrefix(in.Message, "exceeded token limit"):
			return terms.QueryTooCostly, "The document has too many words.", true
		case code == errcode.ParseFailed, code == errcode.ValidationFailed, in.Rule != "":
			return terms.ValidationFailed, placed(in, withoutSuggestion(in.Message)), true
		}
	}
	// A driver that was interrupted does not always say by what.
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return terms.TimedOut, timeoutMessage, true
	}
	if ctx.Err() != nil {
		return terms.Unavailable, cancelledMessage, true
	}
	if badArgument(ctx, in) {
		return terms.ValidationFailed, badArgumentMessage, true
	}
	return "", "", false
}

// placed says in words where gqlparser says it by a path alone: "must be
// defined" helps nobody who reads messages. An operation without a name that
// is one of several gets words of its own.
func placed(in *gqlerror.Error, message string) string {
	if message == "operation  not found" {
		return "The document has several operations: say which one in operationName."
	}
	// Whichever field of a @oneOf input is null, gqlparser names the first.
	if input, found := strings.CutSuffix(message, " must be non-null."); found && in.Rule == "ValuesOfCorrectType" {
		input, _, _ = strings.Cut(strings.TrimPrefix(input, "Field "), ".")
		return "OneOf Input Object " + input + `" must specify exactly one key, with a value that is not null.`
	}
	if len(in.Path) < 2 || in.Path[0] != ast.PathName("variable") {
		return message
	}
	return "$" + strings.TrimPrefix(in.Path.String(), "variable.") + ": " + message
}

// badArgument tells whether gqlgen could not make an argument's Go value from
// what the client sent, which it says by an untyped error (its issue 772). At
// that moment the field has no arguments yet, and the error's path goes on
// below the field, to the argument.
func badArgument(ctx context.Context, in *gqlerror.Error) bool {
	field := graphql.GetFieldContext(ctx)
	return in != nil && field != nil && field.Field.Field != nil && len(field.Field.Arguments) > 0 &&
		field.Args == nil && len(in.Path) > len(field.Path())
}

func logInternal(ctx context.Context, log *slog.Logger, reference string, err error, out *gqlerror.Error) {
	attrs := []slog.Attr{
		slog.String("reference", reference),
		slog.String("error", err.Error()),
		slog.String("path", out.Path.String()),
	}
	if graphql.HasOperationContext(ctx) {
		if op := graphql.GetOperationContext(ctx).Operation; op != nil {
			attrs = append(attrs, slog.String("operation", string(op.Operation)+" "+op.Name))
		}
	}
	var p *panicError
	if errors.As(err, &p) {
		attrs = append(attrs, slog.String("stack", string(p.stack)))
	}
	log.LogAttrs(ctx, slog.LevelError, "graphql: internal error", attrs...)
}

// withoutSuggestion cuts what would tell the schema's names; the rules that
// suggest are off, and this holds if a new one comes.
func withoutSuggestion(message string) string {
	message, _, _ = strings.Cut(message, " Did you mean")
	return message
}

func shorten(message string) string {
	if len(message) <= maxMessage {
		return message
	}
	return strings.ToValidUTF8(message[:maxMessage], "") + "…"
}

// panicError is a panic on its way to the presenter.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

// Recover makes an error of a panic, which the presenter answers and logs like
// any other that no client should read.
func Recover(_ context.Context, v any) error {
	return &panicError{value: v, stack: debug.Stack()}
}

// refusal is an error of this package for the client.
func refusal(code terms.Code, format string, args ...any) *gqlerror.Error {
	return &gqlerror.Error{Message: fmt.Sprintf(format, args...), Extensions: map[string]any{codeKey: string(code)}}
}

// codeOf is the code of a presented error.
func codeOf(err *gqlerror.Error) terms.Code {
	code, _ := err.Extensions[codeKey].(string)
	return terms.Code(code)
}
