package identity

import (
	"net/http"
	"testing"
)

func TestBearerToken(t *testing.T) {
	for name, c := range map[string]struct {
		headers []string
		want    string
	}{
		"none":               {nil, ""},
		"a token":            {[]string{"Bearer a.b.c"}, "a.b.c"},
		"scheme in any case": {[]string{"bEARER a.b.c"}, "a.b.c"},
		"two spaces":         {[]string{"Bearer  a.b.c"}, "a.b.c"},
		"another scheme":     {[]string{"Basic YTpi"}, ""},
		"scheme alone":       {[]string{"Bearer"}, ""},
		"scheme and space":   {[]string{"Bearer "}, ""},
		"a token alone":      {[]string{"a.b.c"}, ""},
		"two tokens":         {[]string{"Bearer a b"}, ""},
		"two in one header":  {[]string{"Bearer a, Bearer b"}, ""},
		"two headers":        {[]string{"Bearer a", "Bearer b"}, ""},
	} {
		r := &http.Request{Header: http.Header{"Authorization": c.headers}}
		if got := BearerToken(r); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
