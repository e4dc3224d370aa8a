package msstest_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/transport"
	"github.com/gomss/gomss/transport/soap"
)

// clientCertificate makes a client certificate with the given uses under an issuer, or self-signed.
func clientCertificate(t *testing.T, issuer cmstest.Signer, uses ...x509.ExtKeyUsage) cmstest.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	tmpl := cmstest.User("CLIENT", time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	tmpl.ExtKeyUsage = uses
	signer, err := cmstest.Issue(tmpl, issuer, key)
	require.NoError(t, err)
	return signer
}

// dial makes an HTTP client that sends the certificates whatever the server finds acceptable.
func dial(t *testing.T, srv *msstest.Server, key crypto.PrivateKey, version uint16, certs ...*x509.Certificate) *http.Client {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(srv.HTTP().Roots[0])
	rt := &http.Transport{TLSClientConfig: &tls.Config{
		RootCAs:    roots,
		MinVersion: min(version, tls.VersionTLS11), // below what Go's client asks for by itself
		MaxVersion: version,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			c := &tls.Certificate{PrivateKey: key}
			for _, cert := range certs {
				c.Certificate = append(c.Certificate, cert.Raw)
			}
			return c, nil
		},
	}}
	t.Cleanup(rt.CloseIdleConnections)
	return &http.Client{Transport: rt}
}

