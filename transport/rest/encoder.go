package rest

import (
	"encoding/base64"
	"fmt"
	"unicode/utf8"

	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/internal/xmlwire"
)

// encoder writes a document. Every method that writes takes the name of the
// member, empty inside an array. The first error is kept and what comes after it
// is of no use.
type encoder struct {
	b     []byte
	depth int // open objects and arrays
	path  []step
	err   *Error
}

func newEncoder(dst []byte) *encoder { return &encoder{b: append(dst, '{'), depth: 1} }

// bytes ends the document.
func (e *encoder) bytes() ([]byte, error) {
	if e.err != nil {
		return nil, e.err
	}
	return append(e.b, '}'), nil
}

func (e *encoder) fail(name, reason string) {
	if e.err == nil {
		e.err = &Error{Offset: -1, Path: path(e.path, name), Reason: reason}
	}
}

// refuse fails where there is something that this form has no member for. The
// name is the one it has in the model of the message.
func (e *encoder) refuse(name string, present bool) {
	if present {
		e.fail(name, "the JSON form cannot carry it")
	}
}

// once fails where a member that can stand only once was written before.
func (e *encoder) once(written *[]string, name string) {
	for _, before := range *written {
		if before == name {
			e.fail(name, "occurs twice")
		}
	}
	*written = append(*written, name)
}

func (e *encoder) key(name string) {
	if last := e.b[len(e.b)-1]; last != '{' && last != '[' {
		e.b = append(e.b, ',')
	}
	if name != "" {
		e.b = append(e.b, '"')
		e.b = append(e.b, name...)
		e.b = append(e.b, '"', ':')
	}
}

// open begins an object or an array, unless it is deeper than can be read.
func (e *encoder) open(name string, bracket byte) bool {
	if e.depth == strictjson.MaxDepth {
		e.fail(name, fmt.Sprintf("nested deeper than %d levels", strictjson.MaxDepth))
	}
	if e.err != nil {
		return false
	}
	e.key(name)
	e.b = append(e.b, bracket)
	e.depth++
	if name != "" {
		e.path = append(e.path, step{name: name})
	}
	return true
}

func (e *encoder) close(name string, bracket byte) {
	e.b = append(e.b, bracket)
	e.depth--
	if name != "" {
		e.path = e.path[:len(e.path)-1]
	}
}

func (e *encoder) object(name string, members func()) {
	if e.open(name, '{') {
		members()
		e.close(name, '}')
	}
}

func (e *encoder) array(name string, n int, element func(i int)) {
	if !e.open(name, '[') {
		return
	}
	e.path = append(e.path, step{})
	for i := range n {
		e.path[len(e.path)-1].index = i
		element(i)
	}
	e.path = e.path[:len(e.path)-1]
	e.close(name, ']')
}

func (e *encoder) text(name, s string) {
	if !utf8.ValidString(s) {
		e.fail(name, "text that is not UTF-8")
		return
	}
	e.key(name)
	e.b = appendString(e.b, s)
}

func (e *encoder) optional(name string, s *string) {
	if s != nil {
		e.text(name, *s)
	}
}

// bool writes a boolean as the profile query has it.
func (e *encoder) bool(name string, v *bool) {
	if v != nil {
		e.key(name)
		e.b = fmt.Append(e.b, *v)
	}
}

// boolText writes a boolean as receipts have it.
func (e *encoder) boolText(name string, v *bool) {
	if v != nil {
		e.text(name, fmt.Sprint(*v))
	}
}

// code writes a number that [decoder.code] reads.
func (e *encoder) code(name string, i xmlwire.Integer) {
	if _, err := strictjson.Code(string(i)); err != nil {
		e.fail(name, notCode)
	}
	e.text(name, string(i))
}

// number writes a number that [decoder.number] reads. The zero Integer is
// written as 0, as in SOAP.
func (e *encoder) number(name string, i xmlwire.Integer) {
	if i == "" || i == "0" {
		e.text(name, "0")
		return
	}
	e.code(name, i)
}

func (e *encoder) optionalNumber(name string, i *xmlwire.Integer) {
	if i != nil {
		e.number(name, *i)
	}
}

func (e *encoder) base64(name string, b []byte) {
	e.key(name)
	e.b = append(e.b, '"')
	e.b = base64.StdEncoding.AppendEncode(e.b, b)
	e.b = append(e.b, '"')
}

func (e *encoder) instant(name string, t xmlwire.DateTime) {
	s := t.String()
	if _, err := xmlwire.ParseDateTime(s); err != nil {
		e.fail(name, "an instant outside the years 1 to 9999")
	}
	e.text(name, s)
}

const hexDigits = "0123456789abcdef"

// appendString writes a string that is UTF-8 (RFC 8259 section 7). Only what
// must be escaped is: the text to be signed stays legible in a trace.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xF])
		}
	}
	return append(append(b, s[from:]...), '"')
}
