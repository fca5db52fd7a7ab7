package access

import "github.com/service-tracking/sts/internal/terms"

// MayDecide answers nil if the viewer may decide for the registry section what
// the system cannot: about deliveries, agencies, and what stands on the board
// (§3(d) to (f)). Only people do: no worker of ours may.
func (v *Viewer) MayDecide() error {
	switch {
	case v == nil:
		return ErrUnauthenticated
	case v.IsSystem() || v.Account == "":
		return ErrForbidden
	case !v.Agreed:
		return ErrNotAgreed
	case v.Is(terms.RoleRegistryClerk, terms.RoleRegistryManager):
		return nil
	}
	return ErrForbidden
}
