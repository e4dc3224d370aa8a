package xmlwire_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/xmlwire"
)

// at returns a decoder whose current token is the Start of the root.
func at(t *testing.T, doc string) *xmlwire.Decoder {
	t.Helper()
	d := xmlwire.NewDecoder([]byte(doc), xmlwire.Limits{})
	kind, err := d.Next()
	require.NoError(t, err)
	require.Equal(t, xmlwire.Start, kind)
	return d
}

func TestChild(t *testing.T) {
	t.Parallel()
	d := at(t, `<a> <b>1</b><c xmlns="u"/>&#32;</a>`)
	var names []xmlwire.Name
	for {
		name, ok, err := d.Child()
		require.NoError(t, err)
		if !ok {
			break
		}
		names = append(names, name)
		require.NoError(t, d.Skip())
		require.Equal(t, name, d.Name(), "still there at its End")
	}
	require.Equal(t, []xmlwire.Name{{Local: "b"}, {Space: "u", Local: "c"}}, names)
	require.Equal(t, xmlwire.Name{Local: "a"}, d.Name())
	kind, err := d.Next()
	require.NoError(t, err)
	require.Equal(t, xmlwire.EOF, kind)
	_, _, err = d.Child()
	require.Error(t, err)
}

func TestWalkErrors(t *testing.T) {
	t.Parallel()
	child := func(d *xmlwire.Decoder) error { _, _, err := d.Child(); return err }
	content := func(d *xmlwire.Decoder) error { _, err := d.Content(); return err }
	raw := func(d *xmlwire.Decoder) error { _, err := d.Raw(); return err }
	for _, tc := range []struct {
		name, doc string
		walk      func(*xmlwire.Decoder) error
		want      string
	}{
		{"text between children", `<a> x<b/></a>`, child, "xml: offset 3: a: text where only elements may stand"},
		{"element in text", `<a>x<b/></a>`, content, "xml: offset 4: a/b: an element where only text may stand"},
		{"element instead of text", `<a><b/></a>`, content, "xml: offset 3: a/b: an element where only text may stand"},
		{"syntax between children", `<a>&b;</a>`, child, "xml: offset 3: a: unknown or broken entity reference"},
		{"syntax in skipped", `<a><b>&c;</b></a>`, (*xmlwire.Decoder).Skip, "xml: offset 6: a/b: unknown or broken entity reference"},
		{"syntax in raw", `<a><b></a></a>`, raw, "xml: offset 6: a/b: an end tag that does not match the start tag"},
		{"syntax in content", "<a>\x01</a>", content, "xml: offset 3: a: an octet sequence that is not a character of XML in UTF-8"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			require.EqualError(t, tc.walk(at(t, tc.doc)), tc.want)
		})
	}
}

