package take

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// sound describes a recording to be made.
type sound struct {
	aiff       bool
	rf64       bool
	frames     int
	level      float64 // amplitude of the tone, 0 = all zero
	unfinished bool    // header as Live leaves it when it crashes
}

const (
	testRate     = 48000
	testChannels = 2
)

// bytes of a stereo file of 24 bits at 48 kHz.
func (s sound) bytes() []byte {
	samples := make([]byte, 0, s.frames*6)
	for i := range s.frames {
		v := int32(s.level * (1<<23 - 1) * math.Sin(2*math.Pi*440*float64(i)/testRate))
		for range testChannels {
			if s.aiff {
				samples = append(samples, byte(v>>16), byte(v>>8), byte(v))
			} else {
				samples = append(samples, byte(v), byte(v>>8), byte(v>>16))
			}
		}
	}
	if s.aiff {
		return s.aiffHeader(samples)
	}
	return s.wavHeader(samples)
}

func (s sound) wavHeader(samples []byte) []byte {
	le := binary.LittleEndian
	var chunks bytes.Buffer
	put := func(id string, body []byte) {
		chunks.WriteString(id)
		chunks.Write(le.AppendUint32(nil, uint32(len(body))))
		chunks.Write(body)
	}
	format := le.AppendUint16(nil, 1)
	format = le.AppendUint16(format, testChannels)
	format = le.AppendUint32(format, testRate)
	format = le.AppendUint32(format, testRate*testChannels*3)
	format = le.AppendUint16(format, testChannels*3)
	format = le.AppendUint16(format, 24)
	riffSize, dataSize, id := uint32(0), uint32(len(samples)), "RIFF"
	if s.rf64 {
		id = "RF64"
		ds := le.AppendUint64(nil, uint64(4+36+24+8+len(samples)))
		ds = le.AppendUint64(ds, uint64(len(samples)))
		ds = le.AppendUint64(ds, uint64(s.frames))
		put("ds64", le.AppendUint32(ds, 0))
		riffSize, dataSize = math.MaxUint32, math.MaxUint32
	}
	put("fmt ", format)
	if s.unfinished {
		dataSize = 0
	}
	chunks.WriteString("data")
	chunks.Write(le.AppendUint32(nil, dataSize))
	chunks.Write(samples)
	if !s.rf64 && !s.unfinished {
		riffSize = uint32(4 + chunks.Len())
	}
	out := append([]byte(id), le.AppendUint32(nil, riffSize)...)
	return append(append(out, "WAVE"...), chunks.Bytes()...)
}

func (s sound) aiffHeader(samples []byte) []byte {
	be := binary.BigEndian
	frames, data := uint32(s.frames), uint32(8+len(samples))
	if s.unfinished {
		frames, data = 0, 0
	}
	comm := be.AppendUint16(nil, testChannels)
	comm = be.AppendUint32(comm, frames)
	comm = be.AppendUint16(comm, 24)
	comm = append(comm, 0x40, 0x0e, 0xbb, 0x80, 0, 0, 0, 0, 0, 0) // 48000 as an 80-bit float
	var chunks bytes.Buffer
	chunks.WriteString("AIFFCOMM")
	chunks.Write(be.AppendUint32(nil, uint32(len(comm))))
	chunks.Write(comm)
	chunks.WriteString("SSND")
	chunks.Write(be.AppendUint32(nil, data))
	chunks.Write(make([]byte, 8))
	chunks.Write(samples)
	size := uint32(chunks.Len())
	if s.unfinished {
		size = 0
	}
	return append(append([]byte("FORM"), be.AppendUint32(nil, size)...), chunks.Bytes()...)
}

// tone is a finished recording of a second.
func tone() sound { return sound{frames: testRate, level: 0.5} }

// studio is a library beside a project of Live.
type studio struct {
	*Library
	t        *testing.T
	root     string
	recorded string // of the project
	clock    time.Time
	opt      Options
}

func newStudio(t *testing.T, change ...func(*Options)) *studio {
	t.Helper()
	return newStudioIn(t, t.TempDir(), change...)
}

func newStudioIn(t *testing.T, root string, change ...func(*Options)) *studio {
	t.Helper()
	s := &studio{t: t, root: root, recorded: filepath.Join(root, "My Song Project", "Samples", "Recorded")}
	mustDo(t, os.MkdirAll(s.recorded, 0o755))
	s.clock = time.Now().Truncate(time.Millisecond)
	s.opt = Options{
		Dir: filepath.Join(root, "Takes"), Home: filepath.Join(root, "home"), TakebarVersion: "1.0.0",
		LiveRecordings: []string{filepath.Join(root, "Live Recordings")},
		Now:            func() time.Time { return s.clock },
		Poll:           2 * time.Millisecond, GiveUp: 40 * time.Millisecond,
	}
	for _, c := range change {
		c(&s.opt)
	}
	s.reopen()
	return s
}

