package skmid_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"io"
	"math/big"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/gomss/gomss/adapters/skmid"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

func TestMain(m *testing.M) {
	if os.Getenv(costServer) != "" {
		serveCost()
		return
	}
	goleak.VerifyTestMain(m)
}

// A fictitious Estonian and a Lithuanian with the same digits, at a fictitious service.
const (
	phoneEE = "+37251234567"
	phoneLT = "+37061234567"
	digits  = "37605030299"
	uuid    = "de305d54-75b4-431b-adb2-eb6b9e546014"
	baseURL = "https://mid.example/mid-api"
	session = "6c1fd9c1-2a5f-4d0b-9f1e-2b1a6f0c7d11"
)

func msisdn(t testing.TB, s string) mss.MSISDN {
	t.Helper()
	m, err := mss.ParseMSISDN(s)
	require.NoError(t, err)
	return m
}

func personID(t testing.TB, country, code string) mss.PersonID {
	t.Helper()
	p, err := mss.ParsePersonID(country, code)
	require.NoError(t, err)
	return p
}

func estonian(t testing.TB) mss.User {
	t.Helper()
	return mss.User{MSISDN: msisdn(t, phoneEE), Person: personID(t, "EE", digits)}
}

func authentication(t testing.TB) *mss.Request {
	t.Helper()
	return &mss.Request{Purpose: mss.Authentication, User: estonian(t), Display: "Log in?", Language: "et"}
}

// Object identifiers of a subject.
var (
	oidSN      = asn1.ObjectIdentifier{2, 5, 4, 4}
	oidSerial  = asn1.ObjectIdentifier{2, 5, 4, 5}
	oidCountry = asn1.ObjectIdentifier{2, 5, 4, 6}
	oidGN      = asn1.ObjectIdentifier{2, 5, 4, 42}
	oidCN      = asn1.ObjectIdentifier{2, 5, 4, 3}
)

type attribute struct {
	oid   asn1.ObjectIdentifier
	value any
}

// name is a subject, in the order given.
func name(attributes ...attribute) (n pkix.Name) {
	for _, a := range attributes {
		n.ExtraNames = append(n.ExtraNames, pkix.AttributeTypeAndValue{Type: a.oid, Value: a.value})
	}
	return n
}

// subjectOf is a subject as since 2025: the order in the CN is not that of before.
func subjectOf(serial, country string) pkix.Name {
	return name(attribute{oidCountry, country}, attribute{oidCN, "JÕEORG,JAAK-KRISTJAN"}, attribute{oidSN, "JÕEORG"},
		attribute{oidGN, "JAAK-KRISTJAN"}, attribute{oidSerial, serial})
}

// holder is a certificate with its key.
type holder struct {
	cert *x509.Certificate
	key  crypto.Signer
}

var ecKey = sync.OnceValue(func() *ecdsa.PrivateKey { return generate(elliptic.P256()) })

func generate(curve elliptic.Curve) *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// issue certifies a key; without issuer by itself.
func issue(t testing.TB, tmpl *x509.Certificate, issuer *holder, key crypto.Signer) *holder {
	t.Helper()
	tmpl.SerialNumber = big.NewInt(time.Now().UnixNano())
	if tmpl.NotBefore.IsZero() {
		tmpl.NotBefore, tmpl.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
	}
	parent, by := tmpl, key
	if issuer != nil {
		parent, by = issuer.cert, issuer.key
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, key.Public(), by)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return &holder{cert, key}
}

// authority makes an issuing CA.
func authority(t testing.TB, commonName string) *holder {
	t.Helper()
	return issue(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: commonName}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, nil, generate(elliptic.P256()))
}

// realm is a production environment of its own: a CA and a person with two key pairs.
type realm struct {
	ca         *holder
	anchors    *mss.Anchors
	auth, sign *holder
}

func newRealm(t testing.TB) *realm {
	t.Helper()
	r := &realm{ca: authority(t, "Test issuing CA")}
	var err error
	r.anchors, err = mss.NewAnchors(mss.Production, []*x509.Certificate{r.ca.cert}, nil)
	require.NoError(t, err)
	r.auth = r.person(t, mss.Authentication, ecKey(), nil)
	r.sign = r.person(t, mss.Signing, generate(elliptic.P256()), nil)
	return r
}

// person issues a certificate for the Estonian; change may alter it.
func (r *realm) person(t testing.TB, p mss.Purpose, key crypto.Signer, change func(*x509.Certificate)) *holder {
	t.Helper()
	tmpl := &x509.Certificate{Subject: subjectOf("PNOEE-"+digits, "EE"), KeyUsage: x509.KeyUsageDigitalSignature, BasicConstraintsValid: true}
	if p == mss.Signing {
		tmpl.KeyUsage = x509.KeyUsageContentCommitment
	}
	if change != nil {
		change(tmpl)
	}
	return issue(t, tmpl, r.ca, key)
}

var hashNames = map[crypto.Hash]string{crypto.SHA256: "SHA256", crypto.SHA384: "SHA384", crypto.SHA512: "SHA512"}

