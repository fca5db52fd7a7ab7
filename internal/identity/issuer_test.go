package identity

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/go-cmp/cmp"

	"github.com/service-tracking/sts/internal/terms"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// clock is a clock that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func open(t *testing.T) (*Issuer, *ecdsa.PrivateKey, *clock) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{at: noon}
	issuer, err := newIssuer(key, c.now)
	if err != nil {
		t.Fatal(err)
	}
	return issuer, key, c
}

// mustRefuse asserts the one answer that every bad token gets.
func mustRefuse(t *testing.T, err error) {
	t.Helper()
	var input *terms.InputError
	if !errors.As(err, &input) || input != refused {
		t.Fatalf("got %v, want the one refusal", err)
	}
}

func TestATokenSaysWhichAccountItIs(t *testing.T) {
	issuer, _, _ := open(t)
	account := terms.NewID(terms.AccountPrefix)
	token, err := issuer.Mint(account, noon, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for _, how := range []string{"the first time", "from memory"} {
		claims, err := issuer.Verify(t.Context(), token)
		if err != nil {
			t.Fatalf("%s: %v", how, err)
		}
		if claims.TokenID == "" {
			t.Errorf("%s: no token id", how)
		}
		want := Claims{Subject: account, TokenID: claims.TokenID, IssuedAt: noon, ExpiresAt: noon.Add(time.Hour)}
		got := claims
		got.IssuedAt, got.ExpiresAt = got.IssuedAt.UTC(), got.ExpiresAt.UTC()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", how, diff)
		}
	}
	if n := issuer.verified.Len(); n != 1 {
		t.Errorf("%d tokens remembered, want 1", n)
	}
}

func TestTwoTokensOfOneAccountDiffer(t *testing.T) {
	issuer, _, _ := open(t)
	account := terms.NewID(terms.AccountPrefix)
	one, err1 := issuer.Mint(account, noon, time.Hour)
	two, err2 := issuer.Mint(account, noon, time.Hour)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	a, err1 := issuer.Verify(t.Context(), one)
	b, err2 := issuer.Verify(t.Context(), two)
	if err := errors.Join(err1, err2); err != nil || a.TokenID == b.TokenID {
		t.Fatalf("%v; ids %q and %q", err, a.TokenID, b.TokenID)
	}
}

