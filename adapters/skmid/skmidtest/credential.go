package skmidtest

import (
	"crypto"
	"crypto/elliptic"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"sync"
	"time"

	"github.com/gomss/gomss/internal/cms/cmstest"
)

// kind is what one of a person's two key pairs is for.
type kind int

const (
	authentication kind = iota
	signing
)

func (k kind) other() kind { return 1 - k }

// keyID names one of a person's keys.
type keyID struct {
	kind kind
	key  Key
	card int
}

// certID names one of a person's certificates.
type certID struct {
	keyID
	identity
	profile Profile
	forge   Forge
}

// subscriber is a person with the keys and certificates that they have needed so far.
type subscriber struct {
	code   string
	person Person // guarded by Server.mu

	mu    sync.Mutex // guards what follows
	keys  map[keyID]crypto.Signer
	certs map[certID]*x509.Certificate
}

func newSubscriber(code string, p Person) *subscriber {
	return &subscriber{code: code, person: p, keys: make(map[keyID]crypto.Signer), certs: make(map[certID]*x509.Certificate)}
}

// key returns the person's key.
func (sub *subscriber) key(p Person, k kind) (crypto.Signer, error) {
	sub.mu.Lock()
	defer sub.mu.Unlock()
	return sub.keyLocked(keyID{k, p.Key, p.Card})
}

func (sub *subscriber) keyLocked(id keyID) (crypto.Signer, error) {
	if key, ok := sub.keys[id]; ok {
		return key, nil
	}
	key, err := id.generate()
	if err != nil {
		return nil, err
	}
	sub.keys[id] = key
	return key, nil
}

// personalRSAKeys are what all first SIM cards share, because RSA keys take long to make. SK's test persons shared their
// keys for years.
var personalRSAKeys = [...]func() (crypto.Signer, error){
	authentication: sync.OnceValues(newRSAKey),
	signing:        sync.OnceValues(newRSAKey),
}

func (id keyID) generate() (crypto.Signer, error) {
	if id.key == RSA && id.card == 0 {
		return personalRSAKeys[id.kind]()
	}
	return id.key.generate()
}

func (k Key) generate() (crypto.Signer, error) {
	switch k {
	case P384:
		return newECKey(elliptic.P384())
	case RSA:
		return newRSAKey()
	}
	return newECKey(elliptic.P256())
}

// certificate returns the certificate of one of the person's keys, genuine or forged.
func (sub *subscriber) certificate(ca *pki, p Person, k kind, f Forge) (*x509.Certificate, error) {
	if !f.ofCertificate() {
		f = Genuine
	}
	if f == ForgeKind {
		k, f = k.other(), Genuine
	}
	id := certID{keyID{k, p.Key, p.Card}, identity{p.GivenName, p.Surname, p.Country, sub.code}, p.Profile, f}
	sub.mu.Lock()
	defer sub.mu.Unlock()
	if c, ok := sub.certs[id]; ok {
		return c, nil
	}
	key, err := sub.keyLocked(id.keyID)
	if err == nil && f == ForgeKeyPair {
		key, err = id.key.generate()
	}
	if err != nil {
		return nil, err
	}
	c, err := ca.certify(id, key)
	if err != nil {
		return nil, err
	}
	sub.certs[id] = c
	return c, nil
}

// certify issues a person's certificate.
func (p *pki) certify(id certID, key crypto.Signer) (*x509.Certificate, error) {
	authority := id.profile.authority()
	issuer, certify := p.issuing[authority], issuance(issue)
	var err error
	switch id.forge {
	case ForgeOtherCA:
		issuer, err = p.stranger(authority, issue)
	case ForgeRealCA:
		certify = cmstest.Issue
		issuer, err = p.stranger(authority, cmstest.Issue)
	case ForgeUnmarked:
		certify = cmstest.Issue
	}
	if err != nil {
		return nil, err
	}
	template, err := p.leaf(id)
	if err != nil {
		return nil, err
	}
	signer, err := certify(template, issuer, key)
	return signer.Certificate, err
}

// leaf is a person's certificate in the genuine form, or forged.
func (p *pki) leaf(id certID) (*x509.Certificate, error) {
	who := id.identity
	switch id.forge {
	case ForgePerson:
		who = who.other()
	case ForgeCountry:
		who.country = otherCountry(who.country)
	}
	subject, err := who.subject(id.profile, id.kind, id.forge)
	if err != nil {
		return nil, err
	}
	t := &x509.Certificate{
		RawSubject:      subject,
		KeyUsage:        id.usage(),
		Policies:        id.policies(),
		ExtraExtensions: id.extensions(),
		OCSPServer:      []string{"http://ocsp.invalid/" + id.profile.responder()},
	}
	t.NotBefore, t.NotAfter = p.validity()
	switch id.forge {
	case ForgeExpired:
		t.NotBefore, t.NotAfter = p.made.Add(-lifetime), p.made.Add(-time.Hour)
	case ForgeNotYet:
		t.NotBefore = p.made.Add(lifetime - 24*time.Hour)
	case ForgeSHA1:
		t.SignatureAlgorithm = x509.SHA1WithRSA
		if id.profile.authority() == eidq2021e {
			t.SignatureAlgorithm = x509.ECDSAWithSHA1
		}
	}
	return t, nil
}

func (id certID) usage() x509.KeyUsage {
	switch {
	case id.kind == signing:
		return x509.KeyUsageContentCommitment
	case id.profile.authority() != esteid2015:
		return x509.KeyUsageDigitalSignature
	case id.key == RSA: // RSA keys encipher keys, they do not agree on them (RFC 8017, RFC 5280 4.2.1.3)
		return x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment
	}
	return x509.KeyUsageDigitalSignature | x509.KeyUsageKeyAgreement
}

// policies are that of SK and that of ETSI: NCP+ to authenticate (TS 102 042), QCP-n-qscd to sign (EN 319 411-2).
func (id certID) policies() []x509.OID {
	sk := []uint64{1, 3, 6, 1, 4, 1, 10015, 3, 1, 3}
	if id.profile.authority() != esteid2015 {
		sk = []uint64{1, 3, 6, 1, 4, 1, 10015, 18, 1}
	}
	etsi := []uint64{0, 4, 0, 2042, 1, 2}
	if id.kind == signing {
		etsi = []uint64{0, 4, 0, 194112, 1, 2}
	}
	return []x509.OID{policy(sk), policy(etsi)}
}

func policy(arcs []uint64) x509.OID {
	id, err := x509.OIDFromInts(arcs)
	if err != nil {
		panic(err) // the arcs are constants of this file
	}
	return id
}

var (
	oidBasicConstraints = asn1.ObjectIdentifier{2, 5, 29, 19}
	oidExtKeyUsage      = asn1.ObjectIdentifier{2, 5, 29, 37}
)

// oldExtKeyUsage is clientAuth and emailProtection, DER.
var oldExtKeyUsage = []byte{0x30, 0x14,
	0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02,
	0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x04}

// extensions are those that crypto/x509 would write with another criticality than SK does.
func (id certID) extensions() []pkix.Extension {
	list := []pkix.Extension{{Id: oidBasicConstraints, Value: []byte{0x30, 0x00}}} // no CA
	if id.profile == ESTEIDOld && id.kind == authentication {
		list = append(list, pkix.Extension{Id: oidExtKeyUsage, Critical: true, Value: oldExtKeyUsage})
	}
	return list
}

// responder is the last part of the OCSP address. There is no such service.
func (p Profile) responder() string {
	return [...]string{esteid2015: "esteid2015", eid2016: "eid2016", eidq2021e: "eidq2021e"}[p.authority()]
}
