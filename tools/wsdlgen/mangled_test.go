package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the generator cannot turn into code is an error that names file and line.
func TestMangledSchema(t *testing.T) {
	t.Parallel()
	wrap := func(body string) string { return "<xs:complexType name=\"AType\">\n" + body + "\n</xs:complexType>" }
	for _, c := range []struct {
		name   string
		schema string
		line   int // of service.wsdl; the schema begins on line 5
		says   string
	}{
		{"unknown construct", wrap(`<xs:assert test="1"/>`), 6, "assert in complexType is not supported"},
		{"unknown global construct", "\n<xs:notation name=\"n\"/>", 6, "notation in schema is not supported"},
		{"construct of another vocabulary", wrap(`<x:extra/>`), 6, "extra in complexType is not supported"},
		{"redefine", `<xs:redefine schemaLocation="a.xsd"/>`, 5, "redefine in schema is not supported"},
		{"unknown attribute", wrap(`<xs:sequence><xs:element name="E" type="xs:string" fixed="x"/></xs:sequence>`), 6, "attribute fixed of element is not supported"},
		{"attribute of another vocabulary", wrap(`<xs:attribute name="a" x:arrayType="t:AType"/>`), 6, "attribute x:arrayType of attribute is not supported"},
		{"dangling type", wrap("<xs:sequence>\n<xs:element name=\"E\" type=\"t:Missing\"/></xs:sequence>"), 7, "type {urn:t}Missing is not declared"},
		{"dangling element", wrap(`<xs:sequence><xs:element ref="u:Missing"/></xs:sequence>`), 6, "element {urn:u}Missing is not declared"},
		{"dangling attribute", wrap(`<xs:attribute ref="u:missing"/>`), 6, "attribute {urn:u}missing is not declared"},
		{"dangling group", wrap(`<xs:group ref="t:Missing"/>`), 6, "group {urn:t}Missing is not declared"},
		{"dangling attribute group", wrap(`<xs:attributeGroup ref="t:Missing"/>`), 6, "attribute group {urn:t}Missing is not declared"},
		{"undeclared prefix", wrap(`<xs:attribute name="a" type="nope:T"/>`), 6, `prefix "nope" is not declared`},
		{"unknown built-in type", wrap(`<xs:attribute name="a" type="xs:duration"/>`), 6, "type xs:duration is not supported"},
		{"duplicate type", "<xs:complexType name=\"AType\"/>\n<xs:simpleType name=\"AType\"><xs:restriction base=\"xs:string\"/></xs:simpleType>", 6, "AType is declared twice, first in"},
		{"two types with one Go name", "<xs:complexType name=\"AType\"/>\n<xs:complexType name=\"MSS_A\"/>", 6, "the Go name A is taken by"},
		{"type with a reserved Go name", "\n<xs:complexType name=\"OperationType\"/>", 6, "the Go name Operation is taken by generated code"},
		{"type without a name", "\n<xs:complexType/>", 6, "missing or not an ASCII name"},
		{"name that is not ASCII", wrap(`<xs:sequence><xs:element name="Ä" type="xs:string"/></xs:sequence>`), 6, "not an ASCII name"},
		{"bad occurrence", wrap(`<xs:sequence><xs:element name="E" type="xs:string" maxOccurs="many"/></xs:sequence>`), 6, "maxOccurs is not a number"},
		{"minimum above maximum", wrap(`<xs:sequence><xs:element name="E" type="xs:string" minOccurs="2"/></xs:sequence>`), 6, "minOccurs is greater than maxOccurs"},
		{"repeated sequence", wrap(`<xs:sequence maxOccurs="unbounded"><xs:element name="E" type="xs:string"/></xs:sequence>`), 6, "a repeated sequence"},
		{"element in two places", wrap(`<xs:sequence><xs:element name="E" type="xs:string"/><xs:element name="E" type="xs:string"/></xs:sequence>`), 5, "occurs in more than one place"},
		{"two wildcards", wrap(`<xs:sequence><xs:any namespace="urn:u"/><xs:any namespace="urn:x"/></xs:sequence>`), 5, "two wildcards"},
		{"nillable", wrap(`<xs:sequence><xs:element name="E" type="xs:string" nillable="true"/></xs:sequence>`), 6, "nillable elements are not supported"},
		{"restriction of a complex type", wrap(`<xs:complexContent><xs:restriction base="t:EmptyType"/></xs:complexContent>`), 6, "a restriction of a complex type"},
		{"extension of a mixed type", "<xs:complexType name=\"M\" mixed=\"true\"/>" + wrap(`<xs:complexContent><xs:extension base="t:M"/></xs:complexContent>`), 6, "cannot be extended"},
		{"restriction of a mixed type", "<xs:complexType name=\"M\" mixed=\"true\"/>" + wrap(`<xs:complexContent><xs:restriction base="t:M"/></xs:complexContent>`), 6, "a restriction of a complex type"},
		{"type derived from itself", wrap(`<xs:complexContent><xs:extension base="t:AType"/></xs:complexContent>`), 6, "type t:AType is derived from itself"},
		{"simple content derived from itself", wrap(`<xs:simpleContent><xs:extension base="t:AType"/></xs:simpleContent>`), 6, "type t:AType is derived from itself"},
		{"two types derived from each other", wrap(`<xs:complexContent><xs:extension base="t:BType"/></xs:complexContent>`) + "\n" + `<xs:complexType name="BType"><xs:complexContent><xs:extension base="t:AType"/></xs:complexContent></xs:complexType>`, 6, "type t:AType is derived from itself"},
		{"required member of its own type", "\n" + wrap(`<xs:sequence><xs:element name="E" type="t:AType"/></xs:sequence>`), 6, "type t:AType requires itself"},
		{"required member through another type", wrap(`<xs:sequence><xs:element name="E" type="t:BType"/></xs:sequence>`) + `<xs:complexType name="BType"><xs:sequence><xs:element name="E" type="t:AType"/></xs:sequence></xs:complexType>`, 5, "type t:AType requires itself"},
		{"required member through a base", wrap(`<xs:sequence><xs:element name="E" type="t:BType"/></xs:sequence>`) + `<xs:complexType name="BType"><xs:complexContent><xs:extension base="t:AType"/></xs:complexContent></xs:complexType>`, 5, "type t:AType requires itself"},
		{"choice without members", wrap(`<xs:choice maxOccurs="unbounded"/>`), 6, "a choice without members"},
		{"choice without members that occur", wrap(`<xs:choice><xs:element name="E" minOccurs="0" maxOccurs="0"/></xs:choice>`), 6, "a choice without members"},
		{"choice without members in a choice", wrap("<xs:choice maxOccurs=\"unbounded\"><xs:element name=\"E\"/>\n<xs:choice/></xs:choice>"), 7, "a choice without members"},
		{"fixed global element", wrap(`<xs:sequence><xs:element ref="t:G"/></xs:sequence>`) + "\n<xs:element name=\"G\" type=\"xs:string\" fixed=\"x\"/>", 8, "attribute fixed of element is not supported"},
		{"fixed global attribute", wrap(`<xs:attribute ref="t:g"/>`) + "\n<xs:attribute name=\"g\" type=\"xs:string\" fixed=\"x\"/>", 8, "attribute fixed of attribute is not supported"},
		{"fixed global element without reference", "\n<xs:element name=\"G\" type=\"xs:string\" fixed=\"x\"/>", 6, "attribute fixed of element is not supported"},
		{"fixed global attribute without reference", "\n<xs:attribute name=\"g\" type=\"xs:string\" fixed=\"x\"/>", 6, "attribute fixed of attribute is not supported"},
		{"bad default of a global element without reference", "\n<xs:element name=\"G\" type=\"xs:integer\" default=\"1\"/>", 6, "a default of an element"},
		{"nonsense in an attribute group without reference", "<xs:attributeGroup name=\"G\">\n<xs:nonsense/></xs:attributeGroup>", 6, "nonsense in attributeGroup is not supported"},
		{"nonsense in a group without reference", "<xs:group name=\"G\"><xs:sequence>\n<xs:nonsense/></xs:sequence></xs:group>", 6, "nonsense in sequence is not supported"},
		{"group of itself without reference", "<xs:group name=\"G\"><xs:sequence>\n<xs:group ref=\"t:G\"/></xs:sequence></xs:group>", 6, "contains itself"},
		{"empty group without reference", "\n<xs:group name=\"G\"/>", 6, "exactly one content model"},
		{"element of an abstract type", "<xs:complexType name=\"B\" abstract=\"true\"/>" + wrap(`<xs:sequence><xs:element name="E" type="t:B"/></xs:sequence>`), 6, "an element of the abstract type t:B"},
		{"element of an abstract anonymous type", wrap(`<xs:sequence><xs:element name="E"><xs:complexType abstract="true"/></xs:element></xs:sequence>`), 6, "an element of the abstract type"},
		{"type named like a namespace constant", "\n<xs:complexType name=\"NSTType\"/>", 6, "the Go name NST is taken by"},
		{"type named like an operation", "<xs:complexType name=\"OpDoType\"/>", 11, "the Go name OpDo is taken by"},
		{"constant named like a namespace constant", "\n<xs:simpleType name=\"N\"><xs:restriction base=\"xs:string\"><xs:enumeration value=\"SU\"/></xs:restriction></xs:simpleType>", 6, "the Go name NSU is taken by"},
		{"base and member of one name", "<xs:complexType name=\"B\"><xs:attribute name=\"B\"/></xs:complexType>\n" + wrap(`<xs:complexContent><xs:extension base="t:B"/></xs:complexContent>`), 6, "B is a base and a member of a base"},
		{"attribute wildcards of base and extension", "<xs:complexType name=\"B\"><xs:anyAttribute namespace=\"urn:u\"/></xs:complexType>\n" + wrap(`<xs:complexContent><xs:extension base="t:B"><xs:anyAttribute namespace="urn:x"/></xs:extension></xs:complexContent>`), 6, "an attribute wildcard beside that of a base"},
		{"elements in an extension of simple content", "<xs:complexType name=\"B\"><xs:simpleContent><xs:extension base=\"xs:string\"/></xs:simpleContent></xs:complexType>\n" + wrap(`<xs:complexContent><xs:extension base="t:B"><xs:sequence><xs:element name="E"/></xs:sequence></xs:extension></xs:complexContent>`), 6, "has elements and simple content"},
		{"optional sequence of two required members", wrap(`<xs:sequence minOccurs="0"><xs:element name="E"/><xs:element name="F"/></xs:sequence>`), 6, "an optional sequence with several required members"},
		{"optional sequence of an element and a choice", wrap(`<xs:sequence minOccurs="0"><xs:element name="E"/><xs:choice><xs:element name="F"/><xs:element name="G"/></xs:choice></xs:sequence>`), 6, "an optional sequence with several required members"},
		{"repeated member of a bounded choice", wrap(`<xs:choice maxOccurs="3"><xs:element name="E"/><xs:element name="F" maxOccurs="2"/></xs:choice>`), 6, "a repeated member of a choice"},
		{"member that must be repeated in a choice", wrap(`<xs:choice maxOccurs="unbounded"><xs:element name="E" minOccurs="2" maxOccurs="2"/></xs:choice>`), 6, "a repeated member of a choice"},
		{"choice that must be repeated in a choice", wrap(`<xs:choice maxOccurs="unbounded"><xs:choice minOccurs="2" maxOccurs="2"><xs:element name="E"/></xs:choice></xs:choice>`), 6, "a repeated member of a choice"},
		{"default that is no boolean", wrap(`<xs:attribute name="a" type="xs:boolean" default="yes"/>`), 6, `default "yes": not a boolean`},
		{"default that is no integer", wrap(`<xs:attribute name="a" type="xs:integer" default="1.5"/>`), 6, `default "1.5": not an integer`},
		{"default that is negative", wrap(`<xs:attribute name="a" type="xs:nonNegativeInteger" default="-1"/>`), 6, "out of the range"},
		{"default that is not positive", wrap(`<xs:attribute name="a" type="xs:positiveInteger" default="0"/>`), 6, "out of the range"},
		{"bad default of a global attribute", "\n<xs:attribute name=\"g\" type=\"xs:boolean\" default=\"yes\"/>", 6, "not a boolean"},
		{"default of a required attribute", wrap(`<xs:attribute name="a" type="xs:string" use="required" default="x"/>`), 6, "a required attribute has no default"},
		{"simple type of itself", "\n<xs:simpleType name=\"S\"><xs:restriction base=\"t:S\"/></xs:simpleType>", 6, "type S is defined by itself"},
		{"group of itself", "<xs:group name=\"G\"><xs:sequence>\n<xs:group ref=\"t:G\"/></xs:sequence></xs:group>" + wrap(`<xs:group ref="t:G"/>`), 6, "contains itself"},
		{"attribute of type QName", wrap(`<xs:attribute name="a" type="xs:QName"/>`), 6, "xs:QName is not supported"},
		{"namespace not in the overlay", "<xs:import namespace=\"urn:v\" schemaLocation=\"v.xsd\"/>", 1, `namespace "urn:v" is not listed in the overlay`},
		{"import of another namespace", "\n<xs:import namespace=\"urn:w\" schemaLocation=\"v.xsd\"/>", 6, `declares namespace "urn:v", not "urn:w"`},
		{"import of an absent file", "\n<xs:import namespace=\"urn:w\" schemaLocation=\"w.xsd\"/>", 6, "w.xsd"},
		{"import of no schema", "<xs:import namespace=\"\" schemaLocation=\"no.xsd\"/>", 2, "html is not an XML schema"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := generateFiles(t, map[string]string{
				"service.wsdl": frameHead + c.schema + frameTail,
				"overlay.json": frameOverlay,
				"v.xsd":        `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:v"><xs:element name="E"/></xs:schema>`,
				"no.xsd":       "\n<html/>",
			})
			requireProblem(t, err, c.line, c.says)
		})
	}
}

