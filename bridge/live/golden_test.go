package live_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/takebar/takebar/bridge/live"
)

type message struct {
	Name    string `json:"name"`
	Request *struct {
		Method string          `json:"method"`
		Params json.RawMessage `json:"params"`
	} `json:"request"`
	Response *struct {
		Result json.RawMessage `json:"result"`
		Error  json.RawMessage `json:"error"`
	} `json:"response"`
	Event *struct {
		Method string          `json:"method"`
		Params json.RawMessage `json:"params"`
	} `json:"event"`
}

func golden(t testing.TB) []message {
	t.Helper()
	f, err := os.Open("../../docs/golden/messages.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var all []message
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var m message
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			t.Fatalf("golden line %d: %v", len(all)+1, err)
		}
		all = append(all, m)
	}
	if len(all) < 40 {
		t.Fatalf("only %d golden messages", len(all))
	}
	return all
}

// recorder is a Caller that remembers what was asked and answers with a golden result, decoded strictly.
type recorder struct {
	t      *testing.T
	answer json.RawMessage
	method string
	params any
	result any
}

func (r *recorder) Call(_ context.Context, method string, params, result any) error {
	r.method, r.params, r.result = method, params, result
	strict(r.t, r.answer, result)
	return nil
}

func strict(t *testing.T, b []byte, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Errorf("decoding %s: %v", clip(b), err)
	}
}

func clip(b []byte) string { return string(b[:min(len(b), 200)]) }

func sameJSON(t *testing.T, what string, got any, want []byte) {
	t.Helper()
	b, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var g, w any
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(want, &w); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(g, w) {
		t.Errorf("%s:\n got %s\nwant %s", what, b, want)
	}
}

// param decodes golden params strictly, without the deadline that the link adds.
func param[P any](t *testing.T, raw json.RawMessage) P {
	t.Helper()
	var p P
	if len(raw) > 0 {
		strict(t, raw, &p)
	}
	return p
}

