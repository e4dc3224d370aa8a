package mss_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/gomss/gomss/internal/proof"
	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

// authorityKey signs and belongs to every CA of these tests.
var authorityKey = sync.OnceValue(func() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
})

// authority makes a CA certificate; of itself when issuer is nil.
func authority(t *testing.T, name string, issuer *x509.Certificate, marked bool) *x509.Certificate {
	t.Helper()
	key := authorityKey()
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	if marked {
		tmpl.ExtraExtensions = []pkix.Extension{{Id: simulated.OID, Value: []byte{5, 0}}}
	}
	parent := issuer
	if parent == nil {
		parent = tmpl
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, &key.PublicKey, key)
	require.NoError(t, err)
	c, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return c
}

func TestNewAnchors(t *testing.T) {
	t.Parallel()
	root, marked := authority(t, "Root", nil, false), authority(t, "Simulated root", nil, true)
	inter := authority(t, "Intermediate", root, false)
	list := func(c ...*x509.Certificate) []*x509.Certificate { return c }

	a, err := mss.NewAnchors(mss.Production, list(root), list(inter))
	require.NoError(t, err)
	require.Equal(t, mss.Production, a.Environment())
	require.Equal(t, list(root), a.Roots())
	require.Equal(t, list(inter), a.Intermediates())
	_, err = mss.NewAnchors(mss.Simulator, list(marked), nil)
	require.NoError(t, err)

	for name, f := range map[string]func() (*mss.Anchors, error){
		"no environment":                      func() (*mss.Anchors, error) { return mss.NewAnchors(0, list(root), nil) },
		"no root":                             func() (*mss.Anchors, error) { return mss.NewAnchors(mss.Production, nil, list(inter)) },
		"intermediate as root":                func() (*mss.Anchors, error) { return mss.NewAnchors(mss.Production, list(inter), nil) },
		"simulator in production":             func() (*mss.Anchors, error) { return mss.NewAnchors(mss.Production, list(marked), nil) },
		"simulator in test":                   func() (*mss.Anchors, error) { return mss.NewAnchors(mss.Test, list(marked), nil) },
		"simulated intermediate":              func() (*mss.Anchors, error) { return mss.NewAnchors(mss.Production, list(root), list(marked)) },
		"real root in the simulator":          func() (*mss.Anchors, error) { return mss.NewAnchors(mss.Simulator, list(root), nil) },
		"real root beside the simulator's":    func() (*mss.Anchors, error) { return mss.NewAnchors(mss.Simulator, list(marked, root), nil) },
		"real intermediate in the simulators": func() (*mss.Anchors, error) { return mss.NewAnchors(mss.Simulator, list(marked), list(inter)) },
	} {
		_, err := f()
		require.Error(t, err, name)
	}
}

// TestIssuingAnchors: issuing CAs are trusted by themselves, under the same rules of the environment.
func TestIssuingAnchors(t *testing.T) {
	t.Parallel()
	root := authority(t, "Root", nil, false)
	inter, marked := authority(t, "Intermediate", root, false), authority(t, "Simulated", nil, true)
	a, err := mss.NewIssuingAnchors(mss.Production, []*x509.Certificate{inter, root})
	require.NoError(t, err)
	require.Equal(t, []*x509.Certificate{inter, root}, a.Roots())
	require.Empty(t, a.Intermediates())
	file := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: inter.Raw}), 0o600))
	a, err = mss.LoadIssuingAnchors(mss.Test, file)
	require.NoError(t, err)
	require.Equal(t, inter.Raw, a.Roots()[0].Raw)
	_, err = mss.LoadIssuingAnchors(mss.Test, file+".none")
	require.Error(t, err)

	leaf := *inter
	leaf.IsCA = false
	for name, certs := range map[string][]*x509.Certificate{"none": nil, "nil": {nil}, "no CA": {&leaf}, "simulator's": {marked}} {
		_, err := mss.NewIssuingAnchors(mss.Production, certs)
		require.Error(t, err, name)
	}
}

func TestLoadAnchors(t *testing.T) {
	t.Parallel()
	root := authority(t, "Root", nil, false)
	inter := authority(t, "Intermediate", root, false)
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, data, 0o600))
		return path
	}
	asPEM := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	both := write("both.pem", append(asPEM("CERTIFICATE", root.Raw), asPEM("CERTIFICATE", inter.Raw)...))
	der := write("root.der", root.Raw)
	write("README.txt", []byte("not a certificate"))

	for name, paths := range map[string][]string{"file": {both}, "directory": {dir}} {
		a, err := mss.LoadAnchors(mss.Production, paths...)
		require.NoError(t, err, name)
		require.Equal(t, "Root", a.Roots()[0].Subject.CommonName)
		require.Equal(t, "Intermediate", a.Intermediates()[0].Subject.CommonName)
		require.Empty(t, a.Known())
	}
	certs, err := mss.LoadCertificates(der)
	require.NoError(t, err)
	require.Len(t, certs, 1)

	empty := t.TempDir()
	for name, path := range map[string]string{
		"missing":         filepath.Join(dir, "none.pem"),
		"empty directory": empty,
		"private key":     write("key.pem", asPEM("PRIVATE KEY", []byte{1})),
		"broken":          write("broken.pem", asPEM("CERTIFICATE", []byte{1})),
		"truncated":       write("cut.pem", []byte("-----BEGIN CERTIFICATE-----\nAA")),
		"text":            filepath.Join(dir, "README.txt"),
		"huge":            write("huge.pem", make([]byte, 1<<20+1)),
	} {
		_, err := mss.LoadAnchors(mss.Production, path)
		require.Error(t, err, name)
	}
	_, err = mss.LoadAnchors(mss.Production)
	require.ErrorContains(t, err, "no root", "nil means nothing")
}

