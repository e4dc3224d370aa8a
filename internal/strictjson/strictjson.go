// Package strictjson reads JSON (RFC 8259) that two readers cannot understand differently. encoding/json lets a repeated
// member override the first one, also one that differs in case alone or is spelled with escapes, turns octets that are no
// UTF-8 and lone surrogates into U+FFFD, and nests up to 10,000 levels: with the first, a status 503 becomes a 500 (SEC-5).
// Everything that comes from outside this process as JSON is read here.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a document.
const (
	MaxSize  = 1 << 20 // octets
	MaxDepth = 32      // objects and arrays within each other
)

// Unmarshal checks a document and reads it into v, as encoding/json does. Members that v has no field for are passed over.
// Errors name the offset, never the content.
func Unmarshal(data []byte, v any) error {
	if err := Check(data); err != nil {
		return err
	}
	return describe(json.Unmarshal(data, v))
}

// UnmarshalKnown is Unmarshal that refuses members without a field: for files that people write, where a misspelled name
// must not be passed over. Its errors name such a member.
func UnmarshalKnown(data []byte, v any) error {
	if err := Check(data); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	err := describe(d.Decode(v))
	if err == nil {
		return nil
	}
	// Of an unknown member encoding/json tells the name and not the place; it stands where the name stands first.
	if _, name, ok := strings.Cut(err.Error(), "unknown field "); ok {
		return fmt.Errorf("json: offset %d: unknown member %s", max(bytes.Index(data, []byte(name)), 0), name)
	}
	return err
}

// describe puts an error of encoding/json into words without the offending value.
func describe(err error) error {
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("json: offset %d: %s: not a %s", e.Offset, e.Field, e.Type)
	}
	return err
}

// Check reports what is wrong with a document: its size or depth, octets that are no UTF-8, lone surrogates, bad syntax,
// data behind the value, or two members of an object whose names are the same but for case.
func Check(data []byte) error {
	if len(data) > MaxSize {
		return fmt.Errorf("json: longer than %d octets", MaxSize)
	}
	if err := scan(data); err != nil {
		return err
	}
	if err := syntax(data); err != nil {
		return err
	}
	return duplicates(data)
}

// syntax reports where a document is not JSON.
func syntax(data []byte) error {
	if json.Valid(data) {
		return nil
	}
	offset := int64(len(data))
	if e, ok := errors.AsType[*json.SyntaxError](json.Unmarshal(data, new(json.RawMessage))); ok {
		offset = e.Offset
	}
	return fmt.Errorf("json: offset %d: not JSON, or data behind the value", offset)
}

// scan looks at octets: UTF-8, escapes of surrogates, depth. Syntax is not its business.
func scan(data []byte) error {
	depth, inString := 0, false
	for i := 0; i < len(data); {
		c := data[i]
		switch {
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRune(data[i:])
			if r == utf8.RuneError && n == 1 {
				return fmt.Errorf("json: offset %d: not UTF-8", i)
			}
			i += n
			continue
		case inString && c == '\\':
			n := escape(data[i:])
			if n == 0 {
				return fmt.Errorf("json: offset %d: a lone surrogate", i)
			}
			i += n
			continue
		case c == '"':
			inString = !inString
		case !inString && (c == '{' || c == '['):
			if depth++; depth > MaxDepth {
				return fmt.Errorf("json: offset %d: nested deeper than %d levels", i, MaxDepth)
			}
		case !inString && (c == '}' || c == ']'):
			depth--
		}
		i++
	}
	return nil
}

// escape returns the length of the escape that b begins with, both halves of a pair together; 0 for a lone surrogate.
func escape(b []byte) int {
	r, ok := unit(b)
	if !ok {
		return min(2, len(b)) // a short escape, or none: for the parser to judge
	}
	switch {
	case r >= 0xDC00 && r <= 0xDFFF:
		return 0
	case r >= 0xD800 && r <= 0xDBFF:
		if low, ok := unit(b[6:]); !ok || low < 0xDC00 || low > 0xDFFF {
			return 0
		}
		return 12
	}
	return 6
}

// unit reads \uXXXX.
func unit(b []byte) (uint64, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	r, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	return r, err == nil
}

// duplicates refuses equal member names in a document that is JSON.
func duplicates(data []byte) error {
	var open []object // the objects and arrays that are open; an array has no names
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '{', '[':
			open = append(open, object{})
		case '}', ']':
			open = open[:len(open)-1]
		case '"':
			end := stringEnd(data, i)
			behind := bytes.TrimLeft(data[end:], " \t\r\n")
			// In JSON a colon stands behind a member's name and behind no other string.
			if len(behind) > 0 && behind[0] == ':' && !open[len(open)-1].add(data[i:end]) {
				return fmt.Errorf("json: offset %d: a member that stands there before, if perhaps in another case", end)
			}
			i = end - 1
		}
	}
	return nil
}

// stringEnd returns the offset behind the string that begins at i.
func stringEnd(data []byte, i int) int {
	for i++; ; i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

// object is the member names of an object so far: a list while they are few, for which nothing is allocated but itself.
type object struct {
	list [][]byte
	set  map[string]bool // folded names, once there are more than fewNames
}

const fewNames = 16

// add reports whether a name, in quotes, is none of those before it.
func (o *object) add(quoted []byte) bool {
	name := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(name, '\\') >= 0 {
		var unquoted string
		if err := json.Unmarshal(quoted, &unquoted); err != nil {
			return false // not in a document that is JSON
		}
		name = []byte(unquoted)
	}
	if o.set == nil {
		if slices.ContainsFunc(o.list, func(n []byte) bool { return bytes.EqualFold(n, name) }) {
			return false
		}
		if o.list = append(o.list, name); len(o.list) <= fewNames {
			return true
		}
		o.set = make(map[string]bool)
		for _, n := range o.list {
			o.set[fold(string(n))] = true
		}
		return true
	}
	key := fold(string(name))
	if o.set[key] {
		return false
	}
	o.set[key] = true
	return true
}

// fold maps what encoding/json takes for the same name to one spelling: each character to the least of its simple case
// folding.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			least = min(least, f)
		}
		return least
	}, s)
}

// Code reads a status or fault code: one to five digits, the first not 0. strconv.Atoi would take "+500" and "0500".
func Code(s string) (int, error) {
	if len(s) < 1 || len(s) > 5 || s[0] == '0' || strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' }) {
		return 0, errors.New("json: not a code of one to five digits")
	}
	return strconv.Atoi(s)
}
