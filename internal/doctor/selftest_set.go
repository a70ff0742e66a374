package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/audio"
)

// changing tries out what can only be tried by doing it: on a track of its own, which it takes back by undo. It does not begin while
// Live plays, records or asks something.
func (t *tester) changing(ctx context.Context, yes bool) {
	result, err := t.State(ctx)
	switch s := result.State; {
	case err != nil:
		t.out.NotRun = fmt.Sprintf("The tests on a track of their own did not run: the state cannot be read (%v).", err)
	case s.Transport.IsPlaying || s.Transport.IsCountingIn || s.Record.RecordMode || s.Record.SessionRecordStatus != 0:
		t.out.NotRun = "The tests on a track of their own did not run: Live is playing or recording. Stop it, then run this again."
	case s.Take != nil && !s.Take.Phase.Ended():
		t.out.NotRun = "The tests on a track of their own did not run: a take is running."
	case s.App.OpenDialogCount != nil && *s.App.OpenDialogCount > 0:
		t.out.NotRun = "The tests on a track of their own did not run: Live shows a dialog. Answer it, then run this again."
	case !yes:
		t.out.NotRun = "The tests on a track of their own did not run. They make one audio track, record two takes of a second on it and undo all of it;\n" +
			"a set that you can do without, or have saved, is best. To run them: takebar doctor --live --yes"
	default:
		t.onOwnTrack(ctx, s)
	}
}

func (t *tester) onOwnTrack(ctx context.Context, before live.State) {
	t.say("Trying things out on a track of its own.")
	if !t.undoWorks(ctx, before) {
		return
	}
	track, ok := t.create(ctx, testTrack)
	if !ok {
		return
	}
	defer t.takeBack(context.WithoutCancel(ctx), track, before)
	t.out.Changed = append(t.out.Changed, fmt.Sprintf("An audio track %q was made.", testTrack))
	t.writes(ctx, track)
	t.route(ctx, track)
	t.arrangementTake(ctx, track)
	t.sessionTake(ctx, track)
}

// undoWorks makes a track and undoes that at once: only if Live takes it back by one undo is it safe to undo more later.
func (t *tester) undoWorks(ctx context.Context, before live.State) bool {
	const name = "undo"
	track, ok := t.create(ctx, "") // naming it would be a second step
	if !ok {
		return false
	}
	if _, err := t.Undo(ctx); err != nil {
		t.unknown(name, err)
	} else if gone, err := t.gone(ctx, track); err == nil && gone {
		t.fact(name, true, "takes back a track that the script made, in one step")
		return true
	} else {
		t.fact(name, false, "does NOT take back a track that the script made")
		if _, err := t.Redo(ctx); err != nil {
			t.out.Left = append(t.out.Left, fmt.Sprintf("One undo was made that may have hit a step of yours, and redo failed (%v): choose Edit > Redo in Live.", err))
		}
	}
	if gone, err := t.gone(ctx, track); err != nil || !gone {
		t.out.Left = append(t.out.Left, "An empty audio track, the last one of the set: delete it in Live.")
	}
	t.out.NotRun = "The other tests on a track of their own did not run, because their changes could not be undone."
	return false
}

func (t *tester) create(ctx context.Context, called string) (string, bool) {
	const name = "new track"
	began := t.now()
	made, err := t.CreateAudio(ctx, live.CreateAudioParams{Name: called})
	if err != nil {
		t.unknown(name, err)
		return "", false
	}
	if !slices.ContainsFunc(t.out.Facts, func(f Fact) bool { return f.Name == name }) {
		took := t.now().Sub(began)
		t.fact(name, ms(took), "was there after %.0f ms", ms(took))
	}
	return made.Track, true
}

func (t *tester) gone(ctx context.Context, track string) (bool, error) {
	s, err := t.State(ctx)
	if err != nil {
		return false, err
	}
	_, there := s.State.TrackByID(track)
	return !there, nil
}

