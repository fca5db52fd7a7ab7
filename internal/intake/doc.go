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
// A case that the registry section opened before the daybook brought it (§7) is
// provisional. The daybook's first row for it claims it, however old: its court,
// name and date hold from then on, what they were stays in the journal, and the
// registry's rows that still wait are applied. Most do not: what waits for a docket
// is applied as soon as a manual entry opens its case ([Importer.Claim]).
//
// The docket number of such a case may have been mistyped. Where the daybook, or
// before it the registry, names another respondent than the officer reported, the
// case is disputed: nobody is told of the entry until a person of the registry
// section has said that it is on the right case, or has withdrawn it.
//
// # Rows of one age
//
// Two rows of one key with one sourceUpdatedAt and other content contradict
// each other, and nothing in them says which is right. Importing a file that
// holds both must still end alike each time, so:
//
//   - Of the registry, whose versions are kept, the one that came later is in
//     force, once: a row that equals any stored version of that age is
//     unchanged. A correction under the old date is so taken, and the file from
//     before it is not taken for another. Rows that wait are kept alike.
//   - Of the daybook, which has no versions, the one whose [feed.Daybook.Hash]
//     is greater: no order of arrival can be told from the case. A correction
//     under the old date may so be refused, and is counted as older.
//
// # Rows that only have a newer date
//
// A row of the registry that says what the newest says, under a newer date, is
// counted as unchanged and leaves no journal record, but it is kept as a
// version: without its date a row that lies between the two would count as
// newer. A feed that gives all its rows fresh dates each night grows these
// tables by as much each night; it should send what changed. Not to keep such
// versions would take a column for the newest date that a key was seen with,
// which is not in the tables of facts: their rows are written once.
//
// Start with [Importer.Daybook] and [Importer.Registry].
package intake
