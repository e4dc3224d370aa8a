package registrant

import (
	"strings"
	"unicode"
)

// NameCase is a way to spell the names that are sent to the registry.
type NameCase int

const (
	Capitalised NameCase = iota // as the registry's own portal does: "Mari-Liis Õunapuu"
	AsCertified                 // as the certificate does, in capitals: "MARI-LIIS ÕUNAPUU"
)

func (n NameCase) spell(name string) string {
	if n == AsCertified {
		return name
	}
	return capitalise(name)
}

// capitalise spells a name by the portal's rule, exactly: names are compared octet by octet by the registry, so a rule
// that is better but another one would end the sessions of people who use both. Lower case is ECMAScript's, which is that
// of package strings but for the Turkish İ.
func capitalise(name string) string {
	lower := strings.ToLower(strings.ReplaceAll(name, "\u0130", "i\u0307"))
	var b strings.Builder
	previous := ' '
	for _, r := range lower {
		if isPortalLetter(r) && !isPortalLetter(previous) && previous != '\'' {
			b.WriteRune(unicode.ToUpper(r))
		} else {
			b.WriteRune(r)
		}
		previous = r
	}
	return b.String()
}

// isPortalLetter reports whether the portal's rule takes r for a letter: ASCII, Latin-1 to Latin Extended-A, Cyrillic.
func isPortalLetter(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || 0xC0 <= r && r <= 0x17F || 0x400 <= r && r <= 0x4FF
}
