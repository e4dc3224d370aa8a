package hermodtest_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"math/big"
	"time"

	"github.com/gomss/gomss/adapters/hermod/hermodtest"
	"github.com/gomss/gomss/internal/simulated"
)

// Of RFC 5652 what the judge looks at.
type signedData struct {
	Version int
	Digests []pkix.AlgorithmIdentifier `asn1:"set"`
	Encap   struct {
		Type    asn1.ObjectIdentifier
		Content []byte `asn1:"explicit,optional,tag:0"`
	}
	Certificates asn1.RawValue `asn1:"optional,tag:0"`
	Signers      []signerInfo  `asn1:"set"`
}

type signerInfo struct {
	Version int
	ID      struct {
		Issuer asn1.RawValue
		Serial *big.Int
	}
	Digest     pkix.AlgorithmIdentifier
	Attributes asn1.RawValue `asn1:"optional,tag:0"`
	Algorithm  pkix.AlgorithmIdentifier
	Signature  []byte
}

func (g *genuine) judgeCMS(text string, v *verdict) {
	der, err := base64.StdEncoding.Strict().DecodeString(text)
	if !v.unless(err == nil, "encoding") {
		return
	}
	var info struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue `asn1:"explicit,tag:0"`
	}
	rest, err := asn1.Unmarshal(der, &info)
	var data signedData
	if !v.unless(err == nil && len(rest) == 0, "form") {
		return
	}
	if _, err := asn1.Unmarshal(info.Content.Bytes, &data); !v.unless(err == nil, "form") {
		return
	}
	v.unless(string(data.Encap.Content) == g.tbs, "payload")
	g.judgeBag(data.Certificates.Bytes, v)
	if !v.unless(len(data.Signers) == 1, "signers") {
		if len(data.Signers) == 0 {
			return
		}
	}
	g.judgeSigner(&data.Signers[0], v)
}

func (g *genuine) judgeBag(bag []byte, v *verdict) {
	certs, err := x509.ParseCertificates(bag)
	if !v.unless(err == nil && len(certs) == 1, "certificates") {
		return
	}
	c := certs[0]
	v.unless(bytes.Equal(c.Raw, g.cert.Raw), "certificate")
	v.unless(bytes.Equal(c.RawSubject, g.cert.RawSubject), "subject")
	v.unless(simulated.Marked(c), "mark")
	v.unless(c.NotAfter.After(g.c.srv.Config().Now()), "validity")
	pool := x509.NewCertPool()
	pool.AddCert(g.c.srv.Anchors().Roots()[0])
	_, err = c.Verify(x509.VerifyOptions{Roots: pool, CurrentTime: c.NotBefore.Add(1), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	v.unless(err == nil, "chain")
}

func (g *genuine) judgeSigner(s *signerInfo, v *verdict) {
	v.unless(s.Digest.Algorithm.Equal(asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}), "digest algorithm")
	if !v.unless(len(s.Attributes.FullBytes) > 0, "attributes") {
		return
	}
	signed := append([]byte{0x31}, s.Attributes.FullBytes[1:]...)
	sum := sha256.Sum256([]byte(g.tbs))
	v.unless(bytes.Contains(signed, sum[:]), "message digest")
	input := sha256.Sum256(signed)
	valid := false
	switch key := g.key.(type) {
	case *rsa.PublicKey:
		valid = rsa.VerifyPKCS1v15(key, crypto.SHA256, input[:], s.Signature) == nil
	case *ecdsa.PublicKey:
		valid = ecdsa.VerifyASN1(key, input[:], s.Signature)
	}
	v.unless(valid, "signature")
}

// judgeIssued judges what a CA made of a request.
func judgeIssued(srv *hermodtest.Server, csr *x509.CertificateRequest, c *x509.Certificate) (v verdict) {
	now := time.Now()
	v.unless(c.PublicKey.(*rsa.PublicKey).Equal(csr.PublicKey), "key")
	v.unless(bytes.Equal(c.RawSubject, csr.RawSubject), "subject")
	v.unless(now.After(c.NotBefore) && now.Before(c.NotAfter), "validity")
	v.unless(!c.IsCA, "authority")
	v.unless(simulated.Marked(c), "mark")
	v.unless(c.CheckSignatureFrom(srv.Anchors().Roots()[0]) == nil, "issuer")
	return v
}
