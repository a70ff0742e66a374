package take

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestLookTellsOfClosedFolders: root may read every folder, so where the tests run as root this one is run again by somebody else.
func TestLookTellsOfClosedFolders(t *testing.T) {
	if os.Getuid() == 0 {
		asNobody(t)
		return
	}
	s := newStudio(t)
	e := s.land(s.take("t-1", s.record("Vox", tone())))
	mustDo(t, os.Chmod(e.Folder, 0))
	defer func() { mustDo(t, os.Chmod(e.Folder, 0o755)) }()
	if o := follow(s).at; !strings.Contains(o.Problem, e.Folder) {
		t.Errorf("%+v", o)
	}
}

// asNobody runs this test in a process of another user.
func asNobody(t *testing.T) {
	t.Helper()
	const nobody = 65534
	room, err := os.MkdirTemp("", "takebar-nobody-") //nolint:usetesting // another user must be able to enter it
	mustDo(t, err)
	t.Cleanup(func() { mustDo(t, os.RemoveAll(room)) })
	mustDo(t, os.Chown(room, nobody, nobody))
	self, err := os.ReadFile("/proc/self/exe")
	mustDo(t, err)
	program := filepath.Join(room, "take.test")
	mustDo(t, os.WriteFile(program, self, 0o755))
	cmd := exec.CommandContext(t.Context(), program, "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Dir, cmd.Env = room, append(os.Environ(), "TMPDIR="+room, "HOME="+room)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("as another user: %v\n%s", err, out)
	}
}
