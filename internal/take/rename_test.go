package take

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/takebar/takebar/internal/take/sidecar"
)

func (s *studio) rename(ref, name string) sidecar.Entry {
	s.t.Helper()
	e, err := s.Rename(s.t.Context(), ref, name)
	mustDo(s.t, err)
	return e
}

// whole tells that the take is what its sidecar says, and nothing is left over.
func (s *studio) whole(e sidecar.Entry) {
	s.t.Helper()
	again, err := s.Get(s.t.Context(), e.ID)
	mustDo(s.t, err)
	if again.Name != e.Name || again.Sidecar != e.Sidecar || !slices.Equal(again.Paths, e.Paths) || len(again.Warnings) != 0 {
		s.t.Errorf("answered %+v, the library has %+v", e, again)
	}
	for i, p := range again.Paths {
		if sumOf(s.t, p) != again.Files[i].SHA256 {
			s.t.Errorf("%s is not what landed", p)
		}
	}
	if there, err := exists(filepath.Join(s.opt.Dir, renameFolder)); there || err != nil {
		s.t.Errorf("the note stays behind: %v", err)
	}
}

func TestRename(t *testing.T) {
	s := newStudio(t)
	day := s.clock.Format("2006-01-02")
	one := s.land(s.take("t-1", s.record("Vox", tone())))
	before, err := os.ReadFile(one.Sidecar)
	mustDo(t, err)
	e := s.rename("t-1", "The Riff")
	s.whole(e)
	wantFiles(t, s.files(), []string{"My Song/The Riff.wav", "My Song/The Riff.takebar.json"})
	if e.Name != "The Riff" || e.Number != 1 || e.ID != "t-1" {
		t.Errorf("%+v", e)
	}
	// The same name again is no work, another spelling is.
	if again := s.rename("The Riff", "The Riff"); again.Name != e.Name || again.Sidecar != e.Sidecar {
		t.Errorf("%+v", again)
	}
	s.whole(s.rename("last", "the riff"))
	wantFiles(t, s.files(), []string{"My Song/the riff.wav", "My Song/the riff.takebar.json"})

	// Back to the name that it landed with: the files are called as they were then.
	back := s.rename("t-1", one.Name)
	s.whole(back)
	wantFiles(t, s.files(), []string{"My Song/" + day + " take 001 - Vox.wav", "My Song/" + day + " take 001.takebar.json"})
	if !slices.Equal(back.Paths, one.Paths) || back.Sidecar != one.Sidecar {
		t.Errorf("not where it was: %+v", back)
	}
	after, err := os.ReadFile(back.Sidecar)
	mustDo(t, err)
	if _, rest, ok := bytes.Cut(after, []byte(`"former_names"`)); !ok || !bytes.HasPrefix(after, bytes.TrimSuffix(before, []byte("\n}\n"))) || !bytes.Contains(rest, []byte("the riff")) {
		t.Errorf("the sidecar has changed:\n%s\nwas:\n%s", after, before)
	}
}

func TestRenameSeveralFiles(t *testing.T) {
	for template, want := range map[string][]string{
		"":                            {"My Song/Riff - Gtr.aif", "My Song/Riff - Vox.wav", "My Song/Riff.takebar.json"},
		"{set}/{track}/{date} {take}": {"My Song/Gtr/Riff - Gtr.aif", "My Song/Vox/Riff - Vox.wav", "My Song/Riff.takebar.json"},
		"{take} {track}":              {"Riff - Gtr.aif", "Riff - Vox.wav", "Riff.takebar.json"},
	} {
		s := newStudio(t, func(o *Options) { o.Template = template })
		aiff := tone()
		aiff.aiff = true
		vox, gtr := s.record("Vox", tone()), s.record("Gtr", aiff)
		landed := s.land(s.take("t-1", vox, gtr))
		old := s.files()
		e := s.rename("1", "Riff")
		s.whole(e)
		wantFiles(t, s.files(), slices.Clone(want))
		if e.Files[0].Track != "Vox" || filepath.Base(e.Paths[0]) != "Riff - Vox.wav" {
			t.Errorf("the files changed places: %v", e.Paths)
		}
		// A take that is recorded under that name is called the same way.
		twin := newStudio(t, func(o *Options) { o.Template = template })
		aiff2 := twin.take("t-2", twin.record("Vox", tone()), twin.record("Gtr", aiff))
		name := "Riff"
		aiff2.Name = &name
		twin.land(aiff2)
		if got := twin.files(); !slices.Equal(got, s.files()) {
			t.Errorf("renamed %v, landed %v", s.files(), got)
		}
		s.whole(s.rename("Riff", landed.Name))
		wantFiles(t, s.files(), old)
	}
}

