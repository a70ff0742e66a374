package opened

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/internal/player"
	"github.com/takebar/takebar/internal/take/sidecar"
	"github.com/takebar/takebar/internal/waveform"
)

// silentOutput is a computer without a sound output.
type silentOutput struct{}

func (silentOutput) Open(string, int, player.Callbacks) (player.Stream, error) {
	return nil, player.ErrNoOutput
}
func (silentOutput) Devices(context.Context) ([]ports.Device, error) { return nil, nil }

// wav makes a WAV file of a sine; lie is what its header says of the length of its samples, 0 = the truth.
func wav(rate, bits, channels, frames int, lie uint32) []byte {
	var data bytes.Buffer
	for i := range frames {
		v := math.Sin(2 * math.Pi * 220 * float64(i) / float64(rate))
		for range channels {
			if bits == 8 {
				data.WriteByte(byte(128 + v*100))
			} else {
				_ = binary.Write(&data, binary.LittleEndian, int16(v*20000))
			}
		}
	}
	size := uint32(data.Len())
	if lie != 0 {
		size = lie
	}
	var b bytes.Buffer
	b.WriteString("RIFF")
	_ = binary.Write(&b, binary.LittleEndian, 36+size)
	b.WriteString("WAVEfmt ")
	block := channels * bits / 8
	_ = binary.Write(&b, binary.LittleEndian, struct {
		Size             uint32
		Format, Channels uint16
		Rate, PerSecond  uint32
		Block, Bits      uint16
	}{16, 1, uint16(channels), uint32(rate), uint32(rate * block), uint16(block), uint16(bits)})
	b.WriteString("data")
	_ = binary.Write(&b, binary.LittleEndian, size)
	b.Write(data.Bytes())
	return b.Bytes()
}

// TestRealFiles opens files as they are found on disks with the real reader of waveforms and the real player.
func TestRealFiles(t *testing.T) {
	good := wav(48000, 16, 2, 48000, 0)
	files := map[string][]byte{
		"good.wav": good, "eight.wav": wav(8000, 8, 1, 16000, 0), "unfinished.wav": wav(48000, 16, 2, 24000, 0xffffff00),
		"damaged.wav": append([]byte("RIFF\x00\x00\x00\x00WAVEfmt \xff\xff\xff\xff"), good[20:200]...), "empty.wav": {}, "text.wav": []byte("this is no sound"),
		"headeronly.wav": good[:44],
	}
	for name, raw := range files {
		t.Run(name, func(t *testing.T) {
			r := lightRoom(t)
			store := waveform.New(waveform.Options{})
			real := player.New(silentOutput{}, player.Options{})
			t.Cleanup(func() {
				if err := real.Close(); err != nil {
					t.Error(err)
				}
			})
			r.view.deps.Waves, r.view.deps.Player, r.view.deps.Missing = store, real, func(p string) bool { _, err := os.Stat(p); return err != nil }
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, raw, 0o600); err != nil {
				t.Fatal(err)
			}
			e := stereoTake()
			e.Paths = []string{path}
			e.Files = []sidecar.File{{Name: name, Track: "Vox", Rate: 48000, Bits: 16, Channels: 2, Frames: 48000}}
			if name == "eight.wav" {
				e.Files[0].Rate, e.Files[0].Channels, e.Files[0].Bits, e.Files[0].Frames = 8000, 1, 8, 16000
			}
			r.ui(func() { r.view.Show(&e) })
			r.window.Canvas().Capture()
			o := r.view.waves.outlines[0]
			// What Live has not finished is shown as far as it goes.
			if sound := name == "good.wav" || name == "eight.wav" || name == "unfinished.wav"; sound != (o.problem == "" && o.whole != nil && o.detail != nil) {
				t.Fatalf("problem %q, outlines %v %v", o.problem, o.whole != nil, o.detail != nil)
			}
			if o.problem != "" && (!strings.HasSuffix(o.problem, ".") || strings.Contains(o.problem, "EOF") || strings.Contains(o.problem, path)) {
				t.Errorf("no sentence for a musician: %q", o.problem)
			}
			r.key(fyne.KeySpace, 0)
			if r.view.sound.playing {
				r.ui(r.poll)
			}
			if r.view.sound.playing {
				t.Error("it plays without an output")
			}
		})
	}
}
