package main

import (
	"runtime/debug"
	"strings"
)

// version is what this program says of itself. FyneApp.toml and the Remote Script's version.py say the same (a test compares them); a release
// build may set another one with -ldflags "-X main.version=1.2.3".
var version = "1.0.0"

// buildVersion prefers the tag that "go install ...@v1.2.3" was given.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version
	}
	tag, isTag := strings.CutPrefix(info.Main.Version, "v")
	if !isTag || strings.ContainsAny(tag, "-+") { // a pseudo-version or a dirty tree
		return version
	}
	return tag
}
