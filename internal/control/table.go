package control

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/takebar/takebar/bridge/live"
)

// Methods of the core's endpoint and their parameters. docs/core.md is the reference; server and client both go by this file.
type (
	refParams struct {
		Track Ref `json:"track"`
	}
	refsParams struct {
		Tracks []Ref `json:"tracks"`
	}
	monitorParams struct {
		Track Ref             `json:"track"`
		State live.Monitoring `json:"state"`
	}
	nameParams struct {
		Name string `json:"name"`
	}
	renameParams struct {
		Track Ref    `json:"track"`
		Name  string `json:"name"`
	}
	locateParams struct {
		Beats float64 `json:"beats"`
	}
	viewParams struct {
		View live.View `json:"view"`
	}
	takeParams struct {
		Take string `json:"take"` // id; for the library also number, name, path or "last"
	}
	slotParams struct {
		Track       Ref      `json:"track"`
		Scene       int      `json:"scene"` // from 0
		RecordBeats *float64 `json:"record_beats,omitempty"`
	}
	textParams struct {
		Text string `json:"text"`
	}
	tidyParams struct {
		Delete bool `json:"delete"`
	}
	pidParams struct {
		PID int `json:"pid"`
	}
	annotateParams struct {
		Take   string  `json:"take"`
		Note   *string `json:"note,omitempty"`
		Rating *int    `json:"rating,omitempty"`
	}
	renameTakeParams struct {
		Take string `json:"take"`
		Name string `json:"name"`
	}
	installParams struct {
		UserLibrary string `json:"user_library"`
	}
	quitParams struct {
		Force bool `json:"force"`
	}
	noParams struct{}
	nothing  struct{}
)

// handler carries out one method on a core.
type handler func(ctx context.Context, core Core, params json.RawMessage) (any, error)

// method makes a handler of a typed function. Unknown parameters are refused, so that a spelling mistake is never silently ignored.
func method[P, R any](f func(context.Context, Core, P) (R, error)) handler {
	return func(ctx context.Context, core Core, raw json.RawMessage) (any, error) {
		var p P
		deadline, raw, err := takeDeadline(raw)
		if err == nil && len(raw) > 0 {
			d := json.NewDecoder(bytes.NewReader(raw))
			d.DisallowUnknownFields()
			err = d.Decode(&p)
		}
		if err != nil {
			return nil, &Error{Code: CodeInvalid, Message: fmt.Sprintf("The parameters cannot be read: %v.", err), Hint: "docs/core.md lists them.", Err: err}
		}
		if !deadline.IsZero() {
			limited, cancel := context.WithDeadline(ctx, deadline)
			defer cancel()
			ctx = limited
		}
		r, err := f(ctx, core, p)
		if err != nil {
			return nil, err
		}
		return r, nil
	}
}

// takeDeadline takes the parameter that every method has out of params.
func takeDeadline(raw json.RawMessage) (time.Time, json.RawMessage, error) {
	if !bytes.Contains(raw, []byte(`"deadline"`)) {
		return time.Time{}, raw, nil
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		return time.Time{}, raw, err
	}
	var ms int64
	if d, ok := all["deadline"]; ok {
		if err := json.Unmarshal(d, &ms); err != nil {
			return time.Time{}, raw, fmt.Errorf("deadline: %w", err)
		}
		delete(all, "deadline")
	}
	rest, err := json.Marshal(all)
	if ms == 0 {
		return time.Time{}, rest, err
	}
	return millis(ms), rest, err
}

// done turns a function without a result into one with an empty object.
func done[P any](f func(context.Context, Core, P) error) func(context.Context, Core, P) (nothing, error) {
	return func(ctx context.Context, core Core, p P) (nothing, error) { return nothing{}, f(ctx, core, p) }
}

// plain is for methods of Core that take nothing but a context.
func plain(f func(Core, context.Context) error) handler {
	return method(done(func(ctx context.Context, core Core, _ noParams) error { return f(core, ctx) }))
}

func takeVerb(f func(Core, context.Context) (live.Take, error)) handler {
	return method(func(ctx context.Context, core Core, _ noParams) (live.Take, error) { return f(core, ctx) })
}

func entryVerb(f func(Core, context.Context, string) (LibraryTake, error)) handler {
	return method(func(ctx context.Context, core Core, p takeParams) (LibraryTake, error) { return f(core, ctx, p.Take) })
}

// bounceVerb is for the methods of BounceCore, which a core may lack.
func bounceVerb[P, R any](f func(BounceCore, context.Context, P) (R, error)) handler {
	return method(func(ctx context.Context, core Core, p P) (R, error) {
		b, ok := core.(BounceCore)
		if !ok {
			var none R
			return none, &Error{Code: CodeNotSupported, Message: "This Takebar cannot bounce.", Hint: "Record a take of the main output instead."}
		}
		return f(b, ctx, p)
	})
}

