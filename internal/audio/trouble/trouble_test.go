package trouble_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/audio/trouble"
)

func TestFile(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		path string
		err  error
		why  trouble.Why
		text string
	}{
		{filepath.Join(dir, "a.wav"), fs.ErrNotExist, trouble.Gone, "“a.wav” is not there any more."},
		{filepath.Join(dir, "unplugged", "a.wav"), fs.ErrNotExist, trouble.Away, "Is its disk plugged in?"},
		{"a.wav", &fs.PathError{Op: "open", Path: "a.wav", Err: fs.ErrPermission}, trouble.Denied, "may not read “a.wav”"},
		{"a.wav", fmt.Errorf("open: %w", audio.ErrNotAudio), trouble.NotAudio, "no WAV or AIFF"},
		{"a.wav", fmt.Errorf("%w: %w", audio.ErrUnfinished, audio.ErrNoFormat), trouble.Damaged, "damaged or not written yet"},
		{"a.wav", fmt.Errorf("%w: ADPCM", audio.ErrUnsupported), trouble.Unsupported, "ADPCM."},
		{"a.wav", fmt.Errorf("read: %w", io.ErrUnexpectedEOF), trouble.Changed, "changed while it was read"},
		{"a.wav", &fs.PathError{Op: "read", Path: "/x/a.wav", Err: errors.New("input/output error")}, trouble.Unreadable, "“a.wav” cannot be read: input/output error."},
	} {
		err := trouble.File(c.path, c.err)
		var e *trouble.Error
		if !errors.As(err, &e) || e.Why != c.why || !strings.Contains(err.Error(), c.text) || !errors.Is(err, c.err) {
			t.Errorf("%v: %v, want %s: ...%s...", c.err, err, c.why, c.text)
		}
		if again := trouble.File("other.wav", fmt.Errorf("more: %w", err)); !strings.Contains(again.Error(), c.text) {
			t.Errorf("said twice: %v", again)
		}
	}
	if trouble.File("a.wav", nil) != nil {
		t.Error("no error became one")
	}
	if err := trouble.File("a.wav", fmt.Errorf("x: %w", context.Canceled)); !errors.Is(err, context.Canceled) || errors.As(err, new(*trouble.Error)) {
		t.Errorf("cancelled: %v", err)
	}
}

// Every text must be a sentence: a beginning that is no lower case letter, an end with a full stop or question mark, nothing left open.
func TestSentences(t *testing.T) {
	for _, why := range []trouble.Why{
		trouble.Gone, trouble.Away, trouble.Denied, trouble.NotAudio, trouble.Damaged, trouble.Unsupported, trouble.Changed, trouble.Unreadable,
		trouble.TooFine, trouble.NothingLoaded, trouble.Empty, trouble.NoOutput, trouble.DeviceGone, trouble.DeviceFails, trouble.DeviceStuck, trouble.NotBuilt,
	} {
		for _, name := range []string{"", "Speakers"} {
			for _, cause := range []error{nil, os.ErrDeadlineExceeded} {
				text := trouble.Output(why, name, cause).Error()
				if first := text[0]; first >= 'a' && first <= 'z' || !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "?") || strings.Contains(text, "““") || len(text) < 20 {
					t.Errorf("%s: %q is no sentence", why, text)
				}
			}
		}
	}
	if text := trouble.Nothing(trouble.Empty).Error(); !strings.Contains(text, "nothing to hear") {
		t.Errorf("empty: %q", text)
	}
}

func TestSay(t *testing.T) {
	say := func(e *trouble.Error) string { return "oh: " + string(e.Why) + " " + e.Cause() }
	err := trouble.Say(say, fmt.Errorf("draw: %w", trouble.Output(trouble.DeviceFails, "", io.EOF)))
	if err.Error() != "oh: device_fails EOF" || !errors.Is(err, io.EOF) || !errors.As(err, new(*trouble.Error)) {
		t.Errorf("%v", err)
	}
	if err := trouble.Say(say, io.EOF); err != io.EOF { //nolint:errorlint // the very same is wanted
		t.Errorf("%v", err)
	}
	if err := trouble.Say(say, nil); err != nil {
		t.Errorf("%v", err)
	}
	if err := trouble.Nothing(trouble.Empty); trouble.Say(nil, err) != err || (&trouble.Error{}).Cause() != "" { //nolint:errorlint // the same
		t.Error("English is not left as it is")
	}
}
