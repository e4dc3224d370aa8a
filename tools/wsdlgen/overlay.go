package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// overlay says what a WSDL does not: the Go names of namespaces and types, and
// where the messages on the wire differ from the WSDL. Every entry must match
// something, so that the overlay cannot rot; an entry marked optional need not,
// because one overlay serves several forms of a WSDL.
type overlay struct {
	file       string
	namespaces []*namespaceEntry
	names      []*nameEntry
	elements   []*elementEntry
	attributes []*attributeEntry
	raw        []*rawEntry
}

// entry is what all entries have in common.
type entry struct {
	Optional bool   `json:"optional"`
	Why      string `json:"why"`
	line     int
	matched  bool
}

// namespaceEntry names a namespace that the WSDL uses. All must be listed.
type namespaceEntry struct {
	entry
	URI     string `json:"uri"`
	Prefix  string `json:"prefix"`  // in this overlay and in names of files
	Const   string `json:"const"`   // Go constant
	Types   string `json:"types"`   // begins the names of the namespace's Go types
	Exclude bool   `json:"exclude"` // no types: elements of it are kept raw
}

// nameEntry names a type: at is prefix:Type, or for an anonymous type the path
// to it, prefix:Type/Element/Element or prefix:Type/@attribute. The names of the
// constants of an enumeration begin with that of the type.
type nameEntry struct {
	entry
	At   string `json:"at"`
	Name string `json:"name"`
}

// elementEntry is about the child element of a Go type. If the type declares
// the element, it is written in the namespace wire and read in any of wire,
// accept and the one declared. If it does not, but has a wildcard, the global
// element of that name in wire gets a field of its own instead of being raw.
type elementEntry struct {
	entry
	In        string   `json:"in"`
	Element   string   `json:"element"`
	Wire      string   `json:"wire"`
	Accept    []string `json:"accept"`
	AnyCase   bool     `json:"anyCase"`
	Attribute bool     `json:"attribute"` // read from an attribute, too
}

// attributeEntry lets the attributes of a Go type be read in any case.
type attributeEntry struct {
	entry
	In      string `json:"in"`
	AnyCase bool   `json:"anyCase"`
}

// rawEntry keeps elements of a schema type, prefix:Type, as raw octets.
type rawEntry struct {
	entry
	Type string `json:"type"`
}

func (e *entry) common() *entry { return e }

type overlayEntry interface {
	common() *entry
	describe() string
	check() string
}

func (e *namespaceEntry) describe() string { return "namespace " + e.URI }
func (e *nameEntry) describe() string      { return "name of " + e.At }
func (e *elementEntry) describe() string   { return "element " + e.Element + " in " + e.In }
func (e *attributeEntry) describe() string { return "attributes of " + e.In }
func (e *rawEntry) describe() string       { return "raw type " + e.Type }

func (e *namespaceEntry) check() string {
	switch {
	case e.URI == "" || e.Prefix == "":
		return "uri and prefix are required"
	case strings.Trim(e.Prefix, "abcdefghijklmnopqrstuvwxyz0123456789") != "":
		return "prefix must be lower-case letters and digits"
	case !isExportedIdentifier(e.Const):
		return "const must be an exported Go name"
	case e.Types != "" && !isExportedIdentifier(e.Types):
		return "types must begin an exported Go name"
	}
	return ""
}

func (e *nameEntry) check() string {
	if e.At == "" || !isExportedIdentifier(e.Name) {
		return "at is required and name must be an exported Go name"
	}
	return ""
}

func (e *elementEntry) check() string {
	if e.In == "" || e.Element == "" || e.Wire == "" {
		return "in, element and wire are required"
	}
	return ""
}

func (e *attributeEntry) check() string {
	if e.In == "" || !e.AnyCase {
		return "in is required and anyCase must be true"
	}
	return ""
}

func (e *rawEntry) check() string {
	if e.Type == "" {
		return "type is required"
	}
	return ""
}

// readOverlay reads the overlay, strictly: an unknown key is an error.
func readOverlay(file string) (*overlay, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return parseOverlay(file, text)
}

func parseOverlay(file string, text []byte) (*overlay, error) {
	r := &overlayReader{json.NewDecoder(bytes.NewReader(text)), text, &overlay{file: file}}
	r.DisallowUnknownFields()
	if err := r.expect(json.Delim('{'), "not a JSON object"); err != nil {
		return nil, err
	}
	for r.More() {
		if err := r.list(); err != nil {
			return nil, err
		}
	}
	if err := r.expect(json.Delim('}'), "the object does not end"); err != nil {
		return nil, err
	}
	if _, err := r.Token(); err != io.EOF {
		return nil, r.fail("text after the object")
	}
	return r.overlay, r.checkPrefixes()
}

// overlayReader walks through the file, so that errors can name the line.
type overlayReader struct {
	*json.Decoder
	text []byte
	*overlay
}

// line is that of the token that comes next.
func (r *overlayReader) line() int {
	at := int(r.InputOffset())
	rest := r.text[at:]
	at += len(rest) - len(bytes.TrimLeft(rest, " \t\r\n,:"))
	return 1 + bytes.Count(r.text[:at], []byte("\n"))
}

func (r *overlayReader) fail(reason string) error { return &problem{r.file, r.line(), reason} }

func (r *overlayReader) expect(want json.Token, otherwise string) error {
	if t, err := r.Token(); err != nil || t != want {
		return r.fail(otherwise)
	}
	return nil
}

// list reads one key and the entries of its list.
func (r *overlayReader) list() error {
	at := r.line()
	key, err := r.Token()
	if err != nil {
		return r.fail(err.Error())
	}
	if err := r.expect(json.Delim('['), fmt.Sprintf("%v is not a list", key)); err != nil {
		return err
	}
	for r.More() {
		e := r.add(key)
		if e == nil {
			return &problem{r.file, at, fmt.Sprintf("unknown key %q", key)}
		}
		e.common().line = r.line()
		if err := r.Decode(e); err != nil {
			return &problem{r.file, e.common().line, err.Error()}
		}
		if reason := e.check(); reason != "" {
			return r.problem(e, reason)
		}
	}
	return r.expect(json.Delim(']'), "the list does not end")
}

// add appends an empty entry to the list that key names.
func (o *overlay) add(key json.Token) overlayEntry {
	switch key {
	case "namespaces":
		return appended(&o.namespaces)
	case "names":
		return appended(&o.names)
	case "elements":
		return appended(&o.elements)
	case "attributes":
		return appended(&o.attributes)
	case "raw":
		return appended(&o.raw)
	}
	return nil
}

func appended[T any](list *[]*T) *T {
	e := new(T)
	*list = append(*list, e)
	return e
}

func (o *overlay) problem(e overlayEntry, reason string) error {
	return &problem{o.file, e.common().line, e.describe() + ": " + reason}
}

// checkPrefixes makes sure that every prefix an entry uses is listed once.
func (o *overlay) checkPrefixes() error {
	for i, n := range o.namespaces {
		for _, m := range o.namespaces[:i] {
			if n.URI == m.URI || n.Prefix == m.Prefix || n.Const == m.Const {
				return o.problem(n, "uri, prefix or const is taken")
			}
		}
	}
	for _, e := range o.elements {
		for _, p := range append([]string{e.Wire}, e.Accept...) {
			if o.byPrefix(p) == nil {
				return o.problem(e, fmt.Sprintf("prefix %q is not listed", p))
			}
		}
	}
	return nil
}

func (o *overlay) byPrefix(prefix string) *namespaceEntry {
	for _, n := range o.namespaces {
		if n.Prefix == prefix {
			return n
		}
	}
	return nil
}
