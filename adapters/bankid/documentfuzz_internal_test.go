package bankid

import (
	"bytes"
	"strings"
	"testing"

	"github.com/beevik/etree"
	"github.com/stretchr/testify/require"
)

// documentSeeds are documents of all the forms that the parser takes.
var documentSeeds = []string{
	declaration + `<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><Object><a Id="x" b="å">text</a><c></c></Object></Signature>`,
	`<a></a>`,
	`<a xmlns="urn:a"><b xmlns="urn:b"><c d="1" e="2">x y</c></b><f1></f1></a>`,
	`<a> </a>`,
}

// write is the inverse of parseDocument.
func (e *element) write(s *strings.Builder) {
	s.WriteString("<" + e.name)
	for _, a := range e.attributes {
		s.WriteString(" " + a.name + `="` + a.value + `"`)
	}
	s.WriteString(">" + e.text)
	for _, c := range e.children {
		c.write(s)
	}
	s.WriteString("</" + e.name + ">")
}

// requireSame compares with the tree of another parser.
func requireSame(t *testing.T, e *element, other *etree.Element) {
	t.Helper()
	require.Equal(t, e.name, other.Tag)
	require.Empty(t, other.Space)
	require.Equal(t, e.space, other.NamespaceURI())
	require.Len(t, other.Attr, len(e.attributes))
	for i, a := range other.Attr {
		require.Equal(t, e.attributes[i], attribute{a.Key, a.Value})
	}
	require.Equal(t, e.text, other.Text())
	children := other.ChildElements()
	require.Len(t, children, len(e.children))
	for i, c := range children {
		requireSame(t, e.children[i], c)
	}
}

// FuzzDocument: what the parser takes, it understands as another one does, and no octet of it is left out.
func FuzzDocument(f *testing.F) {
	require.NotEmpty(f, documentSeeds)
	for _, s := range documentSeeds {
		_, err := parseDocument([]byte(s))
		require.NoError(f, err, s)
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		root, err := parseDocument(doc)
		if err != nil {
			return
		}
		body := bytes.TrimPrefix(doc, []byte(declaration))
		var s strings.Builder
		root.write(&s)
		require.Equal(t, string(body), s.String())
		require.Equal(t, body, root.raw)
		other := etree.NewDocument()
		other.ReadSettings = etree.ReadSettings{ValidateInput: true, PreserveDuplicateAttrs: true}
		if other.ReadFromBytes(body) != nil {
			return // characters that are none of XML: checkCanonical refuses them
		}
		requireSame(t, root, other.Root())
	})
}
