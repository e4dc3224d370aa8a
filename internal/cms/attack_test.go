package cms_test

import (
	"bytes"
	"crypto"
	"encoding/asn1"
	"slices"
	"testing"
	"time"

	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/stretchr/testify/require"
	"go.mozilla.org/pkcs7"
)

var (
	oidContentType   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningTime   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}
	oidDataValue     = cmstest.TLV(0x06, []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"))
)

// attribute encodes a signed attribute with any number of values.
func attribute(oid asn1.ObjectIdentifier, values ...[]byte) []byte {
	typ, err := asn1.Marshal(oid)
	if err != nil {
		panic(err)
	}
	return cmstest.TLV(0x30, typ, cmstest.TLV(0x31, values...))
}

// replace puts attributes in the place of those with the type, in DER order.
func replace(p *cmstest.Parts, oid asn1.ObjectIdentifier, with ...[]byte) {
	typ, err := asn1.Marshal(oid)
	if err != nil {
		panic(err)
	}
	p.Attributes = slices.DeleteFunc(p.Attributes, func(a []byte) bool { return bytes.Contains(a[:4+len(typ)], typ) })
	p.Attributes = append(p.Attributes, with...)
	slices.SortFunc(p.Attributes, bytes.Compare)
}

// digestOf is the value of a message digest attribute.
func digestOf(h crypto.Hash, content []byte) []byte {
	d := h.New()
	d.Write(content)
	return cmstest.TLV(0x04, d.Sum(nil))
}

