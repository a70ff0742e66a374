#!/usr/bin/env bash
# Tests the Windows key driver under Wine: builds test/wine with mingw and lets it press real keys in a window of its own, on a private display.
# Needs about 1.5 GB of packages and disk: apt-get install gcc-mingw-w64-x86-64 wine wine64 xvfb openbox
set -euo pipefail
cd "$(dirname "$0")/.."
missing=()
for pair in x86_64-w64-mingw32-gcc:gcc-mingw-w64-x86-64 wine:wine Xvfb:xvfb openbox:openbox; do
  command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "This test needs: apt-get install ${missing[*]} wine64"
  exit 1
fi
room=$(mktemp -d)
pids=()
finish() {
  WINEPREFIX=$room/prefix wineserver -k 2>/dev/null || true
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$room"
}
trap finish EXIT

echo "== building for Windows (the first time takes some minutes)"
CGO_ENABLED=1 GOOS=windows GOARCH=amd64 CC=x86_64-w64-mingw32-gcc go build -o "$room/keys-test.exe" ./test/wine
x86_64-w64-mingw32-gcc -shared -o "$room/bcryptprimitives.dll" test/wine/prng/prng.c -ladvapi32

echo "== making a Wine prefix"
mkfifo "$room/display"
Xvfb -displayfd 3 -screen 0 1000x700x24 -nolisten tcp 3>"$room/display" 2>/dev/null &
pids+=($!)
read -r number <"$room/display"
export DISPLAY=:$number WINEPREFIX=$room/prefix WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml="
unset WAYLAND_DISPLAY
openbox --sm-disable --config-file /dev/null 2>/dev/null &
pids+=($!)
timeout 300 wineboot -i >/dev/null 2>&1
cp "$room/bcryptprimitives.dll" "$WINEPREFIX/drive_c/windows/system32/"

echo "== pressing keys"
timeout 240 wine "$room/keys-test.exe" 2>&1 | grep -v -E 'wine32 is missing|multiarch needs|execute "dpkg|apt-get install wine32'
exit "${PIPESTATUS[0]}"
