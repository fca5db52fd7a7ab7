// Package delivery is the durable ledger of what must be told to whom, and the
// dispatcher that works it off.
//
// The registry tells the police agencies, the state file and the national file
// "as soon as the information is entered" (§3(d)–(f)). The promise is: at least
// once, and never twice without a recorded reason. It rests on three things:
//
//   - [Ledger.Add] writes what is to be sent in the transaction that records
//     the activity: either both are there after a crash or neither.
//   - The [Dispatcher] commits an attempt, and the very bytes, before the first
//     byte leaves, and a result after; each row is compared and swapped by its
//     version, so that of two dispatchers one sends, and a slow old attempt
//     cannot write over a newer one.
//   - What a crash or a timeout left open is UNKNOWN. It is sent again only
//     when the other side shows that it never arrived, or a person says so.
//
// What is corrected or taken back is told anew: whoever plans that reads what went
// before with [Ledger.Planned], closes what has not gone with [Ledger.Supersede],
// and adds what replaces it. What is under way is never closed; it gives way only
// where it would be sent again (supersede.go). Reminders to accounts are rows of
// the same ledger: [Ledger.Remind].
//
// A row is due when its next_at has come; its state says what then happens.
// docs/deliveries.md draws the states. Start with state.go, then [Channel],
// which lawenforcement and orderfile implement, [Ledger], and [Dispatcher].
package delivery