func TestContent(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]string{
		`<a/>`: "", `<a></a>`: "", `<a> </a>`: " ", `<a>b&amp;c</a>`: "b&c", "<a>b\r\nc</a>": "b\nc",
	} {
		got, err := at(t, doc).Content()
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestPathStartsAtRoot(t *testing.T) {
	t.Parallel()
	d := at(t, `<E><B><m:M xmlns:m="u"><m:S Value="x"/></m:M></B></E>`)
	for range 2 {
		_, _, err := d.Child()
		require.NoError(t, err)
	}
	require.EqualError(t, d.Fail("reason"), "xml: offset 6: E/B/M: reason")
	d.Root()
	_, _, err := d.Child()
	require.NoError(t, err)
	require.EqualError(t, d.FailAttr("Value", "not %s", "good"), "xml: offset 23: M/S/@Value: not good")
	require.NoError(t, d.Skip())
	require.EqualError(t, d.Fail("reason"), "xml: offset 23: M/S: reason", "the element that ends")
	for range 3 {
		_, _, err = d.Child()
		require.NoError(t, err)
	}
	require.EqualError(t, d.Fail("reason"), "xml: offset 49: E: reason", "the root is closed: the whole path")
}

func TestPathIsBoundedAndClean(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("n", 1000)
	d := at(t, "<"+long+">"+strings.Repeat("<"+long+">", 20))
	for range 20 {
		_, _, err := d.Child()
		require.NoError(t, err)
	}
	err := d.FailAttr("a\x1b[31m=\"é", "reason")
	require.ErrorAs(t, err, new(*xmlwire.Error))
	path := err.(*xmlwire.Error).Path
	require.LessOrEqual(t, len(path), 512)
	require.True(t, strings.HasPrefix(path, strings.Repeat("n", 64)+"/"+strings.Repeat("n", 64)+"/"))

	err = at(t, `<a/>`).FailAttr("b\x1b[31m=\"é", "reason")
	require.EqualError(t, err, `xml: offset 0: a/@b??31m????: reason`)
}

func TestErrorsHoldNoContent(t *testing.T) {
	t.Parallel()
	const secret = "41790000001"
	for _, doc := range []string{
		`<a b="` + secret + `" b="` + secret + `"/>`, `<a>` + secret + `&` + secret + `;</a>`, `<a>` + secret + `<b></a>`,
		`<a>` + secret + `<!-- ` + secret + ` --></a>`, `<a>` + secret, secret, `<a b="` + secret + `<"/>`, `<?` + secret + `?><a/>`,
	} {
		_, err := dump([]byte(doc), xmlwire.Limits{})
		require.Error(t, err)
		require.NotContains(t, err.Error(), secret)
	}
	_, err := at(t, `<a/>`).Resolve(secret + ":" + secret)
	require.Error(t, err)
	require.NotContains(t, err.Error(), secret)
}

func TestResolve(t *testing.T) {
	t.Parallel()
	const doc = `<a xmlns="d" xmlns:p="outer"><b xmlns:p="inner" xmlns:q="own">text</b><c xmlns=""/></a>`
	d := at(t, doc)
	name, err := d.Resolve("p:x")
	require.NoError(t, err)
	require.Equal(t, xmlwire.Name{Space: "outer", Local: "x"}, name)

	_, _, err = d.Child()
	require.NoError(t, err)
	_, err = d.Content()
	require.NoError(t, err)
	for qname, want := range map[string]xmlwire.Name{
		"p:_101":     {Space: "inner", Local: "_101"},
		" \n q:x\t ": {Space: "own", Local: "x"},
		"x":          {Space: "d", Local: "x"},
		"xml:lang":   {Space: nsXML, Local: "lang"},
	} {
		name, err := d.Resolve(qname)
		require.NoError(t, err, "declarations of the element whose content was just read")
		require.Equal(t, want, name)
	}
	for _, qname := range []string{"", " ", ":", "p:", ":x", "p:q:x", "u:x", "101", "p:101", "p :x", "p: x", "x y", "é", "xmlns:x"} {
		_, err := d.Resolve(qname)
		require.Error(t, err, qname)
	}
	_, _, err = d.Child()
	require.NoError(t, err)
	name, err = d.Resolve("x")
	require.NoError(t, err)
	require.Equal(t, xmlwire.Name{Local: "x"}, name)
	_, err = d.Resolve("q:x")
	require.Error(t, err, "out of scope")
}

func TestRaw(t *testing.T) {
	t.Parallel()
	const element = "<p:x r:k='1&amp;'>\r\n<y xmlns:s='own'><s:z>t:v</s:z></y></p:x>"
	d := at(t, `<a xmlns="d" xmlns:p="hidden" xmlns:q="unused" xmlns:r="R" xmlns:s="S" xmlns:t="T"><b xmlns:p="P">`+element+`<c/></b></a>`)
	for range 2 {
		_, _, err := d.Child()
		require.NoError(t, err)
	}
	raw, err := d.Raw()
	require.NoError(t, err)
	require.Equal(t, xmlwire.Raw{
		Name: xmlwire.Name{Space: "P", Local: "x"},
		XML:  element,
		Scope: []xmlwire.Binding{
			{Prefix: "p", Space: "P"}, {Prefix: "t", Space: "T"}, {Prefix: "s", Space: "S"},
			{Prefix: "r", Space: "R"}, {Prefix: "q", Space: "unused"}, {Prefix: "", Space: "d"},
		},
	}, raw)
	scope := raw.Scope
	name, ok, err := d.Child()
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, xmlwire.Name{Space: "d", Local: "c"}, name)

	raw, err = d.Raw()
	require.NoError(t, err)
	require.Equal(t, "<c/>", raw.XML)
	require.Same(t, &scope[0], &raw.Scope[0], "siblings share")

	d = at(t, `<a xmlns:p="P" xmlns:q="Q"><p:b xmlns:p="own" q:c=""/></a>`)
	_, _, err = d.Child()
	require.NoError(t, err)
	raw, err = d.Raw()
	require.NoError(t, err)
	require.Equal(t, []xmlwire.Binding{{Prefix: "q", Space: "Q"}, {Prefix: "p", Space: "P"}}, raw.Scope)

	d = at(t, `<a xmlns="d"/>`)
	raw, err = d.Raw()
	require.NoError(t, err)
	require.Equal(t, xmlwire.Raw{Name: xmlwire.Name{Space: "d", Local: "a"}, XML: `<a xmlns="d"/>`}, raw, "its own declaration is no scope")
}

// TestRawScopeIsItsOwn: what siblings share ends with the declarations it holds.
func TestRawScopeIsItsOwn(t *testing.T) {
	t.Parallel()
	d := at(t, `<a xmlns:p="1"><b xmlns:q="2"><x/></b><b xmlns:q="3"><x/></b><b xmlns:p="4"><x/></b><b xmlns=""><x/></b><x/></a>`)
	for _, want := range [][]xmlwire.Binding{
		{{Prefix: "q", Space: "2"}, {Prefix: "p", Space: "1"}},
		{{Prefix: "q", Space: "3"}, {Prefix: "p", Space: "1"}},
		{{Prefix: "p", Space: "4"}},
		{{Prefix: "p", Space: "1"}},
		{{Prefix: "p", Space: "1"}},
	} {
		name, _, err := d.Child()
		require.NoError(t, err)
		inside := name.Local == "b"
		if inside {
			_, _, err = d.Child()
			require.NoError(t, err)
		}
		raw, err := d.Raw()
		require.NoError(t, err)
		require.Equal(t, want, raw.Scope)
		if inside {
			_, more, err := d.Child()
			require.NoError(t, err)
			require.False(t, more)
		}
	}
}

func TestNothingCurrent(t *testing.T) {
	t.Parallel()
	d := xmlwire.NewDecoder([]byte(`<a b="c">d</a>`), xmlwire.Limits{})
	require.Zero(t, d.Name())
	require.Nil(t, d.Attrs())
	require.Empty(t, d.Text())
	d = at(t, `<a b="c">d</a>`)
	require.Empty(t, d.Text())
	_, err := d.Next()
	require.NoError(t, err)
	require.Zero(t, d.Name())
	require.Nil(t, d.Attrs())
	require.Equal(t, 9, d.Offset())
	_, err = d.Next()
	require.NoError(t, err)
	require.Equal(t, 10, d.Offset())
	require.Empty(t, d.Text(), "the text is no longer current")
	_, err = d.Next()
	require.NoError(t, err)
	_, err = d.Raw()
	require.Error(t, err)
}
