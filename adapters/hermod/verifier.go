package hermod

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/gomss/gomss/internal/claims"
	"github.com/gomss/gomss/internal/cms"
	"github.com/gomss/gomss/internal/proof"
	"github.com/gomss/gomss/mss"
)

// VerifierConfig is what it takes to judge answers without a connection.
type VerifierConfig struct {
	Anchors     *mss.Anchors // required: of the CA that issues the users' certificates
	Attestation Attestation  // policy and pins; needed for provisioning responses alone

	// Hosts are the host names, without port, that a record may give as its fqdn. nil means the host in the scope of the
	// transaction, which is that of Config.HTTP.URL.
	Hosts []string

	Inferred *Inferred // nil: DefaultInferred()
}

// Verifier judges answers, offline. It is safe for concurrent use. A Client contains one.
type Verifier struct {
	cfg                  VerifierConfig // Inferred is not nil
	roots, intermediates *x509.CertPool
	cms                  *cms.Verifier
	replays              *claims.Memory
}

// maxReplays is how many accepted signatures a Verifier remembers: at one a second, a day's.
const maxReplays = 1 << 16

// NewVerifier checks the configuration. Without anchors nothing could be verified, so they are required.
func NewVerifier(cfg VerifierConfig) (*Verifier, error) {
	if cfg.Anchors == nil {
		return nil, errors.New("hermod: Config.Anchors: is nil; load the CA that issues the users' certificates with mss.LoadAnchors")
	}
	if cfg.Inferred == nil {
		cfg.Inferred = DefaultInferred()
	}
	if err := cfg.Inferred.check(); err != nil {
		return nil, err
	}
	v := &Verifier{cfg: cfg, roots: x509.NewCertPool(), intermediates: x509.NewCertPool(), replays: claims.New(maxReplays)}
	for _, c := range cfg.Anchors.Roots() {
		v.roots.AddCert(c)
	}
	for _, c := range cfg.Anchors.Intermediates() {
		v.intermediates.AddCert(c)
	}
	var err error
	v.cms, err = cms.New(cms.Config{Roots: cfg.Anchors.Roots(), Intermediates: cfg.Anchors.Intermediates(), AbsentKeyUsage: true})
	if err != nil {
		return nil, fmt.Errorf("hermod: Config.Anchors: %w", err)
	}
	return v, nil
}

// scopePrefix begins the scope of every transaction that this verifier may judge.
func (v *Verifier) scopePrefix() string {
	return "hermod|" + v.cfg.Anchors.Environment().String() + "|"
}

// Verify judges the outcome of an authentication or a signing. The person has signed the octets that this command sent, with the
// key that was enrolled for them and is named in the transaction, in the format that was asked for; the record is the one of this
// command, from the configured Hermod and a mailbox that the command was put into; the enrolled certificate is for the purpose and
// the anchors' CA issued it. Certificates are judged at Evidence.Received.
//
// Evidence with a nil Raw is that of a command whose deadline has passed without a callback: a *mss.Fault 208, with the sub-code
// 2081. That of an enrolment is refused: see VerifyProvisioning.
//
// Signature.Value is the compact JWS or the DER of the CMS, as it came. Content is the octets that were signed: a challenge of this
// package for an authentication, where Asserted.Display is what the person read. Fresh is true for an authentication, and for a
// signing whose octets hold the code of Request.AddCode. An RSA key that signs the same text twice makes the same signature twice:
// without a code the second of them is refused as a replay.
//
// It returns a *mss.Fault where the person did not sign, which is the Hermod's word alone, and a *mss.VerificationError where the
// answer does not prove what it claims. The checks of the latter are, in their order, "evidence", "answer", "command", "result",
// "destination", "host", "format", "certificate", "key usage"; then "jws", "content" and "signature" for one format, "cms", the checks
// of package cms (with "content", "signature" and "chain" among them), "signer" and "signing time" for the other; then "chain",
// "signer" and "replay".
func (v *Verifier) Verify(ev *mss.Evidence) (*mss.Signature, error) {
	if ev == nil {
		return nil, failed("evidence", errors.New("is nil"))
	}
	s, err := v.judge(ev)
	return s, keep(err, ev)
}

func (v *Verifier) judge(ev *mss.Evidence) (*mss.Signature, error) {
	tx := &ev.Transaction
	st, err := v.readEvidence(ev)
	if err != nil {
		return nil, failed("evidence", err)
	}
	answer, err := v.readSigned(ev, st)
	if err != nil {
		return nil, err
	}
	p, err := v.prove(answer, st, ev)
	if err != nil {
		return nil, err
	}
	signer, err := newSigner(tx.User.ID, p.chain)
	if err != nil {
		return nil, failed("signer", err)
	}
	// The externalId is this package's own: a caller that gives a TransID twice opens nothing by it.
	if !v.replays.Claim(p.unique, st.ExternalID) {
		return nil, failed("replay", errors.New("this signature was accepted for another command before"))
	}
	return mss.Verified(&mss.Signature{
		Proven:   mss.Proven{Signer: signer, Format: p.format, Value: p.value, Content: p.content},
		Asserted: mss.Asserted{Status: mss.StatusValidSignature, User: tx.User, Display: st.unsigned(p.content)},
		Fresh:    st.fresh(p.content),
		Evidence: ev,
	}, proof.Of()), nil
}