// writes measures how long a write takes until it is read back.
func (t *tester) writes(ctx context.Context, track string) {
	const name = "write"
	var times []time.Duration
	for i := range 20 {
		began := t.now()
		if _, err := t.Rename(ctx, live.RenameParams{Track: track, Name: fmt.Sprintf("%s %d", testTrack, i)}); err != nil {
			t.unknown(name, err)
			return
		}
		times = append(times, t.now().Sub(began))
	}
	slices.Sort(times)
	p50, longest := ms(times[len(times)/2]), ms(times[len(times)-1])
	t.fact(name, map[string]float64{"p50_ms": p50, "max_ms": longest}, "is confirmed after %.1f ms (p50), %.1f ms at the longest", p50, longest)
	if _, err := t.Rename(ctx, live.RenameParams{Track: track, Name: testTrack}); err != nil {
		t.unknown(name, err)
	}
}

func (t *tester) route(ctx context.Context, track string) {
	const name = "set resampling"
	began := t.now()
	if _, err := t.SetInputRouting(ctx, live.RoutingParams{Track: track, Category: "resampling"}); err != nil {
		t.unknown(name, err)
		return
	}
	took := t.now().Sub(began)
	t.fact(name, ms(took), "the new track's input is Resampling after %.0f ms", ms(took))
}

// arrangementTake records one second and looks at what Live tells of the clip.
func (t *tester) arrangementTake(ctx context.Context, track string) {
	const name = "arrangement take"
	take, took, err := t.record(ctx, track, live.ViewArrangement)
	if err != nil {
		t.unknown(name, err)
		return
	}
	clip, ok := t.onlyClip(name, take, took)
	if !ok {
		return
	}
	if clip.StartSample != nil {
		t.fact("pre-roll", *clip.StartSample, "an Arrangement take begins %d samples into its file", *clip.StartSample)
	} else {
		t.fact("pre-roll", nil, "this Live does not say where the take begins in its file")
	}
}

// sessionTake records one second of a fixed length into a slot: does ClipSlot.fire take a length?
func (t *tester) sessionTake(ctx context.Context, track string) {
	const name = "session take"
	take, took, err := t.record(ctx, track, live.ViewSession)
	if err != nil {
		t.unknown(name, err)
		return
	}
	withLength := !hasWarning(take.Warnings, "fire_without_length")
	for _, c := range take.Clips {
		withLength = withLength && !hasWarning(c.Warnings, "fire_without_length")
	}
	t.fact("ClipSlot.fire", withLength, "takes a record length: %t", withLength)
	clip, ok := t.onlyClip(name, take, took)
	if ok && clip.StartSample != nil {
		t.fact("session pre-roll", *clip.StartSample, "a Session take from stop begins %d samples into its file", *clip.StartSample)
	}
}

func hasWarning(all []live.Warning, code string) bool {
	return slices.ContainsFunc(all, func(w live.Warning) bool { return w.Code == code })
}

// record makes a take of two beats and waits until Live has finished it; took is the time from the stop to that.
func (t *tester) record(ctx context.Context, track string, view live.View) (take live.Take, took time.Duration, err error) {
	const beats = 2
	take, err = t.TakeStart(ctx, live.TakeStartParams{
		Source: &live.Source{Kind: live.SourceTrack, Track: track}, View: view, LengthBeats: beats, Name: testTrack,
	})
	if err != nil {
		return take, 0, err
	}
	t.say(fmt.Sprintf("Recording two beats into the %s.", view))
	id := take.ID
	_, ended := t.poll(ctx, time.Minute, func() (any, bool) {
		if take, err = t.TakeGet(ctx, live.TakeParams{Take: id}); err != nil {
			return nil, true
		}
		return nil, take.Phase.Ended()
	})
	switch {
	case err != nil:
		return take, 0, err
	case !ended:
		if _, err := t.TakeCancel(context.WithoutCancel(ctx), live.TakeParams{Take: id}); err != nil {
			return take, 0, fmt.Errorf("the take did not end within a minute, and could not be cancelled: %w", err)
		}
		return take, 0, errors.New("the take did not end within a minute and was cancelled")
	case take.Phase != live.PhaseFinished && take.Error != nil:
		return take, 0, errors.New(take.Error.Message)
	}
	if take.StoppedAt != nil {
		took = t.now().Sub(time.UnixMilli(*take.StoppedAt))
	}
	if _, err := t.Stop(ctx); err != nil {
		return take, took, err
	}
	return take, took, nil
}

