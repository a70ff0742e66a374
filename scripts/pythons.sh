#!/usr/bin/env bash
# Prints every Python interpreter of 3.7 or newer on this machine, one path a line, one for each minor version.
set -euo pipefail
shopt -s nullglob
seen=" "
for python in $(IFS=:; for d in $PATH; do printf '%s\n' "$d"/python3 "$d"/python3.[0-9] "$d"/python3.[0-9][0-9]; done) \
  "${PYENV_ROOT:-$HOME/.pyenv}"/versions/*/bin/python3; do
  [ -x "$python" ] || continue
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2]) if sys.version_info >= (3, 7) else sys.exit(1)' 2>/dev/null) || continue
  case "$seen" in *" $version "*) continue ;; esac
  seen="$seen$version "
  "$python" -c 'import sys; print(sys.executable)'
done
