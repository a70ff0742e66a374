package exports

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/fsnotify/fsnotify"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/automation"
	"github.com/takebar/takebar/automation/keys"
)

// Menu makes export attempts for the menu bar. It opens an engine, and with it a second link to Live, only while something runs.
type Menu struct {
	open    func(changed func(automation.Status)) (*Exports, error)
	peek    *automation.Engine // for looking at what is stored
	show    func(on bool) error
	changed chan struct{}

	mu      sync.Mutex
	running *Exports
	status  automation.Status
	view    app.ExportView
}

// NewMenu makes the menu's side. peek needs no link; show writes into config.toml whether the menu shows attempts.
func NewMenu(peek *automation.Engine, open func(changed func(automation.Status)) (*Exports, error), show func(on bool) error) *Menu {
	m := &Menu{open: open, peek: peek, show: show, changed: make(chan struct{}, 1)}
	m.refresh()
	return m
}

var _ app.Exporter = (*Menu)(nil)

// Peek is an engine for looking at what is stored; it can attempt nothing.
func Peek(o Options) *automation.Engine {
	return automation.New(automation.Options{Home: o.Home, Version: o.Version, Off: o.Off, Chord: chordOf(o), Out: o.Out, OpenSet: o.OpenSet, Link: none{}})
}

func chordOf(o Options) keys.Key {
	if k, ok := keys.ParseChord(o.Chord); ok {
		return k
	}
	return keys.ChordE
}

// View implements app.Exporter.
func (m *Menu) View() app.ExportView {
	m.mu.Lock()
	defer m.mu.Unlock()
	v := m.view
	v.Running, v.Watching = statusText(m.status), m.status.Watching
	return v
}

// Watch keeps the view true to what commands store, until ctx ends.
func (m *Menu) Watch(ctx context.Context) error {
	if err := m.peek.Prepare(); err != nil {
		return err
	}
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch the folder of export attempts: %w", err)
	}
	defer w.Close() //nolint:errcheck // only read from
	if err := w.Add(m.peek.Folder()); err != nil {
		return fmt.Errorf("watch the folder of export attempts: %w", err)
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case e, ok := <-w.Events:
			if !ok {
				return nil
			}
			if strings.HasSuffix(e.Name, ".json") && !e.Has(fsnotify.Chmod) && !strings.HasPrefix(filepath.Base(e.Name), ".") {
				m.refresh()
			}
		}
	}
}

// Changed implements app.Exporter.
func (m *Menu) Changed() <-chan struct{} { return m.changed }

func (m *Menu) tell() {
	select {
	case m.changed <- struct{}{}:
	default:
	}
}

func statusText(s automation.Status) string {
	if s.Kind == "" {
		return ""
	}
	text := "Export attempt: " + s.Sentence
	if s.Kind == "batch" {
		text = fmt.Sprintf("Batch %d of %d, %s: %s", s.Done+1, s.Total, s.Set, s.Sentence)
	}
	if s.Bytes > 0 {
		text += fmt.Sprintf(" (%.1f MB)", float64(s.Bytes)/1e6)
	}
	return text
}

// Refresh looks again at what is stored, and at whether the settings switch attempts off.
func (m *Menu) Refresh() { m.refresh() }

// refresh reads what is stored.
func (m *Menu) refresh() {
	v := app.ExportView{ConsentVersion: strconv.Itoa(automation.ConsentVersion)}
	v.Enabled, _ = m.peek.Enabled() // what cannot be read is off
	for line := range strings.Lines(automation.ConsentText(m.peek.Chord())) {
		if line = strings.TrimSpace(line); line != "" {
			v.Consent = append(v.Consent, line)
		}
	}
	first := m.peek.Chord()
	if all, err := m.peek.Rehearsals(); err == nil && len(all) > 0 {
		last := all[len(all)-1]
		v.Rehearsal = last.Sentence
		if last.Offer != "" {
			first = last.Offer
		}
	}
	for _, k := range []keys.Key{first, first.Other()} {
		v.Chords = append(v.Chords, app.ExportChord{Name: string(k), Label: k.String()})
	}
	if b, err := m.peek.Batch(); err == nil && b.Left() > 0 {
		v.Left = b.Left()
		if plan, err := m.peek.BatchPlan(); err == nil {
			v.Batch = strings.Split(strings.TrimSpace(plan), "\n")
		}
	}
	if r, err := m.peek.Show("last"); err == nil {
		v.Last = fmt.Sprintf("Last attempt: %s. %s", r.Outcome.Words(), r.Sentence)
	}
	m.mu.Lock()
	m.view = v
	m.mu.Unlock()
	m.tell()
}

