package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/gomss/gomss/adapters/skmid"
	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/mss"
)

// verifySKMIDCmd judges what Mobile-ID has answered: evidence, which knows what was asked and of whom, or the body of a
// session by itself.
type verifySKMIDCmd struct {
	File        string    `arg:"" optional:"" placeholder:"SESSIONFILE" help:"Body of a finished session, JSON as the service sent it; - is standard input."`
	Evidence    string    `placeholder:"FILE" help:"Instead of SESSIONFILE: what sign --evidence has written."`
	Config      string    `placeholder:"FILE" help:"Configuration (YAML) that the evidence was made with: its handle_key_file opens it."`
	Hash        string    `placeholder:"HASH" help:"The digest that was sent: in hexadecimal or Base64, or a file with it. Required with SESSIONFILE; with --evidence it must be the one."`
	HashType    string    `enum:"sha256,sha384,sha512," default:"" placeholder:"sha256|sha384|sha512" help:"Its hash; as its length says by default."`
	Purpose     string    `enum:"authentication,signing,auth,sign," default:"" placeholder:"authentication|signing" help:"What the session was for, auth and sign for short; required with SESSIONFILE."`
	Cert        string    `placeholder:"FILE" help:"The person's signing certificate (PEM or DER), of a signing: the body does not hold it. mss profile --out writes it."`
	Anchors     []string  `sep:"none" placeholder:"FILE" help:"Issuing CAs and their roots (PEM or DER file, or directory); repeatable. With --evidence else the key anchors."`
	Environment string    `enum:"production,test,simulator," default:"" placeholder:"production|test|simulator" help:"What the anchors are worth. Else simulator where they carry its mark, and production."`
	At          time.Time `placeholder:"TIME" help:"Judge as of then (2025-12-01T12:00:00Z); by default when the evidence was received, and of SESSIONFILE now."`
	Identity    string    `placeholder:"CODE" help:"National identity code that the certificate must have."`
	Country     string    `default:"EE" placeholder:"EE|LT" help:"Its country; EE by default."`
	JSON        bool      `name:"json" help:"Print one JSON object."`
}

// Help is printed before the flags.
func (*verifySKMIDCmd) Help() string {
	return `Nothing is sent. Evidence says what was asked and of whom, and both are checked. A session's body says neither: what is verified is who signed the digest that --hash gives. Names and identity codes are not printed; --identity tells whether it was a certain person.

Evidence that cannot be opened, because it was changed or is of another key, is not verified (4).

Exit codes: 0 verified, 2 usage, 3 the session ended without a signature, 4 verification failed.

Examples:

	mss verify skmid --evidence login.evidence --config mobileid-ee.yaml
	mss verify skmid --hash ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0= --purpose auth --anchors sk --at 2025-12-01T12:00:00Z session.json
	mss verify skmid --hash digest.txt --purpose sign --cert person.pem --anchors sk --identity 60001019906 --json session.json`
}

func (c *verifySKMIDCmd) Run(a *app) error {
	r := new(report)
	r.private.add(c.Identity)
	proven, err := c.verify(a, r)
	if err == nil {
		r.signed(*proven)
		r.who = "a person whose certificate holds"
		switch {
		case c.Identity != "":
			r.who = "the person of --identity"
		case c.Evidence != "":
			r.who = whoWasAsked
		}
	} else {
		r.failed(err)
		if r.Error != nil {
			r.Error.MayHaveRung = false // nobody was asked
		}
	}
	return a.conclude(c.JSON, r, err)
}

func (c *verifySKMIDCmd) verify(a *app, r *report) (*mss.Proven, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if c.Evidence != "" {
		return c.verifyEvidence(a, r)
	}
	return c.verifySession(a, r)
}

// check refuses flags that contradict each other.
func (c *verifySKMIDCmd) check() error {
	switch {
	case (c.File == "") == (c.Evidence == ""):
		return usagef("give SESSIONFILE or --evidence=FILE; see mss verify skmid --help")
	case c.Evidence != "" && (c.Purpose != "" || c.Cert != ""):
		return usagef("--purpose, --cert: go with SESSIONFILE; evidence knows them")
	case c.File != "" && (c.Hash == "" || c.Purpose == "" || len(c.Anchors) == 0):
		return usagef("missing flags: SESSIONFILE needs --hash=HASH, --purpose=authentication|signing and --anchors=FILE; see mss verify skmid --help")
	case c.File != "" && c.Config != "":
		return usagef("--config: goes with --evidence")
	case c.File != "" && (parsePurpose(c.Purpose) == mss.Signing) != (c.Cert != ""):
		return usagef("--cert: goes with --purpose sign, and is required there: an authentication's certificate is in the answer, a signing's is not")
	case c.HashType != "" && c.Hash == "":
		return usagef("--hash-type: needs --hash")
	case len(c.Anchors) == 0 && c.Environment != "":
		return usagef("--environment: needs --anchors; of a configuration the key environment counts")
	}
	return nil
}

