// Package recordingtest is the world of package intaketest with a recorder. What a
// test needs to have recorded it records with one call (acts.go), and fails
// where that is refused: [World.Serve], [World.Receive], [World.Transfer],
// [World.Correct], [World.Enter] and their like.
package recordingtest
