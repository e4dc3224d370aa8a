package soap_test

import (
	"encoding/xml"
	"testing"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/transport/soap"
)

// stdAnswer is what one would write by hand for encoding/xml to read and write
// the same answer. The signature stays a string in Base64.
type stdAnswer struct {
	XMLName xml.Name `xml:"http://www.w3.org/2003/05/soap-envelope Envelope"`
	Body    struct {
		Response struct {
			Resp struct {
				MajorVersion string `xml:"MajorVersion,attr"`
				MinorVersion string `xml:"MinorVersion,attr"`
				TransID      string `xml:"MSSP_TransID,attr"`
				APInfo       struct {
					ID      string    `xml:"AP_ID,attr"`
					TransID string    `xml:"AP_TransID,attr"`
					PWD     string    `xml:"AP_PWD,attr"`
					Instant time.Time `xml:"Instant,attr"`
				} `xml:"http://uri.etsi.org/TS102204/v1.1.2# AP_Info"`
				MSSPInfo struct {
					Instant time.Time `xml:"Instant,attr"`
					URI     string    `xml:"http://uri.etsi.org/TS102204/v1.1.2# MSSP_ID>URI"`
				} `xml:"http://uri.etsi.org/TS102204/v1.1.2# MSSP_Info"`
				MSISDN    string `xml:"http://uri.etsi.org/TS102204/v1.1.2# MobileUser>MSISDN"`
				Signature string `xml:"http://uri.etsi.org/TS102204/v1.1.2# MSS_Signature>Base64Signature"`
				Profile   string `xml:"http://uri.etsi.org/TS102204/v1.1.2# SignatureProfile>mssURI"`
				Status    struct {
					Code struct {
						Value int `xml:"Value,attr"`
					} `xml:"http://uri.etsi.org/TS102204/v1.1.2# StatusCode"`
					Message  string `xml:"http://uri.etsi.org/TS102204/v1.1.2# StatusMessage"`
					Services []struct {
						Description string `xml:"http://mss.ficom.fi/TS102204/v1.0.0# Description>mssURI"`
						GeoFencing  struct {
							Country            string `xml:"country,attr"`
							Accuracy           string `xml:"accuracy,attr"`
							Timestamp          string `xml:"timestamp,attr"`
							DeviceConfidence   string `xml:"deviceconfidence,attr"`
							LocationConfidence string `xml:"locationconfidence,attr"`
						} `xml:"http://mid.swisscom.ch/TS102204/as/v1.0 GeoFencing"`
					} `xml:"StatusDetail>ServiceResponses>ServiceResponse"`
				} `xml:"http://uri.etsi.org/TS102204/v1.1.2# Status"`
			} `xml:"MSS_SignatureResp"`
		} `xml:"http://uri.etsi.org/TS102204/etsi204-kiuru.wsdl MSS_SignatureResponse"`
	} `xml:"http://www.w3.org/2003/05/soap-envelope Body"`
}

// answer has a signature of 6 KB in Base64, and a location.
func answer(b *testing.B) []byte {
	doc, err := soap.AppendResponse(nil, etsi.OpSignature, soap.WSDLForm, signatureResp(4500))
	if err != nil {
		b.Fatal(err)
	}
	return doc
}

func decodeOurs(b *testing.B, doc []byte) {
	var m etsi.SignatureResp
	if f, err := soap.DecodeResponse(doc, etsi.OpSignature, &m); err != nil || f != nil || len(m.Signature.Base64Signature) != 4500 {
		b.Fatal(err, f)
	}
}

func decodeStd(b *testing.B, doc []byte) {
	var m stdAnswer
	if err := xml.Unmarshal(doc, &m); err != nil || len(m.Body.Response.Resp.Signature) != 6000 ||
		m.Body.Response.Resp.Status.Services[0].GeoFencing.Country != "CH" {
		b.Fatal(err)
	}
}

func BenchmarkDecodeResponse(b *testing.B) {
	doc := answer(b)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		decodeOurs(b, doc)
	}
}

func BenchmarkDecodeResponseEncodingXML(b *testing.B) {
	doc := answer(b)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		decodeStd(b, doc)
	}
}

// BenchmarkDecodeAdvantage runs both in turn and reports how many times faster
// and sparer with allocations this package is.
func BenchmarkDecodeAdvantage(b *testing.B) {
	doc := answer(b)
	advantage(b, func() { decodeOurs(b, doc) }, func() { decodeStd(b, doc) })
}

func encodeOurs(b *testing.B, buf []byte, m *etsi.SignatureResp) {
	if _, err := soap.AppendResponse(buf, etsi.OpSignature, soap.WSDLForm, m); err != nil {
		b.Fatal(err)
	}
}

func encodeStd(b *testing.B, m *stdAnswer) {
	if _, err := xml.Marshal(m); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkEncodeAdvantage is the same for writing. The other side is spared
// the Base64, and its bytes are not what the service would accept.
func BenchmarkEncodeAdvantage(b *testing.B) {
	var std stdAnswer
	if err := xml.Unmarshal(answer(b), &std); err != nil {
		b.Fatal(err)
	}
	ours, buf := signatureResp(4500), make([]byte, 0, 16<<10)
	advantage(b, func() { encodeOurs(b, buf, ours) }, func() { encodeStd(b, &std) })
}

func advantage(b *testing.B, ours, std func()) {
	var oursTook, stdTook time.Duration
	for b.Loop() {
		began := time.Now()
		ours()
		between := time.Now()
		std()
		oursTook += between.Sub(began)
		stdTook += time.Since(between)
	}
	b.ReportMetric(float64(stdTook)/float64(oursTook), "x-faster")
	b.ReportMetric(testing.AllocsPerRun(100, std)/max(testing.AllocsPerRun(100, ours), 1), "x-fewer-allocs")
}
