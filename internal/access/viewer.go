package access

import (
	"context"
	"slices"
	"time"

	"github.com/service-tracking/sts/internal/terms"
)

// Viewer is who is asking.
type Viewer struct {
	// Account is the account that asks, "" for a system viewer.
	Account terms.ID
	// AccountName is the name with which the account signs in.
	AccountName string
	DisplayName string
	Roles       []terms.Role
	// Officer is the officer whose account this is, "" if none.
	Officer terms.ID
	// Courts are the codes of the court locations of court staff.
	Courts []string
	// Agreed tells whether the account has signed the user agreement (§9(a)(3)).
	Agreed bool
	// At is when the question was asked: an officer's look-ups open a case
	// for a day before it.
	At time.Time

	system string
}

// System is the viewer of a worker of our own. Its name stands in the journal.
func System(name string) *Viewer { return &Viewer{system: name, DisplayName: name} }

// IsSystem tells a worker from an account.
func (v *Viewer) IsSystem() bool { return v.system != "" }

// Is tells whether the account has one of the roles.
func (v *Viewer) Is(roles ...terms.Role) bool {
	for _, r := range roles {
		if slices.Contains(v.Roles, r) {
			return true
		}
	}
	return false
}

// Registry tells whether the viewer is staff of the registry section.
func (v *Viewer) Registry() bool {
	return v.IsSystem() || v.Is(terms.RoleRegistryClerk, terms.RoleRegistryManager)
}

// ActingRole is the role in which an activity is recorded: the first that may
// record, in the order of closeness to the doorstep.
func (v *Viewer) ActingRole() terms.Role {
	for _, r := range []terms.Role{terms.RoleOfficer, terms.RoleRegistryClerk, terms.RoleRegistryManager, terms.RoleSupervisor, terms.RoleCourtStaff, terms.RoleAnalyst} {
		if v.Is(r) {
			return r
		}
	}
	return ""
}

// RegistryRole is the role in which the account acts for the registry section, ""
// if it is none of its staff.
func (v *Viewer) RegistryRole() terms.Role {
	for _, r := range []terms.Role{terms.RoleRegistryClerk, terms.RoleRegistryManager} {
		if v.Is(r) {
			return r
		}
	}
	return ""
}

type viewerKey struct{}

// With puts the viewer into the context.
func With(ctx context.Context, v *Viewer) context.Context {
	return context.WithValue(ctx, viewerKey{}, v)
}

// As puts a system viewer into the context: the one audited way for the rooms
// to read and write on somebody's behalf after they have authorized it.
func As(ctx context.Context, name string) context.Context { return With(ctx, System(name)) }

// From answers the viewer in the context, nil if nobody has signed in.
func From(ctx context.Context) *Viewer {
	v, _ := ctx.Value(viewerKey{}).(*Viewer)
	return v
}

// Denied says that the viewer may not ask this, or that there is none.
type Denied struct {
	code    terms.Code
	message string
}

// ErrorCode is the documented code for clients.
func (d *Denied) ErrorCode() terms.Code { return d.code }

func (d *Denied) Error() string { return d.message }

// The ways to be refused.
var (
	ErrUnauthenticated = &Denied{terms.Unauthenticated, "Sign in first: send a bearer token. Only registrySection can be asked without."}
	ErrForbidden       = &Denied{terms.Forbidden, "Your role may not ask this."}
	ErrOtherCourt      = &Denied{terms.Forbidden, "This is none of your court locations. Ask for one of yours, or have the registry section add this one to your account."}
	// ErrNotAgreed keeps everything closed until the user agreement is signed
	// (§9(a)(3)).
	ErrNotAgreed = &Denied{terms.Forbidden, "Sign the user agreement first: until then this system shows you nothing but your own account. The registry section can help."}
)
