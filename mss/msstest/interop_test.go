//go:build interop

package msstest_test

import (
	"bytes"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss/msstest"
)

// OpenSSL accepts what the simulated persons sign.
func TestOpenSSLVerifies(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	c := call(t, srv)
	dir := t.TempDir()
	var authorities bytes.Buffer // a message in DER has no intermediate certificate
	for _, cert := range append(srv.Anchors().Roots(), srv.Anchors().Intermediates()...) {
		require.NoError(t, pem.Encode(&authorities, &pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "authorities.pem"), authorities.Bytes(), 0o600))
	for name, p := range map[string]msstest.Person{
		"ec-ber":   {},
		"ec-der":   {Form: msstest.DER},
		"rsa-ber":  {Key: msstest.RSA},
		"rsa-der":  {Key: msstest.RSA, Form: msstest.DER},
		"ec-sha1":  {Forge: msstest.ForgeSHA1}, // wrong by policy alone
		"rsa-sha1": {Key: msstest.RSA, Forge: msstest.ForgeSHA1},
	} {
		t.Run(name, func(t *testing.T) {
			srv.Script(anna, p)
			req := c.ask(anna, synch)
			resp, f := c.sign(req)
			require.Nil(t, f)
			file := filepath.Join(dir, name+".cms")
			require.NoError(t, os.WriteFile(file, resp.Signature.Base64Signature, 0o600))
			cmd := exec.CommandContext(t.Context(), "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", file,
				"-CAfile", filepath.Join(dir, "authorities.pem"), "-purpose", "any")
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			require.NoError(t, err, "%s", &stderr)
			require.Equal(t, req.DataToBeSigned.Value, string(out))
		})
	}
}
