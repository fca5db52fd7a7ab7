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
// It goes through the same code as real use: rows of the feeds through
// intake.Importer, services and attempts through recording.Recorder, and what
// must be told through delivery.Dispatcher, with an injected clock and
// channels that only file, so that nobody is told of people who do not exist.
//
// In the demonstration the courts sit today and tomorrow whatever day that is,
// or else it would have nothing to show on a weekend.
//
// Start with [Fill] or [SeedFile]. A case is planned (year.go for ordinary
// ones, closing.go for those that fill today's boards), told as events
// (story.go), and all events are played in the order of time (play.go).
package demo
