package control

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/takebar/takebar/bridge/live"
)

// bouncing notes what is asked of a BounceCore; the rest of it is never called.
type bouncing struct {
	Core
	asked []string
}

func (b *bouncing) Bounce(_ context.Context, r BounceRequest) (Bounced, error) {
	b.asked = append(b.asked, fmt.Sprintf("bounce %s %t %s %s %t", r.ID, r.TakeUp, r.Bits, r.Quality, r.Trim))
	return Bounced{ID: r.ID}, nil
}

func (b *bouncing) StopBounce(context.Context) (live.Take, error) {
	b.asked = append(b.asked, "stop")
	return live.Take{}, nil
}

func (b *bouncing) CancelBounce(context.Context) (live.Take, error) {
	b.asked = append(b.asked, "cancel")
	return live.Take{}, nil
}

func (b *bouncing) LeaveSet(_ context.Context, message string) error {
	b.asked = append(b.asked, "leave "+message)
	return nil
}

func (b *bouncing) TidyBounces(_ context.Context, remove bool) ([]live.Leftover, error) {
	b.asked = append(b.asked, fmt.Sprint("tidy ", remove))
	return []live.Leftover{{ID: "t1", Name: "Bounce Main"}}, nil
}

func TestBouncesOverTheEndpoint(t *testing.T) {
	core := &bouncing{}
	for _, c := range []struct{ method, params string }{
		{"bounce.start", `{"id":"x","take_up":true,"bits":"16","quality":"V2","trim":true}`},
		{"bounce.stop", ``},
		{"bounce.cancel", ``},
		{"bounce.leave_set", `{"text":"Save changes?"}`},
		{"bounce.tidy", `{"delete":true}`},
		{"bounce.tidy", `{}`},
	} {
		if _, err := table()[c.method](t.Context(), core, json.RawMessage(c.params)); err != nil {
			t.Errorf("%s: %v", c.method, err)
		}
	}
	if want := []string{"bounce x true 16 V2 true", "stop", "cancel", "leave Save changes?", "tidy true", "tidy false"}; !reflect.DeepEqual(core.asked, want) {
		t.Errorf("asked %q, want %q", core.asked, want)
	}
	type plain struct{ Core }
	if _, err := table()["bounce.tidy"](t.Context(), plain{}, nil); codeOf(err) != CodeNotSupported {
		t.Errorf("a core without bounces: %v", err)
	}
}

func TestLeftoverNotice(t *testing.T) {
	var tracks []live.Leftover
	for i, want := range []string{"delete Bounce 1.", "delete Bounce 1 and Bounce 2.", "delete Bounce 1, Bounce 2 and 1 more.", "delete Bounce 1, Bounce 2 and 2 more."} {
		tracks = append(tracks, live.Leftover{Name: fmt.Sprint("Bounce ", i+1)})
		if n := leftoverNotice(tracks); !strings.Contains(n.Text, want) || n.Kind != NoticeWarning || n.Title == "" {
			t.Errorf("%d tracks: %+v", i+1, n)
		}
	}
	for name, kind := range map[string]live.TrackKind{"Bouncer": live.KindAudio, "Bounce Main": live.KindMIDI, "Main": live.KindAudio} {
		if looksBounced([]live.Track{{Name: name, Kind: kind}}) {
			t.Errorf("%s of kind %s looks like one of a bounce", name, kind)
		}
	}
	if !looksBounced([]live.Track{{Name: "Vox", Kind: live.KindAudio}, {Name: "Bounce Main", Kind: live.KindAudio}}) {
		t.Error("the track of a bounce is overlooked")
	}
}
