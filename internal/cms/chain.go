package cms

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"time"
)

const (
	// maxChecks bounds the signatures of certificates checked for one message,
	// over all candidate paths.
	maxChecks = 3
	maxPath   = maxChecks + 1 // signer, two intermediates, anchor

	maxNameRunes   = 128 // of an authority's name in an error
	maxReasonRunes = 300 // of x509's reason, which ends with such a name
)

// chain finds and verifies the path from the signer to an anchor at a time. It
// goes through the configured intermediates and the other certificates of the
// message; anchors come from the configuration alone, so that a self-issued
// certificate in the message is not even looked at.
//
// Candidates are told apart by name, key identifier and validity before a
// public key is used; x509.Certificate.Verify then judges one path at a time.
func (v *Verifier) chain(signer *certificate, bag []*certificate, at time.Time) (*verifiedPath, error) {
	if problem := outsideValidity(signer, at); problem != "" {
		return nil, refuse(checkChain, "the signer's certificate %s", problem)
	}
	s := search{verifier: v, issuers: v.issuers(bag), at: at}
	s.path[0] = signer
	if found := s.extend(1); found != nil {
		return found, nil
	}
	return nil, &Error{checkChain, s.reason()}
}

// issuers are the candidates between signer and anchor, each once. What is
// self-issued leads nowhere, and what is configured is not taken from the
// message again.
func (v *Verifier) issuers(bag []*certificate) []*certificate {
	issuers := make([]*certificate, 0, len(v.intermediates)+len(bag))
	issuers = append(issuers, v.intermediates...)
	for _, c := range bag {
		if !c.selfIssued && !c.configured {
			issuers = append(issuers, c)
		}
	}
	return issuers
}

// search is a depth-first search for a path. Its steps compare names; accept
// does the work.
type search struct {
	verifier *Verifier
	issuers  []*certificate
	at       time.Time
	path     [maxPath]*certificate
	checks   int

	// Why there is no path, the most telling last.
	missing *certificate // deepest certificate without an issuer
	depth   int          // of missing
	expired *certificate // an issuer outside its validity
	refused error        // what the verification of a path said
}

// extend completes the path of n certificates.
func (s *search) extend(n int) *verifiedPath {
	tail := s.path[n-1]
	found := false
	for _, anchor := range s.verifier.anchors {
		if s.follows(n, anchor) {
			found = true
			s.path[n] = anchor
			if p := s.accept(s.path[:n+1]); p != nil {
				return p
			}
		}
	}
	if n < maxPath-1 {
		for _, issuer := range s.issuers {
			if s.follows(n, issuer) {
				found = true
				s.path[n] = issuer
				if p := s.extend(n + 1); p != nil {
					return p
				}
			}
		}
	}
	if !found && n > s.depth {
		s.missing, s.depth = tail, n
	}
	return nil
}

// follows tells whether c can be the issuer of the path's n-th certificate: by
// name, by key identifier where both have one (RFC 5280 4.2.1.1), not a name
// that is on the path already, valid at the time.
func (s *search) follows(n int, c *certificate) bool {
	tail := s.path[n-1]
	if !bytes.Equal(tail.RawIssuer, c.RawSubject) {
		return false
	}
	if len(tail.AuthorityKeyId) > 0 && len(c.SubjectKeyId) > 0 && !bytes.Equal(tail.AuthorityKeyId, c.SubjectKeyId) {
		return false
	}
	for _, earlier := range s.path[:n] {
		if bytes.Equal(earlier.RawSubject, c.RawSubject) {
			return false
		}
	}
	if outsideValidity(c, s.at) != "" {
		s.expired = c
		return false
	}
	return true
}

// accept verifies a complete path, within the bound on signature checks. A
// remembered path costs the same against the bound as a new one: what is in the
// cache must not decide which messages pass.
func (s *search) accept(path []*certificate) *verifiedPath {
	if s.checks+len(path)-1 > maxChecks {
		s.refused = fmt.Errorf("several candidate issuers for one certificate: finding the right one takes more than %d signature checks", maxChecks)
		return nil
	}
	s.checks += len(path) - 1
	p, err := s.verifier.verifyPath(path, s.at)
	if err != nil {
		s.refused = err
	}
	return p
}

