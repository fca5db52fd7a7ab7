// Package config is the one configuration of a process: typed, validated, and
// known to cmd alone. Each room is handed what it needs.
//
// A value comes from a flag, else from the environment variable named beside
// it, else from its default. Start with [Config].
package config
