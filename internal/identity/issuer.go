package identity

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/service-tracking/sts/internal/terms"
)

const (
	// IssuerURL names the built-in issuer in its tokens. It is a name and no
	// address (RFC 2606 keeps .invalid free for ever), so that the same data
	// directory works under whatever host name it is served.
	IssuerURL = "https://sts.invalid/"

	// Audience is whom the tokens are for.
	Audience = "sts-api"

	// MaxTTL is how long a token may live at the most. A token cannot be taken
	// back before it expires, other than by closing its account.
	MaxTTL = 24 * time.Hour
)

const (
	maxTokenBytes  = 4 << 10 // ours have 400; nobody makes us hash megabytes
	verifiedTokens = 10_000  // about 2 MB
	clockSkew      = 2 * time.Minute
)

// Issuer makes and verifies bearer tokens with one key. It is safe for use by
// many goroutines.
type Issuer struct {
	signer   jose.Signer
	verifier *oidc.IDTokenVerifier
	now      func() time.Time

	// verified remembers tokens whose signature was checked, because that
	// costs more than most queries. It is keyed by their hash, so that a dump
	// of memory holds no usable token for longer than its request.
	verified *lru.Cache[[sha256.Size]byte, Claims]
}

// Claims are what a verified token says.
type Claims struct {
	Subject   terms.ID // the account
	TokenID   string   // jti, for the log and the journal: it proves nothing
	IssuedAt  time.Time
	ExpiresAt time.Time
}

// Open makes the issuer whose key lies in the data directory; the key is made
// when there is none. A key file that others may read is an error that says
// what to do. The clock is what expiry is judged by.
func Open(dir string, now func() time.Time) (*Issuer, error) {
	key, err := loadKey(dir)
	if err != nil {
		return nil, err
	}
	return newIssuer(key, now)
}

func newIssuer(key *ecdsa.PrivateKey, now func() time.Time) (*Issuer, error) {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return nil, fmt.Errorf("using the signing key: %w", err)
	}
	verified, err := lru.New[[sha256.Size]byte, Claims](verifiedTokens)
	if err != nil {
		return nil, fmt.Errorf("making the cache of verified tokens: %w", err)
	}
	keys := &oidc.StaticKeySet{PublicKeys: []crypto.PublicKey{key.Public()}}
	return &Issuer{
		signer: signer,
		verifier: oidc.NewVerifier(IssuerURL, keys, &oidc.Config{
			ClientID: Audience,
			// The token does not choose how it is verified: no "none", and no
			// HMAC keyed with the public key.
			SupportedSigningAlgs: []string{oidc.ES256},
			Now:                  now,
		}),
		now:      now,
		verified: verified,
	}, nil
}

// Mint makes a token by which its bearer is the account, from now for ttl
// (more than 0, at most [MaxTTL]).
func (i *Issuer) Mint(subject terms.ID, now time.Time, ttl time.Duration) (string, error) {
	if err := subject.Must(terms.AccountPrefix); err != nil {
		return "", err
	}
	if ttl < time.Second || ttl > MaxTTL {
		return "", fmt.Errorf("a token lives between a second and %v, not %v", MaxTTL, ttl)
	}
	token, err := jwt.Signed(i.signer).Claims(jwt.Claims{
		Issuer:   IssuerURL,
		Subject:  string(subject),
		Audience: jwt.Audience{Audience},
		IssuedAt: jwt.NewNumericDate(now),
		Expiry:   jwt.NewNumericDate(now.Add(ttl)),
		ID:       uuid.NewString(),
	}).Serialize()
	if err != nil {
		return "", fmt.Errorf("signing a token: %w", err)
	}
	return token, nil
}

// refused is the one answer to every token that is not good: why it is not
// good helps only who tries to make one. The reason follows it in the chain,
// for the log.
var refused = &terms.InputError{
	Code:    terms.Unauthenticated,
	Message: "This token is not valid, or no longer: sign in again, or make a new one with sts token.",
}

func refuse(format string, args ...any) error {
	return fmt.Errorf("%w (%w)", refused, fmt.Errorf(format, args...))
}

// Verify answers what a token says. A token that is expired, altered or not
// ours is a [terms.InputError] with [terms.Unauthenticated].
func (i *Issuer) Verify(ctx context.Context, raw string) (Claims, error) {
	if len(raw) > maxTokenBytes {
		return Claims{}, refuse("the token is %d bytes long", len(raw))
	}
	hash := sha256.Sum256([]byte(raw))
	if claims, ok := i.verified.Get(hash); ok {
		if i.now().Before(claims.ExpiresAt) {
			return claims, nil
		}
		i.verified.Remove(hash)
		return Claims{}, refuse("the token has expired")
	}
	claims, err := i.check(ctx, raw)
	if err != nil {
		return Claims{}, err
	}
	i.verified.Add(hash, claims)
	return claims, nil
}

func (i *Issuer) check(ctx context.Context, raw string) (Claims, error) {
	token, err := i.verifier.Verify(ctx, raw)
	if err != nil {
		return Claims{}, refuse("verifying: %w", err)
	}
	var more struct {
		ID string `json:"jti"`
	}
	if err := token.Claims(&more); err != nil {
		return Claims{}, refuse("reading the claims: %w", err)
	}
	subject, err := terms.ParseID(token.Subject)
	if err == nil {
		err = subject.Must(terms.AccountPrefix)
	}
	if err != nil {
		return Claims{}, refuse("the subject is no account")
	}
	// The rest cannot fail for a token of Mint. It holds if the key is ever
	// used to sign anything else.
	now := i.now()
	switch {
	case !now.Before(token.Expiry): // go-oidc lets the last instant pass
		return Claims{}, refuse("the token has expired")
	case token.IssuedAt.After(now.Add(clockSkew)):
		return Claims{}, refuse("the token comes from the future")
	case token.Expiry.Sub(token.IssuedAt) > MaxTTL:
		return Claims{}, refuse("the token lives too long")
	}
	return Claims{Subject: subject, TokenID: more.ID, IssuedAt: token.IssuedAt, ExpiresAt: token.Expiry}, nil
}
