package live_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/takebar/takebar/bridge/live"
)

func sample(t testing.TB) live.State {
	t.Helper()
	for _, m := range golden(t) {
		if m.Name == "state.subscribe" {
			var r live.StateResult
			if err := json.Unmarshal(m.Response.Result, &r); err != nil {
				t.Fatal(err)
			}
			return r.State
		}
	}
	t.Fatal("no golden state")
	return live.State{}
}

func decode(t testing.TB, s string) live.Delta {
	t.Helper()
	var d live.Delta
	if err := json.Unmarshal([]byte(s), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestApply(t *testing.T) {
	tests := map[string]struct {
		delta string
		check func(t *testing.T, before, after live.State)
	}{
		"one field of one section": {
			`{"revision":13,"changed":{"record":{"record_mode":true}}}`,
			func(t *testing.T, before, after live.State) {
				want := before
				want.Record.RecordMode = true
				equal(t, after, want)
				if &before.Tracks[0] != &after.Tracks[0] {
					t.Error("the unchanged track list was copied")
				}
			},
		},
		"a field back to its zero": {
			`{"revision":13,"changed":{"transport":{"metronome":false,"tempo":0}}}`,
			func(t *testing.T, before, after live.State) {
				want := before
				want.Transport.Metronome, want.Transport.Tempo = false, 0
				equal(t, after, want)
			},
		},
		"null makes nil": {
			`{"revision":13,"changed":{"set":{"name":null},"tracks":{"changed":[{"id":"t3","input_routing_channel":null,"input_routing_type":null}]}}}`,
			func(t *testing.T, before, after live.State) {
				v, _ := after.TrackByID("t3")
				if after.Set.Name != nil || after.Set.Path == nil || v.InputRoutingChannel != nil || v.InputRoutingType != nil {
					t.Errorf("set %v, track %+v", after.Set, v)
				}
				if old, _ := before.TrackByID("t3"); old.InputRoutingChannel == nil {
					t.Error("the old state changed")
				}
			},
		},
		"null where there is no nil counts as left out": {
			`{"revision":13,"changed":{"transport":{"tempo":null},"tracks":{"changed":[{"id":"t3","name":null}]}}}`,
			func(t *testing.T, before, after live.State) { equal(t, after, before) },
		},
		"armed track": {
			`{"revision":13,"changed":{"tracks":{"changed":[{"id":"t1","arm":true}]}}}`,
			func(t *testing.T, before, after live.State) {
				if v, _ := after.TrackByID("t1"); !v.Arm {
					t.Error("not armed")
				}
				if v, _ := before.TrackByID("t1"); v.Arm {
					t.Error("the old state changed")
				}
			},
		},
		"moved": {
			`{"revision":13,"changed":{"tracks":{"changed":[{"id":"t1","index":2},{"id":"t2","index":0},{"id":"t3","index":1}]}}}`,
			func(t *testing.T, _, after live.State) {
				ids(t, after, "t2", "t3", "t1", "t4", "t5", "t6", "t7", "t8")
			},
		},
		"new track stands before the returns; removed ones go": {
			`{"revision":13,"changed":{"tracks":{"changed":[{"id":"t9","index":5,"name":"Takebar Main","kind":"audio"},{"id":"t6","index":4}],"removed":["t5","nope"]}}}`,
			func(t *testing.T, _, after live.State) {
				ids(t, after, "t1", "t2", "t3", "t4", "t6", "t9", "t7", "t8")
			},
		},
		"take gone": {
			`{"revision":13,"changed":{"take":null}}`,
			func(t *testing.T, before, after live.State) {
				if after.Take != nil || before.Take == nil {
					t.Error("take")
				}
			},
		},
		"fields, sections and lists of a newer script are ignored": {
			`{"revision":13,"changed":{"weather":{"rain":true},"record":{"overdub":true},"tracks":{"changed":[{"id":"t1","volume":0.5}]}},"extra":1}`,
			func(t *testing.T, before, after live.State) { equal(t, after, before) },
		},
		"nothing": {
			`{"revision":13,"changed":{}}`,
			func(t *testing.T, before, after live.State) { equal(t, after, before) },
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			before, pristine := sample(t), sample(t)
			after := live.Apply(before, decode(t, tt.delta))
			equal(t, before, pristine)
			tt.check(t, before, after)
		})
	}
}

func TestApplyEverySection(t *testing.T) {
	s := live.Apply(live.State{}, decode(t, `{"revision":1,"changed":{
		"link":{"live":"12.3.6","python":"3.11.6","script":"1.0.0","protocol":1,"pid":7,"started":9},
		"set":{"id":"s1","name":"Song","path":"/x.als"},
		"transport":{"is_playing":true,"is_counting_in":true,"current_song_time":1.5,"tempo":99,"signature_numerator":3,"signature_denominator":8,"loop":true,"loop_start":1,"loop_length":2,"punch_in":true,"punch_out":true,"metronome":true,"count_in_duration":2,"last_event_time":7,"can_undo":true,"can_redo":false,"can_capture_midi":true},
		"record":{"record_mode":true,"session_record":true,"session_record_status":2,"exclusive_arm":true},
		"app":{"average_process_usage":12.5,"open_dialog_count":1,"current_dialog_message":"Save?"},
		"tracks":{"changed":[{"id":"t1","index":1,"name":"A","kind":"audio","color":1,"can_be_armed":true,"arm":true,"implicit_arm":true,"current_monitoring_state":2,"mute":true,"solo":true,"group_track":"t0","is_frozen":true,"input_routing_type":{"display_name":"x","category":"none"},"input_routing_channel":"1","selected":true}]},
		"take":{"id":"k","phase":"recording"}}}`))
	if zero := zeroFields(reflect.ValueOf(s), "state"); len(zero) > 0 {
		// a Take that only has an id and a phase is whole enough for this test
		for _, f := range zero {
			if len(f) < len("state.Take") || f[:len("state.Take")] != "state.Take" {
				t.Errorf("%s was not taken over", f)
			}
		}
	}
}

// zeroFields lists the fields that are zero, so that a forgotten one shows. CanRedo is false on purpose, behind a pointer.
func zeroFields(v reflect.Value, path string) []string {
	switch v.Kind() {
	case reflect.Struct:
		var all []string
		for i := range v.NumField() {
			all = append(all, zeroFields(v.Field(i), path+"."+v.Type().Field(i).Name)...)
		}
		return all
	case reflect.Slice:
		if v.Len() == 0 {
			return []string{path}
		}
		return zeroFields(v.Index(0), path+"[0]")
	case reflect.Pointer:
		if v.IsNil() {
			return []string{path}
		}
		if v.Elem().Kind() == reflect.Struct {
			return zeroFields(v.Elem(), path)
		}
		return nil
	default:
		if v.IsZero() {
			return []string{path}
		}
		return nil
	}
}

func TestCheck(t *testing.T) {
	s := sample(t)
	for delta, fits := range map[string]bool{
		`{"revision":1,"changed":{}}`: true,
		`{"revision":1,"changed":{"tracks":{"changed":[{"id":"t1","arm":true}]}}}`:                           true,
		`{"revision":1,"changed":{"tracks":{"changed":[{"id":"t99","arm":true}]}}}`:                          false,
		`{"revision":1,"changed":{"tracks":{"changed":[{"id":"t99","index":1,"name":"x","kind":"audio"}]}}}`: true,
		`{"revision":1,"changed":{"tracks":{"changed":[{"arm":true}]}}}`:                                     false,
		`{"revision":1,"changed":{"tracks":{"removed":["t99"]}}}`:                                            true,
	} {
		if err := decode(t, delta).Check(s); (err == nil) != fits {
			t.Errorf("%s: %v", delta, err)
		}
	}
}

func FuzzDelta(f *testing.F) {
	for _, m := range golden(f) {
		if m.Event != nil && m.Event.Method == "state.changed" {
			f.Add([]byte(m.Event.Params))
		}
	}
	f.Add([]byte(`{"revision":1,"changed":{"tracks":{"changed":[{"id":"t1","index":-5},{"id":"t1","kind":"main"}],"removed":["t1","t1"]}}}`))
	base, pristine := sample(f), sample(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		var d live.Delta
		if json.Unmarshal(data, &d) != nil {
			return
		}
		after := live.Apply(base, d)
		if !reflect.DeepEqual(base, pristine) {
			t.Fatal("Apply changed its input")
		}
		again := live.Apply(live.Apply(base, d), d)
		if d.Check(base) == nil && d.Check(after) == nil && !reflect.DeepEqual(again, after) {
			t.Fatal("applying a change twice is not the same as once")
		}
		if out, err := json.Marshal(d); err != nil {
			t.Fatal(err)
		} else {
			var back live.Delta
			if err := json.Unmarshal(out, &back); err != nil || !reflect.DeepEqual(live.Apply(base, back), after) {
				t.Fatalf("does not survive encoding: %s (%v)", out, err)
			}
		}
	})
}

func equal(t *testing.T, got, want live.State) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		g, _ := json.Marshal(got)
		w, _ := json.Marshal(want)
		t.Errorf("\n got %s\nwant %s", g, w)
	}
}

func ids(t *testing.T, s live.State, want ...string) {
	t.Helper()
	got := make([]string, 0, len(want))
	for _, tr := range s.Tracks {
		got = append(got, tr.ID)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}
