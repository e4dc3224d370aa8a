package etsi_test

import (
	"encoding/base64"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
)

// synchronousAnswer is a signature answer of the usual size: 4.4 kB of Base64
// and a location.
func synchronousAnswer(t testing.TB) string {
	octets := make([]byte, 3300)
	for i := range octets {
		octets[i] = byte(i * 7)
	}
	doc := sampleNamed(t, "signature response").doc()
	return strings.Replace(doc, "MIAG\n  CSqG", base64.StdEncoding.EncodeToString(octets), 1)
}

func BenchmarkDecodeSignatureResp(b *testing.B) {
	doc := []byte(synchronousAnswer(b))
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		d := xmlwire.NewDecoder(doc, xmlwire.Limits{})
		var m etsi.SignatureResp
		if _, err := d.Next(); err != nil {
			b.Fatal(err)
		}
		if err := m.DecodeXML(d); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeSignatureReq(b *testing.B) {
	var m etsi.SignatureReq
	require.NoError(b, decode(&m, sampleNamed(b, "signature request").doc()))
	dst := make([]byte, 0, 8<<10)
	b.ReportAllocs()
	for b.Loop() {
		e := xmlwire.NewEncoder(dst[:0])
		e.Start(xmlwire.Name{Local: "MSS_SignatureReq"})
		m.EncodeXML(e)
		e.End()
		if _, err := e.Bytes(); err != nil {
			b.Fatal(err)
		}
	}
}

// The same answer into structs of encoding/xml, for comparison.
type stdURI struct {
	MssURI string `xml:"mssURI"`
}

type stdSignatureResp struct {
	MajorVersion string `xml:"MajorVersion,attr"`
	MinorVersion string `xml:"MinorVersion,attr"`
	TransID      string `xml:"MSSP_TransID,attr"`
	APInfo       struct {
		ID      string `xml:"AP_ID,attr"`
		TransID string `xml:"AP_TransID,attr"`
		PWD     string `xml:"AP_PWD,attr"`
		Instant string `xml:"Instant,attr"`
	} `xml:"AP_Info"`
	MSSPInfo struct {
		Instant string `xml:"Instant,attr"`
		URI     string `xml:"MSSP_ID>URI"`
	} `xml:"MSSP_Info"`
	MSISDN           string `xml:"MobileUser>MSISDN"`
	Base64Signature  string `xml:"MSS_Signature>Base64Signature"`
	SignatureProfile stdURI `xml:"SignatureProfile"`
	Status           struct {
		StatusCode struct {
			Value string `xml:"Value,attr"`
		} `xml:"StatusCode"`
		StatusMessage   string `xml:"StatusMessage"`
		ServiceResponse []struct {
			Description stdURI `xml:"Description"`
			GeoFencing  *struct {
				Country            string `xml:"country,attr"`
				Accuracy           string `xml:"accuracy,attr"`
				Timestamp          string `xml:"timestamp,attr"`
				DeviceConfidence   string `xml:"deviceconfidence,attr"`
				LocationConfidence string `xml:"locationconfidence,attr"`
			} `xml:"GeoFencing"`
		} `xml:"StatusDetail>ServiceResponses>ServiceResponse"`
	} `xml:"Status"`
}

func BenchmarkStandardLibrary(b *testing.B) {
	doc := []byte(synchronousAnswer(b))
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		var m stdSignatureResp
		if err := xml.Unmarshal(doc, &m); err != nil {
			b.Fatal(err)
		}
		if _, err := base64.StdEncoding.DecodeString(m.Base64Signature); err != nil {
			b.Fatal(err)
		}
	}
}

// Decoding must stay far below what encoding/xml allocates.
func TestDecodeAllocations(t *testing.T) {
	doc := []byte(synchronousAnswer(t))
	ours := testing.AllocsPerRun(20, func() {
		var m etsi.SignatureResp
		d := xmlwire.NewDecoder(doc, xmlwire.Limits{})
		_, err := d.Next()
		require.NoError(t, err)
		require.NoError(t, m.DecodeXML(d))
	})
	theirs := testing.AllocsPerRun(20, func() {
		var m stdSignatureResp
		require.NoError(t, xml.Unmarshal(doc, &m))
	})
	require.LessOrEqual(t, ours*5, theirs)
}
