package replay

import (
	"fmt"
	"unicode/utf8"

	"github.com/gomss/gomss/internal/xmlwire"
)

// Rule says how requests are compared.
type Rule int

const (
	// Exact compares everything.
	Exact Rule = iota
	// AnyWrapper leaves the namespaces of the rpc wrapper and of the part accessor in it aside, that is the difference
	// between the form of the WSDL and that of the guide (SOAP 1.2 part 2, 4.2). What the message says must be the same.
	AnyWrapper
)

// Mismatch is a request that differs from the recorded one: the first difference.
type Mismatch struct {
	File string // of the recorded request
	Path string // local names from the root; @name is an attribute, [2] the second element of that name

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
}

// document compares two documents. Bindings made on the way count only when they are the same.
func (c *comparison) document(want, got *node) *Mismatch {
	if want.name != got.name {
		return &Mismatch{Path: want.name.Local, Want: describe(want), Got: describe(got)}
	}
	return c.element(want.name.Local, 0, want, got)
}

// element compares what is in two elements of the same name. In the next loose levels names count without namespaces.
func (c *comparison) element(path string, loose int, want, got *node) *Mismatch {
	if m := c.attributes(path, want, got); m != nil {
		return m
	}
	if len(want.children) == 0 && len(got.children) == 0 {
		return c.text(path, want, got)
	}
	if c.rule == AnyWrapper && want.name == (xmlwire.Name{Space: soapNS, Local: "Body"}) {
		loose = 2 // the wrapper, and the accessor in it
	}
	seen := make(map[string]int)
	for i := range max(len(want.children), len(got.children)) {
		w, g := child(want, i), child(got, i)
		if w == nil || g == nil || w.name != g.name && (loose == 0 || w.name.Local != g.name.Local) {
			return &Mismatch{Path: path, Want: describe(w), Got: describe(g)}
		}
		at := path + "/" + w.name.Local
		if seen[w.name.Local]++; seen[w.name.Local] > 1 {
			at = fmt.Sprintf("%s[%d]", at, seen[w.name.Local])
		}
		if m := c.element(at, max(loose-1, 0), w, g); m != nil {
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
		case !c.bound.match(w.Value, value):
			return c.differ(at, w.Value, value)
		}
	}
	for _, g := range got.attrs {
		if _, ok := attribute(want, g.Name); !ok {
			return &Mismatch{Path: path + "/@" + g.Name.Local, Want: "no attribute " + expanded(g.Name), Got: "one"}
		}
	}
	return nil
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
		same = c.bound.match(want.text, got.text)
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
		want = c.bound[name]
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
