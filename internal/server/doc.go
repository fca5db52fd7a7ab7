// Package server assembles what is served over HTTP: /graphql with its callers
// signed in, /healthz, /readyz and /metrics, the headers and limits around
// them. GraphQL itself is package gqlhttp's; who is asking is package
// identity's. Start with [New].
package server
