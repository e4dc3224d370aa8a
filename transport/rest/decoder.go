package rest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/internal/xmlwire"
)

// maxTokens bounds the names, values and brackets of a document, as the SOAP
// binding bounds its tags and texts. A long genuine answer has 200.
const maxTokens = 20_000

// decoder walks through a document that strictjson has checked. The readers of
// values look at tok, the first token of the value, and leave the last one
// there. After an error they do nothing.
//
// Names are compared as they are. Unmarshalling into structs would take
// statuscode for StatusCode, and null for an empty string.
type decoder struct {
	json   *json.Decoder
	tok    json.Token
	tokens int
	path   []step
	err    *Error
}

// decode checks doc and calls read with the name of the root's only member, its
// value being current.
func decode(doc []byte, read func(d *decoder, name string)) error {
	if err := strictjson.Check(doc); err != nil {
		return &Error{Offset: -1, Reason: strings.TrimPrefix(err.Error(), "json: ")}
	}
	d := &decoder{json: json.NewDecoder(bytes.NewReader(doc))}
	d.json.UseNumber() // 2E410 is a number, if not one that fits
	d.next()
	if d.tok != json.Delim('{') {
		d.failRoot("not an object")
	}
	d.next()
	name, ok := d.tok.(string)
	if !ok {
		d.failRoot("no message inside")
	}
	d.next()
	if d.err == nil {
		d.path = append(d.path, step{name: name})
		read(d, name)
	}
	if d.next(); d.tok != json.Delim('}') {
		d.failRoot("a second member beside the message")
	}
	if d.err != nil {
		return d.err
	}
	return nil
}

// fail notes what is wrong with the current value.
func (d *decoder) fail(reason string) { d.failMember("", reason) }

// failMember notes what is wrong with a member of the current value.
func (d *decoder) failMember(name, reason string) {
	if d.err == nil {
		d.err = &Error{Offset: int(d.json.InputOffset()), Path: path(d.path, name), Reason: reason}
	}
	d.tok = nil
}

// failRoot notes what is wrong with the document, or with a member of it whose
// name this package does not know and so does not tell.
func (d *decoder) failRoot(reason string) {
	d.path = nil
	d.fail(reason)
}

// next moves to the next token.
func (d *decoder) next() {
	if d.err != nil {
		return
	}
	if d.tokens++; d.tokens > maxTokens {
		d.failRoot(fmt.Sprintf("more than %d names, values and brackets", maxTokens))
		return
	}
	tok, err := d.json.Token()
	if err != nil {
		d.failRoot("not JSON")
		return
	}
	d.tok = tok
}

// object calls member for each member of the current object, its value being
// current, and fails where a required one is missing. member must read the value
// or skip it.
func (d *decoder) object(member func(name string), required ...string) {
	if d.tok != json.Delim('{') {
		d.fail("not an object")
		return
	}
	var seen uint
	outer := d.path
	d.path = append(d.path, step{})
	for d.err == nil {
		d.next()
		name, more := d.tok.(string)
		if !more {
			break
		}
		if d.next(); d.tok == nil {
			continue // null
		}
		if i := slices.Index(required, name); i >= 0 {
			seen |= 1 << i
		}
		d.path[len(outer)].name = name
		member(name)
	}
	if d.err != nil {
		return
	}
	d.path = outer
	for i, name := range required {
		if seen&(1<<i) == 0 {
			d.failMember(name, "missing")
		}
	}
}

// array calls element for each element of the current array, the element being
// current.
func (d *decoder) array(element func()) {
	if d.tok != json.Delim('[') {
		d.fail("not an array")
		return
	}
	outer := d.path
	d.path = append(d.path, step{})
	for i := 0; d.err == nil; i++ {
		d.path[len(outer)].index = i
		if d.next(); d.tok == json.Delim(']') {
			d.path = outer
			return
		}
		element()
	}
}

// skip passes over the current value.
func (d *decoder) skip() {
	for depth := 0; d.err == nil; d.next() {
		switch d.tok {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return
		}
	}
}

func (d *decoder) text() string {
	s, ok := d.tok.(string)
	if !ok {
		d.fail("not a string")
	}
	return s
}

func (d *decoder) optional() *string { return new(d.text()) }

// texts reads an array of strings.
func (d *decoder) texts() []string {
	var all []string
	d.array(func() { all = append(all, d.text()) })
	return all
}

// bool reads a boolean in the spelling of the profile query or of the receipt.
func (d *decoder) bool() *bool {
	switch d.tok {
	case true, "true":
		return new(true)
	case false, "false":
		return new(false)
	}
	d.fail("not a boolean")
	return nil
}

// code reads a number greater than zero: a status code or a number of seconds.
func (d *decoder) code() xmlwire.Integer {
	s := d.text()
	if _, err := strictjson.Code(s); err != nil {
		d.fail(notCode)
	}
	return xmlwire.Integer(s)
}

// number reads a number, which is zero or like a code: 2.0 is a version.
func (d *decoder) number() xmlwire.Integer {
	if d.tok == "0" {
		return "0"
	}
	return d.code()
}

func (d *decoder) base64() []byte {
	b, err := xmlwire.ParseBase64(d.text())
	if err != nil {
		d.fail(err.Error())
	}
	return b
}

func (d *decoder) instant() xmlwire.DateTime {
	t, err := xmlwire.ParseDateTime(d.text())
	if err != nil {
		d.fail(err.Error())
	}
	return t
}

const notCode = "not a string of one to five digits that do not begin with 0"
