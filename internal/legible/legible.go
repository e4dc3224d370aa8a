// Package legible refuses text of which a person would not see every character. What nobody can see, nobody can agree to
// (SEC-9).
package legible

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Visible reports whether a character takes up space or ink of its own: graphic by its Unicode category, and neither one
// that fonts are told to ignore by default (fillers, variation selectors), nor blank without being U+0020 or U+00A0.
func Visible(r rune) bool {
	switch {
	case r == ' ' || r == '\u00a0':
		return true
	case !unicode.IsGraphic(r), unicode.Is(unicode.Zs, r), r == '\u2800': // the last is Braille without a dot
		return false
	}
	return !unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// Check returns an error that names the first character, by code point and position in characters from 1, that is not
// legible: controls other than line feed (carriage return too: it would be lost on the way), format characters such as
// bidirectional overrides, zero-width characters and soft hyphen, line and paragraph separators, private use and
// unassigned code points. Text must be UTF-8 in Unicode's composed form NFC, so that what looks the same is the same.
func Check(text string) error {
	if !utf8.ValidString(text) {
		return fmt.Errorf("is not UTF-8")
	}
	n := 0
	for _, r := range text {
		n++
		if r != '\n' && !Visible(r) {
			return fmt.Errorf("character %d is %U: a person cannot see it, or not tell it from a space; remove it", n, r)
		}
	}
	if !norm.NFC.IsNormalString(text) {
		return fmt.Errorf("is not in Unicode normal form C; apply norm.NFC before")
	}
	return nil
}
