package bankidtest

import (
	"crypto/x509"
	"fmt"
	"strings"
	"time"

	"github.com/gomss/gomss/internal/cms/cmstest"
)

// kind is what one of a person's two key pairs is for.
type kind int

const (
	identification kind = iota
	signing
)

func (k kind) other() kind { return 1 - k }

// kind is the key pair that an order is answered with.
func (ep *endpoint) kind() kind {
	if ep.signs {
		return signing
	}
	return identification
}

// certID names one certificate of a person.
type certID struct {
	kind                               kind
	number, givenName, surname, policy string
	card                               int
	forge                              Forge
}

// signer is a person's key with its certificates: the person's, the customer CA's and the bank CA's.
type signer struct {
	cmstest.Signer
	chain []*x509.Certificate
}

// signer returns what the person signs with, as a forgery says.
func (p *pki) signer(who *Person, k kind, f Forge) (*signer, error) {
	if !f.ofCertificate() {
		f = Genuine
	}
	if f == ForgeKeyUsage {
		k = k.other()
	}
	key, err := personalKeys[k]()
	if err != nil {
		return nil, err
	}
	leaf, err := p.certificate(certID{k, who.Number, who.GivenName, who.Surname, who.Policy, who.Card, f})
	if err != nil {
		return nil, err
	}
	out := &signer{cmstest.Signer{Certificate: leaf, Key: key}, []*x509.Certificate{leaf, p.customer.Certificate, p.bank.Certificate}}
	if f == ForgeShortChain {
		out.chain = out.chain[:1]
	}
	return out, nil
}

// certificate issues a certificate at its first use.
func (p *pki) certificate(id certID) (*x509.Certificate, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c, ok := p.certs[id]; ok {
		return c, nil
	}
	key, err := personalKeys[id.kind]()
	if err != nil {
		return nil, err
	}
	template, err := p.leaf(id)
	if err != nil {
		return nil, err
	}
	issuer, certify := p.customer, issue
	switch id.forge {
	case ForgeOtherCA:
		issuer, err = p.stranger()
	case ForgeUnmarked:
		certify = cmstest.Issue
	}
	if err != nil {
		return nil, err
	}
	made, err := certify(template, issuer, key)
	if err != nil {
		return nil, err
	}
	p.certs[id] = made.Certificate
	return made.Certificate, nil
}

// stranger makes a CA with the name of the customer CA and another key, which nobody has certified.
func (p *pki) stranger() (cmstest.Signer, error) {
	key, err := strangerKey()
	if err != nil {
		return cmstest.Signer{}, err
	}
	return issue(p.template("Simulated Bank Customer CA"), cmstest.Signer{}, key)
}

// leaf is a person's certificate in the genuine form, or forged.
func (p *pki) leaf(id certID) (*x509.Certificate, error) {
	if id.forge == ForgePerson {
		id.number, id.givenName, id.surname = otherNumber(id.number), "OTTO", "ANNANSSON"
	}
	full := id.givenName + " " + id.surname
	subject, err := rawSubject(
		attribute{oidCountry, "SE"}, attribute{oidOrganization, bankName},
		attribute{oidSurname, id.surname}, attribute{oidGivenName, id.givenName},
		attribute{oidSerialNumber, id.number},
		attribute{oidName, fmt.Sprintf("(%s) %s - Simulated BankID", p.made.UTC().Format("060102 15.04"), full)},
		attribute{oidCommonName, full})
	if err != nil {
		return nil, err
	}
	oid, err := x509.ParseOID(id.policy)
	if err != nil {
		return nil, err
	}
	t := &x509.Certificate{
		RawSubject: subject,
		KeyUsage:   x509.KeyUsageDigitalSignature,
		Policies:   []x509.OID{oid},
		OCSPServer: []string{"http://revocationstatus.invalid"},
	}
	if id.kind == signing {
		t.KeyUsage = x509.KeyUsageContentCommitment
	}
	t.NotBefore, t.NotAfter = p.validity()
	switch id.forge {
	case ForgeExpired:
		t.NotBefore, t.NotAfter = p.made.Add(-lifetime), p.made.Add(-time.Hour)
	case ForgeNotYet:
		t.NotBefore = p.made.Add(lifetime - 24*time.Hour)
	}
	return t, nil
}

// otherNumber is the number of somebody else.
func otherNumber(number string) string {
	if strings.HasPrefix(number, "197209") {
		return DefaultNumber
	}
	return "197209239800"
}
