package skmid

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/gomss/gomss/internal/gsm0338"
	"github.com/gomss/gomss/internal/legible"
)

// How a text travels to the phone (displayTextFormat), and what fits: 100 octets since October 2024.
const (
	formatGSM7 = "GSM-7"
	formatUCS2 = "UCS-2"

	maxGSM7      = 100 // characters
	maxExtension = 5   // of them from the extension table
	maxUCS2      = 50  // characters
)

// displayFormat returns how a text is sent: GSM-7 where the alphabet has all of it, else UCS-2; "" for no text. The service
// itself would put a space for each character that the phone cannot show, so such a text is an error here.
func displayFormat(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	if err := legible.Check(text); err != nil {
		return "", err
	}
	n := utf8.RuneCountInString(text)
	septets, gsm := gsm0338.Length(text)
	extension := septets - n // such a character takes two septets
	switch {
	case gsm && extension <= maxExtension:
		if n > maxGSM7 {
			return "", fmt.Errorf("has %d characters, and the phone shows %d", n, maxGSM7)
		}
		return formatGSM7, nil
	case hasSupplementary(text):
		return "", errors.New("holds a character beyond U+FFFF, such as an emoji, which the phone cannot show")
	case n <= maxUCS2:
		return formatUCS2, nil
	case gsm:
		return "", fmt.Errorf("has %d characters with over %d of €[]{}^|~\\ among them; with so many the phone shows %d characters", n, maxExtension, maxUCS2)
	}
	return "", fmt.Errorf("has %d characters; the phone shows %d where one of them is outside its 7-bit alphabet, as õ, š, ž and Cyrillic letters are", n, maxUCS2)
}

// hasSupplementary reports whether the text leaves the Basic Multilingual Plane: UCS-2 has no place for the rest.
func hasSupplementary(text string) bool {
	for _, r := range text {
		if r > 0xFFFF {
			return true
		}
	}
	return false
}
