package hermodtest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha512"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"slices"

	"github.com/gomss/gomss/internal/cms/cmstest"
)

// forgedRequest makes a PKCS #10 that is wrong; template is the one that came.
func forgedRequest(f Forge, r request, key crypto.Signer, template string) (string, error) {
	stranger, err := strangerKey()
	if err != nil {
		return "", err
	}
	switch f {
	case ForgeRequestTemplate:
		return template, nil
	case ForgeRequestKey:
		r.key, key = spki(stranger.Public()), stranger
	case ForgeRequestSubject:
		r.subject = subject("somebody.else")
	case ForgeRequestOrder, ForgeRequestString:
		if r.subject, err = respell(r.subject, f); err != nil {
			return "", err
		}
	case ForgeRequestExtension:
		r.attributes = cmstest.TLV(0xa0, contents(r.attributes), authorityAttribute())
	case ForgeRequestSHA1:
		return signSHA1(r, key)
	}
	csr, err := r.sign(key)
	if err != nil {
		return "", err
	}
	switch f {
	case ForgeRequestURL:
		return base64.RawURLEncoding.EncodeToString(csr), nil
	case ForgeRequestTrailing:
		csr = append(csr, 0)
	case ForgeRequestSignature:
		csr = flipBit(csr)
	}
	return base64.StdEncoding.EncodeToString(csr), nil
}

// respell writes a name's parts in reverse order, or with each text in another string type. To a reader it is the same name.
func respell(name []byte, f Forge) ([]byte, error) {
	var parts []asn1.RawValue
	if _, err := asn1.Unmarshal(name, &parts); err != nil {
		return nil, err
	}
	if f == ForgeRequestOrder {
		slices.Reverse(parts)
		return der(parts), nil
	}
	var out [][]byte
	for _, p := range parts {
		var attributes []struct {
			Type  asn1.ObjectIdentifier
			Value asn1.RawValue
		}
		if _, err := asn1.UnmarshalWithParams(p.FullBytes, &attributes, "set"); err != nil {
			return nil, err
		}
		for i := range attributes {
			v := &attributes[i].Value
			tag := asn1.TagUTF8String
			if v.Tag == asn1.TagUTF8String {
				tag = asn1.TagT61String
			}
			*v = asn1.RawValue{Tag: tag, Bytes: v.Bytes}
		}
		set := [][]byte{}
		for _, a := range attributes {
			set = append(set, der(a))
		}
		out = append(out, cmstest.TLV(0x31, set...))
	}
	return cmstest.TLV(0x30, out...), nil
}

// contents are an element's octets without tag and length.
func contents(element []byte) []byte {
	var v asn1.RawValue
	if _, err := asn1.Unmarshal(element, &v); err != nil {
		return nil
	}
	return v.Bytes
}

// authorityAttribute is an extensionRequest (RFC 2985 5.4.2) for basicConstraints with cA.
func authorityAttribute() []byte {
	extension := der(pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 19}, Critical: true, Value: []byte{0x30, 3, 1, 1, 0xff}})
	return cmstest.TLV(0x30, der(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 14}), cmstest.TLV(0x31, cmstest.TLV(0x30, extension)))
}

// signSHA1 signs a request with SHA-1 and says so.
func signSHA1(r request, key crypto.Signer) (string, error) {
	id := pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 5}, Parameters: asn1.NullRawValue}
	if keyKind(key.Public()) == P256 {
		id = pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 1}}
	}
	info := cmstest.TLV(0x30, r.version, r.subject, r.key, r.attributes)
	sum := sha1.Sum(info)
	signature, err := key.Sign(rand.Reader, sum[:], crypto.SHA1)
	csr := cmstest.TLV(0x30, info, der(id), cmstest.TLV(0x03, []byte{0}, signature))
	return base64.StdEncoding.EncodeToString(csr), err
}

func signSHA512(key *rsa.PrivateKey, input []byte) ([]byte, error) {
	sum := sha512.Sum512(input)
	return rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA512, sum[:])
}
