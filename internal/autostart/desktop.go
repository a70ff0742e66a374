package autostart

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

// desktopEntry is a file of the XDG autostart rules (specifications.freedesktop.org/autostart-spec).
type desktopEntry struct{ path string }

// programKey is our own line: it marks the file as ours and names the program plainly.
const programKey = "X-Takebar-Program"

func (d desktopEntry) where() string { return d.path }

func (d desktopEntry) write(program string) error {
	return writeFile(d.path, fmt.Sprintf(`[Desktop Entry]
Type=Application
Name=Takebar
Comment=Record takes in Ableton Live from the menu bar
Exec=%s
Icon=takebar
Terminal=false
X-GNOME-Autostart-enabled=true
%s=%s
`, escapeValue(quoteExec(program)), programKey, escapeValue(program)))
}

func (d desktopEntry) remove() error { return os.Remove(d.path) }

func (d desktopEntry) read() (program string, on bool, err error) {
	f, err := os.Open(d.path)
	if err != nil {
		return "", false, err
	}
	defer f.Close() //nolint:errcheck // read only
	on = true
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		key, value, found := strings.Cut(lines.Text(), "=")
		if !found {
			continue
		}
		switch value = strings.TrimSpace(value); strings.TrimSpace(key) {
		case programKey:
			program = unescapeValue(value)
		case "Hidden":
			on = on && value != "true"
		case "X-GNOME-Autostart-enabled": // where GNOME's own settings switch it off
			on = on && value != "false"
		}
	}
	if err := lines.Err(); err != nil {
		return "", false, err
	}
	if program == "" {
		return "", false, errForeign
	}
	return program, on, nil
}

// quoteExec writes a path as one argument of an Exec line: in quotes, with the four characters escaped that count in them, and %% for %.
func quoteExec(path string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range path {
		switch r {
		case '"', '`', '$', '\\':
			b.WriteByte('\\')
		case '%':
			b.WriteByte('%')
		}
		b.WriteRune(r)
	}
	b.WriteByte('"')
	return b.String()
}

// escapeValue escapes what has a meaning in any value of such a file.
func escapeValue(s string) string {
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(s)
}

func unescapeValue(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r", `\t`, "\t", `\s`, " ").Replace(s)
}
