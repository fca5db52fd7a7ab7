// Package terms holds the words of the domain: ids, docket numbers, instants,
// court days and the coded values that the database, the Go code, the GraphQL
// API and the screens share. One name for one thing.
//
// It imports nothing else of this project, so that every other room may use
// it. Start with [ID], [Docket], [Date] and the constants in enums.go.
//
// A value that arrives from outside and cannot be one of these is answered by
// an [*InputError], whose code is part of the public contract.
package terms
