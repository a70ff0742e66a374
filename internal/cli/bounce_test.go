package cli

import (
	"path/filepath"
	"reflect"
	"testing"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
)

func TestBounceWords(t *testing.T) {
	here, err := filepath.Abs("out")
	if err != nil {
		t.Fatal(err)
	}
	usual := bounceWords{span: "set", tapped: "post-mixer", format: "wav"}
	with := func(change func(*bounceWords)) bounceWords {
		w := usual
		change(&w)
		return w
	}
	plain := control.BounceRequest{Source: live.BounceMain, Tap: live.TapPostMixer, Range: control.RangeSet, Format: "wav"}
	want := func(change func(*control.BounceRequest)) control.BounceRequest {
		q := plain
		change(&q)
		return q
	}
	for name, c := range map[string]struct {
		words  bounceWords
		tracks []string
		want   control.BounceRequest
	}{
		"nothing":  {usual, nil, plain},
		"locators": {with(func(w *bounceWords) { w.span = "locators" }), nil, want(func(q *control.BounceRequest) { q.Range = control.RangeLocators })},
		"between": {with(func(w *bounceWords) { w.span = "Verse 1..Outro" }), nil, want(func(q *control.BounceRequest) {
			q.Range, q.From, q.To = control.RangeBetween, "Verse 1", "Outro"
		})},
		"bars": {with(func(w *bounceWords) { w.span, w.tail = "bars:2.5", "2bars" }), nil, want(func(q *control.BounceRequest) {
			q.Range, q.Bars, q.TailBars = control.RangeBars, 2.5, 2
		})},
		"no tail": {with(func(w *bounceWords) { w.tail = "0" }), nil, plain},
		"stems": {with(func(w *bounceWords) { w.stems, w.tapped, w.tail, w.dir, w.keep = true, "post-fx", "3s", "out", true }), []string{"2", "selected"}, want(func(q *control.BounceRequest) {
			q.Source, q.Tap, q.TailSecs, q.Dir, q.KeepTracks, q.Tracks = live.BounceStems, live.TapPostFX, 3, here, true, []control.Ref{"2", "selected"}
		})},
		"flac": {with(func(w *bounceWords) { w.format, w.normalize = "flac", "-1dBTP" }), nil, want(func(q *control.BounceRequest) {
			q.Format, q.Normalize = "flac", "-1dBTP"
		})},
	} {
		got, err := bounceRequest(c.words, c.tracks)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, c.want)
		}
	}
	for name, w := range map[string]bounceWords{
		"tap":       with(func(w *bounceWords) { w.tapped = "pre-fx" }),
		"range":     with(func(w *bounceWords) { w.span = ".." }),
		"half":      with(func(w *bounceWords) { w.span = "A.." }),
		"no bars":   with(func(w *bounceWords) { w.span = "bars:" }),
		"NaN":       with(func(w *bounceWords) { w.span = "bars:NaN" }),
		"tail":      with(func(w *bounceWords) { w.tail = "-1bars" }),
		"format":    with(func(w *bounceWords) { w.format = "ogg" }),
		"normalize": with(func(w *bounceWords) { w.normalize = "loud" }),
	} {
		if _, err := bounceRequest(w, nil); exitCode(err) != exitUsage {
			t.Errorf("%s: %v", name, err)
		}
	}
}
