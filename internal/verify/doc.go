// Command verify judges the tree: that generated code is what its sources make,
// that the rooms know only those below them, that every room says what it is
// for, and that docs/policy.md tells the truth about the tests (make verify).
//
//	go run ./internal/verify          everything
//	go run ./internal/verify -policy  name the tests of each MET row in docs/policy.md
//
// What needs no other tool is also a test of this package, so that make test
// holds it too. Start with main.go; the rules are in imports.go, house.go and
// policy.go, and marks.go says what a mark such as §4(b) in a test is.
package main
