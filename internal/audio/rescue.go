package audio

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// RescueReport tells what Rescue did.
type RescueReport struct {
	Before Info // the file as it was found
	After  Info // the repaired copy, probed again after writing
	// DroppedBytes counts the bytes at the end that are not in the copy: those
	// of a frame that was only partly written, or junk behind the last chunk.
	DroppedBytes int64
	// Notes are sentences for the user: what was wrong and what was done.
	Notes []string
}

// Rescue writes a repaired copy of the unfinished or truncated file src to dst:
// the sizes in the header are worked out anew from the length of the file. The
// samples stay as they are. src is only read.
//
// dst must not exist (fs.ErrExist). The copy grows in the same folder under a
// name of its own that ends in ".part", is synced, probed and only then
// renamed; on an error or when ctx ends nothing is left behind. A WAV of more
// than 4 GiB becomes an RF64; an AIFF cannot be that large (ErrTooLarge).
// ErrComplete says that src needs no repair, ErrNoFormat that the part of the
// header that names the sample format was lost, ErrUnfinished that there is not
// one frame to save.
func Rescue(ctx context.Context, src, dst string) (RescueReport, error) {
	return rescue(ctx, src, dst, maxSize32)
}

func rescue(ctx context.Context, src, dst string, limit int64) (RescueReport, error) {
	in, info, err := openProbed(src)
	rep := RescueReport{Before: info}
	if err != nil {
		return rep, fmt.Errorf("rescue: %w", err)
	}
	defer func() { _ = in.Close() }() // opened for reading: nothing to lose
	st, err := in.Stat()
	if err != nil {
		return rep, fmt.Errorf("rescue: read size: %w", err)
	}
	if info.Complete {
		return rep, fmt.Errorf("rescue %s: %w: there is nothing to repair", src, ErrComplete)
	}
	if info.Frames == 0 {
		return rep, fmt.Errorf("rescue %s: %w: there is not one frame to save", src, ErrUnfinished)
	}
	if err := mustNotExist(dst); err != nil {
		return rep, fmt.Errorf("rescue: %w", err)
	}
	plan, err := planRescue(info, st.Size(), limit)
	if err != nil {
		return rep, fmt.Errorf("rescue %s: %w", src, err)
	}
	part, err := createPart(dst)
	if err != nil {
		return rep, fmt.Errorf("rescue: %w", err)
	}
	if rep.After, err = plan.carryOut(ctx, in, part); err == nil {
		err = publish(part.Name(), dst)
	}
	if err != nil {
		_ = part.Close() // closed already unless carryOut failed early
		return rep, fmt.Errorf("rescue: %w", errors.Join(err, os.Remove(part.Name())))
	}
	rep.DroppedBytes = plan.dropped
	rep.Notes = plan.notes(rep)
	return rep, nil
}

