package hermodtest

import (
	"cmp"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"strconv"
	"strings"
)

// device is a profile ("mobile virtual smart card") in somebody's app.
type device struct {
	profileID, boxID string
	keys             []*deviceKey
}

// deviceKey is a key in a profile.
type deviceKey struct {
	id        string
	kind      Key
	mechanism string // of its JWS: RS256, ES256
	signer    crypto.Signer
	cert      *x509.Certificate // nil: none was installed
}

// keyChoice is what a device makes of a keygenrequest.
type keyChoice struct {
	kind      Key
	bits      int // of RSA
	mechanism string
}

// choose takes the first kind of key that the device can make.
func (r *keyGenRequest) choose() (keyChoice, error) {
	for _, p := range r.KeyTypePrios {
		bits, err := strconv.Atoi(p.KeyLength)
		switch {
		case err != nil:
			return keyChoice{}, errors.New("provCommand.profile.keygenrequests: keylength is no number in a string")
		case p.KeyType == "RSA" && p.ResponseMechanism == "RS256" && (bits == 2048 || longKeys[bits] != nil):
			return keyChoice{RSA, bits, "RS256"}, nil
		case p.KeyType == "EC" && p.ResponseMechanism == "ES256" && bits == 256:
			return keyChoice{P256, bits, "ES256"}, nil
		}
	}
	return keyChoice{}, errors.New("provCommand.profile.keygenrequests: keytypeprios offers neither RSA of 2048, 3072 or 4096 bits with RS256, nor EC of 256 bits with ES256")
}

// makeKey makes a device's key. Each takes the next of the process's RSA keys. The server's lock is held.
func (s *Server) makeKey(id string, c keyChoice) (*deviceKey, error) {
	k := &deviceKey{id: id, kind: c.kind, mechanism: c.mechanism}
	var err error
	switch {
	case c.kind == P256:
		k.signer, err = newECKey()
	case c.bits == 2048:
		s.keys++
		k.signer, err = deviceKeys[s.keys%rsaKeys]()
	default:
		k.signer, err = longKeys[c.bits]()
	}
	return k, err
}

// newDevice makes a device without keys.
func (s *Server) newDevice() *device {
	return &device{profileID: s.drawUUID(), boxID: s.drawUUID()}
}

// enrol makes a user's device with a certificate.
func (s *Server) enrol(user string) (*device, *deviceKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	choice := [keyKinds]keyChoice{RSA: {RSA, 2048, "RS256"}, P256: {P256, 256, "ES256"}}[s.find(user).Key]
	k, err := s.makeKey("signer", choice)
	if err != nil {
		return nil, nil, err
	}
	if k.cert, err = s.pki.user(subject(user), k.signer.Public()); err != nil {
		return nil, nil, err
	}
	d := s.newDevice()
	d.keys = []*deviceKey{k}
	s.devices[user] = append([]*device{d}, s.devices[user]...)
	return d, k, nil
}

// subject is the name in certificates of Enroll: a fictitious one, and the user.
func subject(user string) []byte {
	return der(pkix.Name{Country: []string{"SE"}, Organization: []string{"Simulated Organization"}, CommonName: user}.ToRDNSequence())
}

// key returns the key of a device with an id; nil for none.
func (d *device) key(id string) *deviceKey {
	for _, k := range d.keys {
		if k.id == id {
			return k
		}
	}
	return nil
}

// signingKey returns the first key of a kind that has a certificate; nil for none.
func (d *device) signingKey(kind Key) *deviceKey {
	for _, k := range d.keys {
		if k.kind == kind && k.cert != nil {
			return k
		}
	}
	return nil
}

// install puts certificates where their keys are. It is the code of the answer.
func (d *device) install(c *certCommand, certs [][]byte) int {
	if c.ProfileID != d.profileID {
		return NoKey.code()
	}
	parsed := make(map[*deviceKey]*x509.Certificate)
	for i, e := range c.Certificates {
		k := d.key(e.KeyID)
		cert, err := x509.ParseCertificate(certs[i])
		if k == nil || err != nil || spkiSum(cert.PublicKey) != spkiSum(k.signer.Public()) || !strings.EqualFold(cmp.Or(e.KeyState, "active"), "active") {
			return NoKey.code()
		}
		parsed[k] = cert
	}
	for k, cert := range parsed {
		k.cert = cert
	}
	return 0
}

func keyKind(key crypto.PublicKey) Key {
	if _, ok := key.(*rsa.PublicKey); ok {
		return RSA
	}
	return P256
}
