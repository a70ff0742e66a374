//go:build linux && cgo

package automation_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/gofrs/flock"

	"github.com/takebar/takebar/automation"
	"github.com/takebar/takebar/internal/exporttest"
)

// TestRunningInAnotherProcess shows that what runs is told to other processes as well, and no longer than it runs.
func TestRunningInAnotherProcess(t *testing.T) {
	b := newBench(t, exporttest.Script{})
	other := automation.New(automation.Options{Home: b.home, Link: b.live})
	if s, own := other.Running(); s.Kind != "" || own {
		t.Errorf("before: %+v, own %t", s, own)
	}
	var during automation.Status
	b.at(automation.Confirm, func() {
		during, _ = other.Running()
		if s, own := b.Running(); s.Attempt != during.Attempt || s.State != during.State || !s.Since.Equal(during.Since) || !own {
			t.Errorf("its own process says %+v, own %t; another one %+v", s, own, during)
		}
		if r, err := other.Show("last"); err != nil || r.Outcome != "" || r.ID != during.Attempt {
			t.Errorf("the running attempt is told as %+v, %v", r, err)
		}
	})
	r := b.attempt(automation.Request{})
	want(t, r, automation.Verified, "", automation.Done)
	if during.Kind != "attempt" || during.Attempt != r.ID || during.State != automation.Confirm || during.Set != "Song" {
		t.Errorf("while it ran: %+v", during)
	}
	if s, _ := other.Running(); s.Kind != "" {
		t.Errorf("afterwards: %+v", s)
	}
	b.safe(r)
}

// TestStatusOfTheDead shows that what a killed Takebar left behind is not taken for something that runs.
func TestStatusOfTheDead(t *testing.T) {
	b := newBench(t, exporttest.Script{})
	path := filepath.Join(b.home, "export", "attempt.status")
	must(t, os.WriteFile(path, []byte(`{"kind":"batch","sentence":"Live is rendering","total":3}`), 0o600))
	if s, _ := b.Running(); s.Kind != "" {
		t.Errorf("nobody holds the lock, and %+v runs", s)
	}
	lock := flock.New(filepath.Join(b.home, "export", "attempt.lock"))
	if ok, err := lock.TryLock(); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if s, own := b.Running(); s.Kind != "batch" || s.Total != 3 || own {
		t.Errorf("with the lock held: %+v, own %t", s, own)
	}
	wantRefusal(t, b.ClearBatch(), automation.ReasonBusy)
	must(t, lock.Unlock())
	must(t, os.WriteFile(path, []byte(`{"kind":`), 0o600))
	if s, _ := b.Running(); s.Kind != "" {
		t.Errorf("from half a file: %+v", s)
	}
}

func TestReorderTheBatch(t *testing.T) {
	b := newBench(t, exporttest.Script{})
	dir := t.TempDir()
	var sets []string
	for _, n := range []string{"A", "B", "C"} {
		sets = append(sets, writeSet(t, filepath.Join(dir, n+".als")))
	}
	if _, _, err := b.AddToBatch(t.Context(), automation.BatchAdd{Sets: sets}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		do   func() (automation.Batch, error)
		want string
	}{
		{func() (automation.Batch, error) { return b.MoveInBatch(3, -1) }, "1A 2C 3B"},
		{func() (automation.Batch, error) { return b.MoveInBatch(1, 1) }, "1C 2A 3B"},
		{func() (automation.Batch, error) { return b.MoveInBatch(1, -5) }, "1C 2A 3B"},
		{func() (automation.Batch, error) { return b.MoveInBatch(1, 99) }, "1A 2B 3C"},
		{func() (automation.Batch, error) { return b.RemoveFromBatch(2) }, "1A 2C"},
	} {
		got, err := c.do()
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for i, item := range got.Items {
			if i > 0 {
				text += " "
			}
			text += fmt.Sprintf("%d%s", item.N, item.Set)
		}
		if stored, err := b.Batch(); text != c.want || err != nil || len(stored.Items) != len(got.Items) || stored.Items[0].Set != got.Items[0].Set {
			t.Errorf("%s, want %s; stored %v, %v", text, c.want, stored.Items, err)
		}
	}
	_, err := b.RemoveFromBatch(9)
	wantRefusal(t, err, automation.ReasonBadInput)
	must(t, b.Disable())
	_, err = b.MoveInBatch(1, 1)
	wantRefusal(t, err, automation.ReasonDisabled)
}

// TestListWithADamagedAttempt shows that one unreadable attempt hides no other.
func TestListWithADamagedAttempt(t *testing.T) {
	b := newBench(t, exporttest.Script{})
	r := b.attempt(automation.Request{DryRun: true})
	bad := filepath.Join(b.home, "export", "attempts", "20200101-000000-dead")
	must(t, os.MkdirAll(bad, 0o700))
	must(t, os.WriteFile(filepath.Join(bad, "result.json"), []byte("{"), 0o600))
	all, err := b.List()
	if err != nil || len(all) != 2 || all[0].ID != r.ID || all[1].Outcome != automation.Unverified || all[1].NextStep == "" {
		t.Errorf("%+v, %v", all, err)
	}
}