func TestRenameNeverOverwrites(t *testing.T) {
	s := newStudio(t)
	first := s.land(s.take("t-1", s.record("Vox", tone())))
	s.land(s.take("t-2", s.record("Gtr", tone())))
	s.rename("t-1", "Riff")
	e := s.rename("t-2", "RIFF") // the same for some systems
	s.whole(e)
	if e.Name != "RIFF (2)" || filepath.Base(e.Paths[0]) != "RIFF (2).wav" || filepath.Base(e.Sidecar) != "RIFF (2).takebar.json" {
		t.Errorf("%+v", e)
	}
	mustDo(t, os.WriteFile(filepath.Join(e.Folder, "Hook.wav"), []byte("mine"), 0o644))
	e = s.rename("t-2", "Hook")
	s.whole(e)
	if e.Name != "Hook (2)" {
		t.Errorf("%+v", e)
	}
	if data, err := os.ReadFile(filepath.Join(e.Folder, "Hook.wav")); err != nil || string(data) != "mine" {
		t.Errorf("%q %v", data, err)
	}
	// The names from before are taken meanwhile: what can be had is as a landing would do it.
	mustDo(t, os.WriteFile(first.Paths[0], []byte("mine too"), 0o644))
	e = s.rename("t-1", first.Name)
	s.whole(e)
	if data, err := os.ReadFile(first.Paths[0]); err != nil || string(data) != "mine too" || e.Paths[0] == first.Paths[0] || e.Name != first.Name {
		t.Errorf("%q %v %+v", data, err, e)
	}
}

func TestRenameKeepsWhatItDoesNotKnow(t *testing.T) {
	s := newStudio(t)
	e := s.land(s.take("t-1", s.record("Vox", tone())))
	data, err := os.ReadFile(e.Sidecar)
	mustDo(t, err)
	data = bytes.Replace(data, []byte(`"schema": 1,`), []byte(`"schema": 2, "future": {"a": [1]},`), 1)
	mustDo(t, os.WriteFile(e.Sidecar, data, 0o644))
	note, stars := "keeper", 3
	_, err = s.Annotate(t.Context(), "t-1", &note, &stars)
	mustDo(t, err)
	got := s.rename("t-1", "Riff")
	data, err = os.ReadFile(got.Sidecar)
	mustDo(t, err)
	if got.Note != note || got.Rating != 3 || !strings.Contains(string(data), `"future"`) || !strings.Contains(string(data), `"schema": 2`) {
		t.Errorf("%+v\n%s", got, data)
	}
}

func TestRenameRefuses(t *testing.T) {
	s := newStudio(t)
	e := s.land(s.take("t-1", s.record("Vox", tone())))
	gone := s.land(s.take("t-2", s.record("Gtr", tone())))
	_, err := s.Trash(t.Context(), "t-2")
	mustDo(t, err)
	mustDo(t, os.WriteFile(filepath.Join(e.Folder, "bad.takebar.json"), []byte("{not json"), 0o644))
	before := s.files()
	for name, code := range map[string]string{
		"": CodeBadName, " \t": CodeBadName, "...": CodeBadName, "\u202e": CodeBadName, "\xff\xfe": CodeBadName, strings.Repeat("ab", 101): CodeBadName,
	} {
		_, err := s.Rename(t.Context(), "t-1", name)
		if f := failure(t, err, code); f.Hint == "" {
			t.Errorf("%q: no hint", name)
		}
	}
	for ref, code := range map[string]string{gone.ID: CodeTrashed, "nobody": CodeTakeNotFound, "bad": CodeSidecarUnreadable} {
		_, err := s.Rename(t.Context(), ref, "Riff")
		mustFail(t, err, code)
	}
	release, ok := s.keepOff("t-1")
	if !ok {
		t.Fatal("it is on its way")
	}
	_, err = s.Rename(t.Context(), "t-1", "Riff")
	mustFail(t, err, CodeBusy)
	release()
	wantFiles(t, s.files(), before)
	// What no file name may hold is replaced, as in a landing.
	if e := s.rename("t-1", " A/B: C? "); e.Name != "A_B_ C_" || filepath.Base(e.Paths[0]) != "A_B_ C_.wav" {
		t.Errorf("%+v", e)
	}
	if e := s.rename("t-1", "CON"); e.Name != "CON_" {
		t.Errorf("%+v", e)
	}
}

