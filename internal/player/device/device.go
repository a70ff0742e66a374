//go:build cgo && !nowindow

package device

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync/atomic"
	"unsafe"

	"github.com/gen2brain/malgo"

	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/internal/player"
)

// The buffer of a device. Shorter ones run dry when a computer that records is busy, longer ones make every click feel late.
// PulseAudio takes one period as all of its buffer, the others all periods.
const (
	bufferMilliseconds = 60
	settleMilliseconds = 40 // of silence before the first sound: PulseAudio was seen to swallow the first 5 of them
)

func periods(goos string) (count, milliseconds int) {
	if goos == "linux" {
		return 2, bufferMilliseconds
	}
	return 3, bufferMilliseconds / 3
}

// New returns the sound system. It connects to it with each call anew, so that one that starts later is found.
func New(log *slog.Logger) player.Output {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &system{log: log, backends: backends(runtime.GOOS)}
}

type system struct {
	log      *slog.Logger
	backends []malgo.Backend
}

// backends leaves out miniaudio's last resort, a device that swallows the sound without a word.
func backends(goos string) []malgo.Backend {
	switch goos {
	case "windows":
		return []malgo.Backend{malgo.BackendWasapi, malgo.BackendDsound, malgo.BackendWinmm}
	case "darwin":
		return []malgo.Backend{malgo.BackendCoreaudio}
	}
	return []malgo.Backend{malgo.BackendPulseaudio, malgo.BackendAlsa, malgo.BackendJack}
}

// connect finds a sound system that answers.
func (s *system) connect() (*malgo.AllocatedContext, error) {
	name := []byte("Takebar\x00")
	var pin runtime.Pinner
	pin.Pin(&name[0])
	defer pin.Unpin()
	c := malgo.ContextConfig{}
	c.Pulse.PApplicationName = &name[0]
	c.Jack.PClientName = &name[0]
	ctx, err := malgo.InitContext(s.backends, c, func(message string) {
		s.log.Debug("sound system", "says", strings.TrimSpace(message))
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", player.ErrNoOutput, err)
	}
	return ctx, nil
}

func disconnect(ctx *malgo.AllocatedContext) error {
	err := ctx.Uninit()
	ctx.Free()
	if err != nil {
		return fmt.Errorf("disconnect from the sound system: %w", err)
	}
	return nil
}

// Devices implements player.Output. The names are the system's own.
func (s *system) Devices(context.Context) ([]ports.Device, error) {
	ctx, err := s.connect()
	if err != nil {
		return nil, err
	}
	found, err := ctx.Devices(malgo.Playback)
	if err = errors.Join(err, disconnect(ctx)); err != nil {
		return nil, fmt.Errorf("list the sound outputs: %w", err)
	}
	var list []ports.Device
	for _, d := range found {
		list = append(list, ports.Device{ID: d.ID.String(), Name: d.Name(), Default: d.IsDefault != 0})
	}
	return list, nil
}

// Open implements player.Output.
func (s *system) Open(device string, rate int, c player.Callbacks) (player.Stream, error) {
	config := malgo.DefaultDeviceConfig(malgo.Playback)
	config.SampleRate = uint32(rate)
	count, period := periods(runtime.GOOS)
	config.PeriodSizeInMilliseconds = uint32(period)
	config.Periods = uint32(count)
	config.NoPreSilencedOutputBuffer = 1 // Fill writes every sample
	config.NoFixedSizedCallback = 1      // no buffer more between Fill and the device
	config.Resampling.Linear.LpfOrder = 8
	config.Playback.Format = malgo.FormatF32
	config.Playback.Channels = 2
	config.Pulse.StreamNamePlayback = "Takebar"
	var id malgo.DeviceID
	if device != "" {
		raw, err := hex.DecodeString(device)
		if err != nil || len(raw) > len(id) {
			return nil, player.ErrNoDevice
		}
		copy(id[:], raw)
		var pin runtime.Pinner
		pin.Pin(&id)
		defer pin.Unpin()
		config.Playback.DeviceID = unsafe.Pointer(&id)
	}
	ctx, err := s.connect()
	if err != nil {
		return nil, err
	}
	st := &stream{ctx: ctx, rate: rate}
	st.device, err = malgo.InitDevice(ctx.Context, config, malgo.DeviceCallbacks{
		Data: func(out, _ []byte, _ uint32) {
			if len(out) > 0 {
				st.fill(unsafe.Slice((*float32)(unsafe.Pointer(&out[0])), len(out)/4), c.Fill)
			}
		},
		Stop: c.Stopped,
	})
	if err != nil {
		return nil, errors.Join(s.reason(ctx, id, device, err), disconnect(ctx))
	}
	return st, nil
}

// reason looks whether a device that does not open is there at all.
func (s *system) reason(ctx *malgo.AllocatedContext, id malgo.DeviceID, device string, err error) error {
	found, listErr := ctx.Devices(malgo.Playback)
	switch {
	case listErr != nil:
		return fmt.Errorf("%w: %w", player.ErrNoOutput, err)
	case len(found) == 0:
		return fmt.Errorf("%w: %w", player.ErrNoOutput, err)
	case device == "":
		return refused(err)
	}
	for _, d := range found {
		if d.ID == id {
			return refused(err)
		}
	}
	return fmt.Errorf("%w: %w", player.ErrNoDevice, err)
}

// refused is what miniaudio says, as a part of a sentence.
func refused(err error) error {
	text := strings.TrimSuffix(strings.TrimPrefix(err.Error(), "miniaudio: "), ".")
	return fmt.Errorf("it says %q", text)
}

type stream struct {
	ctx    *malgo.AllocatedContext
	device *malgo.Device
	rate   int
	settle atomic.Int64 // samples of silence that are still to come
}

// fill runs on the device's thread.
func (s *stream) fill(dst []float32, fill func([]float32)) {
	if n := s.settle.Load(); n > 0 {
		n = min(n, int64(len(dst)))
		s.settle.Add(-n)
		clear(dst[:n])
		dst = dst[n:]
	}
	if len(dst) > 0 {
		fill(dst)
	}
}

func (s *stream) Start() error {
	s.settle.Store(2 * int64(s.rate) * settleMilliseconds / 1000)
	if err := s.device.Start(); err != nil {
		return refused(err)
	}
	return nil
}

func (s *stream) Stop() error {
	if err := s.device.Stop(); err != nil {
		return fmt.Errorf("stop the sound output: %w", err)
	}
	return nil
}

func (s *stream) Running() bool { return s.device.IsStarted() }
func (s *stream) Latency() int  { return s.rate * bufferMilliseconds / 1000 }

func (s *stream) Close() error {
	// Without this, Uninit would wait for ever for a thread that listens to a sound server that has died.
	_ = s.device.Stop()
	s.device.Uninit()
	return disconnect(s.ctx)
}
