// Package sound says in the user's language why a sound file cannot be drawn or played, and why no sound comes out.
//
// It is a model: no toolkit. main hands what Say returns to the player and to the store of waveforms.
package sound

import (
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/internal/audio/trouble"
)

// Say returns the function that says troubles with the given texts. It is safe for concurrent use if say is.
func Say(say words.Say) func(*trouble.Error) string {
	return func(e *trouble.Error) string {
		data := words.Data{"Name": e.Name, "Cause": e.Cause()}
		if e.Name == "" {
			data["Name"] = say("sound.chosen_output")
		} else {
			data["Name"] = say("sound.name", words.Data{"Name": e.Name})
		}
		switch e.Why {
		case trouble.Gone:
			return say("sound.gone", data)
		case trouble.Away:
			return say("sound.away", data)
		case trouble.Denied:
			return say("sound.denied", data)
		case trouble.NotAudio:
			return say("sound.not_audio", data)
		case trouble.Damaged:
			return say("sound.damaged", data)
		case trouble.Unsupported:
			return say("sound.unsupported", data)
		case trouble.Changed:
			return say("sound.changed", data)
		case trouble.TooFine:
			return say("sound.too_fine", data)
		}
		return output(say, e.Why, data)
	}
}

// output says what is wrong with the sound output.
func output(say words.Say, why trouble.Why, data words.Data) string {
	switch why {
	case trouble.NothingLoaded:
		return say("sound.nothing_loaded")
	case trouble.Empty:
		return say("sound.empty")
	case trouble.NoOutput:
		return say("sound.no_output")
	case trouble.DeviceGone:
		return say("sound.device_gone", data)
	case trouble.DeviceFails:
		return say("sound.device_fails", data)
	case trouble.DeviceStuck:
		return say("sound.device_stuck", data)
	case trouble.NotBuilt:
		return say("sound.not_built")
	}
	return say("sound.unreadable", data)
}
