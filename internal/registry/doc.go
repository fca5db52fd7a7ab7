// Package registry is the protection order registry's side of an activity: the
// registry entry that every activity makes (§3(c)), and who must now be told
// of a service (§3(d), (e), (f)).
//
// [Planner.Plan] writes deliveries into the ledger in the transaction of what
// caused them. It is idempotent, and runs again when facts arrive: what waited
// for an address or a file number goes then. Start with plan.go.
package registry
