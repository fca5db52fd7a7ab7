package report

import (
	"context"
	stdsql "database/sql"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/terms"
)

// key is one thing to count by: an SQL expression that answers text, or null
// where nothing is known.
type key struct {
	expr string
	args []any
}

// gap is one thing that the rows counted may lack: SQL conditions, and what they
// mean.
type gap struct {
	kind    terms.DataGapKind
	lacks   string
	args    []any // of lacks
	of      string
	meaning string
}

// tally is one statement that counts rows by keys.
type tally struct {
	from  *sql.Selector // without columns
	table string        // whose rows are counted
	keys  []key
	// counted is the condition of the rows that count; gaps look at the others,
	// too.
	counted string
	gaps    []gap
	limit   int
}

// tallied is how many rows have the keys.
type tallied struct {
	keys  []*string
	count int
}

// tally counts what the context's viewer may see: in one statement, so that rows
// and gaps are of one moment.
func (r *Reporter) tally(ctx context.Context, t tally) ([]tallied, []Gap, error) {
	scope, err := access.Scope(access.From(ctx), t.table)
	if err != nil {
		return nil, nil, err
	}
	s := t.from
	if scope != nil {
		scope(s)
	}
	groups := make([]string, len(t.keys))
	for i, k := range t.keys {
		groups[i] = fmt.Sprintf("key_%d", i)
		s.AppendSelectExprAs(sql.Expr(k.expr, k.args...), groups[i])
	}
	count := func(name, condition string, args ...any) {
		s.AppendSelectExprAs(sql.Expr("COUNT(CASE WHEN "+condition+" THEN 1 END)", args...), name)
	}
	count("counted", t.counted)
	for i, g := range t.gaps {
		count(fmt.Sprintf("lack_%d", i), g.lacks, g.args...)
		count(fmt.Sprintf("of_%d", i), g.of)
	}
	if len(groups) > 0 {
		s.GroupBy(groups...)
	}
	if t.limit > 0 {
		s.Limit(t.limit)
	}
	text, args := s.Query()
	rows, err := r.Store.Client.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	return t.read(rows)
}

func (t tally) read(rows *stdsql.Rows) ([]tallied, []Gap, error) {
	var found []tallied
	gaps := make([]Gap, len(t.gaps))
	for i, g := range t.gaps {
		gaps[i] = Gap{Kind: g.kind, Meaning: g.meaning}
	}
	numbers := make([]int, 1+2*len(gaps))
	for rows.Next() {
		row := tallied{keys: make([]*string, len(t.keys))}
		var into []any
		for i := range row.keys {
			into = append(into, &row.keys[i])
		}
		for i := range numbers {
			into = append(into, &numbers[i])
		}
		if err := rows.Scan(into...); err != nil {
			return nil, nil, err
		}
		for i := range gaps {
			gaps[i].Count += numbers[1+2*i]
			gaps[i].Of += numbers[2+2*i]
		}
		if row.count = numbers[0]; row.count > 0 || len(row.keys) == 0 {
			found = append(found, row)
		}
	}
	return found, gaps, rows.Err()
}