func calls(t *testing.T) map[string]func(context.Context, live.Calls, json.RawMessage) error {
	type run = func(context.Context, live.Calls, json.RawMessage) error
	take := func(f func(live.Calls, context.Context, live.TakeParams) (live.Take, error)) run {
		return func(ctx context.Context, c live.Calls, p json.RawMessage) error {
			_, err := f(c, ctx, param[live.TakeParams](t, p))
			return err
		}
	}
	bounce := func(f func(live.Calls, context.Context, live.BounceParams) (live.Take, error)) run {
		return func(ctx context.Context, c live.Calls, p json.RawMessage) error {
			_, err := f(c, ctx, param[live.BounceParams](t, p))
			return err
		}
	}
	return map[string]run{
		"ping": func(ctx context.Context, c live.Calls, _ json.RawMessage) error { _, err := c.Ping(ctx); return err },
		"state.get": func(ctx context.Context, c live.Calls, p json.RawMessage) error {
			_, err := c.StatePart(ctx, param[live.StateParams](t, p))
			return err
		},
		"state.subscribe": func(ctx context.Context, c live.Calls, _ json.RawMessage) error {
			_, err := c.Subscribe(ctx)
			return err
		},
		"state.unsubscribe": func(ctx context.Context, c live.Calls, _ json.RawMessage) error {
			return c.Unsubscribe(ctx)
		},
		"levels.subscribe":   func(ctx context.Context, c live.Calls, _ json.RawMessage) error { return c.WatchLevels(ctx) },
		"levels.unsubscribe": func(ctx context.Context, c live.Calls, _ json.RawMessage) error { return c.IgnoreLevels(ctx) },
		"track.arm": func(ctx context.Context, c live.Calls, p json.RawMessage) error {
			_, err := c.Arm(ctx, param[live.ArmParams](t, p))
			return err
		},
		"track.disarm": func(ctx context.Context, c live.Calls, p json.RawMessage) error {
			_, err := c.Disarm(ctx, param[live.TracksParams](t, p))
			return err
		},
		"track.disarm_all": func(ctx context.Context, c live.Calls, _ json.RawMessage) error {
			_, err := c.DisarmAll(ctx)
			return err
		},
		"track.set_monitoring": func(ctx context.Context, c live.Calls, p json.RawMessage) error {
			_, err := c.SetMonitoring(ctx, param[live.MonitoringParams](t, p))
			return err
		},
		"track.routings": func(ctx context.Context, c live.Calls, p json.RawMessage) error {
			_, err := c.Routings(ctx, param[live.TrackParams](t, p))
			return err
		},
		"track.set_input_routing": func(ctx context.Context, c live.Calls, p json.RawMessage) error {
			_, err := c.SetInputRouting(ctx, param[live.RoutingParams](t, p))
			return err
		},
		"track.create_audio": func(ctx context.Context, c live.Calls, p json.RawMessage) error {
			_, err := c.CreateAudio(ctx, param[live.CreateAudioParams](t, p))
			return err
		},
		"track.rename": func(ctx context.Context, c live.Calls, p json.RawMessage) error {
			_, err := c.Rename(ctx, param[live.RenameParams](t, p))
			return err
		},
		"track.select": func(ctx context.Context, c live.Calls, p json.RawMessage) error {
			return c.Select(ctx, param[live.TrackParams](t, p))
		},
		"transport.play": func(ctx context.Context, c live.Calls, _ json.RawMessage) error { _, err := c.Play(ctx); return err },
		"transport.continue": func(ctx context.Context, c live.Calls, _ json.RawMessage) error {
			_, err := c.Continue(ctx)
			return err
		},
		"transport.stop": func(ctx context.Context, c live.Calls, _ json.RawMessage) error { _, err := c.Stop(ctx); return err },
		"transport.locate": func(ctx context.Context, c live.Calls, p json.RawMessage) error {
			_, err := c.Locate(ctx, param[live.LocateParams](t, p))
			return err
		},
		"transport.set_loop": func(ctx context.Context, c live.Calls, p json.RawMessage) error {
			_, err := c.SetLoop(ctx, param[live.LoopParams](t, p))
			return err
		},
		"transport.cue_points": func(ctx context.Context, c live.Calls, _ json.RawMessage) error {
			_, err := c.CuePoints(ctx)
			return err
		},
		"record.start": func(ctx context.Context, c live.Calls, p json.RawMessage) error {
			_, err := c.RecordStart(ctx, param[live.RecordParams](t, p))
			return err
		},
		"record.stop": func(ctx context.Context, c live.Calls, _ json.RawMessage) error {
			_, err := c.RecordStop(ctx)
			return err
		},
		"take.start": func(ctx context.Context, c live.Calls, p json.RawMessage) error {
			_, err := c.TakeStart(ctx, param[live.TakeStartParams](t, p))
			return err
		},
		"take.stop":   take(live.Calls.TakeStop),
		"take.cancel": take(live.Calls.TakeCancel),
		"take.get":    take(live.Calls.TakeGet),
		"take.list": func(ctx context.Context, c live.Calls, _ json.RawMessage) error {
			_, err := c.TakeList(ctx)
			return err
		},
		"bounce.start": func(ctx context.Context, c live.Calls, p json.RawMessage) error {
			_, err := c.BounceStart(ctx, param[live.BounceStartParams](t, p))
			return err
		},
		"bounce.stop":   bounce(live.Calls.BounceStop),
		"bounce.cancel": bounce(live.Calls.BounceCancel),
		"bounce.get":    bounce(live.Calls.BounceGet),
		"bounce.list": func(ctx context.Context, c live.Calls, _ json.RawMessage) error {
			_, err := c.BounceList(ctx)
			return err
		},
		"bounce.tidy": func(ctx context.Context, c live.Calls, p json.RawMessage) error {
			_, err := c.BounceTidy(ctx, param[live.TidyParams](t, p))
			return err
		},
		"bounce.leave_set": func(ctx context.Context, c live.Calls, p json.RawMessage) error {
			return c.BounceLeaveSet(ctx, param[live.LeaveSetParams](t, p))
		},
		"clip_slot.fire": func(ctx context.Context, c live.Calls, p json.RawMessage) error {
			return c.FireSlot(ctx, param[live.FireParams](t, p))
		},
		"clip_slot.stop": func(ctx context.Context, c live.Calls, p json.RawMessage) error {
			return c.StopSlot(ctx, param[live.Slot](t, p))
		},
		"edit.undo":         func(ctx context.Context, c live.Calls, _ json.RawMessage) error { _, err := c.Undo(ctx); return err },
		"edit.redo":         func(ctx context.Context, c live.Calls, _ json.RawMessage) error { _, err := c.Redo(ctx); return err },
		"edit.capture_midi": func(ctx context.Context, c live.Calls, _ json.RawMessage) error { return c.CaptureMIDI(ctx) },
		"app.message": func(ctx context.Context, c live.Calls, p json.RawMessage) error {
			return c.Message(ctx, param[live.MessageParams](t, p))
		},
		"app.dialog": func(ctx context.Context, c live.Calls, _ json.RawMessage) error { _, err := c.Dialog(ctx); return err },
	}
}

