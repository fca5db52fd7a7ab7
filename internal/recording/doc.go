// Package recording is what officers record: that service was executed (§4), why
// it was not (§5), receipts, transfers and other information (§6); what they
// and the registry section correct and withdraw of it; and what the registry
// section enters for an officer who could not (§7).
//
// A [Recorder] checks the rules and then writes, in one transaction under the
// case's lock: the activity, the registry entry (§3(c)), the deliveries that
// registry.Planner asks for (§3(d) to (f)), the case's folds and the journal
// record. Nothing is sent from here. Expected outcomes are answered as a
// [Refusal], not as an error.
//
// There is one main road (road.go) for every deed. What is recorded is an entry,
// each kind in its own file; how it comes to be recorded is a way: the officer's
// own, a correction (a withdrawal is one whose entry says nothing), or a manual
// entry. An acknowledgement is no activity and has a short road of its own.
//
// # What this room has decided
//
//   - Keys are unique per account over everything that makes an activity. An
//     acknowledgement is idempotent by itself and keeps none.
//   - A correction stays the officer's whose activity it corrects, and says by
//     whom it was made. It is not a manual entry: how the first was reported
//     stands with the first.
//   - A correction tells of a moment in the past. It is not held to who holds the
//     papers now, asks no confirmation for a time or a receiver that it leaves as
//     they were, and warns of another service only where it says more than what
//     it corrects.
//   - Corrected to the same receiver, a transfer stays acknowledged.
//   - An officer who records leaves a look-up (C.G.S. §51-5c), whether or not the
//     rules then refuse; registry staff see every case and leave none.
//
// Start with recorder.go, then road.go and deed.go.
package recording
