package rest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/transport/rest"
)

func decodeFault(t testing.TB, doc string) *etsi.Fault {
	t.Helper()
	var m etsi.SignatureResp
	f, err := rest.DecodeResponse([]byte(doc), etsi.OpSignature, &m)
	require.NoError(t, err)
	require.NotNil(t, f)
	require.Zero(t, m)
	return f
}

func TestFaultRoundTrip(t *testing.T) {
	t.Parallel()
	for name, f := range faults() {
		doc, err := rest.AppendFault(nil, f)
		require.NoError(t, err, name)
		require.Equal(t, f, decodeFault(t, string(doc)), name)
	}
}

// TestFaultShape is the shape in which the service writes faults (guide section
// 3.2.2.3).
func TestFaultShape(t *testing.T) {
	t.Parallel()
	doc, err := rest.AppendFault([]byte("> "), &etsi.Fault{
		Code: "Sender", Subcodes: []xmlwire.Name{mss("_105")}, Reason: "UNKNOWN_CLIENT", Lang: "en", Details: []string{"No such user"},
	})
	require.NoError(t, err)
	require.Equal(t, `> {"Fault":{"Code":{"Value":"Sender","ValueNs":"http://www.w3.org/2003/05/soap-envelope",`+
		`"SubCode":{"Value":"_105","ValueNs":"http://uri.etsi.org/TS102204/v1.1.2#"}},`+
		`"Reason":"UNKNOWN_CLIENT","Detail":"No such user"}}`, string(doc))
}

func TestMSSCode(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		subcode   string
		code, sub int
		ok        bool
	}{
		{`{"Value":"_105","ValueNs":"http://uri.etsi.org/TS102204/v1.1.2#"}`, 105, 0, true},
		{`{"Value":"401","ValueNs":"http://uri.etsi.org/TS102204/v1.1.2#"}`, 401, 0, true},
		{`{"Value":"mss:_105"}`, 105, 0, true},
		{`{"Value":"mss:105"}`, 105, 0, true},
		{`{"Value":" _104\n"}`, 104, 0, true},
		{`{"Value":"_780","SubCode":{"Value":"7801","SubCode":{"Value":"_1"}}}`, 780, 7801, true},
		{`{"Value":"x","SubCode":{"Value":"_208"}}`, 208, 0, true},
		{`{"Value":"_0105"}`, 0, 0, false},
		{`{"Value":"_105x"}`, 0, 0, false},
		{`{"Value":""}`, 0, 0, false},
		{`null`, 0, 0, false},
	} {
		f := decodeFault(t, `{"Fault":{"Code":{"SubCode":`+tc.subcode+`,"Value":"env:Sender"}}}`)
		require.Equal(t, "Sender", f.Code)
		code, sub, ok := f.MSSCode()
		require.Equal(t, tc.code, code, tc.subcode)
		require.Equal(t, tc.sub, sub, tc.subcode)
		require.Equal(t, tc.ok, ok, tc.subcode)
	}
	f := decodeFault(t, `{"Fault":{"Code":{"SubCode":{"ValueNs":"urn:own","Value":"own:_105"},"Value":"Sender"}}}`)
	require.Equal(t, []xmlwire.Name{{Space: "urn:own", Local: "_105"}}, f.Subcodes)
}

func TestFaultDetail(t *testing.T) {
	t.Parallel()
	for detail, want := range map[string][]string{
		`"Illegal msisdn"`:                 {"Illegal msisdn"},
		`" a\nb "`:                         {"a\nb"},
		`""`:                               nil,
		`null`:                             nil,
		`7`:                                nil,
		`["a",1,{"x":"y"},["z"],null,"b"]`: {"a", "b"},
		`{"detail":"a","other":{"x":"y"},"n":1,"b":""}`: {"a"},
		`[` + strings.Repeat(`"x",`, 30) + `"x"]`:       strings.Split(strings.Repeat("x", 16), ""),
	} {
		f := decodeFault(t, `{"Fault":{"Code":{"Value":"Sender"},"Reason":" R ","Detail":`+detail+`,"More":[1]}}`)
		require.Equal(t, want, f.Details, detail)
		require.Equal(t, "R", f.Reason)
		require.Empty(t, f.PortalURL)
	}
}

func TestFaultErrors(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]string{
		`{"Fault":"x"}`:                         "Fault: not an object",
		`{"Fault":{"Reason":"UNKNOWN_CLIENT"}}`: "Fault/Code: missing",
		`{"Fault":{"Code":{}}}`:                 "Fault/Code/Value: missing",
		`{"Fault":{"Code":"Sender"}}`:           "Fault/Code: not an object",
		`{"Fault":{"Code":{"Value":"Sender","SubCode":{"ValueNs":"x"}}}}`: "Fault/Code/SubCode/Value: missing",
		`{"Fault":{"Code":{"Value":"Sender","SubCode":{"Value":105}}}}`:   "Fault/Code/SubCode/Value: not a string",
		`{"Fault":{"Code":{"Value":"Sender"},"Reason":["x"]}}`:            "Fault/Reason: not a string",
		`{"Fault":{"Code":{"Value":"Sender"}},"MSS_SignatureResp":{}}`:    "a second member beside the message",
		`{"Fault":{"Code":{"Value":"Sender"}},"Extra":null}`:              "a second member beside the message",
		`{"fault":{"Code":{"Value":"Sender"}}}`:                           "neither MSS_SignatureResp nor Fault",
	} {
		_, err := rest.DecodeResponse([]byte(doc), etsi.OpSignature, new(etsi.SignatureResp))
		requireError(t, want, err)
	}
}

// TestAppendFaultRefuses is about what SOAP faults have more.
func TestAppendFaultRefuses(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]*etsi.Fault{
		"Fault/Code/Value: not a code":                    {},
		"Fault/Code/SubCode/Value: not a code":            {Code: "Sender", Subcodes: []xmlwire.Name{mss("mss:_105")}},
		"Fault/Code/SubCode/SubCode/Value: not a code":    {Code: "Sender", Subcodes: []xmlwire.Name{mss("_1"), mss("_2 ")}},
		"Fault/Reason: text that is not UTF-8":            {Code: "Sender", Reason: "\xFF"},
		"Fault/Details[1]: the JSON form cannot carry it": {Code: "Sender", Details: []string{"a", "b"}},
		"Fault/Lang: the JSON form cannot carry it":       {Code: "Sender", Lang: "de"},
		"Fault/Node: the JSON form cannot carry it":       {Code: "Sender", Node: "http://mssp.example.test/"},
		"Fault/Role: the JSON form cannot carry it":       {Code: "Sender", Role: "urn:r"},
		"Fault/PortalURL: the JSON form cannot carry it":  {Code: "Sender", PortalURL: "http://portal.example.test/"},
	} {
		out, err := rest.AppendFault([]byte("before"), f)
		require.EqualError(t, err, "json: "+want)
		require.ErrorAs(t, err, new(*rest.Error))
		require.Nil(t, out)
	}
	deep := &etsi.Fault{Code: "Sender"}
	for range 40 {
		deep.Subcodes = append(deep.Subcodes, mss("_1"))
	}
	_, err := rest.AppendFault(nil, deep)
	require.ErrorContains(t, err, "nested deeper than 32 levels")
	deep.Subcodes = deep.Subcodes[:29] // the root, Fault and Code are the first three levels
	doc, err := rest.AppendFault(nil, deep)
	require.NoError(t, err)
	require.Equal(t, deep, decodeFault(t, string(doc)))
}
