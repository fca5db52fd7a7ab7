// Package access decides who is asking and what they may see or do.
//
// A [Viewer] travels in the context: an account with its roles, or a named
// system viewer of a worker. [Scope] answers, for one table, the predicate
// that leaves only the rows which the viewer may see. The ent policies of
// every entity call it, and so does SQL written by hand; there is no other
// place where rows are permitted. [Viewer.Sees] decides the fields that depend
// on a role, once, when a selection is read.
//
// It implements C.G.S. §51-5c (what identifies a protected person is for the
// registry section alone) and §9 of the policy. Start with viewer.go, then
// scope.go.
package access
