package cli

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/takebar/takebar/automation"
	"github.com/takebar/takebar/internal/exports"
)

// exporter is a command line with the real engine of export attempts, on a machine without a display.
type exporter struct {
	home  string
	shown []bool // what was written into config.toml
	ask   func(string) (bool, error)
}

func (e *exporter) run(t *testing.T, line ...string) outcome {
	t.Helper()
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	var out, errs bytes.Buffer
	p := &Program{
		Version: "1.0.0", Stdout: &out, Stderr: &errs, Ask: e.ask,
		Exports: func(changed func(automation.Status)) (*exports.Exports, error) {
			return exports.Open(exports.Options{Home: e.home, LinkDirs: []string{filepath.Join(e.home, "links")}, Changed: changed})
		},
		ShowExport: func(on bool) error {
			e.shown = append(e.shown, on)
			return nil
		},
	}
	code := Run(context.WithoutCancel(t.Context()), p, line)
	return outcome{code, out.String(), errs.String()}
}

// TestExportIsOffByDefault: while off, every command but enable refuses and names it.
func TestExportIsOffByDefault(t *testing.T) {
	e := &exporter{home: t.TempDir()}
	for _, line := range []string{
		"export disable", "export rehearse", "export plan", "export attempt", "export attempt --dry-run", "export show", "export list",
		"batch add x.als", "batch list", "batch run --yes", "batch status", "batch clear",
	} {
		o := e.run(t, strings.Fields(line)...)
		if o.code != exitFailed || !strings.Contains(o.errors, "takebar export enable") || o.out != "" {
			t.Errorf("takebar %s:\n%s", line, o)
		}
	}
}

func TestExportEnableAsks(t *testing.T) {
	e := &exporter{home: t.TempDir()}
	if o := e.run(t, "export", "enable"); o.code != exitUsage || !strings.Contains(o.errors, "What can go wrong") || !strings.Contains(o.errors, "--yes") {
		t.Errorf("with nobody to ask:\n%s", o)
	}
	e.ask = func(string) (bool, error) { return false, nil }
	if o := e.run(t, "export", "enable"); o.code != exitFailed {
		t.Errorf("after a no:\n%s", o)
	}
	if o := e.run(t, "export", "plan"); o.code != exitFailed || len(e.shown) > 0 {
		t.Errorf("after a no it is on:\n%s", o)
	}
	e.ask = func(string) (bool, error) { return true, nil }
	if o := e.run(t, "export", "enable"); o.code != exitOK || len(e.shown) != 1 || !e.shown[0] {
		t.Errorf("after a yes:\n%s", o)
	}
	if o := e.run(t, "export", "plan"); o.code != exitOK || !strings.Contains(o.out, "unsupported_session") {
		t.Errorf("the plan without a display:\n%s", o)
	}
	o := e.run(t, "export", "attempt", "--json")
	if o.code != exitFailed || !strings.Contains(o.out, `"reason": "unsupported_session"`) {
		t.Errorf("the attempt without a display:\n%s", o)
	}
	if o := e.run(t, "export", "show"); o.code != exitOK || !strings.Contains(o.out, "Failed (unsupported_session)") {
		t.Errorf("its story:\n%s", o)
	}
	if o := e.run(t, "export", "list"); o.code != exitOK || !strings.Contains(o.out, "unsupported_session") {
		t.Errorf("the list:\n%s", o)
	}
	if o := e.run(t, "export", "disable"); o.code != exitOK || e.shown[len(e.shown)-1] {
		t.Errorf("disable:\n%s", o)
	}
}

// TestFiveAnswersFiveExitCodes: none of the five answers can be taken for another one by a script that asks to be told of warnings.
func TestFiveAnswersFiveExitCodes(t *testing.T) {
	for _, c := range []struct {
		res          automation.Result
		code, strict int
	}{
		{automation.Result{Outcome: automation.Verified}, exitOK, exitOK},
		{automation.Result{Outcome: automation.WithWarnings}, exitOK, exitWarnings},
		{automation.Result{Outcome: automation.Unverified, Reason: automation.ReasonSilent}, exitUnknown, exitUnknown},
		{automation.Result{Outcome: automation.Failed, Reason: automation.ReasonWrongSet}, exitFailed, exitFailed},
		{automation.Result{Outcome: automation.Failed, Reason: automation.ReasonLinkDown}, exitNoLive, exitNoLive},
		{automation.Result{Outcome: automation.Cancelled, Reason: automation.ReasonUserStopped}, exitCancelled, exitCancelled},
		{automation.Result{Outcome: automation.Cancelled, Reason: automation.ReasonDryRun}, exitOK, exitOK},
	} {
		for strict, want := range map[bool]int{false: c.code, true: c.strict} {
			got := exitOK
			var quiet silent
			if err := outcomeExit(c.res, strict); errors.As(err, &quiet) {
				got = quiet.code
			}
			if got != want {
				t.Errorf("%s (%s), strict %t: exit code %d, want %d", c.res.Outcome, c.res.Reason, strict, got, want)
			}
		}
	}
}

func TestExportWrongLines(t *testing.T) {
	e := &exporter{home: t.TempDir()}
	e.run(t, "export", "enable", "--yes")
	for _, line := range []string{
		"export", "export attmpt", "export rehearse --chord x", "export plan more", "export attempt --render-limit soon", "batch", "batch add", "batch add --range x",
		"batch add --range Chorus=32:16", "batch add --range Chorus=-1:4", "batch run now",
	} {
		if o := e.run(t, strings.Fields(line)...); o.code != exitUsage {
			t.Errorf("takebar %s:\n%s", line, o)
		}
	}
	for _, line := range []string{"batch add /no/such.als", "batch run --yes", "export show nonsense"} {
		if o := e.run(t, strings.Fields(line)...); o.code != exitFailed || !strings.Contains(o.errors, "Hint: ") {
			t.Errorf("takebar %s:\n%s", line, o)
		}
	}
	if o := e.run(t, "batch", "add", "--locators"); o.code != exitNoLive {
		t.Errorf("without Live:\n%s", o)
	}
}
