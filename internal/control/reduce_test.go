package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/takebar/takebar/bridge/live"
)

func full() Snapshot {
	last := LibraryTake{}
	last.ID = "k0"
	return Snapshot{
		Version: 7, Link: Link{Status: LinkConnected, Responding: true, PID: 1, Lives: []LiveInfo{{PID: 1}}}, State: &live.State{Tracks: []live.Track{{ID: "t1"}}},
		Pending: []string{"arm t1", "take.start", "arm t1"}, Landings: []Landing{{TakeID: "k1", Step: "copying"}, {TakeID: "k2", Problem: "disk full"}},
		LastTake: &last, Library: LibraryState{Revision: 5, Takes: 3}, Settings: Settings{Defaults: Defaults{Source: live.SourceArmed, View: live.ViewArrangement}, TakesDir: "/takes"},
		Notices: []Notice{{Seq: 4, Title: "a"}, {Seq: 5, Title: "b"}},
	}
}

func TestReduce(t *testing.T) {
	state := &live.State{Set: live.Set{ID: "s2"}}
	entry := &LibraryTake{}
	linked := live.LinkReport{
		Phase: live.LinkConnected, Responding: true, PID: 2, Script: "1.9.0", State: state, Connection: 3,
		Lives: []live.Instance{{PID: 2, Live: "12.3.6", Script: "1.9.0", Started: 9, Token: "secret"}, {PID: 1}},
	}
	tests := map[string]struct {
		event any
		want  func(s *Snapshot)
	}{
		"linked": {
			linkReported{report: linked, ours: "1.10.0"},
			func(s *Snapshot) {
				s.State, s.connection = state, 3
				s.Link = Link{
					Status: LinkConnected, Responding: true, Message: "Linked to Live 12.3.6.", PID: 2, ScriptUpdate: "1.10.0",
					Lives: []LiveInfo{{PID: 2, Live: "12.3.6", Script: "1.9.0", Started: 9, Chosen: true}, {PID: 1}},
				}
			},
		},
		"link gone": {
			linkReported{report: live.LinkReport{Phase: live.LinkSearching}},
			func(s *Snapshot) {
				s.State = nil
				s.Link = Link{Status: LinkDisconnected, Message: "No Live with the Takebar script is running.", Hint: hintNoLive, Lives: []LiveInfo{}}
			},
		},
		"a verb waits":                      {pendingAdded{"take.stop"}, func(s *Snapshot) { s.Pending = []string{"arm t1", "take.start", "arm t1", "take.stop"} }},
		"one of two equal verbs is through": {pendingRemoved{"arm t1"}, func(s *Snapshot) { s.Pending = []string{"take.start", "arm t1"} }},
		"a verb nobody knows is through":    {pendingRemoved{"x"}, func(s *Snapshot) { s.Version-- }},
		"a landing moves": {
			landingMoved{Landing{TakeID: "k1", Step: "checking", Done: 0.9}},
			func(s *Snapshot) { s.Landings = []Landing{{TakeID: "k1", Step: "checking", Done: 0.9}, s.Landings[1]} },
		},
		"a landing begins": {
			landingMoved{Landing{TakeID: "k3"}}, func(s *Snapshot) { s.Landings = []Landing{s.Landings[0], s.Landings[1], {TakeID: "k3"}} },
		},
		"a landing is over":    {landingEnded{takeID: "k1"}, func(s *Snapshot) { s.Landings = s.Landings[1:] }},
		"a landing nobody saw": {landingEnded{takeID: "k9"}, func(*Snapshot) {}},
		"a landing failed": {landingEnded{"k1", "no"}, func(s *Snapshot) {
			s.Landings = []Landing{{TakeID: "k1", Step: "copying", Problem: "no"}, s.Landings[1]}
		}},
		"a landing failed at once":   {landingEnded{"k9", "no"}, func(s *Snapshot) { s.Landings = []Landing{s.Landings[0], s.Landings[1], {TakeID: "k9", Problem: "no"}} }},
		"the library has changed":    {libraryLooked{LibraryState{Revision: 6, Takes: 1}, entry}, func(s *Snapshot) { s.LastTake, s.Library = entry, LibraryState{Revision: 6, Takes: 1} }},
		"the library is empty":       {libraryLooked{LibraryState{Revision: 6}, nil}, func(s *Snapshot) { s.LastTake, s.Library = nil, LibraryState{Revision: 6} }},
		"the library is as before":   {libraryLooked{LibraryState{Revision: 5}, entry}, func(s *Snapshot) { s.Version-- }},
		"a look that came too late":  {libraryLooked{LibraryState{Revision: 4}, nil}, func(s *Snapshot) { s.Version-- }},
		"a notice":                   {noticed{Notice{Title: "c"}}, func(s *Snapshot) { s.Notices = []Notice{s.Notices[0], s.Notices[1], {Seq: 6, Title: "c"}} }},
		"other defaults":             {defaultsChanged{Defaults{Source: live.SourceMain, View: live.ViewSession}}, func(s *Snapshot) { s.Settings.Defaults = Defaults{Source: live.SourceMain, View: live.ViewSession} }},
		"other settings":             {settingsChanged{Settings{TakesDir: "/other"}}, func(s *Snapshot) { s.Settings = Settings{TakesDir: "/other"} }},
		"an event that is not known": {42, func(s *Snapshot) { s.Version-- }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			before, want := full(), full()
			want.Version++
			tt.want(&want)
			if got := reduce(before, tt.event); !reflect.DeepEqual(got, want) {
				t.Errorf("\n got %+v\nwant %+v", got, want)
			}
			if !reflect.DeepEqual(before, full()) {
				t.Errorf("the Snapshot before has changed: %+v", before)
			}
		})
	}
}

