package bankid_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gomss/gomss/adapters/bankid"
	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

// What verifiers are tested with is written here, octet by octet, so that each test can have just its own fault in it. None of it
// comes from the code under test or from bankidtest.

const (
	dsigSpace  = "http://www.w3.org/2000/09/xmldsig#"
	typesSpace = "http://www.bankid.com/signature/v1.0.0/types"
	c14n       = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
	rsaSHA256  = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
	rsaSHA1    = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
	sha256Name = "http://www.w3.org/2001/04/xmlenc#sha256"
	sha1Name   = "http://www.w3.org/2000/09/xmldsig#sha1"
	xmlHead    = `<?xml version="1.0" encoding="UTF-8" standalone="no"?>`

	someone     = "191212121212"
	someoneElse = "197210310020"
	shop        = "cn=FP Shop,name=Shop,serialNumber=5569999999,o=Bank AB (publ),c=SE"
	visibleText = "I agree to pay the annual fee."
	hiddenText  = `{"nonce":"b25lIG9mIDI0IHJhbmRvbSBvY3RldHM=","transaction":"T1"}`
)

// signedAt is when everything happens; no test looks at the clock.
var signedAt = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func rsaKeyOnce() func() *rsa.PrivateKey {
	return sync.OnceValue(func() *rsa.PrivateKey {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		return key
	})
}

var (
	authorityKey, personKey, answererKey, foreignKey = rsaKeyOnce(), rsaKeyOnce(), rsaKeyOnce(), rsaKeyOnce()

	simulatorMark = pkix.Extension{Id: simulated.OID, Value: []byte{5, 0}}
)

// bank is a hierarchy of certificates like that of a bank.
type bank struct {
	root, ca, customer, other cmstest.Signer // other is a second customer CA
	responder                 cmstest.Signer
	marked                    bool
}

func certify(t testing.TB, template *x509.Certificate, issuer cmstest.Signer, key crypto.Signer) cmstest.Signer {
	t.Helper()
	s, err := cmstest.Issue(template, issuer, key)
	require.NoError(t, err)
	return s
}

func newBank(t testing.TB, marked bool) *bank {
	t.Helper()
	b := &bank{marked: marked}
	ca := func(name string, issuer cmstest.Signer, key crypto.Signer) cmstest.Signer {
		return certify(t, b.mark(cmstest.Root(name, signedAt.AddDate(-5, 0, 0), signedAt.AddDate(10, 0, 0))), issuer, key)
	}
	b.root = ca("Root", cmstest.Signer{}, authorityKey())
	b.ca = ca("Bank CA", b.root, authorityKey())
	b.customer = ca("Customer CA", b.ca, authorityKey())
	b.other = ca("Other Customer CA", b.ca, foreignKey())
	b.responder = certify(t, b.responderTemplate(), b.customer, answererKey())
	return b
}

func (b *bank) mark(template *x509.Certificate) *x509.Certificate {
	if b.marked {
		template.ExtraExtensions = append(template.ExtraExtensions, simulatorMark)
	}
	return template
}

func (b *bank) responderTemplate() *x509.Certificate {
	return b.mark(&x509.Certificate{
		Subject: pkix.Name{CommonName: "OCSP Signing"}, NotBefore: signedAt.AddDate(0, -1, 0), NotAfter: signedAt.AddDate(0, 5, 0),
		KeyUsage: x509.KeyUsageContentCommitment, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning},
	})
}

// personTemplate is a certificate for one of the two functions.
func (b *bank) personTemplate(function string) *x509.Certificate {
	usage := x509.KeyUsageDigitalSignature
	if function == "Signing" {
		usage = x509.KeyUsageContentCommitment
	}
	return b.mark(&x509.Certificate{
		Subject: pkix.Name{
			Country: []string{"SE"}, SerialNumber: someone, CommonName: "Tolvan Tolvansson",
			ExtraNames: []pkix.AttributeTypeAndValue{
				{Type: asn1.ObjectIdentifier{2, 5, 4, 42}, Value: "Tolvan"}, {Type: asn1.ObjectIdentifier{2, 5, 4, 4}, Value: "Tolvansson"},
			},
		},
		NotBefore: signedAt.AddDate(-1, 0, 0), NotAfter: signedAt.AddDate(1, 0, 0), KeyUsage: usage,
	})
}

