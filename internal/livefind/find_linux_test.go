package livefind

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestFindAProcess runs a program under Live's name, as Wine does.
func TestFindAProcess(t *testing.T) {
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Fatalf("every Linux has sleep: %v", err)
	}
	before := time.Now().Add(-2 * time.Second) // the kernel's clock is coarse
	cmd := exec.CommandContext(t.Context(), sleep, "600")
	cmd.Args[0] = `C:\ProgramData\Ableton\Live 12 Suite\Program\Ableton Live 12 Suite.exe`
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it says that it was killed
	}()
	all, err := Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(p Process) bool { return p.PID == cmd.Process.Pid })
	if i < 0 {
		t.Fatalf("it is not among %+v", all)
	}
	if p := all[i]; p.Name != "Ableton Live 12 Suite" || p.Major != 12 || p.Started.Before(before) || p.Started.After(time.Now().Add(2*time.Second)) {
		t.Errorf("%+v", p)
	}
}

func TestOddProc(t *testing.T) {
	proc := t.TempDir()
	for name, text := range map[string]string{
		"stat":       "cpu 1\nbtime x\n",
		"12/cmdline": "Ableton Live 12 Suite.exe\x00-x",
		"12/stat":    "12 (a) b) S 1",
		"13/cmdline": "vim\x00Ableton Live 12 Suite.exe",
		"x/cmdline":  "Ableton Live 12 Suite.exe",
	} {
		path := filepath.Join(proc, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all, err := find(t.Context(), proc)
	if err != nil || len(all) != 1 || all[0].PID != 12 || !all[0].Started.IsZero() {
		t.Errorf("%+v %v", all, err)
	}
	if _, err := find(t.Context(), filepath.Join(proc, "nothing")); err == nil {
		t.Error("a missing /proc is no error")
	}
}
