package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"html"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// hostileTexts try to end the comment they are written into.
var hostileTexts = []string{
	"two\nlines",
	"two\r\nlines\rand a third",
	"\n\nfunc init() { panic(1) }",
	"a */ func init() {} /* b",
	"line\u2028separator\u2029func init() {}",
	"next\u0085line\vvertical\ffeed",
	"\x00null and \x1b[31mred",
	"turned \u202eround\u2066 and \ufeff hidden\u200b",
	"\n//go:embed secret\n//go:generate rm -rf /\n//line x.go:1",
	"`+exec()+`",
	"\xff\xfe",
	strings.Repeat("word ", 500),
	strings.Repeat("x", 500),
}

func TestCommentsCannotBecomeCode(t *testing.T) {
	t.Parallel()
	for _, text := range hostileTexts {
		requireComment(t, text)
	}
}

func FuzzComment(f *testing.F) {
	require.NotEmpty(f, hostileTexts)
	for _, text := range hostileTexts {
		f.Add(text)
	}
	f.Fuzz(requireComment)
}

func requireComment(t *testing.T, text string) {
	for _, line := range comment(text) {
		require.True(t, strings.HasPrefix(line, "// "), "%q", line)
		require.True(t, utf8.ValidString(line))
		for _, r := range line {
			require.True(t, unicode.IsPrint(r), "%q", line)
		}
	}
	source := "package p\n" + strings.Join(comment(text), "\n") + "\nvar last = 1 // " + oneLine(text) + "\n"
	file, err := parser.ParseFile(token.NewFileSet(), "p.go", source, parser.ParseComments)
	require.NoError(t, err)
	require.Len(t, file.Decls, 1)
	for _, group := range file.Comments {
		for _, c := range group.List {
			require.False(t, strings.HasPrefix(c.Text, "//go:") || strings.HasPrefix(c.Text, "//line"), c.Text)
		}
	}
}

// Text of a WSDL ends up in comments and quoted strings, in no other place.
func TestHostileWSDLYieldsNoCode(t *testing.T) {
	t.Parallel()
	plain := declarationsOf(t, "harmless")
	for _, text := range hostileTexts {
		if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\x1b\v\f") {
			continue // no XML
		}
		require.Equal(t, plain, declarationsOf(t, text), "%q", text)
	}
}

// declarationsOf generates code from a schema with text everywhere a text can
// stand, and lists the declarations in it.
func declarationsOf(t *testing.T, text string) []string {
	t.Helper()
	x := strings.NewReplacer("\n", "&#10;", "\r", "&#13;").Replace(html.EscapeString(text))
	files, err := generateSchema(t, `
<xs:annotation><xs:documentation>`+x+`</xs:documentation></xs:annotation>
<xs:complexType name="AType"><xs:annotation><xs:documentation>`+x+`</xs:documentation></xs:annotation>
<xs:sequence><xs:element name="E" type="xs:string" default="`+x+`"><xs:annotation><xs:documentation>`+x+`</xs:documentation></xs:annotation></xs:element>
<xs:any namespace="`+x+`" minOccurs="0"/></xs:sequence>
<xs:attribute name="a" type="xs:string" default="`+x+`"/>
<xs:attribute name="b"><xs:simpleType><xs:restriction base="xs:string"><xs:pattern value="`+x+`"/></xs:restriction></xs:simpleType></xs:attribute>
</xs:complexType>`)
	require.NoError(t, err)
	var list []string
	for _, name := range sortedKeys(files) {
		file, err := parser.ParseFile(token.NewFileSet(), name, files[name], 0)
		require.NoError(t, err)
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				list = append(list, name+" func "+d.Name.Name)
			case *ast.GenDecl:
				list = append(list, name+" "+d.Tok.String())
			}
		}
	}
	require.NotEmpty(t, list)
	return list
}

func TestExportedNames(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"AP_Info": "APInfo", "AP_TransID": "APTransID", "MSS_Signature": "Signature", "mssURI": "MssURI", "MSSP_ID": "MSSPID",
		"type": "Type", "a-b.c": "ABC", "9x": "X9x", "_": "X", "": "X", "ä": "X", "x\ny": "XY",
	} {
		require.Equal(t, want, exported(in, false), in)
		require.True(t, isExportedIdentifier(exported(in, false)))
	}
	require.Equal(t, "SignatureReq", exported("MSS_SignatureReqType", true))
	require.Equal(t, "MssURI", exported("mssURIType", true))
	require.Equal(t, "Type", exported("Type", true))
}

func TestScopeNumbersWhatIsTaken(t *testing.T) {
	t.Parallel()
	s := newScope("A")
	require.Equal(t, "B", s.take("A", "B"))
	require.Equal(t, "B2", s.take("A", "B"))
	require.Equal(t, "DecodeXML2", s.take("DecodeXML"))
}