func requireProblem(t *testing.T, err error, line int, says string) {
	t.Helper()
	require.ErrorContains(t, err, says)
	p, ok := err.(*problem)
	require.True(t, ok, "%v names no file and line", err)
	require.Equal(t, line, p.line, "%v", err)
	require.FileExists(t, p.file)
}

// Documents that are not even XML, or not a WSDL.
func TestMangledFile(t *testing.T) {
	t.Parallel()
	whole := frameHead + frameTail
	for _, c := range []struct {
		name string
		wsdl string
		line int
		says string
	}{
		{"empty", "", 1, "no root element"},
		{"truncated", whole[:len(frameHead)+10], 6, "unexpected EOF"},
		{"not UTF-8", strings.Replace(whole, "urn:x", "urn:\xff", 1), 2, "not UTF-8"},
		{"another encoding", "<?xml version=\"1.0\" encoding=\"US-ASCII\"?>\n" + whole, 1, "US-ASCII"},
		{"document type", "<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY e \"x\">]>\n" + whole, 2, "document type"},
		{"processing instruction", "\n\n<?php x ?>" + whole, 3, "processing instruction"},
		{"entity", strings.Replace(whole, "<types>", "\n<types>&e;", 1), 3, "entity"},
		{"second root", whole + "<a/>", strings.Count(whole, "\n") + 1, "second root"},
		{"nested too deep", strings.Replace(whole, "<types>", "\n"+strings.Repeat("<types>", 100), 1), 3, "nested deeper than 64"},
		{"no WSDL", "\n<schema/>", 2, "not a WSDL 1.1 document"},
		{"unknown section", strings.Replace(whole, "<types>", "\n<import/><types>", 1), 3, "import in definitions is not supported"},
		{"policy", strings.Replace(whole, "<types>", "\n<x:Policy/><types>", 1), 3, "Policy in definitions is not supported"},
		{"document style", strings.Replace(whole, `style="rpc"`, `style="document"`, 1), 10, "not rpc style"},
		{"encoded", strings.Replace(whole, `use="literal"`, `use="encoded"`, 1), 11, "not literal"},
		{"header", strings.Replace(whole, `<soap12:body use="literal"/>`, `<soap12:header use="literal"/>`, 1), 11, "header in input is not supported"},
		{"wrapper elsewhere", strings.Replace(whole, `use="literal"`, `use="literal" namespace="urn:u"`, 1), 11, "wrapper outside the target namespace"},
		{"part by element", strings.Replace(whole, `type="t:EmptyType"/></message>`, `element="t:E"/></message>`, 1), 8, "names a type"},
		{"part without type", strings.Replace(whole, `type="t:EmptyType"/></message>`, `type="t:Missing"/></message>`, 1), 8, "not declared"},
		{"two parts", strings.Replace(whole, `</message>`, `<part name="Q" type="t:EmptyType"/></message>`, 1), 8, "exactly one part"},
		{"no message", strings.Replace(whole, `message="t:M"`, `message="t:N"`, 1), 9, "message N is not declared"},
		{"no port type", strings.Replace(whole, `type="t:PT"`, `type="t:QT"`, 1), 10, "port type QT is not declared"},
		{"fault", strings.Replace(whole, `</operation></portType>`, `<fault/></operation></portType>`, 1), 9, "fault in operation is not supported"},
		{"SOAPAction", strings.Replace(whole, `soapAction=""`, `soapAction="urn:do"`, 1), 11, "requires a SOAPAction"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := generateFiles(t, map[string]string{"service.wsdl": c.wsdl, "overlay.json": frameOverlay})
			requireProblem(t, err, c.line, c.says)
		})
	}
}

