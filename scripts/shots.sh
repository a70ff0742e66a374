#!/usr/bin/env bash
# Takes the pictures of docs/images: the tray's menu on a small desktop of its own, with a simulated Live behind it.
# Usage: scripts/shots.sh bin/takebar
set -euo pipefail
takebar=$(realpath "${1:?usage: scripts/shots.sh bin/takebar}")

if [ -z "${SHOTS:-}" ]; then
  cd "$(dirname "$0")/.."
  SHOTS=$(mktemp) && trap 'rm -f "$SHOTS"' EXIT
  export SHOTS
  go build -o "$SHOTS" ./internal/shots
  mkdir -p docs/images
  for panel in dark light; do
    echo "== pictures on a $panel panel"
    PANEL=$panel OUT=$PWD/docs/images "$SHOTS" desktop -panel "$panel" -size 1120x620 -- scripts/shots.sh "$takebar"
  done
  ls -l docs/images
  exit
fi

# From here on this runs inside the desktop.
room=$(mktemp -d)
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$room"
}
trap finish EXIT
export TAKEBAR_HOME=$room/home TAKEBAR_TAKES="$room/Takes"
picture() { "$SHOTS" picture -pid "$tray" -o "$OUT/$1" "${@:2}"; }

"$takebar" >"$room/tray.log" 2>&1 &
tray=$!
pids+=("$tray")
"$SHOTS" wait -pid "$tray" "Record Take"
[ "$PANEL" = light ] && picture menu-set-up.png -open "Set Up Live" -crop 1120x440+0+0

"$takebar" sim --project "$room/Night Drive Project" --set "Night Drive" >"$room/sim.log" 2>&1 &
pids+=($!)
"$SHOTS" wait "Connected to Live 12.3.6 – Night Drive"
"$takebar" arm Vocals >/dev/null
"$SHOTS" wait "Armed: Vocals"
[ "$PANEL" = dark ] && picture menu-arm.png -open Arm -crop 1120x590+0+0

"$SHOTS" click "Record Take"
"$SHOTS" wait "Recording: Vocals"
sleep 6 # a clock that shows something
if [ "$PANEL" = dark ]; then
  picture menu-recording.png -crop 1120x440+0+0
else
  picture menu-recording-light.png -crop 1120x440+0+0
fi
"$SHOTS" click "Stop Take"
"$SHOTS" wait "Last Take/Reveal in File Manager"
[ "$PANEL" = dark ] || picture menu-last-take.png -open "Last Take" -crop 1120x440+0+0
"$SHOTS" click "Quit Takebar"
wait "$tray"
