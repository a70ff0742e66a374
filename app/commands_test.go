package app

import (
	"encoding/base64"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// evil is a track name that tries to leave its place.
const evil = `"; rm -rf ~ $(id) '<b>&` + "`" + `"`

func TestOpenCommands(t *testing.T) {
	path := "/takes/" + evil
	for system, want := range map[string][]command{
		"linux":   {{name: "xdg-open", args: []string{path}}, {name: "gio", args: []string{"open", path}}},
		"darwin":  {{name: "open", args: []string{path}}},
		"windows": nil,
	} {
		if got := openCommands(system, path); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", system, got, want)
		}
	}
}

func TestCopyCommands(t *testing.T) {
	env := func(names ...string) func(string) string {
		return func(name string) string {
			if slices.Contains(names, name) {
				return ":0"
			}
			return ""
		}
	}
	tests := []struct {
		system string
		getenv func(string) string
		want   []string
	}{
		{"linux", env("WAYLAND_DISPLAY", "DISPLAY"), []string{"wl-copy", "xclip", "xsel"}},
		{"linux", env("DISPLAY"), []string{"xclip", "xsel"}},
		{"linux", env(), nil},
		{"darwin", env(), []string{"pbcopy"}},
		{"windows", env(), []string{"clip.exe"}},
	}
	for _, test := range tests {
		var got []string
		for _, c := range copyCommands(test.system, evil, test.getenv) {
			got = append(got, c.name)
			if test.system != "windows" && string(c.stdin) != evil {
				t.Errorf("%s reads %q", c.name, c.stdin)
			}
			if strings.Contains(strings.Join(c.args, " "), evil) {
				t.Errorf("%s has the text among its arguments", c.name)
			}
		}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %v, want %v", test.system, got, test.want)
		}
	}
}

func decodeUTF16(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i]) | uint16(b[2*i+1])<<8
	}
	return string(utf16.Decode(units))
}

func TestClipboardOnWindowsKeepsUnicode(t *testing.T) {
	got := copyCommands("windows", "Größe 𝄞.wav", nil)[0].stdin
	if decodeUTF16(got) != "\uFEFFGröße 𝄞.wav" {
		t.Errorf("clip.exe reads %q", decodeUTF16(got))
	}
}

func TestNotifyCommandsHoldNoText(t *testing.T) {
	n := Notification{Key: "20260131-150918-7c1e", Title: "Take landed", Text: evil}
	mac := notifyCommand("darwin", n)
	script := mac.args[:slices.Index(mac.args, "--")]
	if strings.Contains(strings.Join(script, "\n"), evil) || mac.args[len(mac.args)-1] != evil {
		t.Errorf("osascript gets %q", mac.args)
	}
	win := notifyCommand("windows", n)
	encoded, err := base64.StdEncoding.DecodeString(win.args[len(win.args)-1])
	if err != nil {
		t.Fatal(err)
	}
	if got := decodeUTF16(encoded); got != toastScript {
		t.Errorf("PowerShell runs %q", got)
	}
	if !slices.Contains(win.env, "TAKEBAR_TEXT="+evil) || !slices.Contains(win.env, "TAKEBAR_TAG=0131-150918-7c1e") {
		t.Errorf("PowerShell's environment is %q", win.env)
	}
}

func TestTag(t *testing.T) {
	for key, want := range map[string]string{"": "takebar", "a b/c": "abc", "0123456789abcdefXYZ": "3456789abcdefXYZ"} {
		if got := tag(key); got != want {
			t.Errorf("tag(%q) = %q, want %q", key, got, want)
		}
	}
}

func TestAddresses(t *testing.T) {
	if got, want := fileURI("/takes/A & B #1%.wav"), "file:///takes/A%20&%20B%20%231%25.wav"; got != want {
		t.Errorf("fileURI = %q, want %q", got, want)
	}
	if got, want := explorerLine(`C:\My Takes\a.wav`), `explorer.exe /select,"C:\My Takes\a.wav"`; got != want {
		t.Errorf("explorerLine = %q, want %q", got, want)
	}
}
