package etsi_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
)

func decoded[T any, M interface {
	*T
	etsi.Message
}](t *testing.T, doc string) *T {
	t.Helper()
	m := M(new(T))
	require.NoError(t, decode(m, doc))
	return m
}

func TestDecodeSignatureReq(t *testing.T) {
	t.Parallel()
	m := decoded[etsi.SignatureReq](t, sampleNamed(t, "signature request").doc())
	require.Equal(t, "mid://example.org", m.APInfo.APID)
	require.Equal(t, "A1b2", m.APInfo.APTransID)
	require.True(t, m.APInfo.Instant.Time.Equal(time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC)))
	require.Nil(t, m.APInfo.APURL)
	require.Equal(t, "http://mssp.example/", *m.MSSPInfo.MSSPID.URI)
	require.Equal(t, 250*time.Millisecond, time.Duration(m.MSSPInfo.Instant.Time.Nanosecond()))
	require.Equal(t, xmlwire.Integer("1"), m.MajorVersion)
	require.Equal(t, etsi.MessagingModeSynch, m.MessagingMode)
	require.Equal(t, xmlwire.Integer("80"), *m.TimeOut)
	require.Equal(t, "issuer.example", *m.MobileUser.IdentityIssuer.DNSName)
	require.Equal(t, "home", *m.MobileUser.HomeMSSP.IdentifierString)
	require.Equal(t, "41700000001", *m.MobileUser.MSISDN)
	require.Equal(t, "Example: sign <in>? & Zürich", m.DataToBeSigned.Value)
	require.Equal(t, "UTF-8", *m.DataToBeSigned.Encoding)
	require.Nil(t, m.DataToBeDisplayed.MimeType)
	require.Equal(t, "http://uri.etsi.org/TS102204/v1.1.2#PKCS7", m.Format.MssURI)
	require.Equal(t, []byte{1, 2}, m.KeyReference.HashOfUsersPublicKey[0].DigestValue)
	require.Equal(t, "<x:Key/>", m.KeyReference.Any[0].XML)
	require.Equal(t, etsi.SignatureProfileComparisonExact, *m.SignatureProfileComparison)

	services := m.AdditionalServices.Service
	require.Len(t, services, 4)
	require.Equal(t, "EN", services[0].Items[0].UserLang.Value)
	require.Equal(t, "app://back", services[1].Items[0].App2App.RedirectUri)
	require.Equal(t, "CH,LI", *services[2].Items[0].GeoFencingReq.Countrywhitelist)
	require.Equal(t, "no", *services[3].Items[0].NoSpamCode.Verify)
	require.Equal(t, "E1", *services[3].Items[1].EventID)
	require.Equal(t, `<x:Own a="1">raw</x:Own>`, services[3].Items[3].Any.XML)
}

func TestDecodeSignatureResp(t *testing.T) {
	t.Parallel()
	m := decoded[etsi.SignatureResp](t, sampleNamed(t, "signature response").doc())
	require.Equal(t, "h1a2b", m.MSSPTransID)
	require.Equal(t, []byte{0x30, 0x80, 0x06, 0x09, 0x2a, 0x86}, m.Signature.Base64Signature)
	require.Equal(t, xmlwire.Integer("500"), m.Status.StatusCode.Value)
	require.Equal(t, "SIGNATURE", *m.Status.StatusMessage)
	responses := m.Status.StatusDetail.Items[0].ServiceResponses.ServiceResponse
	require.Equal(t, "http://mid.swisscom.ch/as#geofencing", responses[0].Description.MssURI)
	geo := responses[0].Items[0].GeoFencing
	require.Equal(t, "CH", *geo.Country)
	require.Equal(t, "16.5", *geo.Accuracy)
	require.Nil(t, geo.Errorcode)
	require.Equal(t, etsi.AsSubscriberDetail{Id: "1901", Value: "22801"}, responses[1].Items[0].SubscriberInfo.Detail[0])
	require.Equal(t, "<x:Own/>", responses[1].Items[1].Any.XML)
	require.Equal(t, "<x:Own/>", m.Status.StatusDetail.Items[1].Any.XML)
}

