package hermodtest_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"io"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/gomss/gomss/adapters/hermod/hermodtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const user = "astrid@example.com" // of most tests

// object is JSON, to be changed as tests like.
type object = map[string]any

// caller is an application server with nothing but net/http, which sends what it is told and keeps the callbacks.
type caller struct {
	t    testing.TB
	srv  *hermodtest.Server
	http *http.Client
	key  string // X-Api-Key

	mu        sync.Mutex
	callbacks chan *callback
	status    int // that callbacks are answered with
}

// callback is a callback that arrived.
type callback struct {
	path, user, password string
	body                 []byte
	record
}

// record is a command record.
type record struct {
	CommandID, ExternalID, CommandType, State, FQDN string
	Destinations                                    []struct{ To, BID, URI, MID, PID, Location string }
	ResponseHeader                                  *struct {
		InReplyTo string
		Status    int
	}
	ProvResponse, CertResponse, AuthResponse, SignResponse, PingResponse *response
}

type response struct {
	Code   int
	Result *struct{ ContentType, Data string }
}

func (r *record) response() *response {
	for _, p := range []*response{r.ProvResponse, r.CertResponse, r.AuthResponse, r.SignResponse, r.PingResponse} {
		if p != nil {
			return p
		}
	}
	return nil
}

// listening makes a server over TLS, with a client.
func listening(t testing.TB, o hermodtest.Options) (*hermodtest.Server, *caller) {
	t.Helper()
	srv := hermodtest.New(t, o)
	return srv, call(t, srv)
}

// inProcess makes a server without a network, with a client.
func inProcess(t testing.TB, o hermodtest.Options) (*hermodtest.Server, *caller) {
	t.Helper()
	srv, err := hermodtest.NewInProcess(o)
	require.NoError(t, err)
	t.Cleanup(srv.Close)
	return srv, call(t, srv)
}

func call(t testing.TB, srv *hermodtest.Server) *caller {
	t.Helper()
	cfg := srv.HTTP()
	rt := cfg.Base
	if rt == nil {
		pool := x509.NewCertPool()
		pool.AddCert(cfg.Roots[0])
		tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, MaxIdleConnsPerHost: 8}
		t.Cleanup(tr.CloseIdleConnections)
		rt = tr
	}
	c := &caller{
		t: t, srv: srv, key: srv.APIKey(), status: http.StatusOK, callbacks: make(chan *callback, 100),
		http: &http.Client{Transport: rt, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
	srv.CallbackTo(c)
	return c
}

// ServeHTTP takes a callback.
func (c *caller) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	cb := &callback{path: r.URL.Path}
	cb.user, cb.password, _ = r.BasicAuth()
	cb.body, _ = io.ReadAll(r.Body)
	_ = json.Unmarshal(cb.body, &cb.record) // what is no JSON leaves the fields empty
	c.mu.Lock()
	status := c.status
	c.mu.Unlock()
	c.callbacks <- cb
	w.WriteHeader(status)
}

// next is the next callback.
func (c *caller) next() *callback {
	c.t.Helper()
	select {
	case cb := <-c.callbacks:
		return cb
	case <-time.After(time.Minute):
		c.t.Fatal("no callback came")
	}
	return nil
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
	record
}

func (c *caller) do(ctx context.Context, method, path, contentType string, content []byte) (*answer, error) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, c.srv.URL()+path, bytes.NewReader(content))
	require.NoError(c.t, err)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if c.key != none {
		req.Header.Set("X-Api-Key", c.key)
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
	_ = json.Unmarshal(a.body, &a.record) // what is no JSON leaves the fields empty
	return a, nil
}

func (c *caller) post(path string, b any) *answer {
	c.t.Helper()
	content, err := json.Marshal(b)
	require.NoError(c.t, err)
	a, err := c.do(c.t.Context(), http.MethodPost, path, "application/json", content)
	require.NoError(c.t, err)
	return a
}

// accepted posts a command and returns its record.
func (c *caller) accepted(path string, b any) *record {
	c.t.Helper()
	a := c.post(path, b)
	require.Equal(c.t, http.StatusOK, a.status, "%s", a.body)
	require.Equal(c.t, "IN_PROGRESS", a.State)
	return &a.record
}

// outcome posts a command and returns its callback.
func (c *caller) outcome(path string, b any) *callback {
	c.t.Helper()
	started := c.accepted(path, b)
	cb := c.next()
	require.Equal(c.t, started.CommandID, cb.CommandID)
	return cb
}

func header(to ...string) object {
	h := object{"lifespan": 60, "timeout": 60, "externalId": "my-id"}
	if len(to) > 0 {
		h["to"] = to
	}
	return h
}

// templateKey signs the templates of requests, and is thrown away in earnest.
var templateKey = sync.OnceValue(func() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
})

func template(t testing.TB) []byte {
	t.Helper()
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
		Subject:  pkix.Name{Country: []string{"SE"}, CommonName: "Astrid Beispiel"},
		DNSNames: []string{"attribute.invalid"},
	}, templateKey())
	require.NoError(t, err)
	return der
}

