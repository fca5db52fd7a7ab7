package journal

import (
	"context"

	"entgo.io/ent/dialect"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/journalpending"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/terms"
)

// deletePending takes the records that this transaction has given the
// positions first … first + len(ids) − 1 off the pending table, and answers
// how many rows that were.
//
// On MySQL and MariaDB by hand: the table is nearly empty, so for a list of
// ids the optimizer scans it whatever index one asks for, and a DELETE that
// scans waits for rows that others have inserted and not yet committed: one
// slow recorder would hold up the numbering of all. Joined from the positions
// it visits its own rows alone. The sequencer's viewer sees the whole table,
// so no scope is to be applied.
func deletePending(ctx context.Context, tx *ent.Tx, engine string, first int64, ids []terms.ID) (int, error) {
	if engine != dialect.MySQL {
		return tx.JournalPending.Delete().Where(journalpending.IDIn(ids...)).Exec(ctx)
	}
	if v := access.From(ctx); v == nil || !v.IsSystem() {
		return 0, access.ErrForbidden
	}
	result, err := tx.ExecContext(ctx, `
		DELETE p FROM journal_positions q
		STRAIGHT_JOIN journal_pendings p FORCE INDEX (PRIMARY) ON p.id = q.record_id
		WHERE q.id >= ? AND q.id < ?`, first, first+int64(len(ids)))
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}
