package skmidtest

import (
	"strings"
	"unicode/utf16"
)

// Limits of displayText since October 2024: 100 octets.
const (
	maxGSM       = 100 // characters
	maxExtension = 5   // characters of the extension table among them
	maxUCS2      = 50  // UTF-16 units
)

// The alphabet GSM-7 (3GPP TS 23.038). SK lists the extension table without "~", which is in it.
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtension = "€[]^|{}\\~"
)

// shown returns a text as the phone shows it.
func shown(text, format string) (string, error) {
	switch format {
	case "", "GSM-7":
		return shownGSM(text)
	case "UCS-2":
		if len(utf16.Encode([]rune(text))) > maxUCS2 {
			return "", badRequest("displayText must not be longer than 50 characters in UCS-2")
		}
		return text, nil
	}
	return "", badRequest("displayTextFormat must be GSM-7 or UCS-2")
}

// shownGSM puts a blank for each character that the alphabet does not have.
func shownGSM(text string) (string, error) {
	var b strings.Builder
	count, extended := 0, 0
	for _, r := range text {
		count++
		switch {
		case strings.ContainsRune(gsmExtension, r):
			extended++
		case !strings.ContainsRune(gsmBasic, r):
			r = ' '
		}
		b.WriteRune(r)
	}
	switch {
	case count > maxGSM:
		return "", badRequest("displayText must not be longer than 100 characters in GSM-7")
	case extended > maxExtension:
		return "", badRequest("displayText must not have more than 5 characters of the extension table")
	}
	return b.String(), nil
}