// rsa2048 and p256 are keytypeprios.
var (
	rsa2048 = object{"keytype": "RSA", "keylength": "2048", "responsemechanism": "RS256"}
	p256    = object{"keytype": "EC", "keylength": "256", "responsemechanism": "ES256"}
)

// prov is a PROV command in order.
func prov(t testing.TB, keyType object) object {
	return object{
		"commandHeader": header(),
		"provCommand": object{
			"nonce": "N-123", "userid": user, "responsesignaturekey": "ATTESTATION", "responseformat": "jws",
			"profile": object{
				"servername": "server", "name": "Test profile",
				"keygenrequests": []object{{
					"keyid": "signer", "usage": "SIG", "keytypeprios": []object{keyType}, "storageprios": []string{"APP"}, "keystate": "ACTIVE",
					"certreq": base64.StdEncoding.EncodeToString(template(t)),
				}},
			},
		},
	}
}

// signing is an AUTH or SIGN command in order.
func signing(name, format, mechanism string, tbs []byte) object {
	return object{
		"commandHeader": header("@" + user),
		name: object{"params": object{
			"description": []object{{
				"content_encoding": "base64", "content_type": "text/plain", "data": []byte("The shop"), "description": "Signing request from",
				"key": "requester", "visible": true,
			}},
			"tbs":    []object{{"content_encoding": "base64", "content_type": "text/plain", "data": tbs, "key": "tbs", "visible": true}},
			"format": format, "mechanism": mechanism,
		}},
	}
}

func signCommand(tbs string) object {
	return signing("signCommand", "jws", "CKM_SHA256_RSA_PKCS", []byte(tbs))
}

// jws is a compact JWS, taken apart with nothing but the standard library.
type jws struct {
	t       testing.TB
	parts   []string
	header  object
	payload []byte
}

func parse(t testing.TB, compact string) *jws {
	t.Helper()
	j := &jws{t: t, parts: strings.Split(compact, ".")}
	require.Len(t, j.parts, 3)
	require.NoError(t, json.Unmarshal(j.decode(0), &j.header))
	j.payload = j.decode(1)
	return j
}

func (j *jws) decode(i int) []byte {
	j.t.Helper()
	b, err := base64.RawURLEncoding.Strict().DecodeString(j.parts[i])
	require.NoError(j.t, err)
	return b
}

func (j *jws) object() object {
	j.t.Helper()
	var o object
	require.NoError(j.t, json.Unmarshal(j.payload, &o))
	return o
}

// valid reports whether a key made the signature.
func (j *jws) valid(key crypto.PublicKey) bool {
	j.t.Helper()
	sum := sha256.Sum256([]byte(j.parts[0] + "." + j.parts[1]))
	value := j.decode(2)
	switch key := key.(type) {
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], value) == nil
	case *ecdsa.PublicKey:
		return len(value) == 64 && ecdsa.Verify(key, sum[:], new(big.Int).SetBytes(value[:32]), new(big.Int).SetBytes(value[32:]))
	}
	return false
}

// publicKey reads a JWK.
func publicKey(t testing.TB, jwk object) crypto.PublicKey {
	t.Helper()
	number := func(name string) *big.Int {
		b, err := base64.RawURLEncoding.Strict().DecodeString(jwk[name].(string))
		require.NoError(t, err)
		return new(big.Int).SetBytes(b)
	}
	if jwk["kty"] == "EC" {
		require.Equal(t, "P-256", jwk["crv"])
		point := slices.Concat([]byte{4}, number("x").FillBytes(make([]byte, 32)), number("y").FillBytes(make([]byte, 32)))
		key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
		require.NoError(t, err)
		return key
	}
	return &rsa.PublicKey{N: number("n"), E: int(number("e").Int64())}
}

// enrolled provisions a profile and installs a certificate, by messages alone.
func (c *caller) enrolled(keyType object) (profile object, cert *x509.Certificate) {
	c.t.Helper()
	cb := c.outcome("/command/provision", prov(c.t, keyType))
	require.Equal(c.t, 0, cb.ProvResponse.Code)
	profile = parse(c.t, cb.ProvResponse.Result.Data).object()["profile"].(object)
	csr := c.request(profile)
	chain, err := c.srv.Issue(c.t.Context(), csr)
	require.NoError(c.t, err)
	cb = c.outcome("/command/certificate", certCommand(profile["id"].(string), chain[0].Raw))
	require.Equal(c.t, 0, cb.CertResponse.Code)
	return profile, chain[0]
}

// request is the PKCS #10 of a profile's first key.
func (c *caller) request(profile object) *x509.CertificateRequest {
	c.t.Helper()
	nested := parse(c.t, profile["signedkeys"].([]any)[0].(string)).object()
	der, err := base64.StdEncoding.DecodeString(nested["certreq"].(string))
	require.NoError(c.t, err)
	csr, err := x509.ParseCertificateRequest(der)
	require.NoError(c.t, err)
	return csr
}

func certCommand(profile string, cert []byte) object {
	return object{
		"commandHeader": header("@" + user),
		"certCommand":   object{"profileid": profile, "certificates": []object{{"keyid": "signer", "keystate": "ACTIVE", "data": cert}}},
	}
}
