package skmid

import (
	"bytes"
	"crypto/x509"
	"errors"
	"strings"
	"time"

	"github.com/gomss/gomss/internal/claims"
	"github.com/gomss/gomss/internal/proof"
	"github.com/gomss/gomss/mss"
)

// VerifierConfig is what it takes to judge answers without a connection.
type VerifierConfig struct {
	Anchors *mss.Anchors // required: SK's CAs of one environment
}

// Verifier judges answers, offline. It is safe for concurrent use. A Client contains one.
type Verifier struct {
	cfg                  VerifierConfig
	roots, intermediates *x509.CertPool
	replays              *claims.Memory
}

// maxReplays is how many accepted signatures a Verifier remembers: at one a second, a day's.
const maxReplays = 1 << 16

// NewVerifier checks the configuration: there are anchors, and the demo service's CAs are among them only in the Test
// environment, SK's real ones only in Production.
func NewVerifier(cfg VerifierConfig) (*Verifier, error) {
	if cfg.Anchors == nil {
		return nil, errors.New("skmid: Config.Anchors: is nil; load SK's issuing CAs with mss.LoadIssuingAnchors")
	}
	v := &Verifier{cfg: cfg, roots: x509.NewCertPool(), intermediates: x509.NewCertPool(), replays: claims.New(maxReplays)}
	for _, set := range []struct {
		pool         *x509.CertPool
		certificates []*x509.Certificate
	}{{v.roots, cfg.Anchors.Roots()}, {v.intermediates, cfg.Anchors.Intermediates()}} {
		for _, c := range set.certificates {
			if err := checkAuthority(c, cfg.Anchors.Environment()); err != nil {
				return nil, err
			}
			set.pool.AddCert(c)
		}
	}
	return v, nil
}

// scopePrefix begins the scope of every transaction that this verifier may judge.
func (v *Verifier) scopePrefix() string {
	return "skmid|" + v.cfg.Anchors.Environment().String() + "|"
}

// Verify judges an outcome. Certificates are judged at Evidence.Received. The certificate, of an authentication from the answer
// and of a signing from the transaction, must be of the person who was asked, and the signature must not have been accepted
// for another transaction before. A person whose card makes RSA signatures makes the same one whenever they sign the same
// digest: the second of them is refused.
//
// Signature.Value is r and s behind each other, also where the service sent DER, or the RSA value; Content is the digest.
// Fresh is true for an authentication.
//
// It returns a *mss.Fault where the person did not sign and a *mss.VerificationError where the answer does not prove what it
// claims. The checks of the latter are, in their order, "evidence", "answer", "result", "certificate", "algorithm", "signer",
// "key usage", "chain", "signature" and "replay".
func (v *Verifier) Verify(ev *mss.Evidence) (*mss.Signature, error) {
	if ev == nil {
		return nil, failed("evidence", errors.New("is nil"))
	}
	if !strings.HasPrefix(ev.Transaction.Provider, v.scopePrefix()) {
		return nil, keep(failed("evidence", errors.New("is of another kind of service or environment than this verifier")), ev)
	}
	if ev.Transaction.TransID == "" || ev.Transaction.User.Person.IsZero() {
		return nil, keep(failed("evidence", errors.New("does not name its transaction and the person who was asked")), ev)
	}
	st, err := decodeState(&ev.Transaction)
	if err != nil {
		return nil, keep(failed("evidence", err), ev)
	}
	p, err := v.judge(ev.Raw, st, ev.Transaction.User.Person, ev.Received)
	if err != nil {
		return nil, keep(err, ev)
	}
	if !v.replays.Claim(signatureKey(st.purpose, p.leaf(), st.digest, p.signature), ev.Transaction.TransID) {
		return nil, keep(failed("replay", errors.New("this signature was accepted for another transaction before")), ev)
	}
	return mss.Verified(&mss.Signature{
		Proven:   p.proven(st.digest),
		Asserted: mss.Asserted{Status: mss.StatusSignature, User: ev.Transaction.User, Display: mss.Conceal(st.display)},
		Fresh:    st.purpose == mss.Authentication,
		Evidence: ev,
	}, proof.Of()), nil
}

