#!/usr/bin/env bash
# Runs the Remote Script's and livesim's tests under one interpreter, and says in one line how it went.
# Usage: scripts/test-python.sh /path/to/python3
set -uo pipefail
cd "$(dirname "$0")/.."
version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
log="$PWD/out/test/python-$version.log"
mkdir -p out/test
begin=$SECONDS
if (cd remote_script && "$1" -W error::SyntaxWarning -m unittest discover -s tests -t .) >"$log" 2>&1; then
  printf 'python %s: %s (%d s)\n' "$version" "$(grep -E '^Ran [0-9]+ tests' "$log" | tail -n 1 | cut -d ' ' -f 1-3), OK" $((SECONDS - begin))
else
  cat "$log"
  printf 'python %s: FAILED (%d s)\n' "$version" $((SECONDS - begin))
  exit 1
fi
