package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/service-tracking/sts/internal/terms"
)

// Court is a court location, named by the code that docket numbers begin with.
type Court struct{ ent.Schema }

func (Court) Mixin() []ent.Mixin { return entity("courts", terms.CourtPrefix) }

func (Court) Fields() []ent.Field {
	return []ent.Field{
		field.String("code").MaxLen(8).Unique().Immutable(),
		text("name", nameLen),
		text("judicial_district", nameLen),
		text("sits_at", nameLen),
	}
}

// Town is one of Connecticut's 169 towns (C.G.S. §6-1).
type Town struct{ ent.Schema }

func (Town) Mixin() []ent.Mixin { return entity("towns", terms.TownPrefix) }

func (Town) Fields() []ent.Field {
	return []ent.Field{
		field.Int("number").Unique().Immutable(),
		text("name", nameLen),
		text("county", nameLen),
		text("judicial_district", nameLen),
		text("troop", 4),
	}
}

// LawEnforcementAgency is who must be told of service (§3(d)).
type LawEnforcementAgency struct{ ent.Schema }

func (LawEnforcementAgency) Mixin() []ent.Mixin {
	return entity("law_enforcement_agencies", terms.AgencyPrefix)
}

func (LawEnforcementAgency) Fields() []ent.Field {
	return []ent.Field{
		// Looked up, never derived: see internal/intake/reference.
		field.String("ori").MaxLen(9).Unique().Immutable(),
		text("name", nameLen),
		code("kind", terms.AgencyKind("")),
	}
}

// AgencyCoverage says that an agency covers a town, or one place in it. A town
// can need several agencies.
type AgencyCoverage struct{ ent.Schema }

func (AgencyCoverage) Mixin() []ent.Mixin {
	return entity("agency_coverages", terms.AgencyCoveragePrefix)
}

func (AgencyCoverage) Fields() []ent.Field {
	return []ent.Field{
		ref("agency_id", immutable),
		field.Int("town_number").Immutable(),
		// The place inside the town, "" for the whole town.
		text("place", nameLen, optional, immutable),
	}
}

func (AgencyCoverage) Indexes() []ent.Index {
	return []ent.Index{index.Fields("town_number", "agency_id", "place").Unique()}
}

// AgencyChannel is one way to reach an agency; the lowest rank is tried first.
type AgencyChannel struct{ ent.Schema }

func (AgencyChannel) Mixin() []ent.Mixin {
	return entity("agency_channels", terms.AgencyChannelPrefix)
}

func (AgencyChannel) Fields() []ent.Field {
	return []ent.Field{
		ref("agency_id", immutable),
		field.Int("rank"),
		code("kind", terms.ChannelKind("")),
		text("address", nameLen, optional),
	}
}

func (AgencyChannel) Indexes() []ent.Index {
	return []ent.Index{index.Fields("agency_id", "rank").Unique()}
}

// Setting is one value that the whole installation shares.
type Setting struct{ ent.Schema }

func (Setting) Mixin() []ent.Mixin { return []ent.Mixin{scoped{table: "settings"}} }

func (Setting) Fields() []ent.Field {
	return []ent.Field{
		field.String("id").MaxLen(idLen).Immutable(),
		text("value", 1000),
	}
}