// TestConformanceKnownCertificates checks the built-in fingerprints against the CAs' own files.
func TestConformanceKnownCertificates(t *testing.T) {
	corpus := os.Getenv("MSS_CORPUS")
	if corpus == "" {
		t.Skip("MSS_CORPUS is not set")
	}
	dir := filepath.Join(corpus, "swisscom", "certs")
	a, err := mss.LoadAnchors(mss.Production, dir)
	require.NoError(t, err)
	var names []string
	for _, k := range a.Known() {
		names = append(names, k.Name)
	}
	require.ElementsMatch(t, []string{"Swisscom Root CA 2", "Swisscom Root CA 4", "Swisscom Rubin CA 3", "Swisscom Rubin CA 4"}, names)
	require.Len(t, a.Roots(), 2)
	byName := map[string]*x509.Certificate{}
	for _, c := range append(a.Roots(), a.Intermediates()...) {
		byName[c.Subject.CommonName] = c
	}
	require.NoError(t, byName["Swisscom Rubin CA 4"].CheckSignatureFrom(byName["Swisscom Root CA 4"]), "RSA 8192, RSASSA-PSS")
	require.NoError(t, byName["Swisscom Rubin CA 3"].CheckSignatureFrom(byName["Swisscom Root CA 2"]))
	require.Error(t, byName["Swisscom Rubin CA 4"].CheckSignatureFrom(byName["Swisscom Root CA 2"]))

	tls := filepath.Join(dir, "SwissSign_Gold_CA_G2_d8c5388a.pem")
	_, err = mss.LoadAnchors(mss.Production, tls)
	require.ErrorContains(t, err, "TLS servers", "the server's root does not judge people")
	_, err = mss.LoadAnchors(mss.Test, dir)
	require.ErrorContains(t, err, "production", "environments never mix")

	demo, err := mss.LoadIssuingAnchors(mss.Test, filepath.Join(corpus, "sk", "ca"))
	require.NoError(t, err)
	require.Len(t, demo.Known(), len(demo.Roots()), "each of SK's demo CAs is known")
	_, err = mss.LoadIssuingAnchors(mss.Production, filepath.Join(corpus, "sk", "ca"))
	require.ErrorContains(t, err, "test environment")
	require.Len(t, mss.KnownCertificates(), len(names)+1+len(demo.Known()))
}

func TestOnlyThisModuleVerifies(t *testing.T) {
	t.Parallel()
	require.False(t, (&mss.Signature{}).Verified())
	require.False(t, (*mss.Signature)(nil).Verified())
	require.False(t, mss.Verified(&mss.Signature{}, proof.Token{}).Verified(), "the zero token opens nothing")
	require.True(t, mss.Verified(&mss.Signature{}, proof.Of()).Verified())
}

// TestVerifiedIsOfTheseValues: a copy stays verified; one in which somebody replaced what was proven does not.
func TestVerifiedIsOfTheseValues(t *testing.T) {
	t.Parallel()
	leaf, other := authority(t, "Leaf", nil, false), authority(t, "Other", nil, false)
	sig := mss.Verified(&mss.Signature{Proven: mss.Proven{
		Signer: mss.Signer{ID: "MIDCHE0000000001", Chain: []*x509.Certificate{leaf}}, Value: []byte("value"), Content: []byte("content"),
	}}, proof.Of())
	require.True(t, sig.Verified())
	same := *sig
	require.True(t, same.Verified())
	same.Asserted.Profile, same.Evidence = "another", new(mss.Evidence)
	require.True(t, same.Verified(), "what nobody signed may be filled in")
	for name, change := range map[string]func(*mss.Signature){
		"id":         func(s *mss.Signature) { s.Signer.ID = "MIDCHE0000000002" },
		"person":     func(s *mss.Signature) { s.Signer.Person = mss.PersonID{Private: mss.Conceal("PNOEE-1")} },
		"chain":      func(s *mss.Signature) { s.Signer.Chain = []*x509.Certificate{other} },
		"no chain":   func(s *mss.Signature) { s.Signer.Chain = nil },
		"value":      func(s *mss.Signature) { s.Value = []byte("value") },
		"content":    func(s *mss.Signature) { s.Content = []byte("content") },
		"no content": func(s *mss.Signature) { s.Content = nil },
		"shorter":    func(s *mss.Signature) { s.Content = s.Content[:3] },
		"all proven": func(s *mss.Signature) { s.Proven = mss.Proven{Signer: mss.Signer{ID: "MIDCHE0000000002"}} },
	} {
		changed := *sig
		change(&changed)
		require.False(t, changed.Verified(), name)
	}
}
