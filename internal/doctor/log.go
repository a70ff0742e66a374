package doctor

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	remotescript "github.com/takebar/takebar/remote_script"
)

// logTail is how much of Log.txt is read: Live never shortens the file.
const logTail = 4 << 20

// liveLog looks into the Log.txt of the Live that ran last for errors of our script since that start.
func (m Machine) liveLog() Check {
	const name = "Live's log"
	newest, path := "", ""
	var at int64
	for _, seat := range m.Seats {
		for _, folder := range seat.LiveFolders() {
			if info, err := os.Stat(folder.Log); err == nil && info.ModTime().UnixNano() > at {
				newest, path, at = folder.Version, folder.Log, info.ModTime().UnixNano()
			}
		}
	}
	if path == "" {
		return Check{Name: name, Status: NotApplicable, Text: "There is no Log.txt of Live on this machine."}
	}
	found, err := readLog(path)
	c := Check{Name: name, Details: []string{path}}
	switch {
	case err != nil:
		c.Status, c.Text = Warn, fmt.Sprintf("The log of Live %s cannot be read (%v).", newest, err)
	case len(found.errors) > 0:
		c.Status, c.Text = Fail, fmt.Sprintf("Live %s wrote %d lines about errors of the script since it started last; these are the last ones.", newest, len(found.errors))
		c.Details = append(c.Details, found.errors[max(0, len(found.errors)-12):]...)
		c.Hint = "takebar install-script puts the script right; then restart Live. If it comes back, please send these lines to the developers."
	case found.loaded:
		c.Status, c.Text = OK, fmt.Sprintf("Live %s loaded the script without errors.", newest)
	default:
		c.Status, c.Text = Warn, fmt.Sprintf("Live %s has not loaded the script since it started last.", newest)
		c.Hint = "Choose Takebar in Live's Settings > Link, Tempo & MIDI > Control Surface."
	}
	return c
}

type logFindings struct {
	loaded bool
	errors []string
}

func readLog(path string) (logFindings, error) {
	f, err := os.Open(path)
	if err != nil {
		return logFindings{}, err
	}
	defer f.Close() //nolint:errcheck // read only
	if info, err := f.Stat(); err == nil && info.Size() > logTail {
		if _, err := f.Seek(-logTail, io.SeekEnd); err != nil {
			return logFindings{}, err
		}
	}
	return scanLog(f)
}

// scanLog reads a Log.txt. Live writes each line of a traceback with the prefix RemoteScriptError; a traceback is ours where one of its lines
// names our folder.
func scanLog(r io.Reader) (logFindings, error) {
	var f logFindings
	var block []string
	flush := func() {
		for _, line := range block {
			if strings.Contains(line, remotescript.Name) {
				f.errors = append(f.errors, block...)
				break
			}
		}
		block = nil
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), logTail)
	for lines.Scan() {
		line := strings.TrimRight(strings.ToValidUTF8(lines.Text(), "?"), "\r")
		if isStart(line) {
			f, block = logFindings{}, nil
			continue
		}
		_, text, isError := strings.Cut(line, "RemoteScriptError:")
		switch {
		case isError && strings.Contains(text, "Traceback"):
			flush()
			block = []string{short(text)}
		case isError:
			block = append(block, short(text))
		default:
			flush()
			if strings.Contains(line, "RemoteScriptMessage: ("+remotescript.Name+")") {
				f.loaded = true
			}
		}
	}
	flush()
	return f, lines.Err()
}

// isStart: the line with which a Live begins its log of one run.
func isStart(line string) bool {
	return strings.Contains(line, "Started: Live ")
}

func short(line string) string {
	line = strings.TrimRight(line, " \t")
	if r := []rune(line); len(r) > 200 {
		return string(r[:197]) + "..."
	}
	return line
}
