package xmlwire

import (
	"strings"
	"unicode/utf8"
)

// reference reads the reference whose "&" is at s[i] and returns its character
// and the index after its ";". A reason says why it is refused: only the five
// predefined entities exist, since there is no document type declaration.
func reference(s string, i int) (r rune, end int, reason string) {
	rest := s[i+1:]
	if strings.HasPrefix(rest, "#") {
		return charReference(s, i+2)
	}
	for _, e := range [...]struct {
		name string
		char rune
	}{{"amp;", '&'}, {"lt;", '<'}, {"gt;", '>'}, {"quot;", '"'}, {"apos;", '\''}} {
		if strings.HasPrefix(rest, e.name) {
			return e.char, i + 1 + len(e.name), ""
		}
	}
	return 0, 0, "unknown or broken entity reference"
}

// charReference reads from the octet after "&#".
func charReference(s string, i int) (r rune, end int, reason string) {
	const broken = "broken character reference"
	base := rune(10)
	if i < len(s) && s[i] == 'x' {
		base = 16
		i++
	}
	for first := i; i < len(s); i++ {
		if s[i] == ';' && i > first {
			if !isChar(r) {
				return 0, 0, "reference to a character that XML does not have"
			}
			return r, i + 1, ""
		}
		digit, ok := digitValue(s[i])
		if !ok || digit >= base {
			return 0, 0, broken
		}
		// Stays past the last character instead of overflowing.
		r = min(r*base+digit, utf8.MaxRune+1)
	}
	return 0, 0, broken
}

func digitValue(c byte) (rune, bool) {
	switch {
	case '0' <= c && c <= '9':
		return rune(c - '0'), true
	case 'a' <= c && c <= 'f':
		return rune(c-'a') + 10, true
	case 'A' <= c && c <= 'F':
		return rune(c-'A') + 10, true
	}
	return 0, false
}

// expand replaces the references of s, which have been checked, and turns CR LF
// and lone CR into LF (XML 1.0 section 2.11); "&#13;" stays CR.
func expand(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		switch s[i] {
		case '&':
			r, end, _ := reference(s, i)
			b.WriteRune(r)
			i = end
		case '\r':
			b.WriteByte('\n')
			i++
			if i < len(s) && s[i] == '\n' {
				i++
			}
		default:
			n := strings.IndexAny(s[i:], "&\r")
			if n < 0 {
				n = len(s) - i
			}
			b.WriteString(s[i : i+n])
			i += n
		}
	}
	return b.String()
}
