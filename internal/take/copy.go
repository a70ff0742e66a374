package take

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"sync"

	"github.com/takebar/takebar/internal/audio"
)

// errChanged says that the source was written to while it was copied.
var errChanged = errors.New("the file changed while it was copied")

// errDiffers says that a copy does not hold what was written to it.
var errDiffers = errors.New("the copy does not read back as it was written")

const (
	blockBytes = 1 << 20
	blocks     = 4       // in flight between reading and the slowest consumer
	flushBytes = 8 << 20 // written before the disk is asked to begin
)

// block is a piece of a file that several consumers look at. It is used again when all are done with it.
type block struct {
	buf []byte
	n   int
	use sync.WaitGroup
}

// fanOut reads r to its end and gives every byte, in order, to each of the consumers, which run beside each other and beside inline, which
// runs in this goroutine. So hashing and measuring cost no more time than the slowest of them.
func fanOut(ctx context.Context, r io.Reader, consumers []func([]byte), inline func([]byte) error) (err error) {
	ring := make([]*block, blocks)
	for i := range ring {
		ring[i] = &block{buf: make([]byte, blockBytes)}
	}
	var running sync.WaitGroup
	lanes := make([]chan *block, len(consumers))
	for i, consume := range consumers {
		lane := make(chan *block, blocks)
		lanes[i] = lane
		running.Go(func() {
			for b := range lane {
				consume(b.buf[:b.n])
				b.use.Done()
			}
		})
	}
	defer func() {
		for _, lane := range lanes {
			close(lane)
		}
		running.Wait()
	}()
	for i := 0; ; i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		b := ring[i%blocks]
		b.use.Wait()
		b.n, err = io.ReadFull(r, b.buf)
		if b.n == 0 && errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		b.use.Add(len(lanes))
		for _, lane := range lanes {
			lane <- b
		}
		if err := inline(b.buf[:b.n]); err != nil {
			return err
		}
		if err != nil { // a short block is the last one
			return nil
		}
	}
}

func hashLane(h hash.Hash) func([]byte) {
	return func(p []byte) { _, _ = h.Write(p) } // a hash never fails
}

// copyHooks are told what happens during a copy.
type copyHooks struct {
	room    func() error // asked before writing, where nothing can be shared
	created func()
	half    func()
	moved   func(bytes int64)
}

// copyPart copies the source, as it was at the look, into the new file part and syncs it. It answers with the SHA-256 of what it
// read. On an error nothing is left behind; errChanged says that the source is not what it was. Errors of the source are *Error.
func copyPart(ctx context.Context, source string, lk look, part string, hooks copyHooks) (sum string, err error) {
	src, err := os.Open(source)
	if err != nil {
		return "", sourceError(source, err)
	}
	defer func() { _ = src.Close() }() // read only: nothing can be lost
	now, err := src.Stat()
	if err != nil {
		return "", sourceError(source, err)
	}
	if !lk.same(look{stat: now, info: lk.info}) {
		return "", errChanged
	}
	hintSequential(src)
	dst, cloned, err := createPart(part, src)
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			_ = dst.Close() // closed already, unless something failed before
			err = errors.Join(err, removeIfThere(part))
		}
	}()
	hooks.created()
	if !cloned {
		if err := hooks.room(); err != nil {
			return "", err
		}
	}
	h := sha256.New()
	w := partWriter{dst: dst, size: lk.stat.Size(), hooks: hooks, skip: cloned}
	if err := fanOut(ctx, &sourceReader{f: src, source: source}, []func([]byte){hashLane(h)}, w.write); err != nil {
		return "", err
	}
	if w.done != lk.stat.Size() {
		return "", errChanged
	}
	if err := dst.Sync(); err != nil {
		return "", err
	}
	if err := dst.Close(); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// createPart makes the part, filled already where the file system can share the blocks of src.
func createPart(part string, src *os.File) (dst *os.File, cloned bool, err error) {
	err = cloneNew(part, src)
	if err == nil {
		// Open for writing: Windows and some network drives sync only what could have been written.
		dst, err = os.OpenFile(part, os.O_WRONLY, 0)
		if err != nil {
			return nil, false, errors.Join(err, removeIfThere(part))
		}
		return dst, true, nil
	}
	if !errors.Is(err, errNotOffered) {
		return nil, false, err
	}
	dst, err = os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	return dst, false, err
}

// sourceReader makes read errors tell that they come from the recorded file.
type sourceReader struct {
	f      *os.File
	source string
}

func (r *sourceReader) Read(p []byte) (int, error) {
	n, err := r.f.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = sourceError(r.source, err)
	}
	return n, err
}

// partWriter writes blocks, counts them and lets the disk begin early.
type partWriter struct {
	dst     *os.File
	size    int64
	hooks   copyHooks
	skip    bool // the bytes are there already
	done    int64
	flushed int64
	halved  bool
}

func (w *partWriter) write(p []byte) error {
	if w.done+int64(len(p)) > w.size {
		return errChanged // it grows
	}
	if !w.halved && w.done+int64(len(p)) >= w.size/2 {
		// The first half of this block goes first, so that a stop here really is in the middle.
		w.halved = true
		if err := w.put(p[:len(p)/2]); err != nil {
			return err
		}
		w.hooks.half()
		p = p[len(p)/2:]
	}
	return w.put(p)
}

func (w *partWriter) put(p []byte) error {
	if !w.skip {
		if _, err := w.dst.Write(p); err != nil {
			return err
		}
	}
	w.done += int64(len(p))
	w.hooks.moved(int64(len(p)))
	if !w.skip && w.done-w.flushed >= flushBytes {
		startWriting(w.dst, w.flushed, w.done-w.flushed)
		w.flushed = w.done
	}
	return nil
}

// checked is what reading a copy back tells.
type checked struct {
	sum   string
	bytes int64
	info  audio.Info
	stats audio.Stats
}

// readBack reads the whole file once more, from the disk as far as the system lets us, and takes hash and levels in that one pass.
func readBack(ctx context.Context, path string, moved func(int64)) (checked, error) {
	f, err := os.Open(path)
	if err != nil {
		return checked{}, err
	}
	defer func() { _ = f.Close() }() // read only: nothing can be lost
	st, err := f.Stat()
	if err != nil {
		return checked{}, err
	}
	forgetCache(f)
	hintSequential(f)
	info, err := audio.Probe(f, st.Size())
	if err != nil {
		return checked{}, fmt.Errorf("%w: %w", errDiffers, err)
	}
	if !info.Complete {
		return checked{}, fmt.Errorf("%w: %w", errDiffers, info.Err())
	}
	var (
		h        = sha256.New()
		analyzer = audio.NewAnalyzer(info)
		measure  error
		out      = checked{info: info}
	)
	levels := func(p []byte) {
		if measure == nil {
			_, measure = analyzer.Write(p)
		}
	}
	err = fanOut(ctx, f, []func([]byte){hashLane(h), levels}, func(p []byte) error {
		out.bytes += int64(len(p))
		moved(int64(len(p)))
		return nil
	})
	if err := errors.Join(err, measure); err != nil {
		return checked{}, err
	}
	out.sum, out.stats = hex.EncodeToString(h.Sum(nil)), analyzer.Stats()
	return out, nil
}

// hashFile is the SHA-256 of a whole file.
func hashFile(ctx context.Context, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // read only: nothing can be lost
	h := sha256.New()
	if err := fanOut(ctx, f, nil, func(p []byte) error { _, err := h.Write(p); return err }); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
