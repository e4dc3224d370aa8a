package main

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gomss/gomss/internal/redact"
	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/mss"
)

// trustCmd deals with the CA certificates that signatures and servers are judged by. Nothing ships with mss but their
// fingerprints.
type trustCmd struct {
	List  trustListCmd  `cmd:"" help:"List the CA certificates that mss knows by fingerprint."`
	Check trustCheckCmd `cmd:"" help:"Say what certificate files are."`
	Fetch trustFetchCmd `cmd:"" help:"Download a provider's anchors and compare their fingerprints."`
}

// Help is printed before the commands.
func (*trustCmd) Help() string {
	return `To know a certificate is not to trust it: trust comes from the files that the configuration names.

Examples:

	mss trust list
	mss trust fetch --out anchors.pem
	mss trust check anchors.pem tls-root.pem`
}

// knownReport is a known certificate, of which --json prints it.
type knownReport struct {
	Name        string `json:"name"`
	Environment string `json:"environment"`
	Use         string `json:"use"`
	Kind        string `json:"kind"` // root or intermediate
	SHA256      string `json:"sha256"`
	NotBefore   string `json:"notBefore,omitempty"` // a day; absent where it is not recorded
	NotAfter    string `json:"notAfter,omitempty"`
	Address     string `json:"address,omitempty"` // where trust fetch gets it
}

func newKnownReport(k mss.KnownCertificate) knownReport {
	o := origins[k.SHA256]
	r := knownReport{
		Name: k.Name, Environment: k.Environment.String(), Use: string(k.Use), Kind: "intermediate",
		NotBefore: o.notBefore, NotAfter: o.notAfter, Address: o.address,
	}
	if k.Root {
		r.Kind = "root"
	}
	if sum, err := hex.DecodeString(k.SHA256); err == nil {
		r.SHA256 = fingerprint(sum)
	}
	return r
}

// String says what the certificate is.
func (k knownReport) String() string {
	return fmt.Sprintf("%s: %s for %s, %s", k.Name, k.Kind, k.Use, k.Environment)
}

// trustListCmd lists what is known.
type trustListCmd struct {
	JSON bool `name:"json" help:"Print one JSON array."`
}

// Help is printed before the flags.
func (*trustListCmd) Help() string {
	return `Nothing is sent. The address is where trust fetch downloads a certificate.

Examples:

	mss trust list
	mss trust list --json`
}

func (c *trustListCmd) Run(a *app) error {
	list := []knownReport{}
	for _, k := range mss.KnownCertificates() {
		list = append(list, newKnownReport(k))
	}
	if c.JSON {
		return a.printJSON(list)
	}
	for _, k := range list {
		fmt.Fprintln(a.stdout, k)
		line(a.stdout, "SHA-256", k.SHA256)
		if k.NotAfter != "" {
			line(a.stdout, "valid", k.NotBefore+" to "+k.NotAfter)
		}
		line(a.stdout, "address", k.Address)
	}
	return nil
}

// trustCheckCmd says what certificates are.
type trustCheckCmd struct {
	File []string `arg:"" placeholder:"FILE" help:"Certificate files (PEM or DER) or directories."`
	JSON bool     `name:"json" help:"Print one JSON array."`
}

// Help is printed before the flags.
func (*trustCheckCmd) Help() string {
	return `A line for each certificate: ok, warn or fail. A certificate that mss does not know fails: that is no judgement on it, but only the provider's own documents can tell its fingerprint. Nothing is sent.

Exit codes: 0 all are known, 2 one is not, or usage.

Examples:

	mss trust check anchors.pem
	mss trust check --json anchors tls-root.pem`
}

// trustCheckReport is one certificate of a file.
type trustCheckReport struct {
	File     string       `json:"file"`
	Subject  string       `json:"subject"`
	SHA256   string       `json:"sha256"`
	NotAfter time.Time    `json:"notAfter"`
	Known    *knownReport `json:"known,omitempty"`
	Finding  finding      `json:"finding"`
}

func (c *trustCheckCmd) Run(a *app) error {
	reports := []trustCheckReport{}
	var findings []finding
	for _, file := range c.File {
		certs, err := mss.LoadCertificates(file)
		if err != nil {
			return usagef("%s", strings.TrimPrefix(err.Error(), "mss: "))
		}
		for _, cert := range certs {
			r := newTrustCheckReport(file, cert, time.Now())
			reports, findings = append(reports, r), append(findings, r.Finding)
		}
	}
	if c.JSON {
		if err := a.printJSON(reports); err != nil {
			return err
		}
		return judge(findings)
	}
	for _, r := range reports {
		fmt.Fprintf(a.stdout, "%s\n      %s: SHA-256 %s\n", r.Finding, r.File, r.SHA256)
	}
	return judge(findings)
}

func newTrustCheckReport(file string, cert *x509.Certificate, now time.Time) trustCheckReport {
	sum := sha256.Sum256(cert.Raw)
	r := trustCheckReport{
		File: file, Subject: redact.Clean(cert.Subject.String(), 200), SHA256: fingerprint(sum[:]),
		NotAfter: cert.NotAfter.UTC(), Finding: anchorFinding(cert, now),
	}
	if k, ok := knownBy(cert, mss.KnownCertificates()); ok {
		r.Known = new(newKnownReport(k))
	}
	return r
}

// anchorFinding says what a CA certificate is and whether it is still of use.
func anchorFinding(cert *x509.Certificate, now time.Time) finding {
	end := cert.NotAfter.UTC().Format(time.DateOnly)
	k, ok := knownBy(cert, mss.KnownCertificates())
	switch {
	case ok && now.After(cert.NotAfter):
		return doubtful("keep it only to verify old signatures", "%s; expired on %s", newKnownReport(k), end)
	case ok:
		return found("%s; valid until %s", newKnownReport(k), end)
	case simulated.Marked(cert):
		return doubtful("use it with environment: simulator only", "of a simulator; it proves nothing about anybody; valid until %s", end)
	case !cert.IsCA:
		return failing("give the CA's certificate instead", "not known, and no CA certificate")
	}
	return failing("compare the fingerprint with the provider's documents before you trust it", "not known to mss; valid until %s", end)
}

// knownBy finds a certificate in a list by its fingerprint.
func knownBy(cert *x509.Certificate, list []mss.KnownCertificate) (mss.KnownCertificate, bool) {
	sum := sha256.Sum256(cert.Raw)
	i := slices.IndexFunc(list, func(k mss.KnownCertificate) bool { return k.SHA256 == hex.EncodeToString(sum[:]) })
	if i < 0 {
		return mss.KnownCertificate{}, false
	}
	return list[i], true
}
