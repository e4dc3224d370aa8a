//go:build interop

package hermod_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/adapters/hermod/hermodtest"
	"github.com/gomss/gomss/mss"
)

// TestInteropOpenSSLIssues: the documentation's authority of openssl certifies a device, which then logs in and signs; openssl verifies
// both in PKCS#7, and gives back the octets. What it refuses is TestInteropOpenSSLVerify's.
func TestInteropOpenSSLIssues(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out, err := exec.CommandContext(t.Context(), "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30",
		"-subj", "/C=SE/O=Exempel AB/CN=Exempel OpenSSL CA", "-addext", "keyUsage=critical,keyCertSign",
		"-keyout", filepath.Join(dir, "ca.key"), "-out", filepath.Join(dir, "ca.pem")).CombinedOutput()
	require.NoError(t, err, "%s", out)

	srv := hermodtest.New(t, hermodtest.Options{})
	cfg := srv.Config()
	cfg.Anchors, err = mss.LoadAnchors(mss.Test, filepath.Join(dir, "ca.pem"))
	require.NoError(t, err)
	client, err := hermod.New(cfg)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	srv.CallbackTo(client.Callback())

	var csr []byte
	issue := issueWithOpenSSL(dir)
	e := &hermod.Enrollment{
		User: userID(t, "astrid"), Subject: exempelName(), Keys: []hermod.KeyRequest{{ID: "a"}, {ID: "b"}},
		Issue: func(ctx context.Context, r *x509.CertificateRequest) ([]*x509.Certificate, error) {
			csr = r.Raw
			return issue(ctx, r)
		},
	}
	d, err := client.Enroll(t.Context(), e, noPrompt)
	require.NoError(t, err)
	require.NotEqual(t, d.Keys[0].Chain[0].SerialNumber, d.Keys[1].Chain[0].SerialNumber)
	for _, k := range d.Keys {
		file := filepath.Join(dir, k.ID+".pem")
		require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: k.Chain[0].Raw}), 0o600))
		out, err := exec.CommandContext(t.Context(), "openssl", "verify", "-CAfile", filepath.Join(dir, "ca.pem"), file).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}

	// openssl reads the device's request, too.
	file := filepath.Join(dir, "csr.der")
	require.NoError(t, os.WriteFile(file, csr, 0o600))
	out, err = exec.CommandContext(t.Context(), "openssl", "req", "-verify", "-noout", "-inform", "DER", "-in", file).CombinedOutput()
	require.NoError(t, err, "%s", out)

	for _, purpose := range []mss.Purpose{mss.Authentication, mss.Signing} {
		sig, err := mss.Sign(t.Context(), client, &mss.Request{
			Purpose: purpose, User: mss.User{ID: d.User}, Display: "Betala 10 kr?", Options: hermod.Options{Format: mss.CMS},
		}, noPrompt)
		require.NoError(t, err)
		require.Equal(t, d.Keys[0].Chain[0].Raw, sig.Signer.Chain[0].Raw)
		file := filepath.Join(dir, "signed.der")
		require.NoError(t, os.WriteFile(file, sig.Value, 0o600))
		c := exec.CommandContext(t.Context(), "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", file,
			"-CAfile", filepath.Join(dir, "ca.pem"), "-purpose", "any")
		content, err := c.Output()
		require.NoError(t, err)
		require.Equal(t, sig.Content, content)
	}
}