// onlyClip judges the clip of a take: was the file named, and is it complete?
func (t *tester) onlyClip(name string, take live.Take, took time.Duration) (live.Clip, bool) {
	if len(take.Clips) != 1 || take.Clips[0].FilePath == nil {
		t.fact(name, take, "Live named no file for it (%d clips)", len(take.Clips))
		return live.Clip{}, false
	}
	clip := take.Clips[0]
	t.out.Left = append(t.out.Left, "Live's recording of this test stays in its project: "+*clip.FilePath)
	late := ""
	if hasWarning(append(take.Warnings, clip.Warnings...), "late_file_path") {
		late = ", late"
	}
	file := "its file cannot be read from here"
	if info, err := audio.ProbeFile(*clip.FilePath); err == nil {
		file = fmt.Sprintf("its file is complete at once: %t; %s, %d-bit, %d Hz, %d frames", info.Complete, info.Container, info.Bits, info.Rate, info.Frames)
		if clip.Frames != nil && *clip.Frames != info.Frames {
			file += fmt.Sprintf(" (Live says %d)", *clip.Frames)
		}
	}
	t.fact(name, clip, "Live named the file about %.1f s after the stop%s; %s", took.Seconds(), late, file)
	return clip, true
}

// takeBack undoes until the track is gone, and never more often than the test can have made steps.
func (t *tester) takeBack(ctx context.Context, track string, before live.State) {
	const most = 40 // twenty renames, routing, two takes, and room for what Live splits into several steps
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	steps := 0
	for ; steps < most; steps++ {
		gone, err := t.gone(ctx, track)
		if err != nil {
			t.out.Left = append(t.out.Left, fmt.Sprintf("It is not known whether all was undone (%v): look for the track %q.", err, testTrack))
			return
		}
		if gone {
			break
		}
		if _, err := t.Undo(ctx); err != nil {
			t.out.Left = append(t.out.Left, fmt.Sprintf("Live could not undo everything (%v): delete the track %q.", err, testTrack))
			return
		}
	}
	gone, err := t.gone(ctx, track)
	if err != nil || !gone {
		t.out.Left = append(t.out.Left, fmt.Sprintf("The track %q is still there after %d undos: delete it in Live.", testTrack, steps))
		return
	}
	t.out.Changed = append(t.out.Changed, fmt.Sprintf("All of it was undone, in %d steps.", steps))
	t.compare(ctx, before)
}

// compare puts the song back to its place and tells what is not as it was before the test.
func (t *tester) compare(ctx context.Context, before live.State) {
	if _, err := t.Locate(ctx, live.LocateParams{Time: before.Transport.CurrentSongTime}); err != nil {
		t.out.Left = append(t.out.Left, "The song stands at another place than before.")
	}
	result, err := t.State(ctx)
	if err != nil {
		t.out.Left = append(t.out.Left, fmt.Sprintf("It is not known whether all is as before (%v).", err))
		return
	}
	for _, was := range before.Tracks {
		now, there := result.State.TrackByID(was.ID)
		switch {
		case !there:
			t.out.Left = append(t.out.Left, fmt.Sprintf("The track %q is not there any more: choose Edit > Redo in Live.", was.Name))
		case now.Name != was.Name || now.Arm != was.Arm:
			t.out.Left = append(t.out.Left, fmt.Sprintf("The track %q is not as it was: look at its name and arm button.", was.Name))
		}
	}
}
