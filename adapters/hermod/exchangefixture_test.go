package hermod_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
)

// What the enrolments of these tests are made of. All of it is invented.
const (
	fixtureHost    = "hermod.example"
	fixtureNonce   = "nonce-of-this-command"
	fixtureUser    = "mia.muster"
	fixtureProfile = "5f0c1f7e-0000-4000-8000-000000000001"
	fixtureBox     = "5f0c1f7e-0000-4000-8000-00000000b0b0"
	fixtureTempBox = "5f0c1f7e-0000-4000-8000-00000000aaaa"
	fixtureMessage = "5f0c1f7e-0000-4000-8000-00000000cccc"
	fixtureBase    = "https://hermod.example:20400/hermod/rest/ms/"
)

var (
	fixtureAt   = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	fixtureName = pkix.Name{Country: []string{"CH"}, CommonName: "Mia Muster"}
)

// fixtureKeys are made once: RSA keys take their time.
var fixtureKeys = sync.OnceValue(func() map[string]*rsa.PrivateKey {
	keys := make(map[string]*rsa.PrivateKey)
	for _, name := range []string{"attestation", "template", "signer", "login", "ca", "other"} {
		keys[name] = newRSAKey(2048)
	}
	return keys
})

// object is a JSON object to be.
type object = map[string]any

// emulator makes an enrolment as an app and a Hermod would. What a test changes, it changes before the signatures are made over it.
type emulator struct {
	t *testing.T

	attestation *rsa.PrivateKey     // signs the response
	keys        []*emulatedKey      // in the order of signedkeys
	command     func(object)        // edits of documents and of what is signed; nil: none
	record      func(object)        //
	header      func(object)        // of the response's JWS
	payload     func(object)        //
	certCommand func(object)        //
	certRecord  func(object)        //
	rawHeader   func(string) string // of the JSON text
	rawPayload  func(string) string //
	compact     func(string) string // of the JWS
	certify     func(*x509.Certificate)
	certified   crypto.PublicKey // whose certificate is issued for the first key; nil: its own
}

type emulatedKey struct {
	id        string
	key       *rsa.PrivateKey // that is told in the JWS
	signs     *rsa.PrivateKey // the JWS; nil: key
	requests  *rsa.PrivateKey // that the request is of; nil: key
	header    func(object)
	payload   func(object)
	request   func(*x509.CertificateRequest)
	der       func([]byte) []byte // of the request
	rawHeader func(string) string
	compact   func(string) string
}

func newEmulator(t *testing.T) *emulator {
	t.Helper()
	k := fixtureKeys()
	return &emulator{t: t, attestation: k["attestation"], keys: []*emulatedKey{{id: "signer", key: k["signer"]}, {id: "login", key: k["login"]}}}
}

func (d *emulator) signer() *emulatedKey { return d.keys[0] }

// exchange builds the documents.
func (d *emulator) exchange() *hermod.Exchange {
	d.t.Helper()
	return &hermod.Exchange{
		ProvCommand: d.provCommand(), ProvResponse: d.provResponse(), CertCommand: d.certificates(), CertResponse: d.installed(),
		At: fixtureAt,
	}
}

func (d *emulator) provCommand() []byte {
	template := base64.StdEncoding.EncodeToString(newCSR(d.t, fixtureKeys()["template"], nil))
	var keys []any
	for _, id := range []string{"signer", "login"} {
		keys = append(keys, object{
			"keyid": id, "usage": "SIG", "keystate": "ACTIVE", "storageprios": []string{"APP"}, "certreq": template,
			"keytypeprios": []any{
				object{"keytype": "RSA", "keylength": "4096", "responsemechanism": "RS512"},
				object{"keytype": "RSA", "keylength": "2048", "responsemechanism": "RS256"},
			},
		})
	}
	return d.document(object{
		"commandHeader": object{"lifespan": 300, "timeout": 300, "externalId": "EXT1"},
		"provCommand": object{
			"nonce": fixtureNonce, "userid": fixtureUser, "responsesignaturekey": "ATTESTATION", "responseformat": "jws",
			"profile": object{"servername": "acme", "name": "Acme Bank", "keygenrequests": keys},
		},
	}, d.command)
}

