//go:build interop

package hermod_test

import (
	"bytes"
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

// TestInteropOpenSSLSignature: openssl verifies what a person of the simulator signed, gives back the octets, and refuses the same
// with one octet of them altered.
func TestInteropOpenSSLSignature(t *testing.T) {
	t.Parallel()
	srv := hermodtest.New(t, hermodtest.Options{})
	cfg := srv.Config()
	cfg.Registry = hermod.NewMemoryRegistry()
	client, err := hermod.New(cfg)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	srv.CallbackTo(client.Callback())
	device, err := client.Enroll(t.Context(), &hermod.Enrollment{User: userID(t, "astrid"), Subject: exempelName(), Issue: srv.Issue}, noPrompt)
	require.NoError(t, err)

	dir := t.TempDir()
	var anchors []byte
	for _, c := range srv.Anchors().Roots() {
		anchors = append(anchors, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "ca.pem"), anchors, 0o600))
	verify := func(name string, der []byte) (string, error) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), der, 0o600))
		c := exec.CommandContext(t.Context(), "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", name,
			"-CAfile", "ca.pem", "-purpose", "any", "-out", name+".out")
		c.Dir = dir
		out, err := c.CombinedOutput()
		return string(out), err
	}

	for _, purpose := range []mss.Purpose{mss.Authentication, mss.Signing} {
		sig, err := mss.Sign(t.Context(), client, &mss.Request{
			Purpose: purpose, User: mss.User{ID: device.User}, Display: "Hyra en cykel?", Options: hermod.Options{Format: mss.CMS},
		}, noPrompt)
		require.NoError(t, err)
		out, err := verify("good", sig.Value)
		require.NoError(t, err, out)
		content, err := os.ReadFile(filepath.Join(dir, "good.out"))
		require.NoError(t, err)
		require.Equal(t, sig.Content, content)

		altered := alteredContent(t, sig.Value, sig.Content)
		out, err = verify("altered", altered)
		require.Error(t, err)
		require.Contains(t, out, "erification failure")
	}
}

// alteredContent alters the last octet of the content where it stands in a message.
func alteredContent(t *testing.T, der, content []byte) []byte {
	t.Helper()
	require.Equal(t, 1, bytes.Count(der, content))
	altered := bytes.Clone(der)
	altered[bytes.Index(der, content)+len(content)-1] ^= 1
	return altered
}
