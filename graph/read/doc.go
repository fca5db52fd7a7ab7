// Package read turns a selection into a bounded number of statements.
//
// For each type there is one table (a [kind]): GraphQL field → the columns it
// needs, or the function that loads what lies behind it for all parents at
// once. One walk goes down the selection: it asks for the needed columns only,
// and for each selected edge sends one statement, however many parents there
// are. So statements = 1 + the distinct edges selected that are not in memory.
//
// Rows are permitted by ent's policies alone: the viewer travels in the
// context, and nothing here reads in the system's name. The past is read whole by
// casefile.Past, of cases that the viewer sees now (as_of.go). Fields that belong to
// a role ([need.only]) are left null for others and cost no statement; free
// text is set per row, for its author and the registry section.
//
// Lists are paged by key: page.go has the rules and the cursors, connect.go
// the statements. SQL by hand stands in sql.go alone. Start with reader.go and
// cases.go.
package read