func TestReduceSharesNothingThatGrows(t *testing.T) {
	s := full()
	a := reduce(s, pendingAdded{"a"})
	b := reduce(s, pendingAdded{"b"})
	c := reduce(reduce(s, noticed{Notice{Title: "c"}}), noticed{Notice{Title: "d"}})
	d := reduce(reduce(s, noticed{Notice{Title: "c"}}), noticed{Notice{Title: "e"}})
	if a.Pending[3] != "a" || b.Pending[3] != "b" || c.Notices[3].Title != "d" || d.Notices[3].Title != "e" {
		t.Errorf("%v %v %v %v", a.Pending, b.Pending, c.Notices, d.Notices)
	}
}

func TestNoticesAreBounded(t *testing.T) {
	s := Snapshot{}
	for i := range 50 {
		s = reduce(s, noticed{Notice{Title: fmt.Sprint(i)}})
	}
	if len(s.Notices) != noticesKept || s.Notices[0].Seq != 31 || s.Notices[noticesKept-1].Seq != 50 || s.Notices[noticesKept-1].Title != "49" {
		t.Errorf("%d notices, %d to %d", len(s.Notices), s.Notices[0].Seq, s.Notices[len(s.Notices)-1].Seq)
	}
}

func TestLinkInWords(t *testing.T) {
	tests := map[string]struct {
		report        live.LinkReport
		status        LinkStatus
		message, hint string // parts
	}{
		"searching":    {live.LinkReport{Phase: live.LinkSearching}, LinkDisconnected, "No Live", "Control Surface"},
		"waiting":      {live.LinkReport{Phase: live.LinkWaiting}, LinkConnecting, "loading a set", "Control Surface"},
		"connecting":   {live.LinkReport{Phase: live.LinkConnecting}, LinkConnecting, "Connecting", ""},
		"refused":      {live.LinkReport{Phase: live.LinkConnecting, Problem: "connection refused"}, LinkConnecting, "does not answer", "Control Surface"},
		"connected":    {live.LinkReport{Phase: live.LinkConnected, Responding: true}, LinkConnected, "Linked to Live.", ""},
		"stalled":      {live.LinkReport{Phase: live.LinkConnected}, LinkConnected, "does not answer", "busy"},
		"script older": {live.LinkReport{Phase: live.LinkIncompatible, Protocols: []int{0}}, LinkIncompatible, "too old", "install-script"},
		"script newer": {live.LinkReport{Phase: live.LinkIncompatible, Protocols: []int{2, 3}}, LinkIncompatible, "newer", "Update Takebar"},
		"script mute":  {live.LinkReport{Phase: live.LinkIncompatible}, LinkIncompatible, "too old", "install-script"},
	}
	for name, tt := range tests {
		l := linkOf(tt.report, "")
		if l.Status != tt.status || !strings.Contains(l.Message, tt.message) || !strings.Contains(l.Hint, tt.hint) || (tt.hint == "") != (l.Hint == "") {
			t.Errorf("%s: %+v", name, l)
		}
		if b, err := json.Marshal(l); err != nil || strings.Contains(string(b), "null") {
			t.Errorf("%s: %s %v", name, b, err)
		}
	}
}

func TestOlder(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"1.0.0", "1.0.1", true},
		{"1.9.0", "1.10.0", true},
		{"1.0", "1.0.1", true},
		{"1.0.0", "1.0.0", false},
		{"2.0.0", "1.9.9", false},
		{"1.0.0", "1.0", false},
		{"dev", "1.0.0", true},
		{"1.0.0", "", false},
	} {
		if got := older(tt.a, tt.b); got != tt.want {
			t.Errorf("older(%q, %q) = %v", tt.a, tt.b, got)
		}
	}
}

