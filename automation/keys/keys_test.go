//go:build unix

package keys_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/automation/keys"
)

func TestFourKeysAndNoMore(t *testing.T) {
	for _, k := range []keys.Key{keys.ChordE, keys.ChordR, keys.Enter, keys.Escape} {
		if !k.Known() {
			t.Errorf("%s is not known", k)
		}
	}
	for _, k := range []keys.Key{"", "a", "delete", "ctrl+a", "return", "chord_s"} {
		if k.Known() {
			t.Errorf("%s is known", k)
		}
	}
	if m := keys.ChordE.Modifiers(); len(m) != 2 || !slices.Contains(m, "shift") {
		t.Errorf("modifiers %v", m)
	}
	if keys.Enter.Modifiers() != nil || keys.Enter.Letter() != 0 || keys.ChordE.Other() != keys.ChordR || keys.ChordR.Other() != keys.ChordE {
		t.Error("Enter has no modifiers, and the chords are each other's other")
	}
}

func TestParseChord(t *testing.T) {
	for s, want := range map[string]keys.Key{"e": keys.ChordE, "R": keys.ChordR, "Ctrl+Shift+E": keys.ChordE, "cmd+shift+r": keys.ChordR, "chord_r": keys.ChordR} {
		if got, ok := keys.ParseChord(s); !ok || got != want {
			t.Errorf("%q: %s, %t", s, got, ok)
		}
	}
	for _, s := range []string{"", "x", "ctrl+e", "enter"} {
		if _, ok := keys.ParseChord(s); ok {
			t.Errorf("%q is a chord", s)
		}
	}
}

func TestClientFailures(t *testing.T) {
	var crashed *keys.CrashedError
	for name, c := range map[string]*keys.Client{
		"dies":     {Command: []string{"/bin/sh", "-c", "echo oops >&2; kill -9 $$"}},
		"says":     {Command: []string{"/bin/sh", "-c", "echo nonsense"}},
		"hangs":    {Command: []string{"/bin/sh", "-c", "exec sleep 60"}, Timeout: 50 * time.Millisecond},
		"fails":    {Command: []string{"/bin/sh", "-c", `echo '{"ok":true,"sent":true}'; exit 1`}},
		"no words": {Command: []string{"/bin/true"}},
	} {
		r, err := c.Ask(t.Context(), keys.Request{Do: keys.Tap})
		if !errors.As(err, &crashed) || r.Sent {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	for _, c := range []*keys.Client{{}, {Command: []string{"/no/such/program"}}} {
		if _, err := c.Ask(t.Context(), keys.Request{Do: keys.Probe}); !errors.Is(err, keys.ErrMissing) {
			t.Errorf("%v", err)
		}
	}
	if err := (&keys.Client{Command: []string{"/bin/sh", "-c", `echo '{"text":"no"}'`}}).Release(t.Context()); err == nil || !strings.Contains(err.Error(), "no") {
		t.Errorf("a refused release: %v", err)
	}
}
