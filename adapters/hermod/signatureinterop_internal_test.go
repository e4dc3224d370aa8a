//go:build interop

package hermod

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/cms/cmstest"
)

// openssl runs the command in a directory of the test's, and returns what it says.
func openssl(dir string, arguments ...string) (string, error) {
	c := exec.Command("openssl", arguments...)
	c.Dir = dir
	out, err := c.CombinedOutput()
	return string(out), err
}

func writePEM(t *testing.T, path, kind string, blocks ...[]byte) {
	t.Helper()
	var text []byte
	for _, b := range blocks {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b})...)
	}
	require.NoError(t, os.WriteFile(path, text, 0o600))
}

// files writes what openssl is given.
func (x *exchange) files(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	writePEM(t, filepath.Join(dir, "authorities.pem"), "CERTIFICATE", x.realm.root.Certificate.Raw, x.realm.issuing.Certificate.Raw)
	writePEM(t, filepath.Join(dir, "user.pem"), "CERTIFICATE", x.realm.user.Certificate.Raw)
	key, err := x509.MarshalPKCS8PrivateKey(x.realm.user.Key)
	require.NoError(t, err)
	writePEM(t, filepath.Join(dir, "user.key"), "PRIVATE KEY", key)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "tbs"), x.tbs, 0o600))
	return dir
}

// TestInteropOpenSSLVerify: openssl cms -verify accepts what Verify returns, gives back the octets that were signed, and refuses
// the same with one octet altered, or with another root.
func TestInteropOpenSSLVerify(t *testing.T) {
	t.Parallel()
	everyKind(t, func(t *testing.T, r *realm, kind commandKind, format string) {
		if format == formatJWS {
			return // openssl has none
		}
		x := newExchange(t, r, kind, format)
		sig, err := newVerifier(t, r.anchors).Verify(x.evidence())
		require.NoError(t, err)
		dir := x.files(t)
		verify := func(name, authorities string, der []byte) (string, error) {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), der, 0o600))
			return openssl(dir, "cms", "-verify", "-binary", "-inform", "DER", "-in", name, "-CAfile", authorities,
				"-purpose", "any", "-out", name+".out")
		}
		out, err := verify("good", "authorities.pem", sig.Value)
		require.NoError(t, err, out)
		content, err := os.ReadFile(filepath.Join(dir, "good.out"))
		require.NoError(t, err)
		require.Equal(t, sig.Content, content)

		altered := newExchange(t, r, kind, format)
		altered.cms(x.tbs, timed(cmstest.Options{AfterSign: func(p *cmstest.Parts) { p.Content[len(p.Content)-1] ^= 1 }}))
		out, err = verify("altered", "authorities.pem", altered.der())
		require.Error(t, err, out)
		out, err = verify("foreign", "user.pem", sig.Value)
		require.Error(t, err, out)
	})
}

// TestInteropOpenSSLSign: what openssl cms -sign makes of the octets that were sent is accepted, and of others is not.
func TestInteropOpenSSLSign(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arguments []string
		check     string
	}{
		"plain":          {nil, ""},
		"CAdES":          {[]string{"-cades"}, ""},
		"key identifier": {[]string{"-keyid"}, ""},
		"PSS":            {[]string{"-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:-1"}, ""},
		"no attributes":  {[]string{"-noattr"}, "attributes"},
		"SHA-1":          {[]string{"-md", "sha1"}, "algorithm"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRealm(t)
			x := newExchange(t, r, sign, formatPKCS7)
			dir := x.files(t)
			out, err := openssl(dir, append([]string{"cms", "-sign", "-binary", "-nodetach", "-outform", "DER", "-in", "tbs", "-signer",
				"user.pem", "-inkey", "user.key", "-out", "signed"}, test.arguments...)...)
			require.NoError(t, err, out)
			der, err := os.ReadFile(filepath.Join(dir, "signed"))
			require.NoError(t, err)
			x.pkcs7(der)
			ev := x.evidence()
			_, err = newVerifier(t, r.anchors).Verify(ev)
			if test.check != "" {
				requireRefused(t, err, test.check, ev)
				return
			}
			require.NoError(t, err)
		})
	}
}
