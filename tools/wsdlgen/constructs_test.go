package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// One construct in, what must be in the code out. That the code works is tested
// in internal/constructs.
func TestConstructs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		schema string
		want   []string
	}{
		{"anonymous type", `<xs:complexType name="AType"><xs:sequence><xs:element name="In_ner"><xs:complexType>
			<xs:attribute name="x" type="xs:string"/></xs:complexType></xs:element></xs:sequence></xs:complexType>`,
			[]string{"type A struct { InNer InNer // t:In_ner, required }", "type InNer struct { X *string // @x }"}},
		{"extension of an abstract base", `<xs:complexType name="BaseType" abstract="true"><xs:attribute name="v" type="xs:integer" use="required"/></xs:complexType>
			<xs:complexType name="MSS_AType"><xs:complexContent><xs:extension base="t:BaseType"/></xs:complexContent></xs:complexType>`,
			[]string{"type A struct { Base }", "type Base struct { V xmlwire.Integer // @v, required }", "func (t *A) DecodeXML"}},
		{"recursion", `<xs:complexType name="AType"><xs:sequence><xs:element name="A" type="t:AType" minOccurs="0"/></xs:sequence></xs:complexType>`,
			[]string{"type A struct { A *A // t:A }", "t.A = new(A)"}},
		{"repeated choice", `<xs:complexType name="AType"><xs:choice minOccurs="0" maxOccurs="unbounded">
			<xs:element name="B" type="xs:string"/><xs:any namespace="##other"/></xs:choice></xs:complexType>`,
			[]string{"type A struct { Items []AItem // in their order }", "type AItem struct { B *string // t:B Any *xmlwire.Raw"}},
		{"wildcard", `<xs:complexType name="AType"><xs:sequence><xs:any maxOccurs="2"/></xs:sequence></xs:complexType>`,
			[]string{"Any []xmlwire.Raw // elements of any namespace, 1 to 2", "len(t.Any) == 2", "len(t.Any) < 1"}},
		{"attribute wildcard", `<xs:complexType name="AType"><xs:anyAttribute namespace="##other"/></xs:complexType>`,
			[]string{"AnyAttrs []xmlwire.Attr // attributes of other namespaces", `a.Name.Space != NST && a.Name.Space != ""`}},
		{"list", `<xs:complexType name="AType"><xs:attribute name="l"><xs:simpleType><xs:list itemType="xs:token"/></xs:simpleType></xs:attribute></xs:complexType>`,
			[]string{"L []string // @l", "attrList(d, a)", `strings.Join(t.L, " ")`}},
		{"simple content", `<xs:complexType name="AType"><xs:simpleContent><xs:extension base="xs:integer"><xs:attribute name="u" type="xs:string"/></xs:extension></xs:simpleContent></xs:complexType>`,
			[]string{"type A struct { Value xmlwire.Integer // content U *string // @u }"}},
		{"qualified name", `<xs:complexType name="AType"><xs:sequence><xs:element name="N" type="xs:QName"/></xs:sequence></xs:complexType>`,
			[]string{"N xmlwire.Name // t:N, required", "e.QName(t.N)"}},
		{"octets", `<xs:complexType name="AType"><xs:sequence><xs:element name="N" type="xs:base64Binary" minOccurs="0"/></xs:sequence></xs:complexType>`,
			[]string{"N []byte // t:N", "e.Base64(t.N)"}},
		{"time", `<xs:complexType name="AType"><xs:attribute name="i" type="xs:dateTime"/></xs:complexType>`,
			[]string{"I *xmlwire.DateTime // @i"}},
		{"required zero", `<xs:complexType name="AType"><xs:attribute name="i" type="xs:integer" use="required"/></xs:complexType>`,
			[]string{`e.Attr(xmlwire.Name{Local: "i"}, integerText(t.I))`}},
		{"defaults", `<xs:complexType name="AType"><xs:sequence><xs:element name="E" type="xs:string" default="x&quot;y"/></xs:sequence><xs:attribute name="b" type="xs:boolean" default="1"/></xs:complexType>`,
			[]string{`if v == "" { v = "x\"y" }`, "t.B = new(true)"}},
		{"default that is not in its canonical form", `<xs:complexType name="AType"><xs:attribute name="n" type="xs:nonNegativeInteger" default=" +07 "/></xs:complexType>`,
			[]string{`t.N = new(xmlwire.Integer("7"))`}},
		{"default of a global attribute", `<xs:attribute name="g" type="xs:token" default=" x "/><xs:complexType name="AType"><xs:attribute ref="t:g"/></xs:complexType>`,
			[]string{`t.G = new("x")`}},
		{"default of a reference goes before that of the attribute", `<xs:attribute name="g" type="xs:token" default="x"/><xs:complexType name="AType"><xs:attribute ref="t:g" default="y"/></xs:complexType>`,
			[]string{`t.G = new("y")`}},
		{"default of a global attribute that is required", `<xs:attribute name="g" type="xs:token" default="x"/><xs:complexType name="AType"><xs:attribute ref="t:g" use="required"/></xs:complexType>`,
			[]string{"type A struct { G string // @t:g, required }"}},
		{"one enumeration that two types refer to", `<xs:element name="Mode"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="on"/></xs:restriction></xs:simpleType></xs:element>
			<xs:complexType name="AType"><xs:sequence><xs:element ref="t:Mode"/></xs:sequence></xs:complexType><xs:complexType name="BType"><xs:sequence><xs:element ref="t:Mode"/></xs:sequence></xs:complexType>`,
			[]string{`ModeOn = "on"`}},
		{"values that differ in no letter", `<xs:simpleType name="ModeType"><xs:restriction base="xs:string"><xs:enumeration value="a-b"/><xs:enumeration value="a b"/></xs:restriction></xs:simpleType>`,
			[]string{`ModeAB = "a-b"`, `ModeAB2 = "a b"`}},
		{"least number of a repeated sequence", `<xs:complexType name="AType"><xs:sequence minOccurs="2" maxOccurs="4"><xs:choice><xs:element name="B" type="xs:string"/></xs:choice></xs:sequence></xs:complexType>`,
			[]string{"len(t.Items) == 4", "len(t.Items) < 2"}},
		{"repeated member of an unbounded choice", `<xs:complexType name="AType"><xs:choice maxOccurs="unbounded"><xs:element name="B" type="xs:string" maxOccurs="7"/><xs:element name="C" type="xs:string" minOccurs="0" maxOccurs="0"/></xs:choice></xs:complexType>`,
			[]string{"type AItem struct { B *string // t:B }"}},
		{"restriction of anything", `<xs:complexType name="AType"><xs:complexContent><xs:restriction base="xs:anyType"><xs:attribute name="x" type="xs:string"/></xs:restriction></xs:complexContent></xs:complexType>`,
			[]string{"type A struct { X *string // @x }"}},
		{"recursion through what may be absent", `<xs:complexType name="AType"><xs:sequence><xs:element name="B" type="t:BType"/></xs:sequence></xs:complexType>
			<xs:complexType name="BType"><xs:choice><xs:element name="A" type="t:AType"/><xs:element name="Stop" type="xs:string"/></xs:choice></xs:complexType>`,
			[]string{"B B // t:B, required", "A *A // t:A"}},
		{"attribute group", `<xs:attributeGroup name="G"><xs:attribute name="i" type="xs:string"/></xs:attributeGroup><xs:complexType name="AType"><xs:attributeGroup ref="t:G"/></xs:complexType>`,
			[]string{"type A struct { I *string // @i }"}},
		{"xml:lang", `<xs:complexType name="AType"><xs:attribute ref="xml:lang"/></xs:complexType>`,
			[]string{"Lang *string // @xml:lang", `Space: "http://www.w3.org/XML/1998/namespace", Local: "lang"`}},
		{"import without location", `<xs:import namespace="urn:u"/><xs:complexType name="AType"><xs:sequence><xs:element ref="u:Global"/></xs:sequence></xs:complexType>`,
			[]string{"Global string // u:Global, required", `xmlwire.Name{Space: NSU, Local: "Global"}`}},
		{"occurrences", `<xs:complexType name="AType"><xs:sequence><xs:element name="E" type="xs:string" minOccurs="2" maxOccurs="5"/></xs:sequence></xs:complexType>`,
			[]string{"E []string // t:E, 2 to 5", "len(t.E) == 5", "len(t.E) < 2"}},
		{"enumeration", `<xs:simpleType name="ModeType"><xs:restriction base="xs:string"><xs:enumeration value="on-line"/></xs:restriction></xs:simpleType>`,
			[]string{`ModeOnLine = "on-line"`}},
		{"excluded schema", `<xs:complexType name="AType"><xs:sequence><xs:element ref="x:Thing"/></xs:sequence></xs:complexType>`,
			[]string{"Thing xmlwire.Raw // x:Thing, required"}},
		{"unqualified element", `<xs:complexType name="AType"><xs:sequence><xs:element name="E" type="xs:string" form="unqualified"/></xs:sequence></xs:complexType>`,
			[]string{`e.Start(xmlwire.Name{Local: "E"})`}},
		{"names that are no Go names", `<xs:complexType name="a-b.c_dType"><xs:sequence><xs:element name="_" type="xs:string"/><xs:element name="DecodeXML" type="xs:string"/><xs:element name="_4x" type="xs:string"/></xs:sequence></xs:complexType>`,
			[]string{"type ABCD struct { X string // t:_, required DecodeXML2 string // t:DecodeXML, required X4x string"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			files, err := generateSchema(t, c.schema)
			require.NoError(t, err)
			for _, want := range c.want {
				require.Contains(t, joined(files), want)
			}
		})
	}
}