// A take whose recordings are missing stays known under its new name, and what comes late goes there.
func TestRenameIncomplete(t *testing.T) {
	s := newStudio(t)
	vox, bass := s.record("Vox", tone()), s.record("Bass", crashed())
	s.land(s.take("t-1", vox, bass))
	e := s.rename("t-1", "Riff")
	s.reopen()
	_, problems, err := s.Resume(t.Context(), nil)
	mustDo(t, err)
	if len(problems) != 1 || !strings.Contains(problems[0], "Riff") {
		t.Errorf("problems %v", problems)
	}
	got := s.rescue("t-1")
	if got.Sidecar != e.Sidecar || len(got.Files) != 2 || len(got.Missing) != 0 || filepath.Base(got.Paths[1]) != "Riff - Bass.wav" {
		t.Errorf("%+v", got)
	}
	// A file that vanished, too.
	mustDo(t, os.Remove(got.Paths[0]))
	got = s.rename("t-1", "Hook")
	if got.Files[0].Name != "Hook - Vox.wav" || !hasWarning(got.Warnings, WarnFileVanished) {
		t.Errorf("%+v", got)
	}
	got = s.rescue("t-1")
	if filepath.Base(got.Paths[0]) != "Hook - Vox.wav" || sumOf(t, got.Paths[0]) != sumOf(t, vox) {
		t.Errorf("%+v", got)
	}
}

// A file that cannot be moved takes the whole rename back.
func TestRenameTakenBack(t *testing.T) {
	s := newStudio(t, func(o *Options) { o.Template = "{set}/{track}/{take}" })
	vox, gtr := s.record("Vox", tone()), s.record("Gtr", tone())
	s.land(s.take("t-1", vox, gtr))
	e, err := s.Get(t.Context(), "t-1")
	mustDo(t, err)
	before := s.files()
	content, err := os.ReadFile(e.Sidecar)
	mustDo(t, err)
	moved := 0
	s.opt.Step = func(step string) {
		if step == StepRenameFileMoved {
			if moved++; moved == 2 { // both files have moved: now the sidecar cannot be written
				mustDo(t, os.MkdirAll(filepath.Join(e.Sidecar+partSuffix, "full"), 0o755))
			}
		}
	}
	s.reopen()
	if _, err := s.Rename(t.Context(), "t-1", "Riff"); err == nil {
		t.Fatal("it was renamed")
	}
	mustDo(t, os.RemoveAll(e.Sidecar+partSuffix))
	wantFiles(t, s.files(), before)
	if now, err := os.ReadFile(e.Sidecar); err != nil || !bytes.Equal(now, content) {
		t.Errorf("%v\n%s\nwas\n%s", err, now, content)
	}
	if again, err := s.Get(t.Context(), "t-1"); err != nil || !reflect.DeepEqual(again, e) {
		t.Errorf("%+v\nwas\n%+v %v", again, e, err)
	}
	s.whole(s.rename("t-1", "Riff"))
}

func TestRenameNoteThatCannotBeUsed(t *testing.T) {
	s := newStudio(t)
	s.land(s.take("t-1", s.record("Vox", tone())))
	e, err := s.Get(t.Context(), "t-1")
	mustDo(t, err)
	folder := filepath.Join(s.opt.Dir, renameFolder)
	mustDo(t, os.Mkdir(folder, 0o755))
	outside := `{"version":1,"id":"t-1","folder":"..","from":{"name":"a","sidecar":"a.takebar.json","files":[],"former":null},"to":{"name":"b","sidecar":"b.takebar.json","files":[],"former":null}}`
	for i, text := range []string{"{garbage", outside, strings.Replace(outside, `".."`, `"My Song"`, 1), `{"version":1,"from":{"files":["a"]}}`, `{"version":9}`} {
		mustDo(t, os.WriteFile(filepath.Join(folder, fmt.Sprintf("n%d.json", i)), []byte(text), 0o644))
	}
	mustDo(t, os.WriteFile(filepath.Join(folder, "t-9.json.part"), []byte("{half"), 0o644))
	_, problems, err := s.Resume(t.Context(), nil)
	mustDo(t, err)
	if len(problems) != 4 { // one is about a take that is gone, and is dropped
		t.Errorf("problems: %q", problems)
	}
	if got, err := s.Get(t.Context(), "t-1"); err != nil || !reflect.DeepEqual(got, e) {
		t.Errorf("%+v %v", got, err)
	}
	if left := filesBelow(t, folder); len(left) != 4 {
		t.Errorf("left: %v", left)
	}
}

func TestMoveSpelled(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "riff.wav"), filepath.Join(dir, "Riff.wav")
	mustDo(t, os.WriteFile(a, []byte("one"), 0o644))
	mustDo(t, moveSpelled(a, b))
	mustDo(t, moveSpelled(b, b))
	// Stopped between the two halves of a move by links.
	mustDo(t, os.Link(b, a))
	mustDo(t, moveSpelled(b, a))
	wantFiles(t, filesBelow(t, dir), []string{"riff.wav"})
	mustDo(t, os.WriteFile(b, []byte("two"), 0o644))
	if err := moveSpelled(a, b); err == nil {
		t.Error("it was overwritten")
	}
	if err := moveSpelled(filepath.Join(dir, "none"), filepath.Join(dir, "other")); !os.IsNotExist(err) {
		t.Error(err)
	}
}
