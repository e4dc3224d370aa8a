package mssp

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/claims"
	"github.com/gomss/gomss/internal/cms"
	"github.com/gomss/gomss/internal/proof"
	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/mss"
)

// VerifierConfig is what it takes to judge signatures without a connection.
type VerifierConfig struct {
	Anchors *mss.Anchors // required
	Dialect *Dialect     // nil: Swisscom

	// AllowTestNumbers accepts signatures of the service's test numbers; Signer.Test marks them.
	AllowTestNumbers bool
}

// Verifier judges answers and bare signatures, offline. It is safe for concurrent use. A Client contains one.
type Verifier struct {
	cfg      VerifierConfig
	cms      *cms.Verifier
	policies []x509.OID
	replays  *claims.Memory
}

// maxReplays is how many accepted signatures a Verifier remembers: at one a second, a day's.
const maxReplays = 1 << 16

// NewVerifier checks the configuration. Without anchors nothing could be verified, so they are required.
func NewVerifier(cfg VerifierConfig) (*Verifier, error) {
	if cfg.Anchors == nil {
		return nil, errors.New("mssp: Config.Anchors: is nil; load the operator's root CA with mss.LoadAnchors")
	}
	if cfg.Dialect == nil {
		cfg.Dialect = Swisscom()
	}
	v := &Verifier{cfg: cfg, replays: claims.New(maxReplays)}
	for _, s := range cfg.Dialect.Policies {
		oid, err := x509.ParseOID(s)
		if err != nil {
			return nil, fmt.Errorf("mssp: Dialect.Policies: %q: %w", s, err)
		}
		v.policies = append(v.policies, oid)
	}
	var err error
	v.cms, err = cms.New(cms.Config{
		Roots:         cfg.Anchors.Roots(),
		Intermediates: cfg.Anchors.Intermediates(),
		ExtKeyUsage:   x509.ExtKeyUsageClientAuth, // all that Mobile ID certificates have
	})
	if err != nil {
		return nil, fmt.Errorf("mssp: Config.Anchors: %w", err)
	}
	return v, nil
}

// scopePrefix begins the scope of every transaction that this verifier may judge.
func (v *Verifier) scopePrefix() string {
	return "mssp|" + v.cfg.Dialect.Name + "|" + v.cfg.Anchors.Environment().String() + "|"
}

// Verify judges an outcome. Certificates are judged at Evidence.Received. Besides the CMS (see VerifyCMS), the answer
// must name the message that it answers and the person who was asked, the method must be the one asked for, and the
// signature must not have been accepted for another transaction before.
//
// It returns a *mss.Fault where the person did not sign and a *mss.VerificationError where the answer does not prove
// what it claims.
func (v *Verifier) Verify(ev *mss.Evidence) (*mss.Signature, error) {
	if ev == nil {
		return nil, failed("evidence", errors.New("is nil"), nil)
	}
	if !strings.HasPrefix(ev.Transaction.Provider, v.scopePrefix()) {
		return nil, failed("evidence", errors.New("is of another kind of service or environment than this verifier"), ev)
	}
	st, err := decodeState(&ev.Transaction)
	if err != nil {
		return nil, failed("evidence", err, ev)
	}
	op := etsi.OpStatusQuery
	if st.Sync {
		op = etsi.OpSignature
	}
	binding := SOAP
	if st.JSON {
		binding = JSON
	}
	a := &answer{message: op.NewResponse()}
	if a.fault, err = codecs[binding].decodeResponse(ev.Raw, op, a.message); err != nil {
		return nil, failed("evidence", err, ev)
	}
	return v.judge(ev, st, a)
}

// scopeAPID returns the account at the end of a scope; an AP_ID holds no separator.
func scopeAPID(scope string) string { return scope[strings.LastIndexByte(scope, '|')+1:] }

// outcome is what answers have in common; the two that can carry a signature have all of it.
type outcome struct {
	abstract  *etsi.MessageAbstract
	user      *etsi.MobileUser
	signature *etsi.Signature
	status    etsi.Status
	profile   string
	transID   string // MSSP_TransID; "" where it names none
}

func newOutcome(m etsi.Message, st state) outcome {
	switch r := m.(type) {
	case *etsi.SignatureResp:
		return outcome{&r.MessageAbstract, &r.MobileUser, r.Signature, r.Status, profileURI(r.SignatureProfile), r.MSSPTransID}
	case *etsi.StatusResp:
		out := outcome{&r.MessageAbstract, &r.MobileUser, r.Signature, r.Status, st.Method, ""}
		if r.MSSPTransID != nil {
			out.transID = *r.MSSPTransID
		}
		return out
	case *etsi.ReceiptResp:
		return outcome{abstract: &r.MessageAbstract, status: r.Status}
	case *etsi.ProfileResp:
		return outcome{abstract: &r.MessageAbstract, status: r.Status}
	}
	panic(fmt.Sprintf("mssp: %T is no outcome", m))
}

