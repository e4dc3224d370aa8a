package bankid_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"
	"time"

	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

// TestOCSP: each row has one fault in the OCSP answer, and is refused by the check for it.
func TestOCSP(t *testing.T) {
	t.Parallel()
	b := newBank(t, false)
	d := b.draft(t, "Signing")
	doc := d.xml(t)
	text := in64(doc)
	person := d.person
	responder := func(issuer cmstest.Signer, change func(*x509.Certificate)) func(*ocspDraft) {
		template := b.responderTemplate()
		if change != nil {
			change(template)
		}
		s := certify(t, template, issuer, answererKey())
		return func(o *ocspDraft) { o.responder = s }
	}
	extension := func(e ...pkix.Extension) func(*ocspDraft) { return func(o *ocspDraft) { o.extensions = e } }
	nonce := func(value []byte) pkix.Extension {
		return pkix.Extension{Id: ocspNonceID, Critical: true, Value: value}
	}
	right := nonceFor(text)
	wrapped, err := asn1.Marshal(right)
	require.NoError(t, err)
	sameNameCA := certify(t, cmstest.Root("Customer CA", signedAt.AddDate(-1, 0, 0), signedAt.AddDate(1, 0, 0)), b.ca, foreignKey())

	for name, test := range map[string]struct {
		change        func(*ocspDraft)
		check, reason string
	}{
		"signed by the person":        {func(o *ocspDraft) { o.responder = person }, "OCSP", "not for OCSP answers"},
		"signed by another service":   {responder(b.customer, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }), "OCSP", "not for OCSP answers"},
		"any purpose is not OCSP":     {responder(b.customer, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageAny} }), "OCSP", "not for OCSP answers"},
		"responder of another CA":     {responder(b.other, nil), "OCSP", "not of the issuer"},
		"responder of the bank CA":    {responder(b.ca, nil), "OCSP", "not of the issuer"},
		"issuer's name, another key":  {responder(sameNameCA, nil), "OCSP", "not of the issuer"},
		"responder ended":             {responder(b.customer, func(c *x509.Certificate) { c.NotAfter = signedAt.Add(-time.Second) }), "OCSP", "was not valid"},
		"responder begins later":      {responder(b.customer, func(c *x509.Certificate) { c.NotBefore = signedAt.Add(time.Second) }), "OCSP", "was not valid"},
		"responder's extension":       {responder(b.customer, func(c *x509.Certificate) { c.ExtraExtensions = append(c.ExtraExtensions, criticalUnknown) }), "OCSP", "critical extension"},
		"responder's key is weak":     {func(o *ocspDraft) { o.included = [][]byte{b.withPublicKey(t, 1024, 65537).Certificate.Raw} }, "OCSP", "too weak"},
		"another certificate in it":   {func(o *ocspDraft) { o.included = [][]byte{person.Certificate.Raw} }, "OCSP", "does not verify the answer"},
		"no certificate in it":        {func(o *ocspDraft) { o.included = [][]byte{} }, "OCSP", "with the responder's certificate"},
		"two certificates in it":      {func(o *ocspDraft) { o.included = [][]byte{o.responder.Certificate.Raw, person.Certificate.Raw} }, "OCSP", "with the responder's certificate"},
		"not a certificate in it":     {func(o *ocspDraft) { o.included = [][]byte{{0x30, 0}} }, "OCSP", "not an X.509"},
		"signature value":             {func(o *ocspDraft) { o.spoil = true }, "OCSP", "does not verify the answer"},
		"revoked":                     {func(o *ocspDraft) { o.status = statusRevoked(t) }, "OCSP", "revoked"},
		"unknown":                     {func(o *ocspDraft) { o.status = statusLost }, "OCSP", "not known"},
		"another certificate's":       {func(o *ocspDraft) { o.serial = new(big.Int).Add(o.serial, big.NewInt(1)) }, "OCSP", "another certificate of the issuer"},
		"another issuer's name":       {func(o *ocspDraft) { o.issuer = b.ca.Certificate }, "OCSP", "another issuer"},
		"another issuer's key":        {func(o *ocspDraft) { o.issuer = sameNameCA.Certificate }, "OCSP", "another issuer"},
		"stale":                       {func(o *ocspDraft) { o.thisUpdate = signedAt.Add(-6 * time.Minute) }, "OCSP", "stale"},
		"knows the future":            {func(o *ocspDraft) { o.thisUpdate = signedAt.Add(6 * time.Minute) }, "OCSP", "stale"},
		"SHA-1 with RSA":              {func(o *ocspDraft) { o.algorithm = withSHA1 }, "OCSP", "broken"},
		"parameters of the algorithm": {func(o *ocspDraft) { o.parameters = asn1.RawValue{Tag: asn1.TagOctetString} }, "OCSP", "in DER"},
		"not successful":              {func(o *ocspDraft) { o.outer = 3 }, "OCSP", "successful"},
		"no certificate asked about":  {func(o *ocspDraft) { o.entries = 0 }, "OCSP", "about one certificate"},
		"two entries":                 {func(o *ocspDraft) { o.entries = 2 }, "OCSP", "about one certificate"},
		"something behind":            {func(o *ocspDraft) { o.trailing = []byte("x") }, "OCSP", "in DER"},
		"no nonce":                    {extension(), "OCSP nonce", "none of 32"},
		"another signature's nonce":   {extension(nonce(nonceFor(text + "x"))), "OCSP nonce", "another signature"},
		"nonce over the XML":          {extension(nonce(nonceFor(doc))), "OCSP nonce", "another signature"},
		"nonce of 31 octets":          {extension(nonce(right[:31])), "OCSP nonce", "none of 32"},
		"nonce of 33 octets":          {extension(nonce(append(bytes.Clone(right), 0))), "OCSP nonce", "none of 32"},
		"nonce in an OCTET STRING":    {extension(nonce(wrapped)), "OCSP nonce", "none of 32"},
		"two nonces":                  {extension(nonce(right), nonce(right)), "OCSP nonce", "two of them"},
		"second nonce, uncritical":    {extension(nonce(right), pkix.Extension{Id: ocspNonceID, Value: right}), "OCSP nonce", "two of them"},
		"unknown critical extension":  {extension(nonce(right), criticalUnknown), "OCSP nonce", "critical extension"},
		"before the person's time": {func(o *ocspDraft) {
			o.producedAt, o.thisUpdate = signedAt.AddDate(-2, 0, 0), signedAt.AddDate(-2, 0, 0)
		}, "chain", "is valid from"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := b.answer(person.Certificate, text)
			test.change(o)
			_, err := b.verifier(t, mss.Test).Verify(newOrder("Signing").evidence(t, pair{text, in64(string(o.der(t)))}))
			refused(t, err, test.check, test.reason)
		})
	}
	for name, change := range map[string]func(*ocspDraft){
		"as BankID":           func(*ocspDraft) {},
		"SHA-256 in the id":   func(o *ocspDraft) { o.hash = crypto.SHA256 },
		"nonce is uncritical": func(o *ocspDraft) { o.extensions[0].Critical = false },
		"another extension": func(o *ocspDraft) {
			o.extensions = append(o.extensions, pkix.Extension{Id: criticalUnknown.Id, Value: []byte{5, 0}})
		},
		"an older thisUpdate": func(o *ocspDraft) { o.thisUpdate = signedAt.Add(-4 * time.Minute) },
		"another responder":   responder(b.customer, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature }),
		"several purposes":    responder(b.customer, func(c *x509.Certificate) { c.ExtKeyUsage = append(c.ExtKeyUsage, x509.ExtKeyUsageClientAuth) }),
	} {
		o := b.answer(person.Certificate, text)
		change(o)
		_, err := b.verifier(t, mss.Test).Verify(newOrder("Signing").evidence(t, pair{text, in64(string(o.der(t)))}))
		require.NoError(t, err, name)
	}
}

