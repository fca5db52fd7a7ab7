// Package privatedb starts a MariaDB server of our own, on a free port of this
// machine, with its files in a directory that the caller names: for the tests,
// which throw it away, and for the benchmark, which keeps its data. No
// configuration of the machine has a say. Start with [Start].
//
// Its root account has no password and answers to every program of this
// machine: never put anything into it that somebody should not read.
package privatedb
