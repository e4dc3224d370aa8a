package bankid

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gomss/gomss/internal/claims"
	"github.com/gomss/gomss/internal/proof"
	"github.com/gomss/gomss/mss"
)

// VerifierConfig is what it takes to judge signatures without a connection.
type VerifierConfig struct {
	// Anchors hold BankID's root for signatures, "BankID Root CA v1" or "Test BankID Root CA v1 Test". It is not the root for
	// TLS servers, which belongs into Config.HTTP.Roots.
	Anchors *mss.Anchors
}

// Verifier judges answers and bare signatures, offline. It is safe for concurrent use. A Client contains one.
type Verifier struct {
	cfg                  VerifierConfig
	roots, intermediates *x509.CertPool
	replays              *claims.Memory
}

// maxReplays is how many accepted signatures a Verifier remembers: at one a second, a day's.
const maxReplays = 1 << 16

// NewVerifier checks the configuration: there are anchors, and none of them is BankID's root for TLS servers or for signatures
// of another environment.
func NewVerifier(cfg VerifierConfig) (*Verifier, error) {
	if cfg.Anchors == nil {
		return nil, errors.New("bankid: Config.Anchors: is nil; load BankID's root for signatures with mss.LoadAnchors")
	}
	v := &Verifier{cfg: cfg, roots: x509.NewCertPool(), intermediates: x509.NewCertPool(), replays: claims.New(maxReplays)}
	for _, c := range cfg.Anchors.Roots() {
		if err := checkSigningRoot(c, cfg.Anchors.Environment()); err != nil {
			return nil, err
		}
		v.roots.AddCert(c)
	}
	for _, c := range cfg.Anchors.Intermediates() {
		v.intermediates.AddCert(c)
	}
	return v, nil
}

func checkSigningRoot(c *x509.Certificate, env mss.Environment) error {
	sum := sha256.Sum256(c.Raw)
	k, known := knownRoots[hex.EncodeToString(sum[:])]
	switch {
	case !known:
	case k.tls:
		return fmt.Errorf("bankid: Config.Anchors: %q is BankID's root for TLS servers, not for signatures", k.name)
	case k.env != env:
		return fmt.Errorf("bankid: Config.Anchors: %q does not belong to the %v environment", k.name, env)
	}
	return nil
}

// scopePrefix begins the scope of every transaction that this verifier may judge.
func (v *Verifier) scopePrefix() string {
	return "bankid|" + v.cfg.Anchors.Environment().String() + "|"
}

// Verify judges an outcome: the signature and its OCSP answer by themselves, as VerifySignature does, and then what was signed
// against the order. The person has signed the visible text of this order, or none where none was sent, and the non-visible data
// of this order and no other; for this relying party; with the certificate for the purpose; as the person whom the answer names
// and the request may have required; while the order ran. Certificates are judged at the time of the OCSP answer, which a
// responder has signed, and no clock is asked: so evidence verifies in ten years as it does today.
//
// Evidence.MarshalBinary makes one file of everything that is needed then, but for the signing root: the answer with signature,
// certificates and OCSP answer, and what the order asked for. Store it before Verify, since BankID gives it once.
//
// Signature.Value is the Base64 text of the signature as it came, over which the OCSP answer's nonce is made. Content is visible
// and non-visible data: SplitContent takes them apart. Fresh is true. Asserted.At is the time of the OCSP answer, and Details is
// a *Details. A payment's recipient and amount are not among what is proven: BankID does not document that they are signed.
//
// It returns a *mss.Fault where the person did not sign and a *mss.VerificationError where the answer does not prove what it
// claims. The checks of the latter are "evidence", "answer", those of VerifySignature, "visible data", "non-visible data",
// "relying party", "function", "person", "time" and "replay".
func (v *Verifier) Verify(ev *mss.Evidence) (*mss.Signature, error) {
	if ev == nil {
		return nil, failed("evidence", errors.New("is nil"))
	}
	s, err := v.judge(ev)
	if f, ok := errors.AsType[*mss.VerificationError](err); ok {
		f.Evidence = ev
	}
	return s, err
}

