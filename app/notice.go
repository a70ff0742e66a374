package app

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/takebar/takebar/internal/control"
)

// Notification is a message on the user's desktop.
type Notification struct {
	// Key groups messages about the same thing: a later one takes the place of an earlier one where the system can.
	Key     string
	Title   string
	Text    string
	Paths   []string // files to reveal, absolute; none = nothing to reveal
	Problem bool     // something failed
}

// Notifier shows notifications on the desktop.
type Notifier interface {
	// Notify shows n. It may take seconds. ErrNoNotifications means that this desktop cannot show any.
	Notify(ctx context.Context, n Notification) error
	// Close gives back what the notifier holds. Nothing may be shown after it.
	Close() error
}

// ErrNoNotifications means that the desktop has nothing that shows notifications.
var ErrNoNotifications = errors.New("no notification service")

// FromNotice makes the desktop notification for a notice of the core.
func FromNotice(n control.Notice) Notification {
	out := Notification{
		Key: n.TakeID, Title: n.Title, Text: n.Text,
		Problem: n.Kind == control.NoticeTakeFailed || n.Kind == control.NoticeWarning,
	}
	if out.Key == "" {
		out.Key = string(n.Kind)
	}
	if n.Path != "" {
		out.Paths = []string{n.Path}
	}
	return out
}

// FromError makes the notification for a click that failed.
func FromError(err error) Notification {
	p := ProblemOf(err)
	text := p.Text
	if p.Hint != "" {
		text += "\n" + p.Hint
	}
	return Notification{Key: "problem", Title: "That did not work", Text: text, Problem: true}
}

// ProblemOf reads the sentence and the hint out of an error.
func ProblemOf(err error) Problem {
	var e *control.Error
	if errors.As(err, &e) {
		return Problem{Text: sentence(e.Message), Hint: sentence(e.Hint)}
	}
	return Problem{Text: sentence(err.Error())}
}

// sentence begins with a capital letter and ends with a full stop.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return ""
	}
	runes := []rune(s)
	s = strings.ToUpper(string(runes[0])) + string(runes[1:])
	if strings.ContainsRune(".!?…", runes[len(runes)-1]) {
		return s
	}
	return s + "."
}

// Announcer shows notifications one after the other without holding up whoever has something to say. It is made by
// NewAnnouncer and needs Run.
type Announcer struct {
	notifier Notifier
	logger   *slog.Logger
	queue    chan Notification
	changed  chan struct{}

	mu      sync.Mutex
	problem string
}

// NewAnnouncer makes an Announcer. It does not take over closing the notifier.
func NewAnnouncer(n Notifier, logger *slog.Logger) *Announcer {
	const room = 32
	return &Announcer{notifier: n, logger: logger, queue: make(chan Notification, room), changed: make(chan struct{}, 1)}
}

// Announce queues a notification. With too many in the queue it is dropped and logged.
func (a *Announcer) Announce(n Notification) {
	select {
	case a.queue <- n:
	default:
		a.logger.Warn("drop a notification: too many are waiting", "title", n.Title)
	}
}

// Problem says why notifications do not appear, "" where they do.
func (a *Announcer) Problem() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.problem
}

// Changed receives a value after Problem changed.
func (a *Announcer) Changed() <-chan struct{} { return a.changed }

// Run shows what is announced until ctx ends.
func (a *Announcer) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case n := <-a.queue:
			a.show(ctx, n)
		}
	}
}

func (a *Announcer) show(ctx context.Context, n Notification) {
	const patience = 20 * time.Second // a service that is being started may take its time
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	n.Title, n.Text = Clean(n.Title), cleanText(n.Text)
	err := a.notifier.Notify(ctx, n)
	if err != nil && errors.Is(ctx.Err(), context.Canceled) {
		return
	}
	a.report(err)
}

// report logs a failure when it begins, not at every notification.
func (a *Announcer) report(err error) {
	problem := ""
	switch {
	case errors.Is(err, ErrNoNotifications):
		problem = "No notification service runs: news appears in this menu only"
	case err != nil:
		problem = "Desktop notifications do not work: " + err.Error()
	}
	a.mu.Lock()
	same := a.problem == problem
	a.problem = problem
	a.mu.Unlock()
	if same {
		return
	}
	if err != nil {
		a.logger.Warn("show a notification", "error", err)
	}
	select {
	case a.changed <- struct{}{}:
	default:
	}
}

// cleanText keeps line breaks, which Clean would not.
func cleanText(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = Clean(lines[i])
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// Notices picks what is new from a stream of snapshots.
type Notices struct {
	// Since leaves out what happened before, so that a surface that starts late does not repeat old news.
	Since time.Time
	seen  uint64
}

// New gives the notices of s that were not in an earlier one, oldest first, or none where the user wants none.
func (w *Notices) New(s control.Snapshot) []control.Notice {
	var fresh []control.Notice
	for _, n := range s.Notices {
		if n.Seq <= w.seen {
			continue
		}
		w.seen = n.Seq
		if s.Settings.Notifications && !n.At.Before(w.Since) {
			fresh = append(fresh, n)
		}
	}
	return fresh
}
