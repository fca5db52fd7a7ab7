package read

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/internal/terms"
)

// list is what a connection lists: rows of a kind in an order, among the rows
// that the mods leave.
type list[E, R, N any] struct {
	kind  *kind[E, R]
	order *order[R]
	// node is the row as the SDL's type.
	node func(R) N
	mods []mod
	// of, where the list hangs on parents, is the column that holds the
	// parent's id; parent reads it.
	of     string
	parent func(R) terms.ID
}

// edge is what gqlgen's edge types are made of.
type edge[N any] interface {
	~struct {
		Cursor string
		Node   N
	}
}

// wanted is what is asked of a connection.
type wanted struct {
	rows, nodes, edges, cursors, ends, more, total bool
	node                                           []ast.SelectionSet
}

func (w *walk) wanted(sets []ast.SelectionSet) wanted {
	f := w.fields(sets, nil)
	nodes, hasNodes := f.get("nodes")
	edges, hasEdges := f.get("edges")
	info, hasInfo := f.get("pageInfo")
	inEdge := w.fields(edges.sets(), nil)
	inInfo := w.fields(info.sets(), nil)
	node, _ := inEdge.get("node")
	return wanted{
		rows: hasNodes || hasEdges || hasInfo, nodes: hasNodes, edges: hasEdges, total: f.has("totalCount"),
		cursors: inEdge.has("cursor"), ends: inInfo.has("startCursor") || inInfo.has("endCursor"),
		more: inInfo.has("hasNextPage") || inInfo.has("hasPreviousPage"),
		node: append(nodes.sets(), node.sets()...),
	}
}

// connect answers the connection for each parent: at most one statement for
// the rows of all, and one for their numbers. Lists without parents have the
// one parent "".
func connect[Ed edge[N], E, R, N any](ctx context.Context, w *walk, l list[E, R, N], field string, p Page, sets []ast.SelectionSet, parents []terms.ID) (map[terms.ID]*model.Connection[N, Ed], error) {
	s, err := check(p, field, l.order)
	if err != nil {
		return nil, err
	}
	want := w.wanted(sets)
	if want.more {
		s.ahead = 1
	}
	among := l.mods
	if l.of != "" {
		scope, err := in(l.of, parents)
		if err != nil {
			return nil, err
		}
		among = append(slices.Clone(among), scope)
	}
	pages := make(map[terms.ID]*model.Connection[N, Ed], len(parents))
	for _, id := range parents {
		pages[id] = &model.Connection[N, Ed]{Edges: []Ed{}, Nodes: []N{}}
	}
	if want.rows {
		groups, err := l.read(ctx, w, s, want, len(parents), among)
		if err != nil {
			return nil, err
		}
		for id, page := range pages {
			fillPage(page, l, s, want, groups[id])
		}
	}
	if want.total {
		totals, err := l.totals(ctx, w, among)
		if err != nil {
			return nil, err
		}
		for id, page := range pages {
			page.TotalCount = totals[id]
		}
	}
	return pages, nil
}

// group is a page's rows, in the list's order.
type group[R any] struct {
	rows []R
	more bool
}

func (l list[E, R, N]) read(ctx context.Context, w *walk, s span, want wanted, parents int, among []mod) (map[terms.ID]*group[R], error) {
	extra := []string{l.order.column}
	limit := l.order.limited(s)
	if l.of != "" {
		extra = append(extra, l.of)
		if parents > 1 {
			limit = l.order.limitedPer(l.of, s)
		}
	}
	f := w.fields(want.node, l.kind.types)
	rows, err := l.kind.bare(ctx, w, f, extra, append(slices.Clone(among), l.order.after(s), limit)...)
	if err != nil {
		return nil, err
	}
	groups := map[terms.ID]*group[R]{}
	kept := rows[:0:0]
	for _, row := range rows {
		var id terms.ID
		if l.parent != nil {
			id = l.parent(row)
		}
		g := groups[id]
		if g == nil {
			g = &group[R]{}
			groups[id] = g
		}
		if len(g.rows) == s.limit {
			g.more = true
			continue
		}
		g.rows = append(g.rows, row)
		kept = append(kept, row)
	}
	if s.backward {
		for _, g := range groups {
			slices.Reverse(g.rows)
		}
	}
	return groups, l.kind.fill(ctx, w, kept, f)
}

func (l list[E, R, N]) totals(ctx context.Context, w *walk, among []mod) (map[terms.ID]int, error) {
	if l.of == "" {
		n, err := l.kind.count(ctx, w.client, among...)
		if err != nil {
			return nil, fmt.Errorf("counting rows of %s: %w", l.kind.name, err)
		}
		return map[terms.ID]int{"": n}, nil
	}
	// Whichever column holds the parent's id is the one that is filled.
	var counts []struct {
		Case     terms.ID `sql:"case_id"`
		Delivery terms.ID `sql:"delivery_id"`
		Holder   terms.ID `sql:"holder_officer_id"`
		N        int      `sql:"n"`
	}
	if err := l.kind.counts(ctx, w.client, &counts, among, l.of); err != nil {
		return nil, fmt.Errorf("counting rows of %s by %s: %w", l.kind.name, l.of, err)
	}
	totals := make(map[terms.ID]int, len(counts))
	for _, c := range counts {
		totals[cmp.Or(c.Case, c.Delivery, c.Holder)] = c.N
	}
	return totals, nil
}

func fillPage[Ed edge[N], E, R, N any](page *model.Connection[N, Ed], l list[E, R, N], s span, want wanted, g *group[R]) {
	page.PageInfo.HasNextPage = s.backward && s.from != nil
	page.PageInfo.HasPreviousPage = !s.backward && s.from != nil
	if g == nil {
		return
	}
	if s.backward {
		page.PageInfo.HasPreviousPage = g.more
	} else {
		page.PageInfo.HasNextPage = g.more
	}
	cursor := func(i int) string { return l.order.encode(g.rows[i], l.kind.id(g.rows[i])) }
	if want.nodes {
		page.Nodes = make([]N, len(g.rows))
		for i, row := range g.rows {
			page.Nodes[i] = l.node(row)
		}
	}
	if want.edges {
		page.Edges = make([]Ed, len(g.rows))
		for i, row := range g.rows {
			e := model.Edge[N]{Node: l.node(row)}
			if want.cursors {
				e.Cursor = cursor(i)
			}
			page.Edges[i] = Ed(e)
		}
	}
	if want.ends {
		start, end := cursor(0), cursor(len(g.rows)-1)
		page.PageInfo.StartCursor, page.PageInfo.EndCursor = &start, &end
	}
}

// hang loads a connection for all parents and hangs it into each.
func hang[Ed edge[N], E, R, N, P any](ctx context.Context, w *walk, l list[E, R, N], a asked, parents []P, id func(P) terms.ID, set func(P, *model.Connection[N, Ed])) error {
	p, err := a.page(w)
	if err != nil {
		return err
	}
	pages, err := connect[Ed](ctx, w, l, a.name, p, a.sets(), idsOf(parents, id))
	if err != nil {
		return err
	}
	for _, parent := range parents {
		set(parent, pages[id(parent)])
	}
	return nil
}

// same is the node of a list whose rows are the SDL's type already.
func same[R any](row R) R { return row }