func TestDecodeOtherSignatures(t *testing.T) {
	t.Parallel()
	m := decoded[etsi.SignatureResp](t, sampleNamed(t, "signature in PKCS #1").doc())
	require.Equal(t, []byte{1}, m.Signature.PKCS1.SignatureValue)
	require.Nil(t, m.Signature.Base64Signature)
	m = decoded[etsi.SignatureResp](t, sampleNamed(t, "signature in XML").doc())
	require.Equal(t, `<mss:XMLSignature Id="s"><ds:SignedInfo/><ds:SignatureValue>AQ==</ds:SignatureValue></mss:XMLSignature>`, m.Signature.XMLSignature.XML)
	m = decoded[etsi.SignatureResp](t, sampleNamed(t, "signature of another kind").doc())
	require.Equal(t, xmlwire.Name{Space: "urn:example:other", Local: "Jws"}, m.Signature.Any[0].Name)
}

func TestDecodeReceipt(t *testing.T) {
	t.Parallel()
	req := decoded[etsi.ReceiptReq](t, sampleNamed(t, "receipt request").doc())
	ext := req.Status.StatusDetail.Items[0].ReceiptRequestExtension
	require.Equal(t, etsi.ScoReceiptMessagingModeSynch, ext.ReceiptMessagingMode)
	require.True(t, *ext.UserAck)
	require.Equal(t, "EN", *ext.ReceiptProfile.Language)
	require.Equal(t, xmlwire.Integer("60"), *ext.TimeOut)
	require.Equal(t, "v", ext.AnyAttrs[0].Value)
	require.Equal(t, "Done", req.Message.Value)

	resp := decoded[etsi.ReceiptResp](t, sampleNamed(t, "receipt response").doc())
	answer := resp.Status.StatusDetail.Items[0].ReceiptResponseExtension
	require.True(t, *answer.UserAck)
	require.False(t, *answer.ClientAck)
	require.Equal(t, `{"status":"CANCEL"}`, *answer.UserResponse)
}

func TestDecodeProfileQuery(t *testing.T) {
	t.Parallel()
	req := decoded[etsi.ProfileReq](t, sampleNamed(t, "profile request").doc())
	require.Equal(t, xmlwire.Integer("0"), req.MinorVersion)
	require.Equal(t, []string{"sscds", "state", "certs"}, req.Items[0].Params)
	require.True(t, *req.Items[1].GetCertificates)

	resp := decoded[etsi.ProfileResp](t, sampleNamed(t, "profile response").doc())
	require.Len(t, resp.SignatureProfile, 2)
	ext := resp.Status.StatusDetail.Items[0].ProfileQueryExtension
	require.True(t, *ext.RecoveryCodeCreated)
	require.False(t, *ext.MobileUser.AutoActivation)
	require.Equal(t, etsi.McsSscdStateACTIVE, *ext.Sscds.Sim.State)
	require.False(t, *ext.Sscds.Sim.PinStatus.Blocked)
	require.Len(t, ext.Sscds.App, 2)
	cert := ext.Sscds.Sim.MobileUserCertificate[0]
	require.Len(t, cert.Items, 4, "certificates and names alternate, and keep their order")
	require.Equal(t, []byte{1}, cert.Items[0].X509Certificate)
	require.Equal(t, "cn=user", *cert.Items[1].X509SubjectName)
	require.Equal(t, "cn=ca", *cert.Items[3].X509SubjectName)
	require.Equal(t, "01", *ext.Sscds.Sim.CardDetails.MNC)
}

