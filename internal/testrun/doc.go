// Command testrun runs the project's tests and says at the end what was left
// out (make test).
//
// It starts a private MariaDB for as long as the tests run, where one is
// installed, and names it to them in STS_TEST_MYSQL. What go test reports is
// printed short: a line for each package, and in full what failed. The last
// line is "N passed, N failed, N skipped".
//
//	go run ./internal/testrun [-all] [-race] [-run REGEXP] [PACKAGE…]
//
// With -all, or where the environment says CI=true, a test that was left out
// counts as failed. Start with main.go; summary.go is the pure part, database.go
// the server.
package main
