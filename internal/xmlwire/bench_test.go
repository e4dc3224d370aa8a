package xmlwire_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/xmlwire"
)

// signatureAnswer has the shape and the size of a real synchronous answer; the
// person and the signature are invented.
func signatureAnswer(base64 int) []byte {
	const ns = ` xmlns:mss="http://uri.etsi.org/TS102204/v1.1.2#" xmlns:fi="http://mss.ficom.fi/TS102204/v1.0.0#"`
	return []byte(`<?xml version="1.0" encoding="utf-8"?>
<soapenv:Envelope xmlns:soapenv="http://www.w3.org/2003/05/soap-envelope" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soapenv:Body>` +
		`<MSS_SignatureResponse xmlns="http://uri.etsi.org/TS102204/etsi204-kiuru.wsdl"><MSS_SignatureResp MajorVersion="1" MinorVersion="1" MSSP_TransID="h1" xmlns="">` +
		`<mss:AP_Info AP_ID="mid://example.test" AP_TransID="T1" AP_PWD="" Instant="2026-02-26T09:40:16.257+01:00"` + ns + `/>` +
		`<mss:MSSP_Info Instant="2026-02-26T09:40:54.597+01:00"` + ns + `><mss:MSSP_ID><mss:URI>http://mssp.example.test/</mss:URI></mss:MSSP_ID></mss:MSSP_Info>` +
		`<mss:MobileUser` + ns + `><mss:MSISDN>+41790000001</mss:MSISDN></mss:MobileUser>` +
		`<mss:MSS_Signature` + ns + `><mss:Base64Signature>` + strings.Repeat("QUJD", base64/4) + `</mss:Base64Signature></mss:MSS_Signature>` +
		`<mss:SignatureProfile` + ns + `><mss:mssURI>http://mssp.example.test/profile</mss:mssURI></mss:SignatureProfile>` +
		`<mss:Status` + ns + `><mss:StatusCode Value="500"/><mss:StatusMessage>SIGNATURE</mss:StatusMessage></mss:Status>` +
		`</MSS_SignatureResp></MSS_SignatureResponse></soapenv:Body></soapenv:Envelope>`)
}

func BenchmarkDecoder(b *testing.B) {
	doc := signatureAnswer(3600)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		d := xmlwire.NewDecoder(doc, xmlwire.Limits{})
		for {
			kind, err := d.Next()
			if err != nil {
				b.Fatal(err)
			}
			if kind == xmlwire.EOF {
				break
			}
		}
	}
}

// BenchmarkEncodingXML is the same loop with the standard library.
func BenchmarkEncodingXML(b *testing.B) {
	doc := signatureAnswer(3600)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		d := xml.NewDecoder(bytes.NewReader(doc))
		for {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkEncoder(b *testing.B) {
	signature := bytes.Repeat([]byte("ABC"), 900)
	space := "http://uri.etsi.org/TS102204/v1.1.2#"
	b.ReportAllocs()
	buf := make([]byte, 0, 8192)
	for b.Loop() {
		e := xmlwire.NewEncoder(buf)
		e.Start(xmlwire.Name{Space: "http://www.w3.org/2003/05/soap-envelope", Local: "Envelope"})
		for range 10 {
			e.Start(xmlwire.Name{Space: space, Local: "MobileUser"})
			e.Attr(xmlwire.Name{Local: "Instant"}, "2026-02-26T09:40:16.257+01:00")
			e.Text("+41790000001")
			e.End()
		}
		e.Start(xmlwire.Name{Space: space, Local: "Base64Signature"})
		e.Base64(signature)
		e.End()
		e.End()
		_, err := e.Bytes()
		require.NoError(b, err)
	}
}