// createPart creates a file beside dst that no other can have. dst.part itself
// may be the very file that is to be rescued.
func createPart(dst string) (*os.File, error) {
	for n := 1; ; n++ {
		name := fmt.Sprintf("%s.rescue%d%s", filepath.Base(dst), n, partSuffix)
		f, err := os.OpenFile(filepath.Join(filepath.Dir(dst), name), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if err == nil || !errors.Is(err, fs.ErrExist) || n == 100 {
			return f, err
		}
	}
}

// patch is a field of the header that gets a new value.
type patch struct {
	at    int64 // in the source
	bytes []byte
}

// rescuePlan says how the copy is made: start, then the source from byte from to
// byte end, then a padding byte if pad; in that, the patches.
type rescuePlan struct {
	start     []byte
	from, end int64
	pad       bool
	patches   []patch
	frames    int64
	dropped   int64 // bytes of the source that are left out
}

// planRescue works out the new header for a file of size bytes.
func planRescue(info Info, size, limit int64) (*rescuePlan, error) {
	data := info.Frames * int64(info.BlockAlign)
	p := &rescuePlan{frames: info.Frames, end: info.DataOffset + data, pad: data%2 == 1}
	if info.lay.keepEnd > 0 {
		// All samples and whatever chunks follow are whole; only sizes are wrong.
		data, p.end, p.pad = info.DataBytes, info.lay.keepEnd, info.lay.keepOdd
	}
	form := p.end - 8
	p.dropped = size - p.end
	if p.pad {
		form++
		if info.lay.keepEnd > 0 {
			p.dropped = max(0, p.dropped-1) // the old padding byte is no loss
		}
	}
	switch info.Container {
	case AIFF, AIFC:
		return p, p.aiff(info, form, data, limit)
	case RIFX:
		return p, p.rifx(info, form, data, limit)
	default:
		p.wave(info, form, data, limit)
		return p, nil
	}
}

func (p *rescuePlan) put32(order binary.ByteOrder, at, v int64) {
	if at > 0 {
		b := make([]byte, 4)
		order.PutUint32(b, uint32(min(v, unset)))
		p.patches = append(p.patches, patch{at, b})
	}
}

func (p *rescuePlan) aiff(info Info, form, data, limit int64) error {
	if form > limit {
		return fmt.Errorf("%w: an %s holds at most 4 GiB and this one has %d bytes", ErrTooLarge, info.Container, form)
	}
	p.put32(binary.BigEndian, 4, form)
	p.put32(binary.BigEndian, info.lay.dataSizeAt, info.lay.dataPrefix+data)
	p.put32(binary.BigEndian, info.lay.framesAt, p.frames)
	return nil
}

func (p *rescuePlan) rifx(info Info, form, data, limit int64) error {
	if form > limit {
		return fmt.Errorf("%w: a RIFX holds at most 4 GiB and this one has %d bytes", ErrTooLarge, form)
	}
	p.put32(binary.BigEndian, 4, form)
	p.put32(binary.BigEndian, info.lay.dataSizeAt, data)
	p.put32(binary.BigEndian, info.lay.factAt, p.frames)
	return nil
}

// wave plans for RIFF, RF64 and BW64. The sizes of 64 bits go to the ds64 chunk
// that is there, to a JUNK chunk kept for it, or to a new one.
func (p *rescuePlan) wave(info Info, form, data, limit int64) {
	le := binary.LittleEndian
	p.put32(le, info.lay.factAt, p.frames)
	is64 := info.lay.ds64At > 0
	if !is64 && form <= limit {
		p.patches = append(p.patches, patch{0, []byte("RIFF")})
		p.put32(le, 4, form)
		p.put32(le, info.lay.dataSizeAt, data)
		return
	}
	p.put32(le, info.lay.dataSizeAt, unset)
	sizes := func(form int64) []byte {
		b := le.AppendUint64(nil, uint64(form))
		b = le.AppendUint64(b, uint64(data))
		return le.AppendUint64(b, uint64(p.frames))
	}
	switch {
	case is64:
		p.put32(le, 4, unset)
		p.patches = append(p.patches, patch{info.lay.ds64At, sizes(form)})
	case info.lay.junkAt > 0:
		p.patches = append(p.patches,
			patch{0, []byte("RF64\xFF\xFF\xFF\xFF")},
			patch{info.lay.junkAt, []byte("ds64")},
			patch{info.lay.junkAt + 8, append(sizes(form), 0, 0, 0, 0)})
	default:
		p.start = appendRF64(nil, form+8+ds64Size, data, p.frames)
		p.from = 12
	}
}

// carryOut writes, syncs and closes the copy and probes it.
func (p *rescuePlan) carryOut(ctx context.Context, in, out *os.File) (Info, error) {
	if _, err := out.Write(p.start); err != nil {
		return Info{}, fmt.Errorf("write copy: %w", err)
	}
	if _, err := in.Seek(p.from, io.SeekStart); err != nil {
		return Info{}, fmt.Errorf("read source: %w", err)
	}
	// Copying from file to file lets the system clone where it can; the pieces
	// give ctx a chance.
	for left := p.end - p.from; left > 0; {
		if err := ctx.Err(); err != nil {
			return Info{}, err
		}
		n, err := io.CopyN(out, in, min(left, 16<<20))
		if left -= n; err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF // the source became shorter meanwhile
			}
			return Info{}, fmt.Errorf("copy samples: %w", err)
		}
	}
	if p.pad {
		if _, err := out.Write([]byte{0}); err != nil {
			return Info{}, fmt.Errorf("write copy: %w", err)
		}
	}
	for _, c := range p.patches {
		if _, err := out.WriteAt(c.bytes, c.at-p.from+int64(len(p.start))); err != nil {
			return Info{}, fmt.Errorf("write header of copy: %w", err)
		}
	}
	if err := out.Sync(); err != nil {
		return Info{}, fmt.Errorf("sync copy: %w", err)
	}
	if err := out.Close(); err != nil {
		return Info{}, fmt.Errorf("close copy: %w", err)
	}
	after, err := ProbeFile(out.Name())
	if err == nil {
		err = after.Err()
	}
	if err == nil && after.Frames != p.frames {
		err = fmt.Errorf("%w: the copy has %d frames instead of %d", ErrUnfinished, after.Frames, p.frames)
	}
	if err != nil {
		return after, fmt.Errorf("check copy: %w", err)
	}
	return after, nil
}

func (p *rescuePlan) notes(rep RescueReport) []string {
	notes := []string{
		"The file was not finished: " + rep.Before.Reason + ".",
		fmt.Sprintf("The copy has a new header for %d frames (%s).", rep.After.Frames, rep.After.Duration()),
	}
	if rep.After.Container != rep.Before.Container {
		notes = append(notes, fmt.Sprintf("It is an %s now, because a %s holds at most 4 GiB.",
			rep.After.Container, rep.Before.Container))
	}
	if rep.DroppedBytes > 0 {
		notes = append(notes, fmt.Sprintf("Bytes left out at the end, because they make no whole frame: %d.", rep.DroppedBytes))
	}
	return notes
}
