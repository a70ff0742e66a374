package waveform

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/audio/trouble"
)

const (
	overviewColumns = 4096    // of an Overview at most
	maxColumns      = 1 << 15 // of a Detail at most; no screen has more
	levelZoom       = 256     // frames behind one pixel of a kept level, or a power of two times as many
	levelValues     = 1 << 24 // of a kept level at most
	coarse          = 4       // a column of so many pixels of the level is drawn from the level, a finer one from the file
	readersAtOnce   = 2       // files that are read through at the same time
	// settled is how old a change of a file must be before its size and time can be trusted to show the next one: FAT counts in two seconds.
	settled = 3 * time.Second
)

// Options are what a Store may be told. The zero value keeps nothing on disk.
type Options struct {
	Dir    string       // the takes folder; "" = keep waveforms in memory only
	Disk   int64        // bytes that the folder of waveforms may take; 0 = 512 MiB
	Memory int64        // bytes of waveforms kept in memory; 0 = 96 MiB
	Logger *slog.Logger // nil = silent
}

// Store gives waveforms. It is safe for concurrent use.
type Store struct {
	disk    *disk
	memory  *memory
	flights *flights
	slots   chan struct{} // one token for each file that is read through
	log     *slog.Logger
	now     func() time.Time
	wait    sync.WaitGroup
	say     atomic.Pointer[func(*trouble.Error) string]
}

var _ ports.Waveforms = (*Store)(nil)

// New returns a Store. It never fails: a takes folder that cannot be written costs only speed. Close it after use.
func New(o Options) *Store {
	if o.Disk <= 0 {
		o.Disk = 512 << 20
	}
	if o.Memory <= 0 {
		o.Memory = 96 << 20
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Store{memory: newMemory(o.Memory), slots: make(chan struct{}, readersAtOnce), log: o.Logger, now: time.Now}
	s.flights = newFlights(&s.wait)
	if o.Dir != "" {
		s.disk = &disk{takes: o.Dir, limit: o.Disk, log: o.Logger, now: time.Now}
	}
	return s
}

// Close ends what is being computed and waits for it.
func (s *Store) Close() error {
	s.flights.close()
	s.wait.Wait()
	return nil
}

// Speak gives the sentences of another language for troubles from now on; nil = English.
func (s *Store) Speak(say func(*trouble.Error) string) { s.say.Store(&say) }

func (s *Store) told(err error) error {
	if say := s.say.Load(); say != nil {
		return trouble.Say(*say, err)
	}
	return err
}

// kind is which waveform of a file is meant.
type kind string

const (
	overview kind = "overview" // the whole file, mixed
	channels kind = "channels" // the whole file in levelZoom, channel by channel
)

// source is one state of one file. A file that was changed is another source.
type source struct {
	path     string // absolute
	size     int64
	modified int64 // nanoseconds since 1970
}

// Overview implements ports.Waveforms. The frames behind one column are a power of two, at least 2; the values are those of the program
// audiowaveform at that zoom (see audio.Peaks).
func (s *Store) Overview(ctx context.Context, path string) (*ports.Waveform, error) {
	w, err := s.overview(ctx, path)
	return w, s.told(err)
}

func (s *Store) overview(ctx context.Context, path string) (*ports.Waveform, error) {
	src, err := find(path)
	if err != nil {
		return nil, err
	}
	k, err := s.get(ctx, src, overview)
	if err != nil {
		return nil, err
	}
	return waveform(k, 0), nil
}

// Detail implements ports.Waveforms. The stretch is cut to what the file has. Where one column stands for 1024 frames or more (more in files of
// many hours), the columns come from a kept level of 256 frames a pixel: exact where from and framesPerColumn are multiples of 256,
// otherwise a column may show a peak that lies up to 255 frames beside it. Finer columns are read from the file and always exact.
func (s *Store) Detail(ctx context.Context, path string, from, to int64, framesPerColumn int) (*ports.Waveform, error) {
	w, err := s.detail(ctx, path, from, to, framesPerColumn)
	return w, s.told(err)
}

func (s *Store) detail(ctx context.Context, path string, from, to int64, framesPerColumn int) (*ports.Waveform, error) {
	src, err := find(path)
	if err != nil {
		return nil, err
	}
	f, info, err := open(src)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // opened for reading: nothing to lose
	from = min(max(from, 0), info.Frames)
	to = max(min(to, info.Frames), from)
	framesPerColumn = max(framesPerColumn, 1)
	if (to-from+int64(framesPerColumn)-1)/int64(framesPerColumn) > maxColumns {
		return nil, &trouble.Error{Why: trouble.TooFine, Name: filepath.Base(path)}
	}
	if framesPerColumn < coarse*zoomOfLevel(info) {
		return s.fromFile(ctx, src, f, info, from, to, framesPerColumn)
	}
	k, err := s.get(ctx, src, channels)
	if err != nil {
		return nil, err
	}
	return reduce(k, from, min(to, k.frames), framesPerColumn), nil
}

// get finds the waveform in memory, on disk or by reading the file through.
func (s *Store) get(ctx context.Context, src source, what kind) (kept, error) {
	if k, ok := s.memory.get(src, what); ok {
		return k, nil
	}
	return s.flights.do(ctx, flightKey{src, what}, func(ctx context.Context) (kept, error) {
		if k, ok := s.disk.read(src, what); ok {
			s.memory.put(src, what, k)
			return k, nil
		}
		k, err := s.compute(ctx, src, what)
		if err != nil {
			return kept{}, err
		}
		if now, err := find(src.path); err != nil || now != src || s.now().Sub(time.Unix(0, src.modified)).Abs() < settled {
			return k, nil // perhaps still growing: true now, not worth keeping
		}
		s.memory.put(src, what, k)
		if err := s.disk.write(src, what, k); err != nil {
			s.log.Debug("a waveform was not kept on disk", "file", src.path, "error", err)
		}
		return k, nil
	})
}

// compute reads a file through.
func (s *Store) compute(ctx context.Context, src source, what kind) (kept, error) {
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		return kept{}, ctx.Err()
	}
	defer func() { <-s.slots }()
	f, info, err := open(src)
	if err != nil {
		return kept{}, err
	}
	defer func() { _ = f.Close() }()
	zoom := zoomOfOverview(info.Frames)
	if what == channels {
		zoom = zoomOfLevel(info)
	}
	p, err := audio.MakePeaks(ctx, f, info, zoom, what == channels)
	if err != nil {
		return kept{}, s.failed(ctx, src, err)
	}
	return kept{frames: info.Frames, peaks: p}, nil
}

