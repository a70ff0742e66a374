package settings

import (
	"strings"
	"unicode"
)

// SplitWords parts a command into words at spaces; double quotes keep words together. A backslash is a backslash, as in paths of Windows. false:
// a quote is never closed.
func SplitWords(s string) ([]string, bool) {
	list, word := []string{}, strings.Builder{}
	quoted, begun := false, false
	for _, r := range s {
		switch {
		case r == '"':
			quoted, begun = !quoted, true
		case !quoted && unicode.IsSpace(r):
			if begun {
				list = append(list, word.String())
				word.Reset()
				begun = false
			}
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	if begun {
		list = append(list, word.String())
	}
	return list, !quoted
}

// JoinWords writes words so that SplitWords gives them back. A double quote within a word cannot be written, and is left out.
func JoinWords(list []string) string {
	quoted := make([]string, len(list))
	for i, w := range list {
		w = strings.ReplaceAll(w, `"`, "")
		if w == "" || strings.ContainsFunc(w, unicode.IsSpace) {
			w = `"` + w + `"`
		}
		quoted[i] = w
	}
	return strings.Join(quoted, " ")
}

// Block is a paragraph of a longer text.
type Block struct {
	Kind BlockKind
	Text string
}

// BlockKind says what a paragraph is.
type BlockKind string

// The kinds of paragraphs.
const (
	Paragraph BlockKind = "paragraph"
	Heading   BlockKind = "heading" // over bullets
	Bullet    BlockKind = "bullet"
)

// Blocks reads a text that is laid out for a terminal: paragraphs, and lines that begin with "  - " with their indented rest.
func Blocks(text string) []Block {
	var all []Block
	open := false // the last one goes on in the next line
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n ")
		trimmed := strings.TrimSpace(line)
		bullet, isBullet := strings.CutPrefix(trimmed, "- ")
		indented := line != trimmed
		switch {
		case trimmed == "":
			open = false
		case isBullet:
			if n := len(all); n > 0 && open && all[n-1].Kind == Paragraph {
				all[n-1].Kind = Heading
			}
			all, open = append(all, Block{Bullet, bullet}), true
		case open && indented == (all[len(all)-1].Kind == Bullet):
			all[len(all)-1].Text += " " + trimmed
		default:
			all, open = append(all, Block{Paragraph, trimmed}), true
		}
	}
	return all
}
