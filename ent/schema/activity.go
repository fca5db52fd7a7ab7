package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/service-tracking/sts/internal/terms"
)

// maxText is the longest free text, in bytes.
const maxText = 8000

// ServiceActivity is what an officer recorded: a service (§4), an attempt
// (§5), a receipt, a transfer or other information (§6), or a withdrawal.
// It is never changed and never deleted. A correction is a new activity that
// names what it corrects and stands in its place.
type ServiceActivity struct{ ent.Schema }

func (ServiceActivity) Mixin() []ent.Mixin {
	return record("service_activities", terms.ActivityPrefix)
}

func (ServiceActivity) Fields() []ent.Field {
	return []ent.Field{
		ref("case_id", immutable),
		// The order within the case.
		field.Int64("sequence").Immutable(),
		code("kind", terms.ActivityKind(""), immutable),
		ref("officer_id", immutable),
		instant("occurred_at", immutable),
		instant("recorded_at", immutable),

		// Who recorded it, as that account was called then.
		ref("account_id", immutable),
		text("recorded_by_name", nameLen, immutable),
		code("recorded_by_role", terms.Role(""), immutable),

		// The client's key, unique per account for ever, and a hash of the
		// canonical facts: the same key with other facts is refused.
		text("idempotency_key", 64, immutable),
		field.Bytes("content_sha256").MaxLen(32).Immutable(),

		text("note", maxText, optional, immutable),
		// Service (§4).
		code("method", terms.ServiceMethod(""), optional, immutable),
		field.Bool("police_assistance_requested").Optional().Nillable().Immutable(),
		// §4(b): more than two hours after service was executed.
		field.Bool("recorded_late").Optional().Nillable().Immutable(),
		field.Int("recording_delay_minutes").Optional().Nillable().Immutable(),
		// Attempt (§5).
		code("reason", terms.AttemptReason(""), optional, immutable),
		text("detail", maxText, optional, immutable),
		field.Bool("no_further_attempt").Default(false).Immutable(),
		// Receipt and transfer (§6(a), (b)).
		field.String("writ_date").GoType(terms.Date("")).MaxLen(10).Optional().Nillable().Immutable(),
		ref("from_officer_id", optional, immutable),
		ref("to_officer_id", optional, immutable),
		text("to_officer_name", nameLen, optional, immutable),
		// Other information (§6(c)).
		field.JSON("about", []terms.InformationAbout{}).Optional().Immutable(),
		text("text", maxText, optional, immutable),
		// Corrections and withdrawals.
		ref("corrects_id", optional, immutable),
		text("correction_reason", maxText, optional, immutable),
		text("withdrawal_reason", maxText, optional, immutable),
		// Manual entry (§7).
		code("reported_via", terms.EntryVia(""), optional, immutable),
		instant("reported_at", optional, immutable),
		// The respondent's name as the officer reported it, if it could not be
		// compared with the docket's, or was another and was confirmed.
		text("reported_respondent", 2*nameLen+1, optional, immutable),
		// Entered before the daybook had brought the case: the name is compared
		// when it does.
		field.Bool("on_provisional").Default(false).Immutable(),
		// What the phone's clock said: evidence, changes no flag.
		instant("device_submitted_at", optional, immutable),
		instant("device_sent_at", optional, immutable),
	}
}

func (ServiceActivity) Edges() []ent.Edge {
	return []ent.Edge{
		ofCase(),
		edge.To("officer", Officer.Type).Field("officer_id").Unique().Required().Immutable(),
	}
}

func (ServiceActivity) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("case_id", "sequence").Unique(),
		index.Fields("account_id", "idempotency_key").Unique(),
		index.Fields("corrects_id").Unique(),
		index.Fields("officer_id", "recorded_at", "id"),
		index.Fields("to_officer_id"),
		index.Fields("recorded_at", "id"),
		// What boards look for: one kind, the late ones.
		index.Fields("kind", "recorded_at", "id"),
		index.Fields("recorded_late", "recorded_at", "id"),
	}
}

// TransferAcknowledgement says that the receiving officer has the papers.
type TransferAcknowledgement struct{ ent.Schema }

func (TransferAcknowledgement) Mixin() []ent.Mixin {
	return record("transfer_acknowledgements", terms.AcknowledgementPrefix)
}

func (TransferAcknowledgement) Fields() []ent.Field {
	return []ent.Field{
		ref("case_id", immutable),
		ref("activity_id", immutable),
		ref("account_id", immutable),
		instant("acknowledged_at", immutable),
	}
}

func (TransferAcknowledgement) Edges() []ent.Edge { return []ent.Edge{ofCase()} }

func (TransferAcknowledgement) Indexes() []ent.Index {
	return []ent.Index{index.Fields("activity_id").Unique()}
}

// Review says that a person of the registry section has seen to an activity that
// stood on the board: other information, a late service, a transfer in doubt, an
// entry whose respondent was another than the case's.
type Review struct{ ent.Schema }

func (Review) Mixin() []ent.Mixin { return record("reviews", terms.ReviewPrefix) }

func (Review) Fields() []ent.Field {
	return []ent.Field{
		ref("case_id", immutable),
		ref("activity_id", immutable),
		ref("account_id", immutable),
		text("reviewed_by_name", nameLen, immutable),
		text("note", maxText, optional, immutable),
		instant("reviewed_at", immutable),
		// The activity was in doubt when it was reviewed (casefile.Doubted), and is
		// on the right case. It is kept beside a review from before the doubt.
		field.Bool("right_case").Default(false).Immutable(),
	}
}

func (Review) Edges() []ent.Edge { return []ent.Edge{ofCase()} }

func (Review) Indexes() []ent.Index {
	return []ent.Index{index.Fields("activity_id", "right_case").Unique()}
}

// RegistryEntry is what the registry is told of every activity (§3(c)).
type RegistryEntry struct{ ent.Schema }

func (RegistryEntry) Mixin() []ent.Mixin {
	return record("registry_entries", terms.RegistryEntryPrefix)
}

func (RegistryEntry) Fields() []ent.Field {
	return []ent.Field{
		ref("case_id", immutable),
		ref("activity_id", immutable),
		text("officer_name", 2*nameLen, immutable),
		code("kind", terms.ActivityKind(""), immutable),
		instant("occurred_at", immutable),
		instant("recorded_at", immutable),
	}
}

func (RegistryEntry) Edges() []ent.Edge { return []ent.Edge{ofCase()} }

func (RegistryEntry) Indexes() []ent.Index {
	return []ent.Index{index.Fields("activity_id").Unique()}
}