// fromFile reads a short stretch.
func (s *Store) fromFile(ctx context.Context, src source, f *os.File, info audio.Info, from, to int64, framesPerColumn int) (*ports.Waveform, error) {
	part := info
	part.DataOffset += from * int64(info.BlockAlign)
	part.Frames = to - from
	part.AvailableBytes = part.Frames * int64(info.BlockAlign)
	p, err := audio.MakePeaks(ctx, f, part, framesPerColumn, true)
	if err != nil {
		return nil, s.failed(ctx, src, err)
	}
	return waveform(kept{frames: info.Frames, peaks: p}, from), nil
}

// failed tells the end of ctx from a failure of the file.
func (s *Store) failed(ctx context.Context, src source, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("draw %s: %w", src.path, ctx.Err())
	}
	return trouble.File(src.path, err)
}

// find looks at the state of a file.
func find(path string) (source, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return source{}, trouble.File(path, err)
	}
	st, err := os.Stat(full)
	switch {
	case err != nil:
		return source{}, trouble.File(path, err)
	case !st.Mode().IsRegular():
		return source{}, trouble.File(path, fmt.Errorf("%w: it is no regular file", audio.ErrNotAudio))
	}
	return source{path: full, size: st.Size(), modified: st.ModTime().UnixNano()}, nil
}

// open opens a sound file and reads its header.
func open(src source) (*os.File, audio.Info, error) {
	f, err := os.Open(src.path)
	if err != nil {
		return nil, audio.Info{}, trouble.File(src.path, err)
	}
	st, err := f.Stat()
	if err == nil {
		var info audio.Info
		if info, err = audio.Probe(f, st.Size()); err == nil {
			return f, info, nil
		}
	}
	return nil, audio.Info{}, trouble.File(src.path, errors.Join(err, f.Close()))
}

// zoomOfOverview is how many frames a column of an overview stands for.
func zoomOfOverview(frames int64) int {
	zoom := int64(2)
	for (frames+zoom-1)/zoom > overviewColumns {
		zoom *= 2
	}
	return int(zoom)
}

// zoomOfLevel is how many frames a pixel of the kept level of a file stands for.
func zoomOfLevel(info audio.Info) int {
	zoom := int64(levelZoom)
	for 2*int64(info.Channels)*(info.Frames/zoom+1) > levelValues {
		zoom *= 2
	}
	return int(zoom)
}

// waveform shows what is kept as the windows want it.
func waveform(k kept, from int64) *ports.Waveform {
	p := k.peaks
	return &ports.Waveform{Rate: p.Rate, Channels: p.Channels, Frames: k.frames, From: from, FramesPerColumn: p.SamplesPerPixel, Data: p.Data}
}

// reduce draws a stretch from the pixels of a level.
func reduce(k kept, from, to int64, framesPerColumn int) *ports.Waveform {
	p, zoom, step := k.peaks, int64(k.peaks.SamplesPerPixel), int64(framesPerColumn)
	w := &ports.Waveform{Rate: p.Rate, Channels: p.Channels, Frames: k.frames, From: from, FramesPerColumn: framesPerColumn}
	if to <= from {
		return w
	}
	w.Data = make([]int16, 0, (to-from+step-1)/step*2*int64(p.Channels))
	for a := from; a < to; a += step {
		b := min(a+step, to)
		first, last := a/zoom, min((b+zoom-1)/zoom, int64(p.Len()))
		for ch := range p.Channels {
			lo, hi := int16(32767), int16(-32768)
			for i := first; i < last; i++ {
				at := 2 * (i*int64(p.Channels) + int64(ch))
				lo, hi = min(lo, p.Data[at]), max(hi, p.Data[at+1])
			}
			w.Data = append(w.Data, lo, hi)
		}
	}
	return w
}
