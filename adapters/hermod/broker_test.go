package hermod_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"path"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// What clients are tested against here: a Hermod that answers by a script, and a person with one key.
const (
	brokerURL      = "https://hermod.example:20400/hermod/rest"
	brokerFQDN     = "hermod.example"
	brokerUser     = "hermod-user"
	brokerPassword = "c4llback-passw0rd"
	brokerAPIKey   = "6f0d1a6e5b3c4f0da1b2c3d4e5f60718"
	aliceID        = "alice.example"
	aliceProfile   = "3f0a9f7e-2f34-4c8e-8a55-0a3f1f0f3b11"
	aliceBox       = "9d1b8a52-77e5-4f0e-9a0a-51c2f0f7a001"
)

// sent is a command as the broker got it.
type sent struct {
	path, apiKey, contentType, body string
	doc                             map[string]any
	number                          int
}

// member follows names into the command's document.
func (c *sent) member(names ...string) any {
	var v any = c.doc
	for _, n := range names {
		switch at := v.(type) {
		case map[string]any:
			v = at[n]
		case []any:
			i, err := strconv.Atoi(n)
			if err != nil || i >= len(at) {
				return nil
			}
			v = at[i]
		default:
			return nil
		}
	}
	return v
}

func (c *sent) externalID() string {
	s, _ := c.member("commandHeader", "externalId").(string)
	return s
}

func (c *sent) id() string { return strconv.Itoa(c.number) }

func (c *sent) segment() string { return path.Base(c.path) }

// brokerTypes are the names of the interface by the last segment of a command's path.
var brokerTypes = map[string][3]string{
	"provision": {"PROV", "provCommand", "provResponse"}, "certificate": {"CERT", "certCommand", "certResponse"},
	"authenticate": {"AUTH", "authCommand", "authResponse"}, "sign": {"SIGN", "signCommand", "signResponse"},
	"ping": {"PING", "pingCommand", "pingResponse"},
}

func (c *sent) location() string { return brokerURL + "/ms/" + aliceBox + "/m" + c.id() }

// plugout is a link as Hermods write it, with escapes of both kinds.
func (c *sent) plugout() string {
	return "com.nexusgroup.plugout:///?url=https%3a%2f%2fhermod.example%3A20400%2Fhermod%2frest%2Fms%2F" + aliceBox + "&token=t0ken-" + c.id()
}

// record is the command's record; edit may change it.
func (c *sent) record(edit ...func(map[string]any)) string {
	r := map[string]any{
		"commandId": c.id(), "externalId": c.externalID(), "commandType": brokerTypes[c.segment()][0], "state": "IN_PROGRESS", "fqdn": brokerFQDN,
		"destinations": []any{map[string]any{
			"to": aliceBox, "bid": aliceBox, "uri": c.plugout(), "mid": "m" + c.id(), "pid": aliceProfile, "location": c.location(),
		}},
	}
	for _, e := range edit {
		e(r)
	}
	b, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// final is the record of a command that a device has answered.
func (c *sent) final(code int, result any, edit ...func(map[string]any)) string {
	return c.record(append([]func(map[string]any){func(r map[string]any) {
		r["state"] = "COMPLETED"
		r["responseHeader"] = map[string]any{"inReplyTo": c.location(), "status": 200}
		response := map[string]any{"code": code}
		if result != nil {
			response["result"] = result
		}
		r[brokerTypes[c.segment()][2]] = response
	}}, edit...)...)
}

// tbs is what the device is to sign.
func (c *sent) tbs() []byte {
	s, _ := c.member(brokerTypes[c.segment()][1], "params", "tbs", "0", "data").(string)
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// signed is the record with alice's signature in JWS.
func (c *sent) signed(edit ...func(map[string]any)) string {
	return c.final(0, map[string]any{"contenttype": "jws", "data": alice().jws(c.tbs())}, edit...)
}

// broker is a RoundTripper that takes commands.
type broker struct {
	mu       sync.Mutex
	commands []*sent

	// respond answers a command; nil, or an answer that is nil: the record. It may call back first.
	respond func(c *sent) *http.Response
}

// RoundTrip implements http.RoundTripper.
func (b *broker) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	c := &sent{path: r.URL.Path, apiKey: r.Header.Get("X-Api-Key"), contentType: r.Header.Get("Content-Type"), body: string(body)}
	if err := json.Unmarshal(body, &c.doc); err != nil {
		return nil, err
	}
	b.mu.Lock()
	c.number = 1000 + len(b.commands)
	b.commands = append(b.commands, c)
	b.mu.Unlock()
	if b.respond != nil {
		if resp := b.respond(c); resp != nil {
			return resp, nil
		}
	}
	return says(http.StatusOK, c.record()), nil
}

func (b *broker) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.commands)
}

func (b *broker) last() *sent {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.commands[len(b.commands)-1]
}

func says(status int, doc string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json;charset=UTF-8"}},
		Body: io.NopCloser(strings.NewReader(doc)), ContentLength: -1,
	}
}

// call calls back, as the Hermod does, and returns the status of the answer.
func call(t testing.TB, c *hermod.Client, segment, doc string) int {
	t.Helper()
	return post(t, c, "/callbacks/callback/"+segment, doc, brokerUser, brokerPassword).Code
}