func TestResolve(t *testing.T) {
	s := &live.State{Tracks: []live.Track{
		{ID: "t1", Index: 0, Name: "Drums", Kind: live.KindGroup},
		{ID: "t2", Index: 1, Name: "808", Kind: live.KindAudio},
		{ID: "t3", Index: 2, Name: "vocals", Kind: live.KindAudio},
		{ID: "t4", Index: 3, Name: "Vocals", Kind: live.KindAudio},
		{ID: "t5", Index: 4, Name: "Vocals Ü", Kind: live.KindMIDI, Selected: true},
		{ID: "t6", Index: 5, Name: "Twin", Kind: live.KindAudio},
		{ID: "t7", Index: 6, Name: "Twin", Kind: live.KindAudio},
		{ID: "t8", Index: 7, Name: "#1 hit", Kind: live.KindAudio},
		{ID: "t9", Index: 0, Name: "Reverb", Kind: live.KindReturn},
		{ID: "t10", Index: 0, Name: "Main", Kind: live.KindMain},
	}}
	for ref, want := range map[Ref]string{
		"1": "t1", "2": "t2", " 8 ": "t8", "808": "t2", "#t9": "t9", "Vocals": "t4", "vocals": "t3", "VOCALS Ü": "t5", "vocals ü": "t5", "dru": "t1",
		"rev": "t9", "main": "t10", "selected": "t5", "#1 hit": "t8", "#1": "t8",
	} {
		if got, err := resolve(s, ref); err != nil || got.ID != want {
			t.Errorf("%q: %s %v, want %s", ref, got.ID, err, want)
		}
	}
	for ref, code := range map[Ref]string{"Twin": CodeAmbiguous, "VOCALS": CodeAmbiguous, "": CodeInvalid, "99": CodeNotFound, "0": CodeNotFound, "#t99": CodeNotFound, "x": CodeNotFound} {
		_, err := resolve(s, ref)
		codeIs(t, string(ref), err, code)
	}
	_, err := resolve(s, "Twin")
	if err == nil || !strings.Contains(err.Error(), "6 Twin, 7 Twin") {
		t.Errorf("candidates: %v", err)
	}
	_, err = resolve(&live.State{}, "selected")
	codeIs(t, "nothing selected", err, CodeNotFound)
	if ids, err := resolveAll(s, []Ref{"808", "2", "1"}); err != nil || !reflect.DeepEqual(ids, []string{"t2", "t1"}) {
		t.Errorf("%v %v", ids, err)
	}
}

func FuzzResolve(f *testing.F) {
	f.Add("2", "Bass", "bass")
	f.Add("#t1", "", "ß")
	f.Fuzz(func(t *testing.T, ref, a, b string) {
		s := &live.State{Tracks: []live.Track{{ID: "t1", Name: a, Kind: live.KindAudio}, {ID: "t2", Index: 1, Name: b, Kind: live.KindMIDI}}}
		got, err := resolve(s, Ref(ref))
		if (err == nil) != (got.ID != "") || err != nil && (err.Error() == "" || hintOf(err) == "") {
			t.Errorf("%q among %q, %q: %+v %v", ref, a, b, got, err)
		}
	})
}

func TestBeats(t *testing.T) {
	waltz := live.Transport{Tempo: 90, SignatureNumerator: 3, SignatureDenominator: 4}
	odd := live.Transport{Tempo: 120, SignatureNumerator: 7, SignatureDenominator: 8}
	for _, tt := range []struct {
		r    TakeRequest
		t    live.Transport
		want float64
	}{
		{TakeRequest{}, waltz, 0},
		{TakeRequest{LengthBeats: 5}, waltz, 5},
		{TakeRequest{LengthBars: 4}, waltz, 12},
		{TakeRequest{LengthBars: 2}, odd, 7},
		{TakeRequest{LengthSecs: 10}, waltz, 15},
		{TakeRequest{LengthSecs: 10}, odd, 20},
	} {
		if got, err := beatsOf(tt.r, tt.t); err != nil || got != tt.want {
			t.Errorf("%+v: %v %v, want %v", tt.r, got, err, tt.want)
		}
	}
}

func TestErrorsAtTheEdge(t *testing.T) {
	own := &Error{Code: "x", Message: "m", Hint: "h"}
	for name, tt := range map[string]struct {
		err                 error
		code, message, hint string
	}{
		"own":        {fmt.Errorf("wrapped: %w", own), "x", "m", "h"},
		"coded":      {fmt.Errorf("call take.start: %w", &codedError{"nothing_armed", "No track is armed.", "Arm one."}), "nothing_armed", "No track is armed.", "Arm one."},
		"unknown":    {&codedError{"outcome_unknown", "terse", ""}, "outcome_unknown", "The link to Live was lost before Live answered.", "Look at Live to see whether it happened."},
		"not linked": {&codedError{"not_connected", "terse", ""}, "not_connected", "There is no link to Live just now.", hintNoLive},
		"plain":      {fmt.Errorf("disk on fire"), "internal_error", "Something went wrong: disk on fire.", "Takebar's log has the details."},
	} {
		var e *Error
		if !errors.As(asError(tt.err), &e) || e.Code != tt.code || e.Message != tt.message || e.Hint != tt.hint {
			t.Errorf("%s: %+v", name, e)
		}
	}
	if asError(nil) != nil {
		t.Error("nil is not nil any more")
	}
}
