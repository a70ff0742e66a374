package app

import (
	"reflect"
	"testing"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
)

// touched lists what Diff wants redrawn, in short.
func touched(c Changes) []string {
	var all []string
	for name, is := range map[string]bool{"icon": c.Icon, "clock": c.Clock, "tooltip": c.Tooltip} {
		if is {
			all = append(all, name)
		}
	}
	for _, it := range c.Items {
		all = append(all, it.Item.Key)
	}
	for _, key := range c.Rebuild {
		all = append(all, "rebuild "+key)
	}
	return all
}

func TestDiff(t *testing.T) {
	tests := []struct {
		name string
		a, b control.Snapshot
		now  time.Duration // of the second menu, after noon
		want map[string]bool
	}{
		{"nothing", band(), band(), time.Hour, nil},
		{"song time runs", band(), band(func(s *control.Snapshot) { s.State.Transport.CurrentSongTime = 17 }), 0, nil},
		{
			"a second of a take", band(running(live.PhaseRecording, 0)), band(running(live.PhaseRecording, 0)), time.Second,
			map[string]bool{"clock": true, "tooltip": true, "take/stop": true},
		},
		{
			"a second of a take in a large set", band(many(300), running(live.PhaseRecording, 0)), band(many(300), running(live.PhaseRecording, 0)), time.Second,
			map[string]bool{"clock": true, "tooltip": true},
		},
		{
			"five seconds of a take in a large set", band(many(300), running(live.PhaseRecording, 0)), band(many(300), running(live.PhaseRecording, 0)), 5 * time.Second,
			map[string]bool{"clock": true, "tooltip": true, "take/stop": true},
		},
		{
			"arming one track", band(), band(arm("t4")), 0,
			map[string]bool{"icon": true, "tooltip": true, "status/activity": true, "take/start": true, "arm.none": true, "arm/t4": true},
		},
		{"renaming a track", band(), band(func(s *control.Snapshot) { s.State.Tracks[3].Name = "Sub" }), 0, map[string]bool{"arm/t4": true}},
		{"deleting a track", band(), band(func(s *control.Snapshot) {
			s.State.Tracks = append(s.State.Tracks[:2:2], s.State.Tracks[3:]...)
		}), 0, map[string]bool{"rebuild arm": true}},
		{
			"arming in a large set", band(many(100)), band(many(100), arm("t77")), 0,
			map[string]bool{
				"icon": true, "tooltip": true, "status/activity": true, "take/start": true, "arm.none": true, "armed/title": true,
				"armed/0": true, "arm/chunk/3": true, "arm/t77": true,
			},
		},
		{"moving within one chunk", band(many(100)), band(many(100), func(s *control.Snapshot) {
			s.State.Tracks[31], s.State.Tracks[32] = s.State.Tracks[32], s.State.Tracks[31]
		}), 0, map[string]bool{"rebuild arm/chunk/1": true}},
		{"a take lands", band(), band(func(s *control.Snapshot) { s.LastTake = landed() }), 0, map[string]bool{"last": true, "rebuild last": true}},
		{
			"a second Live", band(), band(func(s *control.Snapshot) { s.Link.Lives = append(s.Link.Lives, control.LiveInfo{PID: 1}) }), 0,
			map[string]bool{"lives": true, "rebuild lives": true},
		},
		{"Live comes", control.Snapshot{Settings: band().Settings}, band(), 0, map[string]bool{
			"icon": true, "tooltip": true, "status": true,
			"status/activity": true, "take/start": true, "transport/play": true, "source/selected": true, "arm": true, "rebuild arm": true,
			"setup/install": true, "setup/status": true,
			"bounce/main/set": true, "bounce/main/loop": true, "bounce/stems/set": true, "bounce/stems/loop": true,
		}},
		{"Live goes", band(), control.Snapshot{Settings: band().Settings}, 0, map[string]bool{
			"icon": true, "tooltip": true, "status": true,
			"status/activity": true, "take/start": true, "transport/play": true, "source/selected": true, "arm": true, "setup/install": true,
			"setup/status": true, "bounce/main/set": true, "bounce/main/loop": true, "bounce/stems/set": true, "bounce/stems/loop": true,
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := map[string]bool{}
			for _, key := range touched(Diff(BuildMenu(test.a, UI{}, noon), BuildMenu(test.b, UI{}, noon.Add(test.now)))) {
				got[key] = true
			}
			if len(test.want) == 0 && len(got) == 0 {
				return
			}
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("touches %v\nwant %v", got, test.want)
			}
		})
	}
}

func TestDiffSaysWhatChanged(t *testing.T) {
	old := MenuModel{Items: []Item{{Key: "a", Kind: Check, Label: "A"}}}
	next := MenuModel{Items: []Item{{Key: "a", Kind: Check, Label: "A", Checked: true, Hidden: true}}}
	want := Changes{Items: []Change{{Item: next.Items[0], Checked: true, Visible: true}}}
	if got := Diff(old, next); !reflect.DeepEqual(got, want) {
		t.Errorf("Diff = %+v, want %+v", got, want)
	}
	if Diff(old, next).Empty() || !Diff(next, next).Empty() {
		t.Error("Empty is wrong")
	}
}