// The advice of the error about two declarations with one Go name can be taken.
func TestAnonymousSimpleTypesAreNamed(t *testing.T) {
	t.Parallel()
	const mode = `<xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="on"/></xs:restriction></xs:simpleType>`
	files := map[string]string{
		"service.wsdl": frameHead + `<xs:complexType name="AType"><xs:sequence><xs:element name="Mode">` + mode + `</xs:element></xs:sequence></xs:complexType>
			<xs:complexType name="BType"><xs:sequence><xs:element name="Mode">` + mode + `</xs:element></xs:sequence></xs:complexType>
			<xs:complexType name="MType"><xs:attribute name="ode">` + mode + `</xs:attribute></xs:complexType>
			<xs:attribute name="mode">` + mode + `</xs:attribute>` + frameTail,
		"overlay.json": frameOverlay,
	}
	_, err := generateFiles(t, files)
	requireProblem(t, err, 6, "the Go name ModeOn is taken by")

	files["overlay.json"] = strings.TrimSuffix(frameOverlay, "}") + `, "names": [{"at": "t:BType/Mode", "name": "BMode"},
		{"at": "t:MType/@ode", "name": "Ode"}, {"at": "t:@mode", "name": "GlobalMode"}]}`
	generated, err := generateFiles(t, files)
	require.NoError(t, err)
	for _, want := range []string{`ModeOn = "on"`, `BModeOn = "on"`, `OdeOn = "on"`, `GlobalModeOn = "on"`} {
		require.Contains(t, joined(generated), " "+want)
	}
}

// Two types with one local name in two namespaces get two Go types.
func TestEqualNamesInTwoNamespaces(t *testing.T) {
	t.Parallel()
	files, err := generateFiles(t, map[string]string{
		"service.wsdl": frameHead + `<xs:import namespace="urn:u" schemaLocation="u.xsd"/><xs:complexType name="PartyType"/>` + frameTail,
		"u.xsd":        `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:u"><xs:complexType name="PartyType"/></xs:schema>`,
		"overlay.json": frameOverlay,
	})
	require.NoError(t, err)
	require.Contains(t, joined(files), "type Party struct")
	require.Contains(t, joined(files), "type UParty struct")
}
