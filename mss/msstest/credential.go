package msstest

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base32"
	"strings"
	"time"

	"github.com/gomss/gomss/internal/cms/cmstest"
)

const serialPrefix = "MIDCHE"

// knownSerial is the serial number of the real test robot, which clients must know.
const knownSerial = "MIDCHEO16P1O6E92"

// serialOf makes a serial number of a telephone number: the same in every run, so that stored accounts stay valid.
func serialOf(digits string) string {
	if digits == numberEC {
		return knownSerial
	}
	sum := sha256.Sum256([]byte("msstest serial " + digits))
	return serialPrefix + base32.StdEncoding.EncodeToString(sum[:])[:10]
}

// isSerial reports whether s is a serial number of the service: MIDCHE and ten digits or capital letters.
func isSerial(s string) bool {
	tail, ok := strings.CutPrefix(s, serialPrefix)
	if !ok || len(tail) != 10 {
		return false
	}
	for _, c := range []byte(tail) {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// credential is a person's key and certificate, with the certificates above it.
type credential struct {
	cmstest.Signer
	issuers []*x509.Certificate // intermediate, root: the service sends both
}

// kind is what a credential is made for. A person has one of each kind that their signatures need: the SIM card and the
// app have keys of their own, with the same serial number.
type kind struct {
	method Method
	key    Key
	serial string
	forge  Forge // only those that are about certificates
}

func kindOf(p Person, m Method) kind {
	k := kind{method: m, key: p.Key, serial: p.Serial}
	switch p.Forge {
	case ForgeAnchor, ForgePolicy, ForgeSerial, ForgeSerials, ForgeExpired, ForgeUnmarked:
		k.forge = p.Forge
	}
	return k
}

// credential issues a person's certificate.
func (p *pki) credential(k kind, now time.Time) (*credential, error) {
	key, err := k.key.generate()
	if err != nil {
		return nil, err
	}
	root, issuer := p.root, p.intermediate
	if k.forge == ForgeAnchor {
		if root, issuer, err = p.foreign(now); err != nil {
			return nil, err
		}
	}
	certify := issue
	if k.forge == ForgeUnmarked {
		certify = issueUnmarked
	}
	tmpl, err := k.template(now)
	if err != nil {
		return nil, err
	}
	signer, err := certify(tmpl, issuer, key)
	return &credential{signer, []*x509.Certificate{issuer.Certificate, root.Certificate}}, err
}

func (k Key) generate() (crypto.Signer, error) {
	if k == RSA {
		return personalRSAKey()
	}
	return newECKey()
}

// template is a user certificate in the genuine shape, or forged.
func (k kind) template(now time.Time) (*x509.Certificate, error) {
	from, to := validity(now)
	serials := []string{k.serial}
	switch k.forge {
	case ForgeSerial:
		serials = []string{"MIDXXE" + k.serial[len(serialPrefix):]}
	case ForgeSerials:
		serials = []string{serialOf("somebody else's"), k.serial}
	}
	tmpl := cmstest.User(k.serial, from, to)
	switch k.forge {
	case ForgeExpired:
		tmpl.NotBefore, tmpl.NotAfter = now.Add(-lifetime), now.Add(-time.Hour)
	case ForgePolicy:
		tmpl.Policies = nil
	}
	var err error
	tmpl.RawSubject, err = subject(serials)
	return tmpl, err
}

// subject is a person's name: the serial number, and the common name made of it. pkix.Name can express neither this order
// nor more than one serial number; of several it reads the last.
func subject(serials []string) ([]byte, error) {
	serialNumber, commonName := asn1.ObjectIdentifier{2, 5, 4, 5}, asn1.ObjectIdentifier{2, 5, 4, 3}
	var name pkix.RDNSequence
	for _, s := range serials {
		name = append(name, pkix.RelativeDistinguishedNameSET{{Type: serialNumber, Value: s}})
	}
	name = append(name, pkix.RelativeDistinguishedNameSET{{Type: commonName, Value: serials[len(serials)-1] + ":PN"}})
	return asn1.Marshal(name)
}
