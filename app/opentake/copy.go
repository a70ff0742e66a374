package opentake

import "github.com/takebar/takebar/app/words"

// Choice is one of several values that a copy can have.
type Choice struct {
	Value string // as the converter wants it
	Label string
}

// CopyFormats are the kinds of copies.
func CopyFormats() []Choice {
	return []Choice{{"wav", "WAV"}, {"aiff", "AIFF"}, {"flac", "FLAC"}, {"mp3", "MP3"}}
}

// CopyDepths are the bits, or of an MP3 the qualities, that go with a format; the first is what most people want.
func CopyDepths(format string, say words.Say) []Choice {
	bits := func(n int) string { return say("take.bits", words.Data{"Bits": n}) }
	if format == "mp3" {
		return []Choice{{"V0", say("take.copy.v0")}, {"V2", say("take.copy.v2")}, {"320", "320 kbit/s"}}
	}
	all := []Choice{{"", say("take.copy.as_recorded")}, {"16", bits(16)}, {"24", bits(24)}}
	if format != "flac" { // it holds no more than 24
		all = append(all, Choice{"32", bits(32)}, Choice{"32f", say("take.float", words.Data{"Bits": 32})})
	}
	return all
}

// CopyLevels are what copies can be brought to.
func CopyLevels(say words.Say) []Choice {
	return []Choice{
		{"", say("take.copy.level_asis")},
		{"-1dBTP", say("take.copy.level_peak", words.Data{"Level": "-1 dBTP"})},
		{"-14LUFS", say("take.copy.level_stream", words.Data{"Level": "-14 LUFS"})},
		{"-16LUFS", say("take.copy.level_talk", words.Data{"Level": "-16 LUFS"})},
		{"-23LUFS", say("take.copy.level_radio", words.Data{"Level": "-23 LUFS"})},
	}
}

// Find is the place of a value among choices; 0 where it is not there.
func Find(all []Choice, value string) int {
	for i, c := range all {
		if c.Value == value {
			return i
		}
	}
	return 0
}
