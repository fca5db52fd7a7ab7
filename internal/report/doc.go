// Package report counts: service activities by any combination of dimensions
// ([Reporter.Statistics]), and the five items that the Chief Court Administrator
// collects every year ([Reporter.Annual]) under C.G.S. §46b-15e(b), which is
// section 5 of Public Act 16-34; the policy names it among its sources, in
// paragraph (d) of its section 10.
//
// Exact means: what was corrected counts once, as it was corrected; what was
// withdrawn does not count; each activity has exactly one key for each
// dimension, a null one where nothing is known, so the rows add up to the total
// whatever the dimensions are. Each answer's rows, total and completeness come
// from one statement, hence from one moment. Months and years are those of the
// court's zone: their first instants are computed here and handed to the
// database, which knows no zones.
//
// A figure is an answer only together with how it is counted and what it lacks.
// Both stand beside the SQL that counts (sql.go) and go out with the figure.
//
// Analysts see no case. The room asks [access.AskStatistics] of the viewer, then
// counts as the system, and answers nothing but counts (C.G.S. §51-5c).
//
// Start with statistics.go and annual.go, then sql.go.
package report
