#!/usr/bin/env bash
# The demo: a simulated Live, the tray, one recorded take, checked. With a display it stays open to play with; without one
# it runs on a small desktop of its own and leaves a picture of the menu while recording.
# Usage: scripts/demo.sh bin/takebar
set -euo pipefail
takebar=$(realpath "${1:?usage: scripts/demo.sh bin/takebar}")

if [ -n "${DEMO_SHOTS:-}" ]; then # from here on inside that desktop
  "$takebar" demo --once --out out/demo --length 6s &
  demo=$!
  if "$DEMO_SHOTS" wait "Stop Take" >out/demo-shots.log 2>&1 &&
    "$DEMO_SHOTS" picture -o out/demo-menu.png -crop 1120x440+0+0 >>out/demo-shots.log 2>&1; then
    picture="A picture of the menu while recording: out/demo-menu.png"
  else
    picture="No picture could be taken; out/demo-shots.log says why."
  fi
  code=0
  wait "$demo" || code=$?
  echo "$picture"
  exit "$code"
fi

cd "$(dirname "$0")/.."
mkdir -p out
if [ "$(uname -s)" != Linux ] || [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  exec "$takebar" demo --out out/demo "${@:2}"
fi
DEMO_SHOTS=$PWD/out/shots
export DEMO_SHOTS
go build -o "$DEMO_SHOTS" ./internal/shots
exec "$DEMO_SHOTS" desktop -size 1120x620 -- scripts/demo.sh "$takebar"
