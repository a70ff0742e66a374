package take

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// CodeTarget says that the folder for a bounce cannot be used.
const CodeTarget = "target_unwritable"

// bounceFrameBytes is what a frame of a bounce takes on disk at most likely: stereo, 24 bits.
const (
	bounceFrameBytes = 6
	bounceRate       = 48000
	cutFrames        = 1 << 14 // at a time
)

func (l *Library) bouncePlanPath(id string) string {
	return filepath.Join(l.opt.Home, "bounces", id+".json")
}

// PlanBounce notes where the files of a bounce are to go, before it is recorded. It refuses a folder that cannot be written to and disks
// that are too full.
func (l *Library) PlanBounce(_ context.Context, p sidecar.BouncePlan) error {
	if err := checkID(p.ID); err != nil {
		return err
	}
	if err := tryFolder(p.Dir); err != nil {
		return failf(CodeTarget, "Choose a folder that you may write to.", err, "Nothing can be written to %s: %v.", p.Dir, plainCause(err))
	}
	need := int64(p.Seconds*bounceRate) * bounceFrameBytes * int64(max(1, p.Tracks))
	for _, dir := range []string{p.Dir, l.opt.Dir} {
		if free, err := freeBytes(dir); err == nil && free < need+spareBytes {
			return failf(CodeDiskFull, "Free some space there, or choose another folder.", nil,
				"The disk of %s has %s left, and this bounce needs about %s.", dir, size(free), size(need))
		}
	}
	return writeRecord(l.bouncePlanPath(p.ID), p)
}

