package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/service-tracking/sts/internal/terms"
)

// DueItem is something that became due as time passed: a clock of §4 to §6 ran
// out on a case. It is noticed once, whichever process notices it.
type DueItem struct{ ent.Schema }

func (DueItem) Mixin() []ent.Mixin { return record("due_items", terms.DueItemPrefix) }

func (DueItem) Fields() []ent.Field {
	return []ent.Field{
		ref("case_id", immutable),
		field.Int64("sequence").Immutable(),
		code("rule", terms.DueRule(""), immutable),
		// What the clock belongs to: the hearing's instant, or the id of the
		// transfer or the delivery.
		text("about_key", idLen, immutable),
		// The hearing in force then, if any.
		instant("hearing_at", optional, immutable),
		// When the clock ran out, and when that was noticed.
		instant("due_at", immutable),
		instant("noticed_at", immutable),
	}
}

func (DueItem) Edges() []ent.Edge { return []ent.Edge{ofCase()} }

func (DueItem) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("case_id", "rule", "about_key").Unique(),
		index.Fields("noticed_at", "id"),
	}
}
