package automation

import (
	"errors"
	"fmt"

	"github.com/takebar/takebar/automation/keys"
)

// ConsentVersion counts the texts that ConsentText had. A new text asks again.
const ConsentVersion = 1

// ConsentText is what a user agrees to before anything is ever pressed.
func ConsentText(chord keys.Key) string {
	return fmt.Sprintf(`Export attempts press Live's own export shortcut for you. Please read this first.

What Takebar does
  - It brings Live to the front and presses %s, Enter and Enter. It can press nothing else but Esc.
  - It checks before every key that the right window is in front, watches the folder that Live saves to,
    and calls an export good only when a new, complete, audible file is there.
  - It never types, clicks, overwrites a file or answers a message of Live's.

What can go wrong
  - Ableton offers no way to start an export from outside. A change in Live, another language or an add-on
    can break this at any time. Then the attempt stops and says where.
  - Live uses the settings of its last export: range, tracks, format, folder. Takebar cannot see them.
    A selection left over in the Arrangement decides what is rendered.
  - Keep your hands off while it runs; it takes a few seconds until Live renders. To stop at once, push the
    mouse into a corner of the screen. Once Live renders, stopping only ends the watching.
  - No source says for certain that %s opens Export Audio/Video in your version; many say it is
    %s. A rehearsal finds out first: it opens the dialog, closes it with Esc, and exports nothing.

If you need a file that simply must be there, record a take of the main output instead: it needs no keys at all.
`, chord, keys.ChordE, keys.ChordR)
}

// Enable stores the user's yes to ConsentText. pictures says whether pictures of Live's window may be kept.
func (e *Engine) Enable(version int, pictures bool) error {
	if version != ConsentVersion {
		return &Refusal{Reason: ReasonNotConsented}
	}
	return writeJSON(e.store.path("consent.json"), Consent{Enabled: true, Text: version, At: e.o.Clock.Now(), Pict: pictures})
}

// Disable takes the yes back. Traces and rehearsals stay.
func (e *Engine) Disable() error {
	c, err := e.store.consent()
	if err != nil {
		return err
	}
	c.Enabled = false
	return writeJSON(e.store.path("consent.json"), c)
}

// Enabled says whether export attempts are switched on; a yes to an older text does not count as one.
func (e *Engine) Enabled() (bool, error) {
	err := e.Allowed()
	var r *Refusal
	if errors.As(err, &r) {
		return false, nil
	}
	return err == nil, err
}

// Allowed refuses while attempts are off.
func (e *Engine) Allowed() error {
	c, err := e.store.consent()
	switch {
	case err != nil:
		return err
	case !c.Enabled || e.o.Off != nil && e.o.Off():
		return &Refusal{Reason: ReasonDisabled}
	case c.Text != ConsentVersion:
		return &Refusal{Reason: ReasonNotConsented}
	}
	return nil
}
