package main

import (
	"bytes"
	"crypto/x509"
	"errors"
	"slices"
	"time"

	"github.com/gomss/gomss/adapters/bankid"
	"github.com/gomss/gomss/internal/redact"
	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/mss"
)

// verifyBankIDCmd judges what BankID has answered: evidence, which knows what was asked, or a signature with its OCSP answer
// by themselves.
type verifyBankIDCmd struct {
	Evidence    string    `arg:"" optional:"" placeholder:"EVIDENCE" help:"What sign --evidence has written."`
	Config      string    `placeholder:"FILE" help:"Configuration (YAML) that the evidence was made with: its handle_key_file opens it."`
	Signature   string    `placeholder:"FILE" help:"Instead of EVIDENCE: a signature (completionData.signature), Base64 or XML."`
	OCSP        string    `name:"ocsp" placeholder:"FILE" help:"Its OCSP answer (ocspResponse), Base64 or DER: it says as of when certificates are judged."`
	SkipOCSP    bool      `name:"skip-ocsp" help:"Judge --signature without OCSP answer, as of --at; that nothing was revoked by then is not proven."`
	At          time.Time `placeholder:"TIME" help:"With --skip-ocsp: judge as of then (2025-12-01T12:00:00Z)."`
	Root        []string  `sep:"none" placeholder:"FILE" help:"BankID's root for signatures (PEM or DER file, or directory), not that for TLS; repeatable. Required with --signature."`
	Environment string    `enum:"production,test,simulator," default:"" placeholder:"production|test|simulator" help:"What --root is worth. Else simulator where it carries the mark, test where it is BankID's for tests, and production."`
	JSON        bool      `name:"json" help:"Print one JSON object."`
}

// Help is printed before the flags.
func (*verifyBankIDCmd) Help() string {
	return `Nothing is sent. Evidence says what was asked, and what was signed is compared with it. A signature by itself says who signed what for whom, not for which order. Names, personal numbers and texts are not printed.

Certificates are judged as of the OCSP answer, which the issuer's responder has signed over this very signature. Without one the time is yours to answer for (timeSource: operator). The OCSP answer is bound to the Base64 text of the signature as it came: of XML the text is written anew, which is reported.

Evidence that cannot be opened, because it was changed or is of another key, is not verified (4), nor is a signature without OCSP answer, unless --skip-ocsp and --at say so.

Exit codes: 0 verified, 2 usage, 3 the person did not sign, 4 verification failed.

Examples:

	mss verify bankid login.evidence --config bankid.yaml
	mss verify bankid --signature signature.b64 --ocsp ocsp.b64 --root bankid-root.pem
	mss verify bankid --signature signature.xml --skip-ocsp --at 2018-12-12T12:00:00Z --root bankid-root.pem --environment test --json`
}

func (c *verifyBankIDCmd) Run(a *app) error {
	r := new(report)
	err := c.verify(a, r)
	if err != nil {
		r.failed(err)
		if r.Error != nil {
			r.Error.MayHaveRung = false // nobody was asked
		}
	}
	return a.conclude(c.JSON, r, err)
}

func (c *verifyBankIDCmd) verify(a *app, r *report) error {
	if err := c.check(); err != nil {
		return err
	}
	if c.Evidence != "" {
		return c.verifyEvidence(a, r)
	}
	return c.verifySignature(r)
}

// check refuses flags that contradict each other.
func (c *verifyBankIDCmd) check() error {
	switch {
	case (c.Evidence == "") == (c.Signature == ""):
		return usagef("give EVIDENCE or --signature=FILE; see mss verify bankid --help")
	case c.Evidence != "" && (c.OCSP != "" || c.SkipOCSP || !c.At.IsZero() || len(c.Root) > 0 || c.Environment != ""):
		return usagef("--ocsp, --skip-ocsp, --at, --root, --environment: go with --signature; evidence holds its OCSP answer, and its roots are those of the configuration")
	case c.Evidence != "":
		return nil
	case c.Config != "":
		return usagef("--config: goes with EVIDENCE")
	case len(c.Root) == 0:
		return usagef("missing flags: --root=FILE; see mss verify bankid --help")
	case c.OCSP != "" && c.SkipOCSP:
		return usagef("--skip-ocsp: excludes --ocsp")
	case c.OCSP != "" && !c.At.IsZero():
		return usagef("--at: excludes --ocsp, which says when")
	}
	return nil
}

