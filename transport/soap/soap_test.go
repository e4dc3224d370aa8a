package soap_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/transport/soap"
)

// styles are the forms of wrapper and accessor that must be read.
var styles = []soap.Style{
	soap.WSDLForm, soap.GuideForm, {Wrapper: etsi.NSTNS, Qualified: true}, {},
}

var instant = xmlwire.DateTime{Time: time.Date(2026, 2, 26, 9, 40, 16, 257e6, time.UTC)}

func abstract() etsi.MessageAbstract {
	return etsi.MessageAbstract{
		APInfo:       etsi.APInfo{APID: "mid://ap.example.test", APPWD: "not-needed", APTransID: "T1", Instant: instant},
		MSSPInfo:     etsi.MSSPInfo{MSSPID: etsi.MeshMember{URI: new("http://mssp.example.test/")}},
		MajorVersion: "1", MinorVersion: "1",
	}
}

func signatureReq() *etsi.SignatureReq {
	return &etsi.SignatureReq{
		MessageAbstract:  abstract(),
		MobileUser:       etsi.MobileUser{MSISDN: new("+41790000001")},
		DataToBeSigned:   etsi.Data{Value: "Acme: <login> & \"é\"?\r\n\t(A1)", MimeType: new("text/plain"), Encoding: new("UTF-8")},
		SignatureProfile: &etsi.MssURI{MssURI: "http://mssp.example.test/profile"},
		AdditionalServices: &etsi.AdditionalServices{Service: []etsi.AdditionalService{
			{
				Description: etsi.MssURI{MssURI: "http://mss.ficom.fi/TS102204/v1.0.0#userLang"},
				Items:       []etsi.AdditionalServiceItem{{UserLang: &etsi.FiUserLang{Value: "en"}}},
			},
			{Description: etsi.MssURI{MssURI: "http://mid.swisscom.ch/as#geofencing"}},
		}},
		TimeOut:       new(xmlwire.Integer("80")),
		MessagingMode: etsi.MessagingModeAsynchClientServer,
	}
}

// signatureResp is a synchronous answer with a signature of n octets and a location.
func signatureResp(n int) *etsi.SignatureResp {
	m := abstract()
	m.MSSPInfo.Instant = &instant
	return &etsi.SignatureResp{
		MessageAbstract:  m,
		MSSPTransID:      "h1",
		MobileUser:       etsi.MobileUser{MSISDN: new("+41790000001")},
		Signature:        &etsi.Signature{Base64Signature: bytes.Repeat([]byte{0x30, 0x82, 7}, n/3)},
		SignatureProfile: &etsi.MssURI{MssURI: "http://mssp.example.test/profile"},
		Status: etsi.Status{
			StatusCode: etsi.StatusCode{Value: "500"}, StatusMessage: new("SIGNATURE"),
			StatusDetail: &etsi.StatusDetail{Items: []etsi.StatusDetailItem{{
				ServiceResponses: &etsi.FiServiceResponses{ServiceResponse: []etsi.FiServiceResponse{{
					Description: etsi.MssURI{MssURI: "http://mid.swisscom.ch/as#geofencing"},
					Items: []etsi.FiServiceResponseItem{{GeoFencing: &etsi.AsGeoFencing{
						Country: new("CH"), Accuracy: new("10"), Timestamp: new("2026-02-26T09:40:10.000+01:00"),
						Deviceconfidence: new("1.0"), Locationconfidence: new("0.9"),
					}}},
				}}},
			}}},
		},
	}
}

func receiptReq() *etsi.ReceiptReq {
	return &etsi.ReceiptReq{
		MessageAbstract: abstract(), MSSPTransID: "h1", MobileUser: etsi.MobileUser{MSISDN: new("41790000001")},
		Status: &etsi.Status{StatusCode: etsi.StatusCode{Value: "100"}, StatusDetail: &etsi.StatusDetail{
			Items: []etsi.StatusDetailItem{{ReceiptRequestExtension: &etsi.ScoReceiptRequestExtension{
				ReceiptMessagingMode: "synch", UserAck: new(true),
				ReceiptProfile: &etsi.ScoReceiptProfile{Language: new("EN"), ReceiptProfileURI: new("http://mss.swisscom.ch/synch")},
			}}},
		}},
		Message: &etsi.Data{Value: "Acme: done", MimeType: new("text/plain"), Encoding: new("UTF-8")},
	}
}

