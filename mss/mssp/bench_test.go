package mssp_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/transport"
	"github.com/stretchr/testify/require"
)

// benchServer is the environment variable that turns the test binary into a simulator, so that the CPU time of the
// benchmarks' process is the client's alone. Its value is the client's certificate.
const benchServer = "MSSP_BENCH_SERVER"

// benchPersons sign at once with each kind of key; each can have one request under way.
const benchPersons = 32

func benchNumber(key msstest.Key, i int) string { return fmt.Sprintf("417910%d%03d", key, i) }

// benchService is what the simulator tells of itself.
type benchService struct {
	URL           string
	APID, Prefix  string
	TLS, Personal []byte // roots, DER
}

// serveBench runs until its standard input ends.
func serveBench() {
	der, err := hex.DecodeString(os.Getenv(benchServer))
	if err != nil {
		panic(err)
	}
	client, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	srv, err := msstest.Start(&msstest.Options{Clients: []*x509.Certificate{client}})
	if err != nil {
		panic(err)
	}
	defer srv.Close()
	for i := range benchPersons {
		srv.Script(benchNumber(msstest.EC, i), msstest.Person{})
		srv.Script(benchNumber(msstest.RSA, i), msstest.Person{Key: msstest.RSA})
	}
	err = json.NewEncoder(os.Stdout).Encode(benchService{
		URL: srv.URL(), APID: srv.APID(), Prefix: srv.Prefix(),
		TLS: srv.HTTP().Roots[0].Raw, Personal: srv.Anchors().Roots()[0].Raw,
	})
	if err != nil {
		panic(err)
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// startBench starts the simulator as a process of its own and returns it with the client's key pair.
func startBench(b *testing.B) (benchService, tls.Certificate) {
	b.Helper()
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Benchmark"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage:     []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		ExtraExtensions: []pkix.Extension{{Id: simulated.OID, Value: []byte{5, 0}}},
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &ecKey().PublicKey, ecKey())
	require.NoError(b, err)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), benchServer+"="+hex.EncodeToString(der))
	stdin, err := cmd.StdinPipe()
	require.NoError(b, err)
	stdout, err := cmd.StdoutPipe()
	require.NoError(b, err)
	cmd.Stderr = os.Stderr
	require.NoError(b, cmd.Start())
	b.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	var s benchService
	require.NoError(b, json.NewDecoder(stdout).Decode(&s))
	return s, tls.Certificate{Certificate: [][]byte{der}, PrivateKey: ecKey()}
}

// BenchmarkSignature compares the CPU time that this process spends on one synchronous signature of a person seen before,
// with 32 persons signing at once: verified by this package; by a plain client, net/http and encoding/xml into a struct,
// that verifies nothing; and the floor, a bare round trip on a warm TLS connection and the bare check of one signature.
// The last line of each kind of key is the ratios.
func BenchmarkSignature(b *testing.B) {
	service, cert := startBench(b)
	client := benchClient(b, service, cert)
	plain := newPlainClient(service, cert)
	defer plain.http.CloseIdleConnections()
	text := service.Prefix + "log in?"
	cpu := map[string]float64{}
	measure(b, cpu, "floor-round-trip", func(int) error { return plain.roundTrip("/none", []byte("x")) })
	for _, key := range []struct {
		name  string
		kind  msstest.Key
		check func(int) error
	}{
		{"EC", msstest.EC, bareECDSA(b)},
		{"RSA", msstest.RSA, bareRSA(b)},
	} {
		requests := make([]*mss.Request, benchPersons)
		for i := range requests {
			user := mss.User{MSISDN: msisdn(b, benchNumber(key.kind, i))}
			requests[i] = &mss.Request{Purpose: mss.Authentication, User: user, Display: text, Language: "en"}
		}
		measure(b, cpu, key.name+"/floor-check", key.check)
		measure(b, cpu, key.name+"/plain-unverified", func(i int) error { return plain.sign(benchNumber(key.kind, i), text) })
		measure(b, cpu, key.name+"/verified", func(i int) error { _, err := client.SignSync(b.Context(), requests[i]); return err })
		b.Run(key.name+"/ratios", func(b *testing.B) {
			for b.Loop() {
			}
			b.ReportMetric(0, "ns/op")
			if verified := cpu[key.name+"/verified"]; verified > 0 {
				b.ReportMetric(verified/cpu[key.name+"/plain-unverified"], "of-plain")
				b.ReportMetric(verified/(cpu["floor-round-trip"]+cpu[key.name+"/floor-check"]), "of-floor")
			}
		})
	}
}

// measure runs op, for one of 32 persons at a time, as a sub-benchmark and notes its CPU time in microseconds.
func measure(b *testing.B, cpu map[string]float64, name string, op func(person int) error) {
	b.Run(name, func(b *testing.B) {
		for i := range benchPersons {
			require.NoError(b, op(i)) // the connection is warm, the person known
		}
		b.ReportAllocs()
		b.SetParallelism(benchPersons / runtime.GOMAXPROCS(0))
		var workers atomic.Int32
		start := cpuTime(b)
		b.ResetTimer()
		b.RunParallel(func(pb *testing.PB) {
			person := int(workers.Add(1)) - 1
			for pb.Next() {
				if err := op(person); err != nil {
					b.Error(err)
					return
				}
			}
		})
		cpu[name] = float64(cpuTime(b)-start) / float64(b.N) / 1e3
		b.ReportMetric(cpu[name], "cpu-µs/op")
	})
}