// verifySignature judges a signature by itself.
func (c *verifyBankIDCmd) verifySignature(r *report) error {
	anchors, err := c.anchors()
	if err != nil {
		return err
	}
	r.Environment = anchors.Environment().String()
	verifier, err := bankid.NewVerifier(bankid.VerifierConfig{Anchors: anchors})
	if err != nil {
		return usagef("--root: %v", err)
	}
	signature, err := readBounded(c.Signature, maxBankIDFile)
	if err != nil {
		return usagef("--signature: %v", err)
	}
	var ocsp []byte
	switch {
	case c.OCSP != "":
		if ocsp, err = readBounded(c.OCSP, maxBankIDFile); err != nil {
			return usagef("--ocsp: %v", err)
		}
	case !c.SkipOCSP:
		return unproven("OCSP", errors.New("without --ocsp nothing says when the signature was made, and that no certificate was revoked; --skip-ocsp with --at does without"))
	case c.At.IsZero():
		return unproven("time", errors.New("without --ocsp nothing says when the signature was made; give --at"))
	}
	// White space around is no part of either, and an XML document may begin with it.
	doc, err := verifier.VerifySignature(bytes.TrimSpace(signature), ocsp, c.At)
	if err != nil {
		return err
	}
	r.signed(doc.Proven)
	r.who = "a person whose certificate holds"
	r.TimeSource, r.JudgedAt = string(doc.TimeSource), new(doc.At.UTC())
	r.Reencoded, r.RelyingParty = doc.Reencoded, redact.Clean(doc.RelyingParty, 300)
	return nil
}

// maxBankIDFile bounds a signature and an OCSP answer, in octets. The largest text that can be signed makes 200 KiB of them.
const maxBankIDFile = 1 << 20

// anchors loads --root. What is BankID's for tests says so in its name.
func (c *verifyBankIDCmd) anchors() (*mss.Anchors, error) {
	environment := mss.Production
	roots, err := mss.LoadCertificates(c.Root...)
	if err != nil {
		return nil, usagef("--root: %v", err)
	}
	switch {
	case c.Environment != "":
		environment, err = parseEnvironment(c.Environment)
	case slices.ContainsFunc(roots, simulated.Marked):
		environment = mss.Simulator
	case slices.ContainsFunc(roots, isBankIDTestRoot):
		environment = mss.Test
	}
	if err != nil {
		return nil, usagef("--environment: %v", err)
	}
	anchors, err := mss.LoadAnchors(environment, c.Root...)
	if err != nil {
		return nil, usagef("--root: %v", err)
	}
	return anchors, nil
}

func isBankIDTestRoot(c *x509.Certificate) bool {
	return c.Subject.CommonName == "Test BankID Root CA v1 Test"
}

// verifyEvidence judges evidence, which is sealed for the configuration that it was made with.
func (c *verifyBankIDCmd) verifyEvidence(a *app, r *report) error {
	acc, ev, err := a.openEvidence(providerBankID, c.Config, c.Evidence, "EVIDENCE")
	if err != nil {
		return err
	}
	defer acc.Close()
	tx := &ev.Transaction
	r.Environment = acc.environment.String()
	r.private.addUser(tx.User)
	r.Transaction = &transactionReport{APTransID: tx.TransID, MSSPTransID: tx.MSSPTransID}
	sig, err := acc.Verify(ev)
	if err != nil {
		return err
	}
	r.asked(tx.User)
	r.judged(sig, nil)
	r.TimeSource, r.JudgedAt = string(bankid.TimeOCSP), new(sig.Asserted.At.UTC())
	return nil
}
