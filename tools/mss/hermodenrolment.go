package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
)

// maxHermodFile bounds a document of an enrolment, and a file with a pin, in octets.
const maxHermodFile = 1 << 20

// isHermodEnrolment tells an enrolment from evidence, which is one file.
func isHermodEnrolment(files []string) bool {
	if len(files) != 1 {
		return len(files) == 2 || len(files) == 4
	}
	info, err := os.Stat(files[0])
	return err == nil && info.IsDir()
}

// hermodSteps are the checks of hermod.Verifier.VerifyExchange in their order: those of the keys first, those of the certificates
// and their installation behind hermodKeySteps of them.
var hermodSteps = []string{
	"provision command", "answer", "command", "result", "destination", "format", "header", "attestation", "attestation signature", "nonce",
	"host", "profile", "mailbox", "keys", "key header", "key", "possession", "request", "request key", "request subject", "request attributes",
	"certificate command", "certificate", "certificate key", "certificate subject", "certificate validity", "certificate usage",
	"installation answer", "installation command", "installation result", "installation destination", "installation host", "chain",
}

var hermodKeySteps = slices.Index(hermodSteps, "certificate command")

// The verdicts on a step.
const (
	stepPassed    = "passed"
	stepFailed    = "failed"
	stepUnreached = "not reached"
	stepAbsent    = "absent" // its documents were not given
)

// stepReport is the verdict on one step.
type stepReport struct {
	Step    string `json:"step"`
	Verdict string `json:"verdict"`
}

// enrolmentReport is what --json prints of an enrolment. Its members are documented in docs/cli.md.
type enrolmentReport struct {
	Outcome     string       `json:"outcome"` // enrolled, provisioned, unverified or error
	Verified    bool         `json:"verified"`
	Environment string       `json:"environment"`
	JudgedAt    *time.Time   `json:"judgedAt,omitempty"`
	ProfileID   string       `json:"profileId,omitempty"`
	Attested    *bool        `json:"attested,omitempty"`
	Keys        []string     `json:"keys,omitempty"`
	Steps       []stepReport `json:"steps"`
	Error       *errorReport `json:"error,omitempty"`
}

func (c *verifyHermodCmd) verifyEnrolment(a *app) error {
	r := &enrolmentReport{Steps: []stepReport{}}
	err := c.judgeEnrolment(r)
	if err != nil {
		common := new(report)
		common.failed(err)
		common.Error.MayHaveRung = false // nobody was asked
		r.Outcome, r.Error = common.Outcome, common.Error
	}
	if c.JSON {
		if failed := a.printJSON(r); failed != nil {
			return failed
		}
	} else {
		r.human(a, err)
	}
	if err != nil {
		return printedError{err}
	}
	return nil
}

func (c *verifyHermodCmd) judgeEnrolment(r *enrolmentReport) error {
	x, err := c.exchange()
	if err != nil {
		return err
	}
	verifier, err := c.enrolmentVerifier(r)
	if err != nil {
		return err
	}
	r.JudgedAt = new(x.At.UTC())
	p, err := verifier.VerifyExchange(x)
	failed, judged := errors.AsType[*mss.VerificationError](err)
	if err != nil && !judged {
		return err
	}
	r.Steps = hermodVerdicts(failed, x.CertCommand != nil)
	if judged {
		return c.explainStep(failed)
	}
	r.Outcome, r.Verified, r.ProfileID, r.Attested = "enrolled", true, p.ProfileID, new(p.Attested)
	if x.CertCommand == nil {
		r.Outcome = "provisioned"
	}
	for _, k := range p.Keys {
		r.Keys = append(r.Keys, k.ID)
	}
	return nil
}

// exchange reads the documents.
func (c *verifyHermodCmd) exchange() (*hermod.Exchange, error) {
	files := c.Files
	if len(files) == 1 {
		dir := files[0]
		files = []string{filepath.Join(dir, provCommandFile), filepath.Join(dir, provResponseFile)}
		if _, err := os.Stat(filepath.Join(dir, certCommandFile)); err == nil {
			files = append(files, filepath.Join(dir, certCommandFile), filepath.Join(dir, certResponseFile))
		}
	}
	x := &hermod.Exchange{At: c.At}
	if x.At.IsZero() {
		x.At = time.Now()
	}
	for i, doc := range []*[]byte{&x.ProvCommand, &x.ProvResponse, &x.CertCommand, &x.CertResponse}[:len(files)] {
		var err error
		if *doc, err = readBounded(files[i], maxHermodFile); err != nil {
			return nil, usagef("FILE: %v", err)
		}
	}
	return x, nil
}

