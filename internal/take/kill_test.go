package take

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/take/sidecar"
)

const (
	childEnv = "TAKE_TEST_LAND_IN" // the folder of the studio; makes TestChild land a take
	pauseEnv = "TAKE_TEST_PAUSE"   // "<step> <how many times it is passed before>"
	clockEnv = "TAKE_TEST_CLOCK"   // RFC 3339
	nameEnv  = "TAKE_TEST_RENAME"  // has the child rename the take t-1 rather than land it
)

// TestChild is the other process of TestKilledAtEveryStep: it lands a take of two files and stops for ever at one step.
func TestChild(t *testing.T) {
	root := os.Getenv(childEnv)
	if root == "" {
		t.Skip("runs as a child of TestKilledAtEveryStep only")
	}
	var step string
	var pass int
	_, err := fmt.Sscan(os.Getenv(pauseEnv), &step, &pass)
	mustDo(t, err)
	s := newStudioIn(t, root, func(o *Options) {
		o.Step = func(name string) {
			if name != step {
				return
			}
			if pass--; pass < 0 {
				fmt.Println("paused")
				select {}
			}
		}
	})
	s.clock, err = time.Parse(time.RFC3339Nano, os.Getenv(clockEnv))
	mustDo(t, err)
	s.clock = s.clock.Local()
	if name := os.Getenv(nameEnv); name != "" {
		_, err = s.Rename(t.Context(), "t-1", name)
	} else {
		_, err = s.Land(t.Context(), s.take("t-1", s.twoFiles()...), live.Link{Live: "12.3.6"}, nil)
	}
	t.Fatalf("it went past %s: %v", step, err)
}

func (s *studio) twoFiles() []string {
	stamp := s.clock.Format("2006-01-02 150405")
	return []string{
		filepath.Join(s.recorded, fmt.Sprintf("Vox 0001 [%s].wav", stamp)),
		filepath.Join(s.recorded, fmt.Sprintf("Gtr 0001 [%s].aif", stamp)),
	}
}

// killAt lands a take in another process and kills that at the step.
func killAt(t *testing.T, s *studio, step string, pass int, env ...string) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChild$")
	child.Env = append(os.Environ(), childEnv+"="+s.root, fmt.Sprintf("%s=%s %d", pauseEnv, step, pass), clockEnv+"="+s.clock.Format(time.RFC3339Nano))
	child.Env = append(child.Env, env...)
	out, err := child.StdoutPipe()
	mustDo(t, err)
	mustDo(t, child.Start())
	lines := bufio.NewScanner(out)
	var said []string
	for lines.Scan() && lines.Text() != "paused" {
		said = append(said, lines.Text())
	}
	if err := lines.Err(); err != nil || len(said) > 0 {
		t.Errorf("the child said %v %v", said, err)
	}
	mustDo(t, child.Process.Kill())
	if err := child.Wait(); err == nil {
		t.Error("the child was not killed")
	}
}

func TestKilledAtEveryStep(t *testing.T) {
	perFile := []string{StepPartCreated, StepCopying, StepCopied, StepJournaledCopy, StepPlaced, StepFolderSynced, StepVerified}
	for _, step := range Steps() {
		for pass := range 2 {
			if pass > 0 && !slices.Contains(perFile, step) {
				continue
			}
			t.Run(fmt.Sprintf("%s %d", step, pass+1), func(t *testing.T) {
				t.Parallel()
				s := newStudio(t)
				aiff := tone()
				aiff.aiff = true
				paths := s.twoFiles()
				mustDo(t, os.WriteFile(paths[0], tone().bytes(), 0o644))
				mustDo(t, os.WriteFile(paths[1], aiff.bytes(), 0o644))
				killAt(t, s, step, pass)

				landed, problems, err := s.Resume(t.Context(), nil)
				mustDo(t, err)
				if step == StepJournalClosed && len(landed) == 0 {
					landed = s.list(sidecar.Query{}) // it was all done
				}
				if len(landed) != 1 || len(problems) != 0 {
					t.Fatalf("landed %+v, problems %v", landed, problems)
				}
				s.checkWhole(paths)
				// Live tells of the take once more.
				s.land(s.take("t-1", paths...))
				s.checkWhole(paths)
			})
		}
	}
}

