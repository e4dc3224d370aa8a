package soap_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/transport/soap"
)

const (
	envelope = `<S:Envelope xmlns:S="http://www.w3.org/2003/05/soap-envelope" xmlns:m="http://uri.etsi.org/TS102204/v1.1.2#" xmlns:t="http://uri.etsi.org/TS102204/etsi204-kiuru.wsdl" xmlns:r="http://www.w3.org/2003/05/soap-rpc">`
	end      = `</S:Envelope>`
	content  = ` MajorVersion="1" MinorVersion="1"><m:AP_Info AP_ID="a" AP_TransID="T1" AP_PWD="" Instant="2026-02-26T09:40:16Z"/>` +
		`<m:MSSP_Info><m:MSSP_ID/></m:MSSP_Info>`
	receipt = content + `<m:Status><m:StatusCode Value="100"/></m:Status>`
	part    = `<MSS_ReceiptResp` + receipt + `</MSS_ReceiptResp>`
	wrapped = `<t:MSS_ReceiptResponse>` + part + `</t:MSS_ReceiptResponse>`
	fault   = `<S:Fault><S:Code><S:Value>S:Sender</S:Value></S:Code><S:Reason><S:Text xml:lang="en">x</S:Text></S:Reason></S:Fault>`
)

func body(s string) string { return envelope + `<S:Body>` + s + `</S:Body>` + end }

func TestDecodeResponseAccepts(t *testing.T) {
	t.Parallel()
	for name, doc := range map[string]string{
		"WSDL form":                   body(wrapped),
		"by the letter of the WSDL":   body(`<MSS_ReceiptResponse>` + part + `</MSS_ReceiptResponse>`),
		"guide form":                  body(`<MSS_ReceiptResponse><m:MSS_ReceiptResp` + receipt + `</m:MSS_ReceiptResp></MSS_ReceiptResponse>`),
		"wrapper and accessor in one": body(`<t:MSS_ReceiptResponse><m:MSS_ReceiptResp` + receipt + `</m:MSS_ReceiptResp></t:MSS_ReceiptResponse>`),
		"default namespaces":          body(`<MSS_ReceiptResponse xmlns="` + etsi.NSTNS + `"><MSS_ReceiptResp xmlns=""` + receipt + `</MSS_ReceiptResp></MSS_ReceiptResponse>`),
		"wrapper named as in FiCom":   body(`<t:MSS_Receipt>` + part + `</t:MSS_Receipt>`),
		"rpc:result":                  body(`<t:MSS_ReceiptResponse> <r:result>m:MSS_ReceiptResp</r:result> ` + part + ` </t:MSS_ReceiptResponse>`),
		"empty header":                envelope + `<S:Header/> <S:Body>` + wrapped + `</S:Body>` + end,
		"header blocks":               envelope + `<S:Header> <m:A/><m:B S:mustUnderstand="false"><m:C/>text</m:B><m:D mustUnderstand="1"/></S:Header><S:Body>` + wrapped + `</S:Body>` + end,
		"white space everywhere":      "<?xml version='1.0'?>\r\n" + envelope + "\r\n <S:Body>\n" + wrapped + "\n</S:Body>\t" + end + "\n",
		"attributes on the way":       envelope + `<S:Body m:a="1"><t:MSS_ReceiptResponse S:encodingStyle="urn:x">` + part + `</t:MSS_ReceiptResponse></S:Body>` + end,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var m etsi.ReceiptResp
			fault, err := soap.DecodeResponse([]byte(doc), etsi.OpReceipt, &m)
			require.NoError(t, err)
			require.Nil(t, fault)
			require.Equal(t, "T1", m.APInfo.APTransID)
			require.Equal(t, xmlwire.Integer("100"), m.Status.StatusCode.Value)
		})
	}
}

func TestDecodeResponseRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, doc, path, reason string }{
		{"nothing", ``, "", "no root element"},
		{"HTML", `<html><body/></html>`, "html", "not a SOAP 1.2 envelope"},
		{"SOAP 1.1", `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body/></S:Envelope>`, "Envelope", "not a SOAP 1.2 envelope"},
		{"no namespace", `<Envelope><Body/></Envelope>`, "Envelope", "not a SOAP 1.2 envelope"},
		{"bare message", `<MSS_ReceiptResp/>`, "MSS_ReceiptResp", "not a SOAP 1.2 envelope"},
		{"no Body", envelope + end, "Envelope", "without Body"},
		{"Header only", envelope + `<S:Header/>` + end, "Envelope", "without Body"},
		{"two Headers", envelope + `<S:Header/><S:Header/><S:Body>` + wrapped + `</S:Body>` + end, "Envelope/Header", "where Body must stand"},
		{"message under Header", envelope + `<S:Header>` + wrapped + `</S:Header><S:Body/>` + end, "Envelope/Body", "without content"},
		{"message beside Body", envelope + wrapped + `<S:Body/>` + end, "Envelope/MSS_ReceiptResponse", "where Body must stand"},
		{"Body in the wrong namespace", envelope + `<m:Body>` + wrapped + `</m:Body>` + end, "Envelope/Body", "where Body must stand"},
		{"empty Body", body(` `), "Envelope/Body", "without content"},
		{"text in Body", body(`x` + wrapped), "Envelope/Body", "text where only elements"},
		{"text in Envelope", envelope + `x<S:Body>` + wrapped + `</S:Body>` + end, "Envelope", "text where only elements"},
		{"two Bodies", envelope + `<S:Body>` + wrapped + `</S:Body><S:Body>` + wrapped + `</S:Body>` + end, "Envelope/Body", "an element after Body"},
		{"Header after Body", envelope + `<S:Body>` + wrapped + `</S:Body><S:Header/>` + end, "Envelope/Header", "an element after Body"},
		{"document after the envelope", body(wrapped) + `<a/>`, "", "second root"},
		{"text after the envelope", body(wrapped) + `x`, "", "text outside"},
		{"header block to be understood", envelope + `<S:Header><m:A S:mustUnderstand="true"/></S:Header><S:Body>` + wrapped + `</S:Body>` + end, "Envelope/Header/A/@mustUnderstand", "not understood"},
		{"header block to be understood, 1", envelope + `<S:Header><m:A/><m:A S:mustUnderstand=" 1 "/></S:Header><S:Body>` + wrapped + `</S:Body>` + end, "Envelope/Header/A/@mustUnderstand", "not understood"},
		{"header block with nonsense", envelope + `<S:Header><m:A S:mustUnderstand="maybe"/></S:Header><S:Body>` + wrapped + `</S:Body>` + end, "Envelope/Header/A/@mustUnderstand", "not understood"},
		{"two messages", body(wrapped + wrapped), "Envelope/Body/MSS_ReceiptResponse", "second child of Body"},
		{"Fault after the message", body(wrapped + fault), "Envelope/Body/Fault", "second child of Body"},
		{"message after the Fault", body(fault + wrapped), "Envelope/Body/MSS_ReceiptResponse", "second child of Body"},
		{"two Faults", body(fault + fault), "Envelope/Body/Fault", "second child of Body"},
		{"Fault inside the wrapper", body(`<t:MSS_ReceiptResponse>` + fault + part + `</t:MSS_ReceiptResponse>`), "Envelope/Body/MSS_ReceiptResponse/Fault", "where MSS_ReceiptResp must stand"},
		{"Fault in another namespace", body(`<Fault/>`), "Envelope/Body/Fault", "where MSS_ReceiptResponse or Fault must stand"},
		{"wrapper of another operation", body(`<t:MSS_SignatureResponse/>`), "Envelope/Body/MSS_SignatureResponse", "where MSS_ReceiptResponse or Fault must stand"},
		{"wrapper in the message's namespace", body(`<m:MSS_ReceiptResponse>` + part + `</m:MSS_ReceiptResponse>`), "Envelope/Body/MSS_ReceiptResponse", "wrong namespace"},
		{"wrapper in the envelope's namespace", body(`<S:MSS_ReceiptResponse>` + part + `</S:MSS_ReceiptResponse>`), "Envelope/Body/MSS_ReceiptResponse", "wrong namespace"},
		{"no wrapper", body(part), "Envelope/Body/MSS_ReceiptResp", "where MSS_ReceiptResponse or Fault must stand"},
		{"empty wrapper", body(`<t:MSS_ReceiptResponse/>`), "Envelope/Body/MSS_ReceiptResponse", "no MSS_ReceiptResp inside"},
		{"rpc:result alone", body(`<t:MSS_ReceiptResponse><r:result>x</r:result></t:MSS_ReceiptResponse>`), "Envelope/Body/MSS_ReceiptResponse", "no MSS_ReceiptResp inside"},
		{"rpc:result with a message in it", body(`<t:MSS_ReceiptResponse><r:result>` + part + `</r:result>` + part + `</t:MSS_ReceiptResponse>`), "Envelope/Body/MSS_ReceiptResponse/result/MSS_ReceiptResp", "only text"},
		{"rpc:result twice", body(`<t:MSS_ReceiptResponse><r:result/><r:result/>` + part + `</t:MSS_ReceiptResponse>`), "Envelope/Body/MSS_ReceiptResponse/result", "where MSS_ReceiptResp must stand"},
		{"rpc:result afterwards", body(`<t:MSS_ReceiptResponse>` + part + `<r:result/></t:MSS_ReceiptResponse>`), "Envelope/Body/MSS_ReceiptResponse/result", "an element after MSS_ReceiptResp"},
		{"accessor in the wrapper's namespace", body(`<t:MSS_ReceiptResponse><t:MSS_ReceiptResp` + receipt + `</t:MSS_ReceiptResp></t:MSS_ReceiptResponse>`), "Envelope/Body/MSS_ReceiptResponse/MSS_ReceiptResp", "wrong namespace"},
		{"accessor inherits the wrapper's default", body(`<MSS_ReceiptResponse xmlns="` + etsi.NSTNS + `"><MSS_ReceiptResp` + receipt + `</MSS_ReceiptResp></MSS_ReceiptResponse>`), "Envelope/Body/MSS_ReceiptResponse/MSS_ReceiptResp", "wrong namespace"},
		{"accessor of another message", body(`<t:MSS_ReceiptResponse><MSS_StatusResp/></t:MSS_ReceiptResponse>`), "Envelope/Body/MSS_ReceiptResponse/MSS_StatusResp", "where MSS_ReceiptResp must stand"},
		{"request as an answer", body(`<t:MSS_Receipt><MSS_ReceiptReq/></t:MSS_Receipt>`), "Envelope/Body/MSS_Receipt/MSS_ReceiptReq", "where MSS_ReceiptResp must stand"},
		{"accessor twice", body(`<t:MSS_ReceiptResponse>` + part + part + `</t:MSS_ReceiptResponse>`), "MSS_ReceiptResp", "an element after MSS_ReceiptResp"},
		{"core element repeated", body(`<t:MSS_ReceiptResponse><MSS_ReceiptResp` + receipt + `<m:Status><m:StatusCode Value="500"/></m:Status></MSS_ReceiptResp></t:MSS_ReceiptResponse>`), "MSS_ReceiptResp/Status", ""},
		{"core element repeated in no namespace", body(`<t:MSS_ReceiptResponse><MSS_ReceiptResp` + receipt + `<Status><m:StatusCode Value="500"/></Status></MSS_ReceiptResp></t:MSS_ReceiptResponse>`), "MSS_ReceiptResp/Status", ""},
		{"core element in another namespace", body(`<t:MSS_ReceiptResponse><MSS_ReceiptResp` + content + `<t:Status><m:StatusCode Value="100"/></t:Status></MSS_ReceiptResp></t:MSS_ReceiptResponse>`), "MSS_ReceiptResp/Status", ""},
		{"status that is no number", body(`<t:MSS_ReceiptResponse><MSS_ReceiptResp` + content + `<m:Status><m:StatusCode Value="5OO"/></m:Status></MSS_ReceiptResp></t:MSS_ReceiptResponse>`), "MSS_ReceiptResp/Status/StatusCode/@Value", "not an integer"},
		{"no status", body(`<t:MSS_ReceiptResponse><MSS_ReceiptResp` + content + `</MSS_ReceiptResp></t:MSS_ReceiptResponse>`), "MSS_ReceiptResp", ""},
		{"comment in a value", body(strings.Replace(wrapped, `<m:MSSP_ID/>`, `<m:MSSP_ID><m:URI>a<!-- -->b</m:URI></m:MSSP_ID>`, 1)), "MSS_ReceiptResp/MSSP_Info/MSSP_ID/URI", "a comment"},
		{"document type", `<!DOCTYPE a>` + body(wrapped), "", "document type"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			fault, err := soap.DecodeResponse([]byte(tc.doc), etsi.OpReceipt, new(etsi.ReceiptResp))
			require.ErrorAs(t, err, new(*xmlwire.Error))
			require.Nil(t, fault)
			require.Contains(t, err.(*xmlwire.Error).Reason, tc.reason)
			require.True(t, strings.HasSuffix(err.(*xmlwire.Error).Path, tc.path), err.(*xmlwire.Error).Path)
		})
	}
}

