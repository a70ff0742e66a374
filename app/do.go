package app

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
)

// Tools are what intents need besides the core.
type Tools struct {
	Files Files
	// Export makes export attempts; nil where this program has none.
	Export Exporter
	// Windows opens pages of the window; nil where this program has none.
	Windows Windows
}

// Outcome is what an intent leaves behind for the menu that it came from. The zero Outcome is a plain success that the
// Snapshot shows by itself.
type Outcome struct {
	Announce Notification // to be shown if it has a title
	Install  *control.Install
	Trashed  *TrashedTake
	Restored bool // what was trashed last is back
}

// Do carries out one intent and waits for its verdict. Errors are sentences for the user; an *control.Error also says what to do.
func Do(ctx context.Context, core control.Core, tools Tools, in Intent) (Outcome, error) {
	var err error
	switch in.Verb {
	case TakeStart:
		_, err = core.StartTake(ctx, control.TakeRequest{})
	case TakeStop:
		_, err = core.StopTake(ctx)
	case TakeCancel:
		return cancel(ctx, core)
	case TransportPlay:
		err = core.Play(ctx)
	case TransportStop:
		err = core.Stop(ctx)
	case SetSource, SetView:
		err = setDefaults(ctx, core, in)
	case ArmTrack, DisarmTrack, ArmSelected, DisarmAll:
		err = armTracks(ctx, core, in)
	case ChooseLive:
		err = chooseLive(ctx, core, in.Target)
	case InstallScript:
		return install(ctx, core)
	case TrashTake, RestoreTake:
		return trash(ctx, core, in)
	case RevealTake, PlayTake, CopyTakePath:
		err = takeFile(ctx, core, tools.Files, in)
	case OpenTakes:
		err = tools.Files.OpenFolder(ctx, in.Target)
	case ExportAttempt, ExportDryRun, ExportStop, ExportRehearse, ExportRunBatch, ExportSwitchOn, ExportSwitchOff:
		return export(ctx, tools, in)
	case OpenWindow:
		if tools.Windows == nil {
			return Outcome{}, noWindows()
		}
		err = tools.Windows.Open(ctx, in.Target)
	case BounceStart, BounceStop:
		err = bounce(ctx, core, in)
	case Quit:
		err = core.Quit(ctx, false)
	case QuitAnyway:
		err = core.Quit(ctx, true)
	case StopThenQuit:
		err = stopThenQuit(ctx, core)
	default:
		err = fmt.Errorf("unknown intent %q", in)
	}
	return Outcome{}, err
}

func armTracks(ctx context.Context, core control.Core, in Intent) (err error) {
	switch in.Verb {
	case ArmTrack:
		_, err = core.Arm(ctx, control.ArmRequest{Tracks: []control.Ref{trackRef(in.Target)}})
	case ArmSelected:
		_, err = core.Arm(ctx, control.ArmRequest{Tracks: []control.Ref{"selected"}})
	case DisarmTrack:
		_, err = core.Disarm(ctx, []control.Ref{trackRef(in.Target)})
	default:
		err = core.DisarmAll(ctx)
	}
	return err
}

// trackRef names a track by its id.
func trackRef(id string) control.Ref { return control.Ref("#" + id) }

// cancel says where the audio is: nobody should think that it is gone, nor look for it among the takes.
func cancel(ctx context.Context, core control.Core) (Outcome, error) {
	t, err := core.CancelTake(ctx)
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{Announce: Notification{Key: t.ID, Title: "Take discarded", Text: "Its audio file stays in the Live project, in Samples/Recorded."}}, nil
}

func setDefaults(ctx context.Context, core control.Core, in Intent) error {
	d := core.Snapshot().Settings.Defaults
	if in.Verb == SetSource {
		d.Source = live.SourceKind(in.Target)
	} else {
		d.View = live.View(in.Target)
	}
	return core.SetDefaults(ctx, d)
}

func chooseLive(ctx context.Context, core control.Core, target string) error {
	pid, err := strconv.Atoi(target)
	if err != nil {
		return fmt.Errorf("read process id %q: %w", target, err)
	}
	return core.ChooseLive(ctx, pid)
}

func install(ctx context.Context, core control.Core) (Outcome, error) {
	in, err := core.InstallScript(ctx, "")
	if err != nil {
		return Outcome{}, err
	}
	title := "Script " + in.Version + " installed"
	if !in.Changed {
		title = "The script is up to date"
	}
	text := in.NextSteps
	if text == "" {
		text = "Restart Live, then choose Takebar as Control Surface in Settings › Link, Tempo & MIDI."
	}
	return Outcome{Install: &in, Announce: Notification{Key: "setup", Title: title, Text: text, Paths: []string{in.Folder}}}, nil
}

func trash(ctx context.Context, core control.Core, in Intent) (Outcome, error) {
	if in.Verb == RestoreTake {
		t, err := core.RestoreTake(ctx, in.Target)
		if err != nil {
			return Outcome{}, err
		}
		return Outcome{Restored: true, Announce: Notification{Key: in.Target, Title: "Take restored", Text: takeName(t), Paths: t.Paths}}, nil
	}
	t, err := core.TrashTake(ctx, in.Target)
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{
		Trashed:  &TrashedTake{ID: in.Target, Name: takeName(t)},
		Announce: Notification{Key: in.Target, Title: "Take discarded", Text: takeName(t) + " is in Takebar's trash. Last Take › Restore brings it back."},
	}, nil
}

func takeFile(ctx context.Context, core control.Core, files Files, in Intent) error {
	t, err := core.Take(ctx, in.Target)
	if err != nil {
		return err
	}
	if len(t.Paths) == 0 {
		if in.Verb == RevealTake && t.Sidecar != "" {
			return files.Reveal(ctx, []string{t.Sidecar})
		}
		return &control.Error{Code: "no_file", Message: fmt.Sprintf("%s has no audio file.", takeName(t)), Hint: "Look at its folder: " + t.Folder}
	}
	switch in.Verb {
	case RevealTake:
		return files.Reveal(ctx, t.Paths)
	case CopyTakePath:
		return files.Copy(ctx, strings.Join(t.Paths, "\n"))
	default:
		n, err := strconv.Atoi(in.Option)
		if err != nil || n < 0 || n >= len(t.Paths) {
			return &control.Error{Code: "not_found", Message: "That file is not part of the take any more.", Hint: "Look at its folder: " + filepath.Dir(t.Paths[0])}
		}
		return files.Play(ctx, t.Paths[n])
	}
}

// stopThenQuit keeps the program running where the take could not be brought home, so that the user sees why.
func stopThenQuit(ctx context.Context, core control.Core) error {
	t, err := core.StopTake(ctx)
	if err != nil {
		return err
	}
	if _, err := core.WaitLanded(ctx, t.ID); err != nil {
		return err
	}
	return core.Quit(ctx, false)
}
