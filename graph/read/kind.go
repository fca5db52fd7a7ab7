package read

import (
	"context"
	"fmt"
	"slices"

	"entgo.io/ent/dialect/sql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/terms"
)

// kind is the table of one SDL type: where its rows come from, and what each
// field needs. E is ent's row, R the model that wraps it.
type kind[E, R any] struct {
	source[E]
	name string
	// types are the names that a type condition may have to mean it.
	types []string
	wrap  func(*E) R
	id    func(R) terms.ID
	// always are columns that every row needs, beside the id.
	always []string
	needs  map[string]need[R]
}

// need is what one field needs.
type need[R any] struct {
	// columns of the row.
	columns []string
	// only tells whether the viewer's role may see the field; nil: everyone.
	// Others get null, and no statement is sent for it.
	only func(*access.Viewer) bool
	// each sets what does not stand in a column, without any statement.
	each func(*walk, R)
	// load loads what lies behind the field, for all rows at once.
	load func(context.Context, *walk, []R, asked) error
}

// registryOnly is for what is confidential (C.G.S. §51-5c).
func registryOnly(v *access.Viewer) bool { return v.Sees(access.ProtectedPersons) }

// columns are those that the fields need, in one order: other orders would be
// other statements to the database.
func (k *kind[E, R]) columns(w *walk, f fields, extra ...string) ([]string, error) {
	columns := append(slices.Clone(k.always), extra...)
	for _, a := range f {
		n, ok := k.needs[a.name]
		switch {
		case !ok && a.name != "__typename":
			return nil, unknownField(k.name, a.name)
		case n.only == nil || n.only(w.viewer):
			columns = append(columns, n.columns...)
		}
	}
	slices.Sort(columns)
	return slices.Compact(columns), nil
}

// fill loads what the fields ask for beside the rows' own columns.
func (k *kind[E, R]) fill(ctx context.Context, w *walk, rows []R, f fields) error {
	if len(rows) == 0 {
		return nil
	}
	for _, a := range f {
		n := k.needs[a.name]
		if n.only != nil && !n.only(w.viewer) {
			continue
		}
		if n.each != nil {
			for _, row := range rows {
				n.each(w, row)
			}
		}
		if n.load != nil {
			if err := n.load(ctx, w, rows, a); err != nil {
				return err
			}
		}
	}
	return nil
}

// bare reads rows, not yet filled.
func (k *kind[E, R]) bare(ctx context.Context, w *walk, f fields, extra []string, mods ...mod) ([]R, error) {
	columns, err := k.columns(w, f, extra...)
	if err != nil {
		return nil, err
	}
	found, err := k.rows(ctx, w.client, columns, mods...)
	if err != nil {
		return nil, fmt.Errorf("reading rows for %s: %w", k.name, err)
	}
	rows := make([]R, len(found))
	for i, e := range found {
		rows[i] = k.wrap(e)
	}
	return rows, nil
}

// all reads rows and what is asked of them.
func (k *kind[E, R]) all(ctx context.Context, w *walk, sets []ast.SelectionSet, extra []string, mods ...mod) ([]R, error) {
	f := w.fields(sets, k.types)
	rows, err := k.bare(ctx, w, f, extra, mods...)
	if err != nil {
		return nil, err
	}
	return rows, k.fill(ctx, w, rows, f)
}

// byID reads the rows with the ids, as far as the viewer sees them.
func (k *kind[E, R]) byID(ctx context.Context, w *walk, sets []ast.SelectionSet, ids []terms.ID) (map[terms.ID]R, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	among, err := in("id", ids)
	if err != nil {
		return nil, err
	}
	rows, err := k.all(ctx, w, sets, nil, among)
	if err != nil {
		return nil, err
	}
	found := make(map[terms.ID]R, len(rows))
	for _, row := range rows {
		found[k.id(row)] = row
	}
	return found, nil
}

// mod narrows, orders or limits a query. It runs after the policy.
type mod = func(*sql.Selector)

// source is where rows come from: ent's query builder, without its types.
type source[E any] struct {
	rows   func(ctx context.Context, c *ent.Client, columns []string, mods ...mod) ([]*E, error)
	count  func(ctx context.Context, c *ent.Client, mods ...mod) (int, error)
	counts func(ctx context.Context, c *ent.Client, v any, mods []mod, by ...string) error
}

type entQuery[S, G, E any] interface {
	Select(...string) S
	Modify(...func(*sql.Selector)) S
	GroupBy(string, ...string) G
	All(context.Context) ([]*E, error)
	Count(context.Context) (int, error)
}

type entGroups[G any] interface {
	Aggregate(...ent.AggregateFunc) G
	Scan(context.Context, any) error
}

// from makes the source of one entity.
func from[Q entQuery[S, G, E], S any, G entGroups[G], E any](query func(*ent.Client) Q) source[E] {
	return source[E]{
		rows: func(ctx context.Context, c *ent.Client, columns []string, mods ...mod) ([]*E, error) {
			q := query(c)
			q.Select(columns...)
			q.Modify(mods...)
			return q.All(ctx)
		},
		count: func(ctx context.Context, c *ent.Client, mods ...mod) (int, error) {
			q := query(c)
			q.Modify(mods...)
			return q.Count(ctx)
		},
		counts: func(ctx context.Context, c *ent.Client, v any, mods []mod, by ...string) error {
			q := query(c)
			q.Modify(mods...)
			return q.GroupBy(by[0], by[1:]...).Aggregate(ent.As(ent.Count(), "n")).Scan(ctx, v)
		},
	}
}
