package rest_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/transport/rest"
)

type (
	stdHead struct {
		APInfo struct {
			ID      string `json:"AP_ID"`
			PWD     string `json:"AP_PWD,omitempty"`
			TransID string `json:"AP_TransID"`
			Instant time.Time
		} `json:"AP_Info"`
		MSSPInfo struct {
			ID struct{ URI string } `json:"MSSP_ID"`
		} `json:"MSSP_Info"`
		MajorVersion, MinorVersion string
		MobileUser                 struct{ MSISDN string }
		SignatureProfile           string
	}
	stdStatus struct {
		StatusCode    struct{ Value string }
		StatusMessage string
	}
	// stdAnswer and stdRequest are what one would write by hand for encoding/json
	// to read the same answer and write the same request.
	stdAnswer struct {
		Resp struct {
			stdHead
			TransID          string                           `json:"MSSP_TransID"`
			Signature        struct{ Base64Signature []byte } `json:"MSS_Signature"`
			Status           stdStatus
			ServiceResponses []struct {
				Description string
				Geofencing  struct{ Country, Accuracy, Timestamp, DeviceConfidence, LocationConfidence string }
			}
		} `json:"MSS_SignatureResp"`
	}
	stdRequest struct {
		Req struct {
			stdHead
			MessagingMode, TimeOut string
			DataToBeSigned         struct{ MimeType, Encoding, Data string }
			AdditionalServices     []stdService
		} `json:"MSS_SignatureReq"`
	}
	stdService struct {
		Description string
		UserLang    *struct{ Value string } `json:",omitempty"`
	}
)

// answer has a signature of 6 KB in Base64, and a location.
func answer(b *testing.B) []byte {
	doc, err := rest.AppendResponse(nil, etsi.OpSignature, signatureResp(4500))
	if err != nil {
		b.Fatal(err)
	}
	return doc
}

func decodeOurs(b *testing.B, doc []byte) {
	var m etsi.SignatureResp
	if f, err := rest.DecodeResponse(doc, etsi.OpSignature, &m); err != nil || f != nil || len(m.Signature.Base64Signature) != 4500 {
		b.Fatal(err, f)
	}
}

func decodeStd(b *testing.B, doc []byte) {
	var m stdAnswer
	if err := json.Unmarshal(doc, &m); err != nil || len(m.Resp.Signature.Base64Signature) != 4500 ||
		m.Resp.ServiceResponses[0].Geofencing.Country != "CH" {
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

// BenchmarkDecodeResponseCheck is the part of it that internal/strictjson takes.
func BenchmarkDecodeResponseCheck(b *testing.B) {
	doc := answer(b)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		if err := strictjson.Check(doc); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeResponseEncodingJSON(b *testing.B) {
	doc := answer(b)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		decodeStd(b, doc)
	}
}

func encodeOurs(b *testing.B, buf []byte, m *etsi.SignatureReq) {
	if _, err := rest.AppendRequest(buf, etsi.OpSignature, m); err != nil {
		b.Fatal(err)
	}
}

func encodeStd(b *testing.B, m *stdRequest) {
	if _, err := json.Marshal(m); err != nil {
		b.Fatal(err)
	}
}

func stdSignatureReq(b *testing.B) *stdRequest {
	doc, err := rest.AppendRequest(nil, etsi.OpSignature, signatureReq())
	if err != nil {
		b.Fatal(err)
	}
	var std stdRequest
	if err := json.Unmarshal(doc, &std); err != nil || std.Req.DataToBeSigned.Data == "" {
		b.Fatal(err)
	}
	return &std
}

func BenchmarkEncodeRequest(b *testing.B) {
	m, buf := signatureReq(), make([]byte, 0, 2048)
	b.ReportAllocs()
	for b.Loop() {
		encodeOurs(b, buf, m)
	}
}

func BenchmarkEncodeRequestEncodingJSON(b *testing.B) {
	std := stdSignatureReq(b)
	b.ReportAllocs()
	for b.Loop() {
		encodeStd(b, std)
	}
}

// BenchmarkDecodeCost runs both in turn and reports how many times the time and
// the allocations of encoding/json alone this package takes. encoding/json is
// the floor: it takes what this package exists to refuse.
func BenchmarkDecodeCost(b *testing.B) {
	doc := answer(b)
	cost(b, func() { decodeOurs(b, doc) }, func() { decodeStd(b, doc) })
}

// BenchmarkEncodeCost is the same for writing.
func BenchmarkEncodeCost(b *testing.B) {
	std, ours, buf := stdSignatureReq(b), signatureReq(), make([]byte, 0, 2048)
	cost(b, func() { encodeOurs(b, buf, ours) }, func() { encodeStd(b, std) })
}

func cost(b *testing.B, ours, std func()) {
	var oursTook, stdTook time.Duration
	for b.Loop() {
		began := time.Now()
		ours()
		between := time.Now()
		std()
		oursTook += between.Sub(began)
		stdTook += time.Since(between)
	}
	b.ReportMetric(float64(oursTook)/float64(stdTook), "x-time")
	b.ReportMetric(testing.AllocsPerRun(100, ours)/testing.AllocsPerRun(100, std), "x-allocs")
}
