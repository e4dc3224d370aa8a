package mssp_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/stretchr/testify/require"
)

var ecKey = sync.OnceValue(func() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
})

// issue makes root, intermediate and user; a change may alter each template.
func issue(t *testing.T, now time.Time, change func(root, intermediate, user *x509.Certificate)) cmstest.Chain {
	t.Helper()
	from, to := now.Add(-time.Hour), now.Add(time.Hour)
	root, inter, user := cmstest.Root("Root", from, to), cmstest.Intermediate("Issuing", from, to), cmstest.User("MIDCHE0123456789", from, to)
	if change != nil {
		change(root, inter, user)
	}
	var c cmstest.Chain
	var err error
	c.Root, err = cmstest.Issue(root, cmstest.Signer{}, ecKey())
	require.NoError(t, err)
	c.Intermediate, err = cmstest.Issue(inter, c.Root, ecKey())
	require.NoError(t, err)
	c.User, err = cmstest.Issue(user, c.Intermediate, ecKey())
	require.NoError(t, err)
	return c
}

func productionVerifier(t *testing.T, root *x509.Certificate, allowTest bool) *mssp.Verifier {
	t.Helper()
	anchors, err := mss.NewAnchors(mss.Production, []*x509.Certificate{root}, nil)
	require.NoError(t, err)
	v, err := mssp.NewVerifier(mssp.VerifierConfig{Anchors: anchors, AllowTestNumbers: allowTest})
	require.NoError(t, err)
	return v
}

// TestVerifyCMS issues certificates that differ in one thing from a person's.
func TestVerifyCMS(t *testing.T) {
	t.Parallel()
	now := time.Now()
	mark := pkix.Extension{Id: simulated.OID, Value: []byte{5, 0}}
	serial := func(s string) func(_, _, u *x509.Certificate) {
		return func(_, _, u *x509.Certificate) { u.Subject.SerialNumber = s }
	}
	for name, tt := range map[string]struct {
		change func(root, intermediate, user *x509.Certificate)
		check  string // "": accepted
		id     string
	}{
		"person":             {id: "MIDCHE0123456789"},
		"lower case serial":  {change: serial("midche012345678a"), id: "MIDCHE012345678A"},
		"short serial":       {change: serial("MIDCHE012345678"), check: "signer"},
		"other prefix":       {change: serial("MIDXXE0123456789"), check: "signer"},
		"no serial":          {change: serial(""), check: "signer"},
		"dotless i":          {change: serial("MıDCHE012345678"), check: "signer"},
		"serial with spaces": {change: serial("MIDCHE 123456789"), check: "signer"},
		"test signer":        {change: serial("MIDCHEO16P1O6E92"), check: "signer"},
		"no policy":          {change: func(_, _, u *x509.Certificate) { u.Policies = u.Policies[:1] }, check: "signer"},
		"old policy": {change: func(_, _, u *x509.Certificate) {
			oid, err := x509.ParseOID("2.16.756.1.83.22.0")
			require.NoError(t, err)
			u.Policies = []x509.OID{oid}
		}, id: "MIDCHE0123456789"},
		"two serial numbers, ours last": {change: func(_, _, u *x509.Certificate) {
			u.Subject.ExtraNames = []pkix.AttributeTypeAndValue{
				{Type: asn1.ObjectIdentifier{2, 5, 4, 5}, Value: "MIDCHE9999999999"}, {Type: asn1.ObjectIdentifier{2, 5, 4, 5}, Value: "MIDCHE0123456789"},
			}
		}, check: "signer"},
		"simulator's leaf":         {change: func(_, _, u *x509.Certificate) { u.ExtraExtensions = []pkix.Extension{mark} }, check: "signer"},
		"simulator's intermediate": {change: func(_, i, _ *x509.Certificate) { i.ExtraExtensions = []pkix.Extension{mark} }, check: "signer"},
		"no clientAuth": {change: func(_, _, u *x509.Certificate) {
			u.ExtKeyUsage = nil
			u.UnknownExtKeyUsage = []asn1.ObjectIdentifier{{1, 2, 3}}
		}, check: "key-usage"},
		"key encipherment only": {change: func(_, _, u *x509.Certificate) { u.KeyUsage = x509.KeyUsageKeyEncipherment }, check: "key-usage"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			chain := issue(t, now, tt.change)
			sig, err := cmstest.Sign([]byte("text"), chain.User, cmstest.Options{Form: cmstest.BER, Certificates: []*x509.Certificate{chain.Intermediate.Certificate}})
			require.NoError(t, err)
			doc, err := productionVerifier(t, chain.Root.Certificate, false).VerifyCMS(sig, []byte("text"), now)
			if tt.check == "" {
				require.NoError(t, err)
				require.Equal(t, tt.id, doc.Signer.ID)
				require.Equal(t, "text", string(doc.Content))
				_, err = productionVerifier(t, chain.Root.Certificate, false).VerifyCMS(sig, []byte("Text"), now)
				ve, ok := errors.AsType[*mss.VerificationError](err)
				require.True(t, ok)
				require.Equal(t, "content", ve.Check)
				return
			}
			require.Nil(t, doc)
			ve, ok := errors.AsType[*mss.VerificationError](err)
			require.True(t, ok)
			require.Equal(t, tt.check, ve.Check, "%v", err)
			require.NotContains(t, err.Error(), "MIDCHE01", "no personal data")
		})
	}
}

