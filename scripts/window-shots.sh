#!/usr/bin/env bash
# Takes the pictures of the window in docs/images: every page, light and dark, on a display of its own, with a simulated Live and a made-up library.
# Usage: scripts/window-shots.sh bin/takebar
set -euo pipefail
takebar=$(realpath "${1:?usage: scripts/window-shots.sh bin/takebar}")
if [ -z "${SHOTS:-}" ]; then
  cd "$(dirname "$0")/.."
  SHOTS=$(mktemp) && trap 'rm -f "$SHOTS"' EXIT
  export SHOTS
  go build -o "$SHOTS" ./internal/shots
  mkdir -p docs/images
  OUT=$PWD/docs/images "$SHOTS" desktop -panel dark -size 1400x1000 -- scripts/window-shots.sh "$takebar"
  ls -l docs/images/window-*.png
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
mkdir -p "$room/.cache" "$room/run"
"$SHOTS" library -o "$room/Takes"
export HOME="$room" XDG_RUNTIME_DIR="$room/run" TAKEBAR_HOME="$room/home" TAKEBAR_TAKES="$room/Takes" LANG=C.UTF-8
"$takebar" sim --project "$room/Night Drive Project" --set "Night Drive" >"$room/sim.log" 2>&1 &
pids+=($!)
"$takebar" tray >"$room/tray.log" 2>&1 &
pids+=($!)
until "$takebar" status 2>/dev/null | grep -q "Night Drive"; do sleep 0.1; done
"$takebar" arm Vocals Guitar --exclusive no >/dev/null

window() { xdotool search --onlyvisible --name 'Takebar$' | head -n 1; }
settled() { # two pictures that are the same
  local before="" now=""
  for _ in $(seq 100); do
    now=$(import -window "$(window)" -strip ppm:- | sha256sum)
    [ "$now" = "$before" ] && return
    before=$now
    sleep 0.25
  done
}
picture() { import -window "$(window)" -strip "$OUT/$1"; }
open_page() { # PAGE
  LANG=${SHOTS_LANG:-en_GB.UTF-8} "$takebar" window "$1" 2>>"$room/window.log" &
  opened=$!
  until [ -n "$(window)" ]; do sleep 0.1; done
}
for colours in ${SHOTS_COLOURS:-light dark}; do
  echo "== the window, $colours"
  "$takebar" config set colours "$colours" >/dev/null
  open_page takes
  main=$opened
  xdotool windowsize "$(window)" 1240 800
  xdotool key Home
  sleep 1
  settled && picture "window-takes-$colours.png"
  if [ "$colours" = dark ]; then
    "$takebar" take start >/dev/null
    sleep 5 # a clock that shows something
    picture window-recording.png
    "$takebar" take cancel >/dev/null
  fi
  for page in settings setup export about; do
    "$takebar" window "$page" 2>/dev/null
    sleep 1
    settled && picture "window-$page-$colours.png"
  done
  xdotool key ctrl+w
  wait "$main" || true
done
for words in de_DE:settings ja_JP:takes; do
  export SHOTS_LANG=${words%%:*}.UTF-8
  echo "== the window, $SHOTS_LANG"
  "$takebar" config set colours light >/dev/null
  open_page "${words#*:}"
  xdotool windowsize "$(window)" 1240 800
  xdotool key Home
  sleep 1
  settled && picture "window-${words#*:}-${words%%_*}.png"
  xdotool key ctrl+w
  wait "$opened" || true
done
