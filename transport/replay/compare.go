package replay

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
)

// Rule says how requests are compared.
type Rule int

const (
	// Exact compares everything.
	Exact Rule = iota
	// AnyWrapper takes the form of the WSDL for that of the guide and the other way round (SOAP 1.2 part 2, 4.2): the rpc
	// wrapper may be in the WSDL's namespace or in none, and the part accessor in it in that of TS 102 204 or in none, in
	// the recording and in the request. Any other namespace differs. What the message says must be the same.
	AnyWrapper
)

// Mismatch is a request that differs from the recorded one: the first difference.
type Mismatch struct {
	File string // of the recorded request
	Path string // names from the root; @name is an attribute, [2] the second element of that name or of a JSON array

	// Want is what the recording has there, and Got what came instead: a value only where the recording or
	// Options.Known holds it too, otherwise a description. A live client's request is somebody's.
	Want, Got string
}

// Error is one line with all fields.
func (m *Mismatch) Error() string {
	return fmt.Sprintf("replay: %s: %s: want %s, got %s", m.File, m.Path, m.Want, m.Got)
}

// comparison is one request held against the recorded one.
type comparison struct {
	rule  Rule
	bound bindings
	known func(string) bool

	used     map[string]bool // AP_TransIDs of the requests before this one
	transIDs []string        // of this one
}

// document compares two documents. Bindings made on the way count only when they are the same.
func (c *comparison) document(want, got *node) *Mismatch {
	if want.kind != isElement {
		return c.value("", want, got)
	}
	if want.name != got.name {
		return &Mismatch{Path: want.name.Local, Want: describe(want), Got: describe(got)}
	}
	return c.element(want.name.Local, nil, want, got)
}

// levels are the namespaces that an element may have instead of the recorded one, level by level below the Body.
type levels [][]string

// rpcLevels are those of wrapper and accessor. That unqualified accessors inherit the wrapper's namespace, as
// encoding/xml writes them, is none.
var rpcLevels = levels{{etsi.NSTNS, ""}, {etsi.NSMSS, ""}}

// equal compares names at the first level.
func (l levels) equal(want, got xmlwire.Name) bool {
	if len(l) == 0 {
		return want == got
	}
	return want.Local == got.Local && slices.Contains(l[0], want.Space) && slices.Contains(l[0], got.Space)
}

// describe says what the first level may have in the place of an element.
func (l levels) describe(want *node) string {
	if len(l) == 0 || want == nil {
		return describe(want)
	}
	var names []string
	for _, space := range l[0] {
		names = append(names, expanded(xmlwire.Name{Space: space, Local: want.name.Local}))
	}
	return "element " + strings.Join(names, " or ")
}

// element compares what is in two elements of the same name, whose children may have other forms.
func (c *comparison) element(path string, children levels, want, got *node) *Mismatch {
	if m := c.attributes(path, want, got); m != nil {
		return m
	}
	if len(want.children) == 0 && len(got.children) == 0 {
		return c.text(path, want, got)
	}
	if c.rule == AnyWrapper && want.name == (xmlwire.Name{Space: soapNS, Local: "Body"}) {
		children = rpcLevels
	}
	seen := make(map[string]int)
	for i := range max(len(want.children), len(got.children)) {
		w, g := child(want, i), child(got, i)
		if w == nil || g == nil || !children.equal(w.name, g.name) {
			return &Mismatch{Path: path, Want: children.describe(w), Got: describe(g)}
		}
		at := path + "/" + w.name.Local
		if seen[w.name.Local]++; seen[w.name.Local] > 1 {
			at = fmt.Sprintf("%s[%d]", at, seen[w.name.Local])
		}
		if m := c.element(at, children[min(1, len(children)):], w, g); m != nil {
			return m
		}
	}
	return nil
}

func child(n *node, i int) *node {
	if i < len(n.children) {
		return n.children[i]
	}
	return nil
}

func describe(n *node) string {
	if n == nil {
		return "no further element"
	}
	return "element " + expanded(n.name)
}