// judge decides about a decoded outcome.
func (v *Verifier) judge(ev *mss.Evidence, st state, a *answer) (*mss.Signature, error) {
	operation := mss.OpStatusQuery
	if st.Sync {
		operation = mss.OpSignature
	}
	if a.fault != nil {
		f := newFault(a.fault, operation)
		f.Superseded = st.Superseded && f.Code == mss.UserCancel
		return nil, f
	}
	out := newOutcome(a.message, st)
	asked := echo{st.QueryID, scopeAPID(ev.Transaction.Provider), ev.Transaction.User.MSISDN}
	err := v.checkEcho(out.abstract, out.user, asked)
	if err == nil {
		err = checkTransaction(out.transID, &ev.Transaction)
	}
	if err != nil {
		return nil, failed("echo", err, ev)
	}
	code := statusCode(out.status)
	if code != mss.StatusSignature && code != mss.StatusValidSignature {
		return nil, &mss.Fault{Code: code, Operation: operation}
	}
	if out.signature == nil || len(out.signature.Base64Signature) == 0 {
		return nil, failed("status", fmt.Errorf("the status is %d, but there is no signature", int(code)), ev)
	}
	if err := v.checkMethod(st.Asked, out.profile); err != nil {
		return nil, failed("profile", err, ev)
	}
	proven, attrs, unproven := v.verifyCMS(out.signature.Base64Signature, ev.Received, st.matches)
	if unproven != nil {
		unproven.Evidence = ev
		return nil, unproven
	}
	details, err := newDetails(out.status, st)
	if err == nil {
		err = st.checkLocation(details, ev.Received)
	}
	if err != nil {
		return nil, failed("geofencing", err, ev)
	}
	if !v.replays.Claim(sha256.Sum256(attrs), ev.Transaction.TransID) {
		return nil, failed("replay", errors.New("this signature was accepted for another transaction before"), ev)
	}
	return mss.Verified(&mss.Signature{
		Proven: *proven,
		Asserted: mss.Asserted{
			Status:  code,
			Profile: strings.Clone(out.profile), // decoded strings keep the whole document alive
			User:    ev.Transaction.User,
			At:      instant(out.abstract),
			Details: details.orNil(),
		},
		Fresh:    st.Fresh,
		Evidence: ev,
	}, proof.Of()), nil
}

// VerifyCMS judges a bare signature, DER or BER, over content at a time: structure and algorithms (RFC 5652; SHA-256 or
// better), exactly one signer, content equal to the octet, chain to the anchors at that time, key usage, certificate
// policy and the form of the serial number. The result is a Document: it says who signed, not for what transaction.
//
// The error is a *mss.VerificationError.
func (v *Verifier) VerifyCMS(signature, content []byte, at time.Time) (*mss.Document, error) {
	proven, _, err := v.verifyCMS(signature, at, func(signed []byte) error {
		if !bytes.Equal(signed, content) {
			return errors.New("what was signed is not the text given")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &mss.Document{Proven: *proven}, nil
}

// verifyCMS returns what a CMS proves, and its signed attributes, which no two signatures share.
func (v *Verifier) verifyCMS(signature []byte, at time.Time, match func([]byte) error) (*mss.Proven, []byte, *mss.VerificationError) {
	res, err := v.cms.Verify(signature, at, match)
	if err != nil {
		check := "signature"
		if e, ok := errors.AsType[*cms.Error](err); ok {
			check, err = e.Check, e.Err
		}
		return nil, nil, failed(check, err, nil)
	}
	signer, err := v.signer(res.Chain)
	if err != nil {
		return nil, nil, failed("signer", err, nil)
	}
	return &mss.Proven{
		Signer:  *signer,
		Format:  mss.CMS,
		Value:   signature,
		Content: res.Content,
	}, res.SignedAttrs, nil
}

// signer says who the person is, or why the certificate is not one that a person signs with (SEC-3, SEC-7, SEC-15).
func (v *Verifier) signer(chain []*x509.Certificate) (*mss.Signer, error) {
	leaf := chain[0]
	for _, c := range chain {
		if simulated.Marked(c) != (v.cfg.Anchors.Environment() == mss.Simulator) {
			return nil, errors.New("is of a simulator where a person is needed, or the reverse: environments never mix")
		}
	}
	if len(v.policies) > 0 && !slices.ContainsFunc(leaf.Policies, v.isPolicy) {
		return nil, errors.New("the certificate is not of a policy for persons of this service (Dialect.Policies)")
	}
	id, err := v.cfg.Dialect.SignerID(leaf)
	if err != nil {
		return nil, err
	}
	test := slices.Contains(v.cfg.Dialect.TestSigners, id)
	if test && !v.cfg.AllowTestNumbers {
		return nil, errors.New("is a test number's, behind which there is no person; tests set AllowTestNumbers")
	}
	return &mss.Signer{ID: id, Chain: chain, Test: test}, nil
}

func (v *Verifier) isPolicy(p x509.OID) bool {
	return slices.ContainsFunc(v.policies, p.Equal)
}

func failed(check string, err error, ev *mss.Evidence) *mss.VerificationError {
	return &mss.VerificationError{Check: check, Err: err, Evidence: ev}
}
