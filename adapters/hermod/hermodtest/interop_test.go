//go:build interop

package hermodtest_test

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod/hermodtest"
)

func openssl(t *testing.T, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "openssl", args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

func writeFile(t *testing.T, dir, name string, content []byte) string {
	t.Helper()
	file := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(file, content, 0o600))
	return file
}

// OpenSSL accepts requests, certificates and CMS signatures, and refuses what is forged.
func TestInteropOpenSSL(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		keyType   object
		mechanism string
	}{"RSA": {rsa2048, "CKM_SHA256_RSA_PKCS"}, "EC": {p256, "CKM_ECDSA_SHA256"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			srv, c := inProcess(t, hermodtest.Options{})
			profile, cert := c.enrolled(test.keyType)
			csr := writeFile(t, dir, "csr.der", c.request(profile).Raw)
			out, err := openssl(t, "req", "-inform", "DER", "-in", csr, "-verify", "-noout")
			require.NoError(t, err, out)

			ca := writeFile(t, dir, "ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Anchors().Roots()[0].Raw}))
			leaf := writeFile(t, dir, "leaf.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
			out, err = openssl(t, "verify", "-x509_strict", "-CAfile", ca, leaf)
			require.NoError(t, err, out)

			verify := func(f hermodtest.Forge) (string, error) {
				srv.Person(hermodtest.Person{User: user, Forge: f})
				cb := c.outcome("/command/sign", signing("signCommand", "pkcs7", test.mechanism, []byte("Pay 10?")))
				der, err := base64.StdEncoding.DecodeString(cb.SignResponse.Result.Data)
				require.NoError(t, err)
				file := writeFile(t, dir, f.String(), der)
				return openssl(t, "cms", "-verify", "-binary", "-inform", "DER", "-in", file, "-CAfile", ca, "-purpose", "any")
			}
			out, err = verify(hermodtest.Genuine)
			require.NoError(t, err, out)
			require.Contains(t, out, "Pay 10?")
			for _, f := range []hermodtest.Forge{
				hermodtest.ForgeSignature, hermodtest.ForgeOtherKey, hermodtest.ForgeOtherCA, hermodtest.ForgeExpired, hermodtest.ForgeDigest,
				hermodtest.ForgeNoCertificate, hermodtest.ForgeDetached,
			} {
				out, err = verify(f)
				require.Error(t, err, "%v: %s", f, out)
			}
			for _, f := range []hermodtest.Forge{hermodtest.ForgeSameKey, hermodtest.ForgeUnmarked, hermodtest.ForgeSHA1, hermodtest.ForgeOtherUser, hermodtest.ForgePayload} {
				out, err = verify(f)
				require.NoError(t, err, "in order but for what openssl does not know: %v: %s", f, out)
			}
		})
	}
}
