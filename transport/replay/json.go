package replay

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/internal/xmlwire"
)

// parseJSON reads a document that internal/strictjson has nothing against. Its root is an object, as every message is.
func parseJSON(doc []byte) (*node, error) {
	if err := strictjson.Check(doc); err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber() // numbers stay as they were written
	root, err := parseValue(d, "")
	if err != nil {
		return nil, err
	}
	if root.kind != isObject {
		return nil, errors.New("json: not an object")
	}
	return root, nil
}

// parseValue reads one value. strictjson bounds the depth of the recursion.
func parseValue(d *json.Decoder, name string) (*node, error) {
	n := &node{name: xmlwire.Name{Local: name}}
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case string:
		n.kind, n.text = isString, t
	case json.Number:
		n.kind, n.text = isLiteral, t.String()
	case bool:
		n.kind, n.text = isLiteral, map[bool]string{true: "true", false: "false"}[t]
	case nil:
		n.kind, n.text = isLiteral, jsonNull
	case json.Delim:
		if n.kind = isArray; t == '{' {
			n.kind = isObject
		}
		return n, n.parseChildren(d)
	}
	return n, nil
}

// parseChildren reads to the bracket that closes an object or array.
func (n *node) parseChildren(d *json.Decoder) error {
	for d.More() {
		name := n.name.Local
		if n.kind == isObject {
			t, err := d.Token()
			if err != nil {
				return err
			}
			name, _ = t.(string) // as strictjson has checked
		}
		child, err := parseValue(d, name)
		if err != nil {
			return err
		}
		n.children = append(n.children, child)
	}
	_, err := d.Token()
	return err
}

const jsonNull = "null"

// encodeJSON writes a tree, indented.
func encodeJSON(root *node) ([]byte, error) {
	return append(appendJSON(nil, root, "\n"), '\n'), nil
}

func appendJSON(b []byte, n *node, indent string) []byte {
	brackets := "{}"
	switch n.kind {
	case isString:
		return append(append(append(b, '"'), escapeJSON(n.text)...), '"')
	case isLiteral:
		return append(b, n.text...)
	case isArray:
		brackets = "[]"
	}
	b = append(b, brackets[0])
	for i, c := range n.children {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, indent+"  "...)
		if n.kind == isObject {
			b = append(b, `"`+escapeJSON(c.name.Local)+`": `...)
		}
		b = appendJSON(b, c, indent+"  ")
	}
	if len(n.children) > 0 {
		b = append(b, indent...)
	}
	return append(b, brackets[1])
}

// escapeJSON escapes what must be within quotation marks (RFC 8259 section 7), and nothing else: what is recorded is to be
// read.
func escapeJSON(s string) string {
	var b strings.Builder
	const hex = "0123456789abcdef"
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c < ' ':
			b.WriteString(`\u00` + string(hex[c>>4]) + string(hex[c&0xF]))
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// isJSON is RFC 8259 section 11 and RFC 6839 section 3.1.
func isJSON(media string) bool {
	return media == "application/json" || strings.HasSuffix(media, "+json")
}