// TestAttacks breaks one thing at a time and signs the result: what is refused
// here is not refused for its signature.
func TestAttacks(t *testing.T) {
	t.Parallel()
	k := testKeys()
	tests := map[string]struct {
		user        crypto.Signer // nil: P-256
		options     cmstest.Options
		before      func(*cmstest.Parts)
		after       func(*cmstest.Parts)
		check, want string
	}{
		"no signed attributes": {before: func(p *cmstest.Parts) { p.Attributes = nil },
			check: "attributes", want: "no signed attributes"},
		"content type attribute of another type": {before: func(p *cmstest.Parts) {
			replace(p, oidContentType, attribute(oidContentType, cmstest.TLV(0x06, []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x04"))))
		}, check: "attributes", want: "content type attribute"},
		"no content type attribute": {before: func(p *cmstest.Parts) { replace(p, oidContentType) },
			check: "attributes", want: "content type attribute is missing"},
		"two values of content type": {before: func(p *cmstest.Parts) {
			replace(p, oidContentType, attribute(oidContentType, oidDataValue, oidDataValue))
		}, check: "attributes", want: "content type attribute is not exactly"},
		"content that is not data": {before: func(p *cmstest.Parts) {
			p.ContentType = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
		}, check: "structure", want: "eContentType is not data"},
		"no message digest": {before: func(p *cmstest.Parts) { replace(p, oidMessageDigest) },
			check: "attributes", want: "message digest attribute is missing"},
		"two message digest attributes": {before: func(p *cmstest.Parts) {
			replace(p, oidMessageDigest, attribute(oidMessageDigest, digestOf(crypto.SHA256, text)),
				attribute(oidMessageDigest, digestOf(crypto.SHA256, []byte("other"))))
		}, check: "attributes", want: "repeats the type"},
		"two values of message digest": {before: func(p *cmstest.Parts) {
			replace(p, oidMessageDigest, attribute(oidMessageDigest, digestOf(crypto.SHA256, text), digestOf(crypto.SHA256, []byte("other"))))
		}, check: "attributes", want: "message digest attribute is not exactly"},
		"empty message digest": {before: func(p *cmstest.Parts) {
			replace(p, oidMessageDigest, attribute(oidMessageDigest, cmstest.TLV(0x04)))
		}, check: "attributes", want: "message digest attribute is not exactly"},
		"message digest of other content": {before: func(p *cmstest.Parts) {
			replace(p, oidMessageDigest, attribute(oidMessageDigest, digestOf(crypto.SHA256, []byte("other"))))
		}, check: "digest", want: "not the digest of the content"},
		"message digest by another algorithm": {before: func(p *cmstest.Parts) {
			replace(p, oidMessageDigest, attribute(oidMessageDigest, digestOf(crypto.SHA512, text)))
		}, check: "digest", want: "not the digest of the content"},
		"attribute without values": {before: func(p *cmstest.Parts) { replace(p, oidContentType, attribute(oidContentType)) },
			check: "attributes", want: "not a type with values"},
		"attribute with a field too many": {before: func(p *cmstest.Parts) {
			replace(p, oidContentType, cmstest.TLV(0x30, []byte("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03"), cmstest.TLV(0x31, oidDataValue), []byte{5, 0}))
		}, check: "attributes", want: "not a type with values"},
		"attributes not sorted": {before: func(p *cmstest.Parts) { slices.Reverse(p.Attributes) },
			check: "attributes", want: "not sorted"},
		"an attribute twice": {before: func(p *cmstest.Parts) { p.Attributes = append(p.Attributes, p.Attributes[len(p.Attributes)-1]) },
			check: "attributes", want: "not sorted"},
		"a type of attribute twice": {options: cmstest.Options{Attributes: []cmstest.Attribute{
			{Type: asn1.ObjectIdentifier{2, 999, 7}, Value: cmstest.TLV(0x13, []byte("x"))},
			{Type: asn1.ObjectIdentifier{2, 999, 7}, Value: cmstest.TLV(0x13, []byte("y"))}}},
			check: "attributes", want: "repeats the type"},
		"seventeen attributes": {before: func(p *cmstest.Parts) {
			for i := range 15 {
				p.Attributes = append(p.Attributes, attribute(asn1.ObjectIdentifier{2, 999, 10 + i}, []byte{5, 0}))
			}
			slices.SortFunc(p.Attributes, bytes.Compare)
		}, check: "attributes", want: "more than 16"},
		"signing time 200 days old": {options: cmstest.Options{SigningTime: now.AddDate(0, 0, -200)},
			check: "attributes", want: "an old signature"},
		"signing time in the last century": {before: func(p *cmstest.Parts) {
			replace(p, oidSigningTime, attribute(oidSigningTime, cmstest.TLV(0x17, []byte("500302010203Z"))))
		}, check: "attributes", want: "the claimed signing time 1950-03-02T01:02:03Z"},
		"signing time in the next century": {before: func(p *cmstest.Parts) {
			replace(p, oidSigningTime, attribute(oidSigningTime, cmstest.TLV(0x18, []byte("21550302010203Z"))))
		}, check: "attributes", want: "the claimed signing time 2155-03-02T01:02:03Z"},
		"signing time tomorrow": {options: cmstest.Options{SigningTime: now.Add(25 * time.Hour)},
			check: "attributes", want: "more than 24h"},
		"signing time with a fraction": {before: func(p *cmstest.Parts) {
			replace(p, oidSigningTime, attribute(oidSigningTime, cmstest.TLV(0x18, []byte(now.Format("20060102150405.5Z")))))
		}, check: "attributes", want: "signing time attribute"},
		"two signing times": {before: func(p *cmstest.Parts) {
			v := cmstest.TLV(0x18, []byte(now.Format("20060102150405Z")))
			replace(p, oidSigningTime, attribute(oidSigningTime, v, v))
		}, check: "attributes", want: "signing time attribute"},

		"SignedData version 0":     {before: func(p *cmstest.Parts) { p.Version = 0 }, check: "structure", want: "SignedData.version"},
		"SignedData version 5":     {before: func(p *cmstest.Parts) { p.Version = 5 }, check: "structure", want: "SignedData.version"},
		"version 3 without key id": {before: func(p *cmstest.Parts) { p.SignerVersion = 3 }, check: "structure", want: "SignerInfo.sid"},
		"version 1 with key id": {options: cmstest.Options{KeyID: true},
			before: func(p *cmstest.Parts) { p.SignerVersion = 1 }, check: "structure", want: "SignerInfo.sid"},
		"version 2":         {before: func(p *cmstest.Parts) { p.SignerVersion = 2 }, check: "structure", want: "SignerInfo.sid"},
		"version 256 + 1":   {before: func(p *cmstest.Parts) { p.SignerVersion = 257 }, check: "structure", want: "SignerInfo.version"},
		"empty key id":      {options: cmstest.Options{KeyID: true}, before: func(p *cmstest.Parts) { p.SignerID = []byte{0x80, 0} }, check: "structure", want: "SignerInfo.sid"},
		"padded serial":     {before: func(p *cmstest.Parts) { p.SignerID = paddedSerial(p.SignerID) }, check: "structure", want: "SignerInfo.sid"},
		"detached":          {before: func(p *cmstest.Parts) { p.Content = nil }, check: "structure", want: "detached"},
		"two signers":       {after: func(p *cmstest.Parts) { p.SignerInfos = [][]byte{p.SignerInfo(), p.SignerInfo()} }, check: "structure", want: "exactly one"},
		"no signer":         {after: func(p *cmstest.Parts) { p.SignerInfos = [][]byte{} }, check: "structure", want: "exactly one"},
		"no certificates":   {before: func(p *cmstest.Parts) { p.Certificates = nil }, check: "signer", want: "not in the message"},
		"signer's missing":  {before: func(p *cmstest.Parts) { p.Certificates = p.Certificates[1:] }, check: "signer", want: "not in the message"},
		"certificate twice": {before: func(p *cmstest.Parts) { p.Certificates = append(p.Certificates, p.Certificates[1]) }, check: "certificates", want: "certificates 2 and 4 of the message are the same"},
		"attribute certificate": {before: func(p *cmstest.Parts) { p.Certificates = append(p.Certificates, cmstest.TLV(0xa2, []byte{5, 0})) },
			check: "certificates", want: "certificate 4 of the message is not"},
		"certificate that does not parse": {before: func(p *cmstest.Parts) { p.Certificates = append(p.Certificates, cmstest.TLV(0x30, []byte{5, 0})) },
			check: "certificates", want: "certificate 4 of the message does not parse"},
		"five certificates": {before: func(p *cmstest.Parts) {
			p.Certificates = append(p.Certificates, cmstest.TLV(0x30, []byte{5, 0}), cmstest.TLV(0x30, []byte{5, 0}))
		}, check: "certificates", want: "more than 4"},
		"certificate of 9 KiB": {before: func(p *cmstest.Parts) {
			p.Certificates = append(p.Certificates, cmstest.TLV(0x30, cmstest.TLV(0x04, make([]byte, 9<<10))))
		}, check: "certificates", want: "the limit is 8192"},
		"unsigned attributes that are none": {before: func(p *cmstest.Parts) { p.Unsigned = [][]byte{{5, 0}} },
			check: "structure", want: "unsignedAttrs"},
		"empty unsigned attributes": {before: func(p *cmstest.Parts) { p.Unsigned = [][]byte{} },
			check: "structure", want: "unsignedAttrs"},

		"digest not announced": {before: func(p *cmstest.Parts) { p.Digests = nil }, check: "algorithm", want: "not among"},
		"another digest announced": {before: func(p *cmstest.Parts) { p.Digests = [][]byte{sha(3)} },
			check: "algorithm", want: "not among"},
		"garbage among the digests": {before: func(p *cmstest.Parts) { p.Digests = [][]byte{{5, 0}} },
			check: "structure", want: "digestAlgorithms"},
		"digest SHA-1": {before: func(p *cmstest.Parts) { p.DigestAlgorithm = cmstest.TLV(0x30, []byte("\x06\x05\x2b\x0e\x03\x02\x1a")) },
			check: "algorithm", want: "SHA-1"},
		"digest MD5": {before: func(p *cmstest.Parts) {
			p.DigestAlgorithm = cmstest.TLV(0x30, []byte("\x06\x08\x2a\x86\x48\x86\xf7\x0d\x02\x05"))
		}, check: "algorithm", want: "MD5"},
		"digest SHA-224": {before: func(p *cmstest.Parts) { p.DigestAlgorithm = sha(4) },
			check: "algorithm", want: "not SHA-256"},
		"digest with parameters": {before: func(p *cmstest.Parts) {
			p.DigestAlgorithm = cmstest.TLV(0x30, p.DigestAlgorithm[2:13], []byte{0x02, 0x01, 0x07})
			p.Digests = [][]byte{p.DigestAlgorithm}
		}, check: "algorithm", want: "not SHA-256"},
		"digest with a NULL that is none": {before: func(p *cmstest.Parts) {
			p.DigestAlgorithm = cmstest.TLV(0x30, p.DigestAlgorithm[2:13], []byte{0x05, 0x01, 0x00})
			p.Digests = [][]byte{p.DigestAlgorithm}
		}, check: "algorithm", want: "not SHA-256"},
		"digest with empty parameters": {before: func(p *cmstest.Parts) {
			p.DigestAlgorithm = cmstest.TLV(0x30, p.DigestAlgorithm[2:13], []byte{0x04, 0x00})
			p.Digests = [][]byte{p.DigestAlgorithm}
		}, check: "algorithm", want: "not SHA-256"},
		"signature algorithm by another digest": {before: func(p *cmstest.Parts) {
			p.SignatureAlgorithm = cmstest.TLV(0x30, []byte("\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x04"))
		}, check: "algorithm", want: "signature algorithm uses SHA-512, the digest algorithm is SHA-256"},
		"ecdsa-with-SHA1": {before: func(p *cmstest.Parts) {
			p.SignatureAlgorithm = cmstest.TLV(0x30, []byte("\x06\x07\x2a\x86\x48\xce\x3d\x04\x01"))
		}, check: "algorithm", want: "signature algorithm is not RSA PKCS"},
		"ECDSA with parameters": {before: func(p *cmstest.Parts) {
			p.SignatureAlgorithm = cmstest.TLV(0x30, []byte("\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"), []byte{0x02, 0x01, 0x07})
		}, check: "algorithm", want: "signature algorithm is not RSA PKCS"},
		"RSA algorithm with an EC key": {before: func(p *cmstest.Parts) {
			p.SignatureAlgorithm = cmstest.TLV(0x30, []byte("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"))
		}, check: "algorithm", want: "ECDSA key"},
		"EC algorithm with an RSA key": {user: k.rsa, before: func(p *cmstest.Parts) {
			p.SignatureAlgorithm = cmstest.TLV(0x30, []byte("\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"))
		}, check: "algorithm", want: "RSA key"},
		"sha512WithRSA over SHA-256": {user: k.rsa, before: func(p *cmstest.Parts) {
			p.SignatureAlgorithm = cmstest.TLV(0x30, []byte("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d\x05\x00"))
		}, check: "algorithm", want: "uses SHA-512"},
		"PSS announced, PKCS #1 made": {user: k.rsa, before: func(p *cmstest.Parts) {
			p.SignatureAlgorithm = cmstest.SignatureAlgorithmPSS(cmstest.PSSParameters(crypto.SHA256, crypto.SHA256, 32))
		}, check: "signature", want: "does not verify"},
		"PKCS #1 announced, PSS made": {user: k.rsa, options: cmstest.Options{PSS: true}, before: func(p *cmstest.Parts) {
			p.SignatureAlgorithm = cmstest.TLV(0x30, []byte("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00"))
		}, check: "signature", want: "does not verify"},

		"ECDSA signature as r and s in a row": {after: func(p *cmstest.Parts) { p.Signature = make([]byte, 64) },
			check: "signature", want: "does not verify"},
		"ECDSA signature with r and s zero": {after: func(p *cmstest.Parts) { p.Signature = []byte{0x30, 6, 2, 1, 0, 2, 1, 0} },
			check: "signature", want: "does not verify"},
		"empty signature": {after: func(p *cmstest.Parts) { p.Signature = nil }, check: "signature", want: "does not verify"},
		"octet behind the signature value": {after: func(p *cmstest.Parts) { p.Signature = append(p.Signature, 0) },
			check: "signature", want: "does not verify"},
		"octet behind an RSA signature value": {user: k.rsa, after: func(p *cmstest.Parts) { p.Signature = append(p.Signature, 0) },
			check: "signature", want: "does not verify"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.user == nil {
				test.user = k.p256
			}
			c := newChain(t, test.user)
			v := newVerifier(t, c.Root)
			good := test.options
			good.Form, good.Certificates = cmstest.BER, certificates(c.Intermediate, c.Root)
			broken := good
			broken.BeforeSign, broken.AfterSign = test.before, test.after
			message := sign(t, c.User, broken)
			for _, warm := range []bool{false, true} {
				if warm {
					_, err := v.Verify(sign(t, c.User, genuine(c)), now, isText)
					require.NoError(t, err)
				}
				r, err := v.Verify(message, now, anyText)
				require.Nil(t, r)
				requireCheck(t, err, test.check, test.want)
			}
		})
	}
}

// sha is the AlgorithmIdentifier of a member of the SHA-2 family.
func sha(last byte) []byte {
	return cmstest.TLV(0x30, []byte{0x06, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, last})
}

// paddedSerial writes the serial number of an issuerAndSerialNumber with a zero
// octet too many.
func paddedSerial(sid []byte) []byte {
	var v struct {
		Issuer asn1.RawValue
		Serial asn1.RawValue
	}
	if _, err := asn1.Unmarshal(sid, &v); err != nil {
		panic(err)
	}
	return cmstest.TLV(0x30, v.Issuer.FullBytes, cmstest.TLV(0x02, []byte{0}, v.Serial.Bytes))
}

// TestPSSParameters: only the parameters that follow from the digest pass.
func TestPSSParameters(t *testing.T) {
	t.Parallel()
	c := newChain(t, testKeys().rsa)
	v := newVerifier(t, c.Root)
	const sha256, sha512 = crypto.SHA256, crypto.SHA512
	good := cmstest.PSSParameters(sha256, sha256, 32)
	fields := good[2:]
	trailer := func(n byte) []byte { return cmstest.TLV(0x30, fields, cmstest.TLV(0xa3, []byte{2, 1, n})) }
	for name, test := range map[string]struct {
		parameters []byte
		ok         bool
	}{
		"as expected":         {good, true},
		"explicit trailer":    {trailer(1), true},
		"trailer 2":           {trailer(2), false},
		"more than a trailer": {cmstest.TLV(0x30, fields, []byte{5, 0}), false},
		"absent":              {nil, false},
		"NULL":                {[]byte{5, 0}, false},
		"all defaults":        {[]byte{0x30, 0}, false},
		"digest by default":   {cmstest.TLV(0x30, fields[17:]), false},
		"MGF1 by default":     {cmstest.TLV(0x30, fields[:17], fields[len(fields)-5:]), false},
		"salt by default":     {cmstest.TLV(0x30, fields[:len(fields)-5]), false},
		"salt 20":             {cmstest.PSSParameters(sha256, sha256, 20), false},
		"salt 222":            {cmstest.PSSParameters(sha256, sha256, 222), false},
		"salt of 2 octets":    {cmstest.PSSParameters(sha256, sha256, 0x2020), false},
		"other MGF1 digest":   {cmstest.PSSParameters(sha256, sha512, 32), false},
		"other digest":        {cmstest.PSSParameters(sha512, sha512, 64), false},
		"SHA-1 in the open":   {pssRaw(sha1, mgf1(sha1), []byte{2, 1, 20}), false},
		"as expected, raw":    {pssRaw(sha(1), mgf1(sha(1)), []byte{2, 1, 32}), true},
		"other mask function": {pssRaw(sha(1), cmstest.TLV(0x30, []byte("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x09"), sha(1)), []byte{2, 1, 32}), false},
		"more in MGF1 digest": {pssRaw(sha(1), mgf1(cmstest.TLV(0x30, sha(1)[2:], []byte{5, 0, 5, 0})), []byte{2, 1, 32}), false},
		"more behind salt":    {pssRaw(sha(1), mgf1(sha(1)), []byte{2, 1, 32, 5, 0}), false},
		"more behind trailer": {cmstest.TLV(0x30, fields, cmstest.TLV(0xa3, []byte{2, 1, 1, 5, 0})), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := genuine(c)
			o.PSS = true
			o.BeforeSign = func(p *cmstest.Parts) { p.SignatureAlgorithm = cmstest.SignatureAlgorithmPSS(test.parameters) }
			_, err := v.Verify(sign(t, c.User, o), now, isText)
			if test.ok {
				require.NoError(t, err)
			} else {
				requireCheck(t, err, "algorithm", "")
			}
		})
	}
}

var sha1 = cmstest.TLV(0x30, []byte("\x06\x05\x2b\x0e\x03\x02\x1a"))

// mgf1 is the mask generation function with a digest.
func mgf1(digest []byte) []byte {
	return cmstest.TLV(0x30, []byte("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08"), digest)
}

// pssRaw are RSASSA-PSS-params of ready elements.
func pssRaw(hash, mask, salt []byte) []byte {
	return cmstest.TLV(0x30, cmstest.TLV(0xa0, hash), cmstest.TLV(0xa1, mask), cmstest.TLV(0xa2, salt))
}

// TestReplayedAttributes: the attributes of a good signature as the content of a
// message without attributes carry the same signature (wolfSSL, and every other
// Go library).
func TestReplayedAttributes(t *testing.T) {
	t.Parallel()
	c := newChain(t, testKeys().p256)
	v := newVerifier(t, c.Root)
	r, err := v.Verify(sign(t, c.User, genuine(c)), now, isText)
	require.NoError(t, err)
	o := genuine(c)
	o.BeforeSign = func(p *cmstest.Parts) { p.Content, p.Attributes = r.SignedAttrs, nil }
	o.AfterSign = func(p *cmstest.Parts) { p.Signature = r.Signature }
	_, err = v.Verify(sign(t, c.User, o), now, anyText)
	requireCheck(t, err, "attributes", "no signed attributes")
}

// TestContentIsCompared: content that was exchanged is seen by match, and fails
// by its digest if match lets it pass.
func TestContentIsCompared(t *testing.T) {
	t.Parallel()
	c := newChain(t, testKeys().p256)
	v := newVerifier(t, c.Root)
	o := genuine(c)
	o.AfterSign = func(p *cmstest.Parts) { p.Content = []byte("other") }
	message := sign(t, c.User, o)
	_, err := v.Verify(message, now, isText)
	require.ErrorIs(t, err, errOtherText)
	_, err = v.Verify(message, now, anyText)
	requireCheck(t, err, "digest", "")
}

// TestSHA1 is a whole SHA-1 message, as pkcs7 makes them by default.
func TestSHA1(t *testing.T) {
	t.Parallel()
	c := newChain(t, testKeys().rsa)
	sd, err := pkcs7.NewSignedData(text)
	require.NoError(t, err)
	require.NoError(t, sd.AddSigner(c.User.Certificate, c.User.Key, pkcs7.SignerInfoConfig{}))
	sd.AddCertificate(c.Intermediate.Certificate)
	message, err := sd.Finish()
	require.NoError(t, err)
	_, err = newVerifier(t, c.Root).Verify(message, now, isText)
	requireCheck(t, err, "algorithm", "SHA-1 is refused")
}
