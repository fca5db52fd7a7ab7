package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/service-tracking/sts/internal/terms"
)

// RegistryCase is a case with a hearing ordered under C.G.S. §46b-15 or
// §46b-16a (§2(b)), as the clerk's daybook or a manual entry opened it.
//
// Its row is the lock of everything that happens in the case: a writing
// transaction begins by raising next_sequence. The folds below are what lists
// filter and sort by; they are rewritten in the transaction that changes what
// they come from, and casefile.Check recomputes them.
type RegistryCase struct{ ent.Schema }

func (RegistryCase) Mixin() []ent.Mixin { return entity("registry_cases", terms.CasePrefix) }

func (RegistryCase) Fields() []ent.Field {
	return []ent.Field{
		field.String("docket").GoType(terms.Docket("")).MaxLen(15).Unique().Immutable(),
		field.String("court_code").MaxLen(8),
		// Opened before the daybook brought it (§7); the daybook claims it.
		field.Bool("provisional").Default(false),
		// The daybook's createdAt; of a provisional case, when it was opened here.
		instant("opened_at"),
		instant("daybook_updated_at", optional),

		field.Int64("next_sequence").Default(1),
		// recordedAt never goes backwards within a case.
		instant("last_recorded_at"),

		// Folds.
		text("respondent_first_name", nameLen),
		text("respondent_last_name", nameLen),
		text("respondent_key", 2*nameLen),
		code("order_kind", terms.OrderKind(""), optional),
		instant("hearing_at", optional),
		text("hearing_courtroom", nameLen, optional),
		// When the current hearing was set: attempts before it do not count.
		instant("hearing_set_at", optional),
		// hearing_at, or the year 2200 where none is known: lists sort by it,
		// and keyset paging loses rows where a column is null.
		instant("hearing_sort"),
		field.String("last_timely_day").GoType(terms.Date("")).MaxLen(10).Optional().Nillable(),
		code("service_status", terms.ServiceStatus("")),
		instant("served_at", optional),
		field.Bool("served_in_time").Optional().Nillable(),
		// §5(b) is met: an attempt says that no further one is planned, or
		// was made on or after the last timely day.
		field.Bool("report_made").Default(false),
		ref("holder_officer_id", optional),
		// The transfer on which somebody must look, why, and when the papers
		// were transferred: see casefile.Compute.
		ref("transfer_id", optional),
		code("transfer_work", terms.TransferWork(""), optional),
		instant("transfer_at", optional),
		// A manual entry reported another respondent than the case turned out to
		// have, and nobody has settled it (§7): see casefile.Doubted.
		field.Bool("respondent_disputed").Default(false),
		ref("latest_activity_id", optional),
		instant("latest_activity_at"),
	}
}

func (RegistryCase) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("hearing_sort", "id"),
		index.Fields("court_code", "hearing_sort", "id"),
		index.Fields("holder_officer_id", "hearing_sort", "id"),
		index.Fields("respondent_key", "id"),
		index.Fields("latest_activity_at", "id"),
		// What is open near a hearing.
		index.Fields("service_status", "hearing_sort", "id"),
		index.Fields("transfer_work", "transfer_at", "id"),
		index.Fields("respondent_disputed", "hearing_sort", "id"),
	}
}

// CaseLookUp is a row for each time that an officer opened a case by its exact
// docket number (C.G.S. §51-5c). It is never an event.
type CaseLookUp struct{ ent.Schema }

func (CaseLookUp) Mixin() []ent.Mixin { return record("case_look_ups", terms.LookUpPrefix) }

func (CaseLookUp) Fields() []ent.Field {
	return []ent.Field{
		ref("account_id", immutable),
		ref("case_id", immutable),
		instant("looked_up_at", immutable),
	}
}

func (CaseLookUp) Indexes() []ent.Index {
	return []ent.Index{index.Fields("account_id", "case_id", "looked_up_at")}
}
