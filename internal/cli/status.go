package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
)

func (r *run) statusCommand() *cobra.Command {
	var watch bool
	c := &cobra.Command{
		Use:   "status",
		Short: "What Live and Takebar are doing",
		Long: `What Live and Takebar are doing.

With --watch it goes on and prints a line for each change, until Ctrl+C; with
--json as well, a whole snapshot on one line for each change. The exit code is 3
if Live cannot be reached.`,
		Args: args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if watch {
				return r.watch(cmd.Context())
			}
			return r.with(cmd.Context(), withoutLive, func(ctx context.Context, core Core) error {
				linkErr := core.NeedLive(ctx)
				if cause := context.Cause(ctx); cause != nil {
					return cause
				}
				s := core.Snapshot()
				if s.LastTake == nil { // a core that has just begun may not have looked yet
					if takes, err := core.Takes(ctx, control.TakeQuery{Limit: 1}); err == nil && len(takes) > 0 {
						s.LastTake = &takes[0]
					}
				}
				if err := r.show(s, func() string { return r.statusText(s) }); err != nil {
					return err
				}
				if linkErr != nil {
					return silent{exitCode(linkErr)}
				}
				return nil
			})
		},
	}
	c.Flags().BoolVarP(&watch, "watch", "w", false, "print a line for each change, until Ctrl+C")
	return c
}

func (r *run) statusText(s control.Snapshot) string {
	var t table
	for _, f := range r.facts(s) {
		t.row(f.key, f.text)
		for _, more := range f.more {
			t.row("", more)
		}
	}
	return t.String()
}

// fact is one line of the status: what it is about, and what is so.
type fact struct {
	key, text string
	more      []string
	// quiet facts are not told by --watch when they change: the clock that runs, for one.
	quiet bool
}

// facts says what a snapshot shows, in the order in which a person wants to know.
func (r *run) facts(s control.Snapshot) []fact {
	facts := []fact{linkFact(s)}
	if s.State != nil && s.Link.Status == control.LinkConnected {
		facts = append(facts, r.liveFacts(s)...)
	}
	for _, l := range s.Landings {
		text := fmt.Sprintf("%s: %s", app.Clean(l.Name), l.Step)
		if l.Problem != "" {
			text = fmt.Sprintf("%s: %s", app.Clean(l.Name), l.Problem)
		}
		facts = append(facts, fact{key: "Landing", text: text})
	}
	last := fact{key: "Last take", text: "none yet"}
	if t := s.LastTake; t != nil {
		last.text = fmt.Sprintf("%s, %s, %s", takeName(*t), length(t.Duration()), t.Status)
		last.more = t.Paths
	}
	facts = append(facts, last,
		fact{key: "Defaults", text: fmt.Sprintf("record %s into the %s", sourceWords(s.Settings.Source), viewWords(s.Settings.View))},
		fact{key: "Takes", text: s.Settings.TakesDir})
	if s.Settings.Problem != "" {
		facts = append(facts, fact{key: "Settings", text: s.Settings.Problem})
	}
	for _, n := range s.Notices {
		if (n.Kind == control.NoticeWarning || n.Kind == control.NoticeTakeFailed) && r.Now().Sub(n.At) < noticeAge {
			facts = append(facts, fact{key: "Note", text: n.Title + ": " + n.Text})
		}
	}
	return facts
}

// noticeAge is how long the status shows what went wrong.
const noticeAge = 15 * time.Minute

func linkFact(s control.Snapshot) fact {
	f := fact{key: "Live", text: s.Link.Message}
	if s.Link.Status == control.LinkConnected && s.State != nil {
		f.text = fmt.Sprintf("%s, connected (script %s)", s.State.Link.Live, s.State.Link.Script)
		if !s.Link.Responding {
			f.text = fmt.Sprintf("%s, connected, but busy: it has not answered for over 2 s", s.State.Link.Live)
		}
	}
	if f.text == "" {
		f.text = string(s.Link.Status)
	}
	if s.Link.Hint != "" {
		f.more = append(f.more, s.Link.Hint)
	}
	if s.Link.ScriptUpdate != "" {
		f.more = append(f.more, "A newer script is inside this program: takebar install-script")
	}
	if len(s.Link.Lives) > 1 {
		f.more = append(f.more, fmt.Sprintf("%d Lives are running: takebar live list", len(s.Link.Lives)))
	}
	return f
}

