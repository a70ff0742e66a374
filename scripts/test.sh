#!/usr/bin/env bash
# Runs the tests named on the command line: go, python, e2e. Prints what it does and ends with one line of totals.
set -uo pipefail
cd "$(dirname "$0")/.."
mkdir -p out/test
export FYNE_CACHE=1h # pictures of slow machines are the same: Fyne forgets what it measured after a minute
export GOFLAGS=${GOFLAGS:-$(scripts/tags.sh)}
passed=0 failed=0
started=$SECONDS

run() { # NAME COMMAND...: one step, its output kept in out/test/NAME.log and shown where it fails
  local name=$1 log="out/test/$1.log" begin=$SECONDS
  shift
  printf '== %s ... ' "$name"
  if "$@" >"$log" 2>&1; then
    printf 'ok (%d s)\n' $((SECONDS - begin))
    passed=$((passed + 1))
  else
    printf 'FAILED (%d s)\n' $((SECONDS - begin))
    grep -E -A 30 -- '--- FAIL|^FAIL|^(ERROR|FAIL):|panic:|DATA RACE|Traceback|cannot|undefined' "$log" | head -n 200
    printf -- '-- the end of %s:\n' "$log"
    tail -n 30 "$log"
    failed=$((failed + 1))
  fi
}

go_packages() { go list ./... | grep -v '/test/'; }

for part in "$@"; do
  case "$part" in
  go)
    run vet go vet ./...
    run "go-race" go test -race -timeout 15m $(go_packages)
    run "go-arrows" go test -count=1 -run 'TestArrows|TestToolkits' .
    ;;
  python)
    mapfile -t pythons < <(scripts/pythons.sh)
    [ ${#pythons[@]} -gt 0 ] || { echo "no Python 3.7 or newer was found"; failed=$((failed + 1)); continue; }
    # two at a time: the suites mostly wait for the simulated Live
    run python xargs -P 2 -I '{}' scripts/test-python.sh '{}' < <(printf '%s\n' "${pythons[@]}")
    grep -E '^python [0-9.]+: ' out/test/python.log
    ;;
  e2e)
    run build go build -o bin/takebar-test .
    run e2e env TAKEBAR_BIN="$PWD/bin/takebar-test" go test -race -count=1 -timeout 20m ./test/...
    ;;
  *) echo "unknown part $part"; exit 2 ;;
  esac
done
printf '== %d min %d s\n%d passed, %d failed\n' $(((SECONDS - started) / 60)) $(((SECONDS - started) % 60)) "$passed" "$failed"
[ "$failed" = 0 ]
