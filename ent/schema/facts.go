package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/service-tracking/sts/internal/terms"
)

// The registry's feed brings order facts row by row. An accepted row is a
// RegistryRow and never changes; the next row under its key (docket and order
// number) is the next version. What a row brings stands in tables of its own,
// so that policy can close them: the order, the hearing, the respondent, the
// protected persons, the addresses. Which version is in force is derived: the
// newest by sourceUpdatedAt under each key.

// ofCase is the foreign key to the case, on every table that hangs on one.
func ofCase() ent.Edge {
	return edge.To("registry_case", RegistryCase.Type).Field("case_id").Unique().Required().Immutable()
}

// ofRow is the foreign key to the row that brought a fact.
func ofRow() ent.Edge {
	return edge.To("row", RegistryRow.Type).Field("row_id").Unique().Required().Immutable()
}

// factIndexes are on the foreign keys: MariaDB makes them by itself, SQLite
// does not.
func factIndexes() []ent.Index {
	return []ent.Index{index.Fields("case_id"), index.Fields("row_id")}
}

func factFields(fields ...ent.Field) []ent.Field {
	return append([]ent.Field{ref("case_id", immutable), ref("row_id", immutable)}, fields...)
}

// RegistryRow is one accepted row of the registry's feed: one version of the
// facts under its key.
type RegistryRow struct{ ent.Schema }

func (RegistryRow) Mixin() []ent.Mixin { return record("registry_rows", terms.RegistryRowPrefix) }

func (RegistryRow) Fields() []ent.Field {
	return []ent.Field{
		ref("case_id", immutable),
		// "" for a hearing without an order.
		text("order_number", numberLen, optional, immutable),
		instant("source_updated_at", immutable),
		instant("recorded_at", immutable),
		// The case sequence of the journal record that tells of it.
		field.Int64("sequence").Immutable(),
		ref("record_id", immutable),
		field.Bytes("content_sha256").MaxLen(32).Immutable(),
		code("order_kind", terms.OrderKind(""), immutable),
		field.Bool("addresses_confidential").Default(false).Immutable(),
	}
}

func (RegistryRow) Edges() []ent.Edge { return []ent.Edge{ofCase()} }

func (RegistryRow) Indexes() []ent.Index {
	return []ent.Index{index.Fields("case_id", "order_number", "source_updated_at")}
}

// ProtectionOrder is what a row says of the order itself.
type ProtectionOrder struct{ ent.Schema }

func (ProtectionOrder) Mixin() []ent.Mixin { return record("protection_orders", terms.OrderPrefix) }

func (ProtectionOrder) Fields() []ent.Field {
	return factFields(
		text("number", numberLen, immutable),
		code("kind", terms.OrderKind(""), immutable),
		instant("issued_at", optional, immutable),
		field.Bool("ex_parte").Default(false).Immutable(),
		field.String("expires_on").GoType(terms.Date("")).MaxLen(10).Optional().Nillable().Immutable(),
		instant("picked_up_at", optional, immutable),
		code("outcome", terms.OrderOutcome(""), optional, immutable),
		code("outcome_reason", terms.OutcomeReason(""), optional, immutable),
		text("state_file_number", numberLen, optional, immutable),
		text("national_file_number", numberLen, optional, immutable),
	)
}

func (ProtectionOrder) Edges() []ent.Edge { return []ent.Edge{ofCase(), ofRow()} }

func (ProtectionOrder) Indexes() []ent.Index { return factIndexes() }

// Hearing is when and where the case is to be heard.
type Hearing struct{ ent.Schema }

func (Hearing) Mixin() []ent.Mixin { return record("hearings", terms.HearingPrefix) }

func (Hearing) Fields() []ent.Field {
	return factFields(
		instant("scheduled_for", immutable),
		text("courtroom", nameLen, optional, immutable),
		instant("source_updated_at", immutable),
		instant("recorded_at", immutable),
	)
}

func (Hearing) Edges() []ent.Edge { return []ent.Edge{ofCase(), ofRow()} }

func (Hearing) Indexes() []ent.Index {
	// What was ever to be heard on a day: a court's calendar as it was known.
	return append(factIndexes(), index.Fields("scheduled_for", "case_id"))
}

// Respondent is the respondent's name as the registry has it: the order files
// hold it in this spelling.
type Respondent struct{ ent.Schema }

func (Respondent) Mixin() []ent.Mixin { return record("respondents", terms.RespondentPrefix) }

