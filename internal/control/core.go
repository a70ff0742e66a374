// Package control is Takebar's core: one Controller that owns one immutable Snapshot. Everything that a user can do is
// a method of Core; the Controller implements it, and so does the client of the Controller's endpoint, so that tray,
// windows, command line and tests need not know which of the two they hold.
//
// It must not know a toolkit, a disk layout or a socket of Live: those come in through the small interfaces that it declares. app, internal/cli and
// main may import it.
package control

import (
	"context"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// Core is everything that a user can do with Takebar. Tracks are named by a Ref. Every method waits until the
// deed is confirmed or refused; errors are *Error with a code and a hint where the cause is known.
type Core interface {
	// Snapshot is the state as the core knows it now.
	Snapshot() Snapshot
	// Watch gives the current Snapshot and then the latest one after each change. A slow reader misses
	// intermediate ones. The channel closes when ctx ends or the core stops.
	Watch(ctx context.Context) <-chan Snapshot

	Arm(ctx context.Context, r ArmRequest) ([]live.Track, error) // answers with all armed tracks
	Disarm(ctx context.Context, tracks []Ref) ([]live.Track, error)
	DisarmAll(ctx context.Context) error
	SetMonitoring(ctx context.Context, track Ref, state live.Monitoring) error
	Routings(ctx context.Context, track Ref) (Routings, error)
	SetInputRouting(ctx context.Context, r RoutingRequest) error
	CreateAudioTrack(ctx context.Context, name string) (live.Track, error)
	RenameTrack(ctx context.Context, track Ref, name string) error
	SelectTrack(ctx context.Context, track Ref) error

	Play(ctx context.Context) error
	Continue(ctx context.Context) error
	Stop(ctx context.Context) error
	Locate(ctx context.Context, beats float64) error
	RecordStart(ctx context.Context, view live.View) error
	RecordStop(ctx context.Context) error

	// StartTake answers once Live records or counts in.
	StartTake(ctx context.Context, r TakeRequest) (live.Take, error)
	// StopTake answers once Live has finished the take; landing goes on after that (see WaitLanded).
	StopTake(ctx context.Context) (live.Take, error)
	// CancelTake stops the take and undoes it. The audio file stays in Live's project.
	CancelTake(ctx context.Context) (live.Take, error)
	// Toggle starts a take with the defaults, or stops the running one.
	Toggle(ctx context.Context) (live.Take, error)
	// WaitLanded waits until the take is in the library and answers with its sidecar.
	WaitLanded(ctx context.Context, takeID string) (LibraryTake, error)

	FireClip(ctx context.Context, track Ref, scene int, recordBeats *float64) error
	StopClip(ctx context.Context, track Ref, scene int) error
	Undo(ctx context.Context) error
	Redo(ctx context.Context) error
	CaptureMIDI(ctx context.Context) error
	Message(ctx context.Context, text string) error
	Dialog(ctx context.Context) (Dialog, error)

	// ChooseLive picks one of several running Lives by process id; 0 = the newest.
	ChooseLive(ctx context.Context, pid int) error
	// SetDefaults changes what Record Take and Toggle do; stored in config.toml.
	SetDefaults(ctx context.Context, d Defaults) error

	Takes(ctx context.Context, q TakeQuery) ([]LibraryTake, error) // newest first
	Take(ctx context.Context, ref string) (LibraryTake, error)     // by id, number, name or "last"
	TrashTake(ctx context.Context, ref string) (LibraryTake, error)
	RestoreTake(ctx context.Context, ref string) (LibraryTake, error)
	AnnotateTake(ctx context.Context, ref string, note *string, rating *int) (LibraryTake, error)
	// RenameTake renames a take with its files and sidecar. Renaming it back brings the file names back that it had.
	RenameTake(ctx context.Context, ref, name string) (LibraryTake, error)
	// RescueTake lands a repaired copy of an unfinished recording: a file path, or a take with missing files.
	RescueTake(ctx context.Context, ref string) (LibraryTake, error)

	// InstallScript puts the Remote Script into a User Library ("" = find it) or updates it there.
	InstallScript(ctx context.Context, userLibrary string) (Install, error)
	// Quit ends the core. With a take running it refuses (code take_running) unless force is set; Live records on in any case.
	Quit(ctx context.Context, force bool) error
}

// Ref names a track for a person: "2" (number as shown in Live, from 1), "#t3" (id), or a name (exact, else ignoring case, else the only one that begins so).
// "selected" is the selected track.
type Ref string

// ArmRequest arms tracks.
type ArmRequest struct {
	Tracks    []Ref  `json:"tracks"`
	Exclusive string `json:"exclusive,omitempty"` // set (as Live's preference says), yes, no; "" = as the Defaults say
}

// RoutingRequest sets a track's input, by category or by display name.
type RoutingRequest struct {
	Track    Ref    `json:"track"`
	Category string `json:"category,omitempty"`
	Name     string `json:"name,omitempty"`
	Channel  string `json:"channel,omitempty"`
}

// Routings are a track's possible inputs and the chosen one.
type Routings struct {
	Types    []live.RoutingType `json:"types"`
	Channels []string           `json:"channels"`
	Type     *live.RoutingType  `json:"type"`
	Channel  *string            `json:"channel"`
}

// TakeRequest starts a take; zero fields mean the Defaults.
type TakeRequest struct {
	Source      live.SourceKind `json:"source,omitempty"`
	Track       Ref             `json:"track,omitempty"` // with SourceTrack
	View        live.View       `json:"view,omitempty"`
	LengthBeats float64         `json:"length_beats,omitempty"`
	LengthBars  float64         `json:"length_bars,omitempty"`    // by the set's signature
	LengthSecs  float64         `json:"length_seconds,omitempty"` // by the set's tempo
	Name        string          `json:"name,omitempty"`
}

// Dialog is what Live shows on top of its window.
type Dialog struct {
	OpenDialogCount          *int    `json:"open_dialog_count"`
	CurrentDialogMessage     *string `json:"current_dialog_message"`
	CurrentDialogButtonCount *int    `json:"current_dialog_button_count"`
}

// Defaults is what one click does: on Record Take, and on a track to arm it.
type Defaults struct {
	Source    live.SourceKind `json:"source"` // armed, selected, main
	View      live.View       `json:"view"`
	Exclusive string          `json:"exclusive"` // whether arming disarms the other tracks: set (as Live's preference says), yes, no
}

// TakeQuery filters the library.
type TakeQuery = sidecar.Query

// LibraryTake is a take in the library with its places on disk. One whose description cannot be read is there too, with sidecar.StatusUnreadable and a warning.
type LibraryTake = sidecar.Entry

// LibraryState is the take library at a glance.
type LibraryState = sidecar.Overview

// Install says what installing the Remote Script did.
type Install struct {
	Folder    string `json:"folder"`    // of the script
	Version   string `json:"version"`   // now there
	Replaced  string `json:"replaced"`  // version that was there, "" if none
	Changed   bool   `json:"changed"`   // false: it was up to date
	NextSteps string `json:"next_step"` // what to do in Live now
}

// LinkStatus is the state of the link to Live.
type LinkStatus string

// The states of the link.
const (
	LinkDisconnected LinkStatus = "disconnected" // no Live with the script found
	LinkConnecting   LinkStatus = "connecting"
	LinkConnected    LinkStatus = "connected"
	LinkIncompatible LinkStatus = "incompatible" // script too old or too new
)

// Link is what is known of the link to Live.
type Link struct {
	Status     LinkStatus `json:"status"`
	Responding bool       `json:"responding"` // false: connected, but Live has not answered for over 2 s
	Message    string     `json:"message"`    // one sentence for the status line
	Hint       string     `json:"hint"`       // what to do, "" if nothing
	PID        int        `json:"pid"`        // of the chosen Live
	Lives      []LiveInfo `json:"lives"`      // all that run, newest first
	// ScriptUpdate is set where the running script is older than the one inside this program.
	ScriptUpdate string `json:"script_update"`
}

// LiveInfo is one running Live.
type LiveInfo struct {
	PID     int    `json:"pid"`
	Live    string `json:"live"`
	Script  string `json:"script"`
	Started int64  `json:"started"` // Unix ms
	Chosen  bool   `json:"chosen"`
}

// Landing is a take on its way into the library.
type Landing = sidecar.Progress

// NoticeKind says what a Notice is about.
type NoticeKind string

// What a user is told without asking.
const (
	NoticeTakeStarted NoticeKind = "take_started"
	NoticeTakeLanded  NoticeKind = "take_landed"
	NoticeTakeFailed  NoticeKind = "take_failed"
	NoticeWarning     NoticeKind = "warning"
	NoticeLink        NoticeKind = "link"
)

// Notice is something worth a desktop notification. Seq counts up from 1 and never repeats while the core runs.
type Notice struct {
	Seq    uint64     `json:"seq"`
	Kind   NoticeKind `json:"kind"`
	Title  string     `json:"title"`
	Text   string     `json:"text"`
	TakeID string     `json:"take,omitempty"`
	Path   string     `json:"path,omitempty"` // to reveal
	At     time.Time  `json:"at"`
}

// Settings are the parts of the configuration that menus show.
type Settings struct {
	Defaults
	TakesDir      string `json:"takes_dir"`
	ExportEnabled bool   `json:"export_enabled"`
	Notifications bool   `json:"notifications"`
	Problem       string `json:"problem"` // a sentence about config.toml, "" if it is fine
}

// Snapshot is everything that a menu, a window or a script can show. It is never changed after it was made: copy, do not mutate.
type Snapshot struct {
	Version  uint64      `json:"version"` // counts up with every change
	Link     Link        `json:"link"`
	State    *live.State `json:"state"`   // nil while no Live is connected
	Pending  []string    `json:"pending"` // verbs that wait for Live, e.g. "take.start", "arm t3"
	Landings []Landing   `json:"landings"`
	// LastTake is the newest take in the library that is not in the trash, nil if there is none.
	LastTake *LibraryTake `json:"last_take"`
	// Library tells that takes changed, whoever changed them: ask Takes for what is new (TakeQuery.Since).
	Library  LibraryState `json:"library"`
	Settings Settings     `json:"settings"`
	Notices  []Notice     `json:"notices"` // the last 20, oldest first

	connection uint64 // that State came through; for the core itself
}

// RunningTake is the take that Live records now (any phase before its end), nil if none.
func (s Snapshot) RunningTake() *live.Take {
	if s.State == nil || s.State.Take == nil || s.State.Take.Phase.Ended() {
		return nil
	}
	return s.State.Take
}
