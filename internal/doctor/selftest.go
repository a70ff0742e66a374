package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/config"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/wire"
	remotescript "github.com/takebar/takebar/remote_script"
)

// testTrack is the name of the track that the self-test makes.
const testTrack = "Takebar self-test"

// tester is one self-test on its way.
type tester struct {
	live.Calls
	session *wire.Session
	hello   live.HelloResult
	out     SelfTest
	say     func(string)
	now     func() time.Time
}

func (t *tester) fact(name string, data any, format string, args ...any) {
	t.out.Facts = append(t.out.Facts, Fact{Name: name, Answer: fmt.Sprintf(format, args...), Data: data})
}

// unknown notes a fact that could not be found out, and why.
func (t *tester) unknown(name string, err error) {
	t.fact(name, nil, "not found out (%v)", err)
}

// selfTest tries out the newest of the Lives that answer.
func (m Machine) selfTest(ctx context.Context, o Options, lives []live.Instance, cfg config.Config) (SelfTest, error) {
	if len(lives) == 0 {
		return SelfTest{}, &control.Error{
			Code: "no_live", Message: "No Live answers, so there is nothing to test.",
			Hint: "The checks above say what is missing; \"takebar doctor\" repeats them.",
		}
	}
	newest := slices.MaxFunc(lives, func(a, b live.Instance) int { return int(a.Started - b.Started) })
	session, hello, err := connect(ctx, m.Version, newest)
	if err != nil {
		return SelfTest{}, fmt.Errorf("connect to Live: %w", err)
	}
	t := &tester{Calls: live.Calls{Caller: session}, session: session, hello: hello, say: o.Say, now: m.Now}
	defer session.Close()
	t.readOnly(ctx, m)
	if o.AskDialog > 0 {
		t.askDialog(ctx, o.AskDialog)
	}
	t.changing(ctx, o.Yes)
	if o.AskReload > 0 {
		t.askReload(ctx, m, cfg, o.AskReload)
	}
	return t.out, ctx.Err()
}

// readOnly finds out what can be found out without touching the set.
func (t *tester) readOnly(ctx context.Context, m Machine) {
	t.fact("versions", t.hello, "Live %s, Python %s, script %s, can do: %s", t.hello.Live, t.hello.Python, t.hello.Script, strings.Join(t.hello.Capabilities, ", "))
	t.roundTrips(ctx)
	began := t.now()
	result, err := t.State(ctx)
	if err != nil {
		t.unknown("state", err)
		return
	}
	took := t.now().Sub(began)
	s := result.State
	t.fact("state", map[string]any{"tracks": len(s.Tracks), "milliseconds": ms(took)}, "%d tracks, read in %.1f ms", len(s.Tracks), ms(took))
	switch {
	case s.Set.Name == nil:
		t.fact("set name", false, "this Live does not tell name and path of the set")
	case s.Set.Path == nil || *s.Set.Path == "":
		t.fact("set name", true, "this Live tells the set's name; the set was never saved, or its path is not told")
	default:
		t.fact("set name", true, "this Live tells name and path of the set")
	}
	if p := s.App.AverageProcessUsage; p != nil {
		t.fact("cpu", *p, "average process usage %.0f %%", *p)
	} else {
		t.fact("cpu", nil, "this Live does not tell its CPU usage")
	}
	t.fact("recording settings", map[string]any{"exclusive_arm": s.Record.ExclusiveArm, "count_in": s.Transport.CountInDuration},
		"exclusive arm %s, count-in %s", onOff(s.Record.ExclusiveArm), countIn(s.Transport.CountInDuration))
	t.dialogs(ctx)
	t.resampling(ctx, s)
	t.libraryCfg(m)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}

func countIn(n int) string {
	if n >= 0 && n <= 3 {
		return [...]string{"none", "1 bar", "2 bars", "4 bars"}[n]
	}
	return fmt.Sprint(n)
}

// roundTrips measures how fast Live's main thread answers, and how often the script's timer runs.
func (t *tester) roundTrips(ctx context.Context) {
	const rounds = 300
	t.say("Measuring how fast Live answers.")
	var times []time.Duration
	var first, last live.PingResult
	began := t.now()
	for i := range rounds {
		at := t.now()
		pong, err := t.Ping(ctx)
		if err != nil {
			t.unknown("round trip", err)
			return
		}
		times = append(times, t.now().Sub(at))
		if i == 0 {
			first = pong
		}
		last = pong
	}
	whole := t.now().Sub(began)
	slices.Sort(times)
	p50, p99, longest := ms(times[rounds/2]), ms(times[rounds*99/100]), ms(times[rounds-1])
	t.fact("round trip", map[string]float64{"p50_ms": p50, "p99_ms": p99, "max_ms": longest},
		"p50 %.1f ms, p99 %.1f ms, longest %.1f ms (%d pings)", p50, p99, longest, rounds)
	if ticks := last.Tick - first.Tick; ticks > 0 {
		t.fact("script timer", ms(whole)/float64(ticks), "runs every %.1f ms (10 asked for)", ms(whole)/float64(ticks))
	}
}

