// Package redact makes text of foreign origin safe to print.
package redact

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/gomss/gomss/internal/legible"
)

// Clean returns at most limit runes of s in which every rune that could steer a terminal, reorder a line or hide is
// written as \u{…}: control characters (ANSI escapes begin with one), format characters (bidirectional overrides, zero
// width), fillers and blanks other than the space, line and paragraph separators, private use and unassigned runes, and
// octets that are not UTF-8.
// Text that was cut ends in "…".
func Clean(s string, limit int) string {
	if isPlain(s) && len(s) <= limit {
		return s
	}
	var b strings.Builder
	for n := 0; s != ""; n++ {
		if n == limit {
			b.WriteRune('…')
			break
		}
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02X`, s[0])
		case r != '\u00a0' && legible.Visible(r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\u{%04X}`, r)
		}
		s = s[size:]
	}
	return b.String()
}

// isPlain reports whether s is printable ASCII: what nearly every text is.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