// reopen is a new start of the program.
func (s *studio) reopen() {
	s.t.Helper()
	l, err := Open(s.opt)
	mustDo(s.t, err)
	s.Library = l
}

// record puts a file into the project, named as Live names it.
func (s *studio) record(track string, what sound) string {
	s.t.Helper()
	ext := ".wav"
	if what.aiff {
		ext = ".aif"
	}
	path := filepath.Join(s.recorded, fmt.Sprintf("%s 0001 [%s]%s", track, s.clock.Format("2006-01-02 150405"), ext))
	mustDo(s.t, os.WriteFile(path, what.bytes(), 0o644))
	return path
}

// take is a finished take as Live reports it; of each path the track is the file name up to the number.
func (s *studio) take(id string, paths ...string) live.Take {
	at := s.clock.UnixMilli()
	name, als := "My Song", filepath.Join(s.root, "My Song Project", "My Song.als")
	start, stop := 8.0, 16.0
	t := live.Take{
		ID: id, Phase: live.PhaseFinished, Source: live.Source{Kind: live.SourceArmed}, View: live.ViewArrangement,
		RequestedAt: at, StartedAt: &at, StoppedAt: &at, StartBeat: &start, StopBeat: &stop, Tempo: 120,
		SignatureNumerator: 4, SignatureDenominator: 4, Set: live.Set{ID: "set1", Name: &name, Path: &als},
	}
	for i, p := range paths {
		track := fileTrack(filepath.Base(p))
		first := int64(0)
		rate := float64(testRate)
		t.Tracks = append(t.Tracks, live.TakeTrack{ID: fmt.Sprint("t", i), Name: track, Kind: live.KindAudio})
		t.Clips = append(t.Clips, live.Clip{
			Track: fmt.Sprint("t", i), TrackName: track, Kind: live.KindAudio, ClipName: track + " 1", FilePath: &p, SampleRate: &rate, StartSample: &first, StartBeat: &start,
		})
	}
	return t
}

func (s *studio) land(t live.Take) sidecar.Entry {
	s.t.Helper()
	e, err := s.Land(s.t.Context(), t, live.Link{Live: "12.3.6", Script: "1.0.0"}, nil)
	mustDo(s.t, err)
	return e
}

func (s *studio) list(q sidecar.Query) []sidecar.Entry {
	s.t.Helper()
	all, err := s.List(s.t.Context(), q)
	mustDo(s.t, err)
	return all
}

// files lists everything below the takes folder but the trash, relative, with "/".
func (s *studio) files() []string { return filesBelow(s.t, s.opt.Dir) }

// journalFiles lists what waits in the journal.
func (s *studio) journalFiles() []string {
	return slices.DeleteFunc(filesBelow(s.t, filepath.Join(s.opt.Home, "journal")), func(n string) bool { return strings.HasPrefix(n, "done/") })
}

func filesBelow(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == trashFolder {
			return filepath.SkipDir
		}
		if !d.IsDir() {
			rel, err := filepath.Rel(dir, path)
			names = append(names, filepath.ToSlash(rel))
			return err
		}
		return nil
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

func mustDo(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// mustFail says that err has the code.
func mustFail(t *testing.T, err error, code string) {
	t.Helper()
	_ = failure(t, err, code) // what it says does not matter here
}

// failure gives an error of the code, and stops the test if it is another.
func failure(t *testing.T, err error, code string) *Error {
	t.Helper()
	var e *Error
	if !asError(err, &e) {
		t.Fatalf("got error %v, want one of code %s", err, code)
	}
	if e.Code != code {
		t.Fatalf("got code %s (%v), want %s", e.Code, err, code)
	}
	if e.Message == "" || !strings.HasSuffix(e.Message, ".") {
		t.Errorf("the message is no sentence: %q", e.Message)
	}
	return e
}

func sumOf(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	mustDo(t, err)
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func hasWarning(list []sidecar.Warning, code string) bool {
	return slices.ContainsFunc(list, func(w sidecar.Warning) bool { return w.Code == code && w.Message != "" })
}

func wantFiles(t *testing.T, got, want []string) {
	t.Helper()
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Fatalf("files:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
