package skmidtest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/gomss/gomss/adapters/skmid/skmidtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The person of most tests. The digits and the number are of nobody.
const (
	phone = "+37250000001"
	code  = "47101010033"

	authentication = "authentication"
	signature      = "signature"
)

var kinds = []string{authentication, signature}

// caller is a relying party with nothing but net/http, which sends what it is told.
type caller struct {
	t    testing.TB
	srv  *skmidtest.Server
	http *http.Client
}

// call makes a client of a server, over TLS if it listens.
func call(t testing.TB, srv *skmidtest.Server) *caller {
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
	return &caller{t, srv, &http.Client{Transport: rt}}
}

// inProcess makes a server without a network, with a client.
func inProcess(t testing.TB, o *skmidtest.Options) (*skmidtest.Server, *caller) {
	t.Helper()
	srv, err := skmidtest.NewInProcess(o)
	require.NoError(t, err)
	t.Cleanup(srv.Close)
	return srv, call(t, srv)
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

var digest = sha256.Sum256([]byte("what is signed"))

// ask is a start in order, and with members too many a request for the certificate as well.
func (c *caller) ask() body {
	return body{
		"relyingPartyName": c.srv.RelyingPartyName(), "relyingPartyUUID": c.srv.RelyingPartyUUID(),
		"phoneNumber": phone, "nationalIdentityNumber": code,
		"hash": base64.StdEncoding.EncodeToString(digest[:]), "hashType": "SHA256", "language": "ENG",
	}
}

func (c *caller) askFor(phone, code string) body {
	return c.ask().with("phoneNumber", phone).with("nationalIdentityNumber", code)
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte

	SessionID string
	State     string
	Result    *string
	Signature *struct{ Value, Algorithm string }
	Cert      string
	Error     string
	Time      string
	TraceID   string
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

func (c *caller) post(path string, b body) *answer {
	c.t.Helper()
	content, err := json.Marshal(b)
	require.NoError(c.t, err)
	a, err := c.do(c.t.Context(), http.MethodPost, path, "application/json", content)
	require.NoError(c.t, err)
	return a
}

func (c *caller) get(path string) *answer {
	c.t.Helper()
	a, err := c.do(c.t.Context(), http.MethodGet, path, "", nil)
	require.NoError(c.t, err)
	return a
}

// start begins a session and returns its path.
func (c *caller) start(kind string, b body) string {
	c.t.Helper()
	a := c.post("/"+kind, b)
	require.Equal(c.t, http.StatusOK, a.status, "%s", a.body)
	require.NotEmpty(c.t, a.SessionID)
	return "/" + kind + "/session/" + a.SessionID
}

// outcome begins a session and returns how it ended.
func (c *caller) outcome(kind string, b body) *answer {
	c.t.Helper()
	path := c.start(kind, b)
	for {
		a := c.get(path)
		if a.status != http.StatusOK || a.State != "RUNNING" {
			return a
		}
	}
}

func (a *answer) result(t testing.TB) string {
	t.Helper()
	require.Equal(t, http.StatusOK, a.status, "%s", a.body)
	require.NotNil(t, a.Result, "%s", a.body)
	return *a.Result
}
