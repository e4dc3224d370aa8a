package bankidtest_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"math/big"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/gomss/gomss/adapters/bankid/bankidtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// number is of nobody.
const number = "197209239800"

// caller is a relying party with nothing but net/http, which sends what it is told.
type caller struct {
	t    testing.TB
	srv  *bankidtest.Server
	http *http.Client
}

// inProcess makes a server without a network, with a client.
func inProcess(t testing.TB, o *bankidtest.Options) (*bankidtest.Server, *caller) {
	t.Helper()
	srv, err := bankidtest.NewInProcess(o)
	require.NoError(t, err)
	t.Cleanup(srv.Close)
	return srv, &caller{t, srv, &http.Client{Transport: srv.RoundTripper()}}
}

// clientCertificate makes a relying party's certificate, self-signed.
func clientCertificate(t testing.TB, name string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// dial makes a client over TLS.
func dial(t testing.TB, srv *bankidtest.Server, certs ...tls.Certificate) *caller {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(srv.HTTP().Roots[0])
	rt := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: certs}, MaxIdleConnsPerHost: 8}
	t.Cleanup(rt.CloseIdleConnections)
	return &caller{t, srv, &http.Client{Transport: rt}}
}

// body is a request body by member, to be changed as tests like.
type body map[string]any

func (b body) with(member string, value any) body {
	b = maps.Clone(b)
	b[member] = value
	return b
}

func (b body) without(member string) body {
	b = maps.Clone(b)
	delete(b, member)
	return b
}

var (
	askAuth = body{"endUserIp": "198.51.100.7"}
	askSign = askAuth.with("userVisibleData", text("Köp för 100 kr?")).with("userNonVisibleData", text("nonce and hash"))
	askCall = body{"personalNumber": number, "callInitiator": "user", "userVisibleData": text("Är det du?")}
	askPay  = askAuth.with("userVisibleTransaction", body{"transactionType": "card", "recipient": body{"name": "Shop"},
		"money": body{"amount": "100,50", "currency": "SEK"}})
	askOther = askPay.without("endUserIp").with("personalNumber", number)
)

// requests are one that is in order for every address that starts an order.
var requests = map[string]body{"/auth": askAuth, "/sign": askSign, "/payment": askPay,
	"/phone/auth": askCall, "/phone/sign": askCall, "/other/payment": askOther}

func required(members body) body { return askAuth.with("requirement", members) }

func text(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// answer is everything that any answer can have.
type answer struct {
	status int
	header http.Header
	body   []byte

	OrderRef, AutoStartToken, QRStartToken, QRStartSecret string
	Status, HintCode                                      string
	CompletionData                                        *completion
	ErrorCode, Details                                    string
}

type completion struct {
	User            struct{ PersonalNumber, Name, GivenName, Surname string }
	Device          struct{ IPAddress, UHI string }
	BankIDIssueDate string
	StepUp          *struct{ MRTD bool }
	Signature       string
	OCSPResponse    string
	Risk            string
}

func (c *caller) do(ctx context.Context, method, path, contentType string, content []byte) (*answer, error) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, c.srv.URL()+path, bytes.NewReader(content))
	require.NoError(c.t, err)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	a := &answer{status: resp.StatusCode, header: resp.Header}
	if a.body, err = io.ReadAll(resp.Body); err != nil {
		return nil, err
	}
	_ = json.Unmarshal(a.body, a) // what is no JSON leaves the fields empty
	return a, nil
}

func (c *caller) try(path string, b body) (*answer, error) {
	c.t.Helper()
	content, err := json.Marshal(b)
	require.NoError(c.t, err)
	return c.do(c.t.Context(), http.MethodPost, path, "application/json", content)
}

func (c *caller) post(path string, b body) *answer {
	c.t.Helper()
	a, err := c.try(path, b)
	require.NoError(c.t, err)
	return a
}

// start begins an order.
func (c *caller) start(path string, b body) *answer {
	c.t.Helper()
	a := c.post(path, b)
	require.Equal(c.t, http.StatusOK, a.status, "%s", a.body)
	require.NotEmpty(c.t, a.OrderRef)
	return a
}

func (c *caller) collect(ref string) *answer {
	c.t.Helper()
	return c.post("/collect", body{"orderRef": ref})
}

// hint collects and returns "pending x" or "failed x" or "complete ".
func (c *caller) hint(ref string) string {
	c.t.Helper()
	a := c.collect(ref)
	require.Equal(c.t, http.StatusOK, a.status, "%s", a.body)
	require.Equal(c.t, ref, a.OrderRef)
	return a.Status + " " + a.HintCode
}

// outcome begins an order and returns how it ended.
func (c *caller) outcome(path string, b body) *answer {
	c.t.Helper()
	ref := c.start(path, b).OrderRef
	for {
		if a := c.collect(ref); a.Status != "pending" {
			return a
		}
		time.Sleep(2 * time.Second) // in bubbles only
	}
}

func (c *caller) cancel(ref string) *answer {
	c.t.Helper()
	return c.post("/cancel", body{"orderRef": ref})
}

func requireError(t testing.TB, a *answer, status int, code string) {
	t.Helper()
	require.Equal(t, status, a.status, "%s", a.body)
	require.Equal(t, "application/json", a.header.Get("Content-Type"))
	require.Equal(t, code, a.ErrorCode)
	require.NotEmpty(t, a.Details)
}

func requireInvalid(t testing.TB, a *answer, details string) {
	t.Helper()
	requireError(t, a, http.StatusBadRequest, "invalidParameters")
	require.Equal(t, details, a.Details)
}

// qr is the QR text of an order at a second.
func (a *answer) qr(second int) string {
	at := strconv.Itoa(second)
	mac := hmac.New(sha256.New, []byte(a.QRStartSecret))
	mac.Write([]byte(at))
	return "bankid." + a.QRStartToken + "." + at + "." + hex.EncodeToString(mac.Sum(nil))
}
