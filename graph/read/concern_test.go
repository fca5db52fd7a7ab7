package read_test

import (
	"testing"

	"entgo.io/ent/dialect/sql"

	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// A concern spares streams a question to the database. It must let through
// whatever the scope lets be seen, or an event would be lost.
func TestAConcernRulesOutNobodyWhoMaySee(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := graphtest.New(t, s)
		rows := []graphtest.Row{
			w.Add(t, graphtest.Case{}),
			w.Add(t, graphtest.Case{Court: "NNH", Holder: "officer1"}),
			w.Add(t, graphtest.Case{Court: "NNH", Author: "officer2", Activities: 1}),
			w.Add(t, graphtest.Case{Court: "NNH", Author: "officer2", Activities: 4}), // and transferred to officer3
			w.Add(t, graphtest.Case{Court: "NNH"}),                                    // and looked up by officer1
		}
		if err := w.LookUps.Open(t.Context(), w.Viewers["officer1"], rows[4].Docket); err != nil {
			t.Fatal(err)
		}
		both := *w.Viewers["court1"]
		both.Roles, both.Officer = []terms.Role{terms.RoleCourtStaff, terms.RoleOfficer}, w.Officers["officer2"]
		w.Viewers["both"] = &both
		visible := 0
		for name, v := range w.Viewers {
			for i, row := range rows {
				concern, err := w.Reader.Concern(t.Context(), row.ID, "")
				if err != nil {
					t.Fatal(err)
				}
				sees, err := s.Client.RegistryCase.Query().Where(func(q *sql.Selector) { q.Where(sql.EQ(q.C("id"), row.ID)) }).Exist(access.With(t.Context(), v))
				if err != nil {
					t.Fatal(err)
				}
				if sees {
					visible++
				}
				if sees != concern.Of(v) {
					t.Errorf("%s sees case %d: %t; its events concern him: %t", name, i, sees, concern.Of(v))
				}
			}
		}
		if visible == 0 {
			t.Error("nobody sees anything")
		}
	})
}
