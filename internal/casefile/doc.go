// Package casefile is the case as the court knows it: registry cases, courts,
// officers, orders, respondents, hearings and addresses, with their versions
// (§2(b), §3(b)).
//
// [Lock] is how every transaction about a case begins. [Facts] are the
// versions in force, read under that lock; [Locked.Fold] writes what lists sort
// by. [Reference] holds the small tables that everyone signed in may read, in
// memory. [LookUps] leaves the trace of an officer's look-up by docket number
// that C.G.S. §51-5c asks for. [Check] recomputes the folds. custody.go follows
// the papers: who holds them, and which transfer needs a person (§6(a), (b)).
// [Past] tells what was known at a moment (asof.go).
package casefile
