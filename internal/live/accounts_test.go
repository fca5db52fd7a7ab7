package live

import (
	"testing"

	"github.com/service-tracking/sts/internal/terms"
)

// The count of each account is gone with its last subscription.
func TestAccountsAreForgotten(t *testing.T) {
	h := NewHub(nil, Options{Limit: 1000})
	accounts := []terms.ID{"", "acc_a", "acc_b", "acc_a"}
	for range 100 {
		for _, a := range accounts {
			if _, err := h.admit(a); err != nil {
				t.Fatal(err)
			}
		}
		for _, a := range accounts {
			h.dismiss(a)
		}
	}
	if h.open != 0 || len(h.opened) != 0 {
		t.Errorf("%d are open, of %v", h.open, h.opened)
	}
}
