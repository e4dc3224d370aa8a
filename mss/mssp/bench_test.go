package mssp_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"encoding/xml"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"os"
	"os/exec"
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
	srv.Script(person, msstest.Person{})
	srv.Script(person+"1", msstest.Person{Key: msstest.RSA})
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

// BenchmarkSignature compares the CPU time that this process spends on one synchronous signature: verified by this
// package; by a plain client, net/http and encoding/xml into a struct, that verifies nothing; and the floor, a bare
// round trip on a warm TLS connection and the bare check of the signature. Ratios are in the last line.
func BenchmarkSignature(b *testing.B) {
	service, cert := startBench(b)
	client := benchClient(b, service, cert)
	plain := newPlainClient(service, cert)
	defer plain.http.CloseIdleConnections()
	number := msisdn(b, person)
	req := &mss.Request{Purpose: mss.Authentication, User: mss.User{MSISDN: number}, Display: service.Prefix + "log in?", Language: "en"}

	sig, err := client.SignSync(b.Context(), req) // the person and the issuer are known from here on
	require.NoError(b, err)
	leaf := sig.Signer.Chain[0]

	cpu := map[string]float64{}
	measure := func(name string, op func() error) {
		b.Run(name, func(b *testing.B) {
			require.NoError(b, op()) // warm
			b.ReportAllocs()
			start, n := cpuTime(b), 0
			for b.Loop() {
				if err := op(); err != nil {
					b.Fatal(err)
				}
				n++
			}
			cpu[name] = float64(cpuTime(b)-start) / float64(n) / 1e3
			b.ReportMetric(cpu[name], "cpu-µs/op")
		})
	}
	measure("plain-unverified", func() error { return plain.sign(person, service.Prefix+"log in?") })
	measure("verified", func() error { _, err := client.SignSync(b.Context(), req); return err })
	measure("floor-round-trip", func() error { return plain.roundTrip("/none", []byte("x")) })
	signed := sha256.Sum256(sig.Content)
	value, err := ecKey().Sign(rand.Reader, signed[:], nil)
	require.NoError(b, err)
	measure("floor-check", func() error {
		if !ecdsa.VerifyASN1(&ecKey().PublicKey, signed[:], value) {
			return fmt.Errorf("bare check of a key like %v's", leaf.PublicKeyAlgorithm)
		}
		return nil
	})
	b.Run("ratios", func(b *testing.B) {
		for b.Loop() {
		}
		b.ReportMetric(0, "ns/op")
		if cpu["verified"] > 0 && cpu["plain-unverified"] > 0 && cpu["floor-round-trip"] > 0 {
			b.ReportMetric(cpu["verified"]/cpu["plain-unverified"], "of-plain")
			b.ReportMetric(cpu["verified"]/(cpu["floor-round-trip"]+cpu["floor-check"]), "of-floor")
		}
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
	n       int
}

func newPlainClient(s benchService, cert tls.Certificate) *plainClient {
	pool := x509.NewCertPool()
	if root, err := x509.ParseCertificate(s.TLS); err == nil {
		pool.AddCert(root)
	}
	return &plainClient{service: s, http: &http.Client{Transport: &http.Transport{
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
	p.n++
	body := fmt.Sprintf(plainRequest, p.service.APID, p.n, time.Now().Format("2006-01-02T15:04:05.000Z07:00"), number, text)
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
