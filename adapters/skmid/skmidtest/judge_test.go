package skmidtest_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"math/big"
	"net/http"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/skmid/skmidtest"
	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/internal/strictjson"
)

// judgement is a relying party that looks at everything, with nothing of this module but what tells duplicate members and
// the mark: what it says of an answer is the first thing that is wrong with it.
type judgement struct {
	srv      *skmidtest.Server
	kind     string // the session's
	hashType crypto.Hash
	hash     []byte
	country  string
	code     string // as the certificate writes it
}

func usual(srv *skmidtest.Server, kind string) judgement {
	return judgement{srv, kind, crypto.SHA256, digest[:], "EE", code}
}

// document judges what any answer can have wrong.
func document(a *answer) string {
	switch {
	case a.status != http.StatusOK:
		return "http"
	case len(a.body) > 1<<20:
		return "size"
	case strictjson.Check(a.body) != nil:
		return "json"
	}
	return ""
}

// session judges the status of a session; the certificate of a signature comes from elsewhere.
func (j judgement) session(a *answer, signing *x509.Certificate) string {
	if bad := document(a); bad != "" {
		return bad
	}
	switch {
	case a.State != "COMPLETE":
		return "state"
	case a.Result == nil || *a.Result != "OK":
		return "result"
	case a.Signature == nil:
		return "no signature"
	}
	cert := signing
	if j.kind == authentication {
		var bad string
		if cert, bad = parse(a.Cert); bad != "" {
			return bad
		}
	}
	if bad := j.certificate(cert); bad != "" {
		return bad
	}
	value, err := base64.StdEncoding.Strict().DecodeString(a.Signature.Value)
	if err != nil {
		return "base64"
	}
	return j.signature(cert, a.Signature.Algorithm, value)
}

func parse(text string) (*x509.Certificate, string) {
	if text == "" {
		return nil, "no certificate"
	}
	der, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, "base64"
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, "certificate"
	}
	return cert, ""
}

// certificate judges whether a certificate is this person's, for this purpose, now.
func (j judgement) certificate(cert *x509.Certificate) string {
	if err := verifyChain(j.srv, cert); err != nil {
		return "chain"
	}
	usage := x509.KeyUsageDigitalSignature
	if j.kind == signature {
		usage = x509.KeyUsageContentCommitment
	}
	switch {
	case !simulated.Marked(cert):
		return "mark"
	case cert.KeyUsage&usage == 0:
		return "usage"
	}
	return j.identity(cert)
}

// verifyChain trusts the issuing CAs themselves, as SK's own clients do.
func verifyChain(srv *skmidtest.Server, cert *x509.Certificate) error {
	pool := x509.NewCertPool()
	for _, ca := range srv.Anchors().Intermediates() {
		pool.AddCert(ca)
	}
	_, err := cert.Verify(x509.VerifyOptions{Roots: pool, CurrentTime: time.Now(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	return err
}

func (j judgement) identity(cert *x509.Certificate) string {
	var serials, countries []string
	for _, n := range cert.Subject.Names {
		value, _ := n.Value.(string)
		switch n.Type.String() {
		case "2.5.4.5":
			serials = append(serials, value)
		case "2.5.4.6":
			countries = append(countries, value)
		}
	}
	if len(serials) != 1 || len(countries) != 1 {
		return "attributes"
	}
	person := serials[0]
	if prefix, rest, ok := strings.Cut(person, "-"); ok && strings.HasPrefix(prefix, "PNO") {
		if prefix != "PNO"+countries[0] {
			return "contradiction"
		}
		person = rest
	}
	switch {
	case countries[0] != j.country:
		return "country"
	case person != j.code:
		return "person"
	}
	return ""
}

// signature judges an EC value of r and s side by side, or in strict DER, and an RSA value.
func (j judgement) signature(cert *x509.Certificate, algorithm string, value []byte) string {
	prefix := strings.ReplaceAll(j.hashType.String(), "-", "") + "With"
	switch key := cert.PublicKey.(type) {
	case *ecdsa.PublicKey:
		if !strings.EqualFold(algorithm, prefix+"ECEncryption") {
			return "algorithm"
		}
		r, s, ok := split(value, (key.Params().BitSize+7)/8)
		if !ok {
			return "encoding"
		}
		if !ecdsa.Verify(key, j.hash, r, s) {
			return "signature"
		}
	case *rsa.PublicKey:
		if !strings.EqualFold(algorithm, prefix+"RSAEncryption") {
			return "algorithm"
		}
		if len(value) != key.Size() {
			return "encoding"
		}
		if rsa.VerifyPKCS1v15(key, j.hashType, j.hash, value) != nil {
			return "signature"
		}
	default:
		return "key"
	}
	return ""
}

func split(value []byte, size int) (r, s *big.Int, ok bool) {
	if len(value) == 2*size {
		return new(big.Int).SetBytes(value[:size]), new(big.Int).SetBytes(value[size:]), true
	}
	var pair struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(value, &pair)
	if err != nil || len(rest) > 0 {
		return nil, nil, false
	}
	again, err := asn1.Marshal(pair)
	return pair.R, pair.S, err == nil && bytes.Equal(again, value)
}

// certificateOf asks for the signing certificate and expects one.
func (c *caller) certificateOf(b body) *x509.Certificate {
	c.t.Helper()
	a := c.post("/certificate", b)
	require.Equal(c.t, "OK", a.result(c.t))
	cert, bad := parse(a.Cert)
	require.Empty(c.t, bad)
	return cert
}

// authCertificate has a session and returns the certificate that came with it.
func (c *caller) authCertificate(b body) *x509.Certificate {
	c.t.Helper()
	a := c.outcome(authentication, b)
	require.Equal(c.t, "OK", a.result(c.t))
	cert, bad := parse(a.Cert)
	require.Empty(c.t, bad)
	return cert
}

// judge has a session of a kind and judges it.
func (c *caller) judge(kind string) string {
	c.t.Helper()
	var cert *x509.Certificate
	if kind == signature {
		a := c.post("/certificate", c.ask())
		if bad := document(a); bad != "" {
			return bad
		}
		if a.Result == nil || *a.Result != "OK" {
			return "result"
		}
		var bad string
		if cert, bad = parse(a.Cert); bad != "" {
			return bad
		}
	}
	path := c.start(kind, c.ask())
	return usual(c.srv, kind).session(c.get(path), cert)
}
