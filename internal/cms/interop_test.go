//go:build interop

package cms_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/gomss/gomss/internal/cms"
	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/stretchr/testify/require"
)

// openssl runs the openssl command in a directory of its own and returns what it
// wrote to out.
type openssl struct {
	t   *testing.T
	dir string
}

func newOpenSSL(t *testing.T) openssl { return openssl{t, t.TempDir()} }

func (o openssl) write(name string, content []byte) {
	require.NoError(o.t, os.WriteFile(filepath.Join(o.dir, name), content, 0o600))
}

func (o openssl) certificates(name string, list ...*x509.Certificate) {
	var text []byte
	for _, c := range list {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	o.write(name, text)
}

func (o openssl) key(name string, key crypto.Signer) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(o.t, err)
	o.write(name, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func (o openssl) run(arguments ...string) []byte {
	o.t.Helper()
	command := exec.Command("openssl", append(arguments, "-out", "out")...)
	command.Dir = o.dir
	message, err := command.CombinedOutput()
	require.NoError(o.t, err, "%s", message)
	b, err := os.ReadFile(filepath.Join(o.dir, "out"))
	require.NoError(o.t, err)
	return b
}

// TestInteropSign verifies what openssl cms -sign makes.
func TestInteropSign(t *testing.T) {
	t.Parallel()
	k := testKeys()
	large := make([]byte, 50<<10)
	for i := range large {
		large[i] = byte(i)
	}
	// By default openssl takes the longest salt; -1 is one as long as the digest.
	pss := func(digest string, options ...string) []string {
		arguments := []string{"-md", digest, "-keyopt", "rsa_padding_mode:pss"}
		for _, option := range options {
			arguments = append(arguments, "-keyopt", option)
		}
		return arguments
	}
	for name, test := range map[string]struct {
		user      crypto.Signer
		content   []byte
		arguments []string
		check     string // "": accepted
	}{
		"RSA SHA-256":            {k.rsa, text, []string{"-md", "sha256"}, ""},
		"RSA SHA-384":            {k.rsa, text, []string{"-md", "sha384"}, ""},
		"RSA SHA-512":            {k.rsa, text, []string{"-md", "sha512"}, ""},
		"RSA SHA-1":              {k.rsa, text, []string{"-md", "sha1"}, "algorithm"},
		"RSA SHA-224":            {k.rsa, text, []string{"-md", "sha224"}, "algorithm"},
		"PSS SHA-256":            {k.rsa, text, pss("sha256", "rsa_pss_saltlen:-1"), ""},
		"PSS SHA-384":            {k.rsa, text, pss("sha384", "rsa_pss_saltlen:-1"), ""},
		"PSS SHA-512":            {k.rsa, text, pss("sha512", "rsa_pss_saltlen:-1"), ""},
		"PSS with a longer salt": {k.rsa, text, pss("sha256"), "algorithm"},
		"PSS with MGF1 SHA-1":    {k.rsa, text, pss("sha256", "rsa_pss_saltlen:-1", "rsa_mgf1_md:sha1"), "algorithm"},
		"P-256 SHA-256":          {k.p256, text, []string{"-md", "sha256"}, ""},
		"P-384 SHA-384":          {k.p384, text, []string{"-md", "sha384"}, ""},
		"P-521 SHA-512":          {k.p521, text, []string{"-md", "sha512"}, ""},
		"key identifier":         {k.p256, text, []string{"-keyid"}, ""},
		"streamed":               {k.p256, text, []string{"-stream"}, ""},
		"streamed, 50 KB":        {k.p256, large, []string{"-stream"}, ""},
		"indefinite":             {k.p256, text, []string{"-indef"}, ""},
		"CAdES":                  {k.p256, text, []string{"-cades"}, ""},
		"no attributes":          {k.p256, text, []string{"-noattr"}, "attributes"},
		"two signers":            {k.p256, text, []string{"-signer", "second.pem", "-inkey", "second.key"}, "structure"},
		"no certificates":        {k.p256, text, []string{"-nocerts"}, "signer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newChain(t, test.user)
			from, to := validity()
			second := issue(t, cmstest.User("MIDCHETEST000050", from, to), c.Intermediate, k.p384)
			o := newOpenSSL(t)
			o.write("content", test.content)
			o.certificates("user.pem", c.User.Certificate)
			o.key("user.key", test.user)
			o.certificates("second.pem", second.Certificate)
			o.key("second.key", second.Key)
			o.certificates("issuer.pem", c.Intermediate.Certificate)
			message := o.run(append([]string{"cms", "-sign", "-binary", "-nodetach", "-outform", "DER", "-in", "content",
				"-signer", "user.pem", "-inkey", "user.key", "-certfile", "issuer.pem"}, test.arguments...)...)

			v := verifierOf(t, cms.Config{Roots: certificates(c.Root), Intermediates: certificates(c.Intermediate)})
			r, err := v.Verify(message, time.Now(), anyText)
			if test.check != "" {
				requireCheck(t, err, test.check, "")
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.content, r.Content)
			o.write("message", message)
			der, err := cms.ToDER(message)
			require.NoError(t, err)
			require.Equal(t, o.run("cms", "-cmsout", "-inform", "DER", "-in", "message", "-outform", "DER"), der)
		})
	}
}

// TestInteropVerify has openssl verify and convert what cmstest makes.
func TestInteropVerify(t *testing.T) {
	t.Parallel()
	k := testKeys()
	for name, test := range map[string]struct {
		user    crypto.Signer
		options cmstest.Options
	}{
		"genuine form":   {k.p256, cmstest.Options{Form: cmstest.BER}},
		"P-384":          {k.p384, cmstest.Options{Form: cmstest.BER, Hash: crypto.SHA384}},
		"RSA":            {k.rsa, cmstest.Options{Form: cmstest.BER, Hash: crypto.SHA512}},
		"PSS":            {k.rsa, cmstest.Options{Form: cmstest.BER, PSS: true}},
		"segmented":      {k.p256, cmstest.Options{Form: cmstest.BER, Segment: 9}},
		"key identifier": {k.p256, cmstest.Options{Form: cmstest.BER, KeyID: true}},
		"DER":            {k.p256, cmstest.Options{}},
		"DER, own":       {k.p256, cmstest.Options{SigningTime: now}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newChain(t, test.user)
			test.options.Certificates = certificates(c.Intermediate, c.Root)
			if test.options.Form == cmstest.BER {
				// openssl sorts the bag when it writes DER, ToDER does not.
				test.options.BeforeSign = func(p *cmstest.Parts) { slices.SortFunc(p.Certificates, bytes.Compare) }
			}
			message := sign(t, c.User, test.options)
			o := newOpenSSL(t)
			o.certificates("root.pem", c.Root.Certificate)
			o.write("message", message)
			content := o.run("cms", "-verify", "-binary", "-inform", "DER", "-in", "message", "-CAfile", "root.pem", "-purpose", "sslclient")
			require.Equal(t, text, content)

			if test.options.Form == cmstest.BER {
				der, err := cms.ToDER(message)
				require.NoError(t, err)
				require.Equal(t, o.run("cms", "-cmsout", "-inform", "DER", "-in", "message", "-outform", "DER"), der)
			}
		})
	}
}

// TestConformanceToDER compares the conversion of the genuine message.
func TestConformanceToDER(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"rest2024-sync.b64", "adfs-signature-sync-500.b64", "adfs-signature_500_linebreak.txt"} {
		message := corpusCMS(t, name)
		o := newOpenSSL(t)
		o.write("message", message)
		der, err := cms.ToDER(message)
		require.NoError(t, err)
		require.Equal(t, o.run("cms", "-cmsout", "-inform", "DER", "-in", "message", "-outform", "DER"), der)
	}
}