// Spellings seen on the wire or promised by a WSDL, beside the canonical one.
func TestDecodeSpellings(t *testing.T) {
	t.Parallel()
	const app2app = `<fi:App2App><as:AuthUri> mobileid://auth?a=b&amp;session_token=c </as:AuthUri></fi:App2App>`
	ack := sampleNamed(t, "signature acknowledgement").doc()
	want := decoded[etsi.SignatureResp](t, ack)
	require.Equal(t, "mobileid://auth?a=b&session_token=c",
		*want.Status.StatusDetail.Items[0].ServiceResponses.ServiceResponse[0].Items[0].App2App.AuthUri)
	for _, other := range []string{
		`<fi:App2App authuri="mobileid://auth?a=b&amp;session_token=c"/>`,
		`<as:App2App AuthUri="mobileid://auth?a=b&amp;session_token=c"/>`,
		`<fi:App2App><fi:authURI>mobileid://auth?a=b&amp;session_token=c</fi:authURI></fi:App2App>`,
	} {
		doc := strings.Replace(ack, app2app, other, 1)
		require.NotEqual(t, ack, doc)
		require.Equal(t, want, decoded[etsi.SignatureResp](t, doc), other)
	}

	// The namespaces of the operator's WSDL.
	resp := sampleNamed(t, "signature response").doc()
	declared := strings.NewReplacer("fi:ServiceResponses", "mss:ServiceResponses", "as:GeoFencing", "fi:GeoFencing", "as:SubscriberInfo", "fi:SubscriberInfo").Replace(resp)
	require.NotEqual(t, resp, declared)
	got, wire := decoded[etsi.SignatureResp](t, declared), decoded[etsi.SignatureResp](t, resp)
	out, err := encode(got, xmlwire.Name{Local: "R"})
	require.NoError(t, err)
	sameAsWire, err := encode(wire, xmlwire.Name{Local: "R"})
	require.NoError(t, err)
	require.Equal(t, sameAsWire, out, "read as the WSDL has it, written as the wire has it")

	geo := strings.Replace(resp, `country="CH"`, `errorCode="100" ErrorMessage="off"`, 1)
	g := decoded[etsi.SignatureResp](t, geo).Status.StatusDetail.Items[0].ServiceResponses.ServiceResponse[0].Items[0].GeoFencing
	require.Equal(t, "100", *g.Errorcode)
	require.Equal(t, "off", *g.Errormessage)

	req := sampleNamed(t, "signature request").doc()
	r := decoded[etsi.SignatureReq](t, strings.Replace(req, "mss:GeoFencingReq", "as:GeoFencingReq", 1))
	require.Equal(t, "CH,LI", *r.AdditionalServices.Service[2].Items[0].GeoFencingReq.Countrywhitelist)
	r = decoded[etsi.SignatureReq](t, strings.Replace(req, "<fi:UserLang>EN</fi:UserLang>", "<fi:UserLang/>", 1))
	require.Equal(t, "de", r.AdditionalServices.Service[0].Items[0].UserLang.Value)
}

// What a newer server adds is passed over, wherever it stands.
func TestDecodePassesOverTheUnknown(t *testing.T) {
	t.Parallel()
	doc := sampleNamed(t, "status response").doc()
	want := decoded[etsi.StatusResp](t, doc)
	for _, more := range []string{
		strings.Replace(doc, "<mss:Status>", "<mss:Newer><mss:Status/></mss:Newer><x:Newer/><Newer/><mss:Status>", 1),
		strings.Replace(doc, "<mss:StatusMessage>", `<x:Y/><mss:StatusMessage x:a="1" b="2">`, 1),
		strings.Replace(doc, `MajorVersion="1"`, `MajorVersion="1" Newer="1" x:MajorVersion="7"`, 1),
		strings.Replace(doc, `Value="504"`, `Value="504" x:Value="500"`, 1),
	} {
		require.NotEqual(t, doc, more)
		require.Equal(t, want, decoded[etsi.StatusResp](t, more))
	}
}