func (d *emulator) provResponse() []byte {
	location := fixtureBase + fixtureTempBox + "/" + fixtureMessage
	return d.document(object{
		"commandId": "1801", "externalId": "EXT1", "commandType": "PROV", "state": "COMPLETED", "fqdn": fixtureHost,
		"destinations": []any{object{
			"to": "@tmp", "bid": fixtureTempBox, "mid": fixtureMessage, "location": location,
			"uri": "com.nexusgroup.plugout:///?url=https%3a%2f%2fhermod.example%3A20400%2fhermod%2Frest%2Fms%2F" + fixtureTempBox + "&token=0",
		}},
		"responseHeader": object{"inReplyTo": location, "status": 200},
		"provResponse":   object{"code": 0, "result": object{"contenttype": "jws", "data": d.response()}},
	}, d.record)
}

// response is the JWS of the app.
func (d *emulator) response() string {
	header := object{
		"alg": "RS256", "fqdn": fixtureHost, "nonce": fixtureNonce, "sch": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
		"jwk": publicJWK(&d.attestation.PublicKey, true, object{"kid": "attestation", "use": "sig", "keystate": "active", "alg": "RS256", "n#len": "2056"}),
	}
	var signed []string
	for _, k := range d.keys {
		signed = append(signed, d.signedKey(k))
	}
	payload := object{
		"deviceinfo": object{"operatingsystem": "iOS (18.1)", "name": "Mia’s phone", "model": "iPhone"},
		"profile": object{
			"signedkeys": signed, "servername": "acme", "name": "Acme Bank", "userid": fixtureUser, "id": fixtureProfile,
			"boxurl": fixtureBase + fixtureBox,
		},
	}
	compact := sealJWS(d.text(header, d.header, d.rawHeader), d.text(payload, d.payload, d.rawPayload), d.attestation)
	return change(compact, d.compact)
}

// signedKey is the JWS of one key.
func (d *emulator) signedKey(k *emulatedKey) string {
	requests := k.requests
	if requests == nil {
		requests = k.key
	}
	der := newCSR(d.t, requests, k.request)
	if k.der != nil {
		der = k.der(der)
	}
	payload := publicJWK(&k.key.PublicKey, false, object{
		"kid": k.id, "alg": "RS256", "use": "SIG", "keystate": "active", "n#len": "2048", "certreq": base64.StdEncoding.EncodeToString(der),
	})
	signs := k.signs
	if signs == nil {
		signs = k.key
	}
	header := d.text(object{"alg": "RS256", "nonce": fixtureNonce, "kid": k.id}, k.header, k.rawHeader)
	return change(sealJWS(header, d.text(payload, k.payload, nil), signs), k.compact)
}

func (d *emulator) certificates() []byte {
	var list []any
	for _, k := range d.keys {
		pub := crypto.PublicKey(&k.key.PublicKey)
		if d.certified != nil {
			pub = d.certified
		}
		list = append(list, object{"keyid": k.id, "keystate": "ACTIVE", "data": base64.StdEncoding.EncodeToString(issueTo(pub, d.certify).Raw)})
	}
	return d.document(object{
		"commandHeader": object{"to": []string{"@" + fixtureUser}, "lifespan": 60, "timeout": 60, "externalId": "EXT2"},
		"certCommand":   object{"profileid": fixtureProfile, "certificates": list},
	}, d.certCommand)
}

func (d *emulator) installed() []byte {
	location := fixtureBase + fixtureBox + "/" + fixtureMessage
	return d.document(object{
		"commandId": "1802", "externalId": "EXT2", "commandType": "CERT", "state": "COMPLETED", "fqdn": fixtureHost,
		"destinations": []any{object{
			"to": fixtureBox, "bid": fixtureBox, "mid": fixtureMessage, "pid": fixtureProfile, "location": location, "uri": "com.nexusgroup.plugout:///",
		}},
		"responseHeader": object{"inReplyTo": location, "status": 200},
		"certResponse":   object{"code": 0},
	}, d.certRecord)
}

func (d *emulator) document(o object, edit func(object)) []byte { return []byte(d.text(o, edit, nil)) }

