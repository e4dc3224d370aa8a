package replay

import (
	"maps"
	"slices"

	"github.com/gomss/gomss/internal/xmlwire"
)

// Compare compares two documents as a Player without Known values does.
func Compare(want, got []byte) error {
	w, err := parse(want)
	if err != nil {
		return err
	}
	g, err := parse(got)
	if err != nil {
		return err
	}
	c := comparison{bound: make(bindings), known: func(string) bool { return false }}
	if m := c.document(w, g); m != nil {
		return m
	}
	return nil
}

// Rename writes a document with other prefixes, pa, pb…, with the attributes of each element in the opposite order, and
// with white space between elements. It is not ok where the document is bad, or too large for what is added.
func Rename(doc []byte) (renamed string, ok bool) {
	root, err := parse(doc)
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

func (n *node) names(f func(xmlwire.Name)) {
	f(n.name)
	f(n.qname)
	for _, a := range n.attrs {
		f(a.Name)
	}
	for _, c := range n.children {
		c.names(f)
	}
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
			out += " xmlns:p" + string(rune('a'+i)) + `="` + escaper.Replace(s) + `"`
		}
	}
	for _, a := range slices.Backward(n.attrs) {
		out += "\n " + qualified(a.Name) + `='` + escaper.Replace(a.Value) + `'`
	}
	out += ">"
	for _, c := range n.children {
		out += "\n\t" + c.rename(spaces, false)
	}
	if n.qname != (xmlwire.Name{}) {
		out += " " + qualified(n.qname) + "\n"
	} else {
		out += escaper.Replace(n.text)
	}
	return out + "</" + tag + "\n>"
}

// KeepEverything puts a wrong list in the place of the recorder's own.
func (rec *Recorder) KeepEverything() {
	rec.scrub.keep = func(_, _ xmlwire.Name, _ string) bool { return true }
}
