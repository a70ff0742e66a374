package app

import (
	"context"
	"encoding/base64"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"github.com/takebar/takebar/internal/control"
)

// CopyFiles puts files themselves on the clipboard, so that they can be pasted into a file manager, a mail or a track of another program.
// Errors are *control.Error.
func (f *SystemFiles) CopyFiles(ctx context.Context, paths []string) error {
	if err := exists(paths...); err != nil {
		return err
	}
	err := f.firstOf(ctx, copyFilesCommands(runtime.GOOS, paths, os.Getenv), copyPatience)
	if errors.Is(err, exec.ErrNotFound) {
		return &control.Error{
			Code: "no_clipboard", Message: "No program was found that puts files on the clipboard.",
			Hint: "Install xclip or wl-clipboard, or drag the file from its folder: " + paths[0], Err: err,
		}
	}
	return withPath(err, "copy the file", paths[0])
}

// copyFilesCommands put files on the clipboard, the best first. On Linux that is a list of addresses, which file managers of every desktop take.
func copyFilesCommands(system string, paths []string, getenv func(string) string) []command {
	switch system {
	case "darwin":
		return []command{{name: "osascript", args: append([]string{"-e", pasteboardScript, "--"}, paths...)}}
	case "windows":
		return []command{{
			name: "powershell.exe",
			args: []string{"-NoLogo", "-NoProfile", "-NonInteractive", "-STA", "-EncodedCommand", base64.StdEncoding.EncodeToString(utf16LE(dropListScript, false))},
			env:  []string{"TAKEBAR_FILES=" + strings.Join(paths, "\n")},
		}}
	}
	const list = "text/uri-list"
	var uris strings.Builder
	for _, p := range paths {
		uris.WriteString(fileURI(p) + "\r\n")
	}
	var all []command
	if getenv("WAYLAND_DISPLAY") != "" {
		all = append(all, command{name: "wl-copy", args: []string{"--type", list}, stdin: []byte(uris.String()), mute: true})
	}
	if getenv("DISPLAY") != "" {
		all = append(all, command{name: "xclip", args: []string{"-selection", "clipboard", "-t", list, "-in"}, stdin: []byte(uris.String()), mute: true})
	}
	return all
}

// pasteboardScript is AppleScript. It is constant: the paths are its arguments.
const pasteboardScript = `use framework "AppKit"
use scripting additions
on run argv
	set found to {}
	repeat with p in argv
		set end of found to (current application's NSURL's fileURLWithPath:(p as text))
	end repeat
	set board to current application's NSPasteboard's generalPasteboard()
	board's clearContents()
	if not (board's writeObjects:found) as boolean then error "the clipboard took nothing"
end run`

// dropListScript is PowerShell, constant likewise: it reads the paths from its environment, one a line.
const dropListScript = `$ErrorActionPreference = 'Stop'
Set-Clipboard -LiteralPath ($env:TAKEBAR_FILES -split "` + "`n" + `")`
