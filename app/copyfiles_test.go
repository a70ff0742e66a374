package app

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/takebar/takebar/internal/control"
)

func TestCopyFilesCommands(t *testing.T) {
	paths := []string{"/takes/" + evil + ".wav", "/takes/Ünïcode 取り.wav"}
	env := func(names ...string) func(string) string {
		return func(name string) string {
			if slices.Contains(names, name) {
				return ":0"
			}
			return ""
		}
	}
	for _, test := range []struct {
		system string
		getenv func(string) string
		want   []string
	}{
		{"linux", env("WAYLAND_DISPLAY", "DISPLAY"), []string{"wl-copy", "xclip"}},
		{"linux", env(), nil},
		{"darwin", env(), []string{"osascript"}},
		{"windows", env(), []string{"powershell.exe"}},
	} {
		var got []string
		for _, c := range copyFilesCommands(test.system, paths, test.getenv) {
			got = append(got, c.name)
			switch test.system {
			case "linux":
				lines := strings.Split(strings.TrimSuffix(string(c.stdin), "\r\n"), "\r\n")
				if len(lines) != 2 || lines[0] != fileURI(paths[0]) || strings.ContainsAny(lines[1], " 取") {
					t.Errorf("%s reads %q", c.name, c.stdin)
				}
			case "darwin":
				if !slices.Equal(c.args[3:], paths) || strings.Contains(c.args[1], evil) {
					t.Errorf("osascript gets %q", c.args)
				}
			case "windows":
				if strings.Contains(strings.Join(c.args, " "), evil) || c.env[0] != "TAKEBAR_FILES="+paths[0]+"\n"+paths[1] {
					t.Errorf("powershell gets %q %q", c.args, c.env)
				}
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.system, got, test.want)
		}
	}
}

func TestCopyFilesThatAreGone(t *testing.T) {
	gone := filepath.Join(t.TempDir(), "gone.wav")
	err := NewFiles(slog.New(slog.DiscardHandler)).CopyFiles(context.Background(), []string{gone})
	var known *control.Error
	if !errors.As(err, &known) || known.Code != "not_found" || !strings.Contains(known.Hint, gone) {
		t.Errorf("%v", err)
	}
}
