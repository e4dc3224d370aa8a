package main

import (
	"math"
	"strings"
	"unicode/utf8"

	"github.com/gomss/gomss/mss"

	"github.com/gomss/gomss/internal/redact"
)

// private is what a command knows and must not print: the person's number, the text, the AP_PWD. A service may well
// repeat them in its own words.
type private []string

// add takes texts up in every form in which mssp may hand on a repetition of them: escaped (redact.Clean, which has no
// limit here), without the white space around, with one space for each white space.
func (p *private) add(texts ...string) {
	for _, text := range texts {
		for _, form := range []string{text, strings.TrimSpace(text), strings.Join(strings.Fields(text), " ")} {
			if form != "" {
				*p = append(*p, form, redact.Clean(form, math.MaxInt))
			}
		}
	}
}

// addUser takes up whom was asked.
func (p *private) addUser(u mss.User) {
	p.add(u.MSISDN.Reveal(), u.MSISDN.Digits(), u.Person.Reveal(), u.ID.Reveal())
	if _, code, ok := strings.Cut(u.Person.Reveal(), "-"); ok {
		p.add(code)
	}
}

// conceal returns the service's words with what is private, and an end that breaks off within it, redacted: mssp cuts
// words after 200 characters.
func (p private) conceal(words string) string {
	hidden := make([]bool, len(words))
	hide := func(from, to int) {
		for i := from; i < to; i++ {
			hidden[i] = true
		}
	}
	end := len(strings.TrimRight(words, "…. "))
	for _, secret := range p {
		for i := range words {
			if strings.HasPrefix(words[i:], secret) {
				hide(i, i+len(secret))
			} else if i < end && strings.HasPrefix(secret, words[i:end]) && utf8.RuneCountInString(words[i:end]) >= telling(secret) {
				hide(i, end)
			}
		}
	}
	var b strings.Builder
	for i := range len(words) {
		switch {
		case !hidden[i]:
			b.WriteByte(words[i])
		case i == 0 || !hidden[i-1]:
			b.WriteString("[redacted]")
		}
	}
	return b.String()
}

// telling is how many characters of a secret's beginning say too much: 8, or half of a short one.
func telling(secret string) int {
	return min(8, (utf8.RuneCountInString(secret)+1)/2)
}
