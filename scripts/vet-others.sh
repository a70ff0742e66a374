#!/usr/bin/env bash
# Checks the types of every package that builds without cgo for Windows and macOS. Nothing of it is run here.
set -euo pipefail
for os in windows darwin; do
  printf '%s: ' "$os"
  packages=$(GOOS=$os CGO_ENABLED=0 go list -f '{{if and (eq (len .CgoFiles) 0) (or .GoFiles .TestGoFiles)}}{{.ImportPath}}{{end}}' ./... | grep -v -E '/(test|internal/(simtest|traytest|shots))(/|$)')
  GOOS=$os CGO_ENABLED=0 go vet $packages
  echo ok
done
