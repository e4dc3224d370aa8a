package bankid_test

import (
	"crypto"
	"crypto/rand"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"
	"time"

	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/stretchr/testify/require"
)

// ocspDraft is an OCSP answer in the making (RFC 6960 clause 4.2.1). golang.org/x/crypto/ocsp writes none with a nonce.
type ocspDraft struct {
	issuer    *x509.Certificate // that the answer is about
	serial    *big.Int
	responder cmstest.Signer
	included  [][]byte // certificates; nil: the responder's

	producedAt, thisUpdate time.Time
	status                 asn1.RawValue
	outer                  int
	extensions             []pkix.Extension
	hash                   crypto.Hash
	algorithm              asn1.ObjectIdentifier
	parameters             asn1.RawValue
	entries                int
	trailing               []byte // behind the last member of the outermost SEQUENCE's
	spoil                  bool   // the signature value
}

var (
	ocspNonceID  = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 2}
	statusGood   = asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0}
	statusLost   = asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 2}
	withSHA256   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}
	withSHA1     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 5}
	ocspBasicOID = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}
)

func statusRevoked(t testing.TB) asn1.RawValue {
	at, err := asn1.MarshalWithParams(signedAt.Add(-time.Hour), "generalized")
	require.NoError(t, err)
	return asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 1, IsCompound: true, Bytes: at}
}

// nonceFor begins with the SHA-1 of a text.
func nonceFor(text string) []byte {
	sum := sha1.Sum([]byte(text))
	return append(sum[:], "twelve more."...)
}

// answer is the answer that BankID would give.
func (b *bank) answer(person *x509.Certificate, text string) *ocspDraft {
	return &ocspDraft{
		issuer: b.customer.Certificate, serial: person.SerialNumber, responder: b.responder, producedAt: signedAt, thisUpdate: signedAt,
		status: statusGood, extensions: []pkix.Extension{{Id: ocspNonceID, Critical: true, Value: nonceFor(text)}},
		hash: crypto.SHA1, algorithm: withSHA256, parameters: asn1.NullRawValue, entries: 1,
	}
}

func (o *ocspDraft) der(t testing.TB) []byte {
	t.Helper()
	type algorithm struct {
		Algorithm  asn1.ObjectIdentifier
		Parameters asn1.RawValue `asn1:"optional"`
	}
	type id struct {
		Hash      algorithm
		Name, Key []byte
		Serial    *big.Int
	}
	type entry struct {
		ID     id
		Status asn1.RawValue
		This   time.Time `asn1:"generalized"`
	}
	type data struct {
		Responder  asn1.RawValue
		ProducedAt time.Time `asn1:"generalized"`
		Entries    []entry
		Extensions []pkix.Extension `asn1:"explicit,tag:1,optional"`
	}
	type basic struct {
		Data         asn1.RawValue
		Algorithm    algorithm
		Signature    asn1.BitString
		Certificates []asn1.RawValue `asn1:"explicit,tag:0,optional"`
	}
	type inner struct {
		Type     asn1.ObjectIdentifier
		Response []byte
	}
	encode := func(v any) []byte {
		der, err := asn1.Marshal(v)
		require.NoError(t, err)
		return der
	}
	digest := func(h crypto.Hash, b []byte) []byte {
		w := h.New()
		w.Write(b)
		return w.Sum(nil)
	}
	var key struct {
		Algorithm asn1.RawValue
		Key       asn1.BitString
	}
	_, err := asn1.Unmarshal(o.issuer.RawSubjectPublicKeyInfo, &key)
	require.NoError(t, err)
	hashOID := asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
	if o.hash == crypto.SHA256 {
		hashOID = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	}
	e := entry{id{algorithm{hashOID, asn1.NullRawValue}, digest(o.hash, o.issuer.RawSubject), digest(o.hash, key.Key.Bytes), o.serial}, o.status, o.thisUpdate}
	d := data{
		Responder:  asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 1, IsCompound: true, Bytes: o.responder.Certificate.RawSubject},
		ProducedAt: o.producedAt, Extensions: o.extensions,
	}
	for range o.entries {
		d.Entries = append(d.Entries, e)
	}
	tbs := encode(d)
	h := crypto.SHA256
	if o.algorithm.Equal(withSHA1) {
		h = crypto.SHA1
	}
	value, err := o.responder.Key.Sign(rand.Reader, digest(h, tbs), h)
	require.NoError(t, err)
	if o.spoil {
		value[0] ^= 1
	}
	b := basic{asn1.RawValue{FullBytes: tbs}, algorithm{o.algorithm, o.parameters}, asn1.BitString{Bytes: value, BitLength: 8 * len(value)}, nil}
	if o.included == nil {
		o.included = [][]byte{o.responder.Certificate.Raw}
	}
	for _, c := range o.included {
		b.Certificates = append(b.Certificates, asn1.RawValue{FullBytes: c})
	}
	type response struct {
		Status asn1.Enumerated
		Bytes  inner `asn1:"explicit,tag:0"`
	}
	if o.trailing == nil {
		return encode(response{asn1.Enumerated(o.outer), inner{ocspBasicOID, encode(b)}})
	}
	type more struct {
		Status asn1.Enumerated
		Bytes  inner `asn1:"explicit,tag:0"`
		More   []byte
	}
	return encode(more{asn1.Enumerated(o.outer), inner{ocspBasicOID, encode(b)}, o.trailing})
}