// TestConformanceVerifyCMS judges genuine signatures.
func TestConformanceVerifyCMS(t *testing.T) {
	corpus := os.Getenv("MSS_CORPUS")
	if corpus == "" {
		t.Skip("MSS_CORPUS is not set")
	}
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(corpus, "swisscom", "cms", name))
		require.NoError(t, err)
		der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(b)), ""))
		require.NoError(t, err)
		return der
	}
	root := func(name string) *x509.Certificate {
		certs, err := mss.LoadCertificates(filepath.Join(corpus, "swisscom", "certs", name))
		require.NoError(t, err)
		return certs[0]
	}
	root4, root2 := root("Swisscom_Root_CA_4_b9821b0c.pem"), root("Swisscom_Root_CA_2_77474fc6.pem")
	then := time.Date(2024, 7, 2, 12, 0, 0, 0, time.UTC)
	sig, text := read("rest2024-sync.b64"), []byte("Test: Sign in from Postman?")

	doc, err := productionVerifier(t, root4, true).VerifyCMS(sig, text, then)
	require.NoError(t, err)
	require.Equal(t, "MIDCHEO16P1O6E92", doc.Signer.ID)
	require.True(t, doc.Signer.Test)

	for name, tt := range map[string]struct {
		verify func() (*mss.Document, error)
		check  string
	}{
		"test signers not allowed": {func() (*mss.Document, error) { return productionVerifier(t, root4, false).VerifyCMS(sig, text, then) }, "signer"},
		"now": {func() (*mss.Document, error) {
			return productionVerifier(t, root4, true).VerifyCMS(sig, text, time.Now())
		}, "chain"},
		"Root CA 2 only": {func() (*mss.Document, error) { return productionVerifier(t, root2, true).VerifyCMS(sig, text, then) }, "chain"},
		"other text": {func() (*mss.Document, error) {
			return productionVerifier(t, root4, true).VerifyCMS(sig, text[1:], then)
		}, "content"},
		"2015, SHA-1": {func() (*mss.Document, error) {
			return productionVerifier(t, root2, true).VerifyCMS(read("adfs-signature-sync-500.b64"), []byte("hello world"), then)
		}, "algorithm"},
		"2015, SHA-1, line breaks": {func() (*mss.Document, error) {
			return productionVerifier(t, root2, true).VerifyCMS(read("adfs-signature_500_linebreak.txt"), []byte("Authentifizierung mit Mobile ID (W+3Ae) ?"), then)
		}, "algorithm"},
	} {
		doc, err := tt.verify()
		require.Nil(t, doc, name)
		ve, ok := errors.AsType[*mss.VerificationError](err)
		require.True(t, ok, name)
		require.Equal(t, tt.check, ve.Check, "%s: %v", name, err)
	}
}
