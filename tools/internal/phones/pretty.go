package phones

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"regexp"
	"slices"
	"strings"

	"github.com/beevik/etree"
)

// hidden is what stands in the place of a password.
const hidden = "(hidden)"

// secrets are the names of attributes and members that hold passwords, keys and tokens. Those of a simulator are worth
// nothing, but a page that shows them teaches to show them.
var secrets = []string{"AP_PWD", "access_token", "qrStartSecret"}

// maxDepth bounds how deep a message that is laid out can be: each line is indented by its depth, so that a few octets for each
// level would become a page of many megabytes.
const maxDepth = 64

// pretty lays a message out for a person. What it cannot read stays as it is, but for secrets.
func pretty(contentType string, body []byte) string {
	t, _, _ := mime.ParseMediaType(contentType)
	text, ok := "", false
	switch {
	case len(body) == 0:
		return ""
	case strings.HasSuffix(t, "xml"):
		text, ok = prettyXML(body)
	case strings.HasSuffix(t, "json"):
		text, ok = prettyJSON(body)
	}
	if ok {
		return text
	}
	return secretText.ReplaceAllString(string(body), "${1}"+hidden)
}

// secretText finds secrets in what is no XML and no JSON: a message that is spoilt, of another type, or the beginning of a long
// one. The value ends with its quote, or with the text.
var secretText = regexp.MustCompile(`(?s)((?:` + strings.Join(secrets, "|") + `)["']?\s*[:=]\s*)(?:"(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s"'&,<>}]+)`)

func prettyXML(body []byte) (text string, ok bool) {
	doc := etree.NewDocument()
	if doc.ReadFromBytes(body) != nil || doc.Root() == nil || !hideXML(&doc.Element, 0) {
		return "", false
	}
	doc.Indent(2)
	text, err := doc.WriteToString()
	return text, err == nil
}

// hideXML replaces secrets in place. It is false where elements are too deep.
func hideXML(e *etree.Element, depth int) bool {
	if depth > maxDepth {
		return false
	}
	for i := range e.Attr {
		if slices.Contains(secrets, e.Attr[i].Key) {
			e.Attr[i].Value = hidden
		}
	}
	for _, child := range e.ChildElements() {
		if !hideXML(child, depth+1) {
			return false
		}
	}
	return true
}

// prettyJSON writes what it reads, member by member: one that occurs twice is shown twice.
func prettyJSON(body []byte) (text string, ok bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	w := &jsonWriter{in: d}
	if !w.value(0) {
		return "", false
	}
	if _, err := d.Token(); err != io.EOF { // there is more behind the document
		return "", false
	}
	w.out.WriteByte('\n')
	return w.out.String(), true
}

// jsonWriter lays out what it reads. Its methods are false where that cannot be read.
type jsonWriter struct {
	in  *json.Decoder
	out bytes.Buffer
}

func (w *jsonWriter) value(depth int) bool {
	t, err := w.in.Token()
	if err != nil || depth > maxDepth {
		return false
	}
	if open, ok := t.(json.Delim); ok {
		return w.inside(open, depth)
	}
	w.scalar(t)
	return true
}

// inside writes an object or an array, whose beginning was read.
func (w *jsonWriter) inside(open json.Delim, depth int) bool {
	w.out.WriteRune(rune(open))
	empty := true
	for ; w.in.More(); empty = false {
		if !empty {
			w.out.WriteByte(',')
		}
		w.line(depth + 1)
		if open == '{' {
			secret, ok := w.name()
			if !ok {
				return false
			}
			if secret {
				w.scalar(hidden)
				continue
			}
		}
		if !w.value(depth + 1) {
			return false
		}
	}
	end, err := w.in.Token()
	if err != nil {
		return false
	}
	if !empty {
		w.line(depth)
	}
	w.out.WriteRune(rune(end.(json.Delim))) // or there would be More, or an error
	return true
}

// name writes the name of a member. The value of a secret it reads, and passes over.
func (w *jsonWriter) name() (secret, ok bool) {
	t, err := w.in.Token()
	name, ok := t.(string)
	if err != nil || !ok {
		return false, false
	}
	w.scalar(name)
	w.out.WriteString(": ")
	if !slices.Contains(secrets, name) {
		return false, true
	}
	return true, w.in.Decode(new(json.RawMessage)) == nil
}

func (w *jsonWriter) line(depth int) {
	w.out.WriteByte('\n')
	for range depth {
		w.out.WriteString("  ")
	}
}

// scalar writes a string, number, true, false or null.
func (w *jsonWriter) scalar(v any) {
	e := json.NewEncoder(&w.out)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // of a type of the decoder's
	w.out.Truncate(w.out.Len() - 1)
}
