package xmlwire

import (
	"math/bits"
	"unicode/utf8"
)

// Classes of octets. One table look-up answers what the scanners ask.
const (
	isNameStart uint8 = 1 << iota // ASCII letter or "_"
	isName                        // that, digit, "-" or "."
	isSpace                       // XML 1.0 production 3
	isPlain                       // ASCII that text may contain and that means only itself
	isPlainAttr                   // the same for attribute values, whichever quote they use
	isURI                         // may stand in a URI reference by itself; no brackets, see isURIReference
)

var class = classes()

// classes fills the table. Octets of 0x80 and more belong to no class: names are
// ASCII, and in text such octets are decoded and checked.
func classes() (t [256]uint8) {
	for c := byte(0x20); c < utf8.RuneSelf; c++ {
		t[c] = isPlain | isPlainAttr
	}
	for c := byte('a'); c <= 'z'; c++ {
		t[c] |= isNameStart | isName
		t[c-'a'+'A'] |= isNameStart | isName
	}
	for c := byte('0'); c <= '9'; c++ {
		t[c] |= isName
	}
	t['_'] |= isNameStart | isName
	t['-'] |= isName
	t['.'] |= isName
	for _, c := range []byte(" \t\r\n") {
		t[c] |= isSpace
	}
	for _, c := range []byte("<&]") {
		t[c] &^= isPlain
	}
	for _, c := range []byte(`<&"'`) {
		t[c] &^= isPlainAttr
	}
	for c := range t {
		if t[c]&isName != 0 {
			t[c] |= isURI
		}
	}
	for _, c := range []byte("~:/?#@!$&'()*+,;=") {
		t[c] |= isURI
	}
	t['\n'] |= isPlain
	t['\t'] |= isPlain
	return t
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// plainEnd returns the index of the first octet at or after i that text cannot
// pass over: markup, a reference, "]", CR, a control character, non-ASCII.
// Base64 and prose go eight octets at a time.
func plainEnd(s string, i int) int {
	for i+8 <= len(s) {
		w := uint64(s[i]) | uint64(s[i+1])<<8 | uint64(s[i+2])<<16 | uint64(s[i+3])<<24 |
			uint64(s[i+4])<<32 | uint64(s[i+5])<<40 | uint64(s[i+6])<<48 | uint64(s[i+7])<<56
		lt, amp, bracket := w^('<'*ones), w^('&'*ones), w^(']'*ones)
		// Each term has the high bit of an octet that stops the run. A borrow can
		// mark an octet wrongly, but only above one that is marked rightly.
		stop := (w | (w-0x20*ones)&^w | (lt-ones)&^lt | (amp-ones)&^amp | (bracket-ones)&^bracket) & highs
		if stop == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(stop) / 8
		if class[s[i]]&isPlain == 0 {
			return i
		}
		i++ // LF or TAB
	}
	for i < len(s) && class[s[i]]&isPlain != 0 {
		i++
	}
	return i
}

// charLen returns the length of the character at s[i], or 0 if it is not one
// that XML 1.0 allows (production 2) or not valid UTF-8.
func charLen(s string, i int) int {
	r, n := utf8.DecodeRuneInString(s[i:])
	if r == utf8.RuneError && n <= 1 || !isChar(r) {
		return 0
	}
	return n
}

// isChar is production 2 of XML 1.0.
func isChar(r rune) bool {
	switch {
	case r < 0x20:
		return r == '\t' || r == '\n' || r == '\r'
	case r < 0xD800:
		return true
	case r < 0xE000:
		return false
	default:
		return r <= utf8.MaxRune && r != 0xFFFE && r != 0xFFFF
	}
}

func spaceEnd(s string, i int) int {
	for i < len(s) && class[s[i]]&isSpace != 0 {
		i++
	}
	return i
}

func nameEnd(s string, i int) int {
	for i < len(s) && class[s[i]]&isName != 0 {
		i++
	}
	return i
}

// isNCName reports whether s is a name without colon, in ASCII.
func isNCName(s string) bool {
	return s != "" && class[s[0]]&isNameStart != 0 && nameEnd(s, 1) == len(s)
}

func isAllSpace(s string) bool { return spaceEnd(s, 0) == len(s) }

// TrimSpace removes XML white space, which is less than Unicode's, from both ends.
func TrimSpace(s string) string {
	s = s[spaceEnd(s, 0):]
	for len(s) > 0 && class[s[len(s)-1]]&isSpace != 0 {
		s = s[:len(s)-1]
	}
	return s
}
