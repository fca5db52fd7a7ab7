// Package demo fills an empty database with a demonstration year: some 1,500
// cases in all of Connecticut's court locations, told from a fixed seed and
// ending now, so that there are hearings tomorrow, open papers, and work on
// every board.
//
// Everybody and everything in it is made up. Rates follow what was published:
// of a thousand New Haven applications 36 % were served in hand and about 25 %
// at the abode (Hartford Courant, 6 October 2019).
//
// It goes through the same code as real use, intake, recording and delivery,
// with an injected clock ([clock]) and a channel that only files ([filing]).
// Start with [Fill]; a case's story is told in story.go and played in play.go.
package demo
