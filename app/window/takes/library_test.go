package takes

import (
	"fmt"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// take makes a take of some seconds, so many hours before evening.
func take(number int, name, set string, hours float64, seconds int, tracks ...string) control.LibraryTake {
	at := evening.Add(-time.Duration(hours * float64(time.Hour)))
	t := control.LibraryTake{
		Take: sidecar.Take{
			Schema: 1, ID: fmt.Sprintf("t%04d", number), Name: name, Number: number, Status: sidecar.StatusLanded, Source: "armed", View: "arrangement",
			RecordedAt: at, LandedAt: &at, Set: sidecar.Set{Name: set}, Tempo: 118, SignatureNumerator: 4, SignatureDenominator: 4,
		},
		Folder: "/music/Takebar/" + set,
	}
	t.Sidecar = t.Folder + "/" + name + sidecar.Suffix
	for _, track := range tracks {
		t.Tracks = append(t.Tracks, sidecar.Track{Name: track, Kind: "audio"})
		file := name + " " + track + ".wav"
		t.Files = append(t.Files, sidecar.File{
			Name: file, Track: track, SHA256: fmt.Sprintf("%064d", number), Container: "wav", Rate: 48000, Bits: 24, Channels: 2,
			Frames: int64(seconds) * 48000, PeakDBFS: -3,
		})
		t.Paths = append(t.Paths, t.Folder+"/"+file)
	}
	return t
}

func with(t control.LibraryTake, change func(*control.LibraryTake)) control.LibraryTake {
	change(&t)
	return t
}

func rated(t control.LibraryTake, stars int) control.LibraryTake {
	t.Rating = stars
	return t
}

// aBand is what a band has recorded in three days.
func aBand() []control.LibraryTake {
	return []control.LibraryTake{
		rated(take(24, "Night Drive 24", "Night Drive", 0.2, 213, "Vocals", "Guitar"), 4),
		take(23, "Night Drive 23", "Night Drive", 0.5, 48, "Vocals", "Guitar"),
		rated(take(22, "Night Drive 22", "Night Drive", 0.7, 221, "Vocals"), 5),
		with(take(21, "Night Drive 21", "Night Drive", 1.1, 9, "Vocals"), func(t *control.LibraryTake) { t.Files[0].Silent = true }),
		with(take(20, "Bass with the long reverb at the end", "Night Drive", 2.5, 184, "Bass DI", "Bass Amp", "Bass Room"), func(t *control.LibraryTake) {
			t.Files[1].ClippedSamples = 12
		}),
		rated(with(take(19, "Salt 19", "Salt & Honey", 25, 301, "Drums", "Overheads", "Room"), func(t *control.LibraryTake) { t.Tempo = 92.5 }), 3),
		with(take(18, "Keys idea", "Salt & Honey", 25.5, 0), func(t *control.LibraryTake) {
			t.Tracks, t.Status = []sidecar.Track{{Name: "Keys", Kind: "midi"}}, sidecar.StatusMIDI
			t.Tempo = 92.5
		}),
		with(take(17, "Salt 17", "Salt & Honey", 26, 288, "Drums", "Overheads"), func(t *control.LibraryTake) {
			t.Status, t.Missing = sidecar.StatusPartial, []sidecar.Missing{{Track: "Room", Code: "file_unfinished"}}
			t.Tempo = 92.5
		}),
		with(take(16, "Main mix", "Salt & Honey", 27, 312, "Main"), func(t *control.LibraryTake) {
			t.Source, t.Bounce = sidecar.SourceBounce, &sidecar.Bounce{Kind: "main", Length: 480}
			t.Tempo = 92.5
		}),
		with(take(15, "Rainy 3", "Rainy Afternoon", 740, 95, "Piano"), func(t *control.LibraryTake) {
			t.Warnings, t.Tempo = []sidecar.Warning{{Code: "file_vanished", Message: "Rainy 3 Piano.wav is no longer there."}}, 71
		}),
		with(take(14, "Rainy 2", "Rainy Afternoon", 740.4, 131, "Piano"), func(t *control.LibraryTake) {
			t.Status, t.Tempo, t.Note = sidecar.StatusRescued, 71, "the one with the thunder"
		}),
		{
			Take: sidecar.Take{
				ID: "unreadable-1", Name: "Rainy 1", Status: sidecar.StatusMissing, RecordedAt: evening.Add(-741 * time.Hour),
				Warnings: []sidecar.Warning{{Code: "sidecar_unreadable", Message: "The description cannot be read."}},
			},
			Folder: "/music/Takebar/Rainy Afternoon", Sidecar: "/music/Takebar/Rainy Afternoon/Rainy 1" + sidecar.Suffix,
		},
	}
}

// many makes a library of some size: 40 sets over some years.
func many(n int) []control.LibraryTake {
	tracks := [][]string{{"Vocals"}, {"Guitar", "Vocals"}, {"Drums", "Overheads", "Room", "Bass"}, {"Bass"}, {"Piano L", "Piano R"}}
	all := make([]control.LibraryTake, 0, n)
	for i := range n {
		set := fmt.Sprintf("Song %02d", (i/7)%40)
		t := take(n-i, fmt.Sprintf("%s %d", set, n-i), set, float64(i)*1.7, 20+(i*37)%400, tracks[i%len(tracks)]...)
		t.Rating = (i * 7 % 11) % 6
		t.Tempo = 80 + float64(i%60)
		if i%9 == 0 {
			t.Files[0].ClippedSamples = 3
		}
		all = append(all, t)
	}
	return all
}

// linked is Live with some armed tracks.
func linked(change ...func(*control.Snapshot)) control.Snapshot {
	track := func(id, name string, arm bool) live.Track {
		return live.Track{ID: id, Name: name, Kind: live.KindAudio, CanBeArmed: true, Arm: arm}
	}
	s := control.Snapshot{
		Link: control.Link{Status: control.LinkConnected, Responding: true},
		State: &live.State{
			Set:       live.Set{ID: "s1", Name: ptr("Night Drive")},
			Transport: live.Transport{Tempo: 118, SignatureNumerator: 4, SignatureDenominator: 4},
			Tracks:    []live.Track{track("t1", "Vocals", true), track("t2", "Guitar", true), track("t3", "Bass", false)},
		},
		Settings: control.Settings{Defaults: control.Defaults{Source: live.SourceArmed, View: live.ViewArrangement}, TakesDir: "/music/Takebar"},
	}
	for _, c := range change {
		c(&s)
	}
	return s
}

// recording has the armed tracks record for 83 seconds.
func recording(s *control.Snapshot) {
	s.State.Take = &live.Take{
		ID: "t0025", Phase: live.PhaseRecording, Source: live.Source{Kind: live.SourceArmed}, View: live.ViewArrangement, Tempo: 118,
		StartedAt: ptr(evening.Add(-83 * time.Second).UnixMilli()), Set: s.State.Set,
		Tracks: []live.TakeTrack{{ID: "t1", Name: "Vocals", Kind: live.KindAudio}, {ID: "t2", Name: "Guitar", Kind: live.KindAudio}},
	}
}
