package window

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

// TestMetadata: go build does not read FyneApp.toml, so what both say must agree.
func TestMetadata(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "FyneApp.toml"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Details    struct{ ID, Name string }
		Migrations struct {
			FyneDo bool `toml:"fyneDo"`
		}
	}
	if err := toml.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	if file.Details.ID != ID || file.Details.Name != "Takebar" {
		t.Errorf("FyneApp.toml names %+v, the window is %s", file.Details, ID)
	}
	if !file.Migrations.FyneDo {
		t.Error("FyneApp.toml lacks the migration that scripts/tags.sh builds with (migrated_fynedo)")
	}
}
