package waveform

import (
	"os"
	"path/filepath"
	"reflect"
	"syscall"
	"testing"

	"github.com/takebar/takebar/app/window/ports"
)

// small mounts a file system in memory. That takes root; without it the test is skipped, but never in CI.
func small(t *testing.T, options string, flags uintptr) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "small")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", flags, options); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("a test of a full disk must be able to mount one: %v", err)
		}
		t.Skipf("cannot mount a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func TestFullAndReadOnlyDisks(t *testing.T) {
	samples := sound(30_000, 1)
	want := &ports.Waveform{Rate: 48000, Channels: 1, Frames: 30_000, FramesPerColumn: 8, Data: plain(mono, samples, 0, 30_000, 8, true)}
	path := put(t, filepath.Join(t.TempDir(), "a.wav"), encode(mono, 48000, samples))
	for name, takes := range map[string]string{"full": small(t, "size=8k", 0), "read-only": small(t, "size=8k", syscall.MS_RDONLY)} {
		s := newStore(t, Options{Dir: takes})
		for range 2 {
			w, err := s.Overview(t.Context(), path)
			if err != nil || !reflect.DeepEqual(w, want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if left := entries(t, takes); len(left) != 0 {
			t.Errorf("%s: left %v", name, left)
		}
	}
}
