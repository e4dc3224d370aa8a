package bankid

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCanonical: what is digested is in the document once, as the canonicalizer writes it, and with its own namespace.
func TestCanonical(t *testing.T) {
	t.Parallel()
	const signed = `<b xmlns="urn:inner" Id="x"><c></c></b>`
	child := func(doc string) *element {
		root, err := parseDocument([]byte(doc))
		require.NoError(t, err)
		return root.children[0]
	}
	doc := `<a xmlns="urn:outer">` + signed + `</a>`
	require.NoError(t, checkCanonical([]byte(doc), child(doc)), "within its tree the canonicalizer would write urn:outer")

	doc = `<a xmlns="urn:outer">` + signed + signed + `</a>`
	require.ErrorContains(t, checkCanonical([]byte(doc), child(doc)), "more than once")

	for name, element := range map[string]string{
		"namespace not first": `<b Id="x" xmlns="urn:inner"></b>`,
		"order of attributes": `<b b="" a=""></b>`,
		"needless namespace":  `<b xmlns="urn:inner"><c xmlns="urn:inner"></c></b>`,
	} {
		doc := `<a>` + element + `</a>`
		require.ErrorContains(t, checkCanonical([]byte(doc), child(doc)), "not in canonical form", name)
	}
	require.ErrorContains(t, checkCanonical(nil, &element{raw: []byte("<a>")}), "not well-formed")
}

// TestIs: an element is told by its namespace, too, and by nothing that it merely resembles.
func TestIs(t *testing.T) {
	t.Parallel()
	parse := func(doc string) *element {
		e, err := parseDocument([]byte(doc))
		require.NoError(t, err)
		return e
	}
	a := attribute{"a", "1"}
	require.NoError(t, parse(`<b a="1"></b>`).is("", "b", a))
	require.NoError(t, parse(`<b xmlns="urn:x"><c></c></b>`).children[0].is("urn:x", "c"), "inherited")
	for _, doc := range []string{`<c a="1"></c>`, `<b></b>`, `<b a="2"></b>`, `<b a="1" c=""></b>`} {
		require.Error(t, parse(doc).is("", "b", a), doc)
	}
	require.Error(t, parse(`<b xmlns="urn:x"><c></c></b>`).children[0].is("", "c"))
	require.NoError(t, parse(`<b Algorithm="x"></b>`).is("", "b", anyAlgorithm))
	require.Error(t, parse(`<b algorithm="x"></b>`).is("", "b", anyAlgorithm))
}
