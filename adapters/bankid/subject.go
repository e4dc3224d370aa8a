package bankid

import (
	"crypto/x509"
	"slices"
	"strings"
)

// subjectKeys are what BankID calls the attributes of a relying party's name (srvInfo/name of a signature).
var subjectKeys = map[string]string{
	"2.5.4.3": "cn", "2.5.4.41": "name", "2.5.4.5": "serialNumber", "2.5.4.10": "o", "2.5.4.11": "ou", "2.5.4.7": "l", "2.5.4.8": "st", "2.5.4.6": "c",
}

// rpSubject returns the subject of a relying party's certificate as signatures name it: the order and the escapes of RFC 4514,
// and BankID's own keys.
func rpSubject(c *x509.Certificate) string {
	var parts []string
	for _, a := range slices.Backward(c.Subject.Names) {
		key := a.Type.String()
		if k, ok := subjectKeys[key]; ok {
			key = k
		}
		value, _ := a.Value.(string)
		parts = append(parts, key+"="+escapeValue(value))
	}
	return strings.Join(parts, ",")
}

// escapeValue writes an attribute's value as RFC 4514 section 2.4 has it.
func escapeValue(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case c == 0:
			b.WriteString(`\00`)
			continue
		case strings.IndexByte(`"+,;<>\`, c) >= 0, i == 0 && (c == ' ' || c == '#'), i > 0 && i == len(s)-1 && c == ' ':
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}
