// Package livefind finds the Lives that run by the system's list of processes, so that set-up can tell "Live does not run" from "Live runs, but Takebar is
// not chosen in it".
//
// It only looks: it must not open, signal or change a process. Whoever works with Live uses the link, never this. Only internal/pageports and main
// import it.
package livefind

import (
	"bufio"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Process is a Live that runs.
type Process struct {
	PID     int
	Name    string    // such as "Ableton Live 12 Suite"
	Major   int       // 12; 0 = unknown
	Started time.Time // zero = unknown
}

// liveName finds Live in the path of a program: "Ableton Live 12 Suite.app" on macOS, "Ableton Live 12 Suite.exe" on Windows and in Wine.
var liveName = regexp.MustCompile(`(?i)(Ableton Live(?: (\d+))?[^/\\:"]*?)\.(?:app/Contents/MacOS/|exe\b)`)

// named tells whether a command belongs to Live itself, not to one of its helpers.
func named(command string) (Process, bool) {
	m := liveName.FindStringSubmatch(command)
	if m == nil {
		return Process{}, false
	}
	if _, file, isApp := strings.Cut(command, ".app/Contents/MacOS/"); isApp && !strings.HasPrefix(file, "Live") {
		return Process{}, false // Index, crash handler, ...
	}
	major, _ := strconv.Atoi(m[2])
	return Process{Name: m[1], Major: major}, true
}

// parsePS reads the output of ps -axo pid=,etime=,comm= of macOS.
func parsePS(text string, now time.Time) []Process {
	var all []Process
	lines := bufio.NewScanner(strings.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 3 {
			continue
		}
		pid, err := strconv.Atoi(fields[0])
		if err != nil {
			continue
		}
		p, ok := named(strings.Join(fields[2:], " "))
		if !ok {
			continue
		}
		p.PID = pid
		if age, ok := elapsed(fields[1]); ok {
			p.Started = now.Add(-age)
		}
		all = append(all, p)
	}
	return all
}

// elapsed reads ps's [[days-]hours:]minutes:seconds.
func elapsed(s string) (time.Duration, bool) {
	days, clock, hasDays := strings.Cut(s, "-")
	if !hasDays {
		days, clock = "0", s
	}
	total, err := strconv.Atoi(days)
	if err != nil || total < 0 {
		return 0, false
	}
	parts := strings.Split(clock, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return 0, false
	}
	if len(parts) == 2 {
		total *= 24
	}
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return 0, false
		}
		factor := 60
		if i == 0 && len(parts) == 3 {
			factor = 24
		}
		total = total*factor + n
	}
	if total > 1<<32 {
		return 0, false
	}
	return time.Duration(total) * time.Second, true
}
