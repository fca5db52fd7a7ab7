// Package schema holds the entities, written by hand. Everything else below
// ent/ is generated from them.
//
// Start with registry_case.go (the case and the folds that lists sort by),
// activity.go (what officers record: never changed, never deleted), facts.go
// (what the feeds bring, as versions), delivery.go (what must be sent) and
// journal.go. Each entity names its table's scope and whether it is
// insert-only through [scoped] in mixins.go; a test fails where one does not.
package schema
