package cmstest

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.mozilla.org/pkcs7"
)

// Signer is a certificate with its key.
type Signer struct {
	Certificate *x509.Certificate
	Key         crypto.Signer
}

// Form is the encoding of a message.
type Form int

const (
	// DER has definite lengths and a signing time (now), as the service sent
	// until about 2015.
	DER Form = iota
	// BER has indefinite outer layers and certificate bag around definite
	// values, NULL parameters with ECDSA, a random nonce attribute and no
	// signing time, as the service sends today.
	BER
)

// Options say how a message is made. The zero value is a DER message with
// SHA-256 and the signer's certificate alone.
type Options struct {
	Form         Form
	Certificates []*x509.Certificate // behind the signer's, in this order
	Hash         crypto.Hash         // SHA-256 (also 0), SHA-384 or SHA-512
	PSS          bool                // RSASSA-PSS instead of PKCS #1 v1.5
	KeyID        bool                // subjectKeyIdentifier, SignerInfo version 3
	Segment      int                 // BER: content in OCTET STRINGs of so many octets
	SigningTime  time.Time           // claimed; zero: see Form
	Attributes   []Attribute         // further signed attributes

	// BeforeSign and AfterSign may change the parts of the message, to break it.
	BeforeSign, AfterSign func(*Parts)
}

// Attribute is a signed attribute with one value, in DER.
type Attribute struct {
	Type  asn1.ObjectIdentifier
	Value []byte
}

// Object identifiers of RFC 5652, RFC 2985, RFC 5754 and RFC 4055.
var (
	oidData          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidContentType   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningTime   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}
	oidRandomNonce   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 25, 3}
	oidRSA           = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidMGF1          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8}
	oidPSS           = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
)

// algorithms are the identifiers that depend on the digest.
type algorithms struct{ digest, ecdsa asn1.ObjectIdentifier }

func algorithmsOf(h crypto.Hash) (algorithms, error) {
	var last int
	switch h {
	case crypto.SHA256:
		last = 1
	case crypto.SHA384:
		last = 2
	case crypto.SHA512:
		last = 3
	default:
		return algorithms{}, fmt.Errorf("cmstest: digest %v, want SHA-256, SHA-384 or SHA-512", h)
	}
	return algorithms{
		digest: asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, last},
		ecdsa:  asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, last + 1},
	}, nil
}

// Sign signs content.
func Sign(content []byte, s Signer, o Options) ([]byte, error) {
	if s.Certificate == nil || s.Key == nil {
		return nil, errors.New("cmstest: Signer without certificate or key")
	}
	if o.Segment != 0 && o.Form != BER {
		return nil, errors.New("cmstest: Options.Segment needs the form BER")
	}
	if o.Hash == 0 {
		o.Hash = crypto.SHA256
	}
	ids, err := algorithmsOf(o.Hash)
	if err != nil {
		return nil, err
	}
	if o.pkcs7(s.Key) {
		return signPKCS7(content, s, o, ids)
	}
	p, err := newParts(content, s, o, ids)
	if err != nil {
		return nil, err
	}
	if o.BeforeSign != nil {
		o.BeforeSign(p)
	}
	if p.Signature, err = sign(s.Key, o, p.signed()); err != nil {
		return nil, err
	}
	if o.AfterSign != nil {
		o.AfterSign(p)
	}
	if o.Form == BER {
		return p.ber(o.Segment), nil
	}
	return p.der(), nil
}

// pkcs7 tells whether package pkcs7 can make the message.
func (o Options) pkcs7(key crypto.Signer) bool {
	switch key.(type) { // pkcs7 chooses the algorithm by the type of the key
	case *rsa.PrivateKey, *ecdsa.PrivateKey:
		return o.Form == DER && !o.PSS && !o.KeyID && o.SigningTime.IsZero() && o.BeforeSign == nil && o.AfterSign == nil
	}
	return false
}