func TestDecodeRequestRefuses(t *testing.T) {
	t.Parallel()
	status := `<MSS_StatusReq MSSP_TransID="h1"` + content + `</MSS_StatusReq>`
	wrapped := `<t:MSS_StatusQuery>` + status + `</t:MSS_StatusQuery>`
	_, _, _, err := soap.DecodeRequest([]byte(body(wrapped)))
	require.NoError(t, err)
	for _, tc := range []struct{ name, doc, reason string }{
		{"not XML", `{}`, "text outside"},
		{"unknown operation", body(`<t:MSS_Other/>`), "unknown operation"},
		{"answer as a request", body(`<t:MSS_StatusQueryResponse/>`), "unknown operation"},
		{"fault as a request", body(fault), "unknown operation"},
		{"wrapper in the wrong namespace", body(`<m:MSS_StatusQuery>` + status + `</m:MSS_StatusQuery>`), "wrong namespace"},
		{"accessor of another operation", body(`<t:MSS_Signature>` + status + `</t:MSS_Signature>`), "where MSS_SignatureReq must stand"},
		{"two operations", body(wrapped + wrapped), "second child"},
		{"empty wrapper", body(`<t:MSS_StatusQuery/>`), "no MSS_StatusReq inside"},
		{"too long", body(wrapped) + strings.Repeat(" ", 1<<20), "longer than"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			op, style, m, err := soap.DecodeRequest([]byte(tc.doc))
			require.ErrorAs(t, err, new(*xmlwire.Error))
			require.Contains(t, err.(*xmlwire.Error).Reason, tc.reason)
			require.Nil(t, op)
			require.Nil(t, m)
			require.Zero(t, style)
		})
	}
}

// TestTruncatedEverywhere cuts an answer at every octet.
func TestTruncatedEverywhere(t *testing.T) {
	t.Parallel()
	doc, err := soap.AppendResponse(nil, etsi.OpSignature, soap.WSDLForm, signatureResp(30))
	require.NoError(t, err)
	for n := range len(doc) {
		fault, err := soap.DecodeResponse(doc[:n], etsi.OpSignature, new(etsi.SignatureResp))
		require.Error(t, err, "first %d octets", n)
		require.Nil(t, fault)
	}
}