func (Respondent) Fields() []ent.Field {
	return factFields(text("first_name", nameLen, immutable), text("last_name", nameLen, immutable))
}

func (Respondent) Edges() []ent.Edge { return []ent.Edge{ofCase(), ofRow()} }

func (Respondent) Indexes() []ent.Index { return factIndexes() }

// ProtectedPerson is a person whom the order protects. Confidential.
type ProtectedPerson struct{ ent.Schema }

func (ProtectedPerson) Mixin() []ent.Mixin {
	return record("protected_persons", terms.ProtectedPersonPrefix)
}

func (ProtectedPerson) Fields() []ent.Field {
	return factFields(text("first_name", nameLen, immutable), text("last_name", nameLen, immutable))
}

func (ProtectedPerson) Edges() []ent.Edge { return []ent.Edge{ofCase(), ofRow()} }

func (ProtectedPerson) Indexes() []ent.Index { return factIndexes() }

// Address is where a respondent or a protected person lives or works.
// Confidential.
type Address struct{ ent.Schema }

func (Address) Mixin() []ent.Mixin { return record("addresses", terms.AddressPrefix) }

func (Address) Fields() []ent.Field {
	return factFields(
		code("reason", terms.NoticeReason(""), immutable),
		ref("protected_person_id", optional, immutable),
		text("street", nameLen, optional, immutable),
		text("town", nameLen, optional, immutable),
		text("state", nameLen, optional, immutable),
		text("zip", 20, optional, immutable),
	)
}

func (Address) Edges() []ent.Edge { return []ent.Edge{ofCase(), ofRow()} }

func (Address) Indexes() []ent.Index { return factIndexes() }

// WaitingRow is a row of the registry's feed whose case the daybook has not
// brought yet. It is applied and removed when the daybook does.
type WaitingRow struct{ ent.Schema }

func (WaitingRow) Mixin() []ent.Mixin { return entity("waiting_rows", terms.WaitingRowPrefix) }

func (WaitingRow) Fields() []ent.Field {
	return []ent.Field{
		field.String("docket").GoType(terms.Docket("")).MaxLen(15).Immutable(),
		text("order_number", numberLen, optional, immutable),
		instant("source_updated_at"),
		instant("received_at"),
		field.Bytes("row").MaxLen(1 << 20),
	}
}

func (WaitingRow) Indexes() []ent.Index {
	return []ent.Index{index.Fields("docket", "order_number").Unique()}
}

// AgencyAssignment is what the registry section decided about a place that leads
// to no agency: in this case, its agency is this one. It holds for every later
// version of the address that names the same place.
type AgencyAssignment struct{ ent.Schema }

func (AgencyAssignment) Mixin() []ent.Mixin {
	return record("agency_assignments", terms.AssignmentPrefix)
}

func (AgencyAssignment) Fields() []ent.Field {
	return []ent.Field{
		ref("case_id", immutable),
		// Whose address, "" where the case has none at all.
		text("reason", codeLen, optional, immutable),
		// The place, folded: "" where the case has no address at all.
		text("place_key", 4*nameLen, optional, immutable),
		ref("agency_id", immutable),
		ref("account_id", immutable),
		text("assigned_by_name", nameLen, immutable),
		text("why", maxText, immutable),
		instant("assigned_at", immutable),
	}
}

func (AgencyAssignment) Edges() []ent.Edge { return []ent.Edge{ofCase()} }

func (AgencyAssignment) Indexes() []ent.Index { return []ent.Index{index.Fields("case_id")} }

// UnroutedAddress is work for the registry section: an address that leads to
// no agency, or a served case without any address (§3(d)).
type UnroutedAddress struct{ ent.Schema }

func (UnroutedAddress) Mixin() []ent.Mixin {
	return entity("unrouted_addresses", terms.UnroutedPrefix)
}

func (UnroutedAddress) Fields() []ent.Field {
	return []ent.Field{
		ref("case_id", immutable),
		ref("activity_id", immutable),
		// The address, "" where the case has none at all.
		text("address_key", idLen, optional, immutable),
		code("reason", terms.UnroutedReason(""), immutable),
		text("suggestion", nameLen, optional, immutable),
		instant("noticed_at", immutable),
		instant("resolved_at", optional),
	}
}

func (UnroutedAddress) Edges() []ent.Edge { return []ent.Edge{ofCase()} }

func (UnroutedAddress) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("activity_id", "address_key").Unique(),
		index.Fields("case_id"),
		index.Fields("resolved_at", "noticed_at"),
	}
}
