// Package backup copies a running database into one file, and makes a database
// of such a file again.
//
// Of SQLite the file is a database: one snapshot, taken while others write. Of
// MySQL and MariaDB it is what the engine's own tool dumps in one transaction;
// the command is shown, so that an administrator can do the same by other means.
//
// A restored database is an older one under a new name: whoever watched the old
// log must learn that its end is cut off. That is the caller's to do before
// anybody opens it ([Restore] hands the database over for it). Start with [Take].
package backup