func post(t testing.TB, c *hermod.Client, target, doc, user, password string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequestWithContext(context.Background(), http.MethodPost, target, strings.NewReader(doc))
	req.Header.Set("Content-Type", "application/json")
	if user != "" {
		req.SetBasicAuth(user, password)
	}
	w := httptest.NewRecorder()
	c.Callback().ServeHTTP(w, req)
	require.Empty(t, w.Body.String(), "answers have no body")
	return w
}

// holder is a person's key with the certificate that was enrolled.
type holder struct {
	key  *rsa.PrivateKey
	cert *x509.Certificate
}

// jws signs octets as a device does.
func (h *holder) jws(payload []byte) string {
	return sealJWS(`{"alg":"RS256"}`, string(payload), h.key)
}

// brokerEra is the validity of certificates: the clocks of bubbles begin with the year 2000.
var brokerEra = [2]time.Time{time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}

// brokerCA issues alice's certificate, and those of other tests.
var brokerCA = sync.OnceValue(func() *holder {
	key := newRSAKey(2048)
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Broker Test CA"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: brokerEra[0], NotAfter: brokerEra[1],
	}
	return &holder{key, certify(tmpl, tmpl, key.Public(), key)}
})

var alice = sync.OnceValue(func() *holder {
	key := newRSAKey(2048)
	return &holder{key, brokerIssue(key.Public(), nil)}
})

// brokerIssue has the CA certify a key.
func brokerIssue(pub crypto.PublicKey, edit func(*x509.Certificate)) *x509.Certificate {
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Alice CANARY"},
		NotBefore: brokerEra[0], NotAfter: brokerEra[1],
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
	}
	if edit != nil {
		edit(tmpl)
	}
	ca := brokerCA()
	return certify(tmpl, ca.cert, pub, ca.key)
}

var brokerAnchors = sync.OnceValue(func() *mss.Anchors {
	a, err := mss.NewAnchors(mss.Test, []*x509.Certificate{brokerCA().cert}, nil)
	if err != nil {
		panic(err)
	}
	return a
})

// aliceDevice is what alice's enrolment has left.
func aliceDevice(certs ...*x509.Certificate) *hermod.Device {
	d := &hermod.Device{User: aliceUser().ID, ProfileID: aliceProfile, BoxID: aliceBox, EnrolledAt: time.Unix(1_700_000_000, 0)}
	for i, c := range certs {
		d.Keys = append(d.Keys, hermod.DeviceKey{ID: fmt.Sprint("signer", i), Mechanism: "RS256", Chain: []*x509.Certificate{c}})
	}
	return d
}

func aliceUser() mss.User {
	id, err := mss.ParseUserID(aliceID)
	if err != nil {
		panic(err)
	}
	return mss.User{ID: id}
}

// aliceRegistry knows alice's device.
func aliceRegistry() *hermod.MemoryRegistry {
	r := hermod.NewMemoryRegistry()
	if err := r.Put(context.Background(), aliceDevice(alice().cert)); err != nil {
		panic(err)
	}
	return r
}

func brokerConfig(b http.RoundTripper) hermod.Config {
	return hermod.Config{
		HTTP: transport.Config{URL: brokerURL, Base: b}, ClientID: "acme", ClientKey: mss.Conceal(brokerAPIKey),
		CallbackUser: brokerUser, CallbackPassword: mss.Conceal(brokerPassword), Anchors: brokerAnchors(), Registry: aliceRegistry(),
	}
}

func newBrokerClient(t testing.TB, b *broker, edit ...func(*hermod.Config)) *hermod.Client {
	t.Helper()
	cfg := brokerConfig(b)
	for _, e := range edit {
		e(&cfg)
	}
	c, err := hermod.New(cfg)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

var jwsOptions = hermod.Options{Format: mss.JWS}

func payment() *mss.Request {
	return &mss.Request{Purpose: mss.Signing, User: aliceUser(), Display: "Pay 10 EUR to ACME", AddCode: true, Options: jwsOptions}
}

func login() *mss.Request {
	return &mss.Request{Purpose: mss.Authentication, User: aliceUser(), Display: "Log in to ACME", Options: jwsOptions}
}

// started is a transaction that the broker has accepted.
func started(t testing.TB, c *hermod.Client, req *mss.Request) *mss.Transaction {
	t.Helper()
	tx, err := c.Start(t.Context(), req)
	require.NoError(t, err)
	return tx
}

// outcome polls once, without waiting, and returns the evidence, which must be there.
func outcome(t testing.TB, c *hermod.Client, tx *mss.Transaction) *mss.Evidence {
	t.Helper()
	st, err := c.Poll(t.Context(), tx, 0)
	require.NoError(t, err)
	require.NotNil(t, st.Evidence)
	return st.Evidence
}

func requireOutstanding(t testing.TB, c *hermod.Client, tx *mss.Transaction) {
	t.Helper()
	st, err := c.Poll(t.Context(), tx, 0)
	require.NoError(t, err)
	require.Nil(t, st.Evidence)
}

// logged collects what a logger writes.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