func (d *emulator) text(o object, edit func(object), raw func(string) string) string {
	if edit != nil {
		edit(o)
	}
	b, err := json.Marshal(o)
	require.NoError(d.t, err)
	return change(string(b), raw)
}

func change(s string, f func(string) string) string {
	if f == nil {
		return s
	}
	return f(s)
}

// publicJWK writes a key; zero has it write the octet before the modulus that the app writes.
func publicJWK(key *rsa.PublicKey, zero bool, more object) object {
	n := key.N.Bytes()
	if zero {
		n = append([]byte{0}, n...)
	}
	more["kty"], more["e"], more["n"] = "RSA", "AQAB", base64.RawURLEncoding.EncodeToString(n)
	return more
}

func newCSR(t *testing.T, key crypto.Signer, edit func(*x509.CertificateRequest)) []byte {
	t.Helper()
	r := &x509.CertificateRequest{Subject: fixtureName, SignatureAlgorithm: x509.SHA256WithRSA}
	if edit != nil {
		edit(r)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, r, key)
	require.NoError(t, err)
	return der
}

// resign signs an edited request again, also in ways that crypto/x509 does not.
func resign(t *testing.T, der []byte, key *rsa.PrivateKey, hash crypto.Hash, algorithm asn1.ObjectIdentifier, edit func(info []byte)) []byte {
	t.Helper()
	var csr struct {
		Info      asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}
	_, err := asn1.Unmarshal(der, &csr)
	require.NoError(t, err)
	edit(csr.Info.FullBytes)
	h := hash.New()
	h.Write(csr.Info.FullBytes)
	csr.Algorithm = pkix.AlgorithmIdentifier{Algorithm: algorithm, Parameters: asn1.NullRawValue}
	csr.Signature.Bytes, err = rsa.SignPKCS1v15(nil, key, hash, h.Sum(nil))
	require.NoError(t, err)
	der, err = asn1.Marshal(csr)
	require.NoError(t, err)
	return der
}

// fixtureCA is the CA of these tests.
var fixtureCA = sync.OnceValue(func() *x509.Certificate {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Acme Test CA"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: fixtureAt.AddDate(-1, 0, 0), NotAfter: fixtureAt.AddDate(9, 0, 0), KeyUsage: x509.KeyUsageCertSign,
	}
	key := fixtureKeys()["ca"]
	return certify(template, template, key.Public(), key)
})

// issueTo makes a certificate.
func issueTo(pub crypto.PublicKey, edit func(*x509.Certificate)) *x509.Certificate {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: fixtureName, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature,
		NotBefore: fixtureAt.AddDate(0, -1, 0), NotAfter: fixtureAt.AddDate(1, 0, 0),
	}
	if edit != nil {
		edit(template)
	}
	return certify(template, fixtureCA(), pub, fixtureKeys()["ca"])
}

// pinned is the pin of a key of these tests.
func pinned(t *testing.T, key *rsa.PrivateKey) hermod.AttestationKey {
	t.Helper()
	doc, err := json.Marshal(publicJWK(&key.PublicKey, true, object{}))
	require.NoError(t, err)
	pin, err := hermod.ParseAttestationKey(string(doc))
	require.NoError(t, err)
	return pin
}

// newVerifier knows the CA and the attestation key of these tests.
func newVerifier(t *testing.T, edit func(*hermod.VerifierConfig)) *hermod.Verifier {
	t.Helper()
	anchors, err := mss.NewAnchors(mss.Test, []*x509.Certificate{fixtureCA()}, nil)
	require.NoError(t, err)
	cfg := hermod.VerifierConfig{
		Anchors: anchors, Hosts: []string{fixtureHost},
		Attestation: hermod.Attestation{Keys: []hermod.AttestationKey{pinned(t, fixtureKeys()["attestation"])}},
	}
	if edit != nil {
		edit(&cfg)
	}
	v, err := hermod.NewVerifier(cfg)
	require.NoError(t, err)
	return v
}

// replaceOnce has a document lose one text for another, and fails the test where it does not stand there.
func replaceOnce(t *testing.T, old, replacement string) func(string) string {
	return func(s string) string {
		t.Helper()
		require.Contains(t, s, old)
		return strings.Replace(s, old, replacement, 1)
	}
}
