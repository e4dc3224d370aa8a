package soap_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/transport/soap"
)

func decodeFault(t testing.TB, doc string) *etsi.Fault {
	t.Helper()
	f, err := soap.DecodeResponse([]byte(doc), etsi.OpSignature, new(etsi.SignatureResp))
	require.NoError(t, err)
	require.NotNil(t, f)
	return f
}

func mss(local string) xmlwire.Name { return xmlwire.Name{Space: etsi.NSMSS, Local: local} }

func TestFaultRoundTrip(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]*etsi.Fault{
		"least": {Code: "Receiver", Lang: "en"},
		"usual": {
			Code: "Sender", Subcodes: []xmlwire.Name{mss("_105")}, Reason: "UNKNOWN_CLIENT", Lang: "en",
			Details: []string{"Unknown <user> & co"}, PortalURL: "http://portal.example.test/?a=1&b=2",
		},
		"everything": {
			Code: "Receiver", Subcodes: []xmlwire.Name{mss("_780"), {Space: etsi.NSFi, Local: "_7801"}, {Local: "x"}}, Reason: "ÜBERLAST", Lang: "de",
			Node: "http://mssp.example.test/", Role: "http://uri.etsi.org/TS102207/v1.1.3#role_HomeMSSP",
			Details: []string{"Fault received from URL: a\nAt node: b", "second"},
		},
		"portal only": {Code: "Sender", Lang: "en", PortalURL: "http://portal.example.test/"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, err := soap.AppendFault(nil, f)
			require.NoError(t, err)
			require.Equal(t, f, decodeFault(t, string(doc)))
			hasDetail := len(f.Details) > 0 || f.PortalURL != ""
			require.Equal(t, hasDetail, strings.Contains(string(doc), "soapenv:Detail"))
		})
	}
}

// TestFaultShape is the shape in which the real service writes faults.
func TestFaultShape(t *testing.T) {
	t.Parallel()
	doc, err := soap.AppendFault(nil, &etsi.Fault{
		Code: "Sender", Subcodes: []xmlwire.Name{mss("_105")}, Reason: "UNKNOWN_CLIENT",
		Details: []string{"No such user"}, PortalURL: "http://portal.example.test/",
	})
	require.NoError(t, err)
	require.Equal(t, `{http://www.w3.org/2003/05/soap-envelope}Envelope
  {http://www.w3.org/2003/05/soap-envelope}Body
    {http://www.w3.org/2003/05/soap-envelope}Fault
      {http://www.w3.org/2003/05/soap-envelope}Code
        {http://www.w3.org/2003/05/soap-envelope}Value
          "soapenv:Sender"
        {http://www.w3.org/2003/05/soap-envelope}Subcode
          {http://www.w3.org/2003/05/soap-envelope}Value
            "mss:_105"
      {http://www.w3.org/2003/05/soap-envelope}Reason
        {http://www.w3.org/2003/05/soap-envelope}Text {http://www.w3.org/XML/1998/namespace}lang="en"
          "UNKNOWN_CLIENT"
      {http://www.w3.org/2003/05/soap-envelope}Detail
        {http://kiuru.methics.fi/mssp}detail
          "No such user"
        {http://www.swisscom.ch/TS102204/ext/v1.0.0}UserAssistance
          {http://www.swisscom.ch/TS102204/ext/v1.0.0}PortalUrl
            "http://portal.example.test/"
`, canonical(t, doc))
	require.Contains(t, string(doc), `xmlns:soapenv="`+etsi.NSSoapenv+`"`)
	require.Contains(t, string(doc), `xmlns:mss="`+etsi.NSMSS+`"`)
}

func TestAppendFaultRefuses(t *testing.T) {
	t.Parallel()
	for _, f := range []*etsi.Fault{
		{}, {Code: "not a name"}, {Code: "Sender", Subcodes: []xmlwire.Name{mss("105")}},
		{Code: "Sender", Reason: "\x00"}, {Code: "Sender", Details: []string{"\xFF"}},
	} {
		_, err := soap.AppendFault(nil, f)
		require.ErrorAs(t, err, new(*xmlwire.Error))
	}
}

// codes is a fault with the given text as Code/Value and the subcodes nested.
func codes(value string, subcodes ...string) string {
	var b, tail strings.Builder
	b.WriteString(`<S:Fault><S:Code><S:Value>` + value + `</S:Value>`)
	for _, s := range subcodes {
		b.WriteString(`<S:Subcode><S:Value xmlns:own="urn:own">` + s + `</S:Value>`)
		tail.WriteString(`</S:Subcode>`)
	}
	b.WriteString(tail.String() + `</S:Code><S:Reason><S:Text xml:lang="en">R</S:Text></S:Reason></S:Fault>`)
	return body(b.String())
}

