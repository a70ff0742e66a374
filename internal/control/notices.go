package control

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/takebar/takebar/bridge/live"
)

func startedNotice(t live.Take) *Notice {
	text := takeTracks(t)
	if t.MIDIOnly {
		text += "\nOnly MIDI tracks record: there will be no audio file."
	}
	return &Notice{Kind: NoticeTakeStarted, Title: "Recording", Text: text, TakeID: t.ID}
}

func takeTracks(t live.Take) string {
	var names []string
	for i, track := range t.Tracks {
		if i == 4 {
			names = append(names, fmt.Sprintf("and %d more", len(t.Tracks)-i))
			break
		}
		names = append(names, track.Name)
	}
	return strings.Join(names, ", ")
}

func landedNotice(e LibraryTake) *Notice {
	n := &Notice{Kind: NoticeTakeLanded, Title: "Take landed: " + e.Name, TakeID: e.ID, Path: e.Folder}
	if len(e.Paths) > 0 {
		n.Path = e.Paths[0]
	}
	lines := []string{fmt.Sprintf("%s in %s", clock(e.Duration()), e.Folder)}
	if len(e.Files) == 0 {
		lines[0] = "No audio file; the notes are in Live's set."
	} else if len(e.Files) > 1 {
		lines[0] = fmt.Sprintf("%d files, %s", len(e.Files), lines[0])
	}
	for _, f := range e.Files {
		switch {
		case f.Silent:
			lines = append(lines, filepath.Base(f.Name)+" is silent.")
		case f.ClippedSamples > 0:
			lines = append(lines, filepath.Base(f.Name)+" clips.")
		}
	}
	for _, w := range e.Warnings {
		lines = append(lines, w.Message)
	}
	if len(lines) > 4 {
		lines = append(lines[:3], fmt.Sprintf("and %d more remarks", len(lines)-3))
	}
	n.Text = strings.Join(lines, "\n")
	return n
}

func failedNotice(t live.Take, err error) *Notice {
	n := &Notice{Kind: NoticeTakeFailed, Title: "Take failed", Text: err.Error(), TakeID: t.ID}
	if t.Phase == live.PhaseFinished {
		n.Title = "Take not landed"
	}
	if hint := hintOf(err); hint != "" {
		n.Text += "\n" + hint
	}
	return n
}

func linkLostNotice(t live.Take) *Notice {
	return &Notice{
		Kind: NoticeLink, Title: "The link to Live is gone", TakeID: t.ID,
		Text: "If Live still runs, it goes on recording. Takebar takes the recording over as soon as the link is back.",
	}
}

func problemNotice(sentence string) *Notice {
	return &Notice{Kind: NoticeWarning, Title: "An earlier take", Text: sentence}
}

// clock writes a length as a musician reads it: 0:05, 1:23, 1:02:03.
func clock(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
