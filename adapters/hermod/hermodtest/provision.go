package hermodtest

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
)

// provisioned is the device's answer to PROV: it makes a profile with keys. The server's lock is held.
func (s *Server) provisioned(c *command) (string, error) {
	d := s.newDevice()
	p := c.question.prov
	var signed []string
	for i := range p.Profile.KeyGenRequests {
		r := &p.Profile.KeyGenRequests[i]
		choice, err := r.choose()
		if err != nil {
			return "", err
		}
		k, err := s.makeKey(r.KeyID, choice)
		if err != nil {
			return "", err
		}
		text, err := signedKey(r, k, c)
		if err != nil {
			return "", err
		}
		d.keys = append(d.keys, k)
		signed = append(signed, text)
	}
	if c.person.Forge == ForgeExtraKey {
		r := p.Profile.KeyGenRequests[0]
		r.KeyID += "-2"
		extra := *d.keys[0]
		extra.id = r.KeyID
		text, err := signedKey(&r, &extra, c)
		if err != nil {
			return "", err
		}
		signed = append(signed, text)
	}
	s.devices[c.question.user] = append([]*device{d}, s.devices[c.question.user]...)
	return s.attested(c, d, signed)
}

// nonce is that of the command, unless the answer is one to another command.
func (c *command) nonce() string {
	if c.person.Forge == ForgeReplay {
		return "nonce of another command"
	}
	return c.question.prov.Nonce
}

// attested is the outer JWS: the profile, signed with the app's attestation key.
func (s *Server) attested(c *command, d *device, signed []string) (string, error) {
	p := c.question.prov
	sum := sha256.Sum256(s.pki.server.Certificate.Raw) // of what the app has seen in TLS, one may suppose
	a := &attestation{
		header: object{
			{"alg", "RS256"}, {"fqdn", s.fqdn}, {"sch", base64.StdEncoding.EncodeToString(sum[:])},
			{"jwk", attestationJWK(&s.pki.attestation.PublicKey)}, {"nonce", c.nonce()},
		},
		profile: object{
			{"servername", p.Profile.ServerName}, {"name", p.Profile.Name}, {"userid", p.UserID},
			{"id", d.profileID}, {"boxurl", s.boxURL(d.boxID)},
		},
		keys: signed, device: d.keys[0].signer, key: s.pki.attestation,
	}
	if err := a.forge(c.person.Forge); err != nil {
		return "", err
	}
	payload := object{
		{"deviceinfo", deviceInfo()},
		{"profile", append(object{{"signedkeys", a.keys}}, a.profile...)},
	}
	return jws{a.header, compact(payload), a.key}.sign(c.person.Forge)
}

// deviceInfo is what every device tells about itself. The apostrophe is U+2019, as in the vendor's example.
func deviceInfo() object {
	return object{{"operatingsystem", "iOS (26.1)"}, {"name", "Astrid’s iPhone"}, {"model", "iPhone"}}
}

// signedKey is a nested JWS: a key with its request, signed with itself.
func signedKey(r *keyGenRequest, k *deviceKey, c *command) (string, error) {
	f := c.person.Forge
	forged, err := forgedKey(f, k)
	if err != nil {
		return "", err
	}
	k = cmp.Or(forged, k)
	n := &nested{
		header:  object{{"alg", k.mechanism}, {"nonce", c.nonce()}, {"kid", k.id}},
		payload: deviceJWK(k.id, r.Usage, strings.ToLower(r.KeyState), k.mechanism, k.signer.Public()),
		key:     k.signer,
	}
	text, err := certreq(r, k, f)
	if err != nil {
		return "", err
	}
	if text != "" {
		n.payload = append(n.payload[:len(n.payload)-1:len(n.payload)-1], member{"certreq", text}, n.payload[len(n.payload)-1])
	}
	if err := n.forge(f); err != nil {
		return "", err
	}
	return n.sign(f)
}

// certreq is the request of a key, made from the template; "" where there is none.
func certreq(r *keyGenRequest, k *deviceKey, f Forge) (string, error) {
	template, err := readTemplate(r.CertReq)
	if err != nil || template == nil || f == ForgeNoRequest {
		return "", err
	}
	template.key = spki(k.signer.Public())
	return forgedRequest(f, *template, k.signer, r.CertReq)
}

// boxURL is the address of a mailbox.
func (s *Server) boxURL(bid string) string {
	return fmt.Sprintf("https://%s%s/ms/%s", s.host, basePath, bid)
}
