package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/takebar/takebar/internal/control"
)

// fakeNotifier collects what is shown and answers with the next error of fails.
type fakeNotifier struct {
	shown []Notification
	fails []error
}

func (f *fakeNotifier) Notify(_ context.Context, n Notification) error {
	f.shown = append(f.shown, n)
	if len(f.fails) == 0 {
		return nil
	}
	err := f.fails[0]
	f.fails = f.fails[1:]
	return err
}

func (f *fakeNotifier) Close() error { return nil }

func TestNotices(t *testing.T) {
	w := Notices{Since: noon}
	snapshot := func(on bool, notices ...control.Notice) control.Snapshot {
		return control.Snapshot{Settings: control.Settings{Notifications: on}, Notices: notices}
	}
	n := func(seq uint64, after time.Duration) control.Notice {
		return control.Notice{Seq: seq, Title: fmt.Sprint(seq), At: noon.Add(after)}
	}
	steps := []struct {
		s    control.Snapshot
		want []uint64
	}{
		{snapshot(true, n(1, -time.Hour), n(2, time.Second)), []uint64{2}}, // the first is from before
		{snapshot(true, n(1, -time.Hour), n(2, time.Second)), nil},         // said already
		{snapshot(true, n(2, time.Second), n(3, time.Minute), n(4, time.Minute)), []uint64{3, 4}},
		{snapshot(false, n(4, time.Minute), n(5, time.Minute)), nil}, // switched off
		{snapshot(true, n(5, time.Minute), n(6, time.Minute)), []uint64{6}},
	}
	for i, step := range steps {
		var got []uint64
		for _, notice := range w.New(step.s) {
			got = append(got, notice.Seq)
		}
		if !reflect.DeepEqual(got, step.want) {
			t.Errorf("step %d: %v, want %v", i, got, step.want)
		}
	}
}

func TestFromNotice(t *testing.T) {
	got := FromNotice(control.Notice{Kind: control.NoticeTakeLanded, Title: "Take landed", Text: "Vocals", TakeID: "k1", Path: "/takes/v.wav"})
	want := Notification{Key: "k1", Title: "Take landed", Text: "Vocals", Paths: []string{"/takes/v.wav"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("FromNotice = %+v, want %+v", got, want)
	}
	if got := FromNotice(control.Notice{Kind: control.NoticeTakeFailed}); !got.Problem || got.Key != "take_failed" {
		t.Errorf("a failure is %+v", got)
	}
}

func TestProblemOf(t *testing.T) {
	refused := fmt.Errorf("start a take: %w", &control.Error{Code: "nothing_armed", Message: "no track is armed", Hint: "arm one"})
	if got, want := ProblemOf(refused), (Problem{"No track is armed.", "Arm one."}); got != want {
		t.Errorf("ProblemOf = %+v, want %+v", got, want)
	}
	if got, want := ProblemOf(errors.New("écran absent")), (Problem{Text: "Écran absent."}); got != want {
		t.Errorf("ProblemOf = %+v, want %+v", got, want)
	}
}

func TestAnnouncerTellsOnceThatNothingAppears(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		missing := fmt.Errorf("%w: no bus", ErrNoNotifications)
		var log strings.Builder
		notifier := &fakeNotifier{fails: []error{missing, missing, nil}}
		a := NewAnnouncer(notifier, slog.New(slog.NewTextHandler(&log, nil)))
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); a.Run(ctx) }()

		a.Announce(Notification{Title: "one\x00", Text: "a\nb\x07"})
		a.Announce(Notification{Title: "two"})
		synctest.Wait()
		if a.Problem() == "" || strings.Count(log.String(), "level=WARN") != 1 {
			t.Errorf("problem %q, log:\n%s", a.Problem(), &log)
		}
		select {
		case <-a.Changed():
		default:
			t.Error("Changed says nothing")
		}
		a.Announce(Notification{Title: "three"})
		synctest.Wait()
		if a.Problem() != "" {
			t.Errorf("problem %q after it worked", a.Problem())
		}
		cancel()
		<-done
		if len(notifier.shown) != 3 || notifier.shown[0].Title != "one" || notifier.shown[0].Text != "a\nb" {
			t.Errorf("shown: %+v", notifier.shown)
		}
	})
}

func TestAnnouncerNeverBlocks(t *testing.T) {
	a := NewAnnouncer(&fakeNotifier{}, slog.New(slog.DiscardHandler))
	for range 1000 { // nobody runs it
		a.Announce(Notification{Title: "x"})
	}
}
