package read_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
)

const casePage = `query($by: RegistryCaseOrder, $first: Int, $after: String, $last: Int, $before: String) {
	registryCases(orderBy: $by, first: $first, after: $after, last: $last, before: $before) {
		edges { cursor node { docketNumber } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } }`

// page asks one page of cases and answers its docket numbers and page info.
func page(t *testing.T, w *graphtest.World, s graphtest.Server, vars map[string]any) ([]string, map[string]any) {
	t.Helper()
	a := graphtest.MustAsk(w.As("registry1"), t, s, casePage, vars)
	if a.At(t, "registryCases", "totalCount") != 11.0 {
		t.Errorf("totalCount is %v, want 11 on every page", a.At(t, "registryCases", "totalCount"))
	}
	var dockets []string
	for _, e := range a.At(t, "registryCases", "edges").([]any) {
		dockets = append(dockets, e.(map[string]any)["node"].(map[string]any)["docketNumber"].(string))
	}
	return dockets, a.At(t, "registryCases", "pageInfo").(map[string]any)
}

// Whatever the order, and however many are alike in it: forward and backward,
// every case stands on exactly one page, in one order.
func TestPagesShowEveryCaseOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := graphtest.New(t, s)
		h := serve(w)
		for i := range 11 {
			w.Add(t, graphtest.Case{
				Hearing:  graphtest.Now.AddDate(0, 0, 1+i/4), // four alike, four alike, three alike
				OpenedAt: graphtest.Now.Add(-time.Duration(i/5) * time.Hour),
				LastName: []string{"Smith", "Ángel", "smith"}[i%3],
			})
		}
		for _, field := range []string{"HEARING_DATE", "RESPONDENT_NAME", "LATEST_ACTIVITY", "DOCKET_NUMBER"} {
			var ascending []string
			for _, direction := range []string{"ASC", "DESC"} {
				t.Run(field+" "+direction, func(t *testing.T) {
					by := map[string]any{"field": field, "direction": direction}
					all, _ := page(t, w, h, map[string]any{"by": by, "first": 100})
					if len(all) != 11 {
						t.Fatalf("%d cases on one large page", len(all))
					}
					if direction == "ASC" {
						ascending = all
					} else if slices.Reverse(all); !slices.Equal(all, ascending) {
						t.Errorf("DESC is not ASC turned round: %v, %v", all, ascending)
					} else {
						slices.Reverse(all)
					}
					forward := walkPages(t, w, h, by, "first", "after", "endCursor", "hasNextPage")
					if !slices.Equal(slices.Concat(forward...), all) {
						t.Errorf("forward: %v, want %v", forward, all)
					}
					backward := walkPages(t, w, h, by, "last", "before", "startCursor", "hasPreviousPage")
					slices.Reverse(backward)
					if !slices.Equal(slices.Concat(backward...), all) {
						t.Errorf("backward: %v, want %v", backward, all)
					}
				})
			}
		}
	})
}

func walkPages(t *testing.T, w *graphtest.World, s graphtest.Server, by map[string]any, n, from, cursor, more string) (pages [][]string) {
	vars := map[string]any{"by": by, n: 3}
	for len(pages) < 6 {
		dockets, info := page(t, w, s, vars)
		pages = append(pages, dockets)
		back := "hasPreviousPage"
		if more == back {
			back = "hasNextPage"
		}
		if info[back] != (len(pages) > 1) {
			t.Errorf("page %d: %s is %v", len(pages), back, info[back])
		}
		if info[more] != true {
			return pages
		}
		vars[from] = info[cursor]
	}
	return pages
}

