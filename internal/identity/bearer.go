package identity

import (
	"net/http"
	"strings"
)

// BearerToken is the token of a request, "" if it has none. A request with two
// Authorization headers has none: a proxy and we could read different ones.
func BearerToken(r *http.Request) string {
	values := r.Header.Values("Authorization")
	if len(values) != 1 {
		return ""
	}
	return ParseBearer(values[0])
}

// ParseBearer is the token in the value of an Authorization header, as a
// websocket's connection_init carries it too; "" if there is none. The scheme
// may be written in any case (RFC 9110 §11.1).
func ParseBearer(authorization string) string {
	scheme, token, ok := strings.Cut(strings.TrimSpace(authorization), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	if token = strings.TrimLeft(token, " "); strings.ContainsAny(token, " \t,") {
		return ""
	}
	return token
}
