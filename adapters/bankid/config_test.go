package bankid_test

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/bankid"
	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// rpIdentity is a relying party's certificate by an issuer of that name; edit may alter it.
func rpIdentity(t testing.TB, issuer string, edit func(*x509.Certificate)) *transport.Identity {
	t.Helper()
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
		Subject: pkix.Name{CommonName: issuer},
	}
	if edit != nil {
		edit(tmpl)
	}
	cert, key := selfSigned(tmpl)
	id, err := transport.IdentityFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}), key)
	require.NoError(t, err)
	return id
}

const (
	testIssuer = "Testbank A RP CA v1 for BankID Test"
	bankIssuer = "Bank A RP CA v1 for BankID"

	productionURL = "https://appapi2.bankid.com/rp/v6.0"
	testURL       = "https://appapi2.test.bankid.com/rp/v6.0"
)

func TestNew(t *testing.T) {
	t.Parallel()
	root := testAnchors[mss.Production]().Roots()
	online := func(url, issuer string, env mss.Environment) func(*bankid.Config) {
		return func(c *bankid.Config) {
			c.HTTP, c.RelyingParty = transport.Config{URL: url, Roots: root, Identity: rpIdentity(t, issuer, nil)}, nil
			c.Anchors = testAnchors[env]()
		}
	}
	for name, tc := range map[string]struct {
		change  func(*bankid.Config)
		problem string
	}{
		"in process":       {func(*bankid.Config) {}, ""},
		"production":       {online(productionURL, bankIssuer, mss.Production), ""},
		"test":             {online(testURL+"/", testIssuer, mss.Test), ""},
		"somebody's relay": {online("https://relay.example/bankid", bankIssuer, mss.Production), ""},
		"simulator": {func(c *bankid.Config) {
			c.Anchors, c.RelyingParty = testAnchors[mss.Simulator](), nil
			c.HTTP = transport.Config{URL: "https://localhost:8443/rp/v6.0", Roots: root, Identity: rpIdentity(t, "A", func(c *x509.Certificate) {
				c.ExtraExtensions = []pkix.Extension{{Id: simulated.OID, Value: []byte{5, 0}}}
			})}
		}, ""},
		"nobody behind Base":           {func(c *bankid.Config) { c.RelyingParty = nil }, "RelyingParty: is nil"},
		"two identities":               {func(c *bankid.Config) { online(productionURL, bankIssuer, mss.Production)(c); c.RelyingParty = acme() }, "RelyingParty: goes with"},
		"test certificate behind Base": {func(c *bankid.Config) { c.RelyingParty = rpIdentity(t, testIssuer, nil).Certificate() }, "certificate of the test environment"},
		"no anchors":                   {func(c *bankid.Config) { c.Anchors = nil }, "Anchors"},
		"no certificate": {func(c *bankid.Config) {
			c.HTTP, c.RelyingParty = transport.Config{URL: productionURL, Roots: root}, nil
		}, "Identity: is nil"},
		"no roots":                         {func(c *bankid.Config) { online(productionURL, bankIssuer, mss.Production)(c); c.HTTP.Roots = nil }, "Roots"},
		"http":                             {func(c *bankid.Config) { c.HTTP.URL = "http://bankid.example/rp/v6.0" }, "https"},
		"no URL":                           {func(c *bankid.Config) { c.HTTP.URL = ":" }, "HTTP.URL"},
		"test certificate in production":   {online(productionURL, testIssuer, mss.Production), "certificate of the test environment"},
		"test certificate by a relay":      {online("https://relay.example", testIssuer, mss.Production), "certificate of the test environment"},
		"production certificate in test":   {online(testURL, bankIssuer, mss.Test), "production certificate"},
		"test address, production anchors": {online(testURL, bankIssuer, mss.Production), "not of the production environment"},
		"production address, test anchors": {online(strings.ToUpper(productionURL[:26])+productionURL[26:], testIssuer, mss.Test), "not of the test environment"},
		"production address, with a port":  {online("https://appapi2.bankid.com:443/rp/v6.0", testIssuer, mss.Test), "not of the test environment"},
		"another version":                  {online("https://appapi2.bankid.com/rp/v5.1", bankIssuer, mss.Production), "/rp/v6.0"},
		"simulator's certificate elsewhere": {func(c *bankid.Config) {
			c.RelyingParty = nil
			c.HTTP = transport.Config{URL: "https://relay.example", Roots: root, Identity: rpIdentity(t, "A", func(c *x509.Certificate) {
				c.ExtraExtensions = []pkix.Extension{{Id: simulated.OID, Value: []byte{5, 0}}}
			})}
		}, "simulator"},
		"pace of a second":    {func(c *bankid.Config) { c.Pace = time.Second }, ""},
		"pace under a second": {func(c *bankid.Config) { c.Pace = 999 * time.Millisecond }, "Config.Pace"},
		"negative pace":       {func(c *bankid.Config) { c.Pace, c.Anchors = -1, testAnchors[mss.Simulator]() }, "Config.Pace"},
		"pace of a simulator": {func(c *bankid.Config) { c.Pace, c.Anchors = time.Millisecond, testAnchors[mss.Simulator]() }, ""},
		"scheme":              {func(c *bankid.Config) { c.RedirectSchemes = []string{"acme"} }, ""},
		"scheme that runs":    {func(c *bankid.Config) { c.RedirectSchemes = []string{"javascript"} }, "RedirectSchemes"},
		"scheme in the clear": {func(c *bankid.Config) { c.RedirectSchemes = []string{"http"} }, "RedirectSchemes"},
		"scheme with a colon": {func(c *bankid.Config) { c.RedirectSchemes = []string{"acme:"} }, "RedirectSchemes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := clientConfig(collecting(nil))
			tc.change(&cfg)
			c, err := bankid.New(cfg)
			if tc.problem != "" {
				require.ErrorContains(t, err, tc.problem)
				return
			}
			require.NoError(t, err)
			c.Close()
		})
	}
}

