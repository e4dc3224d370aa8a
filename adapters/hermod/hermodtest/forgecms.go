package hermodtest

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"time"

	"github.com/gomss/gomss/internal/cms/cmstest"
)

var (
	oidSHA1          = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
	oidMessageDigest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
)

// cms signs text in a CMS SignedData with the text in it, in standard Base64.
func (s *Server) cms(tbs []byte, k *deviceKey, f Forge) (string, error) {
	signer := cmstest.Signer{Certificate: k.cert, Key: k.signer}
	other, err := s.somebodyElse(k.kind)
	if err != nil {
		return "", err
	}
	switch f {
	case ForgeOtherKey:
		signer.Key = other.Key
	case ForgeOtherUser:
		signer = other
	case ForgeSameKey, ForgeOtherCA, ForgeUnmarked, ForgeExpired:
		if signer.Certificate, err = s.pki.forgedUser(f, k.cert); err != nil {
			return "", err
		}
	}
	o := cmstest.Options{SigningTime: s.options.Now()}
	o.BeforeSign = func(p *cmstest.Parts) { forgeParts(f, p, tbs) }
	o.AfterSign = func(p *cmstest.Parts) { forgeSigned(f, p, signer.Key) }
	text, err := cmstest.Sign(tbs, signer, o)
	if f == ForgeTrailing {
		text = append(text, 0)
	}
	return base64.StdEncoding.EncodeToString(text), err
}

// forgeParts spoils what is signed.
func forgeParts(f Forge, p *cmstest.Parts, tbs []byte) {
	switch f {
	case ForgeDigest:
		sum := sha256.Sum256([]byte("another text"))
		setDigest(p, sum[:])
	case ForgeNoAttributes:
		p.Attributes = nil
	case ForgeSHA1:
		id := der(pkix.AlgorithmIdentifier{Algorithm: oidSHA1, Parameters: asn1.NullRawValue})
		p.Digests, p.DigestAlgorithm = [][]byte{id}, id
		sum := sha1.Sum(tbs)
		setDigest(p, sum[:])
	}
}

// setDigest replaces the messageDigest attribute (RFC 5652 11.2).
func setDigest(p *cmstest.Parts, sum []byte) {
	oid := der(oidMessageDigest)
	for i, a := range p.Attributes {
		if bytes.Contains(a, oid) {
			p.Attributes[i] = cmstest.Attribute{Type: oidMessageDigest, Value: cmstest.TLV(0x04, sum)}.Encode()
		}
	}
}

// forgeSigned spoils what is around it.
func forgeSigned(f Forge, p *cmstest.Parts, key crypto.Signer) {
	switch f {
	case ForgeSignature:
		p.Signature = flipBit(p.Signature)
	case ForgeSHA1:
		sum := sha1.Sum(cmstest.TLV(0x31, p.Attributes...))
		if value, err := key.Sign(rand.Reader, sum[:], crypto.SHA1); err == nil {
			p.Signature = value
		}
	case ForgeDetached:
		p.Content = nil
	case ForgeNoCertificate:
		p.Certificates = nil
	case ForgeTwoSigners:
		p.SignerInfos = [][]byte{p.SignerInfo(), p.SignerInfo()}
	case ForgeNoSigner:
		p.SignerInfos = [][]byte{}
	}
}

// forgedUser issues another certificate for the key of one.
func (p *pki) forgedUser(f Forge, genuine *x509.Certificate) (*x509.Certificate, error) {
	t := p.userTemplate(genuine.RawSubject)
	issuer, certify := p.root, p.sign
	var err error
	switch f {
	case ForgeSameKey:
		t.RawSubject = subject("somebody.else")
	case ForgeExpired, ForgeIssuedExpired:
		t.NotBefore, t.NotAfter = p.made.Add(-lifetime), p.made.Add(-time.Hour)
	case ForgeIssuedNotYet:
		t.NotBefore = p.made.Add(lifetime - 24*time.Hour)
	case ForgeUnmarked, ForgeIssuedUnmarked:
		certify = signUnmarked
	case ForgeOtherCA, ForgeIssuedOtherCA:
		issuer, err = issueEC(p.authority(), cmstest.Signer{})
	case ForgeIssuedCA:
		t.IsCA, t.KeyUsage = true, t.KeyUsage|x509.KeyUsageCertSign
	}
	if err != nil {
		return nil, err
	}
	return certify(t, issuer.Certificate, issuer.Key, genuine.PublicKey)
}
