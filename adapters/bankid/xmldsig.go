package bankid

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"strings"

	"github.com/gomss/gomss/mss"
)

// The certificates in KeyInfo: the person's, the bank's customer CA, the bank's CA, and perhaps the root.
const (
	minCertificates = 3
	maxCertificates = 4
	maxCertificate  = 8 << 10 // octets of DER; genuine ones have up to 1,520
)

// xmlSignature is a signature of which structure and algorithms are those of BankID: enveloping, with one reference to what was
// signed and one to the certificates (XML Signature 1.1 clause 4).
type xmlSignature struct {
	doc        []byte
	signedInfo *element
	signedData *element // Object/bankIdSignedData
	keyInfo    *element

	digests [2][]byte // of signedData and keyInfo, as SignedInfo has them
	value   []byte

	certificates []*x509.Certificate // of KeyInfo, the person's first; verify reads them
}

// readSignature checks form and algorithms of a document. Nothing in the result is believed before verify. The error is a
// *mss.VerificationError with the check "document", "structure" or "algorithm".
func readSignature(doc []byte) (*xmlSignature, error) {
	root, err := parseDocument(doc)
	if err != nil {
		return nil, failed("document", err)
	}
	s := &xmlSignature{doc: doc}
	if err := s.readStructure(root); err != nil {
		return nil, failed("structure", err)
	}
	if err := s.checkAlgorithms(); err != nil {
		return nil, failed("algorithm", err)
	}
	return s, nil
}

var (
	declareDSig  = attribute{"xmlns", namespaceDSig}
	declareTypes = attribute{"xmlns", namespaceTypes}

	// anyAlgorithm stands for an Algorithm attribute of any value: checkAlgorithms looks at it.
	anyAlgorithm = attribute{name: "Algorithm"}
)

// readStructure takes the tree apart. Each element must be where it is in a genuine signature, with just the attributes that it
// has there, so that an Id or a reference has no place but its own.
func (s *xmlSignature) readStructure(root *element) error {
	top, err := root.take(namespaceDSig, "Signature", []attribute{declareDSig}, "SignedInfo", "SignatureValue", "KeyInfo", "Object")
	if err != nil {
		return err
	}
	s.signedInfo, s.keyInfo = top[0], top[2]
	if err := s.readSignedInfo(); err != nil {
		return err
	}
	if s.value, err = top[1].octets(); err != nil {
		return err
	}
	object, err := top[3].take(namespaceDSig, "Object", nil, "bankIdSignedData")
	if err != nil {
		return err
	}
	s.signedData = object[0]
	if err := s.signedData.is(namespaceTypes, "bankIdSignedData", declareTypes, attribute{"Id", "bidSignedData"}); err != nil {
		return err
	}
	if err := s.signedData.checkUnmarked(); err != nil {
		return err
	}
	return s.checkKeyInfo()
}

func (s *xmlSignature) readSignedInfo() error {
	info, err := s.signedInfo.take(namespaceDSig, "SignedInfo", []attribute{declareDSig},
		"CanonicalizationMethod", "SignatureMethod", "Reference", "Reference")
	if err != nil {
		return err
	}
	for _, method := range info[:2] {
		if err := method.leaf(anyAlgorithm); err != nil {
			return err
		}
	}
	for i, attributes := range [][]attribute{{{"Type", namespaceTypes}, {"URI", "#bidSignedData"}}, {{"URI", "#bidKeyInfo"}}} {
		if s.digests[i], err = info[2+i].reference(attributes); err != nil {
			return err
		}
	}
	return nil
}

// reference checks the form of a Reference and returns its digest.
func (e *element) reference(attributes []attribute) ([]byte, error) {
	parts, err := e.take(namespaceDSig, "Reference", attributes, "Transforms", "DigestMethod", "DigestValue")
	if err != nil {
		return nil, err
	}
	transforms, err := parts[0].take(namespaceDSig, "Transforms", nil, "Transform")
	if err != nil {
		return nil, err
	}
	if err := errors.Join(transforms[0].leaf(anyAlgorithm), parts[1].leaf(anyAlgorithm)); err != nil {
		return nil, err
	}
	return parts[2].octets()
}

