package exports

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/automation"
)

func newTestMenu(t *testing.T) (*Menu, *[]bool) {
	t.Helper()
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	home := t.TempDir()
	o := Options{Home: home, LinkDirs: []string{filepath.Join(home, "links")}}
	var shown []bool
	return NewMenu(Peek(o), func(changed func(automation.Status)) (*Exports, error) {
		o.Changed = changed
		return Open(o)
	}, func(on bool) error {
		shown = append(shown, on)
		return nil
	}), &shown
}

func TestMenuSwitchesOnAndOff(t *testing.T) {
	m, shown := newTestMenu(t)
	v := m.View()
	if v.Enabled || len(v.Consent) < 10 || v.ConsentVersion == "" || v.Running != "" {
		t.Errorf("before: %+v", v)
	}
	if _, err := m.Do(t.Context(), app.Intent{Verb: app.ExportSwitchOn, Target: "999"}); err == nil {
		t.Error("a yes to another text counts")
	}
	n, err := m.Do(t.Context(), app.Intent{Verb: app.ExportSwitchOn, Target: v.ConsentVersion})
	if err != nil || n.Title == "" || !m.View().Enabled {
		t.Errorf("on: %+v, %v", n, err)
	}
	select {
	case <-m.Changed():
	default:
		t.Error("the menu is not told")
	}
	if v := m.View(); len(v.Chords) != 2 || v.Chords[0].Name != "chord_e" {
		t.Errorf("chords %v", v.Chords)
	}
	if _, err := m.Do(t.Context(), app.Intent{Verb: app.ExportSwitchOff}); err != nil || m.View().Enabled {
		t.Errorf("off: %v", err)
	}
	if len(*shown) != 2 || !(*shown)[0] || (*shown)[1] {
		t.Errorf("config.toml was told %v", *shown)
	}
}

func TestMenuTellsOutcomes(t *testing.T) {
	m, _ := newTestMenu(t)
	var r *automation.Refusal
	if _, err := m.Do(t.Context(), app.Intent{Verb: app.ExportAttempt}); !errors.As(err, &r) || r.Reason != automation.ReasonDisabled {
		t.Errorf("while off: %v", err)
	}
	if _, err := m.Do(t.Context(), app.Intent{Verb: app.ExportSwitchOn, Target: m.View().ConsentVersion}); err != nil {
		t.Fatal(err)
	}
	n, err := m.Do(t.Context(), app.Intent{Verb: app.ExportAttempt})
	if err != nil || n.Title != "Export failed" || !n.Problem {
		t.Errorf("without a display: %+v, %v", n, err)
	}
	if m.View().Last == "" || m.View().Running != "" {
		t.Errorf("afterwards: %+v", m.View())
	}
	if n, err := m.Do(t.Context(), app.Intent{Verb: app.ExportStop}); err != nil || n.Title != "" {
		t.Errorf("a late stop: %+v, %v", n, err)
	}
	if _, err := m.Do(t.Context(), app.Intent{Verb: "nonsense"}); err == nil {
		t.Error("nonsense is understood")
	}
}
