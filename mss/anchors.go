package mss

import (
	"crypto/x509"
	"errors"
	"fmt"
	"strconv"

	"github.com/gomss/gomss/internal/simulated"
)

// Environment is what a signature is worth. Anchors belong to one, and environments never mix.
type Environment int

const (
	Production Environment = iota + 1 // real persons
	Test                              // a provider's test service
	Simulator                         // a simulator of this module
)

// String returns "production", "test" or "simulator".
func (e Environment) String() string {
	switch e {
	case Production:
		return "production"
	case Test:
		return "test"
	case Simulator:
		return "simulator"
	}
	return "Environment(" + strconv.Itoa(int(e)) + ")"
}

// Anchors are the certificates that signatures are judged by: roots, which are trusted, apart from intermediates, which
// only help to build a chain. Nothing ships with this module; both come from the operator's files. Anchors are
// immutable.
type Anchors struct {
	environment   Environment
	roots         []*x509.Certificate
	intermediates []*x509.Certificate
	found         []KnownCertificate
}

// NewAnchors makes anchors of roots and intermediates. There must be a root; every root must be a self-issued CA
// certificate. Certificates that this module knows must be of the environment and made for user signatures (a root for
// TLS servers is refused), and certificates of a simulator go with Simulator and with nothing else.
func NewAnchors(env Environment, roots, intermediates []*x509.Certificate) (*Anchors, error) {
	return newAnchors(env, roots, intermediates, isSelfIssued)
}

// NewIssuingAnchors makes anchors of issuing CAs that are trusted by themselves, for a provider whose answers hold no more
// than the person's certificate and whose clients know the authorities that issue them: SK. What NewAnchors says of the
// environment holds here, too.
func NewIssuingAnchors(env Environment, issuing []*x509.Certificate) (*Anchors, error) {
	return newAnchors(env, issuing, nil, func(*x509.Certificate) bool { return true })
}

// newAnchors makes anchors of CA certificates, of which those that are to be trusted must pass.
func newAnchors(env Environment, roots, intermediates []*x509.Certificate, passes func(*x509.Certificate) bool) (*Anchors, error) {
	if env < Production || env > Simulator {
		return nil, errors.New("mss: anchors: the environment is required: Production, Test or Simulator")
	}
	if len(roots) == 0 {
		return nil, errors.New("mss: anchors: no root certificate: nothing could be verified; load the provider's root CA")
	}
	a := &Anchors{environment: env, roots: roots, intermediates: intermediates}
	for _, c := range append(append([]*x509.Certificate(nil), roots...), intermediates...) {
		if c == nil {
			return nil, errors.New("mss: anchors: a certificate is nil")
		}
	}
	for _, c := range roots {
		switch {
		case !c.IsCA || !c.BasicConstraintsValid:
			return nil, fmt.Errorf("mss: anchors: %q is no CA certificate", c.Subject.CommonName)
		case !passes(c):
			return nil, fmt.Errorf("mss: anchors: %q is no root certificate: give it as an intermediate", c.Subject.CommonName)
		}
	}
	for _, c := range append(append([]*x509.Certificate(nil), roots...), intermediates...) {
		if err := a.admit(c); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// admit checks that a certificate belongs into these anchors, and notes it where it is known.
func (a *Anchors) admit(c *x509.Certificate) error {
	if simulated.Marked(c) != (a.environment == Simulator) {
		return fmt.Errorf("mss: anchors: %q does not belong to the %v environment: simulators and real services never mix", c.Subject.CommonName, a.environment)
	}
	k, ok := known(c)
	if !ok {
		return nil
	}
	if k.Use != UseSignature {
		return fmt.Errorf("mss: anchors: %q is for %s, not for user signatures", k.Name, k.Use)
	}
	if k.Environment != a.environment {
		return fmt.Errorf("mss: anchors: %q belongs to the %v environment, not to %v", k.Name, k.Environment, a.environment)
	}
	a.found = append(a.found, k)
	return nil
}

// LoadAnchors reads anchors from PEM or DER files and directories (see LoadCertificates). Self-issued CA certificates
// become roots, the others intermediates. Of a directory, certificates known to be for TLS servers are left out, so that
// one directory can hold all that a provider publishes; named as a file, they are an error.
func LoadAnchors(env Environment, paths ...string) (*Anchors, error) {
	certs, err := loadSigners(paths)
	if err != nil {
		return nil, err
	}
	var roots, intermediates []*x509.Certificate
	for _, c := range certs {
		if c.IsCA && isSelfIssued(c) {
			roots = append(roots, c)
		} else {
			intermediates = append(intermediates, c)
		}
	}
	return NewAnchors(env, roots, intermediates)
}

// LoadIssuingAnchors reads anchors for NewIssuingAnchors from files and directories, as LoadAnchors does.
func LoadIssuingAnchors(env Environment, paths ...string) (*Anchors, error) {
	certs, err := loadSigners(paths)
	if err != nil {
		return nil, err
	}
	return NewIssuingAnchors(env, certs)
}

// loadSigners reads certificates, but those for TLS servers in a directory.
func loadSigners(paths []string) (list []*x509.Certificate, err error) {
	for _, path := range paths {
		certs, fromDir, err := loadPath(path)
		if err != nil {
			return nil, err
		}
		for _, c := range certs {
			if k, ok := known(c); !ok || !fromDir || k.Use == UseSignature {
				list = append(list, c)
			}
		}
	}
	return list, nil
}

// isSelfIssued compares the names alone: an anchor is trusted by the operator's word, not by its own signature.
func isSelfIssued(c *x509.Certificate) bool { return string(c.RawSubject) == string(c.RawIssuer) }

// Environment returns the environment that the anchors belong to.
func (a *Anchors) Environment() Environment { return a.environment }

// Roots returns the trusted certificates.
func (a *Anchors) Roots() []*x509.Certificate { return a.roots }

// Intermediates returns the certificates that help to build chains and are not trusted by themselves.
func (a *Anchors) Intermediates() []*x509.Certificate { return a.intermediates }

// Known returns those of the certificates that this module knows by fingerprint.
func (a *Anchors) Known() []KnownCertificate { return a.found }
