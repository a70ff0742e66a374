package take

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/takebar/takebar/bridge/live"
)

// BenchmarkLanding lands ten minutes of stereo at 48 kHz and 24 bits, and reports the ratio to `cp && sync && sha256sum src dst` on the same
// disk in the same run.
func BenchmarkLanding(b *testing.B) {
	root := b.TempDir()
	long := tone()
	long.frames = 600 * testRate
	recorded := filepath.Join(root, "Recorded")
	src := filepath.Join(recorded, "Vox 0001.wav")
	if err := os.MkdirAll(recorded, 0o755); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(src, long.bytes(), 0o644); err != nil {
		b.Fatal(err)
	}
	opt := Options{Dir: filepath.Join(root, "Takes"), Home: filepath.Join(root, "home")}
	l, err := Open(opt)
	if err != nil {
		b.Fatal(err)
	}
	var reference, landing time.Duration
	n := 0
	for b.Loop() {
		n++
		dst := filepath.Join(root, "reference.wav")
		begin := time.Now()
		out, err := exec.CommandContext(b.Context(), "sh", "-c", `cp "$1" "$2" && sync && sha256sum "$1" "$2"`, "sh", src, dst).CombinedOutput()
		if err != nil {
			b.Fatalf("%v: %s", err, out)
		}
		reference += time.Since(begin)
		if err := os.Remove(dst); err != nil {
			b.Fatal(err)
		}
		at := time.Now().UnixMilli()
		take := live.Take{
			ID: fmt.Sprintf("t-%d", n), Phase: live.PhaseFinished, RequestedAt: at, StartedAt: &at,
			Clips: []live.Clip{{Track: "t1", TrackName: "Vox", Kind: live.KindAudio, FilePath: &src}},
		}
		begin = time.Now()
		e, err := l.Land(b.Context(), take, live.Link{}, nil)
		if err != nil {
			b.Fatal(err)
		}
		landing += time.Since(begin)
		if err := os.RemoveAll(e.Folder); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(landing.Seconds()/reference.Seconds(), "x-reference")
	b.ReportMetric(landing.Seconds()/float64(n), "s/landing")
}