// postRaw sends a signature request with a client that is not ours.
func postRaw(t *testing.T, srv *msstest.Server, client *http.Client) (*etsi.Fault, error) {
	t.Helper()
	c := &caller{t: t, srv: srv, style: soap.WSDLForm}
	body, err := soap.AppendRequest(nil, etsi.OpSignature, c.style, c.ask("41700092501", synch))
	require.NoError(t, err)
	resp, err := client.Post(srv.URL()+signaturePath, "text/xml;charset=UTF-8", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var b bytes.Buffer
	_, err = b.ReadFrom(resp.Body)
	require.NoError(t, err)
	f, err := soap.DecodeResponse(b.Bytes(), etsi.OpSignature, new(etsi.SignatureResp))
	require.NoError(t, err)
	return f, nil
}

func TestClientCertificates(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	ca, err := cmstest.Issue(cmstest.Root("Client CA", time.Now().Add(-time.Hour), time.Now().Add(time.Hour)), cmstest.Signer{}, key)
	require.NoError(t, err)
	self := clientCertificate(t, cmstest.Signer{}, x509.ExtKeyUsageClientAuth)
	issued := clientCertificate(t, ca, x509.ExtKeyUsageClientAuth)
	noUse := clientCertificate(t, cmstest.Signer{})
	serverOnly := clientCertificate(t, cmstest.Signer{}, x509.ExtKeyUsageServerAuth)
	stranger := clientCertificate(t, cmstest.Signer{}, x509.ExtKeyUsageClientAuth)
	srv := msstest.NewServer(t, &msstest.Options{Clients: []*x509.Certificate{self.Certificate, issued.Certificate, noUse.Certificate, serverOnly.Certificate}})

	for name, tt := range map[string]struct {
		client  *http.Client
		refused bool
	}{
		"self-signed":       {dial(t, srv, self.Key, 0, self.Certificate), false},
		"issued by a CA":    {dial(t, srv, issued.Key, 0, issued.Certificate), false},
		"TLS 1.2":           {dial(t, srv, self.Key, tls.VersionTLS12, self.Certificate), false},
		"with its chain":    {dial(t, srv, issued.Key, 0, issued.Certificate, ca.Certificate), true},
		"without a use":     {dial(t, srv, noUse.Key, 0, noUse.Certificate), true},
		"for servers":       {dial(t, srv, serverOnly.Key, 0, serverOnly.Certificate), true},
		"not agreed upon":   {dial(t, srv, stranger.Key, 0, stranger.Certificate), true},
		"agreed one second": {dial(t, srv, stranger.Key, 0, stranger.Certificate, self.Certificate), true},
	} {
		f, err := postRaw(t, srv, tt.client)
		require.NoError(t, err, name)
		if !tt.refused {
			require.Nil(t, f, name)
			continue
		}
		require.Equal(t, mss.UnauthorizedAccess, code(t, etsi.Status{}, f), name)
		require.Equal(t, []string{"Wrong SSL credentials"}, f.Details, name)
	}
	srv.AssertPrompts(t, 3)

	_, err = postRaw(t, srv, dial(t, srv, nil, 0))
	require.Error(t, err, "no certificate at all")
	_, err = postRaw(t, srv, dial(t, srv, self.Key, tls.VersionTLS11, self.Certificate))
	require.Error(t, err, "TLS 1.1")
	srv.AssertPrompts(t, 3)
}

// A client that looks among its certificates for one of an acceptable CA finds none. Go's own client does so.
func TestAcceptableCAs(t *testing.T) {
	t.Parallel()
	self := clientCertificate(t, cmstest.Signer{}, x509.ExtKeyUsageClientAuth)
	srv := msstest.NewServer(t, &msstest.Options{Clients: []*x509.Certificate{self.Certificate}})
	roots := x509.NewCertPool()
	roots.AddCert(srv.HTTP().Roots[0])
	rt := &http.Transport{TLSClientConfig: &tls.Config{
		RootCAs:      roots,
		Certificates: []tls.Certificate{{Certificate: [][]byte{self.Certificate.Raw}, PrivateKey: self.Key}},
	}}
	t.Cleanup(rt.CloseIdleConnections)
	_, err := postRaw(t, srv, &http.Client{Transport: rt})
	require.Error(t, err) // in TLS 1.3 the alert, or the connection that it closed
	require.Zero(t, srv.Handshakes())
	require.Empty(t, srv.Requests())
}

// The identity in HTTP is one certificate, and it can be replaced by an agreed one from a file.
func TestOwnIdentity(t *testing.T) {
	t.Parallel()
	self := clientCertificate(t, cmstest.Signer{}, x509.ExtKeyUsageClientAuth)
	der, err := x509.MarshalPKCS8PrivateKey(self.Key)
	require.NoError(t, err)
	identity, err := transport.IdentityFromPEM(
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: self.Certificate.Raw}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	require.NoError(t, err)
	for _, tt := range []struct {
		clients []*x509.Certificate
		want    mss.Code
	}{{[]*x509.Certificate{self.Certificate}, mss.StatusSignature}, {nil, mss.UnauthorizedAccess}} {
		srv := msstest.NewServer(t, &msstest.Options{Clients: tt.clients})
		cfg := srv.HTTP()
		cfg.Identity = identity
		client, err := transport.New(cfg)
		require.NoError(t, err)
		t.Cleanup(client.Close)
		c := &caller{t, srv, client, soap.WSDLForm}
		resp, f := c.sign(c.ask("41700092501", synch))
		require.Equal(t, tt.want, code(t, resp.Status, f))
	}
}

func TestConnections(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	c := call(t, srv)
	for range 5 {
		_, f := c.sign(c.ask("41700092501", synch))
		require.Nil(t, f)
	}
	require.Equal(t, 1, srv.Handshakes(), "one connection for all")
	require.Equal(t, 1, srv.Peak())

	const n = 4
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for i := range n {
		number := []string{"+41790000021", "+41790000022", "+41790000023", "+41790000024"}[i]
		srv.Script(number, msstest.Person{Do: msstest.Ignore})
		body, err := soap.AppendRequest(nil, etsi.OpSignature, soap.WSDLForm, c.ask(number, synch))
		require.NoError(t, err)
		wg.Go(func() { _ = post(ctx, c, body) })
	}
	rang := func() bool { return srv.Prompts() == 5+n }
	require.Eventually(t, rang, 10*time.Second, time.Millisecond)
	cancel()
	wg.Wait()
	require.Equal(t, n, srv.Peak())
	require.Equal(t, n, srv.Handshakes(), "the first one is used again")
	conns := make(map[uint64]int)
	for _, r := range srv.Requests() {
		conns[r.Conn]++
	}
	require.Equal(t, 6, conns[1])
	require.Len(t, conns, n)
}
