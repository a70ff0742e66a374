package cli

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/takebar/takebar/internal/control"
)

// meteredCore is a fakeCore that tells these levels, one after the other, and then ends.
type meteredCore struct {
	*fakeCore
	levels []control.Levels
}

func (m meteredCore) Levels(context.Context) (<-chan control.Levels, error) {
	out := make(chan control.Levels, len(m.levels))
	for _, l := range m.levels {
		out <- l
	}
	close(out)
	return out, nil
}

func level(core *fakeCore, track int, left, right float64) control.TrackLevel {
	return control.TrackLevel{ID: core.track(track).ID, Left: left, Right: right}
}

func TestLevels(t *testing.T) {
	fake := newFake()
	one := control.Levels{Tracks: []control.TrackLevel{level(fake, 0, 0.699, 0.6), level(fake, 1, 0, 0), {ID: "t99", Left: 1, Right: 1}}}
	none := control.Levels{Tracks: []control.TrackLevel{}}
	first, second := fake.track(0), fake.track(1)
	for _, c := range []struct {
		what        string
		json, watch bool
		levels      []control.Levels
		want        string
	}{
		{"table", false, false, []control.Levels{one}, "" +
			trackNumber(first) + " " + first.Name + " 70 60 " + strings.Repeat("#", 21) + strings.Repeat(".", 9) + " " +
			trackNumber(second) + " " + second.Name + " 0 0 " + strings.Repeat(".", 30)},
		{"nothing armed", false, false, []control.Levels{none}, "No track is armed."},
		{"lines", false, true, []control.Levels{one, none}, first.Name + " 70/60 " + second.Name + " 0/0 no track is armed"},
		{"JSON lines", true, true, []control.Levels{one, none}, `[{"number":"` + trackNumber(first) + `","name":"` + first.Name + `","id":"` + first.ID + `","left":0.699,"right":0.6},` +
			`{"number":"` + trackNumber(second) + `","name":"` + second.Name + `","id":"` + second.ID + `","left":0,"right":0}] []`},
	} {
		t.Run(c.what, func(t *testing.T) {
			var out, said bytes.Buffer
			r := &run{Program: fake.program(&out, &said, nil)}
			r.json = c.json
			err := r.levels(t.Context(), meteredCore{fake, c.levels}, c.watch)
			var ended *control.Error
			if c.watch != (errors.As(err, &ended) && ended.Code == control.CodeCoreGone) {
				t.Errorf("ended with %v", err)
			}
			text := strings.Join(strings.Fields(out.String()), " ")
			if _, after, ok := strings.Cut(text, "Left Right "); ok {
				text = after
			}
			if text != c.want {
				t.Errorf("got\n%s\nwant\n%s", text, c.want)
			}
		})
	}
}

func TestLevelsNotSupported(t *testing.T) {
	fake := newFake()
	o := fake.run(t, "levels")
	if o.code != exitFailed || !strings.Contains(o.String(), "tells no input levels") {
		t.Errorf("%d %s", o.code, o)
	}
}
