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

// kind is what a credential is made for. A person has one of each kind that their signatures need.
type kind struct {
	key    Key
	serial string
	forge  Forge // only those that are about certificates
}

func kindOf(p Person) kind {
	k := kind{key: p.Key, serial: p.Serial}
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
	tmpl := cmstest.User(k.serial, from, to)
	var err error
	switch k.forge {
	case ForgeSerial:
		tmpl = cmstest.User("MIDXXE"+k.serial[len(serialPrefix):], from, to)
	case ForgeSerials:
		tmpl.RawSubject, err = twoSerials(serialOf("somebody else's"), k.serial)
	case ForgeExpired:
		tmpl.NotBefore, tmpl.NotAfter = now.Add(-lifetime), now.Add(-time.Hour)
	case ForgePolicy:
		tmpl.Policies = nil
	}
	return tmpl, err
}

// twoSerials is a subject with two serial numbers, which pkix.Name cannot express; it reads the last one.
func twoSerials(first, last string) ([]byte, error) {
	serialNumber, commonName := asn1.ObjectIdentifier{2, 5, 4, 5}, asn1.ObjectIdentifier{2, 5, 4, 3}
	return asn1.Marshal(pkix.RDNSequence{
		{{Type: serialNumber, Value: first}},
		{{Type: serialNumber, Value: last}},
		{{Type: commonName, Value: last + ":PN"}},
	})
}