func TestATokenExpires(t *testing.T) {
	for _, remembered := range []bool{false, true} {
		issuer, _, c := open(t)
		token, err := issuer.Mint(terms.NewID(terms.AccountPrefix), noon, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		c.at = noon.Add(time.Hour - time.Nanosecond)
		if remembered {
			if _, err := issuer.Verify(t.Context(), token); err != nil {
				t.Fatalf("a nanosecond before its end: %v", err)
			}
		}
		c.at = noon.Add(time.Hour)
		for range 2 {
			_, err = issuer.Verify(t.Context(), token)
			mustRefuse(t, err)
		}
		if n := issuer.verified.Len(); n != 0 {
			t.Errorf("remembered=%v: %d expired tokens kept", remembered, n)
		}
	}
}

func TestMintRefuses(t *testing.T) {
	issuer, _, _ := open(t)
	account := terms.NewID(terms.AccountPrefix)
	for name, c := range map[string]struct {
		subject terms.ID
		ttl     time.Duration
	}{
		"longer than a day":     {account, MaxTTL + 1},
		"no time":               {account, 0},
		"negative time":         {account, -time.Hour},
		"an id of another type": {terms.NewID(terms.CasePrefix), time.Hour},
		"nobody":                {"", time.Hour},
	} {
		if token, err := issuer.Mint(c.subject, noon, c.ttl); err == nil || token != "" {
			t.Errorf("%s: minted", name)
		}
	}
	if _, err := issuer.Mint(account, noon.Add(time.Millisecond*999), MaxTTL); err != nil {
		t.Errorf("a whole day: %v", err)
	}
}

// sign makes a token as somebody else would.
func sign(t *testing.T, alg jose.SignatureAlgorithm, key, claims any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, nil)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestForgedTokensAreRefused(t *testing.T) {
	issuer, key, _ := open(t)
	_, foreign, _ := open(t)
	account := string(terms.NewID(terms.AccountPrefix))
	claims := func(change func(*jwt.Claims)) jwt.Claims {
		c := jwt.Claims{
			Issuer: IssuerURL, Subject: account, Audience: jwt.Audience{Audience}, ID: "x",
			IssuedAt: jwt.NewNumericDate(noon), Expiry: jwt.NewNumericDate(noon.Add(time.Hour)),
		}
		if change != nil {
			change(&c)
		}
		return c
	}
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	good := sign(t, jose.ES256, key, claims(nil))
	if _, err := issuer.Verify(t.Context(), good); err != nil {
		t.Fatalf("the good token: %v", err)
	}
	head, rest, _ := strings.Cut(good, ".")
	body, signature, _ := strings.Cut(rest, ".")
	flip := "A"
	if signature[3] == 'A' {
		flip = "B"
	}

	for name, token := range map[string]string{
		"empty":                       "",
		"no token":                    "hello",
		"two dots":                    "..",
		"very long":                   strings.Repeat("a", maxTokenBytes+1),
		"signed by another key":       sign(t, jose.ES256, foreign, claims(nil)),
		"alg none":                    part(map[string]string{"alg": "none"}) + "." + body + ".",
		"alg none with our signature": part(map[string]string{"alg": "none"}) + "." + body + "." + signature,
		"alg NONE":                    part(map[string]string{"alg": "NONE"}) + "." + body + ".",
		"HS256 keyed by our public key": sign(t, jose.HS256, public,
			claims(nil)),
		"ES256 in the header, HS256 within":  part(map[string]string{"alg": "HS256"}) + "." + body + "." + signature,
		"another account put in":             head + "." + part(claims(func(c *jwt.Claims) { c.Subject = string(terms.NewID(terms.AccountPrefix)) })) + "." + signature,
		"no signature":                       head + "." + body + ".",
		"signature changed":                  head + "." + body + "." + signature[:3] + flip + signature[4:],
		"another issuer":                     sign(t, jose.ES256, key, claims(func(c *jwt.Claims) { c.Issuer = "https://sts.invalid" })),
		"another audience":                   sign(t, jose.ES256, key, claims(func(c *jwt.Claims) { c.Audience = jwt.Audience{"sts-app"} })),
		"no audience":                        sign(t, jose.ES256, key, claims(func(c *jwt.Claims) { c.Audience = nil })),
		"no expiry":                          sign(t, jose.ES256, key, claims(func(c *jwt.Claims) { c.Expiry = nil })),
		"expired":                            sign(t, jose.ES256, key, claims(func(c *jwt.Claims) { c.Expiry = jwt.NewNumericDate(noon) })),
		"longer than a day":                  sign(t, jose.ES256, key, claims(func(c *jwt.Claims) { c.Expiry = jwt.NewNumericDate(noon.Add(25 * time.Hour)) })),
		"from the future":                    sign(t, jose.ES256, key, claims(func(c *jwt.Claims) { c.IssuedAt = jwt.NewNumericDate(noon.Add(3 * time.Minute)) })),
		"not yet":                            sign(t, jose.ES256, key, claims(func(c *jwt.Claims) { c.NotBefore = jwt.NewNumericDate(noon.Add(time.Hour)) })),
		"no subject":                         sign(t, jose.ES256, key, claims(func(c *jwt.Claims) { c.Subject = "" })),
		"a subject that is no account":       sign(t, jose.ES256, key, claims(func(c *jwt.Claims) { c.Subject = string(terms.NewID(terms.CasePrefix)) })),
		"a key of its own in the header":     embedded(t, foreign, claims(nil)),
		"the good one with something behind": good + "." + signature,
	} {
		_, err := issuer.Verify(context.Background(), token)
		t.Run(name, func(t *testing.T) { mustRefuse(t, err) })
	}
	if n := issuer.verified.Len(); n != 1 {
		t.Errorf("%d tokens remembered, want the good one only", n)
	}
}

func embedded(t *testing.T, key *ecdsa.PrivateKey, claims any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, &jose.SignerOptions{EmbedJWK: true})
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func BenchmarkVerify(b *testing.B) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	issuer, err := newIssuer(key, func() time.Time { return noon })
	if err != nil {
		b.Fatal(err)
	}
	token, err := issuer.Mint(terms.NewID(terms.AccountPrefix), noon, time.Hour)
	if err != nil {
		b.Fatal(err)
	}
	for name, verify := range map[string]func() error{
		"first":      func() error { _, err := issuer.check(b.Context(), token); return err },
		"remembered": func() error { _, err := issuer.Verify(b.Context(), token); return err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := verify(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
