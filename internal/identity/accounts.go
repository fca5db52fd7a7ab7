package identity

import (
	"context"
	"fmt"
	"regexp"
	"sync"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/account"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// accountLife is for how long an account is remembered before it is read
// again: closing one is felt within it, on every instance.
const accountLife = 5 * time.Second

// Accounts answers who an account is, and makes accounts.
type Accounts struct {
	store *store.Store
	now   func() time.Time

	mu    sync.Mutex
	known map[terms.ID]remembered
}

type remembered struct {
	row   *ent.Account
	until time.Time
}

// NewAccounts makes it. The clock is the one that viewers ask by.
func NewAccounts(s *store.Store, now func() time.Time) *Accounts {
	return &Accounts{store: s, now: now, known: map[terms.ID]remembered{}}
}

// Viewer answers the viewer that the account is now. An account that is not
// there, or not active, is a [terms.InputError] with [terms.Unauthenticated].
func (a *Accounts) Viewer(ctx context.Context, id terms.ID) (*access.Viewer, error) {
	now := a.now()
	row, err := a.read(ctx, id, now)
	if err != nil {
		return nil, err
	}
	if row == nil || row.Status != terms.AccountActive {
		return nil, refuse("account %s is not active", id)
	}
	v := &access.Viewer{
		Account: row.ID, AccountName: row.Name, DisplayName: row.DisplayName,
		Roles: row.Roles, Courts: row.CourtCodes, Agreed: row.AgreementSignedAt != nil, At: now,
	}
	if row.OfficerID != nil {
		v.Officer = *row.OfficerID
	}
	return v, nil
}

// read answers the account's row, nil if there is none.
func (a *Accounts) read(ctx context.Context, id terms.ID, now time.Time) (*ent.Account, error) {
	a.mu.Lock()
	k, ok := a.known[id]
	a.mu.Unlock()
	if ok && now.Before(k.until) {
		return k.row, nil
	}
	row, err := a.store.Client.Account.Get(access.As(ctx, "identity"), id)
	if err != nil && !ent.IsNotFound(err) {
		return nil, fmt.Errorf("reading account %s: %w", id, err)
	}
	// Only accounts that exist are remembered: their number is bounded.
	if row != nil {
		a.mu.Lock()
		a.known[id] = remembered{row, now.Add(accountLife)}
		a.mu.Unlock()
	}
	return row, nil
}

// NewAccount is what an account is made from.
type NewAccount struct {
	Name, DisplayName string
	Roles             []terms.Role
	Officer           terms.ID
	Courts            []string
	// AgreementSignedAt is nil while the user agreement is not signed.
	AgreementSignedAt *time.Time
}

var accountName = regexp.MustCompile(`^[a-z][a-z0-9._-]{1,63}$`)

// Create makes an account, and tells the journal who made it.
func (a *Accounts) Create(ctx context.Context, by *access.Viewer, n NewAccount) (*ent.Account, error) {
	if !accountName.MatchString(n.Name) {
		return nil, fmt.Errorf("an account's name has 2 to 64 small letters, digits, dots, hyphens or underscores and begins with a letter")
	}
	var row *ent.Account
	err := a.store.Tx(access.As(ctx, "identity"), func(ctx context.Context, tx *ent.Tx) (err error) {
		now := terms.Micro(a.now())
		c := tx.Account.Create().SetName(n.Name).SetDisplayName(n.DisplayName).SetStatus(terms.AccountActive).
			SetRoles(n.Roles).SetCourtCodes(n.Courts).SetCreatedAt(now).
			SetNillableAgreementSignedAt(n.AgreementSignedAt)
		if n.Officer != "" {
			c.SetOfficerID(n.Officer)
		}
		if row, err = c.Save(ctx); err != nil {
			return fmt.Errorf("inserting the account: %w", err)
		}
		return journal.Append(ctx, tx, journal.Entry{
			Kind: terms.AccountCreated, About: row.ID, Account: by.Account, Actor: by.DisplayName, At: now,
		})
	})
	if err != nil {
		return nil, fmt.Errorf("creating account %s: %w", n.Name, err)
	}
	return row.Unwrap(), nil
}

// Token mints a bearer token for the account of that name, and tells the
// journal that the console did.
func (a *Accounts) Token(ctx context.Context, issuer *Issuer, name string, ttl time.Duration) (string, error) {
	ctx = access.As(ctx, "console")
	row, err := a.store.Client.Account.Query().Where(account.Name(name)).Only(ctx)
	if ent.IsNotFound(err) {
		return "", fmt.Errorf("there is no account %q", name)
	}
	if err != nil {
		return "", fmt.Errorf("reading account %q: %w", name, err)
	}
	if row.Status != terms.AccountActive {
		return "", fmt.Errorf("account %q is %s: it gets no token", name, row.Status)
	}
	now := a.now()
	token, err := issuer.Mint(row.ID, now, ttl)
	if err != nil {
		return "", err
	}
	err = a.store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		return journal.Append(ctx, tx, journal.Entry{
			Kind: terms.TokenIssued, About: row.ID, Actor: "console", At: terms.Micro(now),
			Facts: struct {
				ExpiresAt time.Time `json:"expiresAt"`
			}{terms.Micro(now.Add(ttl))},
		})
	})
	if err != nil {
		return "", fmt.Errorf("auditing the token: %w", err)
	}
	return token, nil
}
