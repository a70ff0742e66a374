package app

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"net/url"
	"path/filepath"
	"strings"
	"unicode/utf16"
)

// command is a program to start, without a shell: names of sets and tracks can hold anything.
type command struct {
	name  string
	args  []string
	env   []string // on top of this process's own
	stdin []byte
	// mute leaves out what the program complains about: it leaves a child behind, which would hold our end of the line.
	mute bool
}

// The tools of each system are chosen here and not in the system's own files, so that every test run checks all of them.

// openCommands open a file or folder with the program that the user chose for it, the best first.
func openCommands(system, path string) []command {
	switch system {
	case "darwin":
		return []command{{name: "open", args: []string{path}}}
	case "windows":
		return nil // ShellExecute, see files_windows.go
	}
	return []command{{name: "xdg-open", args: []string{path}}, {name: "gio", args: []string{"open", path}}}
}

// copyCommands put text on the clipboard, the best first. getenv tells which display there is.
func copyCommands(system, text string, getenv func(string) string) []command {
	switch system {
	case "darwin":
		// pbcopy reads its input in the locale's encoding, and a program started from the Finder has no locale.
		return []command{{name: "pbcopy", env: []string{"LC_CTYPE=UTF-8"}, stdin: []byte(text)}}
	case "windows":
		return []command{{name: "clip.exe", stdin: utf16LE(text, true)}}
	}
	var all []command
	if getenv("WAYLAND_DISPLAY") != "" {
		all = append(all, command{name: "wl-copy", stdin: []byte(text), mute: true})
	}
	if getenv("DISPLAY") != "" {
		all = append(all, command{name: "xclip", args: []string{"-selection", "clipboard", "-in"}, stdin: []byte(text), mute: true},
			command{name: "xsel", args: []string{"--clipboard", "--input"}, stdin: []byte(text), mute: true})
	}
	return all
}

// notifyCommand shows a notification where no D-Bus does. The texts go in as arguments or as environment, never as
// part of the program that the tool runs.
func notifyCommand(system string, n Notification) command {
	if system == "darwin" {
		return command{name: "osascript", args: []string{
			"-e", "on run argv",
			"-e", "display notification (item 2 of argv) with title (item 1 of argv)",
			"-e", "end run",
			"--", n.Title, n.Text,
		}}
	}
	return command{
		name: "powershell.exe",
		args: []string{"-NoLogo", "-NoProfile", "-NonInteractive", "-EncodedCommand", base64.StdEncoding.EncodeToString(utf16LE(toastScript, false))},
		env:  []string{"TAKEBAR_TITLE=" + n.Title, "TAKEBAR_TEXT=" + n.Text, "TAKEBAR_TAG=" + tag(n.Key)},
	}
}

// toastScript shows a toast. It is constant: the texts are read from the environment and become text nodes. The
// application id is PowerShell's own, since a toast needs one that the Start menu knows.
const toastScript = `$ErrorActionPreference = 'Stop'
[void][Windows.UI.Notifications.ToastNotificationManager, Windows.UI.Notifications, ContentType = WindowsRuntime]
[void][Windows.UI.Notifications.ToastNotification, Windows.UI.Notifications, ContentType = WindowsRuntime]
$xml = [Windows.UI.Notifications.ToastNotificationManager]::GetTemplateContent([Windows.UI.Notifications.ToastTemplateType]::ToastText02)
$texts = $xml.GetElementsByTagName('text')
[void]$texts.Item(0).AppendChild($xml.CreateTextNode($env:TAKEBAR_TITLE))
[void]$texts.Item(1).AppendChild($xml.CreateTextNode($env:TAKEBAR_TEXT))
$toast = New-Object Windows.UI.Notifications.ToastNotification -ArgumentList $xml
$toast.Tag = $env:TAKEBAR_TAG
$id = '{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\WindowsPowerShell\v1.0\powershell.exe'
[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier($id).Show($toast)
`

// tag is the name under which Windows replaces a toast: at most 64 plain characters (16 before Windows 10 1703).
func tag(key string) string {
	plain := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return -1
	}, key)
	const longest = 16
	if len(plain) > longest {
		plain = plain[len(plain)-longest:]
	}
	if plain == "" {
		return "takebar"
	}
	return plain
}

// utf16LE is what Windows' own tools read, with a byte order mark where they need one to notice.
func utf16LE(s string, mark bool) []byte {
	var b bytes.Buffer
	units := utf16.Encode([]rune(s))
	if mark {
		units = append([]uint16{0xFEFF}, units...)
	}
	for _, u := range units {
		_ = binary.Write(&b, binary.LittleEndian, u) // a bytes.Buffer cannot fail
	}
	return b.Bytes()
}

// explorerLine is the command line that selects a file in Windows' Explorer. Explorer reads its line itself and wants quotes around the path
// only; a path on Windows cannot hold a quote.
func explorerLine(path string) string { return `explorer.exe /select,"` + path + `"` }

// fileURI writes an absolute path as a file: address.
func fileURI(path string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()
}
