#!/usr/bin/env bash
# Checks the types of every package that builds without cgo for Windows and macOS. Nothing of it is run here.
# robotgo and OpenGL need cgo on both, systray and Fyne on macOS: what imports them is built by those systems' own compilers only.
set -euo pipefail
for os in windows darwin; do
  skip='github.com/go-vgo/robotgo|github.com/go-gl/glfw/v3.4/glfw|github.com/gen2brain/malgo'
  [ "$os" = darwin ] && skip="$skip|fyne.io/systray|fyne.io/fyne/v2"
  packages=$(GOOS=$os CGO_ENABLED=0 go list -e -tags norobot,migrated_fynedo -f '{{if or .GoFiles .TestGoFiles}}{{.ImportPath}} {{join .Deps " "}}{{end}}' ./... |
    grep -v -E "($skip)( |$)" | cut -d ' ' -f 1 | grep -v -E '/(test|internal/(simtest|traytest|shots|exporttest))(/|$)')
  printf '%s: %d packages ... ' "$os" "$(wc -l <<<"$packages")"
  GOOS=$os CGO_ENABLED=0 go vet -tags norobot,migrated_fynedo $packages
  echo ok
done
