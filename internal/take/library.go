package take

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/takebar/takebar/internal/take/sidecar"
)

// Options say where a Library lives and how it behaves. Dir and Home are required.
type Options struct {
	Dir            string // the takes folder, absolute; made when the first take lands
	Home           string // Takebar's own folder; the journal lives in its folder "journal"
	Template       string // of names, "" = DefaultTemplate
	TakebarVersion string // written into sidecars
	After          uint64 // revisions begin above this one, that of the library before in the same program

	// LiveRecordings are the folders that hold the temporary projects of unsaved sets. Nil means Music/Ableton/Live Recordings
	// of the user.
	LiveRecordings []string

	Logger *slog.Logger     // nil = silent
	Now    func() time.Time // nil = time.Now; its location is the one of dates in names
	Poll   time.Duration    // between two looks at a file, 0 = 200 ms
	GiveUp time.Duration    // how long to wait for an unfinished file, 0 = 10 s

	// Step is called on the way of a landing at each of Steps, for tests that stop the program there. Nil = nothing.
	Step func(name string)
}

// Library is the takes folder and what is on its way there. It is safe for concurrent use. One process at a time may
// use the same Home; Takebar's core holds a lock for that.
type Library struct {
	opt      Options
	log      *slog.Logger
	template template

	mu       sync.Mutex // names, sidecars, trash and index change under it, in short steps
	index    *index
	number   int               // the highest take number given so far, 0 = not looked up yet
	reserved map[string]string // paths promised to a take on its way: nameKey of the absolute path -> take id

	returnTime time.Duration // see Observe

	flightMu sync.Mutex
	flights  map[string]*flight // by take id
}

// Open gives the Library. It touches neither folder: a takes folder on a drive that is not plugged in is no reason not to start.
// The only errors are a bad template (CodeBadTemplate) and missing options.
func Open(opt Options) (*Library, error) {
	if !filepath.IsAbs(opt.Dir) || !filepath.IsAbs(opt.Home) {
		return nil, errors.New("open the take library: takes folder and home folder must be absolute paths")
	}
	if opt.Template == "" {
		opt.Template = DefaultTemplate
	}
	tmpl, err := parseTemplate(opt.Template)
	if err != nil {
		return nil, err
	}
	if opt.Logger == nil {
		opt.Logger = slog.New(slog.DiscardHandler)
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Poll == 0 {
		opt.Poll = 200 * time.Millisecond
	}
	if opt.GiveUp == 0 {
		opt.GiveUp = 10 * time.Second
	}
	if opt.Step == nil {
		opt.Step = func(string) {}
	}
	if opt.LiveRecordings == nil {
		opt.LiveRecordings = defaultLiveRecordings()
	}
	opt.Dir, opt.Home = filepath.Clean(opt.Dir), filepath.Clean(opt.Home)
	return &Library{
		opt:      opt,
		log:      opt.Logger,
		template: tmpl,
		index:    &index{records: map[string]*record{}, seed: maphash.MakeSeed(), history: newHistory(time.Now(), opt.After)},
		reserved: map[string]string{}, returnTime: returnTime,
		flights: map[string]*flight{},
	}, nil
}

// defaultLiveRecordings is where Live keeps what unsaved sets record.
func defaultLiveRecordings() []string {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil
	}
	folders := []string{filepath.Join(home, "Music", "Ableton", "Live Recordings")}
	if runtime.GOOS == "windows" {
		folders = append(folders, filepath.Join(home, "Documents", "Ableton", "Live Recordings"))
	}
	return folders
}

func (l *Library) now() time.Time { return l.opt.Now() }

// flight is a deed for one take that is under way.
type flight struct {
	done  chan struct{}
	entry sidecar.Entry
	err   error
}

// fly carries out one deed at a time for each take. Whoever asks for the same meanwhile gets the same answer.
func (l *Library) fly(ctx context.Context, id string, deed func() (sidecar.Entry, error)) (sidecar.Entry, error) {
	f := &flight{done: make(chan struct{})}
	for {
		other := l.takeOff(id, f)
		if other == nil {
			break
		}
		select {
		case <-other.done:
			if !isContextError(other.err) {
				return other.entry, other.err
			} // only the other one's time was up
		case <-ctx.Done():
			return sidecar.Entry{}, fmt.Errorf("wait for the landing of the take: %w", ctx.Err())
		}
	}
	defer func() {
		l.flightMu.Lock()
		delete(l.flights, id)
		l.flightMu.Unlock()
		close(f.done)
	}()
	f.entry, f.err = deed()
	return f.entry, f.err
}

// takeOff notes a flight, unless there is another one for the take, which it gives back.
func (l *Library) takeOff(id string, f *flight) *flight {
	l.flightMu.Lock()
	defer l.flightMu.Unlock()
	if other := l.flights[id]; other != nil {
		return other
	}
	l.flights[id] = f
	return nil
}

func isContextError(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// flying says that a take is on its way right now.
func (l *Library) flying(id string) bool {
	l.flightMu.Lock()
	defer l.flightMu.Unlock()
	return l.flights[id] != nil
}

// knownDirs is the file in the home folder that lists takes folders that have been used.
func (l *Library) knownDirsPath() string { return filepath.Join(l.opt.Home, "takes-folders.json") }

// usedDirs are the takes folders that takes have landed in.
type usedDirs struct {
	Dirs []string `json:"dirs"`
}

func (l *Library) usedDirs() (known usedDirs) {
	if err := readRecord(l.knownDirsPath(), &known); err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.log.Warn("the list of takes folders could not be read", "error", err)
	}
	return known
}

// unplugged fails with fs.ErrNotExist for a takes folder that was there before and is gone together with the folder around it: then a
// drive is missing. Without that folder alone, somebody has tidied up.
func (l *Library) unplugged(dir string) error {
	for _, path := range []string{dir, filepath.Dir(dir)} {
		if there, err := exists(path); there || err != nil {
			return err
		}
	}
	if slices.Contains(l.usedDirs().Dirs, dir) {
		return &fs.PathError{Op: "open", Path: dir, Err: fs.ErrNotExist}
	}
	return nil
}

// readyDir makes the takes folder where it is not there yet, unless its drive is missing: then takes would land where nobody looks for them.
func (l *Library) readyDir(dir string) error {
	if err := l.unplugged(dir); err != nil {
		return folderError(dir, err)
	}
	if err := makeDirs(dir); err != nil {
		return folderError(dir, err)
	}
	known := l.usedDirs()
	if slices.Contains(known.Dirs, dir) {
		return nil
	}
	known.Dirs = append(known.Dirs, dir)
	if err := writeRecord(l.knownDirsPath(), known); err != nil {
		l.log.Warn("the list of takes folders could not be written", "error", err)
	}
	return nil
}