// TestConformanceSwappedRoots has the root for signatures where that for TLS servers belongs.
func TestConformanceSwappedRoots(t *testing.T) {
	t.Parallel()
	corpus := os.Getenv("MSS_CORPUS")
	if corpus == "" {
		t.Skip("MSS_CORPUS is not set")
	}
	roots, err := mss.LoadCertificates(filepath.Join(corpus, "bankid", "signing-root-test.pem"))
	require.NoError(t, err)
	anchors, err := mss.NewAnchors(mss.Test, roots, nil)
	require.NoError(t, err)
	cfg := bankid.Config{HTTP: transport.Config{URL: testURL, Roots: roots, Identity: rpIdentity(t, testIssuer, nil)}, Anchors: anchors}
	_, err = bankid.New(cfg)
	require.ErrorContains(t, err, `"Test BankID Root CA v1 Test" is BankID's root for signatures`)
}

// TestWarnings says at the start, not at the first order, that the certificate ends soon.
func TestWarnings(t *testing.T) {
	t.Parallel()
	for left, want := range map[time.Duration]string{-time.Minute: "expired", 29 * 24 * time.Hour: "expires soon", 31 * 24 * time.Hour: ""} {
		var log bytes.Buffer
		c, err := bankid.New(bankid.Config{
			HTTP: transport.Config{
				URL: productionURL, Roots: testAnchors[mss.Production]().Roots(),
				Identity: rpIdentity(t, bankIssuer, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(left) }),
			},
			Anchors: testAnchors[mss.Production](), Logger: slog.New(slog.NewTextHandler(&log, nil)),
		})
		require.NoError(t, err)
		c.Close()
		if want == "" {
			require.Empty(t, log.String())
		} else {
			require.Contains(t, log.String(), want)
		}
	}
}

// TestScope is of one environment, address and relying party, and survives the certificate's renewal.
func TestScope(t *testing.T) {
	t.Parallel()
	scope := func(url string, subject pkix.Name) string {
		c, err := bankid.New(bankid.Config{
			HTTP:    transport.Config{URL: url, Roots: testAnchors[mss.Production]().Roots(), Identity: rpIdentity(t, bankIssuer, func(c *x509.Certificate) { c.Subject = subject })},
			Anchors: testAnchors[mss.Production](),
		})
		require.NoError(t, err)
		defer c.Close()
		return c.Scope()
	}
	name := pkix.Name{CommonName: "ACME"}
	one := scope("https://Relay.example:8443/", name)
	require.Equal(t, one, scope("https://relay.example:8443", name))
	require.True(t, strings.HasPrefix(one, "bankid|production|relay.example:8443|"))
	require.NotEqual(t, one, scope("https://relay.example:8443", pkix.Name{CommonName: "Other"}))
	require.NotEqual(t, one, scope("https://relay.example", name))
	simulated := newTestClient(t, collecting(nil), func(c *bankid.Config) { c.RelyingParty, c.Anchors = nil, testAnchors[mss.Simulator]() })
	require.Equal(t, "bankid|simulator|bankid.example|", simulated.Scope())
}

// TestSubject has our name as signatures have it.
func TestSubject(t *testing.T) {
	t.Parallel()
	subject := pkix.Name{}
	for _, a := range []struct {
		last  int
		value string
	}{{6, "SE"}, {10, "Bank A AB (publ)"}, {5, "5569999999"}, {41, "Shop, the"}, {3, "FP Shop"}} {
		subject.ExtraNames = append(subject.ExtraNames, pkix.AttributeTypeAndValue{Type: asn1.ObjectIdentifier{2, 5, 4, a.last}, Value: a.value})
	}
	cert, _ := selfSigned(&x509.Certificate{
		SerialNumber: big.NewInt(1), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, Subject: subject,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	})
	require.Equal(t, `cn=FP Shop,name=Shop\, the,serialNumber=5569999999,o=Bank A AB (publ),c=SE`, bankid.RPSubject(cert))
}
