package main

import (
	"io"
	"os"
	"slices"
	"time"

	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
)

// verifyCmds verify offline. Without a name it is a CMS that is verified.
type verifyCmds struct {
	CMS   verifyCmd      `cmd:"" name:"cms" default:"withargs" help:"Verify a signature (CMS) offline; cms may be left out."`
	SKMID verifySKMIDCmd `cmd:"" name:"skmid" help:"Verify an answer of SK Mobile-ID offline."`

	BankID verifyBankIDCmd `cmd:"" name:"bankid" help:"Verify evidence or a signature of BankID offline."`

	Hermod   verifyHermodCmd   `cmd:"" help:"Verify an enrolment or evidence of a Hermod offline."`
	Evidence verifyEvidenceCmd `cmd:"" help:"Verify evidence of any provider that has a configuration offline."`
}

// Help is printed before the commands.
func (*verifyCmds) Help() string {
	return `Nothing is sent. Without the name of a command a CMS is verified.

Exit codes: 0 verified, 2 usage, 3 the person did not sign (with evidence), 4 verification failed.

Examples:

	mss verify --text "Bank ACME: log in?" --root root.pem signature.b64
	mss verify skmid --evidence login.evidence --config mobileid-ee.yaml
	mss verify bankid --signature signature.b64 --ocsp ocsp.b64 --root bankid-root.pem
	mss verify hermod enrolment --root ca.pem --attestation-key attestation.pem`
}

// verifyCmd judges a CMS (RFC 5652) by itself. What comes out is a mss.Document, never a mss.Signature: nobody knows what
// was asked, so there is no transaction, profile or freshness to report.
type verifyCmd struct {
	File         string    `arg:"" placeholder:"CMSFILE" help:"The signature: Base64, DER or BER, at most 64 KiB decoded; - is standard input."`
	Text         string    `required:"" placeholder:"TEXT" help:"What was signed, to the octet."`
	Root         []string  `required:"" sep:"none" placeholder:"FILE" help:"Trusted root certificates (PEM or DER file, or directory); repeatable."`
	Intermediate []string  `sep:"none" placeholder:"FILE" help:"Certificates that help to build the chain; repeatable."`
	At           time.Time `placeholder:"TIME" help:"Judge as of then (2024-07-02T12:00:00Z); now by default."`
	Environment  string    `enum:"production,test,simulator," default:"" placeholder:"production|test|simulator" help:"What the roots are worth. Else simulator where the roots carry its mark, and production."`
	JSON         bool      `name:"json" help:"Print one JSON object."`
}

// Help is printed before the flags.
func (*verifyCmd) Help() string {
	return `Nothing is sent. What is verified says who signed which octets; it does not say for what transaction, and at what time only as far as --at does. Signatures of the service's test numbers are accepted and marked.

Exit codes: 0 verified, 2 usage, 4 verification failed.

Examples:

	mss verify --text "Bank ACME: log in?" --root root.pem signature.b64
	mss verify --text "Bank ACME: log in?" --root root.pem --at 2024-07-02T12:00:00Z --json - < signature.der`
}

func (c *verifyCmd) Run(a *app) error {
	r := new(report)
	doc, err := c.verify(a, r)
	if err == nil {
		r.signed(doc.Proven)
	} else {
		r.failed(err)
		r.Error.MayHaveRung = false // nobody was asked
	}
	return a.conclude(c.JSON, r, err)
}

func (c *verifyCmd) verify(a *app, r *report) (*mss.Document, error) {
	anchors, err := c.anchors()
	if err != nil {
		return nil, err
	}
	r.Environment = anchors.Environment().String()
	signature, err := c.read(a.stdin)
	if err != nil {
		return nil, err
	}
	// Test numbers are accepted because the report marks them: offline, nobody is let in by this.
	verifier, err := mssp.NewVerifier(mssp.VerifierConfig{Anchors: anchors, AllowTestNumbers: true})
	if err != nil {
		return nil, err
	}
	at := c.At
	if at.IsZero() {
		at = time.Now()
	}
	return verifier.VerifyCMS(signature, []byte(c.Text), at)
}

// anchors loads the certificates. Their environment is the flag's; else a simulator's roots say what they are, and all
// others are taken for production.
func (c *verifyCmd) anchors() (*mss.Anchors, error) {
	roots, err := mss.LoadCertificates(c.Root...)
	if err != nil {
		return nil, usagef("--root: %v", err)
	}
	intermediates, err := mss.LoadCertificates(c.Intermediate...)
	if err != nil {
		return nil, usagef("--intermediate: %v", err)
	}
	environment := mss.Production
	switch {
	case c.Environment != "":
		if environment, err = parseEnvironment(c.Environment); err != nil {
			return nil, usagef("--environment: %v", err)
		}
	case slices.ContainsFunc(roots, simulated.Marked):
		environment = mss.Simulator
	}
	anchors, err := mss.NewAnchors(environment, roots, intermediates)
	if err != nil {
		return nil, usagef("--root, --intermediate: %v", err)
	}
	return anchors, nil
}

// Limits of a signature, before and after decoding. A genuine one has about 6 KiB.
const (
	maxSignature     = 64 << 10
	maxSignatureText = 96 << 10
)

// read returns the signature's octets. A CMS is a SEQUENCE, so that its first octet is 0x30, and the first letter of its
// Base64 is M: the two cannot be confused.
func (c *verifyCmd) read(stdin io.Reader) ([]byte, error) {
	data, err := c.readAll(stdin)
	if err != nil {
		return nil, usagef("CMSFILE: %v", err)
	}
	if len(data) > maxSignatureText {
		return nil, usagef("CMSFILE: is larger than 96 KiB, which no signature is")
	}
	if len(data) == 0 || data[0] != 0x30 {
		if data, err = xmlwire.ParseBase64(string(data)); err != nil || len(data) == 0 {
			return nil, usagef("CMSFILE: is neither Base64 nor DER; give what the service put into Base64Signature")
		}
	}
	if len(data) > maxSignature {
		return nil, usagef("CMSFILE: is larger than 64 KiB, which no signature is")
	}
	return data, nil
}

func (c *verifyCmd) readAll(stdin io.Reader) ([]byte, error) {
	if c.File == "-" {
		return io.ReadAll(io.LimitReader(stdin, maxSignatureText+1))
	}
	f, err := os.Open(c.File)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxSignatureText+1))
}