// tryFolder makes the folder and writes something into it.
func tryFolder(dir string) error {
	if !filepath.IsAbs(dir) {
		return fmt.Errorf("%w: it is not absolute", fs.ErrInvalid)
	}
	if err := makeDirs(dir); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".takebar-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

func plainCause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// DropBounce forgets the plan of a bounce that does not land.
func (l *Library) DropBounce(id string) error {
	if err := checkID(id); err != nil {
		return err
	}
	return removeIfThere(l.bouncePlanPath(id))
}

// PlannedBounces lists the bounces whose files are not where they were wanted yet.
func (l *Library) PlannedBounces() ([]sidecar.BouncePlan, error) {
	paths, err := filepath.Glob(filepath.Join(l.opt.Home, "bounces", "*.json"))
	if err != nil {
		return nil, fmt.Errorf("look for planned bounces: %w", err)
	}
	var all []sidecar.BouncePlan
	for _, path := range paths {
		var p sidecar.BouncePlan
		if err := readRecord(path, &p); err != nil || checkID(p.ID) != nil {
			l.log.Warn("the plan of a bounce could not be read", "path", path, "error", err)
			continue
		}
		all = append(all, p)
	}
	return all, nil
}

// DeliverBounce cuts the files of a bounce that has landed out of the library's copies, into the folder of its plan. Every file begins with the first sample of its
// section; what was recorded in one pass stays together to the sample. Nothing is overwritten. Doing it again after a crash goes on with what
// is there. A bounce without a plan is CodeTakeNotFound.
func (l *Library) DeliverBounce(ctx context.Context, e sidecar.Entry, progress func(done float64)) (sidecar.Bounced, error) {
	out := sidecar.Bounced{ID: e.ID}
	var plan sidecar.BouncePlan
	err := readRecord(l.bouncePlanPath(e.ID), &plan)
	if errors.Is(err, fs.ErrNotExist) || err == nil && e.Bounce == nil {
		return out, failf(CodeTakeNotFound, "", nil, "Nobody waits for the files of the bounce %s.", e.ID)
	}
	if err != nil {
		return out, err
	}
	out.Dir = plan.Dir
	if err := makeDirs(plan.Dir); err != nil {
		return out, failf(CodeTarget, "The bounce is in the takes folder.", err, "Nothing can be written to %s: %v.", plan.Dir, plainCause(err))
	}
	pieces := piecesOf(e, plan)
	if len(plan.Names) != len(pieces) {
		if plan.Names, err = bounceNames(e, plan, pieces); err != nil {
			return out, folderError(plan.Dir, err)
		}
		if err := writeRecord(l.bouncePlanPath(e.ID), plan); err != nil {
			return out, err
		}
	}
	for i, p := range pieces {
		path := filepath.Join(plan.Dir, plan.Names[i])
		if err := p.write(ctx, path); err != nil {
			return out, folderError(plan.Dir, err)
		}
		out.Files = append(out.Files, sidecar.BouncedFile{Path: path, Track: p.file.Track, Section: p.section, Rate: p.file.Rate, Frames: p.to - p.from, Partial: p.partial})
		out.Partial = out.Partial || p.partial
		progress(float64(i+1) / float64(len(pieces)))
	}
	out.Partial = out.Partial || e.Bounce.Partial || len(e.Missing) > 0
	out.Warnings = bounceWarnings(e)
	return out, l.DropBounce(e.ID)
}

func bounceWarnings(e sidecar.Entry) []sidecar.Warning {
	all := append([]sidecar.Warning{}, e.Warnings...)
	for _, f := range e.Files {
		for _, w := range f.Warnings {
			all = append(all, sidecar.Warning{Code: w.Code, Message: f.Track + ": " + w.Message})
		}
	}
	return all
}

// cutting is what one file of a bounce holds: frames from to to of a file of the library.
type cutting struct {
	source   string // path
	file     sidecar.File
	section  string
	from, to int64
	partial  bool
}

// piecesOf lists the files to make, section by section within a track. A section of which nothing was recorded is left out.
func piecesOf(e sidecar.Entry, plan sidecar.BouncePlan) []cutting {
	var all []cutting
	for i, f := range e.Files {
		marks := marksOf(e, f)
		for s := range len(marks) - 1 {
			from, to := min(marks[s], f.Frames), min(marks[s+1], f.Frames)
			name := ""
			if s < len(plan.Sections) {
				name = plan.Sections[s]
			}
			if to > from {
				all = append(all, cutting{source: e.Paths[i], file: f, section: name, from: from, to: to, partial: to < marks[s+1]})
			}
		}
	}
	return all
}

// marksOf are the frames where a file of a bounce is cut: start, cuts, end. Where Live could not say, the tempo tells.
func marksOf(e sidecar.Entry, f sidecar.File) []int64 {
	beats := append(append([]float64{e.Bounce.Start}, e.Bounce.Cuts...), e.Bounce.End())
	first := int64(0)
	if f.StartSample != nil {
		first = *f.StartSample
	}
	marks := make([]int64, len(beats))
	for i, beat := range beats {
		marks[i] = first
		if e.Tempo > 0 {
			marks[i] += int64(math.Round((beat - e.Bounce.Start) * 60 / e.Tempo * float64(f.Rate)))
		}
		if i < len(f.Cuts) && f.Cuts[i] != nil {
			marks[i] = *f.Cuts[i]
		}
		if i > 0 {
			marks[i] = max(marks[i], marks[i-1])
		}
	}
	return marks
}

// bounceNames gives every piece a name that is free in the folder: set, track, section. All of one bounce get the same number where one is needed.
func bounceNames(e sidecar.Entry, plan sidecar.BouncePlan, pieces []cutting) ([]string, error) {
	dir := newDirLook(plan.Dir)
	stems := make([]string, len(pieces))
	seen := map[string]int{}
	for i, p := range pieces {
		parts := []string{e.Set.Name, p.file.Track, p.section}
		if p.partial {
			parts = append(parts, "partial")
		}
		parts = slices.DeleteFunc(parts, func(s string) bool { return strings.TrimSpace(s) == "" })
		stems[i] = cleanComponent(cutText(cleanValue(strings.Join(parts, " - ")), maxComponent))
		seen[nameKey(stems[i])]++
		if n := seen[nameKey(stems[i])]; n > 1 { // tracks may share a name
			stems[i] += fmt.Sprintf(" %d", n)
			seen[nameKey(stems[i])]++
		}
	}
	for n := 1; ; n++ {
		names := make([]string, len(stems))
		free := true
		for i, stem := range stems {
			names[i] = stem + ".wav"
			if n > 1 {
				names[i] = fmt.Sprintf("%s (%d).wav", stem, n)
			}
			free = free && !dir.has(names[i]) && !dir.has(names[i]+partSuffix)
		}
		if free || dir.err != nil {
			return names, dir.err
		}
	}
}

// write makes the file and reads it back. A file that is there already from before a crash stays if it is the same.
func (p cutting) write(ctx context.Context, path string) error {
	r, err := audio.Open(p.source)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // read only
	if _, err := os.Lstat(path); err == nil {
		return p.verify(ctx, r, path)
	}
	if err := removeIfThere(path + partSuffix); err != nil {
		return err
	}
	info := r.Info()
	f := audio.WriterFormat{Rate: info.Rate, Channels: info.Channels, Bits: max(16, info.Bits), Float: info.Float}
	if f.Float {
		f.Bits = 32
	}
	w, err := audio.Create(path, f)
	if err != nil {
		return err
	}
	if err := p.each(ctx, r, p.from, p.to, func(b []byte) error { _, err := w.Write(b); return err }); err != nil {
		return errors.Join(err, w.Discard())
	}
	if err := w.Close(); err != nil {
		return err
	}
	return p.verify(ctx, r, path)
}

// verify compares the samples of a finished file with those that it was cut from.
func (p cutting) verify(ctx context.Context, r *audio.Reader, path string) error {
	got, err := audio.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = got.Close() }() // read only
	sums := [2][]byte{}
	for i, side := range []struct {
		r        *audio.Reader
		from, to int64
	}{{r, p.from, p.to}, {got, 0, got.Info().Frames}} {
		h := sha256.New()
		if err := p.each(ctx, side.r, side.from, side.to, func(b []byte) error { _, err := h.Write(b); return err }); err != nil {
			return err
		}
		sums[i] = h.Sum(nil)
	}
	if got.Info().Frames != p.to-p.from || !bytes.Equal(sums[0], sums[1]) {
		return failf(CodeVerifyFailed, "Look at that disk, then bounce again; the bounce itself is in the takes folder.", nil, "%s does not read back as it was written.", path)
	}
	return nil
}