// readEvidence checks that the evidence is of a signature that this verifier may judge, and that nothing is missing which an
// answer would be held against.
func (v *Verifier) readEvidence(ev *mss.Evidence) (*state, error) {
	tx := &ev.Transaction
	st, err := v.stateOf(tx)
	switch {
	case err != nil:
		return nil, err
	case st.Kind.purpose() == 0:
		return nil, errors.New("is of no signature: what came of an enrolment is judged by VerifyProvisioning")
	case tx.TransID == "" || tx.User.ID.IsZero() || tx.Started.IsZero() || ev.Received.IsZero():
		return nil, errors.New("does not say which transaction it is of, whom it asked, when, or when the answer came")
	case st.Format != formatJWS && st.Format != formatPKCS7:
		return nil, errors.New("does not say in which format the answer was to be")
	case len(st.TBS) == 0 || st.KeyID == "" || st.ProfileID == "" || len(st.Certificate) == 0:
		return nil, errors.New("does not say what was to be signed, and with which key")
	}
	return st, nil
}

// readSigned returns the result in the record of a callback, where the record is of this command, from a Hermod that is
// configured, and says that the device whose key was to sign has signed. Nothing here is signed: the checks keep answers and
// commands apart, and a signature is looked at only after them. Its error is a *mss.Fault or a *mss.VerificationError.
func (v *Verifier) readSigned(ev *mss.Evidence, st *state) (*result, error) {
	r, d, err := v.openAnswer(ev, st)
	if err != nil {
		return nil, err
	}
	if !v.isHost(r.FQDN, ev.Transaction.Provider) {
		return nil, failed("host", errors.New("fqdn: is none of the configured hosts"))
	}
	// That a record of AUTH or SIGN names a profile is inferred from that of CERT, so it may be missing: the signature says
	// whose key it was.
	if d.PID != "" && d.PID != st.ProfileID {
		return nil, failed("destination", errors.New("pid: the profile that answered is not the one whose key was to sign"))
	}
	answer := r.Response.Result
	if answer == nil || answer.Data == "" {
		return nil, failed("result", errors.New("is a success, but there is no signature"))
	}
	if answer.ContentType != v.cfg.Inferred.formatName(st.Format) {
		return nil, failed("format", errors.New("result.contenttype: is not the format that was asked for"))
	}
	return answer, nil
}

// proven is what an answer has proved.
type proven struct {
	format         mss.Format
	value, content []byte
	unique         [sha256.Size]byte // of what was signed: nobody but the signer can make another one
	chain          []*x509.Certificate
}

// prove verifies the signature in an answer with the enrolled certificate.
func (v *Verifier) prove(answer *result, st *state, ev *mss.Evidence) (*proven, error) {
	leaf, err := parseUserCertificate(st.Certificate)
	if err != nil {
		return nil, failed("certificate", err)
	}
	if err := checkUsage(leaf, ev.Transaction.Purpose); err != nil {
		return nil, failed("key usage", err)
	}
	var p *proven
	if st.Format == formatJWS {
		p, err = v.proveJWS(answer.Data, st, leaf)
	} else {
		p, err = v.proveCMS(answer.Data, st, leaf, ev)
	}
	if err != nil {
		return nil, err
	}
	if p.chain, err = v.chain(leaf, ev.Received); err != nil {
		return nil, failed("chain", err)
	}
	return p, nil
}

// checkContent holds what was signed against what this command sent. Over and above its digest, only a challenge of this very
// command logs in, and nothing that looks like one is a document: so no state, however it came about, turns one into the other.
func (s *state) checkContent(content []byte) error {
	sum := sha256.Sum256(content)
	switch {
	case !bytes.Equal(sum[:], s.TBS):
		return errors.New("is not what was sent to be signed")
	case s.Kind == authenticate && !isChallenge(content, s.ExternalID):
		return errors.New("is no challenge of this authentication")
	case s.Kind == sign && looksLikeChallenge(content):
		return errors.New("is the challenge of an authentication, not a document")
	}
	return nil
}

// fresh reports whether what was signed names this command. Of an authentication it always does.
func (s *state) fresh(content []byte) bool {
	return s.Kind == authenticate || s.Code != "" && bytes.Contains(content, []byte(s.Code))
}

// unsigned is what was shown, where it is not what was signed: the Hermod's word and the device's.
func (s *state) unsigned(content []byte) mss.Private {
	if s.Display == string(content) {
		return mss.Private{}
	}
	return mss.Conceal(s.Display)
}

func failed(check string, err error) *mss.VerificationError {
	return &mss.VerificationError{Check: check, Err: err}
}

// keep has a *mss.VerificationError keep the evidence.
func keep(err error, ev *mss.Evidence) error {
	if f, ok := errors.AsType[*mss.VerificationError](err); ok {
		f.Evidence = ev
	}
	return err
}
