package etsi_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/xmlwire"
)

// Every refusal names the place, never the value.
func TestDecodeErrors(t *testing.T) {
	t.Parallel()
	const code = `<mss:StatusCode Value="500"/>`
	for _, c := range []struct {
		name, sample, old, new, want string
	}{
		{"no version", "signature response", ` MinorVersion="1"`, "", "MSS_SignatureResp/@MinorVersion: missing"},
		{"no AP_Info", "signature response", apInfo, "", "MSS_SignatureResp: element AP_Info is missing"},
		{"no AP_PWD", "signature response", ` AP_PWD=""`, "", "MSS_SignatureResp/AP_Info/@AP_PWD: missing"},
		{"no transaction", "signature response", ` MSSP_TransID="h1a2b"`, "", "MSS_SignatureResp/@MSSP_TransID: missing"},
		{"qualified transaction", "signature response", ` MSSP_TransID="h1a2b"`, ` mss:MSSP_TransID="h1a2b"`, "MSS_SignatureResp/@MSSP_TransID: missing"},
		{"no user", "signature response", user, "", "MSS_SignatureResp: element MobileUser is missing"},
		{"no status", "status response", "mss:Status>", "mss:Other>", "MSS_StatusResp: element Status is missing"},
		{"no status code", "signature response", code, "", "MSS_SignatureResp/Status: element StatusCode is missing"},
		{"no value", "signature response", code, "<mss:StatusCode/>", "MSS_SignatureResp/Status/StatusCode/@Value: missing"},
		{"a value that is no number", "signature response", code, `<mss:StatusCode Value="5OO"/>`, "MSS_SignatureResp/Status/StatusCode/@Value: not an integer"},
		{"a nested value that is no number", "status response", `Value="5041"`, `Value=""`, "MSS_StatusResp/Status/StatusCode/StatusCode/@Value: not an integer"},
		{"a qualified value", "signature response", code, `<mss:StatusCode mss:Value="500"/>`, "MSS_SignatureResp/Status/StatusCode/@Value: missing"},
		{"two status codes", "signature response", code, code + code, "MSS_SignatureResp/Status/StatusCode: occurs twice"},
		{"two statuses", "signature response", "<mss:Status>", ok + "<mss:Status>", "MSS_SignatureResp/Status: occurs twice"},
		{"a second status elsewhere", "signature response", "<mss:Status>", `<x:Status/><mss:Status>`, "MSS_SignatureResp/Status: in the wrong namespace"},
		{"a status in no namespace", "signature response", "<mss:Status>", `<Status/><mss:Status>`, "MSS_SignatureResp/Status: in the wrong namespace"},
		{"a status code elsewhere", "signature response", code, `<fi:StatusCode Value="500"/>`, "MSS_SignatureResp/Status/StatusCode: in the wrong namespace"},
		{"a signature elsewhere", "signature response", "<mss:MSS_Signature>", `<x:MSS_Signature/><mss:MSS_Signature>`, "MSS_SignatureResp/MSS_Signature: in the wrong namespace"},
		{"octets elsewhere", "signature response", "mss:Base64Signature>", "x:Base64Signature>", "MSS_SignatureResp/MSS_Signature/Base64Signature: in the wrong namespace"},
		{"two signatures", "signature in PKCS #1", "<fi:PKCS1>", "<mss:Base64Signature/><fi:PKCS1>", "MSS_SignatureResp/MSS_Signature/PKCS1: more than one of a choice"},
		{"two signatures of one kind", "notification", "</mss:MSS_Signature>", "<mss:Base64Signature/></mss:MSS_Signature>", "MSS_StatusResp/MSS_Signature/Base64Signature: more than one of a choice"},
		{"an empty signature", "notification", "<mss:Base64Signature>MIAG</mss:Base64Signature>", "", "MSS_StatusResp/MSS_Signature: no element of a choice"},
		{"a signature that is no Base64", "notification", "MIAG", "MI*G", "MSS_StatusResp/MSS_Signature/Base64Signature: not Base64"},
		{"markup in a signature", "notification", "MIAG", "MI<x:b/>AG", "MSS_StatusResp/MSS_Signature/Base64Signature/b: an element where only text may stand"},
		{"two numbers", "status response", "</mss:MSISDN>", "</mss:MSISDN><mss:MSISDN>41700000002</mss:MSISDN>", "MSS_StatusResp/MobileUser/MSISDN: occurs twice"},
		{"an instant without time", "signature response", "2026-03-01T12:00:00.000+01:00", "2026-03-01", "MSS_SignatureResp/AP_Info/@Instant: not a date and time"},
		{"a timeout of zero", "signature request", `TimeOut="80"`, `TimeOut="0"`, "MSS_SignatureReq/@TimeOut: not greater than zero"},
		{"no mode", "signature request", ` MessagingMode="synch"`, "", "MSS_SignatureReq/@MessagingMode: missing"},
		{"no description", "signature response", "fi:Description>", "fi:Other>", "MSS_SignatureResp/Status/StatusDetail/ServiceResponses/ServiceResponse: element Description is missing"},
		{"service responses elsewhere", "signature response", "fi:ServiceResponses>", "x:ServiceResponses>", "MSS_SignatureResp/Status/StatusDetail/ServiceResponses: in the wrong namespace"},
		{"geofencing elsewhere", "signature response", "as:GeoFencing", "x:GeoFencing", "MSS_SignatureResp/Status/StatusDetail/ServiceResponses/ServiceResponse/GeoFencing: in the wrong namespace"},
		{"language elsewhere", "signature request", "fi:UserLang>", "mss:UserLang>", "MSS_SignatureReq/AdditionalServices/Service/UserLang: in the wrong namespace"},
		{"no key at all", "signature request", "<x:Key/>", "", "MSS_SignatureReq/KeyReference: fewer than 1 elements"},
		{"a key too many", "signature request", "<x:Key/>", "<x:Key/><x:Key/>", "MSS_SignatureReq/KeyReference/Key: more than 1 elements for a wildcard"},
		{"no service", "signature request", "mss:Service>", "mss:Other>", "MSS_SignatureReq/AdditionalServices: fewer than 1 elements Service"},
		{"no receipt mode", "receipt request", ` ReceiptMessagingMode="synch"`, "", "MSS_ReceiptReq/Status/StatusDetail/ReceiptRequestExtension/@ReceiptMessagingMode: missing"},
		{"a flag that is none", "profile request", ">true</mss:GetCertificates>", ">yes</mss:GetCertificates>", "MSS_ProfileReq/GetCertificates: not a boolean"},
		{"a flag attribute that is none", "profile response", `blocked="false"`, `blocked="no"`, "MSS_ProfileResp/Status/StatusDetail/ProfileQueryExtension/Sscds/Sim/PinStatus/@blocked: not a boolean"},
		{"a method too few", "handshake request", ` MSS_Status="false"`, "", "MSS_HandshakeReq/SecureMethods/@MSS_Status: missing"},
		{"text among elements", "status request", info, info + "text", "MSS_StatusReq: text where only elements may stand"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := sampleNamed(t, c.sample)
			doc := strings.ReplaceAll(s.doc(), c.old, c.new)
			require.NotEqual(t, s.doc(), doc)
			err := decode(s.message(), doc)
			var e *xmlwire.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, c.want, e.Path+": "+e.Reason)
		})
	}
}

// A document cut off anywhere is an error, never a message.
func TestDecodeTruncated(t *testing.T) {
	t.Parallel()
	for i := range samples {
		doc := samples[i].doc()
		for n := range len(doc) {
			require.Error(t, decode(samples[i].message(), doc[:n]), "%s cut at %d", samples[i].name, n)
		}
	}
}

// Recursive types are as deep as the decoder allows, no deeper.
func TestDecodeDepth(t *testing.T) {
	t.Parallel()
	nested := func(n int) string {
		return `<MSS_ReceiptResp` + namespaces + ` MajorVersion="1" MinorVersion="1">` + info + `<mss:Status>` +
			strings.Repeat(`<mss:StatusCode Value="1">`, n) + strings.Repeat(`</mss:StatusCode>`, n) + `</mss:Status></MSS_ReceiptResp>`
	}
	s := sampleNamed(t, "receipt response")
	require.NoError(t, decode(s.message(), nested(30)))
	require.Error(t, decode(s.message(), nested(31)))
	require.Error(t, decode(s.message(), nested(10000)))
}
