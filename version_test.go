package main

import (
	"os"
	"testing"

	"github.com/pelletier/go-toml/v2"

	remotescript "github.com/takebar/takebar/remote_script"
)

// TestOneVersion: program, package metadata and Remote Script say the same.
func TestOneVersion(t *testing.T) {
	data, err := os.ReadFile("FyneApp.toml")
	if err != nil {
		t.Fatal(err)
	}
	var meta struct {
		Details struct{ ID, Name, Version, Icon string }
	}
	if err := toml.Unmarshal(data, &meta); err != nil {
		t.Fatal(err)
	}
	if meta.Details.Version != version || meta.Details.ID != "io.github.takebar.takebar" {
		t.Errorf("FyneApp.toml says %+v, the program %s", meta.Details, version)
	}
	if _, err := os.Stat(meta.Details.Icon); err != nil {
		t.Errorf("the icon of FyneApp.toml: %v", err)
	}
	script, err := remotescript.Version()
	if err != nil || script != version {
		t.Errorf("the script says %q (%v), the program %s", script, err, version)
	}
}
