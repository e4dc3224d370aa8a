package xmlwire_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/xmlwire"
)

const (
	nsSOAP = "http://www.w3.org/2003/05/soap-envelope"
	nsMSS  = "http://uri.etsi.org/TS102204/v1.1.2#"
)

func write(steps func(*xmlwire.Encoder)) (string, error) {
	e := xmlwire.NewEncoder([]byte("before"))
	steps(e)
	out, err := e.Bytes()
	if err != nil {
		return "", err
	}
	return string(out[len("before"):]), nil
}

func local(s string) xmlwire.Name { return xmlwire.Name{Local: s} }

func TestEncoder(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		steps func(*xmlwire.Encoder)
		want  string
	}{
		{"empty element", func(e *xmlwire.Encoder) { e.Start(local("a")); e.Text(""); e.Base64(nil); e.End() }, `<a/>`},
		{"namespaces are declared once, on the root, in order of use", func(e *xmlwire.Encoder) {
			e.Start(xmlwire.Name{Space: nsSOAP, Local: "Envelope"})
			e.Start(local("b"))
			e.Attr(xmlwire.Name{Space: "urn:x", Local: "c"}, "1")
			for range 2 {
				e.Start(xmlwire.Name{Space: nsMSS, Local: "d"})
				e.End()
			}
			e.Start(xmlwire.Name{Space: "urn:y&", Local: "f"})
			e.QName(xmlwire.Name{Space: nsMSS, Local: "_101"})
			e.End()
			e.End()
			e.End()
		}, `<soapenv:Envelope xmlns:soapenv="` + nsSOAP + `" xmlns:ns1="urn:x" xmlns:mss="` + nsMSS + `" xmlns:ns2="urn:y&amp;">` +
			`<b ns1:c="1"><mss:d/><mss:d/><ns2:f>mss:_101</ns2:f></b></soapenv:Envelope>`},
		{"root attributes follow the declarations", func(e *xmlwire.Encoder) {
			e.Start(local("a"))
			e.Attr(local("b"), "1")
			e.Attr(xmlwire.Name{Space: nsXML, Local: "lang"}, "en")
			e.Attr(xmlwire.Name{Space: nsMSS, Local: "b"}, "2")
			e.End()
		}, `<a xmlns:mss="` + nsMSS + `" b="1" xml:lang="en" mss:b="2"/>`},
		{"escapes in text", func(e *xmlwire.Encoder) {
			e.Start(local("a"))
			e.Text("<&>\"'\t\n\r]]")
			e.Text(">é\U0001F600")
			e.End()
		}, "<a>&lt;&amp;&gt;\"'\t\n&#xD;]]&gt;é\U0001F600</a>"},
		{"escapes in an attribute", func(e *xmlwire.Encoder) {
			e.Start(local("a"))
			e.Attr(local("b"), "<&>\"'\t\n\ré")
			e.End()
		}, `<a b="&lt;&amp;&gt;&quot;'&#x9;&#xA;&#xD;é"/>`},
		{"Base64", func(e *xmlwire.Encoder) { e.Start(local("a")); e.Base64([]byte("abcd")); e.End() }, `<a>YWJjZA==</a>`},
		{"qualified name without namespace", func(e *xmlwire.Encoder) { e.Start(local("a")); e.QName(local("b")); e.End() }, `<a>b</a>`},
		{"raw with the scope it needs", func(e *xmlwire.Encoder) {
			e.Start(local("a"))
			e.Raw(xmlwire.Raw{XML: "<p:b q:c='1'>\r\n</p:b>", Scope: []xmlwire.Binding{{Prefix: "p", Space: "P&"}, {Prefix: "q", Space: "Q"}, {Space: "D"}}})
			e.Raw(xmlwire.Raw{XML: "<c/>"})
			e.Raw(xmlwire.Raw{XML: "<d />", Scope: []xmlwire.Binding{{Space: "D"}}})
			e.End()
		}, "<a><p:b xmlns:p=\"P&amp;\" xmlns:q=\"Q\" xmlns=\"D\" q:c='1'>\r\n</p:b><c/><d xmlns=\"D\" /></a>"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := write(tc.steps)
			require.NoError(t, err)
			require.Equal(t, tc.want, got)
			_, err = dump([]byte(got), xmlwire.Limits{})
			require.NoError(t, err, "what is written can be read")
		})
	}
}

