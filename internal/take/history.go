package take

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/takebar/takebar/internal/take/sidecar"
)

// history is when which take changed, as far as this index has seen it.
type history struct {
	base     uint64            // what changed before is not known
	revision uint64            // of the last change
	gone     map[string]uint64 // takes that are no longer there, by id -> revision when that was seen
	trouble  string            // of the takes folder as a whole, when last looked at
}

// goneMost bounds what is remembered of takes that are gone. With more of them, those who have not asked for so long are told everything anew.
const goneMost = 10000

// newHistory begins where no earlier index can have come to: revisions rise by less than one in a microsecond. The clock may have been set back, though.
func newHistory(now time.Time, after uint64) history {
	base := max(uint64(max(1, now.UnixMicro())), after+1)
	return history{base: base, revision: base, gone: map[string]uint64{}}
}

// stamp is the revision of what one look finds; 0 until it finds something.
type stamp uint64

func (h *history) stamp(s *stamp) uint64 {
	if *s == 0 {
		h.revision++
		*s = stamp(h.revision)
	}
	return uint64(*s)
}

// changed says that something happened outside a look.
func (h *history) changed() uint64 {
	var s stamp
	return h.stamp(&s)
}

// mark is what can be seen of a file without reading it.
type mark struct {
	there    bool
	size     int64
	modified time.Time
}

func markOf(info fs.FileInfo, err error) mark {
	if err != nil {
		return mark{}
	}
	return mark{there: true, size: info.Size(), modified: info.ModTime()}
}

func (m mark) equal(o mark) bool {
	return m.there == o.there && m.size == o.size && m.modified.Equal(o.modified)
}

// took notes that a sidecar was read again; was is nil for a new one.
func (x *index) took(was, now *record, s *stamp) {
	if was == nil {
		now.revision = x.stamp(s)
		delete(x.gone, now.take.ID)
		return
	}
	now.verdicts = was.verdicts // about files, whatever became of the sidecar
	now.revision = was.revision
	if now.sum == was.sum && now.take.ID == was.take.ID {
		now.marks = was.marks
		return
	}
	now.revision = x.stamp(s)
	if now.take.ID != was.take.ID {
		x.gone[was.take.ID] = uint64(*s)
		delete(x.gone, now.take.ID)
	}
}

// lost notes that sidecars are not there any more. Where another one has the same id, that one is told again.
func (x *index) lost(records []*record, s *stamp) {
	if len(records) == 0 {
		return
	}
	at := x.stamp(s)
	for _, r := range records {
		x.gone[r.take.ID] = at
	}
	for _, r := range x.records {
		if x.gone[r.take.ID] == at {
			r.revision = at
			delete(x.gone, r.take.ID)
		}
	}
	if len(x.gone) > goneMost {
		oldest := make([]uint64, 0, len(x.gone))
		for _, rev := range x.gone {
			oldest = append(oldest, rev)
		}
		slices.Sort(oldest)
		x.base = oldest[len(oldest)/2]
		for id, rev := range x.gone {
			if rev <= x.base {
				delete(x.gone, id)
			}
		}
	}
}

// lookAtFiles sees whether the files of the takes are as they were at the last look.
func (x *index) lookAtFiles(takes []shelved, s *stamp) {
	for _, t := range takes {
		marks := make([]mark, len(t.take.Files))
		for i, f := range t.take.Files {
			if e, here := t.view[f.Name]; here {
				marks[i] = markOf(e.Info())
			} else {
				marks[i] = markOf(os.Lstat(filepath.Join(filepath.Dir(t.full), filepath.FromSlash(f.Name))))
			}
		}
		if t.marks != nil && !slices.EqualFunc(t.marks, marks, mark.equal) {
			t.revision = x.stamp(s)
		}
		t.marks = marks
	}
}

// since tells what changed after a revision, and everything where that is not known.
func (x *index) since(q sidecar.Query, takes []shelved) ([]sidecar.Entry, error) {
	revision := q.Since
	all := revision < x.base || revision > x.revision
	entries := []sidecar.Entry{}
	there := map[string]bool{}
	var changed []shelved
	for _, t := range takes {
		there[t.take.ID] = true
		if all || t.revision > revision || t.full == q.After { // which may have changed again
			changed = append(changed, t)
		}
	}
	changed, more, err := page(changed, q)
	if err != nil {
		return nil, err
	}
	for _, t := range changed {
		entries = append(entries, t.entry())
	}
	if more {
		return entries, nil
	}
	var gone []string
	for id, at := range x.gone {
		if !all && at > revision && !there[id] {
			gone = append(gone, id)
		}
	}
	slices.Sort(gone)
	for _, id := range gone {
		entries = append(entries, sidecar.Entry{Take: cloneTake(sidecar.Take{ID: id}), Paths: []string{}, Gone: true})
	}
	return entries, nil
}

// troubled notes what is wrong with the takes folder as a whole, "" = nothing.
func (x *index) troubled(sentence string) {
	if x.trouble != sentence {
		x.trouble = sentence
		x.changed()
	}
}

func (h *history) overview() sidecar.Overview {
	return sidecar.Overview{Revision: h.revision, Base: h.base, Problem: h.trouble}
}

// sentenceOf is what an error of the takes folder says to a user.
func sentenceOf(err error) string {
	var own *Error
	if errors.As(err, &own) {
		return own.Message
	}
	return err.Error()
}