func (b *bank) person(t testing.TB, function string) cmstest.Signer {
	return certify(t, b.personTemplate(function), b.customer, personKey())
}

func (b *bank) verifier(t testing.TB, env mss.Environment) *bankid.Verifier {
	t.Helper()
	anchors, err := mss.NewAnchors(env, []*x509.Certificate{b.root.Certificate}, nil)
	require.NoError(t, err)
	v, err := bankid.NewVerifier(bankid.VerifierConfig{Anchors: anchors})
	require.NoError(t, err)
	return v
}

// draft is a signature in the making. Its zero hooks change nothing.
type draft struct {
	person       cmstest.Signer
	certificates []cmstest.Signer // of KeyInfo

	function, relying, format string
	visible, hidden           *string
	inSrvInfo, inClientInfo   string // more elements
	inData                    string // in bankIdSignedData, at its end

	editData, editKeyInfo func(string) string // before they are digested
	editInfo              func(string) string // before it is signed
	edit                  func(string) string // of the document in the end
}

func (b *bank) draft(t testing.TB, function string) *draft {
	p := b.person(t, function)
	return &draft{
		person: p, certificates: []cmstest.Signer{p, b.customer, b.ca},
		function: function, relying: shop, visible: new(visibleText), hidden: new(hiddenText),
	}
}

func in64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func edited(s string, edit func(string) string) string {
	if edit == nil {
		return s
	}
	return edit(s)
}

func (d *draft) data() string {
	var s strings.Builder
	s.WriteString(`<bankIdSignedData xmlns="` + typesSpace + `" Id="bidSignedData">`)
	if d.visible != nil {
		format := ""
		if d.format != "" {
			format = ` format="` + d.format + `"`
		}
		s.WriteString(`<usrVisibleData charset="UTF-8"` + format + ` visible="wysiwys">` + in64(*d.visible) + `</usrVisibleData>`)
	}
	if d.hidden != nil {
		s.WriteString(`<usrNonVisibleData>` + in64(*d.hidden) + `</usrNonVisibleData>`)
	}
	s.WriteString(`<srvInfo><name>` + in64(d.relying) + `</name><nonce>` + in64("twenty octets of it.") + `</nonce><displayName>` + in64("Shop") +
		`</displayName>` + d.inSrvInfo + `</srvInfo><clientInfo><funcId>` + d.function + `</funcId><version>` + in64("Personal=7&") +
		`</version><env><ai><type>T1NfWA==</type><requirement><condition><type>CertificatePolicies</type><value>1.2.3.4.5</value></condition></requirement></ai></env>` +
		d.inClientInfo + `</clientInfo>` + d.inData + `</bankIdSignedData>`)
	return edited(s.String(), d.editData)
}

func (d *draft) keyInfo() string {
	var s strings.Builder
	s.WriteString(`<KeyInfo xmlns="` + dsigSpace + `" Id="bidKeyInfo"><X509Data>`)
	for _, c := range d.certificates {
		s.WriteString(`<X509Certificate>` + in64(string(c.Certificate.Raw)) + `</X509Certificate>`)
	}
	return edited(s.String()+`</X509Data></KeyInfo>`, d.editKeyInfo)
}

func referenceTo(attributes, octets string) string {
	sum := sha256.Sum256([]byte(octets))
	return `<Reference ` + attributes + `><Transforms><Transform Algorithm="` + c14n + `"></Transform></Transforms><DigestMethod Algorithm="` +
		sha256Name + `"></DigestMethod><DigestValue>` + in64(string(sum[:])) + `</DigestValue></Reference>`
}