func TestMangledOverlay(t *testing.T) {
	t.Parallel()
	with := func(more string) string { return strings.TrimSuffix(frameOverlay, "}") + ",\n" + more + "}" }
	for _, c := range []struct {
		name    string
		overlay string
		line    int
		says    string
	}{
		{"not JSON", "namespaces", 1, "not a JSON object"},
		{"truncated", frameOverlay[:60], 2, "unexpected EOF"},
		{"unknown list", with(`"renames": [{}]`), 6, `unknown key "renames"`},
		{"not a list", with(`"names": {}`), 6, "names is not a list"},
		{"unknown key", with(`"names": [` + "\n" + `{"at": "t:A", "nmae": "B"}]`), 7, `unknown field "nmae"`},
		{"name that is no Go name", with(`"names": [{"at": "t:A", "name": "b c"}]`), 6, "must be an exported Go name"},
		{"prefix not listed", with(`"elements": [{"in": "Empty", "element": "E", "wire": "q"}]`), 6, `prefix "q" is not listed`},
		{"entry without effect", with(`"elements": [` + "\n" + `{"in": "Empty", "element": "E", "wire": "u"}]`), 7, "matches nothing in the WSDL"},
		{"name without effect", with(`"names": [{"at": "t:Missing", "name": "B"}]`), 6, "matches nothing in the WSDL"},
		{"attributes without effect", with(`"attributes": [{"in": "Missing", "anyCase": true}]`), 6, "matches nothing in the WSDL"},
		{"raw type without effect", with(`"raw": [{"type": "t:Missing"}]`), 6, "matches nothing in the WSDL"},
		{"namespace without effect", strings.Replace(frameOverlay, `, "optional": true`, "", 1), 4, "matches nothing in the WSDL"},
		{"namespace listed twice", strings.Replace(frameOverlay, "urn:u", "urn:t", 1), 3, "is taken"},
		{"text behind", frameOverlay + "{}", 5, "text after the object"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := generateFiles(t, map[string]string{"service.wsdl": frameHead + frameTail, "overlay.json": c.overlay})
			requireProblem(t, err, c.line, c.says)
		})
	}
	t.Run("optional entry without effect", func(t *testing.T) {
		t.Parallel()
		_, err := generateFiles(t, map[string]string{
			"service.wsdl": frameHead + frameTail,
			"overlay.json": with(`"names": [{"at": "t:Missing", "name": "B", "optional": true}]`),
		})
		require.NoError(t, err)
	})
}

