package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/service-tracking/sts/internal/terms"
)

// JournalRecord says what happened, who did it, and when it was recorded. It
// is appended in the transaction that it tells of, still without a number.
type JournalRecord struct{ ent.Schema }

func (JournalRecord) Mixin() []ent.Mixin {
	return record("journal_records", terms.JournalRecordPrefix)
}

func (JournalRecord) Fields() []ent.Field {
	return []ent.Field{
		code("kind", terms.RecordKind(""), immutable),
		ref("case_id", optional, immutable),
		// The activity, delivery, hearing or account it is about.
		ref("about_id", optional, immutable),
		// Who: an account, or the name of a system viewer.
		ref("account_id", optional, immutable),
		text("actor", nameLen, immutable),
		// Facts that the rows themselves do not keep, as JSON.
		field.Bytes("facts").MaxLen(60_000).Optional().Immutable(),
		instant("recorded_at", immutable),
		// So that a leaf cannot be guessed from the docket and the name.
		field.Bytes("salt").MaxLen(16).Immutable(),
	}
}

func (JournalRecord) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("case_id", "recorded_at"),
		// Where the journal stood at a moment.
		index.Fields("recorded_at", "id"),
	}
}

// JournalPending names a record that has no position yet. The sequencer reads
// this table alone.
type JournalPending struct{ ent.Schema }

func (JournalPending) Mixin() []ent.Mixin { return []ent.Mixin{scoped{table: "journal_pendings"}} }

func (JournalPending) Fields() []ent.Field {
	return []ent.Field{
		// The record's id.
		field.String("id").GoType(terms.ID("")).MaxLen(idLen).Immutable(),
		// The order in which records of one case must be numbered.
		text("case_key", idLen, optional, immutable),
		field.Int64("sequence").Immutable(),
		field.Int64("step").Immutable(),
	}
}

func (JournalPending) Indexes() []ent.Index {
	return []ent.Index{index.Fields("case_key", "sequence", "step")}
}

// JournalPosition gives a record its number: 1, 2, 3 … without a gap.
type JournalPosition struct{ ent.Schema }

func (JournalPosition) Mixin() []ent.Mixin {
	return []ent.Mixin{scoped{table: "journal_positions", insertOnly: true}}
}

func (JournalPosition) Fields() []ent.Field {
	return []ent.Field{
		// No auto-increment: the sequencer gives the numbers.
		field.Int64("id").NonNegative().Immutable().Annotations(entsql.Annotation{Incremental: new(bool)}),
		field.String("record_id").GoType(terms.ID("")).MaxLen(idLen).Unique().Immutable(),
		// The salted hash that becomes a leaf of the Merkle tree.
		field.Bytes("leaf").MaxLen(32).Immutable(),
		instant("numbered_at", immutable),
	}
}

// JournalHead is one row: the next position, and the epoch that fences two
// sequencers from each other.
type JournalHead struct{ ent.Schema }

func (JournalHead) Mixin() []ent.Mixin { return []ent.Mixin{scoped{table: "journal_heads"}} }

func (JournalHead) Fields() []ent.Field {
	return []ent.Field{
		field.String("id").MaxLen(16).Immutable(),
		field.Int64("next"),
		field.Int64("epoch"),
		// Which log this is. A restored database is another log.
		text("origin", 40),
	}
}