func (r *run) liveFacts(s control.Snapshot) []fact {
	state := s.State
	set := "untitled"
	switch {
	case state.Set.Name == nil:
		set = "this version of Live does not tell"
	case *state.Set.Name != "":
		set = *state.Set.Name
	}
	setFact := fact{key: "Set", text: set}
	if state.Set.Path != nil && *state.Set.Path != "" {
		setFact.more = []string{*state.Set.Path}
	}
	tr := state.Transport
	transport := "stopped"
	switch {
	case tr.IsCountingIn:
		transport = "counting in"
	case tr.IsPlaying:
		transport = "playing"
	}
	facts := []fact{
		setFact,
		{key: "Transport", text: fmt.Sprintf("%s, %s BPM, %d/%d", transport, round(tr.Tempo), tr.SignatureNumerator, tr.SignatureDenominator)},
		{key: "Position", text: position(tr), quiet: true},
		{key: "Armed", text: trackList(state.Armed())},
	}
	if text := recordText(state); text != "" {
		facts = append(facts, fact{key: "Recording", text: text})
	}
	take := fact{key: "Take", text: "none runs"}
	if running := s.RunningTake(); running != nil {
		take.text = fmt.Sprintf("%s %s (%s)", phaseWords(running.Phase), sourceText(*running), running.ID)
		if running.StartedAt != nil {
			facts = append(facts, take)
			take = fact{key: "Clock", text: app.Clock(r.Now().Sub(time.UnixMilli(*running.StartedAt))), quiet: true}
		}
	}
	facts = append(facts, take)
	if n := state.App.OpenDialogCount; n != nil && *n > 0 {
		message := "Live shows a dialog; answer it in Live"
		if m := state.App.CurrentDialogMessage; m != nil && *m != "" {
			message = *m
		}
		facts = append(facts, fact{key: "Dialog", text: message})
	}
	return facts
}

func recordText(s *live.State) string {
	var on []string
	if s.Record.RecordMode {
		on = append(on, "Arrangement")
	}
	if s.Record.SessionRecordStatus != 0 {
		on = append(on, "Session")
	}
	return strings.Join(on, " and ")
}

func phaseWords(p live.Phase) string {
	switch p {
	case live.PhasePreparing:
		return "preparing"
	case live.PhaseCountingIn:
		return "counting in"
	case live.PhaseRecording:
		return "recording"
	case live.PhaseStopping:
		return "stopping"
	case live.PhaseFinished, live.PhaseCancelled, live.PhaseFailed:
	}
	return string(p)
}

func sourceWords(s live.SourceKind) string {
	switch s {
	case live.SourceMain:
		return "the main output"
	case live.SourceSelected:
		return "the selected track"
	case live.SourceArmed:
		return "the armed tracks"
	case live.SourceTrack:
		return "one track"
	}
	return string(s)
}

func viewWords(v live.View) string {
	if v == live.ViewSession {
		return "Session"
	}
	return "Arrangement"
}

// watch prints changes until Ctrl+C; when the core ends, it goes on with the next one.
func (r *run) watch(ctx context.Context) error {
	shown := map[string]string{}
	for ctx.Err() == nil {
		err := r.once(ctx, withoutLive, func(ctx context.Context, core Core) error {
			for s := range core.Watch(ctx) {
				if err := r.showChange(s, shown); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil && ctx.Err() == nil {
			return err
		}
	}
	return nil // Ctrl+C is the way to end it
}

func (r *run) showChange(s control.Snapshot, shown map[string]string) error {
	if !r.json {
		return r.changes(s, shown)
	}
	line, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write the status as JSON: %w", err)
	}
	if _, err := fmt.Fprintf(r.Stdout, "%s\n", line); err != nil {
		return fmt.Errorf("write the status: %w", err)
	}
	return nil
}

// changes prints the facts that are new since shown, each with the time.
func (r *run) changes(s control.Snapshot, shown map[string]string) error {
	first := len(shown) == 0
	now := map[string]string{}
	for _, f := range r.facts(s) {
		if f.quiet {
			continue
		}
		text := strings.Join(append([]string{f.text}, f.more...), "; ")
		key := f.key
		for n := 2; now[key] != ""; n++ {
			key = fmt.Sprintf("%s %d", f.key, n)
		}
		now[key] = text
		if shown[key] == text || first && (f.key == "Defaults" || f.key == "Takes") {
			continue
		}
		if _, err := fmt.Fprintf(r.Stdout, "%s  %-9s  %s\n", r.Now().In(r.Location).Format("15:04:05"), f.key, app.Clean(text)); err != nil {
			return fmt.Errorf("write the status: %w", err)
		}
	}
	clear(shown)
	for key, text := range now {
		shown[key] = text
	}
	return nil
}
