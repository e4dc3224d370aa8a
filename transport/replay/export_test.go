package replay

import (
	"maps"
	"net/http"
	"slices"

	"github.com/gomss/gomss/internal/xmlwire"
)

// Compare compares two documents as a Player without Known values does.
func Compare(want, got []byte) error {
	w, err := parseXML(want)
	if err != nil {
		return err
	}
	g, err := parseXML(got)
	if err != nil {
		return err
	}
	c := comparison{bound: make(bindings), known: func(string) bool { return false }}
	if m := c.document(w, g); m != nil {
		return m
	}
	return nil
}

// CompareJSON is Compare for JSON.
func CompareJSON(want, got []byte) error {
	w, err := parseJSON(want)
	if err != nil {
		return err
	}
	g, err := parseJSON(got)
	if err != nil {
		return err
	}
	c := comparison{bound: make(bindings), known: func(string) bool { return false }}
	if m := c.document(w, g); m != nil {
		return m
	}
	return nil
}

// Shuffle writes a JSON document with the members of each object in the opposite order. It is not ok where the document
// is bad.
func Shuffle(doc []byte) (shuffled []byte, ok bool) {
	root, err := parseJSON(doc)
	if err != nil {
		return nil, false
	}
	root.shuffle()
	shuffled, err = encodeJSON(root)
	return shuffled, err == nil
}

func (n *node) shuffle() {
	if n.kind == isObject {
		slices.Reverse(n.children)
	}
	for _, c := range n.children {
		c.shuffle()
	}
}

// Fill fills one value into a JSON answer.
func Fill(answer []byte, name, value string) []byte {
	return bindings{name: value}.fill(answer, escapeJSON)
}

// TraceEverything puts a wrong list in the place of a trace's own.
func TraceEverything(rt http.RoundTripper) {
	s := newScrubber(false)
	s.keep = func(place, string) bool { return true }
	rt.(*tracer).scrub = s
}

// ReplacedCertificate is what stands for certificates.
const ReplacedCertificate = replacedCertificate

// Rename writes a document with other prefixes, pa, pb…, with the attributes of each element in the opposite order, and
// with white space between elements. It is not ok where the document is bad, or too large for what is added.
func Rename(doc []byte) (renamed string, ok bool) {
	root, err := parseXML(doc)
	if err != nil {
		return "", false
	}
	spaces := make(map[string]bool)
	root.names(func(n xmlwire.Name) { spaces[n.Space] = true })
	delete(spaces, "")
	if len(doc) > 8<<10 || len(spaces)+len(root.attrs) > 20 {
		return "", false
	}
	return root.rename(slices.Sorted(maps.Keys(spaces)), true), true
}

func (n *node) rename(spaces []string, declare bool) string {
	qualified := func(name xmlwire.Name) string {
		i, ok := slices.BinarySearch(spaces, name.Space)
		switch {
		case !ok: // no namespace
			return name.Local
		case name.Space == "http://www.w3.org/XML/1998/namespace":
			return "xml:" + name.Local
		}
		return "p" + string(rune('a'+i)) + ":" + name.Local
	}
	tag := qualified(n.name)
	out := "<" + tag
	for i, s := range spaces {
		if declare && s != "http://www.w3.org/XML/1998/namespace" {
			out += " xmlns:p" + string(rune('a'+i)) + `="` + escapeXML(s) + `"`
		}
	}
	for _, a := range slices.Backward(n.attrs) {
		out += "\n " + qualified(a.Name) + `='` + escapeXML(a.Value) + `'`
	}
	out += ">"
	for _, c := range n.children {
		out += "\n\t" + c.rename(spaces, false)
	}
	if n.qname != (xmlwire.Name{}) {
		out += " " + qualified(n.qname) + "\n"
	} else {
		out += escapeXML(n.text)
	}
	return out + "</" + tag + "\n>"
}

// KeepEverything puts a wrong list in the place of the recorder's own.
func (rec *Recorder) KeepEverything() {
	rec.scrub.keep = func(place, string) bool { return true }
}
