package convert

import (
	"sync"

	"github.com/takebar/takebar/internal/audio/loudness"
)

// meter measures the loudness of blocks in a goroutine of its own. Whoever made
// it calls end.
type meter struct {
	m    *loudness.Meter // nil: cannot be measured
	in   chan []float64
	free chan []float64
	done sync.WaitGroup
	once sync.Once
}

// meterBlocks are on their way at the same time.
const meterBlocks = 4

func startMeter(rate, channels int) *meter {
	t := &meter{in: make(chan []float64, meterBlocks), free: make(chan []float64, meterBlocks)}
	if m, err := loudness.New(rate, channels); err == nil {
		t.m = m
	}
	for range meterBlocks {
		t.free <- nil
	}
	t.done.Go(func() {
		for b := range t.in {
			if t.m != nil {
				t.m.Add(b)
			}
			t.free <- b
		}
	})
	return t
}

// buffer gives room for a block of the given number of samples. The one before
// may still be read, by the meter and by the caller.
func (t *meter) buffer(size int) []float64 {
	b := <-t.free
	if cap(b) < size {
		b = make([]float64, size)
	}
	return b[:size]
}

// add hands a block over. The caller may read it until the next call of buffer,
// and write to it never again.
func (t *meter) add(b []float64) { t.in <- b }

// end waits for the last block and gives the result; nil if there is none.
func (t *meter) end() *loudness.Result {
	t.once.Do(func() { close(t.in) })
	t.done.Wait()
	if t.m == nil {
		return nil
	}
	r := t.m.Result()
	return &r
}