// cpuTime is the CPU time of this process, user and system.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

var errBare = errors.New("the bare check failed")

func bareECDSA(b *testing.B) func(int) error {
	digest := sha256.Sum256([]byte("text"))
	value, err := ecdsa.SignASN1(rand.Reader, ecKey(), digest[:])
	require.NoError(b, err)
	return func(int) error {
		if !ecdsa.VerifyASN1(&ecKey().PublicKey, digest[:], value) {
			return errBare
		}
		return nil
	}
}

func bareRSA(b *testing.B) func(int) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(b, err)
	digest := sha256.Sum256([]byte("text"))
	value, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	require.NoError(b, err)
	return func(int) error { return rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, digest[:], value) }
}

func benchClient(b *testing.B, s benchService, cert tls.Certificate) *mssp.Client {
	b.Helper()
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	require.NoError(b, err)
	identity, err := transport.IdentityFromPEM(
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	require.NoError(b, err)
	parse := func(der []byte) []*x509.Certificate {
		certs, err := mss.ParseCertificates(der)
		require.NoError(b, err)
		return certs
	}
	anchors, err := mss.NewAnchors(mss.Simulator, parse(s.Personal), nil)
	require.NoError(b, err)
	c, err := mssp.New(mssp.Config{
		HTTP:     transport.Config{URL: s.URL, Identity: identity, Roots: parse(s.TLS)},
		APID:     s.APID,
		Prefix:   s.Prefix,
		Anchors:  anchors,
		Defaults: mssp.Options{Profile: mssp.ProfileAny},
	})
	require.NoError(b, err)
	b.Cleanup(c.Close)
	return c
}

// plainClient is what a programmer writes in an afternoon: it believes every answer.
type plainClient struct {
	http    *http.Client
	service benchService
	n       atomic.Int64
}

func newPlainClient(s benchService, cert tls.Certificate) *plainClient {
	pool := x509.NewCertPool()
	if root, err := x509.ParseCertificate(s.TLS); err == nil {
		pool.AddCert(root)
	}
	return &plainClient{service: s, http: &http.Client{Transport: &http.Transport{
		MaxIdleConnsPerHost: benchPersons,
		TLSClientConfig: &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{cert},
			GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &cert, nil }},
	}}}
}

const plainRequest = `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://www.w3.org/2003/05/soap-envelope"><soapenv:Body><MSS_Signature><mss:MSS_SignatureReq MajorVersion="1" MinorVersion="1" MessagingMode="synch" TimeOut="80" xmlns:mss="http://uri.etsi.org/TS102204/v1.1.2#" xmlns:fi="http://mss.ficom.fi/TS102204/v1.0.0#"><mss:AP_Info AP_ID="%s" AP_PWD="" AP_TransID="P%d" Instant="%s"/><mss:MSSP_Info><mss:MSSP_ID><mss:URI>http://mid.swisscom.ch/</mss:URI></mss:MSSP_ID></mss:MSSP_Info><mss:MobileUser><mss:MSISDN>%s</mss:MSISDN></mss:MobileUser><mss:DataToBeSigned MimeType="text/plain" Encoding="UTF-8">%s</mss:DataToBeSigned><mss:SignatureProfile><mss:mssURI>http://mid.swisscom.ch/Any-LoA4</mss:mssURI></mss:SignatureProfile><mss:AdditionalServices><mss:Service><mss:Description><mss:mssURI>http://mss.ficom.fi/TS102204/v1.0.0#userLang</mss:mssURI></mss:Description><fi:UserLang>en</fi:UserLang></mss:Service></mss:AdditionalServices></mss:MSS_SignatureReq></MSS_Signature></soapenv:Body></soapenv:Envelope>`

// plainAnswer is the struct that such a client decodes into.
type plainAnswer struct {
	Resp struct {
		MSSPTransID string `xml:"MSSP_TransID,attr"`
		AP          struct {
			ID      string `xml:"AP_ID,attr"`
			TransID string `xml:"AP_TransID,attr"`
			Instant string `xml:"Instant,attr"`
		} `xml:"AP_Info"`
		MSISDN    string `xml:"MobileUser>MSISDN"`
		Signature string `xml:"MSS_Signature>Base64Signature"`
		Profile   string `xml:"SignatureProfile>mssURI"`
		Status    struct {
			Code struct {
				Value int `xml:"Value,attr"`
			} `xml:"StatusCode"`
			Message string `xml:"StatusMessage"`
		} `xml:"Status"`
	} `xml:"Body>MSS_SignatureResponse>MSS_SignatureResp"`
}

func (p *plainClient) sign(number, text string) error {
	body := fmt.Sprintf(plainRequest, p.service.APID, p.n.Add(1), time.Now().Format("2006-01-02T15:04:05.000Z07:00"), number, text)
	answer, err := p.post("/soap/services/MSS_SignaturePort", []byte(body))
	if err != nil {
		return err
	}
	var a plainAnswer
	if err := xml.Unmarshal(answer, &a); err != nil {
		return err
	}
	if a.Resp.Status.Code.Value != 500 || a.Resp.Signature == "" {
		return fmt.Errorf("status %d", a.Resp.Status.Code.Value)
	}
	return nil
}

func (p *plainClient) roundTrip(path string, body []byte) error {
	_, err := p.post(path, body)
	return err
}

func (p *plainClient) post(path string, body []byte) ([]byte, error) {
	resp, err := p.http.Post(p.service.URL+path, "text/xml;charset=UTF-8", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}
