// Package model holds the Go types that the SDL's types are bound to: one for
// each object type and user error, since gqlgen tells the implementors of an
// interface apart by their Go types.
//
// Most wrap a row of ent and have room for what lies around it. They are
// filled by graph/read; what the viewer may not see is left nil there. Every
// SDL field is a struct field or a method without context and error, so that
// writing an answer runs no resolver and can never ask the database.
//
// models_gen.go (filters, unions, enums of the API alone) is gqlgen's.
package model
