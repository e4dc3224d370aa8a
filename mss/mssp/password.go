package mssp

import (
	"bytes"
	"encoding/json"
)

// passwordName is the attribute, or the member, of AP_Info that holds the password. The SOAP binding echoes it.
const passwordName = "AP_PWD"

// withoutPasswordXML blanks every AP_PWD attribute of a document that has been decoded, in place, and returns what is left:
// evidence is kept for years, and a password has no place in it. What is not an attribute's name, white space, "=" and a
// quoted value is left alone.
func withoutPasswordXML(doc []byte) []byte {
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

// withoutPasswordJSON blanks every string member AP_PWD of a document that has been decoded, in place. The JSON binding was
// not seen to echo it.
func withoutPasswordJSON(doc []byte) []byte {
	if !bytes.Contains(doc, []byte("PWD")) && !bytes.Contains(doc, []byte(`\u`)) { // a name may be spelled with escapes
		return doc
	}
	d := json.NewDecoder(bytes.NewReader(doc))
	var cuts [][2]int // octets between the quotes
	name := false     // the last token was that name
	for {
		before := d.InputOffset()
		t, err := d.Token()
		if err != nil {
			break
		}
		s, isString := t.(string)
		if name && isString {
			open := int(before) + bytes.IndexByte(doc[before:], '"')
			cuts = append(cuts, [2]int{open + 1, int(d.InputOffset()) - 1})
		}
		// A string with a colon behind it is a member's name.
		behind := bytes.TrimLeft(doc[d.InputOffset():], " \t\r\n")
		name = isString && s == passwordName && len(behind) > 0 && behind[0] == ':'
	}
	kept := doc[:0]
	from := 0
	for _, cut := range cuts {
		kept = append(kept, doc[from:cut[0]]...)
		from = cut[1]
	}
	return append(kept, doc[from:]...)
}