// signPKCS7 has package pkcs7 make the message. The certificates are added one by
// one, because a list of parents would have to be a valid path.
func signPKCS7(content []byte, s Signer, o Options, ids algorithms) ([]byte, error) {
	sd, err := pkcs7.NewSignedData(content)
	if err != nil {
		return nil, fmt.Errorf("cmstest: %w", err)
	}
	sd.SetDigestAlgorithm(ids.digest)
	var config pkcs7.SignerInfoConfig
	for _, a := range o.Attributes {
		config.ExtraSignedAttributes = append(config.ExtraSignedAttributes, pkcs7.Attribute{
			Type: a.Type, Value: asn1.RawValue{FullBytes: a.Value},
		})
	}
	if err := sd.AddSigner(s.Certificate, s.Key, config); err != nil {
		return nil, fmt.Errorf("cmstest: %w", err)
	}
	for _, c := range o.Certificates {
		sd.AddCertificate(c)
	}
	return sd.Finish()
}

// newParts collects the parts of a message but for the signature.
func newParts(content []byte, s Signer, o Options, ids algorithms) (*Parts, error) {
	p := &Parts{
		Version:         1,
		Digests:         [][]byte{algorithmIdentifier(ids.digest, null)},
		ContentType:     oidData,
		Content:         content,
		Certificates:    [][]byte{s.Certificate.Raw},
		SignerVersion:   1,
		SignerID:        TLV(0x30, s.Certificate.RawIssuer, der(s.Certificate.SerialNumber)),
		DigestAlgorithm: algorithmIdentifier(ids.digest, null),
	}
	for _, c := range o.Certificates {
		p.Certificates = append(p.Certificates, c.Raw)
	}
	if o.KeyID {
		p.Version, p.SignerVersion = 3, 3
		p.SignerID = TLV(0x80, s.Certificate.SubjectKeyId)
	}
	h := o.Hash.New()
	h.Write(content)
	attributes := append([]Attribute{
		{oidContentType, der(oidData)},
		{oidMessageDigest, TLV(0x04, h.Sum(nil))},
	}, o.Attributes...)
	if o.Form == BER {
		nonce := make([]byte, 8)
		if _, err := rand.Read(nonce); err != nil {
			return nil, fmt.Errorf("cmstest: %w", err)
		}
		attributes = append(attributes, Attribute{oidRandomNonce, TLV(0x04, nonce)})
	}
	switch {
	case !o.SigningTime.IsZero():
		attributes = append(attributes, Attribute{oidSigningTime, der(o.SigningTime.UTC())})
	case o.Form == DER:
		attributes = append(attributes, Attribute{oidSigningTime, der(time.Now().UTC())})
	}
	// DER sorts the members of a SET OF by their encodings (X.690 11.6).
	for _, a := range attributes {
		p.Attributes = append(p.Attributes, a.Encode())
	}
	slices.SortFunc(p.Attributes, bytes.Compare)

	switch key := s.Key.Public().(type) {
	case *ecdsa.PublicKey:
		// RFC 5754 3.3 wants no parameters; the genuine service writes NULL.
		p.SignatureAlgorithm = algorithmIdentifier(ids.ecdsa, null)
	case *rsa.PublicKey:
		p.SignatureAlgorithm = algorithmIdentifier(oidRSA, null)
		if o.PSS {
			p.SignatureAlgorithm = algorithmIdentifier(oidPSS, PSSParameters(o.Hash, o.Hash, o.Hash.Size()))
		}
	default:
		return nil, fmt.Errorf("cmstest: key of type %T, want RSA or ECDSA", key)
	}
	return p, nil
}

// sign signs the octets with the key.
func sign(key crypto.Signer, o Options, signed []byte) ([]byte, error) {
	h := o.Hash.New()
	h.Write(signed)
	var options crypto.SignerOpts = o.Hash // PKCS #1 v1.5 or ECDSA
	if o.PSS {
		options = &rsa.PSSOptions{Hash: o.Hash, SaltLength: rsa.PSSSaltLengthEqualsHash}
	}
	signature, err := key.Sign(rand.Reader, h.Sum(nil), options)
	if err != nil {
		return nil, fmt.Errorf("cmstest: %w", err)
	}
	return signature, nil
}
