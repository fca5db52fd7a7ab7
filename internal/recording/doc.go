// Package recording is what officers record: that service was executed (§4),
// or why it was not (§5).
//
// A [Recorder] checks the rules and then writes, in one transaction under the
// case's lock: the activity, the registry entry (§3(c)), the deliveries that
// registry.Plan asks for (§3(d) to (f)), the case's folds and the journal
// record. Nothing is sent from here. Expected outcomes are answered as a
// [Refusal], not as an error. Start with recorder.go.
package recording