// TestRenameKilledAtEveryStep kills renames as TestKilledAtEveryStep kills landings: there and, by the names from before, back again.
func TestRenameKilledAtEveryStep(t *testing.T) {
	for _, step := range RenameSteps() {
		for pass := range 2 {
			if pass > 0 && step != StepRenameFileMoved {
				continue
			}
			for _, resumes := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s %d resume %t", step, pass+1, resumes), func(t *testing.T) {
					t.Parallel()
					s := newStudio(t)
					aiff := tone()
					aiff.aiff = true
					paths := s.twoFiles()
					mustDo(t, os.WriteFile(paths[0], tone().bytes(), 0o644))
					mustDo(t, os.WriteFile(paths[1], aiff.bytes(), 0o644))
					landed := s.land(s.take("t-1", paths...))
					// Whether the next start puts it right, or the next look without one.
					afterwards := func() sidecar.Entry {
						s.reopen()
						if resumes {
							again, problems, err := s.Resume(t.Context(), nil)
							if err != nil || len(again) != 0 || len(problems) != 0 {
								t.Errorf("resume: %v, problems %v, %v", again, problems, err)
							}
						}
						all := s.list(sidecar.Query{})
						if len(all) != 1 || all[0].Status != sidecar.StatusLanded || len(all[0].Files) != 2 || len(all[0].Warnings) != 0 || all[0].Live != "12.3.6" {
							t.Fatalf("list: %+v", all)
						}
						for i, p := range paths {
							if sumOf(t, p) != sumOf(t, all[0].Paths[i]) || all[0].Files[i].SHA256 != sumOf(t, p) {
								t.Errorf("%s is not %s", all[0].Paths[i], p)
							}
						}
						return all[0]
					}

					killAt(t, s, step, pass, nameEnv+"=The Riff")
					e := afterwards()
					wantFiles(t, s.files(), []string{"My Song/The Riff - Vox.wav", "My Song/The Riff - Gtr.aif", "My Song/The Riff.takebar.json"})
					if e.Name != "The Riff" {
						t.Errorf("it is called %q", e.Name)
					}
					killAt(t, s, step, pass, nameEnv+"="+landed.Name)
					afterwards()
					s.checkWhole(paths)
				})
			}
		}
	}
}

