package sound_test

import (
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/takebar/takebar/app/sound"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/internal/audio/trouble"
)

var files = []trouble.Why{
	trouble.Gone, trouble.Away, trouble.Denied, trouble.NotAudio, trouble.Damaged, trouble.Unsupported, trouble.Changed, trouble.Unreadable, trouble.TooFine,
}

var all = append(slices.Clone(files),
	trouble.NothingLoaded, trouble.Empty, trouble.NoOutput, trouble.DeviceGone, trouble.DeviceFails, trouble.DeviceStuck, trouble.NotBuilt,
)

// The English texts are the sentences that the command line and the logs say without them.
func TestEnglishAgrees(t *testing.T) {
	english, err := words.English()
	if err != nil {
		t.Fatal(err)
	}
	say := sound.Say(english)
	for _, why := range all {
		for _, name := range []string{"", "Vox.wav"} {
			e := &trouble.Error{Why: why, Name: name, Err: io.ErrClosedPipe}
			got := say(e)
			if name == "" && slices.Contains(files, why) {
				continue // a file always has a name
			}
			if got != e.Error() {
				t.Errorf("%s:\n%s\n%s", why, got, e.Error())
			}
		}
	}
}

var key = regexp.MustCompile(`sound\.[a-z]`)

// Every language has words of its own for each trouble, and leaves no place open.
func TestEveryLanguage(t *testing.T) {
	for _, language := range words.Languages() {
		texts, err := words.In(language)
		if err != nil {
			t.Fatal(err)
		}
		say, seen := sound.Say(texts), map[string]trouble.Why{}
		for _, why := range all {
			text := say(&trouble.Error{Why: why, Name: "Vox.wav", Err: io.ErrClosedPipe})
			if other, ok := seen[text]; ok {
				t.Errorf("%s: %s and %s say the same", language, why, other)
			}
			seen[text] = why
			if key.MatchString(text) || strings.Contains(text, "{{") || strings.Contains(text, "no value") || language != words.Source && text == (&trouble.Error{Why: why, Name: "Vox.wav", Err: io.ErrClosedPipe}).Error() {
				t.Errorf("%s: %s says %q", language, why, text)
			}
		}
	}
}
