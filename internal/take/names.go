package take

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Lengths are counted in UTF-8 bytes, which is never less than the UTF-16 units that Windows and macOS count.
const (
	// maxComponent bytes are left to one folder or file name before " (12)", an extension and ".part" are added; all
	// systems stop at 255.
	maxComponent = 200
	// maxPath is what a whole path should stay below: 260 units is where Explorer and many plug-ins give up.
	maxPath = 240
	// minComponent bytes are left to a name however deep the takes folder lies.
	minComponent = 24
	// suffixRoom is kept free for " (12)" and ".takebar.json".
	suffixRoom = 24
)

// cleanComponent makes any text a single file or folder name that Windows, macOS and Linux all accept, that hides no other
// name in itself and that is still the text as far as possible. It never returns "", ".", ".." or a name with a
// separator, and cleaning twice changes nothing more. Rules for Windows:
// https://learn.microsoft.com/windows/win32/fileio/naming-a-file
func cleanComponent(s string) string {
	s = cleanValue(s)
	s = strings.TrimFunc(s, func(r rune) bool { return r == '.' || unicode.IsSpace(r) })
	if s == "" {
		return "_"
	}
	if base := deviceBase(s); isDevice(base) {
		s = s[:len(base)] + "_" + s[len(base):]
	}
	return s
}

// cleanValue replaces what no file name may hold and normalises to NFC. It may return "".
func cleanValue(s string) string {
	s = norm.NFC.String(strings.ToValidUTF8(s, "_"))
	// Dropping an invisible character can bring a letter and its accent together: normalise once more.
	return norm.NFC.String(strings.Map(cleanRune, s))
}

func cleanRune(r rune) rune {
	const drop = -1
	switch {
	case strings.ContainsRune(`<>:"/\|?*`, r):
		return '_' // as Live itself does with ':'
	case r == '\t' || r == '\n' || r == '\r':
		return ' '
	case r == '\u200c' || r == '\u200d':
		return r // joiners: Persian spelling and composed emoji need them
	case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
		return drop // control, bidirectional and other invisible characters can make a name look like another one
	case r == utf8.RuneError, r >= 0xfdd0 && r <= 0xfdef, r&0xfffe == 0xfffe:
		return '_' // no characters at all
	default:
		return r
	}
}

// deviceBase is the part of a name that Windows compares with its devices: up to the first dot, without trailing spaces.
func deviceBase(s string) string {
	base, _, _ := strings.Cut(s, ".")
	return strings.TrimRight(base, " ")
}

// isDevice says that Windows would open a device of that name, with any extension and in any folder.
func isDevice(base string) bool {
	switch up := strings.ToUpper(base); up {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$":
		return true
	default:
		port, isCom := strings.CutPrefix(up, "COM")
		if !isCom {
			var isLpt bool
			if port, isLpt = strings.CutPrefix(up, "LPT"); !isLpt {
				return false
			}
		}
		return utf8.RuneCountInString(port) == 1 && strings.Contains("0123456789¹²³", port)
	}
}

// cutText shortens s to at most limit bytes, never within a character and never between a letter and its accents.
func cutText(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	end := limit
	for end > 0 && (!utf8.RuneStart(s[end]) || joined(s, end)) {
		end--
	}
	if end == 0 { // one endless cluster: any boundary of a character will do
		for end = limit; end > 0 && !utf8.RuneStart(s[end]); end-- {
			continue
		}
	}
	return s[:end]
}

// joined says that the characters before and after the byte position at belong together.
func joined(s string, at int) bool {
	next, _ := utf8.DecodeRuneInString(s[at:])
	prev, _ := utf8.DecodeLastRuneInString(s[:at])
	const joiner = '\u200d'
	return unicode.Is(unicode.M, next) || next == joiner || prev == joiner
}

// nameKey is equal for names that some file system takes for the same: those that differ only in case, in the way accents are
// encoded, or in dots and spaces at the end.
func nameKey(s string) string { return foldText(strings.TrimRight(s, ". ")) }

// foldText is equal for texts that differ only in case and in the encoding of accents (canonical caseless matching, Unicode 3.13).
func foldText(s string) string {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return norm.NFC.String(cases.Fold().String(norm.NFD.String(s)))
		}
	}
	return strings.ToLower(s)
}
