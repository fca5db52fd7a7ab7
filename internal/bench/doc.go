// Package bench measures what GraphQL costs here: the same questions,
// asked of the running program through /graphql and of a small hand-written
// server that sends SQL rows as JSON, on one MariaDB with at least 200,000
// cases and 1,500,000 activities, in the same run. What counts is the ratio.
//
// [Run] is the whole measurement; questions.go has the questions, raw.go the
// hand-written server, generate.go the data (from a seed, and kept for the
// next run). docs/performance.md says what was measured and where the time
// goes. Known to cmd alone.
package bench