func TestMSSCode(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name      string
		subcodes  []string
		code, sub int
		ok        bool
	}{
		{"usual", []string{"m:_105"}, 105, 0, true},
		{"without underscore", []string{"m:105"}, 105, 0, true},
		{"without prefix", []string{"_105"}, 105, 0, true},
		{"digits only", []string{"105"}, 105, 0, true},
		{"prefix declared on the value", []string{"own:_105"}, 105, 0, true},
		{"undeclared prefix", []string{"mss:_105"}, 105, 0, true},
		{"undeclared prefix without underscore", []string{"mss:105"}, 105, 0, true},
		{"white space", []string{"\n   m:_105\t"}, 105, 0, true},
		{"white space round digits", []string{"\n 105 "}, 105, 0, true},
		{"nested", []string{"m:_780", "m:_7801"}, 780, 7801, true},
		{"nested without underscore", []string{"m:_780", "7801"}, 780, 7801, true},
		{"nested in something else", []string{"own:Failed", "m:_104", "own:Also", "_9"}, 104, 9, true},
		{"no subcode", nil, 0, 0, false},
		{"no number", []string{"m:Failed"}, 0, 0, false},
		{"empty", []string{""}, 0, 0, false},
		{"underscore", []string{"_"}, 0, 0, false},
		{"zero", []string{"m:_0"}, 0, 0, false},
		{"leading zero", []string{"m:_0105"}, 0, 0, false},
		{"sign", []string{"+105"}, 0, 0, false},
		{"two underscores", []string{"m:__105"}, 0, 0, false},
		{"six digits", []string{"m:_100000"}, 0, 0, false},
		{"five digits", []string{"m:_99999"}, 99999, 0, true},
		{"other digits", []string{"_١٠٥"}, 0, 0, false},
		{"digits and more", []string{"_105a"}, 0, 0, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := decodeFault(t, codes("S:Sender", tc.subcodes...))
			require.Len(t, f.Subcodes, len(tc.subcodes))
			code, sub, ok := f.MSSCode()
			require.Equal(t, tc.ok, ok)
			require.Equal(t, tc.code, code)
			require.Equal(t, tc.sub, sub)
		})
	}
}

func TestFaultNamesAreResolved(t *testing.T) {
	t.Parallel()
	f := decodeFault(t, codes(" S:Receiver\n", "m:_780", "own:_1", "nowhere:_2"))
	require.Equal(t, "Receiver", f.Code)
	require.Equal(t, []xmlwire.Name{mss("_780"), {Space: "urn:own", Local: "_1"}, {Local: "_2"}}, f.Subcodes)
}

func TestFaultLeniency(t *testing.T) {
	t.Parallel()
	const code = `<S:Code><S:Value>S:Sender</S:Value></S:Code>`
	const reason = `<S:Reason><S:Text xml:lang="en">R</S:Text></S:Reason>`
	detail := func(s string) string { return code + reason + `<S:Detail>` + s + `</S:Detail>` }
	const k, s = ` xmlns="http://kiuru.methics.fi/mssp"`, ` xmlns="http://www.swisscom.ch/TS102204/ext/v1.0.0"`
	for _, tc := range []struct {
		name, in string
		want     etsi.Fault
	}{
		{"Detail missing", code + reason, etsi.Fault{Reason: "R", Lang: "en"}},
		{"Reason missing", code, etsi.Fault{}},
		{"Reason empty", code + `<S:Reason/>`, etsi.Fault{}},
		{"language missing", code + `<S:Reason><S:Text> R </S:Text></S:Reason>`, etsi.Fault{Reason: "R"}},
		{"English preferred", code + `<S:Reason><S:Text xml:lang="de">D</S:Text><S:Text xml:lang="EN-us">E</S:Text><S:Text xml:lang="en">F</S:Text></S:Reason>`, etsi.Fault{Reason: "E", Lang: "EN-us"}},
		{"first of others", code + `<S:Reason><S:Text xml:lang="de">D</S:Text><S:Text xml:lang="fr">F</S:Text></S:Reason>`, etsi.Fault{Reason: "D", Lang: "de"}},
		{"any order", `<S:Role> r </S:Role>` + reason + code + `<S:Node>n</S:Node>`, etsi.Fault{Reason: "R", Lang: "en", Node: "n", Role: "r"}},
		{"Detail empty", detail(``), etsi.Fault{Reason: "R", Lang: "en"}},
		{"text in Detail", detail(` t `), etsi.Fault{Reason: "R", Lang: "en", Details: []string{"t"}}},
		{"several details", detail(`<detail` + k + `>a` + "\n" + `b</detail> <detail` + k + `/><detail` + k + `> c </detail>`), etsi.Fault{Reason: "R", Lang: "en", Details: []string{"a\nb", "c"}}},
		{"detail with children", detail(`<detail` + k + `>a<x>y</x>b</detail>`), etsi.Fault{Reason: "R", Lang: "en", Details: []string{"ab"}}},
		{"unknown in Detail", detail(`<detail>no</detail><m:x>no<y/></m:x>`), etsi.Fault{Reason: "R", Lang: "en"}},
		{"address with line breaks", detail(`<UserAssistance` + s + `> no <x>no</x><PortalUrl>` + "\n  http://p.example.test/\n  ?a=b<x/>\n" + `</PortalUrl><PortalUrl>no</PortalUrl></UserAssistance>`), etsi.Fault{Reason: "R", Lang: "en", PortalURL: "http://p.example.test/?a=b"}},
		{"address elsewhere", detail(`<PortalUrl` + s + `>no</PortalUrl>`), etsi.Fault{Reason: "R", Lang: "en"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			tc.want.Code = "Sender"
			require.Equal(t, tc.want, *decodeFault(t, body(`<S:Fault>`+tc.in+`</S:Fault>`)))
		})
	}
}

