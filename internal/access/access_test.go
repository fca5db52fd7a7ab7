package access_test

import (
	"errors"
	"testing"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/terms"
)

// query is what is left of a table for the viewer.
func query(t *testing.T, v *access.Viewer, table string) string {
	t.Helper()
	s := sql.Dialect(dialect.SQLite).Select("id").From(sql.Table(table))
	scope, err := access.Scope(v, table)
	if err != nil {
		t.Fatal(err)
	}
	if scope != nil {
		scope(s)
	}
	text, _ := s.Query()
	return text
}

// §9(a)(3): no access before the user agreement is signed.
func TestBeforeTheAgreementIsSignedOnlyOnesOwnAccountIsSeen(t *testing.T) {
	for _, role := range []terms.Role{terms.RoleOfficer, terms.RoleSupervisor, terms.RoleRegistryClerk, terms.RoleRegistryManager, terms.RoleCourtStaff, terms.RoleAnalyst} {
		v := &access.Viewer{Account: "acc_1", Officer: "ofc_1", Courts: []string{"HHD"}, Roles: []terms.Role{role}}
		for _, table := range []string{"registry_cases", "service_activities", "protected_persons", "officers", "courts"} {
			if got := query(t, v, table); got != "SELECT `id` FROM `"+table+"` WHERE FALSE" && got != "SELECT `id` FROM `"+table+"` WHERE 0" {
				t.Errorf("%s sees %s: %s", role, table, got)
			}
		}
		if got := query(t, v, "accounts"); got != "SELECT `id` FROM `accounts` WHERE `accounts`.`id` = ?" {
			t.Errorf("%s sees accounts: %s", role, got)
		}
		if v.MayRecord() || !errors.Is(v.May(access.AskCase), access.ErrNotAgreed) {
			t.Errorf("%s may ask and record", role)
		}
		v.Agreed = true
		if errors.Is(v.May(access.AskCase), access.ErrNotAgreed) {
			t.Errorf("%s has signed and may not ask", role)
		}
	}
}

func TestATableWithoutARuleIsClosed(t *testing.T) {
	v := &access.Viewer{Account: "acc_1", Roles: []terms.Role{terms.RoleSupervisor}, Agreed: true}
	for _, table := range []string{"no_such_table", "settings", "journal_records"} {
		if got := query(t, v, table); got != "SELECT `id` FROM `"+table+"` WHERE FALSE" && got != "SELECT `id` FROM `"+table+"` WHERE 0" {
			t.Errorf("%s: %s", table, got)
		}
	}
	if _, err := access.Scope(nil, "courts"); !errors.Is(err, access.ErrUnauthenticated) {
		t.Errorf("nobody: %v", err)
	}
}

// Court staff see the calendars of their own locations; another one is refused,
// because an empty calendar would say that nothing is heard there.
func TestMayCalendar(t *testing.T) {
	viewer := func(role terms.Role, courts ...string) *access.Viewer {
		return &access.Viewer{Account: "acc_1", Officer: "ofc_1", Courts: courts, Agreed: true, Roles: []terms.Role{role}}
	}
	unsigned := viewer(terms.RoleCourtStaff, "HHD")
	unsigned.Agreed = false
	for _, x := range []struct {
		who  string
		v    *access.Viewer
		want error
	}{
		{"a supervisor", viewer(terms.RoleSupervisor), nil},
		{"a clerk", viewer(terms.RoleRegistryClerk), nil},
		{"a manager", viewer(terms.RoleRegistryManager), nil},
		{"a worker", access.System("test"), nil},
		{"court staff", viewer(terms.RoleCourtStaff, "NNH", "HHD"), nil},
		{"court staff of elsewhere", viewer(terms.RoleCourtStaff, "NNH"), access.ErrOtherCourt},
		{"court staff of nowhere", viewer(terms.RoleCourtStaff), access.ErrOtherCourt},
		{"court staff who have not signed", unsigned, access.ErrNotAgreed},
		{"an officer with court locations", viewer(terms.RoleOfficer, "HHD"), access.ErrForbidden},
		{"an analyst", viewer(terms.RoleAnalyst, "HHD"), access.ErrForbidden},
		{"nobody", nil, access.ErrUnauthenticated},
	} {
		if got := x.v.MayCalendar("HHD"); !errors.Is(got, x.want) {
			t.Errorf("%s: %v, want %v", x.who, got, x.want)
		}
	}
}
