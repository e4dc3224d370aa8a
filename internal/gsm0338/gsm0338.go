// Package gsm0338 counts text as telephones do: in septets of the GSM 7-bit default alphabet (3GPP TS 23.038, once GSM
// 03.38) where every character has a place in it, and in UTF-16 units (UCS-2) as soon as one has not.
package gsm0338

import "unicode/utf16"

// basic is the 7-bit default alphabet without the escape to the extension table; each character is one septet.
const basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
	"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"

// extension is the extension table without the form feed, which XML cannot carry; each character is two septets.
const extension = "^{}\\[~]|€"

var septets = func() map[rune]int {
	m := make(map[rune]int, 140)
	for _, r := range basic {
		m[r] = 1
	}
	for _, r := range extension {
		m[r] = 2
	}
	return m
}()

// Length returns the number of units that text takes, and whether they are septets of the GSM alphabet (true) or UTF-16
// units (false).
func Length(text string) (n int, gsm bool) {
	for _, r := range text {
		w, ok := septets[r]
		if !ok {
			return utf16Length(text), false
		}
		n += w
	}
	return n, true
}

func utf16Length(text string) (n int) {
	for _, r := range text {
		if l := utf16.RuneLen(r); l > 0 {
			n += l
		} else {
			n++
		}
	}
	return n
}
