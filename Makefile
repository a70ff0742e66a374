# Takebar. `make` lists the targets; README.md says more.
SHELL      := bash
BIN        := bin/takebar
TOOLS      := .tools
GOLANGCI   := v2.15.0
RUFF       := 0.17.4
MAIN_FLAGS := -ldflags '-s -w'

# Asked anew for every line of a recipe: what deps.sh has just installed counts.
export GOFLAGS = $(shell scripts/tags.sh)

.DEFAULT_GOAL := help
.PHONY: help build demo test test-go test-python test-e2e wine-test bench lint check shots fuzz clean

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

build: ## build bin/takebar
	@scripts/deps.sh build
	@echo "== building $(BIN)"
	@go build $(MAIN_FLAGS) -o $(BIN) .

demo: ## see it work: a simulated Live, the tray, one recorded take (installs what is missing)
	@scripts/deps.sh demo
	@echo "== building $(BIN) (the first build takes a while)"
	@go build $(MAIN_FLAGS) -o $(BIN) .
	@scripts/demo.sh $(BIN)

test: ## install what the tests need and run all of them
	@scripts/deps.sh test
	@scripts/test.sh go python e2e

test-go: ## the Go packages' tests, with the race detector
	@scripts/test.sh go

test-python: ## the Remote Script's and livesim's tests, under every Python present
	@scripts/test.sh python

test-e2e: ## the whole program against livesim, a private D-Bus and real disks
	@scripts/test.sh e2e

wine-test: ## the Windows key driver under Wine (large packages; not part of test)
	@scripts/wine-test.sh

bench: ## measure, as ratios against references in the same run
	@scripts/deps.sh bench
	@go build $(MAIN_FLAGS) -o $(BIN) .
	@go run ./test/bench -takebar $(BIN) -out out/bench.json

lint: ## golangci-lint (with gofumpt and the arrows) and ruff
	@scripts/deps.sh lint
	@[ "$$($(TOOLS)/golangci-lint version --short 2>/dev/null)" = "$(GOLANGCI:v%=%)" ] || { echo "== building golangci-lint $(GOLANGCI) (some minutes, once)"; \
	  GOBIN="$(CURDIR)/$(TOOLS)" go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI); }
	@echo "== golangci-lint"
	@$(TOOLS)/golangci-lint run ./...
	@[ -d $(TOOLS)/ruff-$(RUFF)/node_modules ] || { echo "== installing ruff $(RUFF)"; mkdir -p $(TOOLS)/ruff-$(RUFF); \
	  npm install --silent --no-audit --no-fund --prefix $(TOOLS)/ruff-$(RUFF) @astral-sh/ruff-wasm-nodejs@$(RUFF); }
	@echo "== ruff"
	@node scripts/lint-python.mjs $(TOOLS)/ruff-$(RUFF)
	@echo "== vet for Windows and macOS"
	@scripts/vet-others.sh

check: lint test bench ## everything

shots: build ## renew the pictures in docs/images
	@scripts/deps.sh shots
	@scripts/shots.sh $(BIN)
	@scripts/window-shots.sh $(BIN)
	@TAKEBAR_BIN="$(CURDIR)/$(BIN)" scripts/export-shots.sh

clean: ## remove what was built
	@rm -rf bin out dist
