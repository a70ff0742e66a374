#!/usr/bin/env bash
# Renews the pictures of export attempts in docs/images, with a stand-in for Live on a private display.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v convert >/dev/null || { echo "This needs: apt-get install imagemagick fonts-dejavu-core"; exit 1; }
room=$(mktemp -d) && trap 'rm -rf "$room"' EXIT
SHOTS_OUT=$room go test -count=1 -tags shots -run TestShots ./test/export
paint() { # text file, picture
  local text columns lines
  text=$(fold -s -w 118 "$1")
  columns=$(printf '%s\n' "$text" | wc -L) lines=$(printf '%s\n' "$text" | wc -l)
  text=$(printf '%s' "$text" | sed 's/\\/\\\\/g; s/%/%%/g')
  convert -size $((columns * 9 + 40))x$((lines * 18 + 36)) xc:'#20242b' -fill '#e4e7ec' -font DejaVu-Sans-Mono -pointsize 15 -annotate +18+32 "$text" -strip "$2"
}
mkdir -p docs/images
for name in export-consent export-plan export-batch; do paint "$room/$name.txt" "docs/images/$name.png"; done
paint "$room/export-attempt.txt" "$room/attempt.png"
convert -background '#20242b' "$room/screen.png" "$room/attempt.png" -append -strip docs/images/export-attempt.png
ls -l docs/images/export-*.png