func TestEncoderErrors(t *testing.T) {
	t.Parallel()
	in := func(steps func(*xmlwire.Encoder)) func(*xmlwire.Encoder) {
		return func(e *xmlwire.Encoder) { e.Start(local("a")); e.Start(local("b")); steps(e); e.End(); e.End() }
	}
	raw := func(r xmlwire.Raw) func(*xmlwire.Encoder) { return in(func(e *xmlwire.Encoder) { e.Raw(r) }) }
	for _, tc := range []struct {
		name  string
		steps func(*xmlwire.Encoder)
		want  string
	}{
		{"nothing", func(*xmlwire.Encoder) {}, "xml: no root element"},
		{"not ended", func(e *xmlwire.Encoder) { e.Start(local("a")) }, "xml: a: an element that is not ended"},
		{"ended twice", func(e *xmlwire.Encoder) { e.Start(local("a")); e.End(); e.End() }, "xml: an end without start"},
		{"two roots", func(e *xmlwire.Encoder) { e.Start(local("a")); e.End(); e.Start(local("b")); e.End() }, "xml: a second root element"},
		{"text outside", func(e *xmlwire.Encoder) { e.Text("x"); e.Start(local("a")); e.End() }, "xml: text outside the root element"},
		{"Base64 outside", func(e *xmlwire.Encoder) { e.Start(local("a")); e.End(); e.Base64([]byte{1}) }, "xml: text outside the root element"},
		{"attribute after text", in(func(e *xmlwire.Encoder) { e.Text("x"); e.Attr(local("c"), "") }), "xml: a/b: an attribute after content"},
		{"attribute after a child", in(func(e *xmlwire.Encoder) { e.Start(local("c")); e.End(); e.Attr(local("d"), "") }), "xml: a/b: an attribute after content"},
		{"attribute twice", in(func(e *xmlwire.Encoder) { e.Attr(local("c"), ""); e.Attr(local("c"), "") }), "xml: a/b/@c: an attribute given twice"},
		{"control character", in(func(e *xmlwire.Encoder) { e.Text("x\x07") }), "xml: a/b: text with a character that XML cannot carry"},
		{"U+FFFE", in(func(e *xmlwire.Encoder) { e.Text("\uFFFE") }), "xml: a/b: text with a character that XML cannot carry"},
		{"invalid UTF-8 in an attribute", in(func(e *xmlwire.Encoder) { e.Attr(local("c"), "\xFF") }), "xml: a/b/@c: text with a character that XML cannot carry"},
		{"only the first error", in(func(e *xmlwire.Encoder) { e.Text("\x00"); e.Attr(local("c"), ""); e.QName(local("")) }), "xml: a/b: text with a character that XML cannot carry"},
		{"namespace that cannot be carried", in(func(e *xmlwire.Encoder) { e.Start(xmlwire.Name{Space: "\x01", Local: "c"}); e.End() }), "xml: a namespace with a character that XML cannot carry"},
		{"reserved namespace", in(func(e *xmlwire.Encoder) {
			e.Attr(xmlwire.Name{Space: "http://www.w3.org/2000/xmlns/", Local: "p"}, "u")
		}), "xml: a/b: a name in a reserved namespace"},
		{"namespace named xmlns", in(func(e *xmlwire.Encoder) { e.Attr(xmlwire.Name{Space: "xmlns", Local: "p"}, "u") }), "xml: a/b: a name in a reserved namespace"},
		{"element with a space", in(func(e *xmlwire.Encoder) { e.Start(local("c d")); e.End() }), "xml: a/b: a child element with a malformed name"},
		{"element with a prefix", in(func(e *xmlwire.Encoder) { e.Start(local("c:d")); e.End() }), "xml: a/b: a child element with a malformed name"},
		{"element named xmlns", in(func(e *xmlwire.Encoder) { e.Start(local("xmlns")); e.End() }), "xml: a/b: a child element with a malformed name"},
		{"element without name", in(func(e *xmlwire.Encoder) { e.Start(local("")); e.End() }), "xml: a/b: a child element with a malformed name"},
		{"attribute that declares", in(func(e *xmlwire.Encoder) { e.Attr(local("xmlns"), "u") }), "xml: a/b: an attribute with a malformed name"},
		{"attribute with a quote", in(func(e *xmlwire.Encoder) { e.Attr(local(`c="`), "u") }), "xml: a/b: an attribute with a malformed name"},
		{"malformed qualified name", in(func(e *xmlwire.Encoder) { e.QName(local("101")) }), "xml: a/b: a malformed qualified name"},
		{"raw that is empty", raw(xmlwire.Raw{}), "xml: a/b: a raw element that does not begin with its start tag"},
		{"raw that is text", raw(xmlwire.Raw{XML: "x<c/>"}), "xml: a/b: a raw element that does not begin with its start tag"},
		{"raw that begins within a tag", raw(xmlwire.Raw{XML: "ab/>"}), "xml: a/b: a raw element that does not begin with its start tag"},
		{"raw with an unwritable namespace", raw(xmlwire.Raw{XML: "<c/>", Scope: []xmlwire.Binding{{Space: "\x01"}}}), "xml: a/b: a namespace with a character that XML cannot carry"},
		{"raw that is an end tag", raw(xmlwire.Raw{XML: "</b>"}), "xml: a/b: a raw element that does not begin with its start tag"},
		{"raw with a declaration", raw(xmlwire.Raw{XML: `<?xml version="1.0"?><c/>`}), "xml: a/b: a raw element that does not begin with its start tag"},
		{"raw with more than one element", raw(xmlwire.Raw{XML: "<c/><d/>"}), "xml: a/b: a raw element that is not well-formed: a second root element"},
		{"raw that closes its parent", raw(xmlwire.Raw{XML: "<c/></b><b>"}), "xml: a/b: a raw element that is not well-formed: an end tag without start tag"},
		{"raw not closed", raw(xmlwire.Raw{XML: "<c>"}), "xml: a/b: a raw element that is not well-formed: the document ends inside an element"},
		{"raw name only", raw(xmlwire.Raw{XML: "<c"}), "xml: a/b: a raw element that is not well-formed: the document ends inside a tag"},
		{"raw that leans on the writer's prefixes", raw(xmlwire.Raw{XML: "<mss:c/>"}), "xml: a/b: a raw element that is not well-formed: an undeclared namespace prefix"},
		{"raw with a hostile prefix", raw(xmlwire.Raw{XML: "<c/>", Scope: []xmlwire.Binding{{Prefix: `p="u" x="y" xmlns:q`, Space: "v"}}}), "xml: a/b: a raw element with a malformed prefix"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			e := xmlwire.NewEncoder(nil)
			tc.steps(e)
			out, err := e.Bytes()
			require.EqualError(t, err, tc.want)
			require.ErrorAs(t, err, new(*xmlwire.Error))
			require.Nil(t, out)
		})
	}
}