// Do implements app.Exporter.
func (m *Menu) Do(ctx context.Context, in app.Intent) (app.Notification, error) {
	defer m.refresh()
	switch in.Verb {
	case app.ExportSwitchOn:
		return m.enable(in.Target)
	case app.ExportSwitchOff:
		if err := m.peek.Disable(); err != nil {
			return app.Notification{}, err
		}
		return app.Notification{}, m.show(false)
	case app.ExportStop:
		return m.stop()
	}
	m.mu.Lock()
	if m.running != nil {
		m.mu.Unlock()
		return app.Notification{}, &automation.Refusal{Reason: automation.ReasonBusy}
	}
	x, err := m.open(m.follow)
	m.running = x
	m.mu.Unlock()
	if err != nil {
		return app.Notification{}, err
	}
	defer func() {
		x.Close()
		m.mu.Lock()
		m.running, m.status = nil, automation.Status{}
		m.mu.Unlock()
	}()
	x.Ready(ctx)
	switch in.Verb {
	case app.ExportAttempt, app.ExportDryRun:
		res, err := x.Attempt(ctx, automation.Request{DryRun: in.Verb == app.ExportDryRun})
		return told(res), err
	case app.ExportRehearse:
		r, err := x.Rehearse(ctx, keys.Key(in.Target))
		return app.Notification{Key: "export", Title: "Rehearsal of " + r.Chord.String(), Text: r.Sentence, Problem: !r.Passed}, err
	case app.ExportRunBatch:
		b, err := x.RunBatch(ctx)
		return toldBatch(b), err
	}
	return app.Notification{}, fmt.Errorf("unknown export verb %q", in.Verb)
}

func (m *Menu) follow(s automation.Status) {
	m.mu.Lock()
	m.status = s
	m.mu.Unlock()
	m.tell()
}

func (m *Menu) enable(version string) (app.Notification, error) {
	n, err := strconv.Atoi(version)
	if err != nil {
		return app.Notification{}, fmt.Errorf("read the version of the text: %w", err)
	}
	if err := m.peek.Enable(n, false); err != nil {
		return app.Notification{}, err
	}
	return app.Notification{Key: "export", Title: "Export attempts are switched on", Text: "Next: rehearse the shortcut, with Live open."}, m.show(true)
}

func (m *Menu) stop() (app.Notification, error) {
	m.mu.Lock()
	x := m.running
	m.mu.Unlock()
	if x == nil {
		return app.Notification{}, nil // it has just ended
	}
	sentence, err := x.Stop()
	if err != nil {
		return app.Notification{}, nil //nolint:nilerr // it has just ended
	}
	return app.Notification{Key: "export", Title: "Export attempt", Text: sentence}, nil
}

// told is how an attempt ended, as a notification.
func told(r automation.Result) app.Notification {
	if r.ID == "" {
		return app.Notification{}
	}
	n := app.Notification{Key: "export", Title: "Export " + r.Outcome.Words(), Text: r.Sentence, Problem: r.Outcome == automation.Failed || r.Outcome == automation.Unverified}
	if r.DryRun {
		n.Title = "Export dry run"
	}
	if r.NextStep != "" {
		n.Text += "\n" + r.NextStep
	}
	for _, w := range r.Warnings {
		n.Text += "\n" + w.Text
	}
	for _, f := range r.Files {
		n.Paths = append(n.Paths, f.Path)
	}
	return n
}

func toldBatch(b automation.Batch) app.Notification {
	if len(b.Items) == 0 {
		return app.Notification{}
	}
	good, title := 0, "Batch finished"
	var paths []string
	for _, i := range b.Items {
		if i.Outcome.Good() {
			good++
			paths = append(paths, i.Files...)
		}
	}
	text := fmt.Sprintf("%d of %d verified.", good, len(b.Items))
	if b.Stopped != nil {
		title = "Batch stopped"
		text += "\n" + b.Stopped.Sentence + "\n" + b.Stopped.NextStep
	}
	if b.Report != "" {
		text += "\nReport: " + filepath.Base(b.Report)
	}
	return app.Notification{Key: "export", Title: title, Text: text, Paths: paths, Problem: b.Stopped != nil || good < len(b.Items)}
}
