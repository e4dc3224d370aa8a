package hermodtest

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
)

// Issue is a CA, for hermod.Enrollment.Issue: it certifies the key and the name of a request whose signature is good, with
// the mark of a simulator.
func (s *Server) Issue(ctx context.Context, csr *x509.CertificateRequest) ([]*x509.Certificate, error) {
	return s.issue(ctx, csr, Genuine)
}

// Issuing is a CA that makes the mistake which a ForgeIssued constant says. It panics with another constant.
func (s *Server) Issuing(f Forge) func(context.Context, *x509.CertificateRequest) ([]*x509.Certificate, error) {
	if f.places() != atIssue {
		panic("hermodtest: Issuing: is no ForgeIssued constant")
	}
	return func(ctx context.Context, csr *x509.CertificateRequest) ([]*x509.Certificate, error) {
		return s.issue(ctx, csr, f)
	}
}

func (s *Server) issue(ctx context.Context, csr *x509.CertificateRequest, f Forge) ([]*x509.Certificate, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if csr == nil {
		return nil, errors.New("hermodtest: Issue: no request")
	}
	if err := csr.CheckSignature(); err != nil {
		return nil, fmt.Errorf("hermodtest: Issue: the request's signature: %w", err)
	}
	asked := &x509.Certificate{RawSubject: csr.RawSubject, PublicKey: csr.PublicKey}
	switch f {
	case ForgeIssuedNothing:
		return nil, nil
	case ForgeIssuedSubject:
		asked.RawSubject = subject("somebody.else")
	case ForgeIssuedKey:
		other, err := s.somebodyElse(keyKind(csr.PublicKey))
		if err != nil {
			return nil, err
		}
		asked.PublicKey = other.Key.Public()
	}
	c, err := s.pki.forgedUser(f, asked)
	if err != nil {
		return nil, err
	}
	return s.chain(c), nil
}

// chain is what Issue returns with a certificate: all that is between it and the anchor, which is nothing.
func (s *Server) chain(c *x509.Certificate) []*x509.Certificate { return []*x509.Certificate{c} }

// user issues a person's certificate.
func (p *pki) user(subject []byte, key crypto.PublicKey) (*x509.Certificate, error) {
	return p.sign(p.userTemplate(subject), p.root.Certificate, p.root.Key, key)
}

// userTemplate is a person's certificate. One key logs in and signs, so it is for both.
func (p *pki) userTemplate(subject []byte) *x509.Certificate {
	from, to := p.validity()
	return &x509.Certificate{
		RawSubject:            subject,
		NotBefore:             from,
		NotAfter:              to,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
	}
}

// sign issues a certificate for somebody's key, of which nobody here need have the private half, with the mark of a simulator.
func (p *pki) sign(t, issuer *x509.Certificate, issuerKey crypto.Signer, key crypto.PublicKey) (*x509.Certificate, error) {
	t.ExtraExtensions = append(t.ExtraExtensions, mark)
	return signUnmarked(t, issuer, issuerKey, key)
}

func signUnmarked(t, issuer *x509.Certificate, issuerKey crypto.Signer, key crypto.PublicKey) (*x509.Certificate, error) {
	serial := make([]byte, 16)
	_, _ = rand.Read(serial) // never fails, says its documentation
	serial[0] = serial[0]&0x7f | 0x40
	t.SerialNumber = new(big.Int).SetBytes(serial)
	der, err := x509.CreateCertificate(rand.Reader, t, issuer, key, issuerKey)
	if err != nil {
		return nil, fmt.Errorf("hermodtest: Issue: %w", err)
	}
	return x509.ParseCertificate(der)
}
