// Package intake brings what other systems know: the clerk's electronic
// daybook (§3(b)), the registry's order facts, and the reference tables that
// are embedded in the program.
//
// Package feed reads the rows; an [Importer] applies them. The feeds may come
// in either order, before or after a recording: a registry row whose case the
// daybook has not brought is kept and applied when it does, and what waited
// for an address or a file number is sent then. Importing is idempotent, a row
// older than what is stored under its key changes nothing, and transactions
// stay small so that a recording never waits long.
//
// Start with [Importer.Daybook] and [Importer.Registry].
package intake
