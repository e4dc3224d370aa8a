package constructs_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/tools/wsdlgen/internal/constructs"
)

// head is what every Ask needs.
const head = `<a:Head id="h"/><a:Party><a:Name>n</a:Name></a:Party><a:Pair>1</a:Pair><a:Pair>2</a:Pair>`

// ask is an Ask with more content.
func ask(more string) string {
	return `<Ask xmlns:a="urn:example:a" xmlns:b="urn:example:b" xmlns:c="urn:example:c" xmlns:ex="urn:example:excluded"` +
		` major="1" minor="0" flag="false">` + head + more + `</Ask>`
}

func decode(m constructs.Message, doc string) error {
	d := xmlwire.NewDecoder([]byte(doc), xmlwire.Limits{})
	if _, err := d.Next(); err != nil {
		return err
	}
	return m.DecodeXML(d)
}

func encode(t *testing.T, m constructs.Message) string {
	t.Helper()
	e := xmlwire.NewEncoder(nil)
	e.Start(xmlwire.Name{Local: "Ask"})
	m.EncodeXML(e)
	e.End()
	doc, err := e.Bytes()
	require.NoError(t, err)
	return string(doc)
}

// decodeAsk decodes an Ask, checks that its encoding decodes to the same, and
// returns it with the encoding.
func decodeAsk(t *testing.T, doc string) (*constructs.Ask, string) {
	t.Helper()
	m, again := new(constructs.Ask), new(constructs.Ask)
	require.NoError(t, decode(m, doc))
	out := encode(t, m)
	require.NoError(t, decode(again, out))
	require.Equal(t, out, encode(t, again))
	whole := *m
	require.Equal(t, withoutScopes(&whole), withoutScopes(again))
	return m, out
}

// withoutScopes forgets what a raw element takes into itself when it is
// written: the declarations around it.
func withoutScopes(m *constructs.Ask) *constructs.Ask {
	if m.Wild != nil {
		m.Wild = &constructs.Wild{Known: m.Wild.Known, KnownAttr: m.Wild.KnownAttr, AnyAttrs: m.Wild.AnyAttrs}
	}
	if m.Shapes != nil {
		shapes := *m.Shapes
		shapes.Once = nil
		m.Shapes = &shapes
	}
	return m
}

func TestBaseAndRequiredZeros(t *testing.T) {
	t.Parallel()
	m, out := decodeAsk(t, ask(""))
	require.Equal(t, "h", m.Head.Id)
	require.Equal(t, xmlwire.Integer("1"), m.Major)
	require.False(t, m.Flag)
	require.Equal(t, []string{"1", "2"}, m.Pair)
	require.Contains(t, out, `flag="false"`)
	require.Contains(t, out, `minor="0"`)
	require.Contains(t, encode(t, new(constructs.Ask)), `minor="0"`, "the zero value of a number is zero")
}