func (v *Verifier) judge(ev *mss.Evidence) (*mss.Signature, error) {
	tx := &ev.Transaction
	if !strings.HasPrefix(tx.Provider, v.scopePrefix()) {
		return nil, failed("evidence", errors.New("is of another kind of service or environment than this verifier"))
	}
	st, err := decodeState(tx)
	if err != nil {
		return nil, failed("evidence", err)
	}
	done, err := readOutcome(ev)
	if err != nil {
		return nil, err
	}
	p, err := v.verifyPair(done.Signature, done.OCSPResponse)
	if err != nil {
		return nil, err
	}
	if err := st.checkOrder(p.data, v.cfg.Anchors.Environment()); err != nil {
		return nil, err
	}
	if err := st.checkPerson(p.person, done.User.PersonalNumber, tx.User.Person); err != nil {
		return nil, failed("person", err)
	}
	if err := checkTime(p.at, ev); err != nil {
		return nil, failed("time", err)
	}
	if !v.replays.Claim(sha256.Sum256(p.signedInfo), tx.TransID) {
		return nil, failed("replay", errors.New("this signature was accepted for another transaction before"))
	}
	return mss.Verified(&mss.Signature{
		Proven:   p.proven(),
		Asserted: mss.Asserted{Status: mss.StatusSignature, User: tx.User, At: p.at, Details: done.details()},
		Fresh:    st.NonVisible != nil,
		Evidence: ev,
	}, proof.Of()), nil
}

// proven is what a signature has proved.
type proven struct {
	text       string // Base64
	signedInfo []byte // no two signatures share it
	data       *signedData
	person     *subject
	chain      []*x509.Certificate
	at         time.Time
}

func (p *proven) proven() mss.Proven {
	return mss.Proven{
		Signer: mss.Signer{
			ID:        p.person.person.Reveal(),
			Person:    p.person.person,
			GivenName: mss.Conceal(p.person.givenName),
			Surname:   mss.Conceal(p.person.surname),
			Chain:     p.chain,
		},
		Format:  mss.XMLDSig,
		Value:   []byte(p.text),
		Content: p.data.content(),
	}
}

// verifyPair judges a signature and its OCSP answer, both in Base64 as they came.
func (v *Verifier) verifyPair(signature, ocspResponse string) (*proven, error) {
	answer, err := readOCSPText(ocspResponse)
	if err != nil {
		return nil, failed("OCSP", err)
	}
	s, p, err := openSignature(signature)
	if err != nil {
		return nil, err
	}
	if err := v.identify(p, s.certificates, answer.ProducedAt); err != nil {
		return nil, err
	}
	if err := answer.check(p.chain[0], p.chain[1]); err != nil {
		return nil, failed("OCSP", err)
	}
	if err := answer.basic.checkNonce(signature); err != nil {
		return nil, failed("OCSP nonce", err)
	}
	return p, nil
}

// openSignature checks a signature with the person's key, whoever that is, and reads what was signed.
func openSignature(text string) (*xmlSignature, *proven, error) {
	if len(text) > maxSignatureText {
		return nil, nil, failed("document", errors.New("is longer than any signature"))
	}
	doc, err := decodeBase64(text)
	if err != nil {
		return nil, nil, failed("document", err)
	}
	s, err := readSignature(doc)
	if err != nil {
		return nil, nil, err
	}
	if err := s.verify(); err != nil {
		return nil, nil, err
	}
	data, err := readSignedData(s.signedData)
	if err != nil {
		return nil, nil, failed("structure", err)
	}
	return s, &proven{text: text, signedInfo: s.signedInfo.raw, data: data}, nil
}

// identify says who the person is and that they were entitled to sign so at a time.
func (v *Verifier) identify(p *proven, certificates []*x509.Certificate, at time.Time) (err error) {
	if p.chain, err = v.chain(certificates, at); err != nil {
		return failed("chain", err)
	}
	leaf := p.chain[0]
	if err := checkUsage(leaf, p.data.function); err != nil {
		return failed("key usage", err)
	}
	if p.person, err = readSubject(leaf); err != nil {
		return failed("signer", err)
	}
	p.at = at
	return nil
}
