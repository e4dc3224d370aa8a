package hermod_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
)

// userExtensions is what openssl puts into a certificate. The request says nothing about it: it has no extensions.
const userExtensions = `[user]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, nonRepudiation
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
`

// issueWithOpenSSL returns a hermod.IssueFunc of the authority whose certificate is in dir/ca.pem, and its key in dir/ca.key.
// "openssl x509 -req" takes the name over as it is; "openssl ca" arranges it by a policy, and the certificate would be refused.
func issueWithOpenSSL(dir string) hermod.IssueFunc {
	return func(ctx context.Context, csr *x509.CertificateRequest) ([]*x509.Certificate, error) {
		extensions := filepath.Join(dir, "user.cnf")
		if err := os.WriteFile(extensions, []byte(userExtensions), 0o600); err != nil {
			return nil, err
		}
		openssl := exec.CommandContext(ctx, "openssl", "x509", "-req", "-sha256", "-days", "365",
			"-CA", filepath.Join(dir, "ca.pem"), "-CAkey", filepath.Join(dir, "ca.key"), "-extfile", extensions, "-extensions", "user")
		openssl.Stdin = bytes.NewReader(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: csr.Raw}))
		out, err := openssl.Output() // not CombinedOutput: openssl writes the name to the other one
		if err != nil {
			return nil, fmt.Errorf("openssl: %w", err)
		}
		block, _ := pem.Decode(out)
		if block == nil {
			return nil, errors.New("openssl wrote no certificate")
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		return []*x509.Certificate{cert}, nil
	}
}

// The authority is openssl. Its serial numbers are random where there is no ca.srl beside ca.pem, and -CAserial is not given.
func ExampleIssueFunc_openssl() {
	alice, err := mss.ParseUserID("alice")
	if err != nil {
		log.Fatal(err)
	}
	var client *hermod.Client // of hermod.New, with ca.pem in Config.Anchors
	_, err = client.Enroll(context.Background(), &hermod.Enrollment{User: alice, Issue: issueWithOpenSSL("/etc/example-ca")}, func(mss.Prompt) {})
	if err != nil {
		log.Fatal(err)
	}
}
