package access_test

import (
	"testing"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/terms"
)

// Lists are narrower than what may be seen: an officer lists what he holds and
// what he recorded, court staff their locations.
func TestListed(t *testing.T) {
	viewer := func(role terms.Role) *access.Viewer {
		return &access.Viewer{Account: "acc_1", Agreed: true, Roles: []terms.Role{role}}
	}
	officer, court, both := viewer(terms.RoleOfficer), viewer(terms.RoleCourtStaff), viewer(terms.RoleOfficer)
	officer.Officer, both.Officer = "ofc_1", "ofc_1"
	court.Courts, both.Courts = []string{"HHD"}, []string{"HHD", "NNH"}
	both.Roles = append(both.Roles, terms.RoleCourtStaff)
	unsigned := viewer(terms.RoleSupervisor)
	unsigned.Agreed = false
	const nothing, everything = " WHERE FALSE", ""
	for _, x := range []struct {
		who               string
		v                 *access.Viewer
		cases, activities string
	}{
		{"a worker", access.System("test"), everything, everything},
		{"a clerk", viewer(terms.RoleRegistryClerk), everything, everything},
		{"a manager", viewer(terms.RoleRegistryManager), everything, everything},
		{"a supervisor", viewer(terms.RoleSupervisor), everything, everything},
		{"a supervisor who has not signed", unsigned, nothing, nothing},
		{"an officer", officer, " WHERE `t`.`holder_officer_id` = ?", " WHERE `t`.`officer_id` = ?"},
		{"an officer without a name on the list", viewer(terms.RoleOfficer), nothing, nothing},
		{"court staff", court, " WHERE `t`.`court_code` IN (?)", nothing},
		{"court staff of nowhere", viewer(terms.RoleCourtStaff), nothing, nothing},
		{"both", both, " WHERE `t`.`holder_officer_id` = ? OR `t`.`court_code` IN (?, ?)", " WHERE `t`.`officer_id` = ?"},
		{"an analyst", viewer(terms.RoleAnalyst), nothing, nothing},
		{"nobody", nil, nothing, nothing},
	} {
		for table, want := range map[string]string{"registry_cases": x.cases, "service_activities": x.activities} {
			s := sql.Dialect(dialect.MySQL).Select("id").From(sql.Table("t"))
			if narrower := access.Listed(x.v, table); narrower != nil {
				narrower(s)
			}
			if got, _ := s.Query(); got != "SELECT `id` FROM `t`"+want {
				t.Errorf("%s lists %s: %s", x.who, table, got)
			}
		}
		if x.v != nil && x.v.SeesEveryCase() != (x.cases == everything) {
			t.Errorf("%s sees every case: %t", x.who, x.v.SeesEveryCase())
		}
	}
	if !officer.SeesPapers("ofc_1") || officer.SeesPapers("ofc_2") || viewer(terms.RoleAnalyst).SeesPapers("") || !viewer(terms.RoleSupervisor).SeesPapers("ofc_1") || unsigned.SeesPapers("ofc_1") {
		t.Error("papers are for the officer himself and for whoever sees every case")
	}
}

// Free text is for its author, while he may record, and for the registry section.
func TestSeesText(t *testing.T) {
	author := &access.Viewer{Account: "acc_1", Officer: "ofc_1", Agreed: true, Roles: []terms.Role{terms.RoleOfficer}}
	if !author.SeesText("acc_1") || author.SeesText("acc_2") || author.SeesText("") {
		t.Error("an officer sees his own text")
	}
	author.Roles, author.Officer = []terms.Role{terms.RoleSupervisor}, ""
	if author.SeesText("acc_1") {
		t.Error("a supervisor sees what he wrote as an officer, and live events are shared among supervisors")
	}
	if clerk := (&access.Viewer{Account: "acc_3", Agreed: true, Roles: []terms.Role{terms.RoleRegistryClerk}}); !clerk.SeesText("acc_1") {
		t.Error("the registry section sees all text")
	}
}

// §7: of what was entered for him the officer counts as the author; nobody else
// does by it, and not for what he recorded himself.
func TestSeesWords(t *testing.T) {
	officer := &access.Viewer{Account: "acc_1", Officer: "ofc_1", Agreed: true, Roles: []terms.Role{terms.RoleOfficer}}
	for _, x := range []struct {
		author, reporter terms.ID
		sees             bool
	}{
		{"acc_1", "", true}, {"acc_9", "ofc_1", true}, {"acc_9", "ofc_2", false}, {"acc_9", "", false},
	} {
		if got := officer.SeesWords(x.author, x.reporter); got != x.sees {
			t.Errorf("written down by %s, reported by %q: %t", x.author, x.reporter, got)
		}
	}
	officer.Agreed = false
	if officer.SeesWords("acc_9", "ofc_1") {
		t.Error("before the agreement is signed nothing is seen (§9(a)(3))")
	}
	supervisor := &access.Viewer{Account: "acc_1", Agreed: true, Roles: []terms.Role{terms.RoleSupervisor}}
	if supervisor.SeesWords("acc_9", "") || supervisor.SeesWords("acc_1", "ofc_1") {
		t.Error("a supervisor reads the words")
	}
}
