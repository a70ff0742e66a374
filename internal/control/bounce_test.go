package control

import (
	"errors"
	"reflect"
	"testing"

	"github.com/takebar/takebar/bridge/live"
)

var cues = []live.CuePoint{{Time: 8, Name: "Verse"}, {Time: 0, Name: "Intro"}, {Time: 24, Name: "Outro"}, {Time: 40, Name: "verse"}}

func TestSectionsOf(t *testing.T) {
	for name, c := range map[string]struct {
		cues          []live.CuePoint
		end           float64
		start, length float64
		cuts          []float64
		sections      []string
		fails         bool
	}{
		"to the end":         {cues: cues, end: 48, length: 48, cuts: []float64{8, 24, 40}, sections: []string{"01 Intro", "02 Verse", "03 Outro", "04 verse"}},
		"the last one ends":  {cues: cues, end: 40, length: 40, cuts: []float64{8, 24}, sections: []string{"01 Intro", "02 Verse", "03 Outro"}},
		"beyond the end":     {cues: cues, end: 10, length: 40, cuts: []float64{8, 24}, sections: []string{"01 Intro", "02 Verse", "03 Outro"}},
		"not from the start": {cues: cues[:1], end: 20, start: 8, length: 12, sections: []string{"01 Verse"}},
		"two at one place":   {cues: []live.CuePoint{{Time: 4, Name: "A"}, {Time: 4, Name: "B"}}, end: 8, start: 4, length: 4, sections: []string{"01 A"}},
		"without a name":     {cues: []live.CuePoint{{Time: 4}}, end: 8, start: 4, length: 4, sections: []string{"01"}},
		"nothing after it":   {cues: cues[:1], end: 8, fails: true},
		"an empty set":       {cues: cues[:1], end: 0, fails: true},
	} {
		start, length, cuts, sections, err := sectionsOf(c.cues, c.end)
		if c.fails {
			if err == nil {
				t.Errorf("%s: no error", name)
			}
			continue
		}
		if err != nil || start != c.start || length != c.length || !reflect.DeepEqual(cuts, c.cuts) || !reflect.DeepEqual(sections, c.sections) {
			t.Errorf("%s: %g + %g, %v, %q, %v", name, start, length, cuts, sections, err)
		}
	}
}

func TestBetween(t *testing.T) {
	for _, c := range []struct {
		from, to      string
		start, length float64
		code          string
	}{
		{"Intro", "Outro", 0, 24, ""},
		{"Verse", "verse", 8, 32, ""}, // exact before similar
		{" intro ", "OUTRO", 0, 24, ""},
		{"Outro", "Intro", 0, 0, CodeInvalid},
		{"Intro", "Intro", 0, 0, CodeInvalid},
		{"Intro", "Bridge", 0, 0, CodeNotFound},
		{"VERSE", "Outro", 0, 0, CodeAmbiguous},
	} {
		start, length, _, _, err := between(cues, c.from, c.to)
		if codeOf(err) != c.code || err == nil && (start != c.start || length != c.length) {
			t.Errorf("%s..%s: %g + %g, %v", c.from, c.to, start, length, err)
		}
	}
}

func TestRangeOf(t *testing.T) {
	c := &Controller{}
	transport := live.Transport{Tempo: 120, SignatureNumerator: 6, SignatureDenominator: 8, LastEventTime: 64, LoopStart: 4, LoopLength: 8, CurrentSongTime: 12}
	for _, test := range []struct {
		r             BounceRequest
		start, length float64
		fails         bool
	}{
		{BounceRequest{}, 0, 64, false},
		{BounceRequest{Range: RangeSet}, 0, 64, false},
		{BounceRequest{Range: RangeLoop}, 4, 8, false},
		{BounceRequest{Range: RangeBars, Bars: 2}, 12, 6, false},
		{BounceRequest{Range: RangeBars}, 0, 0, true},
		{BounceRequest{Range: RangeBars, Bars: -1}, 0, 0, true},
		{BounceRequest{Range: "sideways"}, 0, 0, true},
	} {
		start, length, _, sections, err := c.rangeOf(t.Context(), transport, test.r)
		if (err != nil) != test.fails || err == nil && (start != test.start || length != test.length || len(sections) != 1) {
			t.Errorf("%+v: %g + %g, %q, %v", test.r, start, length, sections, err)
		}
	}
	transport.LastEventTime = 0
	var refused *Error
	if _, _, _, _, err := c.rangeOf(t.Context(), transport, BounceRequest{}); !errors.As(err, &refused) || refused.Code != "nothing_to_bounce" {
		t.Errorf("an empty set: %v", err)
	}
}