// TestGoldenCalls sends every golden request through its typed call and compares what the wire would carry, both ways.
func TestGoldenCalls(t *testing.T) {
	table := calls(t)
	seen := map[string]bool{"hello": true} // tested where the connection is
	for _, m := range golden(t) {
		if m.Request == nil || m.Response == nil || m.Response.Error != nil || m.Request.Method == "hello" {
			continue
		}
		seen[m.Request.Method] = true
		t.Run(m.Name, func(t *testing.T) {
			run, ok := table[m.Request.Method]
			if !ok {
				t.Fatalf("no typed call for %s", m.Request.Method)
			}
			params := without(t, m.Request.Params, "deadline")
			r := &recorder{t: t, answer: m.Response.Result}
			if err := run(t.Context(), live.Calls{Caller: r}, params); err != nil {
				t.Fatal(err)
			}
			if r.method != m.Request.Method {
				t.Errorf("called %s, want %s", r.method, m.Request.Method)
			}
			if len(params) > 0 && string(params) != "{}" {
				sameJSON(t, "params", r.params, params)
			}
			sameJSON(t, "result", r.result, m.Response.Result)
		})
	}
	for method := range table {
		if !seen[method] {
			t.Errorf("no golden message for %s", method)
		}
	}
}

// TestDocumentedMethods holds the typed calls against the example lines of docs/protocol.md.
func TestDocumentedMethods(t *testing.T) {
	doc, err := os.ReadFile("../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	table := calls(t)
	for line := range strings.Lines(string(doc)) {
		body, ok := strings.CutPrefix(line, "→ ")
		if !ok {
			continue
		}
		var req struct {
			Method string `json:"method"`
		}
		if err := json.Unmarshal([]byte(body), &req); err != nil {
			t.Errorf("example %q: %v", line, err)
		}
		if _, ok := table[req.Method]; !ok && req.Method != "hello" {
			t.Errorf("docs/protocol.md shows %s, which has no typed call", req.Method)
		}
	}
}

func without(t *testing.T, raw json.RawMessage, key string) json.RawMessage {
	t.Helper()
	if len(raw) == 0 {
		return nil
	}
	var m map[string]json.RawMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	delete(m, key)
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestGoldenEvents(t *testing.T) {
	n := 0
	for _, m := range golden(t) {
		if m.Event == nil || m.Event.Method != "state.changed" {
			continue
		}
		n++
		var d live.Delta
		strict(t, m.Event.Params, &d)
		sameJSON(t, "delta", d, m.Event.Params)
	}
	if n == 0 {
		t.Fatal("no golden event")
	}
}

// bigSet answers state.get in parts of two tracks; its revision changes while the first parts are read.
type bigSet struct {
	tracks []live.Track
	asked  int
	calm   int // after so many questions
}

func (b *bigSet) Call(_ context.Context, method string, params, result any) error {
	b.asked++
	from := 0
	if p, ok := params.(live.StateParams); ok {
		from = p.From
	}
	r := result.(*live.StateResult)
	r.Revision = uint64(min(b.asked, b.calm))
	end := min(from+2, len(b.tracks))
	r.State.Tracks = append([]live.Track(nil), b.tracks[from:end]...)
	if end < len(b.tracks) {
		r.Next = end
	}
	if method != "state.get" {
		return errors.New(method)
	}
	return nil
}

func TestStateInParts(t *testing.T) {
	for _, calm := range []int{1, 5, 1000} {
		set := &bigSet{calm: calm}
		for i := range 7 {
			set.tracks = append(set.tracks, live.Track{ID: fmt.Sprintf("t%d", i)})
		}
		r, err := live.Calls{Caller: set}.State(t.Context())
		if err != nil || !reflect.DeepEqual(r.State.Tracks, set.tracks) || r.Next != 0 {
			t.Errorf("calm after %d: %v %+v", calm, err, r)
		}
		if calm == 1 && set.asked != 4 {
			t.Errorf("asked %d times, want 4", set.asked)
		}
	}
}

func TestGoldenLevels(t *testing.T) {
	n := 0
	for _, m := range golden(t) {
		if m.Event == nil || m.Event.Method != "levels.changed" {
			continue
		}
		n++
		var l live.Levels
		strict(t, m.Event.Params, &l)
		sameJSON(t, "levels", l, m.Event.Params)
	}
	if n == 0 {
		t.Fatal("no golden levels")
	}
}
