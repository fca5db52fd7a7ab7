// Package registry is the protection order registry's side of an activity: the
// registry entry that every activity makes (§3(c)), and who must now be told
// that a service was recorded, corrected or taken back (§3(d), (e), (f)).
//
// A [Planner] writes deliveries into the ledger in the transaction of what
// caused them: [Planner.Plan] for a new service, [Planner.Correct] for a
// correction or a withdrawal, [Planner.Again] when facts arrive, so that what
// waited for an address or a file number goes then. All three compare what each
// recipient was told with what stands now, in a telling, and are idempotent.
//
// Start with plan.go and correct.go, then telling.go, which decides.
package registry