// An import must not lead out of the WSDL's directory, by whatever means.
func TestImportsStayInside(t *testing.T) {
	t.Parallel()
	outside := filepath.Join(t.TempDir(), "outside.xsd")
	const schema = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:x"><xs:element name="E"/></xs:schema>`
	require.NoError(t, os.WriteFile(outside, []byte(schema), 0o644))

	dir := filepath.Join(t.TempDir(), "wsdl")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "sub"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "inside.xsd"), []byte(schema), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "..", "beside.xsd"), []byte(schema), 0o644))
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "link.xsd")))
	require.NoError(t, os.Symlink(filepath.Dir(outside), filepath.Join(dir, "linked")))
	require.NoError(t, os.Symlink("inside.xsd", filepath.Join(dir, "alias.xsd")))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "overlay.json"), []byte(frameOverlay), 0o644))

	for name, c := range map[string]struct{ location, says string }{
		"inside":               {"inside.xsd", ""},
		"link that stays":      {"alias.xsd", ""},
		"through a directory":  {"./sub/../inside.xsd", "leads upwards"},
		"upwards":              {"../beside.xsd", "leads upwards"},
		"upwards, backslashes": {`..\beside.xsd`, "leads upwards"},
		"absolute":             {outside, "is absolute"},
		"https":                {"https://example.com/a.xsd", "nothing is fetched"},
		"file URL":             {"file://" + outside, "nothing is fetched"},
		"without scheme":       {"//example.com/a.xsd", "nothing is fetched"},
		"drive letter":         {`C:\a.xsd`, "nothing is fetched"},
		"link that leads out":  {"link.xsd", "path escapes"},
		"linked directory":     {"linked/outside.xsd", "path escapes"},
		"a directory":          {"sub", "is a directory"},
		"nothing":              {"", "directory"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".wsdl")
			text := frameHead + fmt.Sprintf("\n<xs:import namespace=\"urn:x\" schemaLocation=\"%s\"/>", c.location) + frameTail
			require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
			_, err := generate(file, filepath.Join(dir, "overlay.json"), "p")
			if c.says == "" {
				require.NoError(t, err)
				return
			}
			requireProblem(t, err, 6, c.says)
		})
	}
}