func profileReq() *etsi.ProfileReq {
	m := &etsi.ProfileReq{
		MessageAbstract: abstract(), MobileUser: etsi.MobileUser{MSISDN: new("41790000001")},
		Items: []etsi.ProfileReqItem{{Params: []string{"sscds", "state", "certs"}}},
	}
	m.MajorVersion, m.MinorVersion = "2", "0"
	return m
}

var requests = []struct {
	op *etsi.Operation
	m  etsi.Message
}{
	{etsi.OpSignature, signatureReq()},
	{etsi.OpStatusQuery, &etsi.StatusReq{MessageAbstract: abstract(), MSSPTransID: "h1"}},
	{etsi.OpReceipt, receiptReq()},
	{etsi.OpProfileQuery, profileReq()},
}

var responses = []struct {
	op *etsi.Operation
	m  etsi.Message
}{
	{etsi.OpSignature, signatureResp(300)},
	{etsi.OpStatusQuery, &etsi.StatusResp{
		MessageAbstract: abstract(), MobileUser: etsi.MobileUser{MSISDN: new("41790000001")},
		Status: etsi.Status{StatusCode: etsi.StatusCode{Value: "504"}, StatusMessage: new("OUTSTANDING_TRANSACTION")},
	}},
	{etsi.OpReceipt, &etsi.ReceiptResp{MessageAbstract: abstract(), Status: etsi.Status{
		StatusCode: etsi.StatusCode{Value: "100"}, StatusDetail: &etsi.StatusDetail{Items: []etsi.StatusDetailItem{
			{ReceiptResponseExtension: &etsi.ScoReceiptResponseExtension{UserAck: new(true), UserResponse: new(`{"status":"OK"}`)}},
		}},
	}}},
	{etsi.OpProfileQuery, &etsi.ProfileResp{
		MessageAbstract: abstract(), SignatureProfile: []etsi.MssURI{{MssURI: "http://mssp.example.test/a"}, {MssURI: "http://mssp.example.test/b"}},
		Status: etsi.Status{StatusCode: etsi.StatusCode{Value: "100"}},
	}},
}

func TestRequestRoundTrip(t *testing.T) {
	t.Parallel()
	for _, r := range requests {
		for _, s := range styles {
			t.Run(fmt.Sprintf("%s %v", r.op.Name, s), func(t *testing.T) {
				t.Parallel()
				doc, err := soap.AppendRequest(nil, r.op, s, r.m)
				require.NoError(t, err)
				op, style, m, err := soap.DecodeRequest(doc)
				require.NoError(t, err)
				require.Same(t, r.op, op)
				require.Equal(t, s, style)
				require.Equal(t, r.m, m)
			})
		}
	}
}

func TestResponseRoundTrip(t *testing.T) {
	t.Parallel()
	for _, r := range responses {
		for _, s := range styles {
			t.Run(fmt.Sprintf("%s %v", r.op.Name, s), func(t *testing.T) {
				t.Parallel()
				doc, err := soap.AppendResponse(nil, r.op, s, r.m)
				require.NoError(t, err)
				m := r.op.NewResponse()
				fault, err := soap.DecodeResponse(doc, r.op, m)
				require.NoError(t, err)
				require.Nil(t, fault)
				require.Equal(t, r.m, m)
			})
		}
	}
}

// canonical writes a document so that documents with the same expanded names,
// attributes and texts are equal, whatever their prefixes. It reads with
// encoding/xml, to be independent of the code under test.
func canonical(t testing.TB, doc []byte) string {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(doc))
	var b strings.Builder
	indent := ""
	for {
		token, err := d.Token()
		if err == io.EOF {
			return b.String()
		}
		require.NoError(t, err)
		switch tok := token.(type) {
		case xml.StartElement:
			fmt.Fprintf(&b, "%s{%s}%s", indent, tok.Name.Space, tok.Name.Local)
			var attrs []string
			for _, a := range tok.Attr {
				if a.Name.Space != "xmlns" && a.Name != (xml.Name{Local: "xmlns"}) {
					attrs = append(attrs, fmt.Sprintf(" {%s}%s=%q", a.Name.Space, a.Name.Local, a.Value))
				}
			}
			slices.Sort(attrs)
			b.WriteString(strings.Join(attrs, "") + "\n")
			indent += "  "
		case xml.EndElement:
			indent = indent[2:]
		case xml.CharData:
			if text := strings.TrimSpace(string(tok)); text != "" {
				fmt.Fprintf(&b, "%s%q\n", indent, string(tok))
			}
		}
	}
}

