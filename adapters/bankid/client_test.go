package bankid_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/bankid"
	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// What clients are tested against: a service that answers by a script.
const (
	baseURL   = "https://bankid.example/rp/v6.0"
	orderRef  = "131daac9-16c6-4618-beb0-365768f37288"
	autoStart = "7c40b5c9-fa74-49cf-b98c-bfe651f9a7c6"
	qrToken   = "67df3917-fa0d-44e5-b327-edcc928297f8"
	qrSecret  = "d28db9a7-4cde-429e-a983-359be676944c"
)

// message is a request as the service saw it.
type message struct {
	method, path, contentType, body string
}

// member returns a member of the body, decoded.
func (m message) member(t testing.TB, name string) any {
	t.Helper()
	var v map[string]any
	require.NoError(t, json.Unmarshal([]byte(m.body), &v))
	return v[name]
}

// script is a RoundTripper that answers by a script, and notes what it saw.
type script struct {
	mu      sync.Mutex
	seen    []message
	respond func(m message) *http.Response
}

// RoundTrip implements http.RoundTripper.
func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	m := message{r.Method, r.URL.RequestURI(), r.Header.Get("Content-Type"), string(body)}
	s.mu.Lock()
	s.seen = append(s.seen, m)
	s.mu.Unlock()
	if resp := s.respond(m); resp != nil {
		return resp, nil
	}
	<-r.Context().Done() // no answer
	return nil, context.Cause(r.Context())
}

func (s *script) messages() []message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]message(nil), s.seen...)
}

// says is an answer in JSON.
func says(status int, doc string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(doc)), ContentLength: -1,
	}
}

const accepted = `{"orderRef":"` + orderRef + `","autoStartToken":"` + autoStart + `","qrStartToken":"` + qrToken + `","qrStartSecret":"` + qrSecret + `","new":1}`

// collecting is a service that takes every order and answers collect and cancel with then.
func collecting(then func() *http.Response) *script {
	return &script{respond: func(m message) *http.Response {
		if strings.HasSuffix(m.path, "/collect") || strings.HasSuffix(m.path, "/cancel") {
			return then()
		}
		return says(http.StatusOK, accepted)
	}}
}

// status is an answer to collect.
func status(s, hint string) string {
	return `{"orderRef":"` + orderRef + `","status":"` + s + `","hintCode":"` + hint + `"}`
}

var testAnchors = map[mss.Environment]func() *mss.Anchors{
	mss.Production: sync.OnceValue(func() *mss.Anchors { return anchorsOf(mss.Production) }),
	mss.Test:       sync.OnceValue(func() *mss.Anchors { return anchorsOf(mss.Test) }),
	mss.Simulator:  sync.OnceValue(func() *mss.Anchors { return anchorsOf(mss.Simulator) }),
}

// acme is the certificate of a relying party.
var acme = sync.OnceValue(func() *x509.Certificate {
	c, _ := selfSigned(certificateTemplate("ACME", nil))
	return c
})

func anchorsOf(env mss.Environment) *mss.Anchors {
	tmpl := certificateTemplate("A root", nil)
	tmpl.IsCA, tmpl.BasicConstraintsValid, tmpl.KeyUsage = true, true, x509.KeyUsageCertSign
	if env == mss.Simulator {
		tmpl.ExtraExtensions = []pkix.Extension{{Id: simulated.OID, Value: []byte{5, 0}}}
	}
	cert, _ := selfSigned(tmpl)
	a, err := mss.NewAnchors(env, []*x509.Certificate{cert}, nil)
	if err != nil {
		panic(err)
	}
	return a
}

func certificateTemplate(commonName string, extra []pkix.AttributeTypeAndValue) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: commonName, ExtraNames: extra},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(60 * 24 * time.Hour),
	}
}

// selfSigned certifies a new key by itself and returns the pair, the key as PEM.
func selfSigned(tmpl *x509.Certificate) (*x509.Certificate, []byte) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		panic(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	octets, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}
	return cert, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: octets})
}

func clientConfig(s http.RoundTripper) bankid.Config {
	return bankid.Config{HTTP: transport.Config{URL: baseURL, Base: s}, RelyingParty: acme(), Anchors: testAnchors[mss.Production]()}
}

func newTestClient(t testing.TB, s http.RoundTripper, edit ...func(*bankid.Config)) *bankid.Client {
	t.Helper()
	cfg := clientConfig(s)
	for _, e := range edit {
		e(&cfg)
	}
	c, err := bankid.New(cfg)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

var clientIP = netip.MustParseAddr("192.0.2.7")

func swede(t testing.TB, digits string) mss.User {
	t.Helper()
	p, err := mss.ParsePersonID("SE", digits)
	require.NoError(t, err)
	return mss.User{Person: p}
}

func login() *mss.Request {
	return &mss.Request{Purpose: mss.Authentication, EndUserIP: clientIP, Display: "Log in to ACME?"}
}

func contract() *mss.Request {
	return &mss.Request{Purpose: mss.Signing, EndUserIP: clientIP, Display: "I buy it."}
}

// octetsOf decodes Base64 in a body.
func octetsOf(t testing.TB, v any) string {
	t.Helper()
	s, ok := v.(string)
	require.True(t, ok, "no string: %v", v)
	b, err := base64.StdEncoding.DecodeString(s)
	require.NoError(t, err)
	return string(b)
}

// requireRefused holds an error against the field of the request that it is about, and says that nothing was sent.
func requireRefused(t testing.TB, err error, field string) {
	t.Helper()
	var r *mss.RequestError
	require.ErrorAs(t, err, &r)
	require.Equal(t, field, r.Field, "%v", err)
	require.False(t, mss.MayHaveRung(err))
}
