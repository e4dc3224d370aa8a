package main

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/gomss/gomss/internal/redact"
)

// certShowCmd shows a client certificate as the operator registers it.
type certShowCmd struct {
	File         string `arg:"" placeholder:"FILE" help:"Certificate: PEM, DER or PKCS #12."`
	Key          string `placeholder:"FILE" help:"Its private key (PEM), to see that they belong together."`
	PasswordFile string `placeholder:"FILE" help:"File with the password of a PKCS #12 file; - is standard input. Else MSS_PKCS12_PASSWORD."`
	JSON         bool   `name:"json" help:"Print one JSON object."`
}

// Help is printed before the flags.
func (*certShowCmd) Help() string {
	return `Findings are lines of ok, warn or fail, each with what to do. Nothing is sent.

Exit codes: 0 nothing fails, 2 something does, or usage.

Examples:

	mss cert show tls/client.pem --key tls/client.key
	mss cert show client.p12 --password-file p12.txt --json`
}

// certReport is what identifies a certificate to the operator.
type certReport struct {
	Subject   string    `json:"subject"`
	SHA256    string    `json:"sha256"` // of the DER, as openssl prints it
	SHA1      string    `json:"sha1"`   // operators' forms still ask for it
	NotBefore time.Time `json:"notBefore"`
	NotAfter  time.Time `json:"notAfter"`
	Key       string    `json:"key"`
	Signature string    `json:"signature"`
	Purposes  []string  `json:"purposes"`
}

// certShowReport is what --json prints.
type certShowReport struct {
	certReport
	Findings []finding `json:"findings"`
}

func (c *certShowCmd) Run(a *app) error {
	cred, err := c.read(a)
	if err != nil {
		return err
	}
	leaf := cred.leaf()
	if leaf == nil {
		return usagef("FILE: holds no certificate, only a key")
	}
	findings := append(cred.findings(time.Now()), c.readable(cred)...)
	r := certShowReport{newCertReport(leaf), findings}
	if c.JSON {
		err = a.printJSON(r)
	} else {
		r.human(a.stdout)
		fmt.Fprintln(a.stdout)
		a.printFindings("", findings)
	}
	if err != nil {
		return err
	}
	return judge(findings)
}

// read takes certificate and key together.
func (c *certShowCmd) read(a *app) (*credentials, error) {
	data, err := readBounded(c.File, maxCredentials)
	if err != nil {
		return nil, usagef("FILE: %v", err)
	}
	password, _ := a.variable("MSS_PKCS12_PASSWORD")
	if c.PasswordFile != "" {
		if password, err = a.readPassword(c.PasswordFile); err != nil {
			return nil, usagef("--password-file: %v", err)
		}
	}
	cred, err := parseCredentials(data, password)
	if err != nil {
		return nil, usagef("FILE: %s: %v", c.File, err)
	}
	if c.Key == "" {
		return cred, nil
	}
	if data, err = readBounded(c.Key, maxCredentials); err != nil {
		return nil, usagef("--key: %v", err)
	}
	key, err := parseCredentialsPEM(data)
	if err != nil {
		return nil, usagef("--key: %s: %v", c.Key, err)
	}
	if key.key == nil {
		return nil, usagef("--key: %s: holds no private key", c.Key)
	}
	cred.key = key.key
	return cred, nil
}

// readable looks at who can read the file that holds the key.
func (c *certShowCmd) readable(cred *credentials) []finding {
	switch {
	case c.Key != "":
		return permissions(c.Key)
	case cred.key != nil:
		return permissions(c.File)
	}
	return nil
}

// permissions warns of a secret that the group or everybody can read (SEC-14).
func permissions(file string) []finding {
	info, err := os.Stat(file)
	switch {
	case err != nil, runtime.GOOS == "windows": // where the mode's bits do not tell
		return nil
	case info.Mode().Perm()&0o077 != 0:
		return []finding{doubtful("chmod 600 "+file, "others can read %s (mode %04o)", file, info.Mode().Perm())}
	}
	return []finding{found("only the owner can read %s", file)}
}

func newCertReport(cert *x509.Certificate) certReport {
	sum256, sum1 := sha256.Sum256(cert.Raw), sha1.Sum(cert.Raw)
	r := certReport{
		Subject: redact.Clean(cert.Subject.String(), 200), SHA256: fingerprint(sum256[:]), SHA1: fingerprint(sum1[:]),
		NotBefore: cert.NotBefore.UTC(), NotAfter: cert.NotAfter.UTC(),
		Key: describeKey(cert), Signature: cert.SignatureAlgorithm.String(), Purposes: []string{},
	}
	for _, usage := range cert.ExtKeyUsage {
		r.Purposes = append(r.Purposes, purpose(usage))
	}
	for _, id := range cert.UnknownExtKeyUsage {
		r.Purposes = append(r.Purposes, id.String())
	}
	return r
}

// human prints the report for a reader.
func (r certReport) human(w io.Writer) {
	line(w, "subject", r.Subject)
	line(w, "SHA-256", r.SHA256)
	line(w, "SHA-1", r.SHA1)
	line(w, "valid", r.NotBefore.Format(time.RFC3339)+" to "+r.NotAfter.Format(time.RFC3339))
	line(w, "key", r.Key)
	line(w, "signature", r.Signature)
	line(w, "purposes", strings.Join(r.Purposes, ", "))
}

// fingerprint writes a hash as openssl does.
func fingerprint(sum []byte) string { return strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":") }

// purpose names an extended key usage (RFC 5280 4.2.1.12).
func purpose(usage x509.ExtKeyUsage) string {
	switch usage {
	case x509.ExtKeyUsageAny:
		return "any"
	case x509.ExtKeyUsageServerAuth:
		return "serverAuth"
	case x509.ExtKeyUsageClientAuth:
		return "clientAuth"
	case x509.ExtKeyUsageEmailProtection:
		return "emailProtection"
	case x509.ExtKeyUsageCodeSigning:
		return "codeSigning"
	}
	return "purpose " + strconv.Itoa(int(usage))
}

// describeKey is "RSA 4096" or "EC P-256".
func describeKey(cert *x509.Certificate) string {
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		return "RSA " + strconv.Itoa(key.N.BitLen())
	case *ecdsa.PublicKey:
		return "EC " + key.Params().Name
	}
	return cert.PublicKeyAlgorithm.String()
}