// TestPairText: the Base64 of a pair is as strict as what is in it, and bounded.
func TestPairText(t *testing.T) {
	t.Parallel()
	b := newBank(t, false)
	p := b.draft(t, "Signing").pair(t, b)
	for _, test := range map[string]struct {
		pair          pair
		check, reason string
	}{
		"line break in the signature": {pair{p.signature[:64] + "\n" + p.signature[64:], p.ocsp}, "document", "not Base64"},
		"line break at its end":       {pair{p.signature + "\r\n", p.ocsp}, "document", "not Base64"},
		"URL alphabet":                {pair{p.signature[:64] + "_" + p.signature[65:], p.ocsp}, "document", "not Base64"},
		"line break in the OCSP":      {pair{p.signature, p.ocsp[:64] + "\n" + p.ocsp[64:]}, "OCSP", "not Base64"},
		"overlong OCSP":               {pair{p.signature, in64(string(make([]byte, 32<<10)))}, "OCSP", "longer"},
		"OCSP is no DER":              {pair{p.signature, in64("x")}, "OCSP", "DER"},
		"octet behind the OCSP":       {pair{p.signature, in64(string(b.answer(b.root.Certificate, "").der(t)) + "x")}, "OCSP", "DER"},
	} {
		_, err := b.verifier(t, mss.Test).Verify(newOrder("Signing").evidence(t, test.pair))
		refused(t, err, test.check, test.reason)
	}
	long := bytes.Repeat([]byte("A"), 1<<20+4)
	_, err := b.verifier(t, mss.Test).VerifySignature(long, nil, signedAt)
	refused(t, err, "document", "longer")
}