// VerifySession judges the body of a finished session by itself, at a time: the signature over the hash that was sent (a
// mss.Digest), and the certificate, of an authentication from the body, of a signing cert. The result is a Document: it says who
// signed, not whom the application asked. Errors are those of Verify.
func (v *Verifier) VerifySession(body []byte, p mss.Purpose, hash mss.Data, cert *x509.Certificate, at time.Time) (*mss.Document, error) {
	if err := checkDigest(hash); err != nil {
		return nil, failed("evidence", errors.New("the hash "+err.Error()))
	}
	st := &state{purpose: p, digest: hash.Content}
	switch {
	case p == mss.Signing && cert != nil:
		st.certificate = cert.Raw
	case p == mss.Signing:
		return nil, failed("evidence", errors.New("a signing is verified with the signing certificate, which the body does not hold"))
	case p != mss.Authentication || cert != nil:
		return nil, failed("evidence", errors.New("the purpose is mss.Authentication, with the certificate in the body, or mss.Signing with one given"))
	}
	j, err := v.judge(body, st, mss.PersonID{}, at)
	if err != nil {
		return nil, err
	}
	return &mss.Document{Proven: j.proven(st.digest)}, nil
}

// judgement is what an answer has proved.
type judgement struct {
	subject   subject
	chain     []*x509.Certificate
	signature *verified
	test      bool // of the demo service, behind which there is nobody
}

func (j *judgement) leaf() *x509.Certificate { return j.chain[0] }

func (j *judgement) proven(digest []byte) mss.Proven {
	return mss.Proven{
		Signer: mss.Signer{
			ID:        j.subject.person.Reveal(),
			Person:    j.subject.person,
			GivenName: mss.Conceal(j.subject.givenName),
			Surname:   mss.Conceal(j.subject.surname),
			Chain:     j.chain,
			Test:      j.test || isTest(j.subject.person),
		},
		Format:  j.signature.format,
		Value:   j.signature.value,
		Content: bytes.Clone(digest), // a part of the evidence, which callers must not change by changing this
	}
}

// judge decides about the body of a finished session. A zero person is not compared.
func (v *Verifier) judge(body []byte, st *state, asked mss.PersonID, at time.Time) (*judgement, error) {
	a, err := readSession(body)
	if err == nil && a.State != stateComplete {
		err = errors.New("the session is still running")
	}
	if err != nil {
		return nil, failed("answer", err)
	}
	switch {
	case a.Result == "":
		return nil, failed("result", errors.New("a finished session has none"))
	case a.Result != resultOK:
		return nil, sessionFault(a)
	case a.Signature == nil:
		return nil, failed("result", errors.New("is OK, but there is no signature"))
	}
	leaf, err := a.certificate(st)
	if err != nil {
		return nil, failed("certificate", err)
	}
	if err := checkAlgorithm(a.Signature.Algorithm, st.digest, leaf.PublicKey); err != nil {
		return nil, failed("algorithm", err)
	}
	sig, err := decodeBase64(a.Signature.Value, maxSignature)
	if err != nil {
		return nil, failed("signature", err)
	}
	j := &judgement{test: v.cfg.Anchors.Environment() == mss.Test}
	if j.subject, j.chain, err = v.identify(leaf, st.purpose, asked, at); err != nil {
		return nil, err
	}
	if j.signature, err = verifySignature(leaf.PublicKey, st.digest, sig); err != nil {
		return nil, failed("signature", err)
	}
	return j, nil
}

// certificate returns the certificate that the signature is verified with. An answer to a signing needs none; one that has
// another than asked for contradicts itself.
func (a *sessionAnswer) certificate(st *state) (*x509.Certificate, error) {
	der := st.certificate
	if st.purpose == mss.Authentication || a.Cert != "" {
		sent, err := decodeBase64(a.Cert, maxCertificate)
		if err != nil {
			return nil, err
		}
		if st.purpose == mss.Signing && !bytes.Equal(sent, der) {
			return nil, errors.New("in the answer is another one than that which was to sign")
		}
		der = sent
	}
	return parseCertificate(der)
}

// identify says who the person is, or why the certificate is not one of the person asked, for the purpose, at the time (SEC-3,
// SEC-7, SEC-15, SEC-21). Its error is a *mss.VerificationError.
func (v *Verifier) identify(leaf *x509.Certificate, p mss.Purpose, asked mss.PersonID, at time.Time) (subject, []*x509.Certificate, error) {
	s, err := newSubject(leaf)
	switch {
	case err != nil:
	case !asked.IsZero() && s.person != asked:
		err = errors.New("the certificate is of another person, or of another country, than was asked")
	case isTest(s.person) && v.cfg.Anchors.Environment() == mss.Production:
		err = errDemoPerson
	}
	if err != nil {
		return s, nil, failed("signer", err)
	}
	if err := checkUsage(leaf, p); err != nil {
		return s, nil, failed("key usage", err)
	}
	chain, err := v.chain(leaf, p, at)
	if err != nil {
		return s, nil, failed("chain", err)
	}
	return s, chain, nil
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
