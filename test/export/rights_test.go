//go:build linux && cgo

package export

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestFolderWithoutRights adds a folder, and a set in it, that the user may not look into: each is refused with what to do, and the batch stays as it was.
func TestFolderWithoutRights(t *testing.T) {
	room, err := os.MkdirTemp("", "takebar-rights-") //nolint:usetesting // another user must be able to enter it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { must(t, os.RemoveAll(room)) })
	must(t, os.Chmod(room, 0o755))
	locked, home := filepath.Join(room, "Locked"), filepath.Join(room, "home")
	must(t, os.Mkdir(locked, 0o755))
	must(t, os.Mkdir(home, 0o700))
	writeSet(t, filepath.Join(locked, "Song.als"))
	program := filepath.Join(room, "takebar")
	text, err := os.ReadFile(build(t))
	if err != nil {
		t.Fatal(err)
	}
	must(t, os.WriteFile(program, text, 0o755))
	var user *syscall.Credential
	if os.Geteuid() == 0 { // root may do everything, so it is somebody else who tries
		user = &syscall.Credential{Uid: 65534, Gid: 65534}
		must(t, os.Chown(home, 65534, 65534))
		must(t, os.Chmod(locked, 0o700))
	} else {
		must(t, os.Chmod(locked, 0))
		t.Cleanup(func() { must(t, os.Chmod(locked, 0o700)) }) //nolint:gosec // a folder
	}
	run := func(args ...string) (int, string) {
		cmd := exec.CommandContext(t.Context(), program, args...)
		var out bytes.Buffer
		cmd.Dir, cmd.Stdout, cmd.Stderr = room, &out, &out
		cmd.Env = append(os.Environ(), "TAKEBAR_HOME="+home, "TAKEBAR_TAKES="+filepath.Join(home, "takes"), "HOME="+home)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: user}
		if err := cmd.Run(); cmd.ProcessState == nil {
			t.Fatal(err)
		}
		return cmd.ProcessState.ExitCode(), out.String()
	}
	if code, out := run("export", "enable", "--yes"); code != 0 {
		t.Fatal(out)
	}
	for path, say := range map[string]string{locked: "cannot be read", filepath.Join(locked, "Song.als"): "You may not look at"} {
		if code, out := run("batch", "add", path); code != 1 || !strings.Contains(out, say) || !strings.Contains(out, "Hint: Change") {
			t.Errorf("%s: exit code %d\n%s", path, code, out)
		}
	}
	if code, out := run("batch", "list"); code != 0 || !strings.Contains(out, "The batch is empty.") {
		t.Errorf("afterwards: %d\n%s", code, out)
	}
}
