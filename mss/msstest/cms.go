package msstest

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha1"
	"encoding/asn1"
	"fmt"
	"slices"
	"time"

	"github.com/gomss/gomss/internal/cms/cmstest"
)

// sign makes the CMS of a person over a text, or the forged one that the person is scripted for. Signatures of one
// person are made one after the other, each remembered for ForgeReplay.
func (sub *subscriber) sign(p *pki, person Person, method Method, text string) ([]byte, error) {
	sub.signing.Lock()
	defer sub.signing.Unlock()
	if person.Forge == ForgeReplay && sub.lastCMS != nil {
		return sub.lastCMS, nil
	}
	text = person.Forge.text(text)
	cred, err := sub.credential(p, kindOf(person, method))
	if err != nil {
		return nil, fmt.Errorf("msstest: certificate: %w", err)
	}
	options := cred.options(person.Form)
	if person.Forge == ForgeSHA1 {
		weaken(&options, []byte(text), cred.Key)
	}
	sub.lastCMS, err = cmstest.Sign([]byte(text), cred.Signer, options)
	return sub.lastCMS, err
}

// options are how a message is made in a form.
func (c *credential) options(form Form) cmstest.Options {
	if form == BER {
		return cmstest.Options{Form: cmstest.BER, Certificates: c.issuers}
	}
	// A signing time counts in seconds, and a simulated person can sign several times in one of them. Without a nonce the
	// signed attributes would be the same, and look like a replay.
	nonce := make([]byte, 8)
	rand.Read(nonce)
	return cmstest.Options{
		Form:       cmstest.DER,
		Attributes: []cmstest.Attribute{{Type: oidRandomNonce, Value: cmstest.TLV(0x04, nonce)}},
	}
}

var oidRandomNonce = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 25, 3} // RFC 2985 5.3.4

// credential returns the person's credential of a kind, issued at the first use.
func (sub *subscriber) credential(p *pki, k kind) (*credential, error) {
	if c, ok := sub.credentials[k]; ok {
		return c, nil
	}
	c, err := p.credential(k, time.Now())
	if err != nil {
		return nil, err
	}
	sub.credentials[k] = c
	return c, nil
}

// Identifiers in DER.
var (
	derMessageDigest  = []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04} // 1.2.840.113549.1.9.4
	derSHA1           = []byte{0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a}                         // 1.3.14.3.2.26
	derECDSAWithSHA1  = []byte{0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01}             // 1.2.840.10045.4.1
	derNullParameters = []byte{0x05, 0x00}
)

// weaken replaces SHA-256 by SHA-1 in all places of a message. It is consistent: nothing but policy is against it.
func weaken(o *cmstest.Options, content []byte, key crypto.Signer) {
	o.BeforeSign = func(p *cmstest.Parts) {
		p.DigestAlgorithm = cmstest.TLV(0x30, derSHA1, derNullParameters)
		p.Digests = [][]byte{p.DigestAlgorithm}
		if _, ok := key.(*ecdsa.PrivateKey); ok {
			p.SignatureAlgorithm = cmstest.TLV(0x30, derECDSAWithSHA1)
		}
		digest := sha1.Sum(content)
		for i, a := range p.Attributes {
			if bytes.Contains(a, derMessageDigest) {
				p.Attributes[i] = cmstest.TLV(0x30, derMessageDigest, cmstest.TLV(0x31, cmstest.TLV(0x04, digest[:])))
			}
		}
		slices.SortFunc(p.Attributes, bytes.Compare) // SET OF in DER
	}
	o.AfterSign = func(p *cmstest.Parts) {
		digest := sha1.Sum(cmstest.TLV(0x31, p.Attributes...))
		if signature, err := key.Sign(rand.Reader, digest[:], crypto.SHA1); err == nil { // a key in memory signs
			p.Signature = signature
		}
	}
}
