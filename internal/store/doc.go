// Package store opens the database, migrates it, and runs transactions.
//
// One code path serves SQLite (the embedded default: one writer, a pool of
// query-only readers, synchronous=FULL) and MySQL, MariaDB and TiDB. What
// differs is in open.go and driver.go; everything above speaks ent.
//
// [Store.Tx] is how every room writes: one short transaction, retried where
// the engine asks for it. Instants are brought to UTC microseconds in
// driver.go, for every table. Start with [Open].
package store
