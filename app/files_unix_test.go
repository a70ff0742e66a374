//go:build !windows && !darwin

package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/takebar/takebar/internal/control"
)

// fakeTools puts scripts with these names into an otherwise empty PATH. Each writes its arguments and its input to the file out.
func fakeTools(t *testing.T, names ...string) (out string) {
	t.Helper()
	dir := t.TempDir()
	out = filepath.Join(dir, "out")
	for _, name := range names {
		script := "#!/bin/sh\n{ printf '%s|' \"${0##*/}\" \"$@\"; while IFS= read -r l || [ -n \"$l\" ]; do printf '%s' \"<$l>\"; done; } > '" + out + "' < /dev/stdin\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(dir, "no-bus"))
	t.Setenv("DISPLAY", ":99")
	t.Setenv("WAYLAND_DISPLAY", "")
	return out
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func file(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFilesUseTheDesktopsTools(t *testing.T) {
	path := file(t, "a $(id) b.wav")
	files := NewFiles(slog.New(slog.DiscardHandler))
	tests := []struct {
		name, tool, want string
		do               func(context.Context) error
	}{
		{"play", "xdg-open", "xdg-open|" + path + "|", func(ctx context.Context) error { return files.Play(ctx, path) }},
		{"play with gio", "gio", "gio|open|" + path + "|", func(ctx context.Context) error { return files.Play(ctx, path) }},
		{"reveal without D-Bus", "xdg-open", "xdg-open|" + filepath.Dir(path) + "|", func(ctx context.Context) error { return files.Reveal(ctx, []string{path}) }},
		{"folder", "xdg-open", "xdg-open|" + filepath.Dir(path) + "|", func(ctx context.Context) error { return files.OpenFolder(ctx, filepath.Dir(path)) }},
		{"copy", "xclip", "xclip|-selection|clipboard|-in|<" + path + ">", func(ctx context.Context) error { return files.Copy(ctx, path) }},
		{"copy files", "xclip", "xclip|-selection|clipboard|-t|text/uri-list|-in|<" + fileURI(path) + "\r>", func(ctx context.Context) error { return files.CopyFiles(ctx, []string{path}) }},
		{"copy with xsel", "xsel", "xsel|--clipboard|--input|<" + path + ">", func(ctx context.Context) error { return files.Copy(ctx, path) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out := fakeTools(t, test.tool)
			if err := test.do(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := read(t, out); got != test.want {
				t.Errorf("ran %q, want %q", got, test.want)
			}
		})
	}
}

func TestFilesSayWhatIsMissing(t *testing.T) {
	path := file(t, "a.wav")
	files := NewFiles(slog.New(slog.DiscardHandler))
	gone := filepath.Join(t.TempDir(), "gone")
	fakeTools(t)
	tests := []struct {
		name, code, hint string
		do               func(context.Context) error
	}{
		{"no player", "no_program", path, func(ctx context.Context) error { return files.Play(ctx, path) }},
		{"no file manager", "no_program", path, func(ctx context.Context) error { return files.Reveal(ctx, []string{path}) }},
		{"no clipboard", "no_clipboard", path, func(ctx context.Context) error { return files.Copy(ctx, path) }},
		{"no clipboard for files", "no_clipboard", path, func(ctx context.Context) error { return files.CopyFiles(ctx, []string{path}) }},
		{"file gone", "not_found", gone, func(ctx context.Context) error { return files.Play(ctx, gone) }},
		{"folder gone", "not_found", gone, func(ctx context.Context) error { return files.OpenFolder(ctx, gone) }},
		{"nothing to reveal", "not_found", "", func(ctx context.Context) error { return files.Reveal(ctx, nil) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := test.do(t.Context())
			var e *control.Error
			if !errors.As(err, &e) || e.Code != test.code || !strings.Contains(e.Hint, test.hint) {
				t.Errorf("error %#v, want code %s with a hint that names %s", err, test.code, test.hint)
			}
		})
	}
}

func TestToolThatFails(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "xdg-open"), []byte("#!/bin/sh\necho no player for wav >&2\nexit 3\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	path := file(t, "a.wav")
	err := NewFiles(slog.New(slog.DiscardHandler)).Play(t.Context(), path)
	var e *control.Error
	if !errors.As(err, &e) || !strings.Contains(e.Message, "no player for wav") {
		t.Errorf("error %v does not say what the tool said", err)
	}
}

func TestPlayerThatStaysOpen(t *testing.T) {
	dir := t.TempDir()
	stop := filepath.Join(dir, "stop")
	script := "#!/bin/sh\nwhile [ ! -e '" + stop + "' ]; do /bin/sleep 0.05; done\n"
	if err := os.WriteFile(filepath.Join(dir, "xdg-open"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.WriteFile(stop, nil, 0o644) })
	t.Setenv("PATH", dir)
	path := file(t, "a.wav")
	if err := NewFiles(slog.New(slog.DiscardHandler)).Play(t.Context(), path); err != nil {
		t.Errorf("a player that runs on is an error: %v", err)
	}
}

func TestEscapeMarkup(t *testing.T) {
	if got, want := escapeMarkup("<b>&"), "&lt;b&gt;&amp;"; got != want {
		t.Errorf("escapeMarkup = %q, want %q", got, want)
	}
}
