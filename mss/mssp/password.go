package mssp

import "bytes"

// passwordName is the attribute of AP_Info that the SOAP binding echoes.
const passwordName = "AP_PWD"

// withoutPassword blanks every AP_PWD attribute of a document that has been decoded, in place, and returns what is left:
// evidence is kept for years, and a password has no place in it. What is not an attribute's name, white space, "=" and a
// quoted value is left alone.
func withoutPassword(doc []byte) []byte {
	kept := 0 // octets of doc that are done with, moved to its beginning
	for rest := doc; ; {
		i := bytes.Index(rest, []byte(passwordName))
		if i < 0 {
			return doc[:kept+copy(doc[kept:], rest)]
		}
		from, to := quotedValue(rest, i+len(passwordName))
		if i == 0 || !isSpace(rest[i-1]) || from == to {
			from, to = i+len(passwordName), i+len(passwordName)
		}
		kept += copy(doc[kept:], rest[:from])
		rest = rest[to:]
	}
}

// quotedValue returns where the value of an attribute begins and ends whose name ends at i; from == to where there is
// none, or an empty one.
func quotedValue(b []byte, i int) (from, to int) {
	skip := func() {
		for i < len(b) && isSpace(b[i]) {
			i++
		}
	}
	skip()
	if i == len(b) || b[i] != '=' {
		return 0, 0
	}
	i++
	skip()
	if i == len(b) || b[i] != '"' && b[i] != '\'' {
		return 0, 0
	}
	quote := b[i]
	i++
	n := bytes.IndexByte(b[i:], quote)
	if n < 0 || bytes.IndexByte(b[i:i+n], '<') >= 0 { // no attribute's value holds <: this is text
		return 0, 0
	}
	return i, i + n
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