func (s *xmlSignature) checkKeyInfo() error {
	data, err := s.keyInfo.take(namespaceDSig, "KeyInfo", []attribute{declareDSig, {"Id", "bidKeyInfo"}}, "X509Data")
	if err != nil {
		return err
	}
	if err := data[0].is(namespaceDSig, "X509Data"); err != nil {
		return err
	}
	if n := len(data[0].children); n < minCertificates || n > maxCertificates {
		return errors.New("X509Data has not the number of certificates that BankID sends")
	}
	for _, c := range data[0].children {
		if c.name != "X509Certificate" {
			return errors.New("X509Data has something else than certificates in it")
		}
	}
	return nil
}

// checkAlgorithms allows one algorithm for each purpose. Signatures with RSA and SHA-1, which cards made until 2016, are refused
// as broken.
func (s *xmlSignature) checkAlgorithms() error {
	info := s.signedInfo.children
	for _, m := range []struct {
		e    *element
		want string
	}{
		{info[0], algorithmC14N}, {info[1], algorithmRSASHA256},
		{info[2].children[0].children[0], algorithmC14N}, {info[2].children[1], algorithmSHA256},
		{info[3].children[0].children[0], algorithmC14N}, {info[3].children[1], algorithmSHA256},
	} {
		if m.e.attributes[0].value != m.want {
			return errors.New(m.e.name + " is not the one that BankID signs with, or is broken")
		}
	}
	return nil
}

func readCertificates(elements []*element) ([]*x509.Certificate, error) {
	var list []*x509.Certificate
	for _, e := range elements {
		der, err := e.octets()
		if err != nil {
			return nil, err
		}
		if len(der) > maxCertificate {
			return nil, errors.New("one is longer than any genuine one")
		}
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, errors.New("one is not an X.509 certificate") // the parser's error can quote it
		}
		if err := checkKey(c.PublicKey); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	if _, ok := list[0].PublicKey.(*rsa.PublicKey); !ok {
		return nil, errors.New("the person's key is not an RSA one")
	}
	return list, nil
}

// verify checks both digests and the signature value with the person's key, over the octets as they are in the document, and then
// that these are the canonical ones, which costs more. The error is a *mss.VerificationError with the check "digest", "certificate",
// "signature" or "canonical form".
func (s *xmlSignature) verify() (err error) {
	for i, e := range []*element{s.signedData, s.keyInfo} {
		if sum := sha256.Sum256(e.raw); !bytes.Equal(sum[:], s.digests[i]) {
			return failed("digest", errors.New(e.name+" was changed after it was signed"))
		}
	}
	if s.certificates, err = readCertificates(s.keyInfo.children[0].children); err != nil {
		return failed("certificate", err)
	}
	sum := sha256.Sum256(s.signedInfo.raw)
	if rsa.VerifyPKCS1v15(s.certificates[0].PublicKey.(*rsa.PublicKey), crypto.SHA256, sum[:], s.value) != nil {
		return failed("signature", errors.New("the value does not verify with the certificate's key"))
	}
	for _, e := range []*element{s.signedData, s.keyInfo, s.signedInfo} {
		if err := checkCanonical(s.doc, e); err != nil {
			return failed("canonical form", err)
		}
	}
	return nil
}

// decodeBase64 decodes RFC 4648 Base64 and nothing else: encoding/base64 passes over line breaks even where it is strict.
func decodeBase64(s string) ([]byte, error) {
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || strings.ContainsAny(s, "\r\n") {
		return nil, errors.New("is not Base64")
	}
	return b, nil
}

func failed(check string, err error) *mss.VerificationError {
	return &mss.VerificationError{Check: check, Err: err}
}