// Between the stop and the next start somebody may make a file with one of the names: it stays as it is.
func TestRenameKilledThenNameTaken(t *testing.T) {
	for _, step := range []string{StepRenameNoted, StepRenameFileMoved, StepRenameSidecarWritten} {
		t.Run(step, func(t *testing.T) {
			s := newStudio(t)
			paths := s.twoFiles()
			mustDo(t, os.WriteFile(paths[0], tone().bytes(), 0o644))
			mustDo(t, os.WriteFile(paths[1], tone().bytes(), 0o644))
			s.land(s.take("t-1", paths...))
			killAt(t, s, step, 0, nameEnv+"=Riff")
			folder := filepath.Join(s.opt.Dir, "My Song")
			var mine []string
			for _, name := range []string{"Riff - Gtr.wav", "Riff.takebar.json"} {
				f, err := os.OpenFile(filepath.Join(folder, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
				if err != nil {
					continue // it was moved before the stop
				}
				_, err = f.WriteString("something of the user's")
				mustDo(t, errors.Join(err, f.Close()))
				mine = append(mine, f.Name())
			}
			if len(mine) == 0 {
				t.Fatal("nothing was left to take")
			}
			s.reopen()
			_, problems, err := s.Resume(t.Context(), nil)
			if err != nil || len(problems) != 0 {
				t.Errorf("%v %v", problems, err)
			}
			e, err := s.Get(t.Context(), "t-1")
			mustDo(t, err)
			s.whole(e)
			if e.Name != "Riff" {
				t.Errorf("%+v", e)
			}
			for _, name := range mine {
				if data, err := os.ReadFile(name); err != nil || string(data) != "something of the user's" {
					t.Errorf("%s: %q %v", name, data, err)
				}
			}
		})
	}
}

// checkWhole tells whether the take of two files is in the library once, complete, and nothing else is.
func (s *studio) checkWhole(paths []string) {
	s.t.Helper()
	day := s.clock.Format("2006-01-02")
	wantFiles(s.t, s.files(), []string{
		"My Song/" + day + " take 001 - Vox.wav", "My Song/" + day + " take 001 - Gtr.aif", "My Song/" + day + " take 001.takebar.json",
	})
	all := s.list(sidecar.Query{})
	if len(all) != 1 || all[0].Status != sidecar.StatusLanded || len(all[0].Files) != 2 || len(all[0].Warnings) != 0 || all[0].Live != "12.3.6" {
		s.t.Fatalf("list: %+v", all)
	}
	for i, p := range paths {
		if sumOf(s.t, p) != sumOf(s.t, all[0].Paths[i]) || all[0].Files[i].SHA256 != sumOf(s.t, p) {
			s.t.Errorf("%s is not %s", all[0].Paths[i], p)
		}
	}
	if left := s.journalFiles(); len(left) != 0 {
		s.t.Errorf("the journal still has %v", left)
	}
}

// The recording may be gone by the time of the next start: what was copied completely is enough.
func TestKilledThenOriginalGone(t *testing.T) {
	for _, step := range []string{StepJournaledCopy, StepPlaced, StepVerified, StepSidecarWritten} {
		t.Run(step, func(t *testing.T) {
			s := newStudio(t)
			paths := s.twoFiles()
			mustDo(t, os.WriteFile(paths[0], tone().bytes(), 0o644))
			mustDo(t, os.WriteFile(paths[1], tone().bytes(), 0o644))
			sum := sumOf(t, paths[0])
			killAt(t, s, step, 0)
			mustDo(t, os.Remove(paths[0]))
			landed, problems, err := s.Resume(t.Context(), nil)
			mustDo(t, err)
			if len(landed) != 1 || len(problems) != 0 || landed[0].Files[0].SHA256 != sum || sumOf(t, landed[0].Paths[0]) != sum {
				t.Fatalf("landed %+v, problems %v", landed, problems)
			}
		})
	}
}

// A placed file that is not what was copied is no file of ours: it stays, and the take is copied anew.
func TestKilledThenPlacedFileReplaced(t *testing.T) {
	s := newStudio(t)
	paths := s.twoFiles()
	mustDo(t, os.WriteFile(paths[0], tone().bytes(), 0o644))
	mustDo(t, os.WriteFile(paths[1], tone().bytes(), 0o644))
	killAt(t, s, StepPlaced, 0)
	placed := filepath.Join(s.opt.Dir, "My Song", s.clock.Format("2006-01-02")+" take 001 - Vox.wav")
	mustDo(t, os.WriteFile(placed, []byte("something of the user's"), 0o644))
	landed, problems, err := s.Resume(t.Context(), nil)
	mustDo(t, err)
	if len(landed) != 1 || len(problems) != 0 || filepath.Base(landed[0].Paths[0]) != strings.TrimSuffix(filepath.Base(placed), ".wav")+" (2).wav" {
		t.Fatalf("landed %+v, problems %v", landed, problems)
	}
	if data, err := os.ReadFile(placed); err != nil || string(data) != "something of the user's" {
		t.Errorf("the user's file: %q %v", data, err)
	}
}

func TestKilledThenAnotherTakesFolder(t *testing.T) {
	for step, elsewhere := range map[string]bool{StepPlanned: true, StepCopying: true, StepPlaced: false} {
		t.Run(step, func(t *testing.T) {
			s := newStudio(t)
			paths := s.twoFiles()
			mustDo(t, os.WriteFile(paths[0], tone().bytes(), 0o644))
			mustDo(t, os.WriteFile(paths[1], tone().bytes(), 0o644))
			killAt(t, s, step, 0)
			old := s.opt.Dir
			s.opt.Dir = filepath.Join(s.root, "Other")
			s.reopen()
			landed, problems, err := s.Resume(t.Context(), nil)
			mustDo(t, err)
			dir := old
			if elsewhere {
				dir = s.opt.Dir
				if left := filesBelow(t, old); len(left) != 0 {
					t.Errorf("left behind: %v", left)
				}
			}
			if len(landed) != 1 || len(problems) != 0 || !strings.HasPrefix(landed[0].Folder, dir) || len(landed[0].Files) != 2 {
				t.Errorf("landed %+v, problems %v", landed, problems)
			}
		})
	}
}

func TestGarbledJournalIsKept(t *testing.T) {
	s := newStudio(t)
	path := filepath.Join(s.opt.Home, "journal", "t-1.json")
	mustDo(t, os.MkdirAll(filepath.Dir(path), 0o700))
	mustDo(t, os.WriteFile(path, []byte("{garbage"), 0o600))
	landed, problems, err := s.Resume(t.Context(), nil)
	if err != nil || len(landed) != 0 || len(problems) != 1 || !strings.Contains(problems[0], path) {
		t.Errorf("landed %v, problems %v, %v", landed, problems, err)
	}
	if ok, _ := exists(path); !ok {
		t.Error("it was removed")
	}
	s.land(s.take("t-1", s.record("Vox", tone())))
	if len(s.journalFiles()) != 0 {
		t.Error("the landing did not put it right")
	}
}
