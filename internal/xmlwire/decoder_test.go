package xmlwire_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/xmlwire"
)

// dump writes the tokens of a document in a form that is easy to compare: names
// as {space}local, adjacent text merged.
func dump(doc []byte, lim xmlwire.Limits) (string, error) {
	d := xmlwire.NewDecoder(doc, lim)
	var b strings.Builder
	for {
		kind, err := d.Next()
		if err != nil {
			return "", err
		}
		switch kind {
		case xmlwire.EOF:
			return b.String(), nil
		case xmlwire.Start:
			fmt.Fprintf(&b, "<{%s}%s", d.Name().Space, d.Name().Local)
			for _, a := range d.Attrs() {
				fmt.Fprintf(&b, " {%s}%s=%q", a.Name.Space, a.Name.Local, a.Value)
			}
			b.WriteByte('>')
		case xmlwire.End:
			fmt.Fprintf(&b, "</{%s}%s>", d.Name().Space, d.Name().Local)
		case xmlwire.Text:
			fmt.Fprintf(&b, "%q", d.Text())
		}
	}
}

const nsXML = "http://www.w3.org/XML/1998/namespace"

// accepted are documents with the tokens they must give.
var accepted = []struct{ name, doc, want string }{
	{"empty element", `<a/>`, `<{}a></{}a>`},
	{"start and end", `<a></a>`, `<{}a></{}a>`},
	{"white space in tags", "<a\n\tb = '1'\r\n></a\t>", `<{}a {}b="1"></{}a>`},
	{"white space in an empty tag", `<a b="1" />`, `<{}a {}b="1"></{}a>`},
	{"declaration", `<?xml version="1.0"?><a/>`, `<{}a></{}a>`},
	{"declaration of the Java client", `<?xml version="1.0" ?><a/>`, `<{}a></{}a>`},
	{"declaration with encoding", `<?xml version='1.0' encoding='utf-8'?><a/>`, `<{}a></{}a>`},
	{"declaration with odd case and spaces", "<?xml version = \"1.0\"\nencoding=\"Utf-8\" standalone='yes' ?>\n<a/>", `<{}a></{}a>`},
	{"standalone no", `<?xml version="1.0" standalone="no"?><a/>`, `<{}a></{}a>`},
	{"byte order mark", "\uFEFF<a/>", `<{}a></{}a>`},
	{"byte order mark and declaration", "\uFEFF<?xml version=\"1.0\"?><a/>", `<{}a></{}a>`},
	{"byte order mark in text", "<a>\uFEFF</a>", `<{}a>"\ufeff"</{}a>`},
	{"white space around the root", "\r\n <a/>\t\n", `<{}a></{}a>`},
	{"text", `<a>one two</a>`, `<{}a>"one two"</{}a>`},
	{"long plain text", `<a>` + strings.Repeat("MIIHqwYJKoZIhvcN", 9) + `=</a>`, `<{}a>"` + strings.Repeat("MIIHqwYJKoZIhvcN", 9) + `="</{}a>`},
	{"white space text", "<a> <b/>\n</a>", `<{}a>" "<{}b></{}b>"\n"</{}a>`},
	{"predefined entities", `<a b="&lt;&gt;&amp;&quot;&apos;">&lt;&gt;&amp;&quot;&apos;</a>`, `<{}a {}b="<>&\"'">"<>&\"'"</{}a>`},
	{"character references", `<a>&#65;&#x42;&#x000043;&#128512;&#x1f600;</a>`, `<{}a>"ABC😀😀"</{}a>`},
	{"white space references in an attribute", `<a b="&#9;&#10;&#13;&#32;"/>`, `<{}a {}b="\t\n\r "></{}a>`},
	{"line ends", "<a>1\r\n2\r3\n4&#13;5&#xD;\n</a>", `<{}a>"1\n2\n3\n4\r5\r\n"</{}a>`},
	{"brackets", `<a>]] ]> ]&gt; ]]&gt; ]</a>`, `<{}a>"]] ]> ]> ]]> ]"</{}a>`},
	{"bracket, something, gt", `<a>]b></a>`, `<{}a>"]b>"</{}a>`},
	{"CR at the end", "<a>b\r</a>", `<{}a>"b\n"</{}a>`},
	{"quotes inside the other quotes", `<a b='"' c="'"/>`, `<{}a {}b="\"" {}c="'"></{}a>`},
	{"gt in an attribute", `<a b=">"/>`, `<{}a {}b=">"></{}a>`},
	{"non-ASCII text", "<a b='é'>Grüezi — 你好 \U0010FFFD</a>", `<{}a {}b="é">"Grüezi — 你好 \U0010fffd"</{}a>`},
	{"DEL and C1 are characters", "<a>\x7f\u0085</a>", `<{}a>"\x7f\u0085"</{}a>`},
	{"last characters before the gaps", "<a>\uD7FF\uE000\uFFFD</a>", `<{}a>"\ud7ff\ue000�"</{}a>`},
	{"default namespace", `<a xmlns="u"><b/><c xmlns=""/></a>`, `<{u}a><{u}b></{u}b><{}c></{}c></{u}a>`},
	{"prefix", `<p:a xmlns:p="u" p:b="1" b="2"/>`, `<{u}a {u}b="1" {}b="2"></{u}a>`},
	{"attributes are not in the default namespace", `<a xmlns="u" b="1"/>`, `<{u}a {}b="1"></{u}a>`},
	{"declaration after use in one tag", `<p:a p:b="1" xmlns:p="u"/>`, `<{u}a {u}b="1"></{u}a>`},
	{"prefix rebound and back", `<p:a xmlns:p="u"><p:a xmlns:p="v"/><p:a/></p:a>`, `<{u}a><{v}a></{v}a><{u}a></{u}a></{u}a>`},
	{"reference in a namespace name", `<a xmlns="u&amp;v"/>`, `<{u&v}a></{u&v}a>`},
	{"namespace name http://uri.etsi.org/TS102204/v1.1.2#", `<a xmlns="http://uri.etsi.org/TS102204/v1.1.2#"/>`, `<{http://uri.etsi.org/TS102204/v1.1.2#}a></{http://uri.etsi.org/TS102204/v1.1.2#}a>`},
	{"namespace name urn:a:b", `<a xmlns="urn:a:b"/>`, `<{urn:a:b}a></{urn:a:b}a>`},
	{"namespace name %41", `<a xmlns="%41"/>`, `<{%41}a></{%41}a>`},
	{"namespace name a?b?c", `<a xmlns="a?b?c"/>`, `<{a?b?c}a></{a?b?c}a>`},
	{"namespace name ?", `<a xmlns="?"/>`, `<{?}a></{?}a>`},
	{"namespace name ?a:b", `<a xmlns="?a:b"/>`, `<{?a:b}a></{?a:b}a>`},
	{"namespace name x/1:b", `<a xmlns="x/1:b"/>`, `<{x/1:b}a></{x/1:b}a>`},
	{"namespace name //", `<a xmlns="//"/>`, `<{//}a></{//}a>`},
	{"namespace name //@", `<a xmlns="//@"/>`, `<{//@}a></{//@}a>`},
	{"namespace name http://", `<a xmlns="http://"/>`, `<{http://}a></{http://}a>`},
	{"namespace name http://a:b@h:80/", `<a xmlns="http://a:b@h:80/"/>`, `<{http://a:b@h:80/}a></{http://a:b@h:80/}a>`},
	{"namespace name //h:99999", `<a xmlns="//h:99999"/>`, `<{//h:99999}a></{//h:99999}a>`},
	{"namespace name ~!$()*+,;=", `<a xmlns="~!$()*+,;="/>`, `<{~!$()*+,;=}a></{~!$()*+,;=}a>`},
	{"namespace name _", `<a xmlns="_"/>`, `<{_}a></{_}a>`},
	{"namespace name -.", `<a xmlns="-."/>`, `<{-.}a></{-.}a>`},
	{"namespace name x//h:p", `<a xmlns="x//h:p"/>`, `<{x//h:p}a></{x//h:p}a>`},
	{"xml prefix", `<a xml:lang="en" xml:space="preserve"/>`, `<{}a {` + nsXML + `}lang="en" {` + nsXML + `}space="preserve"></{}a>`},
	{"same local name in two namespaces", `<a b="1" p:b="2" xmlns:p="u"/>`, `<{}a {}b="1" {u}b="2"></{}a>`},
	{"names", `<_a.-9 A_="1"><xmlfoo/></_a.-9>`, `<{}_a.-9 {}A_="1"><{}xmlfoo></{}xmlfoo></{}_a.-9>`},
	{"local names xmlns and xml with a prefix", `<p:xml xmlns:p="u" p:xmlns="1"/>`, `<{u}xml {u}xmlns="1"></{u}xml>`},
}