// verifySession judges a body by itself.
func (c *verifySKMIDCmd) verifySession(a *app, r *report) (*mss.Proven, error) {
	v, err := c.verifier(nil, r)
	if err != nil {
		return nil, err
	}
	digest, err := parseDigest(c.Hash, c.HashType)
	if err != nil {
		return nil, err
	}
	var cert *x509.Certificate
	if c.Cert != "" {
		certs, err := mss.LoadCertificates(c.Cert)
		if err != nil || len(certs) != 1 {
			return nil, usagef("--cert: must be a file with one certificate, PEM or DER")
		}
		cert = certs[0]
	}
	body, err := c.read(a.stdin)
	if err != nil {
		return nil, usagef("SESSIONFILE: %v", err)
	}
	at := c.At
	if at.IsZero() {
		at = time.Now()
	}
	doc, err := v.VerifySession(body, parsePurpose(c.Purpose), digest, cert, at)
	if err != nil {
		return nil, err
	}
	return &doc.Proven, c.compare(&doc.Proven)
}

// verifyEvidence judges evidence, which is sealed for the configuration that it was made with.
func (c *verifySKMIDCmd) verifyEvidence(a *app, r *report) (*mss.Proven, error) {
	acc, ev, err := a.openEvidence(providerSKMID, c.Config, c.Evidence, "--evidence")
	if err != nil {
		return nil, err
	}
	defer acc.Close()
	v, err := c.verifier(acc, r)
	if err != nil {
		return nil, err
	}
	tx := &ev.Transaction
	r.private.addUser(tx.User)
	r.Transaction = &transactionReport{APTransID: tx.TransID, MSSPTransID: tx.MSSPTransID}
	if !c.At.IsZero() {
		ev.Received = c.At
	}
	sig, err := v.Verify(ev)
	if err != nil {
		return nil, err
	}
	if err := c.compare(&sig.Proven); err != nil {
		return nil, err
	}
	r.Fresh, r.Status = new(sig.Fresh), int(sig.Asserted.Status)
	return &sig.Proven, nil
}

// verifier judges by --anchors, or where there are none by those of the configuration.
func (c *verifySKMIDCmd) verifier(acc *account, r *report) (sessionVerifier, error) {
	if len(c.Anchors) == 0 {
		r.Environment = acc.environment.String()
		return acc.client.(sessionVerifier), nil
	}
	anchors, err := c.anchors()
	if err != nil {
		return nil, err
	}
	r.Environment = anchors.Environment().String()
	v, err := skmid.NewVerifier(skmid.VerifierConfig{Anchors: anchors})
	if err != nil {
		return nil, usagef("--anchors: %v", err)
	}
	return v, nil
}

// sessionVerifier is a *skmid.Verifier, by itself or in a client.
type sessionVerifier interface {
	Verify(ev *mss.Evidence) (*mss.Signature, error)
	VerifySession(body []byte, p mss.Purpose, hash mss.Data, cert *x509.Certificate, at time.Time) (*mss.Document, error)
}

// anchors loads --anchors. Their environment is the flag's; else a simulator's say what they are, and all others are taken for
// production.
func (c *verifySKMIDCmd) anchors() (*mss.Anchors, error) {
	environment := mss.Production
	certs, err := mss.LoadCertificates(c.Anchors...)
	if err != nil {
		return nil, usagef("--anchors: %v", err)
	}
	switch {
	case c.Environment != "":
		environment, err = parseEnvironment(c.Environment)
	case slices.ContainsFunc(certs, simulated.Marked):
		environment = mss.Simulator
	}
	if err != nil {
		return nil, usagef("--environment: %v", err)
	}
	anchors, err := mss.LoadIssuingAnchors(environment, c.Anchors...)
	if err != nil {
		return nil, usagef("--anchors: %v", err)
	}
	return anchors, nil
}

// maxSession bounds a session's body, in octets, as the client does.
const maxSession = 64 << 10

func (c *verifySKMIDCmd) read(stdin io.Reader) ([]byte, error) {
	if c.File != "-" {
		return readBounded(c.File, maxSession)
	}
	data, err := io.ReadAll(io.LimitReader(stdin, maxSession+1))
	if err == nil && len(data) > maxSession {
		err = fmt.Errorf("is larger than %d octets", maxSession)
	}
	return data, err
}

// compare holds what is proven against what the flags say it is.
func (c *verifySKMIDCmd) compare(p *mss.Proven) error {
	if c.Identity != "" {
		person, err := mss.ParsePersonID(c.Country, c.Identity)
		if err != nil {
			return skmidProvider().inFlags(err)
		}
		if p.Signer.Person != person {
			return unproven("signer", errors.New("the certificate is of another person than --identity, or of another country"))
		}
	}
	if c.Hash != "" {
		digest, err := parseDigest(c.Hash, c.HashType)
		if err != nil {
			return err
		}
		if !slices.Equal(digest.Content, p.Content) {
			return unproven("signature", errors.New("another digest than --hash was signed"))
		}
	}
	return nil
}

func unproven(check string, err error) error { return &mss.VerificationError{Check: check, Err: err} }