const signatureReqGolden = `{http://uri.etsi.org/TS102204/v1.1.2#}AP_Info {}AP_ID="mid://ap.example.test" {}AP_PWD="not-needed" {}AP_TransID="T1" {}Instant="2026-02-26T09:40:16.257Z"
{http://uri.etsi.org/TS102204/v1.1.2#}MSSP_Info
  {http://uri.etsi.org/TS102204/v1.1.2#}MSSP_ID
    {http://uri.etsi.org/TS102204/v1.1.2#}URI
      "http://mssp.example.test/"
{http://uri.etsi.org/TS102204/v1.1.2#}MobileUser
  {http://uri.etsi.org/TS102204/v1.1.2#}MSISDN
    "+41790000001"
{http://uri.etsi.org/TS102204/v1.1.2#}DataToBeSigned {}Encoding="UTF-8" {}MimeType="text/plain"
  "Acme: <login> & \"é\"?\r\n\t(A1)"
{http://uri.etsi.org/TS102204/v1.1.2#}SignatureProfile
  {http://uri.etsi.org/TS102204/v1.1.2#}mssURI
    "http://mssp.example.test/profile"
{http://uri.etsi.org/TS102204/v1.1.2#}AdditionalServices
  {http://uri.etsi.org/TS102204/v1.1.2#}Service
    {http://uri.etsi.org/TS102204/v1.1.2#}Description
      {http://uri.etsi.org/TS102204/v1.1.2#}mssURI
        "http://mss.ficom.fi/TS102204/v1.0.0#userLang"
    {http://mss.ficom.fi/TS102204/v1.0.0#}UserLang
      "en"
  {http://uri.etsi.org/TS102204/v1.1.2#}Service
    {http://uri.etsi.org/TS102204/v1.1.2#}Description
      {http://uri.etsi.org/TS102204/v1.1.2#}mssURI
        "http://mid.swisscom.ch/as#geofencing"
`

// TestNamespacesAfterReparsing compares what another reader sees, since the
// easiest mistake is an accessor that silently lands in the wrapper's namespace.
func TestNamespacesAfterReparsing(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		style             soap.Style
		wrapper, accessor string
	}{
		{soap.WSDLForm, "http://uri.etsi.org/TS102204/etsi204-kiuru.wsdl", ""},
		{soap.GuideForm, "", "http://uri.etsi.org/TS102204/v1.1.2#"},
	} {
		doc, err := soap.AppendRequest(nil, etsi.OpSignature, tc.style, signatureReq())
		require.NoError(t, err)
		want := "{http://www.w3.org/2003/05/soap-envelope}Envelope\n" +
			"  {http://www.w3.org/2003/05/soap-envelope}Body\n" +
			"    {" + tc.wrapper + "}MSS_Signature\n" +
			"      {" + tc.accessor + `}MSS_SignatureReq {}MajorVersion="1" {}MessagingMode="asynchClientServer" {}MinorVersion="1" {}TimeOut="80"` + "\n"
		for line := range strings.Lines(signatureReqGolden) {
			want += "        " + line
		}
		require.Equal(t, want, canonical(t, doc))
	}
}

func TestAppendErrors(t *testing.T) {
	t.Parallel()
	m := signatureReq()
	m.DataToBeSigned.Value = "bell\x07"
	out, err := soap.AppendRequest([]byte("before"), etsi.OpSignature, soap.WSDLForm, m)
	require.EqualError(t, err, "xml: MSS_SignatureReq/DataToBeSigned: text with a character that XML cannot carry")
	require.ErrorAs(t, err, new(*xmlwire.Error))
	require.Nil(t, out)

	_, err = soap.AppendResponse(nil, etsi.OpSignature, soap.Style{Wrapper: "urn:other"}, signatureResp(3))
	require.Error(t, err)
}

func TestAppendAppends(t *testing.T) {
	t.Parallel()
	alone, err := soap.AppendRequest(nil, etsi.OpSignature, soap.WSDLForm, signatureReq())
	require.NoError(t, err)
	require.True(t, bytes.HasPrefix(alone, []byte(`<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope `)))
	after, err := soap.AppendRequest([]byte("before"), etsi.OpSignature, soap.WSDLForm, signatureReq())
	require.NoError(t, err)
	require.Equal(t, "before"+string(alone), string(after))
}
