// Package live serves those who watch the journal now.
//
// Every process runs one [Hub]. It follows the journal from the newest
// position on, keeps the latest items in a ring, and wakes whoever waits by
// closing one channel: a watcher costs no goroutine of the hub's. A
// [Subscription] pulls: it takes the next item from the ring, or, where it is
// further behind than the ring reaches, pages from the database that it shares
// with others at the same place. It sees every item after its cursor, in
// order, once. A reader that comes too rarely is told so and resumes where it
// was; none is dropped silently, and none holds up the hub.
//
// The hub shows every record to whoever calls it. Which of them a viewer may
// see is decided for each event where it is sent (C.G.S. §51-5c).
//
// Start with hub.go, then subscription.go.
package live
