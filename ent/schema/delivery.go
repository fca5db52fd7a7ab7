package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/service-tracking/sts/internal/terms"
)

// Delivery is one thing that one recipient must be told: a notice to an agency
// (§3(d)), an update of one order's record in the state or national file
// (§3(e), (f)). Its states are drawn in docs/deliveries.md.
type Delivery struct{ ent.Schema }

func (Delivery) Mixin() []ent.Mixin { return entity("deliveries", terms.DeliveryPrefix) }

func (Delivery) Fields() []ent.Field {
	return []ent.Field{
		ref("case_id", immutable),
		// The activity it tells of. Reminders have none.
		ref("activity_id", optional, immutable),
		// What became due, of a reminder.
		ref("due_item_id", optional, immutable),
		// The case sequence of that activity's record: events of the delivery
		// stand behind it, in the order of version.
		field.Int64("sequence").Immutable(),
		code("recipient_kind", terms.RecipientKind(""), immutable),
		// The agency's id, the order's number, or the account's id.
		text("recipient_key", numberLen, immutable),
		ref("agency_id", optional, immutable),
		text("order_number", numberLen, optional, immutable),
		// Why an agency is told; reasons are added while it has not been sent.
		field.JSON("reasons", []terms.NoticeReason{}).Optional(),
		// The delivery whose fact this one replaces.
		ref("replaces_id", optional, immutable),

		code("state", terms.DeliveryState("")),
		code("waiting_for", terms.WaitingFor(""), optional),
		// Raised by every change: each change compares and swaps it.
		field.Int64("version").Default(1),
		code("channel", terms.ChannelKind(""), optional),
		// The reference by which the other side knows it.
		field.String("control_number").MaxLen(40).Optional().Nillable(),
		// When the dispatcher should look at it next; its lease moves it on.
		instant("next_at"),
		field.Int("attempt_count").Default(0),
		instant("due_by", immutable),
		instant("created_at", immutable),
		instant("sent_at", optional),
		instant("confirmed_at", optional),
		instant("verified_at", optional),
	}
}

func (Delivery) Edges() []ent.Edge { return []ent.Edge{ofCase()} }

func (Delivery) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("activity_id", "recipient_kind", "recipient_key").Unique(),
		index.Fields("due_item_id", "recipient_key").Unique(),
		index.Fields("control_number").Unique(),
		// What is undelivered, and what waits.
		index.Fields("state", "due_by", "id"),
		// What is due, whatever its state: what is settled is never due.
		index.Fields("next_at", "id"),
		index.Fields("case_id", "created_at", "id"),
		index.Fields("agency_id", "created_at"),
		index.Fields("created_at", "id"),
	}
}

// DeliveryAttempt is one try to hand a delivery to its channel. Its row is
// committed before the first byte leaves.
type DeliveryAttempt struct{ ent.Schema }

func (DeliveryAttempt) Mixin() []ent.Mixin {
	return entity("delivery_attempts", terms.AttemptPrefix)
}

func (DeliveryAttempt) Fields() []ent.Field {
	return []ent.Field{
		ref("delivery_id", immutable),
		field.Int("number").Immutable(),
		code("channel", terms.ChannelKind(""), immutable),
		instant("started_at", immutable),
		instant("ended_at", optional),
		code("outcome", terms.AttemptOutcome("")),
		text("detail", 1000, optional),
		// Of the bytes that were sent.
		field.Bytes("content_sha256").MaxLen(32).Optional(),
	}
}

func (DeliveryAttempt) Edges() []ent.Edge {
	return []ent.Edge{edge.To("delivery", Delivery.Type).Field("delivery_id").Unique().Required().Immutable()}
}

func (DeliveryAttempt) Indexes() []ent.Index {
	return []ent.Index{index.Fields("delivery_id", "number").Unique()}
}

// DeliveryDecision is what a person decided about a delivery, and why.
type DeliveryDecision struct{ ent.Schema }

func (DeliveryDecision) Mixin() []ent.Mixin {
	return record("delivery_decisions", terms.DecisionPrefix)
}

func (DeliveryDecision) Fields() []ent.Field {
	return []ent.Field{
		ref("case_id", immutable),
		ref("delivery_id", immutable),
		code("kind", terms.DecisionKind(""), immutable),
		ref("account_id", immutable),
		text("decided_by_name", nameLen, immutable),
		text("reason", maxText, immutable),
		instant("decided_at", immutable),
	}
}

func (DeliveryDecision) Edges() []ent.Edge { return []ent.Edge{ofCase()} }

func (DeliveryDecision) Indexes() []ent.Index {
	return []ent.Index{index.Fields("delivery_id", "decided_at")}
}

// DeliveryContent is what is sent, rendered once: every attempt sends the same
// bytes.
type DeliveryContent struct{ ent.Schema }

func (DeliveryContent) Mixin() []ent.Mixin {
	return []ent.Mixin{scoped{table: "delivery_contents", insertOnly: true}}
}

func (DeliveryContent) Fields() []ent.Field {
	return []ent.Field{
		// The delivery's id.
		field.String("id").GoType(terms.ID("")).MaxLen(idLen).Immutable(),
		field.Bytes("document").SchemaType(map[string]string{dialect.MySQL: "mediumblob"}).Immutable(),
		field.Bytes("facts").SchemaType(map[string]string{dialect.MySQL: "mediumblob"}).Immutable(),
		field.Bytes("sha256").MaxLen(32).Immutable(),
	}
}

// SwitchAnswer is what the order-file switch said that settles nothing by
// itself: it cannot be read, matches no delivery, or is a status. It is kept as
// it came, for a person to look at, before the switch may forget it.
type SwitchAnswer struct{ ent.Schema }

func (SwitchAnswer) Mixin() []ent.Mixin { return record("switch_answers", terms.SwitchAnswerPrefix) }

func (SwitchAnswer) Fields() []ent.Field {
	return []ent.Field{
		text("control_number", 40, optional, immutable),
		text("kind", codeLen, optional, immutable),
		text("why", nameLen, immutable),
		text("raw", maxText, immutable),
		instant("received_at", immutable),
	}
}

func (SwitchAnswer) Indexes() []ent.Index { return []ent.Index{index.Fields("received_at", "id")} }
