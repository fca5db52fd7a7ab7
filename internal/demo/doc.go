// Package demo fills an empty database with a demonstration year: some 1,500
// cases in all of Connecticut's court locations, told from a fixed seed and
// ending now. So a fresh demonstration has hearings today and tomorrow, open
// papers in the hands of those who sign in, and work on every board.
//
// Everybody and everything in it is made up: no name, docket number, order or
// file number stands for a real one, and no street is in Connecticut. What is
// real are the towns, the courts and the agencies of package reference.
//
// Rates follow what was published: of a thousand New Haven applications 36 %
// were served in hand, about 25 % at the abode, and so 39 % not (Hartford
// Courant, 6 October 2019). That is New Haven alone; other figures for the
// state were not at hand. Officers are spread over the counties as C.G.S.
// §6-38 spreads state marshals, cases over the towns by how many live there.
//
// For all else that is recorded no rate was published, and these are assumed.
// Of a hundred cases: 93 with the receipt of the papers recorded (§6(a)), 9 in
// which they were transferred (§6(b); of a hundred transfers 12 in a chain, 8 to
// somebody not listed, 15 not acknowledged), 6 with other information (§6(c)),
// one that the daybook brings a day late. Of a hundred services, 6 recorded late
// (§4(b)). Of a thousand visits: 30 mistyped and corrected, 10 recorded on the
// wrong docket and withdrawn, 30 reported to the registry section (§7), 2 a
// service that was none. Of a hundred hearings at which nobody had been served,
// 17 continued.
//
// It goes through the same code as real use: rows of the feeds through
// intake.Importer, what people record through recording.Recorder, what became
// due through deadline.Sweeper (each morning of the last two months), and what
// must be told through delivery.Dispatcher, with an injected clock and channels
// that only file, so that nobody is told of people who do not exist.
//
// In the demonstration the courts sit today and tomorrow whatever day that is,
// or else it would have nothing to show on a weekend.
//
// Start with [Fill] or [SeedFile]. A case is planned (plan.go for ordinary
// ones, closing.go for those that fill today's boards), told as events
// (story.go, with papers.go, visits.go and slips.go), and all events are played
// in the order of time (play.go).
//
// [Drive] plays on where the year ends: a day of marshals recording at the same
// rates, in real time, so that one can watch (drive.go, turns.go, docketing.go).
// There what is recorded is sent as real entries are, by the process that serves.
package demo
