// Package graph is the API: its SDL in schema/, and the resolvers of the root
// fields.
//
// A resolver is thin: an input becomes one call into a room of the domain, and
// the answer is read by package read, which turns the selection into few
// statements. The inputs of the recording mutations are bound to the types of
// package recording themselves (gqlgen.yml), and one helper answers them all
// (recording.go); input.go looks at what Go types do not say of an input. No
// type has resolvers of its own: below a root field everything is loaded before
// the answer is written (package model). Subscriptions are in stream.go and
// events.go: one journal record is at most one event, and each is read under the
// viewer's scope when it is sent.
//
// `go generate ./graph` makes generated/, model/models_gen.go and the heads of
// *.resolvers.go from the SDL and gqlgen.yml. Start with resolver.go.
package graph