func TestAccepted(t *testing.T) {
	t.Parallel()
	for _, tc := range accepted {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := dump([]byte(tc.doc), xmlwire.Limits{})
			require.NoError(t, err)
			require.Equal(t, tc.want, got)
		})
	}
}

// refused are documents with the reason and the offset of the error.
var refused = []struct {
	name, doc string
	offset    int
	reason    string
}{
	{"empty document", ``, 0, "no root element"},
	{"white space only", " \n", 2, "no root element"},
	{"byte order mark only", "\uFEFF", 3, "no root element"},
	{"declaration only", `<?xml version="1.0"?>`, 21, "no root element"},
	{"two byte order marks", "\uFEFF\uFEFF<a/>", 3, "text outside"},
	{"text before the root", `x<a/>`, 0, "text outside"},
	{"text after the root", `<a/>x`, 4, "text outside"},
	{"reference before the root", `&#32;<a/>`, 0, "text outside"},
	{"reference after the root", `<a/>&amp;`, 4, "text outside"},
	{"CDATA before the root", `<![CDATA[ ]]><a/>`, 0, "CDATA"},
	{"CDATA after the root", `<a/><![CDATA[]]>`, 4, "CDATA"},
	{"NUL after the root", "<a/>\x00", 4, "text outside"},
	{"two roots", `<a/><b/>`, 4, "second root"},
	{"end tag only", `</a>`, 0, "end tag without start"},
	{"end tag after the root", `<a/></a>`, 4, "end tag without start"},

	{"DOCTYPE", `<!DOCTYPE a><a/>`, 0, "document type"},
	{"DOCTYPE with internal subset", `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, 0, "document type"},
	{"DOCTYPE after the root", `<a/><!DOCTYPE a>`, 4, "document type"},
	{"DOCTYPE inside", `<a><!DOCTYPE a></a>`, 3, "document type"},
	{"lower-case doctype", `<!doctype a><a/>`, 0, "markup declaration"},
	{"ENTITY inside", `<a><!ENTITY b "c"></a>`, 3, "markup declaration"},
	{"comment before the root", `<!-- --><a/>`, 0, "comment"},
	{"comment inside", `<a>b<!-- -->c</a>`, 4, "comment"},
	{"comment after the root", `<a/><!-- -->`, 4, "comment"},
	{"CDATA inside", `<a><![CDATA[b]]></a>`, 3, "CDATA"},
	{"processing instruction before", `<?a?><a/>`, 0, "processing instruction"},
	{"processing instruction inside", `<a><?b c?></a>`, 3, "processing instruction"},
	{"processing instruction after", `<a/><?b?>`, 4, "processing instruction"},

	{"late declaration", ` <?xml version="1.0"?><a/>`, 1, "not at the beginning"},
	{"declaration inside", `<a><?xml version="1.0"?></a>`, 3, "not at the beginning"},
	{"second declaration", `<?xml version="1.0"?><?xml version="1.0"?><a/>`, 21, "not at the beginning"},
	{"declaration without version", `<?xml encoding="UTF-8"?><a/>`, 0, "version 1.0"},
	{"empty declaration", `<?xml ?><a/>`, 0, "version 1.0"},
	{"declaration without anything", `<?xml?><a/>`, 0, "malformed"},
	{"upper-case declaration", `<?XML version="1.0"?><a/>`, 0, "malformed"},
	{"version 1.1", `<?xml version="1.1"?><a/>`, 0, "version 1.0"},
	{"version 1", `<?xml version="1"?><a/>`, 0, "version 1.0"},
	{"version without quotes", `<?xml version=1.0?><a/>`, 0, "version 1.0"},
	{"version with a colon", `<?xml version:"1.0"?><a/>`, 0, "version 1.0"},
	{"version between other octets", `<?xml version=x1.0x?><a/>`, 0, "version 1.0"},
	{"other encoding", `<?xml version="1.0" encoding="ISO-8859-1"?><a/>`, 0, "encoding"},
	{"UTF-16 declared", `<?xml version="1.0" encoding="UTF-16"?><a/>`, 0, "encoding"},
	{"encoding empty", `<?xml version="1.0" encoding=""?><a/>`, 0, "encoding"},
	{"encoding before version", `<?xml encoding="UTF-8" version="1.0"?><a/>`, 0, "version 1.0"},
	{"no space before encoding", `<?xml version="1.0"encoding="UTF-8"?><a/>`, 0, "malformed XML declaration"},
	{"standalone maybe", `<?xml version="1.0" standalone="maybe"?><a/>`, 0, "standalone"},
	{"unknown pseudo-attribute", `<?xml version="1.0" charset="x"?><a/>`, 0, "malformed XML declaration"},
	{"declaration not closed", `<?xml version="1.0"`, 0, "malformed XML declaration"},
	{"declaration value not closed", `<?xml version="1.0`, 0, "version 1.0"},
	{"UTF-16 octets", "\xFE\xFF\x00<\x00a\x00/\x00>", 0, "text outside"},

	{"attribute twice", `<a b="1" b="2"/>`, 0, "given twice"},
	{"attribute twice through two prefixes", `<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>`, 0, "given twice"},
	{"default namespace twice", `<a xmlns="u" xmlns="u"/>`, 13, "declared twice"},
	{"prefix declared twice", `<a xmlns:p="u" xmlns:p="v"/>`, 15, "declared twice"},
	{"undeclared prefix of an element", `<p:a/>`, 0, "undeclared"},
	{"undeclared prefix of an attribute", `<a p:b="1"/>`, 0, "undeclared"},
	{"prefix out of scope", `<a><b xmlns:p="u"/><p:c/></a>`, 19, "undeclared"},
	{"prefix xmlns on an element", `<xmlns:a/>`, 0, "named xmlns"},
	{"element named xmlns", `<xmlns/>`, 0, "named xmlns"},
	{"prefix for no namespace", `<a xmlns:p=""/>`, 3, "for no namespace"},
	{"xml rebound", `<a xmlns:xml="u"/>`, 3, "xml or xmlns"},
	{"xml declared as it is", `<a xmlns:xml="` + nsXML + `"/>`, 3, "xml or xmlns"},
	{"xmlns rebound", `<a xmlns:xmlns="u"/>`, 3, "xml or xmlns"},
	{"prefix bound to the xml namespace", `<a xmlns:p="` + nsXML + `"/>`, 3, "reserved"},
	{"default bound to the xml namespace", `<a xmlns="` + nsXML + `"/>`, 3, "reserved"},
	{"prefix bound to the xmlns namespace", `<a xmlns:p="http://www.w3.org/2000/xmlns/"/>`, 3, "reserved"},
	{"default bound to the xmlns namespace", `<a xmlns="http://www.w3.org/2000/xmlns/"/>`, 3, "reserved"},
	{"prefix bound to the word xmlns", `<a xmlns:p='xmlns'/>`, 3, "reserved"},
	{"prefix bound to the word xmlns by reference", `<a xmlns:p='&#120;mlns'/>`, 3, "reserved"},
	{"namespace name a b", `<a xmlns:p="a b"/>`, 3, "no URI reference"},
	{"namespace name  a", `<a xmlns:p=" a"/>`, 3, "no URI reference"},
	{"namespace name %%zz", `<a xmlns:p="%%zz"/>`, 3, "no URI reference"},
	{"namespace name a%4", `<a xmlns:p="a%4"/>`, 3, "no URI reference"},
	{"namespace name a%4g", `<a xmlns:p="a%4g"/>`, 3, "no URI reference"},
	{"namespace name http://[/", `<a xmlns:p="http://[/"/>`, 3, "no URI reference"},
	{"namespace name http://[::1]/", `<a xmlns:p="http://[::1]/"/>`, 3, "no URI reference"},
	{"namespace name a|b", `<a xmlns:p="a|b"/>`, 3, "no URI reference"},
	{"namespace name a^b", `<a xmlns:p="a^b"/>`, 3, "no URI reference"},
	{"namespace name a`b", "<a xmlns:p=\"a`b\"/>", 3, "no URI reference"},
	{"namespace name a{b", `<a xmlns:p="a{b"/>`, 3, "no URI reference"},
	{"namespace name a}b", `<a xmlns:p="a}b"/>`, 3, "no URI reference"},
	{"namespace name a\\b", `<a xmlns:p="a\b"/>`, 3, "no URI reference"},
	{"namespace name a#b#c", `<a xmlns:p="a#b#c"/>`, 3, "no URI reference"},
	{"namespace name :", `<a xmlns:p=":"/>`, 3, "no URI reference"},
	{"namespace name 1:x", `<a xmlns:p="1:x"/>`, 3, "no URI reference"},
	{"namespace name -a:x", `<a xmlns:p="-a:x"/>`, 3, "no URI reference"},
	{"namespace name _:b", `<a xmlns:p="_:b"/>`, 3, "no URI reference"},
	{"namespace name a_b:c", `<a xmlns:p="a_b:c"/>`, 3, "no URI reference"},
	{"namespace name http://h:port/", `<a xmlns:p="http://h:port/"/>`, 3, "no URI reference"},
	{"namespace name http://h:/", `<a xmlns:p="http://h:/"/>`, 3, "no URI reference"},
	{"namespace name http://h:123456/", `<a xmlns:p="http://h:123456/"/>`, 3, "no URI reference"},
	{"namespace name //:", `<a xmlns:p="//:"/>`, 3, "no URI reference"},
	{"namespace name //a:b:c", `<a xmlns:p="//a:b:c"/>`, 3, "no URI reference"},
	{"namespace name http://u@@h/", `<a xmlns:p="http://u@@h/"/>`, 3, "no URI reference"},
	{"namespace name é", `<a xmlns:p="é"/>`, 3, "no URI reference"},
	{"namespace name a\x7fb", "<a xmlns:p=\"a\x7fb\"/>", 3, "no URI reference"},
	{"quote in a namespace name", `<a xmlns='"'/>`, 3, "no URI reference"},
	{"lt in a namespace name", `<a xmlns="&lt;"/>`, 3, "no URI reference"},
	{"LF in a namespace name by reference", `<a xmlns="a&#10;b"/>`, 3, "no URI reference"},
	{"white space as the default namespace", `<a xmlns=" "/>`, 3, "no URI reference"},
	{"colon first", `<:a/>`, 0, "malformed tag"},
	{"colon last", `<a:/>`, 0, "malformed tag"},
	{"two colons", `<a:b:c xmlns:a="u"/>`, 0, "malformed tag"},
	{"colon first in an attribute", `<a :b="1"/>`, 3, "malformed attribute name"},
	{"colon last in an attribute", `<a b:="1"/>`, 3, "malformed attribute name"},
	{"xmlns with colon and no prefix", `<a xmlns:="u"/>`, 3, "malformed attribute name"},
	{"local part begins with a digit", `<p:1 xmlns:p="u"/>`, 0, "malformed tag"},
	{"name begins with a digit", `<1/>`, 0, "malformed tag"},
	{"name begins with a hyphen", `<-a/>`, 0, "malformed tag"},
	{"non-ASCII element name", `<é/>`, 0, "malformed tag"},
	{"non-ASCII inside an element name", `<aé/>`, 0, "malformed tag"},
	{"non-ASCII attribute name", `<a é="1"/>`, 3, "malformed attribute name"},

	{"no space between attributes", `<a b="1"c="2"/>`, 8, "white space missing"},
	{"no space before the first attribute", `<a"b"/>`, 2, "white space missing"},
	{"attribute without value", `<a b/>`, 4, "without value"},
	{"attribute without quotes", `<a b=1/>`, 5, "without quotes"},
	{"lt in an attribute", `<a b="<"/>`, 6, "< in an attribute"},
	{"TAB in an attribute", "<a b=\"\t\"/>", 6, "tab or line end"},
	{"LF in an attribute", "<a b=\"1\n\"/>", 7, "tab or line end"},
	{"CR in an attribute", "<a b=\"\r\"/>", 6, "tab or line end"},
	{"LF in a namespace name", "<a xmlns=\"u\n\"/>", 11, "tab or line end"},
	{"space before the element name", `< a/>`, 0, "malformed tag"},
	{"space before the end name", `<a></ a>`, 3, "does not match"},
	{"slash and space", `<a / >`, 3, "malformed tag"},
	{"attribute in an end tag", `<a></a b="1">`, 3, "does not match"},
	{"wrong end tag", `<a></b>`, 3, "does not match"},
	{"longer end tag", `<a></ab>`, 3, "does not match"},
	{"end tag with another prefix", `<p:a xmlns:p="u" xmlns:q="u"></q:a>`, 29, "does not match"},
	{"crossed tags", `<a><b></a></b>`, 6, "does not match"},
	{"element not closed", `<a>`, 3, "ends inside an element"},
	{"text not closed", `<a>b`, 4, "ends inside an element"},
	{"tag not closed", `<a b="1"`, 8, "ends inside a tag"},
	{"value not closed", `<a b="1`, 7, "ends inside an attribute"},
	{"end tag not closed", `<a></a`, 3, "does not match"},
	{"lone lt", `<a><</a>`, 3, "malformed tag"},
	{"lt at the end", `<a><`, 3, "malformed tag"},
	{"bracket bracket gt", `<a>b]]></a>`, 4, "]]> in text"},

	{"surrogate reference", `<a>&#xD800;</a>`, 3, "does not have"},
	{"surrogate reference in an attribute", `<a b="&#xDFFF;"/>`, 6, "does not have"},
	{"reference to NUL", `<a>&#0;</a>`, 3, "does not have"},
	{"reference to BEL", `<a>&#7;</a>`, 3, "does not have"},
	{"reference to U+FFFE", `<a>&#xFFFE;</a>`, 3, "does not have"},
	{"reference past the last character", `<a>&#x110000;</a>`, 3, "does not have"},
	{"reference that would overflow", `<a>&#x1000000000000000041;</a>`, 3, "does not have"},
	{"reference with upper-case X", `<a>&#X41;</a>`, 3, "broken character"},
	{"reference without digits", `<a>&#;</a>`, 3, "broken character"},
	{"hex reference without digits", `<a>&#x;</a>`, 3, "broken character"},
	{"reference with a sign", `<a>&#+65;</a>`, 3, "broken character"},
	{"hex digit in a decimal reference", `<a>&#6A;</a>`, 3, "broken character"},
	{"reference not closed", `<a>&#65</a>`, 3, "broken character"},
	{"reference at the end", `<a>&#6`, 3, "broken character"},
	{"unknown entity", `<a>&nbsp;</a>`, 3, "entity"},
	{"entity not closed", `<a>&amp</a>`, 3, "entity"},
	{"upper-case entity", `<a>&AMP;</a>`, 3, "entity"},
	{"lone ampersand", `<a>& b</a>`, 3, "entity"},
	{"entity in an attribute", `<a b="&c;"/>`, 6, "entity"},

	{"NUL in text", "<a>\x00</a>", 3, "not a character"},
	{"control character in text", "<a>12345678\x0B</a>", 11, "not a character"},
	{"ESC in an attribute", "<a b=\"\x1b\"/>", 6, "not a character"},
	{"control character in a tag", "<a \x01/>", 3, "malformed attribute name"},
	{"U+FFFE in text", "<a>\uFFFE</a>", 3, "not a character"},
	{"U+FFFF in an attribute", "<a b='\uFFFF'/>", 6, "not a character"},
	{"invalid UTF-8", "<a>\xC3</a>", 3, "not a character"},
	{"continuation alone", "<a>abcdefg\x80</a>", 10, "not a character"},
	{"overlong NUL", "<a>\xC0\x80</a>", 3, "not a character"},
	{"surrogate in UTF-8", "<a>\xED\xA0\x80</a>", 3, "not a character"},
	{"past the last character in UTF-8", "<a>\xF4\x90\x80\x80</a>", 3, "not a character"},
	{"invalid UTF-8 in an attribute", "<a b='\xFF'/>", 6, "not a character"},
	{"invalid UTF-8 in a name", "<a\xFF/>", 0, "malformed tag"},
}

func TestRefused(t *testing.T) {
	t.Parallel()
	require.Greater(t, len(refused), 60)
	for _, tc := range refused {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := dump([]byte(tc.doc), xmlwire.Limits{})
			require.ErrorAs(t, err, new(*xmlwire.Error))
			e := err.(*xmlwire.Error)
			require.Contains(t, e.Reason, tc.reason)
			require.Equal(t, tc.offset, e.Offset)
		})
	}
}