// table has every method of the endpoint but the subscription, which belongs to the connection.
func table() map[string]handler {
	return map[string]handler{
		"snapshot.get": method(func(_ context.Context, core Core, _ noParams) (Snapshot, error) { return core.Snapshot(), nil }),

		"track.arm": method(func(ctx context.Context, core Core, p ArmRequest) ([]live.Track, error) { return core.Arm(ctx, p) }),
		"track.disarm": method(func(ctx context.Context, core Core, p refsParams) ([]live.Track, error) {
			return core.Disarm(ctx, p.Tracks)
		}),
		"track.disarm_all": plain(Core.DisarmAll),
		"track.set_monitoring": method(done(func(ctx context.Context, core Core, p monitorParams) error {
			return core.SetMonitoring(ctx, p.Track, p.State)
		})),
		"track.routings": method(func(ctx context.Context, core Core, p refParams) (Routings, error) {
			return core.Routings(ctx, p.Track)
		}),
		"track.set_input_routing": method(done(func(ctx context.Context, core Core, p RoutingRequest) error { return core.SetInputRouting(ctx, p) })),
		"track.create_audio": method(func(ctx context.Context, core Core, p nameParams) (live.Track, error) {
			return core.CreateAudioTrack(ctx, p.Name)
		}),
		"track.rename": method(done(func(ctx context.Context, core Core, p renameParams) error {
			return core.RenameTrack(ctx, p.Track, p.Name)
		})),
		"track.select": method(done(func(ctx context.Context, core Core, p refParams) error { return core.SelectTrack(ctx, p.Track) })),

		"transport.play":     plain(Core.Play),
		"transport.continue": plain(Core.Continue),
		"transport.stop":     plain(Core.Stop),
		"transport.locate":   method(done(func(ctx context.Context, core Core, p locateParams) error { return core.Locate(ctx, p.Beats) })),
		"record.start":       method(done(func(ctx context.Context, core Core, p viewParams) error { return core.RecordStart(ctx, p.View) })),
		"record.stop":        plain(Core.RecordStop),

		"take.start":       method(func(ctx context.Context, core Core, p TakeRequest) (live.Take, error) { return core.StartTake(ctx, p) }),
		"take.stop":        takeVerb(Core.StopTake),
		"take.cancel":      takeVerb(Core.CancelTake),
		"take.toggle":      takeVerb(Core.Toggle),
		"take.wait_landed": entryVerb(Core.WaitLanded),

		"bounce.start":  bounceVerb(BounceCore.Bounce),
		"bounce.stop":   bounceVerb(func(b BounceCore, ctx context.Context, _ noParams) (live.Take, error) { return b.StopBounce(ctx) }),
		"bounce.cancel": bounceVerb(func(b BounceCore, ctx context.Context, _ noParams) (live.Take, error) { return b.CancelBounce(ctx) }),
		"bounce.tidy": bounceVerb(func(b BounceCore, ctx context.Context, p tidyParams) ([]live.Leftover, error) {
			return b.TidyBounces(ctx, p.Delete)
		}),
		"bounce.leave_set": bounceVerb(func(b BounceCore, ctx context.Context, p textParams) (nothing, error) {
			return nothing{}, b.LeaveSet(ctx, p.Text)
		}),

		"clip_slot.fire": method(done(func(ctx context.Context, core Core, p slotParams) error {
			return core.FireClip(ctx, p.Track, p.Scene, p.RecordBeats)
		})),
		"clip_slot.stop":    method(done(func(ctx context.Context, core Core, p slotParams) error { return core.StopClip(ctx, p.Track, p.Scene) })),
		"edit.undo":         plain(Core.Undo),
		"edit.redo":         plain(Core.Redo),
		"edit.capture_midi": plain(Core.CaptureMIDI),
		"app.message":       method(done(func(ctx context.Context, core Core, p textParams) error { return core.Message(ctx, p.Text) })),
		"app.dialog":        method(func(ctx context.Context, core Core, _ noParams) (Dialog, error) { return core.Dialog(ctx) }),

		"core.choose_live":  method(done(func(ctx context.Context, core Core, p pidParams) error { return core.ChooseLive(ctx, p.PID) })),
		"core.set_defaults": method(done(func(ctx context.Context, core Core, p Defaults) error { return core.SetDefaults(ctx, p) })),
		"core.install_script": method(func(ctx context.Context, core Core, p installParams) (Install, error) {
			return core.InstallScript(ctx, p.UserLibrary)
		}),
		"core.quit": method(done(func(ctx context.Context, core Core, p quitParams) error { return core.Quit(ctx, p.Force) })),

		"takes.list":    method(func(ctx context.Context, core Core, p TakeQuery) ([]LibraryTake, error) { return core.Takes(ctx, p) }),
		"takes.get":     entryVerb(Core.Take),
		"takes.trash":   entryVerb(Core.TrashTake),
		"takes.restore": entryVerb(Core.RestoreTake),
		"takes.rescue":  entryVerb(Core.RescueTake),
		"takes.annotate": method(func(ctx context.Context, core Core, p annotateParams) (LibraryTake, error) {
			return core.AnnotateTake(ctx, p.Take, p.Note, p.Rating)
		}),
		"takes.rename": method(func(ctx context.Context, core Core, p renameTakeParams) (LibraryTake, error) {
			return core.RenameTake(ctx, p.Take, p.Name)
		}),
	}
}
