package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// verifyHermodCmd judges what came of a Hermod, for which there is no configuration: sealed evidence of a signature, or the stored
// documents of an enrolment.
type verifyHermodCmd struct {
	Files          []string  `arg:"" placeholder:"FILE" help:"An enrolment: a directory with prov_command.json, prov_response.json, cert_command.json and cert_response.json, or these files in this order (the first two alone: keys without certificates). With --handle-key: evidence that an application has sealed for no session (mss.Keys)."`
	AttestationKey []string  `name:"attestation-key" sep:"none" placeholder:"KEY" help:"Of an enrolment: key of the app that is trusted to say that keys are its own: sha256: and the SHA-256 of its SubjectPublicKeyInfo in hexadecimal, an RFC 7638 thumbprint, or a file with either, a JWK or PEM; repeatable."`
	At             time.Time `placeholder:"TIME" help:"Of an enrolment: judge certificates as of then (2018-04-12T12:30:00Z); now by default."`
	Anchors        []string  `aliases:"root" sep:"none" placeholder:"FILE" help:"CA that issues the users' certificates (PEM or DER file, or directory); repeatable. --root is the same."`
	URL            string    `placeholder:"URL" help:"Of evidence: address of the Hermod's API, as the application has it."`
	ClientID       string    `name:"client-id" placeholder:"ID" help:"Of evidence: the application's id there."`
	HandleKey      string    `name:"handle-key" placeholder:"FILE" help:"Of evidence: the secret that sealed it, at least 32 octets."`
	Environment    string    `enum:"production,test,simulator," default:"" placeholder:"production|test|simulator" help:"What the anchors are worth. Else simulator where they carry its mark, and production."`
	JSON           bool      `name:"json" help:"Print one JSON object."`
}

// Help is printed before the flags.
func (*verifyHermodCmd) Help() string {
	return `Nothing is sent. Of an enrolment each step is told: what was asked, who answered, that the app's attestation key signed it, that the device has the keys and asks for the right name, that certificates are for them, that they were installed, and, last, who issued them. The first that fails ends it with 4 and is named. Nobody can tell by documents whether callbacks were authenticated. The attestation key in an answer is a hint: without --attestation-key nothing is believed.

Evidence, which wants --url, --client-id, --handle-key and --anchors, says what was asked and of whom, and what was signed is compared with it, as is the certificate that was enrolled. Evidence that cannot be opened, because it was changed or is of another key, address or id, is not verified (4). Names and texts are not printed.

Exit codes: 0 verified, 2 usage, 3 the person did not sign (evidence), 4 verification failed.

Examples:

	mss verify hermod enrolment --root ca.pem --attestation-key attestation.pem
	mss verify hermod prov_command.json prov_response.json cert_command.json cert_response.json --at 2018-04-12T12:30:00Z --root ca.pem --attestation-key PNBe0QlyVwES2jVS9QBy60FUj9QbWcOPUFd-zKmlvSQ --json
	mss verify hermod login.evidence --url https://hermod.example:20400/hermod/rest --client-id acme --handle-key handle.key --anchors ca.pem`
}

func (c *verifyHermodCmd) Run(a *app) error {
	r := new(report)
	enrolment, err := c.kind()
	switch {
	case err != nil:
	case enrolment:
		return c.verifyEnrolment(a)
	default:
		err = c.judgeEvidence(r)
	}
	if err != nil {
		r.failed(err)
		if r.Error != nil {
			r.Error.MayHaveRung = false // nobody was asked
		}
	}
	return a.conclude(c.JSON, r, err)
}

// kind says what the flags are for, and refuses those that contradict each other.
func (c *verifyHermodCmd) kind() (enrolment bool, err error) {
	ofEvidence := c.URL != "" || c.ClientID != "" || c.HandleKey != ""
	switch {
	case !ofEvidence && isHermodEnrolment(c.Files):
		return true, nil
	case len(c.AttestationKey) > 0 || !c.At.IsZero():
		return false, usagef("FILE: --attestation-key and --at go with an enrolment: a directory, or its two or four files; evidence holds its time")
	case c.URL == "" || c.ClientID == "" || c.HandleKey == "" || len(c.Anchors) == 0:
		return false, usagef("FILE: is no directory with an enrolment and not its two or four files; evidence goes with --url, --client-id, --handle-key and --anchors; see mss verify hermod --help")
	case len(c.Files) != 1:
		return false, usagef("EVIDENCE: give one")
	}
	return false, nil
}

func (c *verifyHermodCmd) judgeEvidence(r *report) error {
	sig, err := c.verify(r)
	if err == nil {
		r.judged(sig, nil)
	}
	return err
}

func (c *verifyHermodCmd) verify(r *report) (*mss.Signature, error) {
	client, err := c.client()
	if err != nil {
		return nil, err
	}
	defer client.Close()
	secret, err := readBounded(c.HandleKey, maxSecretFile)
	if err != nil {
		return nil, usagef("--handle-key: %v", err)
	}
	keys, err := mss.NewKeys(client.Scope(), secret)
	if err != nil {
		return nil, usagef("--handle-key: %v", err)
	}
	sealed, err := readBounded(c.Files[0], maxEvidence)
	if err != nil {
		return nil, usagef("EVIDENCE: %v", err)
	}
	ev := new(mss.Evidence)
	if err := keys.Open(string(sealed), mss.NoBinding, ev); err != nil {
		return nil, unproven("evidence", fmt.Errorf("%w; use the address, id and key that it was made with", err))
	}
	tx := &ev.Transaction
	r.private.addUser(tx.User)
	r.Transaction = &transactionReport{APTransID: tx.TransID, MSSPTransID: tx.MSSPTransID}
	sig, err := client.Verify(ev)
	if err == nil {
		r.Environment = c.Environment
	}
	return sig, err
}

// client makes the one that would have asked, as far as evidence is concerned: the account's key is not needed, and attestation
// is a matter of enrolment. It sends nothing.
func (c *verifyHermodCmd) client() (*hermod.Client, error) {
	anchors, err := c.anchors()
	if err != nil {
		return nil, err
	}
	c.Environment = anchors.Environment().String()
	client, err := hermod.New(hermod.Config{
		HTTP:     transport.Config{URL: c.URL, Roots: anchors.Roots()}, // of a connection that there never is
		ClientID: c.ClientID, ClientKey: mss.Conceal("-"), Anchors: anchors,
		InsecureUnauthenticatedCallback: true, Attestation: hermod.Attestation{Policy: hermod.InsecureAttestationOff},
	})
	if err != nil {
		return nil, usagef("--url, --client-id: %v", err)
	}
	return client, nil
}

// anchors loads --anchors. Their environment is the flag's; else a simulator's say what they are, and all others are taken for
// production.
func (c *verifyHermodCmd) anchors() (*mss.Anchors, error) {
	certs, err := mss.LoadCertificates(c.Anchors...)
	if err != nil {
		return nil, usagef("--anchors: %v", err)
	}
	environment := mss.Production
	switch {
	case c.Environment != "":
		if environment, err = parseEnvironment(c.Environment); err != nil {
			return nil, usagef("--environment: %v", err)
		}
	case slices.ContainsFunc(certs, simulated.Marked):
		environment = mss.Simulator
	}
	anchors, err := mss.LoadAnchors(environment, c.Anchors...)
	if err != nil {
		return nil, usagef("--anchors: %v", err)
	}
	return anchors, nil
}
