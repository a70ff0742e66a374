package convert

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/takebar/takebar/internal/audio"
)

// smallDisk mounts a file system of its own in memory. That takes root; without
// it the test is skipped, but never in CI.
func smallDisk(t *testing.T, bytes int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "small")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", bytes)); err != nil {
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

func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	src := filepath.Join(dir, "a.wav")
	write(t, src, audio.WriterFormat{Rate: 48000, Channels: 2, Bits: 24}, noise(2*300000, 1, 0.9))
	all := FindTools()
	for name, opt := range map[string]Options{
		"wav": {Format: Format{Kind: WAV}}, "aiff": {Format: Format{Kind: AIFF}}, "flac": {Format: Format{Kind: FLAC}},
		"library": {Format: Format{Kind: MP3, Quality: Q320}, Tools: &Tools{libraries: all.libraries}},
		"lame":    {Format: Format{Kind: MP3, Quality: Q320}, Tools: &Tools{lame: tool(t, "lame")}},
		"ffmpeg":  {Format: Format{Kind: MP3, Quality: Q320}, Tools: &Tools{ffmpeg: tool(t, "ffmpeg")}},
	} {
		t.Run(name, func(t *testing.T) {
			full := smallDisk(t, 100<<10)
			_, err := Convert(t.Context(), Job{Source: src, Dir: full}, opt)
			_ = failure(t, err, CodeDiskFull)
			if left := files(t, full); len(left) > 0 {
				t.Errorf("left %v", left)
			}
		})
	}
}

func TestReadOnlyTarget(t *testing.T) {
	dir := t.TempDir()
	src := filepath.Join(dir, "a.wav")
	write(t, src, audio.WriterFormat{Rate: 48000, Channels: 1, Bits: 16}, noise(5000, 1, 0.9))
	target := smallDisk(t, 1<<20)
	if err := syscall.Mount("tmpfs", target, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{target, filepath.Join(target, "new")} {
		_, err := Convert(t.Context(), Job{Source: src, Dir: to}, Options{Format: Format{Kind: FLAC}})
		if e := failure(t, err, CodeTargetReadonly); e.Hint == "" {
			t.Error("no hint")
		}
	}
	_, err := Convert(t.Context(), Job{Source: src, Dir: src}, Options{Format: Format{Kind: WAV}})
	_ = failure(t, err, CodeTargetFailed)
}
