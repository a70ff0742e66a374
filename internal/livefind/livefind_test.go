package livefind

import (
	"reflect"
	"testing"
	"time"
)

func TestNamed(t *testing.T) {
	for command, want := range map[string]Process{
		"/Applications/Ableton Live 12 Suite.app/Contents/MacOS/Live":            {Name: "Ableton Live 12 Suite", Major: 12},
		"/Applications/Music: new/Ableton Live 11 Intro.app/Contents/MacOS/Live": {Name: "Ableton Live 11 Intro", Major: 11},
		"Ableton Live 12 Lite.exe": {Name: "Ableton Live 12 Lite", Major: 12},
		`C:\ProgramData\Ableton\Live 11 Suite\Program\Ableton Live 11 Suite.exe`:                        {Name: "Ableton Live 11 Suite", Major: 11},
		`Z:\opt\Ableton Live 12 Beta.exe`:                                                               {Name: "Ableton Live 12 Beta", Major: 12},
		"Ableton Live.exe":                                                                              {Name: "Ableton Live"},
		"/Applications/Ableton Live 12 Suite.app/Contents/MacOS/Ableton Index":                          {},
		"/Applications/Ableton Live 12 Suite.app/Contents/App-Resources/Max/Max.app/Contents/MacOS/Max": {},
		"/usr/bin/vim":                         {},
		"/home/mia/Ableton Live 12 Suite.txt":  {},
		"Ableton Live 12 Suite.execution plan": {},
	} {
		if got, ok := named(command); got != want || ok != (want.Name != "") {
			t.Errorf("%s: %+v %v", command, got, ok)
		}
	}
}

func TestParsePS(t *testing.T) {
	now := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	got := parsePS(`    1 12-03:04:05 /sbin/launchd
  501    02:30 /Applications/Ableton Live 12 Suite.app/Contents/MacOS/Live
  502 1-00:00:10 /Applications/Ableton Live 11 Lite.app/Contents/MacOS/Live
  503 03:00:00 /Applications/Ableton Live 12 Suite.app/Contents/MacOS/Ableton Index
  x    odd /Applications/Ableton Live 11 Lite.app/Contents/MacOS/Live
  504  odd /Applications/Ableton Live 10 Lite.app/Contents/MacOS/Live
`, now)
	want := []Process{
		{PID: 501, Name: "Ableton Live 12 Suite", Major: 12, Started: now.Add(-150 * time.Second)},
		{PID: 502, Name: "Ableton Live 11 Lite", Major: 11, Started: now.Add(-24*time.Hour - 10*time.Second)},
		{PID: 504, Name: "Ableton Live 10 Lite", Major: 10},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}

func FuzzElapsed(f *testing.F) {
	f.Add("12-03:04:05")
	f.Add("1:2")
	f.Fuzz(func(t *testing.T, s string) {
		if d, ok := elapsed(s); d < 0 || !ok && d != 0 {
			t.Errorf("%q: %v %v", s, d, ok)
		}
	})
}