func TestEncoderPathStartsAtRoot(t *testing.T) {
	t.Parallel()
	_, err := write(func(e *xmlwire.Encoder) {
		e.Start(local("Envelope"))
		e.Start(local("Message"))
		e.Root()
		e.Start(local("Text"))
		e.Text("\x00")
	})
	require.EqualError(t, err, "xml: Message/Text: text with a character that XML cannot carry")
	_, err = write(func(e *xmlwire.Encoder) {
		e.Start(local("Envelope"))
		e.Start(local("Message"))
		e.Root()
		e.End()
		e.Start(local("Other"))
		e.Text("\x00")
	})
	require.EqualError(t, err, "xml: Envelope/Other: text with a character that XML cannot carry")
}

func TestBytesTwice(t *testing.T) {
	t.Parallel()
	e := xmlwire.NewEncoder(nil)
	e.Start(xmlwire.Name{Space: "urn:" + strings.Repeat("long", 300), Local: "a"})
	e.Start(xmlwire.Name{Space: nsMSS, Local: "b"})
	e.End()
	e.End()
	first, err := e.Bytes()
	require.NoError(t, err)
	second, err := e.Bytes()
	require.NoError(t, err)
	require.Equal(t, string(first), string(second))
	got, err := dump(first, xmlwire.Limits{})
	require.NoError(t, err)
	require.Equal(t, "<{urn:"+strings.Repeat("long", 300)+"}a><{"+nsMSS+"}b></{"+nsMSS+"}b></{urn:"+strings.Repeat("long", 300)+"}a>", got)
}

// TestRawComesBack holds that a re-emitted element keeps its octets once it
// declares everything itself.
func TestRawComesBack(t *testing.T) {
	t.Parallel()
	d := at(t, `<a xmlns:p="P" xmlns="D"><p:b c="1"> <d/></p:b></a>`)
	_, _, err := d.Child()
	require.NoError(t, err)
	first, err := d.Raw()
	require.NoError(t, err)

	again := func(r xmlwire.Raw) xmlwire.Raw {
		out, err := write(func(e *xmlwire.Encoder) {
			e.Start(xmlwire.Name{Space: "P", Local: "other"})
			e.Raw(r)
			e.End()
		})
		require.NoError(t, err)
		d := at(t, out)
		_, _, err = d.Child()
		require.NoError(t, err)
		r, err = d.Raw()
		require.NoError(t, err)
		return r
	}
	second := again(first)
	require.Equal(t, first.Name, second.Name)
	require.Equal(t, `<p:b xmlns="D" xmlns:p="P" c="1"> <d/></p:b>`, second.XML)
	require.Equal(t, []xmlwire.Binding{{Prefix: "ns1", Space: "P"}}, second.Scope, "of no use to it")
	require.Equal(t, second, again(second))

	first.XML = `<p:b xmlns:p="own"/>`
	require.Equal(t, `<p:b xmlns="D" xmlns:p="own"/>`, again(first).XML, "its own declaration wins")
}