func TestPagesOfEachParent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := graphtest.New(t, s)
		for _, n := range []int{5, 0, 2, 3} {
			w.Add(t, graphtest.Case{Author: "officer1", Activities: n})
		}
		for _, x := range []struct{ args, want string }{
			{"first: 3", "[[5 4 3] true 5] [[] false 0] [[2 1] false 2] [[3 2 1] false 3]"},
			{"last: 2", "[[2 1] true 5] [[] false 0] [[2 1] false 2] [[2 1] true 3]"},
		} {
			a := graphtest.MustAsk(w.As("registry1"), t, serve(w), `{ registryCases(first: 10, orderBy: {field: DOCKET_NUMBER}) { nodes {
				activities(`+x.args+`) { totalCount nodes { recordedAt } pageInfo { hasNextPage hasPreviousPage } } } } }`, nil)
			var got []string
			for _, c := range a.At(t, "registryCases", "nodes").([]any) {
				activities := c.(map[string]any)["activities"].(map[string]any)
				hours := []int{} // the seed records one an hour
				for _, n := range activities["nodes"].([]any) {
					at, err := time.Parse(time.RFC3339, n.(map[string]any)["recordedAt"].(string))
					if err != nil {
						t.Fatal(err)
					}
					hours = append(hours, int(at.Sub(graphtest.Now.AddDate(0, 0, -20)).Hours()))
				}
				info := activities["pageInfo"].(map[string]any)
				got = append(got, fmt.Sprint([]any{hours, info["hasNextPage"] == true || info["hasPreviousPage"] == true, activities["totalCount"]}))
			}
			if strings.Join(got, " ") != x.want {
				t.Errorf("activities(%s): %s, want %s", x.args, strings.Join(got, " "), x.want)
			}
		}
	})
}

func TestWrongPagesAreRefused(t *testing.T) {
	w := graphtest.New(t, storetest.SQLite(t))
	h := serve(w)
	w.Add(t, graphtest.Case{})
	w.Add(t, graphtest.Case{})
	cursor := graphtest.MustAsk(w.As("registry1"), t, h, `{ registryCases(first: 1) { pageInfo { endCursor } } }`, nil).At(t, "registryCases", "pageInfo", "endCursor").(string)
	for _, args := range []string{
		`first: 0`, `first: -1`, `first: 101`, `last: 101`, `last: 0`, `filter: {}`, `first: 1, last: 1`,
		`first: 1, before: "` + cursor + `"`, `last: 1, after: "` + cursor + `"`,
		`first: 1, after: ""`, `first: 1, after: "x"`, `first: 1, after: "bm9uc2Vuc2U"`, `first: 1, after: "` + cursor + `A"`,
		`first: 1, after: "` + cursor + `", orderBy: {field: HEARING_DATE, direction: DESC}`,
		`first: 1, after: "` + cursor + `", orderBy: {field: DOCKET_NUMBER}`,
	} {
		a := graphtest.Ask(w.As("registry1"), t, h, `{ registryCases(`+args+`) { nodes { id } } }`, nil)
		if a.Code() != "BAD_PAGE" || !strings.Contains(a.Errors[0].Message, "registryCases") {
			t.Errorf("registryCases(%s) answers %s", args, a.Body)
		}
	}
	for _, nested := range []string{`activities { totalCount }`, `deliveries(first: 200) { nodes { id } }`, `activities(first: 1, after: "` + cursor + `") { nodes { id } }`} {
		if a := graphtest.Ask(w.As("registry1"), t, h, `{ registryCases(first: 1) { nodes { `+nested+` } } }`, nil); a.Code() != "BAD_PAGE" {
			t.Errorf("%s answers %s", nested, a.Body)
		}
	}
	if a := graphtest.Ask(w.As("registry1"), t, h, `{ registryCases(first: 1) { nodes { a: activities(first: 1) { totalCount } b: activities(first: 2) { totalCount } } } }`, nil); a.Code() != "VALIDATION_FAILED" {
		t.Errorf("one connection twice with other arguments answers %s", a.Body)
	}
	a := graphtest.MustAsk(w.As("registry1"), t, h, `query($n: Int) { registryCases(first: 1) { nodes { a: activities(first: 1) { totalCount } b: activities(first: $n) { pageInfo { hasNextPage } } } } }`, map[string]any{"n": 1})
	if a.At(t, "registryCases", "nodes", 0, "b", "pageInfo", "hasNextPage") != false || a.At(t, "registryCases", "nodes", 0, "a", "totalCount") != 0.0 {
		t.Errorf("one connection under two names answers %s", a.Body)
	}
}