// expanded writes a name as {namespace}local.
func expanded(n xmlwire.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return "{" + n.Space + "}" + n.Local
}

func (c *comparison) attributes(path string, want, got *node) *Mismatch {
	for _, w := range want.attrs {
		at := path + "/@" + w.Name.Local
		value, ok := attribute(got, w.Name)
		switch {
		case !ok:
			return &Mismatch{Path: at, Want: fmt.Sprintf("attribute %s with %s", expanded(w.Name), quote(w.Value)), Got: "none"}
		case !c.match(w.Name.Local, w.Value, value):
			return c.differ(at, w.Value, value)
		}
		if m := c.unused(at, w.Name, value); m != nil {
			return m
		}
	}
	for _, g := range got.attrs {
		if _, ok := attribute(want, g.Name); !ok {
			return &Mismatch{Path: path + "/@" + g.Name.Local, Want: "no attribute " + expanded(g.Name), Got: "one"}
		}
	}
	return nil
}

// apTransID identifies a message to the service, which takes each once (guide 4.1.1).
var apTransID = xmlwire.Name{Local: "AP_TransID"}

// unused refuses an AP_TransID that a request before had, and notes the others.
func (c *comparison) unused(path string, name xmlwire.Name, value string) *Mismatch {
	if name != apTransID {
		return nil
	}
	if c.used[value] {
		return &Mismatch{Path: path, Want: "another AP_TransID than any request before", Got: "one that was used"}
	}
	c.transIDs = append(c.transIDs, value)
	return nil
}

// identifiers are the names of attributes and elements that say who or what a message is about. Where one is empty, the
// message says nothing, whatever placeholder stands in the recording; a password may be empty.
var identifiers = map[string]bool{
	"AP_ID": true, "AP_TransID": true, "MSSP_TransID": true, "Instant": true, "MSISDN": true, "UserIdentifier": true,
}

// match compares the values of an attribute or element by its name.
func (c *comparison) match(name, want, got string) bool {
	if _, ok := placeholderName(want); ok && identifiers[name] && isBlank(got) {
		return false
	}
	return c.bound.match(want, got)
}

func attribute(n *node, name xmlwire.Name) (string, bool) {
	for _, a := range n.attrs {
		if a.Name == name {
			return a.Value, true
		}
	}
	return "", false
}

// text compares two elements without children: qualified names by what they mean, all else exactly.
func (c *comparison) text(path string, want, got *node) *Mismatch {
	same := want.qname == got.qname
	if want.qname == (xmlwire.Name{}) || got.qname == (xmlwire.Name{}) {
		same = c.match(want.name.Local, want.text, got.text)
	}
	if same {
		return nil
	}
	return c.differ(path, want.text, got.text)
}

// differ describes two values that should be the same.
func (c *comparison) differ(path, want, got string) *Mismatch {
	m := &Mismatch{Path: path, Want: quote(want), Got: quote(got)}
	shown := true
	if name, ok := placeholderName(want); ok {
		if want, ok = c.bound[name]; !ok {
			m.Want += " and not nothing" // all that a name which is not bound refuses
			return m
		}
		m.Want += " as before"
		if shown = c.known(want); shown {
			m.Want += " (" + quote(want) + ")"
		}
	}
	switch n := utf8.RuneCountInString(got); {
	case c.known(got):
	case shown:
		m.Got = fmt.Sprintf("another value of %d characters, different from character %d on", n, 1+common(want, got))
	default:
		m.Got = fmt.Sprintf("another value of %d characters", n)
	}
	return m
}

// common counts the characters in which two strings begin alike.
func common(a, b string) int {
	n := 0
	rest := []rune(b)
	for _, r := range a {
		if n == len(rest) || rest[n] != r {
			break
		}
		n++
	}
	return n
}

// maxQuoted bounds a value in an error, in characters.
const maxQuoted = 200

func quote(s string) string {
	if runes := []rune(s); len(runes) > maxQuoted {
		s = string(runes[:maxQuoted]) + "…"
	}
	return fmt.Sprintf("%q", s)
}