func (t *tester) dialogs(ctx context.Context) {
	d, err := t.Dialog(ctx)
	switch {
	case err != nil:
		t.unknown("dialogs", err)
	case d.OpenDialogCount == nil:
		t.fact("dialogs", nil, "this Live does not count its dialogs")
	default:
		t.fact("dialogs", d, "this Live counts %d open dialogs now", *d.OpenDialogCount)
	}
}

// resampling reads the input choices of a track that has some; nothing is changed.
func (t *tester) resampling(ctx context.Context, s live.State) {
	const name = "resampling"
	i := slices.IndexFunc(s.Tracks, func(track live.Track) bool { return track.Kind == live.KindAudio && !track.IsFrozen })
	if i < 0 {
		t.fact(name, nil, "not found out (the set has no audio track)")
		return
	}
	routings, err := t.Routings(ctx, live.TrackParams{Track: s.Tracks[i].ID})
	if err != nil {
		t.unknown(name, err)
		return
	}
	for _, kind := range routings.Types {
		if kind.Category == "resampling" {
			t.fact(name, routings.Types, "is offered as %q", kind.DisplayName)
			return
		}
	}
	t.fact(name, routings.Types, "is NOT offered by category; %d other inputs are", len(routings.Types))
}

// libraryCfg tells whether Live's Library.cfg names the User Library.
func (t *tester) libraryCfg(m Machine) {
	var from []string
	for _, library := range remotescript.UserLibraries(m.Seats) {
		from = append(from, library.Path+" ("+library.From+")")
	}
	if len(from) == 0 {
		t.fact("user library", nil, "not found from here")
		return
	}
	t.fact("user library", from, "%s", strings.Join(from, "; "))
}

// askDialog waits for the user to open Live's Export dialog, to see whether Live counts it.
func (t *tester) askDialog(ctx context.Context, wait time.Duration) {
	const name = "export dialog"
	before, err := t.Dialog(ctx)
	if err != nil || before.OpenDialogCount == nil {
		t.fact(name, nil, "cannot be seen: this Live does not count its dialogs")
		return
	}
	t.say(fmt.Sprintf("Please open File > Export Audio/Video in Live now, and leave it open (waiting up to %s).", wait))
	d, ok := t.poll(ctx, wait, func() (any, bool) {
		d, err := t.Dialog(ctx)
		return d, err == nil && d.OpenDialogCount != nil && *d.OpenDialogCount > *before.OpenDialogCount
	})
	if !ok {
		t.fact(name, false, "Live counted no dialog in %s: if the Export dialog was open, Live does not count it", wait)
		return
	}
	t.fact(name, d, "Live counts it: %s", dialogWords(d.(live.DialogResult)))
	t.say("Thank you. Close the dialog now (Esc).")
	if _, closed := t.poll(ctx, wait, func() (any, bool) {
		d, err := t.Dialog(ctx)
		return d, err == nil && d.OpenDialogCount != nil && *d.OpenDialogCount <= *before.OpenDialogCount
	}); !closed {
		t.out.Left = append(t.out.Left, "A dialog is still open in Live.")
	}
}

func dialogWords(d live.DialogResult) string {
	text := fmt.Sprintf("%d open", *d.OpenDialogCount)
	if d.CurrentDialogMessage != nil {
		text += fmt.Sprintf(", message %q", *d.CurrentDialogMessage)
	}
	if d.CurrentDialogButtonCount != nil {
		text += fmt.Sprintf(", %d buttons", *d.CurrentDialogButtonCount)
	}
	return text
}

// poll asks ten times a second until ok or the wait is over.
func (t *tester) poll(ctx context.Context, wait time.Duration, ask func() (any, bool)) (any, bool) {
	over := time.NewTimer(wait)
	defer over.Stop()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		if got, ok := ask(); ok {
			return got, true
		}
		select {
		case <-ctx.Done():
			return nil, false
		case <-over.C:
			return nil, false
		case <-tick.C:
		}
	}
}

// askReload measures how long the link is gone while another set loads.
func (t *tester) askReload(ctx context.Context, m Machine, cfg config.Config, wait time.Duration) {
	const name = "set reload"
	t.say(fmt.Sprintf("Please open another set in Live now (waiting up to %s).", wait))
	over := time.NewTimer(wait)
	defer over.Stop()
	select {
	case <-t.session.Done():
	case <-over.C:
		t.fact(name, nil, "not found out (no other set was opened)")
		return
	case <-ctx.Done():
		return
	}
	began := t.now()
	_, ok := t.poll(ctx, wait, func() (any, bool) {
		_, good := m.links(ctx, cfg)
		return nil, len(good) > 0
	})
	if !ok {
		t.fact(name, nil, "the script did not come back within %s", wait)
		return
	}
	gone := t.now().Sub(began)
	t.fact(name, gone.Seconds(), "the link was gone for %.1f s", gone.Seconds())
}
