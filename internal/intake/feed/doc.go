// Package feed reads the two feeds that bring cases: the clerk's electronic
// daybook (§3(b)) and the registry's order facts, from which the notices of
// §3(d) take names and addresses. It turns text into checked rows and knows no
// database: what a row changes is decided by package intake.
//
// Start with [ReadDaybook] and [ReadRegistry]. Both take newline-delimited JSON
// or CSV with a header; the first byte that is no space tells: { is JSON. The
// fields are those of the structs' JSON names; in CSV a nested field is a column
// such as respondentHome.town or protectedPersons.1.home.town, numbered from 0
// or 1 as the sender likes.
//
// # What a row must be
//
//   - It is a whole statement: a field that is missing, null or empty means
//     "there is none", never "as before". A protected person of whom nothing is
//     said is not there.
//   - A field that the feed does not have, or that stands twice, is an error
//     of the row: what is misspelt would else be lost in silence.
//   - Text is kept in the form of terms.CleanText, so that two exports of one
//     name are one name: trimmed, composed (NFC), without control characters,
//     line breaks, marks that turn the direction of writing and broken Unicode;
//     emoji and all scripts are welcome. Names have at most 100 characters,
//     streets and towns 200.
//   - A daybook row has all six fields. A registry row has docketNumber,
//     orderKind, both names of the respondent and sourceUpdatedAt; a row without
//     orderNumber is a hearing notice alone and so has hearingAt, and cannot
//     have a file number, for there is no record in a file. A protected person
//     has both names. outcomeReason needs an outcome that is not GRANTED.
//   - Left to the caller: whether the court is known (a function), whether
//     court, case type and order kind agree with the docket number (cases are
//     transferred, and the rule is only inferred), whether a town exists.
//
// # What goes wrong
//
// A bad row is a [*RowError] with its line and field, and reading goes on. It
// says what is wrong without repeating what stands there, because a log is no
// place for a protected person's address (C.G.S. §51-5c). Only the name of an
// unknown field is repeated, and only if it is shaped like one. A CSV header
// that is wrong, or an error of the reader, ends the reading.
//
// Memory is bounded: a line has at most 1 MiB, a row at most 50 protected
// persons, and one line is held at a time. In CSV a field cannot span lines:
// names and addresses hold no line breaks anyway, and so a forgotten quote costs
// one row and not the rest of the file.
package feed
