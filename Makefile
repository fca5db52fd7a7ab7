# Where `make run` listens and keeps its data.
LISTEN ?= 127.0.0.1:8080
DATA   ?= ./data
# Which packages `make test` and `make race` look at; arguments of `make bench`.
PKG    ?=
ARGS   ?=

.DEFAULT_GOAL := help
.PHONY: help run build test test-deps verify race bench generate clean

help: ## list these commands
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 20

run: build ## the whole system with demo data: LISTEN=127.0.0.1:8080 DATA=./data
	bin/sts serve --demo --listen $(LISTEN) --data $(DATA)

build: ## bin/sts
	go build -o bin/sts ./cmd/sts

test: ## all tests, or those of PKG; says at the end what was left out
	@go run ./internal/testrun $(PKG)

test-deps: ## install what the tests need besides Go
	@.ci/test-deps

verify: ## generated code, contract, migrations, style, import directions, § marks
	@go run ./internal/verify

race: ## the tests with the race detector
	@go run ./internal/testrun -race -timeout 20m $(PKG)

bench: build ## measure against hand-written SQL on this machine
	bin/sts bench $(ARGS)

generate: ## code and contract, after a change of ent/schema or graph/schema
	go generate ./ent
	go generate ./graph
	go test ./graph -run Contract -update

clean: ## remove what was built; data stays
	rm -rf bin internal/server/gqlhttp/audit/node_modules