// enrolmentVerifier pins the keys. Without a CA everything can be judged but who issued the certificates.
func (c *verifyHermodCmd) enrolmentVerifier(r *enrolmentReport) (*hermod.Verifier, error) {
	var anchors *mss.Anchors
	var err error
	if len(c.Anchors) > 0 {
		anchors, err = c.anchors()
	} else {
		anchors, err = nobodysAnchors()
	}
	if err != nil {
		return nil, err
	}
	if len(c.Anchors) > 0 {
		r.Environment = anchors.Environment().String()
	}
	cfg := hermod.VerifierConfig{Anchors: anchors}
	for _, text := range c.AttestationKey {
		key, err := readAttestationKey(text)
		if err != nil {
			return nil, err
		}
		cfg.Attestation.Keys = append(cfg.Attestation.Keys, key)
	}
	verifier, err := hermod.NewVerifier(cfg)
	if err != nil {
		return nil, usagef("--root: %v", err)
	}
	return verifier, nil
}

// nobodysAnchors are of a CA that has issued nothing, and whose key is gone.
func nobodysAnchors() (*mss.Anchors, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "nobody"}, NotBefore: now, NotAfter: now.Add(time.Minute),
		BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	root, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return mss.NewAnchors(mss.Production, []*x509.Certificate{root}, nil)
}

// readAttestationKey reads a pin, or a file with one.
func readAttestationKey(text string) (hermod.AttestationKey, error) {
	key, err := hermod.ParseAttestationKey(text)
	if err == nil {
		return key, nil
	}
	data, unread := readBounded(text, maxHermodFile)
	if unread != nil {
		return key, usagef("--attestation-key: is no pin (%v) and no file that can be read", err)
	}
	if block, rest := pem.Decode(data); block != nil && len(strings.TrimSpace(string(rest))) == 0 {
		data = pem.EncodeToMemory(block) // without what tools write before it
	}
	if key, err = hermod.ParseAttestationKey(string(data)); err != nil {
		return key, usagef("--attestation-key: the file: %v", err)
	}
	return key, nil
}

// explainStep says which flag would help, and takes a device's refusal, which nobody has signed, for what it is here: an enrolment
// that is none.
func (c *verifyHermodCmd) explainStep(failed *mss.VerificationError) error {
	err := failed.Err
	switch {
	case failed.Check == "chain" && len(c.Anchors) == 0:
		err = errors.New("without --root nobody knows who issued the certificates; all else holds")
	case failed.Check == "attestation" && len(c.AttestationKey) == 0:
		err = errors.New("without --attestation-key anybody can have made the answer, with a key of their own; the app's vendor has it")
	}
	return unproven(failed.Check, errors.New(strings.TrimPrefix(err.Error(), "mss: ")))
}

// hermodVerdicts says how far it went.
func hermodVerdicts(failed *mss.VerificationError, whole bool) []stepReport {
	steps := make([]stepReport, 0, len(hermodSteps))
	verdict := stepPassed
	if failed != nil && !slices.Contains(hermodSteps, failed.Check) {
		verdict = stepUnreached // nobody knows how far it went
	}
	for i, name := range hermodSteps {
		switch {
		case i == hermodKeySteps && !whole:
			verdict = stepAbsent
		case verdict == stepFailed:
			verdict = stepUnreached
		}
		if failed != nil && failed.Check == name {
			verdict = stepFailed
		}
		steps = append(steps, stepReport{name, verdict})
	}
	return steps
}

// human prints the steps, and what they come to.
func (r *enrolmentReport) human(a *app, err error) {
	for _, s := range r.Steps {
		fmt.Fprintf(a.stdout, "%-12s %s\n", s.Verdict, s.Step)
	}
	if err != nil {
		fmt.Fprintln(a.stderr, "mss: "+message(err))
		return
	}
	what := map[string]string{"enrolled": "certificates of the device's keys are installed", "provisioned": "the device has made the keys; there are no certificates yet"}
	fmt.Fprintf(a.stdout, "\nVerified: %s\n", what[r.Outcome])
	line(a.stdout, "profile", r.ProfileID)
	line(a.stdout, "keys", strings.Join(r.Keys, ", "))
	line(a.stdout, "judged", "as of "+r.JudgedAt.Format(time.RFC3339))
	environment := r.Environment
	if environment == mss.Simulator.String() {
		environment = "SIMULATOR: proves nothing about anybody"
	}
	line(a.stdout, "environment", environment)
}