func TestErrorStays(t *testing.T) {
	t.Parallel()
	d := xmlwire.NewDecoder([]byte(`<a></b></a>`), xmlwire.Limits{})
	_, err := d.Next()
	require.NoError(t, err)
	_, first := d.Next()
	require.Error(t, first)
	kind, again := d.Next()
	require.Equal(t, xmlwire.EOF, kind)
	require.Same(t, first, again)
}

func TestTruncatedEverywhere(t *testing.T) {
	t.Parallel()
	doc := `<?xml version="1.0"?><p:a xmlns:p="u" b="&lt;'é"> <c>1&#50;3</c><d/></p:a>`
	_, err := dump([]byte(doc), xmlwire.Limits{})
	require.NoError(t, err)
	for n := range len(doc) {
		_, err := dump([]byte(doc[:n]), xmlwire.Limits{})
		require.Error(t, err, "first %d octets", n)
	}
}

func TestDocumentMayChangeAfterwards(t *testing.T) {
	t.Parallel()
	doc := []byte(`<a b="value">text</a>`)
	d := xmlwire.NewDecoder(doc, xmlwire.Limits{})
	clear(doc)
	_, err := d.Next()
	require.NoError(t, err)
	require.Equal(t, []xmlwire.Attr{{Name: xmlwire.Name{Local: "b"}, Value: "value"}}, d.Attrs())
	text, err := d.Content()
	require.NoError(t, err)
	require.Equal(t, "text", text)
}