// xml signs.
func (d *draft) xml(t testing.TB) string {
	t.Helper()
	data, keyInfo := d.data(), d.keyInfo()
	info := `<SignedInfo xmlns="` + dsigSpace + `"><CanonicalizationMethod Algorithm="` + c14n + `"></CanonicalizationMethod><SignatureMethod Algorithm="` +
		rsaSHA256 + `"></SignatureMethod>` + referenceTo(`Type="`+typesSpace+`" URI="#bidSignedData"`, data) + referenceTo(`URI="#bidKeyInfo"`, keyInfo) + `</SignedInfo>`
	info = edited(info, d.editInfo)
	sum := sha256.Sum256([]byte(info))
	value, err := d.person.Key.Sign(rand.Reader, sum[:], crypto.SHA256)
	require.NoError(t, err)
	return edited(xmlHead+`<Signature xmlns="`+dsigSpace+`">`+info+`<SignatureValue>`+in64(string(value))+`</SignatureValue>`+keyInfo+
		`<Object>`+data+`</Object></Signature>`, d.edit)
}

// pair is a signature and its OCSP answer, in Base64.
type pair struct{ signature, ocsp string }

// pair signs and has it answered.
func (d *draft) pair(t testing.TB, b *bank) pair {
	t.Helper()
	text := in64(d.xml(t))
	return pair{text, in64(string(b.answer(d.person.Certificate, text).der(t)))}
}

// order is an order in the eyes of the relying party, and its outcome.
type order struct {
	state  map[string]any
	number string // in the answer
	status string
	hint   string
	ref    string
	more   map[string]any // in completionData
	tx     mss.Transaction
	at     time.Time // received
}

func sum256(s string) []byte {
	sum := sha256.Sum256([]byte(s))
	return sum[:]
}

func newOrder(function string) *order {
	purpose := mss.Signing
	if function == "Identification" {
		purpose = mss.Authentication
	}
	return &order{
		state: map[string]any{"f": function, "v": sum256(visibleText), "n": sum256(hiddenText), "r": shop},
		tx: mss.Transaction{
			Provider: "bankid|test|appapi2.test.bankid.com|0123456789abcdef", TransID: "T1", MSSPTransID: "131daac9-16c6-4618-beb0-365768f37288",
			Purpose: purpose, Started: signedAt.Add(-time.Minute), Deadline: signedAt.Add(2 * time.Minute),
		},
		number: someone, status: "complete", ref: "131daac9-16c6-4618-beb0-365768f37288", at: signedAt.Add(2 * time.Second),
	}
}

func (o *order) evidence(t testing.TB, p pair) *mss.Evidence {
	t.Helper()
	answer := map[string]any{"orderRef": o.ref, "status": o.status}
	if o.hint != "" {
		answer["hintCode"] = o.hint
	}
	if o.status == "complete" {
		data := map[string]any{"user": map[string]any{"personalNumber": o.number}, "signature": p.signature, "ocspResponse": p.ocsp}
		for name, value := range o.more {
			data[name] = value
		}
		answer["completionData"] = data
	}
	raw, err := json.Marshal(answer)
	require.NoError(t, err)
	ev := &mss.Evidence{Transaction: o.tx, Received: o.at, Raw: raw}
	ev.Transaction.State, err = json.Marshal(o.state)
	require.NoError(t, err)
	return ev
}

// refused requires that a check, and no other, refused.
func refused(t testing.TB, err error, check, reason string) {
	t.Helper()
	var f *mss.VerificationError
	require.ErrorAs(t, err, &f)
	require.Equal(t, check, f.Check, "%v", err)
	require.ErrorContains(t, f.Err, reason)
	for _, secret := range []string{someone, someoneElse, visibleText, "Tolvan", "FP Shop"} {
		require.NotContains(t, err.Error(), secret)
	}
}
