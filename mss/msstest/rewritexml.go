package msstest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math/rand/v2"
	"strings"

	"github.com/gomss/gomss/etsi"
)

// oddPrefixes are what nobody expects, those of other namespaces included.
var oddPrefixes = []string{"_", "a.b", "S-1", "ns17", "mss", "soapenv", "X", "tns", "fi", "ds", "Z9", "p_"}

const unknownXML = `<ext:Extension xmlns:ext="urn:example:extension" ext:version="2"><ext:Note>new</ext:Note></ext:Extension>`

// rewriteXML says the same with other prefixes, quotes, order of attributes and white space, and adds an element that no
// schema has where extensions are allowed.
func rewriteXML(body []byte, l *layout) ([]byte, error) {
	w := xmlWriter{prefixes: map[string]string{"xml": "xml"}, unknown: l.unknown}
	if l.rewrite {
		w.rand = l.rand
		for _, i := range l.rand.Perm(len(oddPrefixes)) {
			w.fresh = append(w.fresh, oddPrefixes[i])
		}
	}
	d := xml.NewDecoder(bytes.NewReader(body))
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return w.out.Bytes(), nil
		}
		if err != nil {
			return nil, err
		}
		w.write(token)
	}
}

// xmlWriter writes the tokens of a document again.
type xmlWriter struct {
	out      bytes.Buffer
	prefixes map[string]string // old to new
	fresh    []string          // prefixes that are not taken yet
	rand     *rand.Rand        // nil: names and order stay
	unknown  bool
	detailed bool   // StatusDetail was there
	within   string // the element that was begun last; "" behind its end
}

func (w *xmlWriter) write(token xml.Token) {
	switch t := token.(type) {
	case xml.ProcInst:
		w.out.WriteString("<?" + t.Target + " " + string(t.Inst) + "?>")
	case xml.StartElement:
		w.start(t)
	case xml.EndElement:
		w.extend(t.Name)
		w.out.WriteString("</" + w.name(t.Name) + ">")
		w.within = ""
	case xml.CharData:
		w.text(string(t))
	}
}

// text writes qualified names with the prefixes of now, and puts white space where the real service has put some: into
// Base64 and around links.
func (w *xmlWriter) text(s string) {
	switch w.within {
	case "Value", "result":
		if prefix, local, ok := strings.Cut(s, ":"); ok {
			s = w.name(xml.Name{Space: prefix, Local: local})
		}
	case "Base64Signature", "AuthUri":
		if w.rand == nil {
			break
		}
		w.out.WriteString("\n  ")
		for w.within == "Base64Signature" && len(s) > 76 {
			w.out.WriteString(s[:76] + "\n  ")
			s = s[76:]
		}
		defer w.out.WriteString("\n")
	}
	_ = xml.EscapeText(&w.out, []byte(s)) // to memory
}

// start learns what prefixes the element declares, which come before their use, and writes it.
func (w *xmlWriter) start(t xml.StartElement) {
	attrs := t.Attr
	for _, a := range attrs {
		if a.Name.Space == "xmlns" {
			w.declare(a.Name.Local)
		}
	}
	quote := `"`
	if w.rand != nil {
		w.rand.Shuffle(len(attrs), func(i, j int) { attrs[i], attrs[j] = attrs[j], attrs[i] })
		quote = string("'\""[w.rand.IntN(2)])
	}
	w.out.WriteString("<" + w.name(t.Name))
	for _, a := range attrs {
		w.out.WriteString(" " + w.attribute(a.Name) + "=" + quote)
		_ = xml.EscapeText(&w.out, []byte(a.Value)) // to memory; escapes both quotes
		w.out.WriteString(quote)
	}
	w.out.WriteString(">")
	w.within = t.Name.Local
}

// declare gives a prefix a new name, once.
func (w *xmlWriter) declare(prefix string) {
	if _, ok := w.prefixes[prefix]; ok {
		return
	}
	w.prefixes[prefix] = prefix
	if len(w.fresh) > 0 {
		w.prefixes[prefix], w.fresh = w.fresh[0], w.fresh[1:]
	}
}

func (w *xmlWriter) name(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return w.prefixes[n.Space] + ":" + n.Local
}

func (w *xmlWriter) attribute(n xml.Name) string {
	if n.Space == "xmlns" {
		return "xmlns:" + w.prefixes[n.Local]
	}
	return w.name(n)
}

// extend adds the unknown element at the end of StatusDetail, or a StatusDetail at the end of Status.
func (w *xmlWriter) extend(end xml.Name) {
	switch {
	case !w.unknown || end.Space != "mss":
	case end.Local == "StatusDetail":
		w.out.WriteString(unknownXML)
		w.detailed = true
	case end.Local == "Status" && !w.detailed:
		w.out.WriteString(`<m:StatusDetail xmlns:m="` + etsi.NSMSS + `">` + unknownXML + `</m:StatusDetail>`)
	}
}
