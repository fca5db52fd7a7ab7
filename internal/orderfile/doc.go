// Package orderfile tells the state protection order file (§3(e), in COLLECT)
// and, through it, the national one (§3(f), in NCIC) when an order was served.
//
// The state switch is told and forwards to the national file by itself; both
// answer, minutes later perhaps, on the same connection. So the national
// record is never written by us: it is only observed.
//
// # Where to start
//
//   - [Client] sends an [Update], asks with an [Inquiry], and hands on every
//     [Answer]. [Profile] holds what differs from switch to switch.
//   - [Channel] joins it to the ledger of deliveries: it sends, inquires
//     (inquire.go: when an update may be sent again), and keeps what the switch
//     said that settles nothing (kept.go).
//   - [Link] carries bodies; [TCPLink] does so over one long-lived connection.
//     Its errors say what is certain: [ErrNotSent], [ErrUnknown], [*Refused].
//   - [Reconcile] says what an inquiry proves about an attempt whose end is
//     unknown. No acknowledgement is proof until an inquiry agrees.
//   - [Code.Class] says what kind of trouble a code is.
//   - [Start] runs the switch simulator: both files, and faults on demand.
//
// # What is public, and what is ours
//
// Public: that message switches of this kind hold one long-lived connection
// with length-prefixed frames (connect, message, accepted, refused,
// heartbeat), each acknowledged, with the answers coming later; that a
// reference given by the sender comes back on the answers; that records are
// changed by fields written TAG/value with a period after each; that SVC and
// SVD are the fields of service; that a record of the national file has a date
// of service and no time of day; that out of service comes in two kinds, "will
// forward" and "will not". The sources are in the reference page "transports",
// section 5.
//
// Ours: everything exact. Connecticut's own interface is not public, so the
// frame layout, the header STSCT001, the tag SVT for the time of day, the
// codes, the simulator's behaviour and the way in which names are folded to
// A-Z are proposals, and ORI, keys and SVC codes are configuration. When the
// real interface is known it becomes another Link and another Profile.
//
// # The time of service
//
// §3(e) and §3(f) speak of date and time. The state message carries both; the
// national record has no field for a time, so nothing about it is claimed.
package orderfile