// reason says why the search found nothing.
func (s *search) reason() error {
	switch {
	case s.refused != nil:
		return s.refused
	case s.expired != nil:
		return fmt.Errorf("the certificate of the authority %s %s", authority(s.expired.Subject), outsideValidity(s.expired, s.at))
	default:
		return fmt.Errorf("no certificate of the authority %s%s is among the anchors, the intermediates or in the message: configure it as an intermediate, or as an anchor if it is the root",
			authority(s.missing.Issuer), keyID(s.missing.AuthorityKeyId))
	}
}

// verifyPath has x509 verify the path, unless all of it is remembered. Where the
// part from the signer's issuer up is remembered, that issuer serves as root.
func (v *Verifier) verifyPath(path []*certificate, at time.Time) (*verifiedPath, error) {
	if p := v.cache.signer(path, at); p != nil {
		return p, nil
	}
	roots := path[len(path)-1:]
	between := path[1 : len(path)-1]
	if v.cache.issuer(path[1:], at) && !path[0].constrained {
		roots, between = path[1:2], nil
	}
	options := x509.VerifyOptions{
		Roots:         pool(roots),
		Intermediates: pool(between),
		CurrentTime:   at,
		KeyUsages:     []x509.ExtKeyUsage{v.usage},
	}
	if _, err := path[0].Verify(options); err != nil {
		return nil, describe(err)
	}
	return newVerifiedPath(slices.Clone(path)), nil
}

func pool(certificates []*certificate) *x509.CertPool {
	p := x509.NewCertPool()
	for _, c := range certificates {
		p.AddCert(c.Certificate)
	}
	return p
}

// describe puts an error of x509 into words that hold no name of the signer.
func describe(err error) error {
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		switch invalid.Reason {
		case x509.TooManyIntermediates:
			return errors.New("the path is longer than the path length constraint of an authority allows")
		case x509.NotAuthorizedToSign:
			return errors.New("an issuer of the path is not an authority")
		case x509.IncompatibleUsage, x509.CANotAuthorizedForExtKeyUsage:
			return errors.New("an authority of the path may not issue certificates with the extended key usage asked for")
		case x509.CANotAuthorizedForThisName, x509.UnconstrainedName, x509.TooManyConstraints:
			return errors.New("the name constraints of an authority do not permit a name in a certificate of the path")
		case x509.NoValidChains:
			return errors.New("the certificate policies of the path are not valid")
		}
		return errors.New("a certificate of the path is not valid")
	}
	if unknown, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		// Its text names the authority refused and why: a signature that does
		// not verify, the path length, not an authority, an unsafe algorithm.
		return errors.New(shorten(unknown.Error(), maxReasonRunes))
	}
	if _, ok := errors.AsType[x509.UnhandledCriticalExtension](err); ok {
		return errors.New("a certificate of the path has a critical extension that is not known")
	}
	return errors.New("the path does not verify")
}

// outsideValidity says how the time is outside the certificate's validity, "" if
// it is inside.
func outsideValidity(c *certificate, at time.Time) string {
	if !at.Before(c.NotBefore) && !at.After(c.NotAfter) {
		return ""
	}
	return fmt.Sprintf("is valid from %s to %s, not at the time of verification, %s",
		c.NotBefore.UTC().Format(time.RFC3339), c.NotAfter.UTC().Format(time.RFC3339), at.UTC().Format(time.RFC3339))
}

// authority quotes the name of an authority; what does not print is escaped.
func authority(name pkix.Name) string {
	text := name.CommonName
	if text == "" {
		text = name.String()
	}
	return fmt.Sprintf("%q", shorten(text, maxNameRunes))
}

// keyID adds a key identifier to an authority's name where there is one.
func keyID(id []byte) string {
	if len(id) == 0 || len(id) > 64 {
		return ""
	}
	return fmt.Sprintf(" with the key identifier %X", id)
}

// shorten cuts text behind so many runes.
func shorten(text string, runes int) string {
	n := 0
	for i := range text {
		if n++; n > runes {
			return text[:i] + "…"
		}
	}
	return text
}

// isConstraint tells whether an extension makes the validity of a path depend on
// more than the two certificates at a link: name constraints, policy mappings,
// policy constraints, inhibitAnyPolicy (RFC 5280 4.2.1.5, 10, 11 and 14).
func isConstraint(e pkix.Extension) bool {
	for _, number := range [...]int{30, 33, 36, 54} {
		if e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, number}) {
			return true
		}
	}
	return false
}
