package main

import (
	"fmt"
	"go/token"
	"strings"
	"unicode"
	"unicode/utf8"
)

// exported turns an XML name into an exported Go name: "MSS_" at its beginning
// and, for types, "Type" at its end are noise; what is no letter or digit only
// separates words.
func exported(name string, isType bool) string {
	name = strings.TrimPrefix(name, "MSS_")
	if short := strings.TrimSuffix(name, "Type"); isType && short != "" {
		name = short
	}
	var b strings.Builder
	upper := true
	for _, r := range name {
		switch {
		case r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r):
			upper = true
			continue
		case b.Len() == 0 && unicode.IsDigit(r):
			b.WriteByte('X')
		case upper:
			r = unicode.ToUpper(r)
		}
		b.WriteRune(r)
		upper = false
	}
	if b.Len() == 0 {
		return "X"
	}
	return b.String()
}

// isASCIIName reports whether the codec can write the name: internal/xmlwire
// takes ASCII names only.
func isASCIIName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_'
		if !letter && (i == 0 || !('0' <= c && c <= '9' || c == '-' || c == '.')) {
			return false
		}
	}
	return s != ""
}

func isExportedIdentifier(s string) bool { return token.IsIdentifier(s) && token.IsExported(s) }

// scope hands out the names of one Go scope.
type scope map[string]bool

// reserved are names that a generated struct has for its methods and for the
// attributes that a wildcard lets in.
var reserved = []string{"DecodeXML", "EncodeXML", "AnyAttrs"}

func newScope(taken ...string) scope {
	s := scope{}
	for _, name := range append(taken, reserved...) {
		s[name] = true
	}
	return s
}

// take returns the first of the candidates that is free, numbered if none is.
func (s scope) take(candidates ...string) string {
	for _, c := range candidates {
		if !s[c] {
			s[c] = true
			return c
		}
	}
	last := candidates[len(candidates)-1]
	for n := 2; ; n++ {
		if c := fmt.Sprintf("%s%d", last, n); !s[c] {
			s[c] = true
			return c
		}
	}
}

const commentWidth = 96

// comment turns text from an input file into comment lines. Every line break
// that any reader of the file could see begins a new prefixed line, and what
// could hide or reorder text is dropped, so that no text becomes code (SEC-16).
func comment(text string) []string {
	var lines []string
	breaks := func(r rune) bool {
		return r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == '\u0085' || r == '\u2028' || r == '\u2029'
	}
	for line := range strings.FieldsFuncSeq(text, breaks) {
		line = strings.Map(printable, line)
		lines = append(lines, wrap(strings.Fields(line))...)
	}
	return lines
}

// printable drops controls, format characters and invalid octets.
func printable(r rune) rune {
	switch {
	case r == '\t':
		return ' '
	case r == utf8.RuneError || !unicode.IsPrint(r) && !unicode.IsSpace(r):
		return -1
	}
	return r
}

func wrap(words []string) []string {
	var lines []string
	line := ""
	for _, w := range words {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(w) > commentWidth {
			lines = append(lines, "// "+line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += w
	}
	if line != "" {
		lines = append(lines, "// "+line)
	}
	return lines
}
