package take

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/takebar/takebar/internal/take/sidecar"
)

// Annotate changes note and rating; nil leaves them as they are. Everything else in the sidecar stays, also what this version of the program does
// not know. Errors: CodeBadRating, and those of Get.
func (l *Library) Annotate(ctx context.Context, ref string, note *string, rating *int) (sidecar.Entry, error) {
	if rating != nil && (*rating < 0 || *rating > 5) {
		return sidecar.Entry{}, failf(CodeBadRating, "Give 0 to 5 stars.", nil, "A rating of %d is not possible.", *rating)
	}
	e, err := l.find(ctx, ref)
	if err != nil {
		return sidecar.Entry{}, err
	}
	if l.flying(e.ID) {
		return sidecar.Entry{}, busyError(e)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	old, err := readLimited(e.Sidecar, maxSidecar)
	if err != nil {
		return sidecar.Entry{}, deedError(l.opt.Dir, err)
	}
	if err := readable(e, old); err != nil {
		return sidecar.Entry{}, err
	}
	var changes []member
	add := func(key string, v any) error {
		data, err := plainJSON(v)
		changes = append(changes, member{key: key, value: json.RawMessage(data)})
		return err
	}
	if note != nil {
		err = add("note", *note)
	}
	if err == nil && rating != nil {
		err = add("rating", *rating)
	}
	if err != nil {
		return sidecar.Entry{}, fmt.Errorf("annotate a take: %w", err)
	}
	data, err := setMembers(old, changes)
	if err != nil {
		return sidecar.Entry{}, err
	}
	if err := writeOver(e.Sidecar, data); err != nil {
		return sidecar.Entry{}, deedError(l.opt.Dir, err)
	}
	l.index.forget(e.Sidecar)
	take, err := decodeSidecar(data)
	if err != nil && take.ID == "" {
		return sidecar.Entry{}, fmt.Errorf("annotate a take: %w", err)
	}
	r := record{take: take}
	return r.entry(e.Sidecar, e.Trashed, nil), nil
}

// readable refuses to touch a sidecar that cannot be understood.
func readable(e sidecar.Entry, data []byte) error {
	if t, err := decodeSidecar(data); err != nil && t.ID == "" {
		return failf(CodeSidecarUnreadable, "Repair or remove that file by hand; the audio files beside it are as they were.", err,
			"The description %s cannot be read: %v.", e.Sidecar, err)
	}
	return nil
}

func busyError(e sidecar.Entry) error {
	return failf(CodeBusy, "Try again in a moment.", nil, "The take “%s” is on its way right now.", e.Name)
}