// signRaw signs as the card does: r and s behind each other, or the RSA value.
func (h *holder) signRaw(t testing.TB, hash crypto.Hash, digest []byte) []byte {
	t.Helper()
	if key, ok := h.key.(*ecdsa.PrivateKey); ok {
		r, s, err := ecdsa.Sign(rand.Reader, key, digest)
		require.NoError(t, err)
		size := (key.Params().BitSize + 7) / 8
		return append(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...)
	}
	sig, err := h.key.Sign(rand.Reader, digest, hash)
	require.NoError(t, err)
	return sig
}

func (h *holder) algorithm(hash crypto.Hash) string {
	if _, ok := h.key.(*rsa.PrivateKey); ok {
		return hashNames[hash] + "WithRSAEncryption"
	}
	return hashNames[hash] + "WithECEncryption"
}

// body is the status of a session, to be altered.
type body struct {
	State     string     `json:"state"`
	Result    string     `json:"result"`
	Signature *signature `json:"signature,omitempty"`
	Cert      string     `json:"cert,omitempty"`
	Time      string     `json:"time"`
	TraceID   string     `json:"traceId"`
}

type signature struct {
	Value     string `json:"value"`
	Algorithm string `json:"algorithm"`
}

// answer is what the service says when the holder has signed; of an authentication it has the certificate.
func (h *holder) answer(t testing.TB, p mss.Purpose, hash crypto.Hash, digest []byte) *body {
	t.Helper()
	b := &body{State: "COMPLETE", Result: "OK", Time: "2026-01-02T03:04:05", TraceID: "4a295f2786d6dc89"}
	b.Signature = &signature{base64.StdEncoding.EncodeToString(h.signRaw(t, hash, digest)), h.algorithm(hash)}
	if p == mss.Authentication {
		b.Cert = base64.StdEncoding.EncodeToString(h.cert.Raw)
	}
	return b
}

func (b *body) bytes(t testing.TB) []byte {
	t.Helper()
	doc, err := json.Marshal(b)
	require.NoError(t, err)
	return doc
}

// sent is a request as the service saw it.
type sent struct {
	method, path string
	body         map[string]string
	header       http.Header
}

// service is a RoundTripper that answers by a script, and notes what it saw.
type service struct {
	mu      sync.Mutex
	sent    []sent
	respond func(r *http.Request, m map[string]string) *http.Response
}

// RoundTrip implements http.RoundTripper.
func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	m := map[string]string{}
	if r.Body != nil {
		doc, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(doc, &m); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	s.sent = append(s.sent, sent{r.Method, r.URL.RequestURI(), m, r.Header.Clone()})
	s.mu.Unlock()
	if resp := s.respond(r, m); resp != nil {
		return resp, nil
	}
	<-r.Context().Done() // no answer
	return nil, context.Cause(r.Context())
}

func (s *service) requests() []sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]sent(nil), s.sent...)
}

// reply is an answer in JSON.
func reply(status int, doc string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json;charset=UTF-8"}},
		Body: io.NopCloser(strings.NewReader(doc)), ContentLength: -1,
	}
}

func octets(status int, doc []byte) *http.Response {
	r := reply(status, "")
	r.Body = io.NopCloser(bytes.NewReader(doc))
	return r
}

// started answers every start, and every other request with then.
func started(then func(r *http.Request) *http.Response) *service {
	return &service{respond: func(r *http.Request, _ map[string]string) *http.Response {
		if r.Method == http.MethodPost && !strings.HasSuffix(r.URL.Path, "/certificate") {
			return reply(http.StatusOK, `{"sessionID":"`+session+`"}`)
		}
		return then(r)
	}}
}

func config(r *realm, s http.RoundTripper) skmid.Config {
	return skmid.Config{
		HTTP:             transport.Config{URL: baseURL, Base: s},
		RelyingPartyName: "ACME", RelyingPartyUUID: uuid, Anchors: r.anchors,
	}
}

func newClient(t testing.TB, r *realm, s http.RoundTripper) *skmid.Client {
	t.Helper()
	c, err := skmid.New(config(r, s))
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func newVerifier(t testing.TB, a *mss.Anchors) *skmid.Verifier {
	t.Helper()
	v, err := skmid.NewVerifier(skmid.VerifierConfig{Anchors: a})
	require.NoError(t, err)
	return v
}

// requireRefused holds an error against the field of the request that it is about, and says that no phone rang.
func requireRefused(t testing.TB, err error, field string) {
	t.Helper()
	var refused *mss.RequestError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, field, refused.Field, "%v", err)
	require.False(t, mss.MayHaveRung(err))
}

// requireFailed holds an error against the check that failed.
func requireFailed(t testing.TB, err error, check string) {
	t.Helper()
	var failed *mss.VerificationError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, check, failed.Check, "%v", err)
}

func unbase64(t testing.TB, s string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	require.NoError(t, err)
	return b
}

// quick is a service that answers without looking, for benchmarks.
type quick []byte

// RoundTrip implements http.RoundTripper.
func (q quick) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodGet {
		return octets(http.StatusOK, q), nil
	}
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, err
	}
	return reply(http.StatusOK, `{"sessionID":"`+session+`"}`), nil
}
