// Package journal is the one append-only record of what happened and who saw
// what.
//
// A room calls [Append] in the transaction that the record tells of. The
// record is then still without a number: ids taken before a commit do not
// commit in order, so a reader that remembers the last id it saw would miss
// what commits late. A [Sequencer] gives committed records their [Position],
// 1, 2, 3 … without a gap, together with the hash that becomes a leaf of the
// Merkle tree (leaf.go says exactly how it is made). Whoever follows the
// journal does so by position, through a [Reader]; package live does it for
// subscribers.
//
// Two promises hold whatever crashes, stalls or runs twice: a position and a
// record belong together once and for ever, and a record of a case never
// stands before one whose commit preceded it in that case, so that a
// correction never precedes what it corrects. number.go says why.
//
// [MomentAt] says where the journal stood at an instant, and whether that can
// still change.
//
// Start with append.go, then number.go and reader.go.
package journal
