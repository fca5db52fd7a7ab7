package schema

import (
	"context"
	"fmt"

	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/mixin"

	"github.com/service-tracking/sts/ent/intercept"
	"github.com/service-tracking/sts/ent/privacy"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/terms"
)

// scoped is what every entity mixes in: its id, its table's name, and the
// policy that access has for the table.
type scoped struct {
	mixin.Schema
	table      string
	prefix     terms.Prefix
	insertOnly bool
}

// entity is a table whose rows may change.
func entity(table string, prefix terms.Prefix) []ent.Mixin {
	return []ent.Mixin{scoped{table: table, prefix: prefix}}
}

// record is a table whose rows are written once: nobody, the system included,
// updates or deletes them.
func record(table string, prefix terms.Prefix) []ent.Mixin {
	return []ent.Mixin{scoped{table: table, prefix: prefix, insertOnly: true}}
}

func (s scoped) Fields() []ent.Field {
	if s.prefix == "" {
		return nil // the entity has an id of its own kind
	}
	return []ent.Field{
		field.String("id").GoType(terms.ID("")).MaxLen(idLen).Immutable().
			DefaultFunc(func() terms.ID { return terms.NewID(s.prefix) }),
	}
}

func (s scoped) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{Table: s.table}}
}

// Policy lets a query see the rows of the viewer's scope, and lets only the
// rooms write, under the name that access.As gave them after they authorized
// the viewer.
func (s scoped) Policy() ent.Policy {
	return privacy.Policy{
		Query: privacy.QueryPolicy{privacy.QueryRuleFunc(func(ctx context.Context, q ent.Query) error {
			predicate, err := access.Scope(access.From(ctx), s.table)
			if err != nil {
				return fmt.Errorf("reading %s: %w", s.table, err)
			}
			if predicate != nil {
				query, err := intercept.NewQuery(q)
				if err != nil {
					return fmt.Errorf("scoping %s: %w", s.table, err)
				}
				query.WhereP(predicate)
			}
			return privacy.Allow
		})},
		Mutation: privacy.MutationPolicy{privacy.MutationRuleFunc(func(ctx context.Context, m ent.Mutation) error {
			if s.insertOnly && !m.Op().Is(ent.OpCreate) {
				return privacy.Denyf("%s is insert-only: %s is refused", s.table, m.Op())
			}
			if v := access.From(ctx); v == nil || !v.IsSystem() {
				return privacy.Denyf("%s is written by the system's own rooms only", s.table)
			}
			return privacy.Allow
		})},
	}
}

const (
	idLen   = 40
	codeLen = 40
	nameLen = 200
	// numberLen bounds numbers that other systems give: of orders and records.
	numberLen = 64
)

type flag int

const (
	optional flag = iota
	immutable
)

func has(flags []flag, f flag) bool {
	for _, g := range flags {
		if g == f {
			return true
		}
	}
	return false
}

// instant is a point in time, stored in UTC with microseconds on every engine.
func instant(name string, flags ...flag) ent.Field {
	f := field.Time(name).SchemaType(map[string]string{dialect.MySQL: "datetime(6)"})
	if has(flags, optional) {
		f = f.Optional().Nillable()
	}
	if has(flags, immutable) {
		f = f.Immutable()
	}
	return f
}

// ref is the id of a row of another table, without a foreign key.
func ref(name string, flags ...flag) ent.Field {
	f := field.String(name).GoType(terms.ID("")).MaxLen(idLen)
	if has(flags, optional) {
		f = f.Optional().Nillable()
	}
	if has(flags, immutable) {
		f = f.Immutable()
	}
	return f
}

// code is a coded value of type T, spelled as in package terms.
func code[T ~string](name string, zero T, flags ...flag) ent.Field {
	f := field.String(name).GoType(zero).MaxLen(codeLen)
	if has(flags, optional) {
		f = f.Optional().Nillable()
	}
	if has(flags, immutable) {
		f = f.Immutable()
	}
	return f
}

// text is free text of at most max characters, varchar up to 1,000, else long
// text. The rooms check lengths where the text comes in, and say so kindly.
func text(name string, max int, flags ...flag) ent.Field {
	f := field.String(name)
	long := max > 1000
	if long {
		f = f.SchemaType(map[string]string{dialect.MySQL: "mediumtext"})
	} else {
		f = f.SchemaType(map[string]string{dialect.MySQL: fmt.Sprintf("varchar(%d)", max)})
	}
	switch {
	case has(flags, optional) && long:
		f = f.Optional() // null and "" are one here: MySQL 8 knows no default for text
	case has(flags, optional):
		f = f.Default("")
	}
	if has(flags, immutable) {
		f = f.Immutable()
	}
	return f
}