// each gives the frames from to to as little-endian samples, a block at a time.
func (p cutting) each(ctx context.Context, r *audio.Reader, from, to int64, use func([]byte) error) error {
	if err := r.SeekFrame(from); err != nil {
		return err
	}
	info := r.Info()
	ints := make([]int32, cutFrames*info.Channels)
	floats := make([]float32, len(ints))
	var b []byte
	for left := to - from; left > 0; {
		want := int(min(left, cutFrames)) * info.Channels
		var n int
		var err error
		b = b[:0]
		if info.Float {
			n, err = r.ReadFloat32(ctx, floats[:want])
			for _, v := range floats[:n*info.Channels] {
				b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
			}
		} else {
			n, err = r.ReadInt32(ctx, ints[:want])
			b = appendInts(b, ints[:n*info.Channels], max(16, info.Bits))
		}
		if err != nil && !(errors.Is(err, io.EOF) && n > 0) {
			return err
		}
		if err := use(b); err != nil {
			return err
		}
		left -= int64(n)
	}
	return nil
}

// appendInts writes samples whose full scale is 1<<31 with fewer bits. Nothing is lost, since they had no more.
func appendInts(b []byte, samples []int32, bits int) []byte {
	for _, v := range samples {
		for shift := 32 - bits; shift < 32; shift += 8 {
			b = append(b, byte(v>>shift))
		}
	}
	return b
}
