package control

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/takebar/takebar/bridge/live"
)

// resolve finds the track that a Ref means. Numbers count the tracks as Live shows them, from 1, returns and main not among them.
func resolve(s *live.State, ref Ref) (live.Track, error) {
	text := strings.TrimSpace(string(ref))
	switch {
	case text == "":
		return live.Track{}, &Error{Code: CodeInvalid, Message: "No track was named.", Hint: "Name it by its number or its name."}
	case text == "selected":
		if t, ok := s.Selected(); ok {
			return t, nil
		}
		return live.Track{}, &Error{Code: CodeNotFound, Message: "No track is selected in Live.", Hint: "Select one in Live, or name it."}
	case strings.HasPrefix(text, "#"):
		if t, ok := s.TrackByID(text[1:]); ok {
			return t, nil
		}
	}
	for _, match := range matchers(text) {
		var found []live.Track
		for _, t := range s.Tracks {
			if match(t) {
				found = append(found, t)
			}
		}
		switch {
		case len(found) == 1:
			return found[0], nil
		case len(found) > 1:
			return live.Track{}, ambiguous(text, found)
		}
	}
	return live.Track{}, &Error{Code: CodeNotFound, Message: fmt.Sprintf("There is no track “%s” in this set.", text), Hint: "“takebar tracks” lists them with their numbers."}
}

// matchers go from the strictest to the most lenient.
func matchers(text string) []func(live.Track) bool {
	number, err := strconv.Atoi(text)
	folded := strings.ToLower(text)
	return []func(live.Track) bool{
		func(t live.Track) bool {
			return err == nil && t.Kind != live.KindReturn && t.Kind != live.KindMain && t.Index == number-1
		},
		func(t live.Track) bool { return t.Name == text },
		func(t live.Track) bool { return strings.EqualFold(t.Name, text) },
		func(t live.Track) bool { return strings.HasPrefix(strings.ToLower(t.Name), folded) },
	}
}

func ambiguous(text string, found []live.Track) error {
	var list []string
	for i, t := range found {
		if i == 8 {
			list = append(list, "…")
			break
		}
		list = append(list, label(t))
	}
	return &Error{
		Code: CodeAmbiguous, Message: fmt.Sprintf("Several tracks go by “%s”: %s.", text, strings.Join(list, ", ")),
		Hint: "Use the number, or more of the name.",
	}
}

// label is how a person tells a track from others.
func label(t live.Track) string {
	switch t.Kind {
	case live.KindReturn:
		return fmt.Sprintf("%s (return, #%s)", t.Name, t.ID)
	case live.KindMain:
		return t.Name + " (main)"
	default:
		return fmt.Sprintf("%d %s", t.Index+1, t.Name)
	}
}

// resolveAll finds the tracks, each once, in the order in which they were named.
func resolveAll(s *live.State, refs []Ref) ([]string, error) {
	if len(refs) == 0 {
		return nil, &Error{Code: CodeInvalid, Message: "No track was named.", Hint: "Name at least one by its number or its name."}
	}
	var ids []string
	for _, ref := range refs {
		t, err := resolve(s, ref)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(ids, t.ID) {
			ids = append(ids, t.ID)
		}
	}
	return ids, nil
}

// beatsOf turns the wished length into beats (quarter notes), 0 = until it is stopped.
func beatsOf(r TakeRequest, t live.Transport) (float64, error) {
	given := 0
	for _, v := range []float64{r.LengthBeats, r.LengthBars, r.LengthSecs} {
		if v < 0 {
			return 0, &Error{Code: CodeInvalid, Message: "A length cannot be negative.", Hint: "Give a length over 0, or none."}
		}
		if v > 0 {
			given++
		}
	}
	switch {
	case given > 1:
		return 0, &Error{Code: CodeInvalid, Message: "The length was given twice.", Hint: "Give beats, bars or seconds, not several of them."}
	case r.LengthBars > 0:
		// A bar has numerator notes of 1/denominator; Live counts beats as quarter notes.
		return r.LengthBars * float64(t.SignatureNumerator) * 4 / float64(max(1, t.SignatureDenominator)), nil
	case r.LengthSecs > 0:
		return r.LengthSecs * t.Tempo / 60, nil
	default:
		return r.LengthBeats, nil
	}
}
