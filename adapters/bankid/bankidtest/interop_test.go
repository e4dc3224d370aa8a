//go:build interop

package bankidtest_test

import (
	"encoding/base64"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/bankid/bankidtest"
)

// run runs a program and returns all that it said.
func run(t *testing.T, program string, args ...string) (string, error) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
	return string(out), err
}

// answerFiles writes the signature, the OCSP response and the signing root of an order's outcome into a directory.
func answerFiles(t *testing.T, path string, p bankidtest.Person) (xml, ocsp, root, customerCA, bankCA, user string) {
	t.Helper()
	srv, c := inProcess(t, nil)
	p.Number = number
	srv.Script(bankidtest.Anyone, p)
	d := c.outcome(path, requests[path]).CompletionData
	require.NotNil(t, d)
	dir := t.TempDir()
	write := func(name string, content []byte) string {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, content, 0o600))
		return file
	}
	certificate := func(name string, der []byte) string {
		return write(name, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	chain := all(string(decode(t, d.Signature)), "X509Certificate")
	require.Len(t, chain, 3)
	return write("signature.xml", decode(t, d.Signature)), write("ocsp.der", decode(t, d.OCSPResponse)),
		certificate("root.pem", srv.Anchors().Roots()[0].Raw), certificate("customer.pem", decode(t, chain[1])),
		certificate("bank.pem", decode(t, chain[2])), certificate("user.pem", decode(t, chain[0]))
}

func decode(t *testing.T, text string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(text)
	require.NoError(t, err)
	return b
}

// xmlsec1 accepts the signatures, and none whose digests or value are off.
func TestInteropXMLSecVerifies(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/auth", "/sign", "/payment", "/phone/sign"} {
		for f, good := range map[bankidtest.Forge]bool{bankidtest.Genuine: true, bankidtest.ForgeFormat: true, bankidtest.ForgeDataDigest: false,
			bankidtest.ForgeKeyInfoDigest: false, bankidtest.ForgeSignature: false, bankidtest.ForgeOtherKey: false, bankidtest.ForgeOtherCA: false} {
			xml, _, root, _, _, _ := answerFiles(t, path, bankidtest.Person{Forge: f})
			out, err := run(t, "xmlsec1", "--verify", "--enabled-key-data", "x509", "--id-attr:Id", "bankIdSignedData", "--id-attr:Id", "KeyInfo",
				"--trusted-pem", root, "--verification-gmt-time", time.Now().UTC().Format(time.DateTime), xml)
			require.Equal(t, good, err == nil, "%s, Forge %d: %s", path, f, out)
		}
	}
}

// The canonical form of the signed parts is the one that they have: xmllint writes a whole document as it is, but for the
// XML declaration.
func TestInteropXMLLintIsCanonical(t *testing.T) {
	t.Parallel()
	for path := range requests {
		xml, _, _, _, _, _ := answerFiles(t, path, bankidtest.Person{})
		doc, err := os.ReadFile(xml)
		require.NoError(t, err)
		out, err := run(t, "xmllint", "--c14n", xml)
		require.NoError(t, err, out)
		// Inside the document, the namespace that an element has from its parent is not written again.
		const declared = ` xmlns="http://www.w3.org/2000/09/xmldsig#"`
		want := string(doc[len(`<?xml version="1.0" encoding="UTF-8" standalone="no"?>`):])
		require.Equal(t, strings.NewReplacer("<SignedInfo"+declared, "<SignedInfo", "<KeyInfo"+declared, "<KeyInfo").Replace(want), out)
	}
}

// OpenSSL accepts the OCSP responses, and says of the forged ones what they say.
func TestInteropOpenSSLReadsOCSP(t *testing.T) {
	t.Parallel()
	for f, want := range map[bankidtest.Forge]string{
		bankidtest.Genuine:            "user.pem: good",
		bankidtest.ForgeOCSPRevoked:   "user.pem: revoked",
		bankidtest.ForgeOCSPUnknown:   "user.pem: unknown",
		bankidtest.ForgeOCSPNoNonce:   "user.pem: good",
		bankidtest.ForgeOCSPSerial:    "No Status found",
		bankidtest.ForgeOCSPTryLater:  "trylater",
		bankidtest.ForgeOCSPByUser:    "Verify Failure",
		bankidtest.ForgeOCSPIssuer:    "Verify Failure",
		bankidtest.ForgeOCSPExpired:   "Verify Failure",
		bankidtest.ForgeOCSPSignature: "Verify Failure",
	} {
		_, ocsp, root, customer, bank, user := answerFiles(t, "/sign", bankidtest.Person{Forge: f})
		out, err := run(t, "openssl", "ocsp", "-no_nonce", "-respin", ocsp, "-issuer", customer, "-cert", user, "-CAfile", bundle(t, root, bank, customer), "-resp_text")
		require.Contains(t, out, want, "Forge %d", f)
		if f == bankidtest.Genuine {
			require.NoError(t, err, out)
			require.Contains(t, out, "Response verify OK")
			require.Contains(t, out, "OCSP Nonce: critical")
		}
	}
}

// OpenSSL builds the chain from the signing root.
func TestInteropOpenSSLBuildsChain(t *testing.T) {
	t.Parallel()
	for path := range requests {
		_, _, root, customer, bank, user := answerFiles(t, path, bankidtest.Person{})
		out, err := run(t, "openssl", "verify", "-x509_strict", "-CAfile", root, "-untrusted", bundle(t, customer, bank), user)
		require.NoError(t, err, out)
		out, err = run(t, "openssl", "x509", "-in", user, "-noout", "-subject", "-nameopt", "sep_comma_plus,sname")
		require.NoError(t, err, out)
		require.Regexp(t, `^subject=C=SE,O=Simulated Bank AB \(publ\),SN=SIMULERAD,GN=ANNA,serialNumber=`+number+`,name=\(\d{6} \d\d\.\d\d\) ANNA SIMULERAD - Simulated BankID,CN=ANNA SIMULERAD\n$`, out)
	}
}

// bundle puts PEM files into one.
func bundle(t *testing.T, files ...string) string {
	t.Helper()
	var joined []byte
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		joined = append(joined, content...)
	}
	out := filepath.Join(t.TempDir(), "bundle.pem")
	require.NoError(t, os.WriteFile(out, joined, 0o600))
	return out
}
