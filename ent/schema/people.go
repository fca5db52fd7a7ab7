package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/service-tracking/sts/internal/terms"
)

// Officer is a state marshal or another proper officer (§2(d), (e)). An
// officer can exist without an account.
type Officer struct{ ent.Schema }

func (Officer) Mixin() []ent.Mixin { return entity("officers", terms.OfficerPrefix) }

func (Officer) Fields() []ent.Field {
	return []ent.Field{
		text("first_name", nameLen),
		text("last_name", nameLen),
		// "last first" folded: what the officers list is sorted and searched by.
		text("name_key", 2*nameLen),
		code("kind", terms.OfficerKind("")),
		text("county", nameLen, optional),
		field.Bool("active").Default(true),
	}
}

func (Officer) Indexes() []ent.Index { return []ent.Index{index.Fields("name_key", "id")} }

// Account is a person's or a machine's way in (§8, §9).
type Account struct{ ent.Schema }

func (Account) Mixin() []ent.Mixin { return entity("accounts", terms.AccountPrefix) }

func (Account) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").MaxLen(64).Unique().Immutable(),
		text("display_name", nameLen),
		code("status", terms.AccountStatus("")),
		field.JSON("roles", []terms.Role{}),
		// Of court staff: the codes of their court locations.
		field.JSON("court_codes", []string{}).Optional(),
		ref("officer_id", optional),
		// When the user agreement was signed (§9(a)(3)); null: not yet.
		instant("agreement_signed_at", optional),
		instant("created_at", immutable),
	}
}

func (Account) Indexes() []ent.Index { return []ent.Index{index.Fields("officer_id")} }