func TestImportCycleEnds(t *testing.T) {
	t.Parallel()
	schema := func(space, imports, file string) string {
		return fmt.Sprintf(`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace=%q><xs:import namespace=%q schemaLocation=%q/></xs:schema>`, space, imports, file)
	}
	_, err := generateFiles(t, map[string]string{
		"service.wsdl": frameHead + `<xs:import namespace="urn:a" schemaLocation="a.xsd"/>` + frameTail,
		"a.xsd":        schema("urn:a", "urn:b", "b.xsd"),
		"b.xsd":        schema("urn:b", "urn:a", "./a.xsd"),
		"overlay.json": frameOverlay,
	})
	require.NoError(t, err)
}

func TestFilesAreBounded(t *testing.T) {
	t.Parallel()
	_, err := generateFiles(t, map[string]string{
		"service.wsdl": frameHead + strings.Repeat(" ", maxFileSize) + frameTail, "overlay.json": frameOverlay,
	})
	requireProblem(t, err, 1, "larger than")

	files := map[string]string{"overlay.json": frameOverlay}
	var imports strings.Builder
	for i := range maxFiles + 1 {
		fmt.Fprintf(&imports, "<xs:import namespace=\"urn:x\" schemaLocation=\"%d.xsd\"/>\n", i)
		files[fmt.Sprintf("%d.xsd", i)] = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:x"/>`
	}
	files["service.wsdl"] = frameHead + imports.String() + frameTail
	_, err = generateFiles(t, files)
	requireProblem(t, err, 5+maxFiles-1, "more than 64 files")
}