func TestFaultDetailsAreBounded(t *testing.T) {
	t.Parallel()
	const one = `<detail xmlns="http://kiuru.methics.fi/mssp">x</detail>`
	f := decodeFault(t, body(`<S:Fault><S:Code><S:Value>S:Sender</S:Value></S:Code><S:Detail>`+strings.Repeat(one, 1000)+`</S:Detail></S:Fault>`))
	require.Len(t, f.Details, 16)
}

func TestFaultRefuses(t *testing.T) {
	t.Parallel()
	const code = `<S:Code><S:Value>S:Sender</S:Value></S:Code>`
	for _, tc := range []struct{ name, in, path, reason string }{
		{"empty", ``, "Fault", "without Code"},
		{"Reason alone", `<S:Reason/>`, "Fault", "without Code"},
		{"Code twice", code + code, "Fault/Code", "occurs twice"},
		{"Reason twice", code + `<S:Reason/><S:Reason/>`, "Fault/Reason", "occurs twice"},
		{"Detail twice", code + `<S:Detail/><S:Detail/>`, "Fault/Detail", "occurs twice"},
		{"Code in no namespace", `<Code/>`, "Fault/Code", "wrong namespace"},
		{"SOAP 1.1", `<faultcode>x</faultcode>`, "Fault/faultcode", "not an element of a fault"},
		{"no Value", `<S:Code/>`, "Fault/Code", "no Value"},
		{"Subcode first", `<S:Code><S:Subcode/></S:Code>`, "Fault/Code/Subcode", "where Value must stand"},
		{"Value in no namespace", `<S:Code><Value/></S:Code>`, "Fault/Code/Value", "where Value must stand"},
		{"two Values", `<S:Code><S:Value>a</S:Value><S:Value>b</S:Value></S:Code>`, "Fault/Code/Value", "does not belong"},
		{"two Subcodes", `<S:Code><S:Value>a</S:Value><S:Subcode><S:Value>_101</S:Value></S:Subcode><S:Subcode><S:Value>_102</S:Value></S:Subcode></S:Code>`, "Fault/Code/Subcode", "does not belong"},
		{"Subcode without Value", `<S:Code><S:Value>a</S:Value><S:Subcode/></S:Code>`, "Fault/Code/Subcode", "no Value"},
		{"element in Value", `<S:Code><S:Value>a<b/></S:Value></S:Code>`, "Fault/Code/Value/b", "only text"},
		{"other element in Reason", code + `<S:Reason><Text/></S:Reason>`, "Fault/Reason/Text", "where Text must stand"},
		{"element in Reason's text", code + `<S:Reason><S:Text><b/></S:Text></S:Reason>`, "Fault/Reason/Text/b", "only text"},
		{"element in Node", code + `<S:Node><b/></S:Node>`, "Fault/Node/b", "only text"},
		{"text in Fault", code + `x`, "Fault", "only elements"},
		{"bottomless", `<S:Code>` + strings.Repeat(`<S:Value>a</S:Value><S:Subcode>`, 100), strings.Repeat("/Subcode", 28), "nested deeper"},
		{"syntax in Detail's text", code + `<S:Detail>&x;</S:Detail>`, "Fault/Detail", "entity"},
		{"syntax in a detail", code + `<S:Detail><detail xmlns="http://kiuru.methics.fi/mssp">&x;</detail></S:Detail>`, "Fault/Detail/detail", "entity"},
		{"syntax in UserAssistance", code + `<S:Detail><UserAssistance xmlns="http://www.swisscom.ch/TS102204/ext/v1.0.0">&x;</UserAssistance></S:Detail>`, "Fault/Detail/UserAssistance", "entity"},
		{"syntax in Detail", code + `<S:Detail><a></b></S:Detail>`, "Fault/Detail/a", "does not match"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f, err := soap.DecodeResponse([]byte(body(`<S:Fault>`+tc.in+`</S:Fault>`)), etsi.OpSignature, new(etsi.SignatureResp))
			require.ErrorAs(t, err, new(*xmlwire.Error))
			require.Nil(t, f)
			require.Contains(t, err.(*xmlwire.Error).Reason, tc.reason)
			require.True(t, strings.HasSuffix(err.(*xmlwire.Error).Path, tc.path), err.(*xmlwire.Error).Path)
		})
	}
}