func TestOrderIsFreeInReadingAndFixedInWriting(t *testing.T) {
	t.Parallel()
	m := new(constructs.Ask)
	require.NoError(t, decode(m, `<Ask xmlns:a="urn:example:a" minor="0" flag="1" major="1">`+
		`<a:Pair>1</a:Pair> <a:Party><a:Name/></a:Party><a:Pair>2</a:Pair><a:Head id="h"/></Ask>`))
	out := encode(t, m)
	for _, name := range []string{"<a:", "Head", "Party", "Pair"} {
		_, after, ok := strings.Cut(out, strings.TrimPrefix(name, "<a:"))
		require.True(t, ok, "%s comes too early in %s", name, out)
		out = after
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	m, out := decodeAsk(t, ask(`<a:Values xmlns:q="urn:q" when="2026-01-02T03:04:05.678+02:00" octets="AQI=" list=" x  y " positive="3">
		<a:Big> -00123456789012345678901234567890 </a:Big>
		<a:Positive>1</a:Positive>
		<a:When>2026-01-02T03:04:05.678+02:00</a:When>
		<a:Octets> AQ
			ID </a:Octets>
		<a:Name> q:local </a:Name>
		<a:List>one two</a:List>
		<a:Yes>1</a:Yes>
		<a:Link> urn:x </a:Link>
		<a:Language/>
		<a:Union>u</a:Union>
		<a:Short> s </a:Short>
	</a:Values>`))
	v := m.Values
	require.Equal(t, xmlwire.Integer("-123456789012345678901234567890"), v.Big)
	require.True(t, v.When.Time.Equal(time.Date(2026, 1, 2, 1, 4, 5, 678e6, time.UTC)))
	require.Equal(t, []byte{1, 2, 3}, v.Octets)
	require.Equal(t, xmlwire.Name{Space: "urn:q", Local: "local"}, *v.Name)
	require.Equal(t, []string{"one", "two"}, v.List)
	require.True(t, *v.Yes)
	require.Equal(t, "urn:x", *v.Link, "white space round a URI is no part of it")
	require.Equal(t, "de", *v.Language, "an empty element stands for its default")
	require.Equal(t, " s ", *v.Short, "white space in a string is part of it")
	require.Equal(t, []byte{1, 2}, v.OctetsAttr)
	require.Equal(t, []string{"x", "y"}, v.ListAttr)
	require.Contains(t, out, `when="2026-01-02T03:04:05.678+02:00"`)
	require.Contains(t, out, ">one two</")
}

// Absent, empty and full are three things.
func TestAbsentIsNotEmpty(t *testing.T) {
	t.Parallel()
	m, out := decodeAsk(t, ask(`<a:Values octets="" list=""><a:Big>0</a:Big><a:Octets/><a:List/></a:Values>`))
	require.NotNil(t, m.Values.Octets)
	require.NotNil(t, m.Values.List)
	require.NotNil(t, m.Values.OctetsAttr)
	require.Contains(t, out, `octets=""`)
	m, out = decodeAsk(t, ask(`<a:Values><a:Big>0</a:Big></a:Values>`))
	require.Nil(t, m.Values.Octets)
	require.Nil(t, m.Values.List)
	require.NotContains(t, out, "octets")
}

func TestAttributesAndDefaults(t *testing.T) {
	t.Parallel()
	m, _ := decodeAsk(t, ask(""))
	require.Equal(t, xmlwire.Integer("7"), *m.Party.Size)
	require.Equal(t, constructs.PartyModeFast, *m.Party.Mode)
	require.Nil(t, m.Party.Lang)

	doc := strings.Replace(ask(""), "<a:Party>", `<a:Party xml:lang="de" Id="i" size="0" mode="other" b:size="9">`, 1)
	m, out := decodeAsk(t, doc)
	require.Equal(t, "de", *m.Party.Lang)
	require.Equal(t, xmlwire.Integer("0"), *m.Party.Size, "an attribute of another namespace is another attribute")
	require.Equal(t, "other", *m.Party.Mode, "sets of values are open")
	require.Equal(t, "i", *m.Party.Id)
	require.Contains(t, out, `xml:lang="de"`)
}

func TestSimpleContentAndEqualNames(t *testing.T) {
	t.Parallel()
	m, _ := decodeAsk(t, ask(`<a:Text value="attribute">content</a:Text><a:Text/><a:Other><a:Alias>x</a:Alias></a:Other>`))
	require.Equal(t, "content", m.Text[0].Value)
	require.Equal(t, "attribute", *m.Text[0].ValueAttr)
	require.Len(t, m.Text, 2)
	require.Equal(t, "x", *m.Other.Alias)
}

func TestOverlaySpellings(t *testing.T) {
	t.Parallel()
	for _, other := range []string{
		`<a:Other><a:Alias>x</a:Alias></a:Other>`,
		`<a:Other><b:ALIAS>x</b:ALIAS></a:Other>`,
		`<a:Other alias="x"/>`,
	} {
		m, out := decodeAsk(t, ask(other))
		require.Equal(t, "x", *m.Other.Alias, other)
		require.Contains(t, out, "Alias>x</", other)
	}
	m, _ := decodeAsk(t, ask(`<a:Other errorCODE="e"/>`))
	require.Equal(t, "e", *m.Other.Errorcode)
}

func TestRecursionAndChoices(t *testing.T) {
	t.Parallel()
	m, out := decodeAsk(t, ask(`<a:Tree leaf="false"><a:Tree leaf="true"/><a:Tree><a:Tree/></a:Tree></a:Tree>
		<a:Shapes><a:Square>AQ==</a:Square><a:Circle>c</a:Circle><b:Note>b</b:Note><a:Note>a</a:Note><a:Circle>d</a:Circle>
		<a:Sequence><a:Y>2</a:Y><a:X>1</a:X></a:Sequence><a:Once><b:Extra/></a:Once>
		<a:Member>m</a:Member><c:Plain>p</c:Plain><a:Last>l</a:Last></a:Shapes>`))
	require.Len(t, m.Tree.Tree, 2)
	require.Len(t, m.Tree.Tree[1].Tree, 1)
	s := m.Shapes
	require.Len(t, s.Items, 5)
	require.Equal(t, []byte{1}, s.Items[0].Square)
	require.Equal(t, "c", *s.Items[1].Circle)
	require.Equal(t, "b", *s.Items[2].BNote)
	require.Equal(t, "a", *s.Items[3].Note)
	require.Equal(t, "d", *s.Items[4].Circle)
	require.Equal(t, xmlwire.Integer("2"), *s.Sequence.Items[0].Y)
	require.Equal(t, "<b:Extra/>", s.Once.Any[0].XML)
	require.Equal(t, "p", *s.Plain)
	require.Less(t, strings.Index(out, "Square"), strings.Index(out, "Circle"), "the order of items is kept")
}

func TestRawAndWildcards(t *testing.T) {
	t.Parallel()
	m, out := decodeAsk(t, ask(`<a:Wild known="k" b:other="o" plain="dropped"
		xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="a:WildType">
		<a:Known>k</a:Known><a:Mixed>text <b:b>and</b:b> markup</a:Mixed><a:Anything x="1">any</a:Anything>
		<ex:Thing>t</ex:Thing><a:Sealed><a:Inside>i</a:Inside></a:Sealed>
		<b:One/><Two/><c:Skipped/><a:Unknown>skipped</a:Unknown></a:Wild>
		<a:Loose c:inNamespace="v"><Unqualified>u</Unqualified><c:Qualified>q</c:Qualified></a:Loose>`))
	w := m.Wild
	require.Equal(t, "<a:Mixed>text <b:b>and</b:b> markup</a:Mixed>", w.Mixed.XML)
	require.Equal(t, `<a:Anything x="1">any</a:Anything>`, w.Anything.XML)
	require.Equal(t, xmlwire.Name{Space: constructs.NSExcluded, Local: "Thing"}, w.Thing.Name)
	require.Equal(t, "<a:Sealed><a:Inside>i</a:Inside></a:Sealed>", w.Sealed.XML)
	require.Len(t, w.Any, 2)
	require.Equal(t, "<Two/>", w.Any[1].XML)
	require.Equal(t, []xmlwire.Attr{{Name: xmlwire.Name{Space: constructs.NSB, Local: "other"}, Value: "o"}}, w.AnyAttrs)
	require.NotContains(t, out, "kipped")
	require.Equal(t, "u", m.Loose.Unqualified)
	require.Equal(t, "v", *m.Loose.InNamespace)
	require.Contains(t, out, "<Unqualified>u</Unqualified>")
}

func TestAdmittedElement(t *testing.T) {
	t.Parallel()
	m := new(constructs.Extended)
	require.NoError(t, decode(m, `<E xmlns:a="urn:example:a" xmlns:b="urn:example:b"><b:Note/><b:Extra/><a:Extra/><a:Own/></E>`))
	require.Len(t, m.Items, 3)
	require.Equal(t, "<b:Note/>", m.Items[0].Any.XML)
	require.NotNil(t, m.Items[1].Extra)
	require.NotNil(t, m.Items[2].Extra, "read in the other namespace, too")
	require.Equal(t, 2, strings.Count(encode(t, m), ":Extra/>"))
}

func TestDerivedFromConcrete(t *testing.T) {
	t.Parallel()
	m := new(constructs.Answer)
	require.NoError(t, decode(m, `<A xmlns:a="urn:example:a"><a:First>1</a:First><a:Name>n</a:Name></A>`))
	require.Equal(t, "n", m.Name)
	require.Equal(t, "1", m.First)
	require.Nil(t, m.Second)
}

// The choices of a base and of its extension are two, and neither has anything
// to do with an element called Choice1.
func TestChoicesOfBaseAndExtension(t *testing.T) {
	t.Parallel()
	const pick = `<P xmlns:a="urn:example:a" AnyAttrs="x">`
	m := new(constructs.Pick)
	require.NoError(t, decode(m, pick+`<a:Choice1/><a:Cold/><a:Dash>1</a:Dash><a:Dot>2</a:Dot><a:Red/></P>`))
	require.NotNil(t, m.Choice1)
	require.NotNil(t, m.Cold)
	require.NotNil(t, m.Red)
	require.Equal(t, "x", *m.AnyAttrsAttr)
	require.Contains(t, encode(t, m), ">1</ns1:Dash><ns1:Dot>2</")

	for name, c := range map[string]struct{ content, want string }{
		"two of the base":       {"<a:Red/><a:Green/><a:Hot/>", "P/Green: more than one of a choice"},
		"two of the extension":  {"<a:Red/><a:Hot/><a:Cold/>", "P/Cold: more than one of a choice"},
		"none of the base":      {"<a:Choice1/><a:Hot/>", "P: no element of a choice"},
		"none of the extension": {"<a:Choice1/><a:Red/>", "P: no element of a choice"},
	} {
		require.ErrorContains(t, decode(new(constructs.Pick), pick+c.content+"</P>"), c.want, name)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, doc, want string }{
		{"missing attribute", strings.Replace(ask(""), ` minor="0"`, "", 1), "Ask/@minor: missing"},
		{"missing attribute of the base", strings.Replace(ask(""), ` flag="false"`, "", 1), "Ask/@flag: missing"},
		{"missing element of the base", strings.Replace(ask(""), `<a:Head id="h"/>`, "", 1), "Ask: element Head is missing"},
		{"bad attribute", strings.Replace(ask(""), `major="1"`, `major="one"`, 1), "Ask/@major: not an integer"},
		{"duplicate element", ask(head[:len(`<a:Head id="h"/>`)]), "Ask/Head: occurs twice"},
		{"foreign element", ask(`<b:Tree/>`), "Ask/Tree: in the wrong namespace"},
		{"unqualified element", ask(`<Tree/>`), "Ask/Tree: in the wrong namespace"},
		{"foreign element of two", ask(`<a:Shapes><c:Note/></a:Shapes>`), "Ask/Shapes/Note: in the wrong namespace"},
		{"foreign element at a wildcard", ask(`<a:Wild><b:Known/></a:Wild>`), "Ask/Wild/Known: in the wrong namespace"},
		{"too few", strings.Replace(ask(""), "<a:Pair>2</a:Pair>", "", 1), "Ask: fewer than 2 elements Pair"},
		{"too many", ask(`<a:Pair/><a:Pair/>`), "Ask/Pair: occurs more than 3 times"},
		{"too many for a wildcard", ask(`<a:Wild><b:A/><b:B/><b:C/></a:Wild>`), "Ask/Wild/C: more than 2 elements for a wildcard"},
		{"two of a choice", ask(`<a:Shapes><a:Once><a:This/><a:That/></a:Once></a:Shapes>`), "Ask/Shapes/Once/That: more than one of a choice"},
		{"a wildcard beside a choice", ask(`<a:Shapes><a:Once><a:This/><b:B/></a:Once></a:Shapes>`), "Ask/Shapes/Once/B: more than one of a choice"},
		{"none of a choice", ask(`<a:Shapes><a:Once/></a:Shapes>`), "Ask/Shapes/Once: no element of a choice"},
		{"none of a repeated choice", ask(`<a:Shapes><a:Sequence/></a:Shapes>`), "Ask/Shapes/Sequence: fewer than 1 elements"},
		{"no number", ask(`<a:Values><a:Big>1.5</a:Big></a:Values>`), "Ask/Values/Big: not an integer"},
		{"not positive", ask(`<a:Values><a:Big>0</a:Big><a:Positive>0</a:Positive></a:Values>`), "Ask/Values/Positive: not greater than zero"},
		{"not positive in an attribute", ask(`<a:Values positive="-1"><a:Big>0</a:Big></a:Values>`), "Ask/Values/@positive: not greater than zero"},
		{"negative", strings.Replace(ask(""), "<a:Party>", `<a:Party size="-1">`, 1), "Ask/Party/@size: negative"},
		{"no time", ask(`<a:Values when="now"><a:Big>0</a:Big></a:Values>`), "Ask/Values/@when: not a date and time"},
		{"no boolean", ask(`<a:Values><a:Big>0</a:Big><a:Yes>yes</a:Yes></a:Values>`), "Ask/Values/Yes: not a boolean"},
		{"no Base64", ask(`<a:Values><a:Big>0</a:Big><a:Octets>*</a:Octets></a:Values>`), "Ask/Values/Octets: not Base64"},
		{"no name", ask(`<a:Values><a:Big>0</a:Big><a:Name>p:x</a:Name></a:Values>`), "Ask/Values/Name: "},
		{"markup in text", ask(`<a:Text><a:b/></a:Text>`), "Ask/Text/b: an element where only text may stand"},
		{"text among elements", ask(`text`), "Ask: text where only elements may stand"},
		{"attribute twice by case", ask(`<a:Other errorcode="" errorCode=""/>`), "Ask/Other/@errorCode: occurs twice"},
		{"attribute and element", ask(`<a:Other alias="x"><a:Alias/></a:Other>`), "Ask/Other/Alias: occurs twice"},
		{"attribute twice for an element", ask(`<a:Other alias="x" Alias="y"/>`), "Ask/Other/@Alias: occurs twice"},
		{"truncated", ask("")[:200], "Ask/"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := decode(new(constructs.Ask), c.doc)
			var e *xmlwire.Error
			require.ErrorAs(t, err, &e)
			require.Contains(t, err.Error(), c.want)
		})
	}
}

func TestOperations(t *testing.T) {
	t.Parallel()
	op := constructs.OperationNamed("Ask")
	require.Same(t, constructs.OpAsk, op)
	require.Equal(t, "AskResponse", op.Response)
	require.Equal(t, "Ask", op.RequestPart)
	require.Equal(t, "Answer", op.ResponsePart)
	require.IsType(t, new(constructs.Ask), op.NewRequest())
	require.IsType(t, new(constructs.Answer), op.NewResponse())
	require.Nil(t, constructs.OperationNamed("Tell"))
}
