package bankid_test

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/gomss/gomss/adapters/bankid"
	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

// TestVerifyOrder: what a signature proves is in the result, for both functions.
func TestVerifyOrder(t *testing.T) {
	t.Parallel()
	b := newBank(t, false)
	for function, purpose := range map[string]mss.Purpose{"Identification": mss.Authentication, "Signing": mss.Signing} {
		d := b.draft(t, function)
		p, o := d.pair(t, b), newOrder(function)
		o.more = map[string]any{
			"device": map[string]any{"ipAddress": "192.0.2.7", "uhi": "u"}, "risk": "low", "bankIdIssueDate": "2020-02-01Z",
			"stepUp": map[string]any{"mrtd": true}, "something": []int{1},
		}
		ev := o.evidence(t, p)
		require.Equal(t, purpose, ev.Transaction.Purpose)
		s, err := b.verifier(t, mss.Test).Verify(ev)
		require.NoError(t, err)
		require.True(t, s.Verified())
		require.True(t, s.Fresh)
		require.Equal(t, "PNOSE-"+someone, s.Signer.ID)
		require.Equal(t, s.Signer.ID, s.Signer.Person.Reveal())
		require.Equal(t, "Tolvan", s.Signer.GivenName.Reveal())
		require.Equal(t, "Tolvansson", s.Signer.Surname.Reveal())
		require.Len(t, s.Signer.Chain, 4)
		require.Equal(t, mss.XMLDSig, s.Format)
		require.Equal(t, p.signature, string(s.Value), "as it was received")
		visible, hidden := bankid.SplitContent(s.Content)
		require.Equal(t, visibleText, string(visible))
		require.Equal(t, hiddenText, string(hidden))
		require.Equal(t, mss.StatusSignature, s.Status)
		require.Equal(t, signedAt, s.At)
		require.Same(t, ev, s.Evidence)
		details := s.Details.(*bankid.Details)
		require.Equal(t, "low", details.Risk)
		require.Equal(t, netip.MustParseAddr("192.0.2.7"), details.DeviceIP)
		require.Equal(t, "u", details.DeviceID.Reveal())
		require.Equal(t, time.Date(2020, 2, 1, 0, 0, 0, 0, time.UTC), details.Issued)
		require.True(t, *details.DocumentRead)
		require.NotContains(t, fmt.Sprintf("%v %+v %#v", details, details, *details), "192.0.2.7")
	}
}

// TestEvidenceIsABundle: one file, and the root, are enough for another verifier in another process.
func TestEvidenceIsABundle(t *testing.T) {
	t.Parallel()
	b := newBank(t, false)
	file, err := newOrder("Signing").evidence(t, b.draft(t, "Signing").pair(t, b)).MarshalBinary()
	require.NoError(t, err)
	var again mss.Evidence
	require.NoError(t, again.UnmarshalBinary(file))
	s, err := b.verifier(t, mss.Test).Verify(&again)
	require.NoError(t, err)
	require.True(t, s.Verified())
}

// TestVerifyWhatBankIDMayAdd: elements and members that are not known.
func TestVerifyWhatBankIDMayAdd(t *testing.T) {
	t.Parallel()
	b := newBank(t, false)
	d, o := b.draft(t, "Signing"), newOrder("Signing")
	d.inSrvInfo, d.inClientInfo, d.inData = `<rpRef>YQ==</rpRef>`, `<new a="1" b="2"><funcId>Identification</funcId></new>`, `<token></token>`
	d.certificates = append(d.certificates, b.root)
	o.more = map[string]any{"device": "none", "stepUp": []string{"x"}, "risk": 1, "bankIdIssueDate": "soon", "cert": map[string]any{}}
	s, err := b.verifier(t, mss.Test).Verify(o.evidence(t, d.pair(t, b)))
	require.NoError(t, err)
	require.Equal(t, &bankid.Details{}, s.Details)
}

// TestVerifyWithoutData: what was not sent is not in the signature.
func TestVerifyWithoutData(t *testing.T) {
	t.Parallel()
	b := newBank(t, false)
	for name, test := range map[string]struct{ visible, hidden *string }{
		"no visible": {nil, new(hiddenText)}, "no hidden": {new(visibleText), nil}, "neither": {nil, nil}, "hidden with zeros": {nil, new("\x00\x00a\x00")},
	} {
		d, o := b.draft(t, "Identification"), newOrder("Identification")
		d.visible, d.hidden = test.visible, test.hidden
		delete(o.state, "v")
		delete(o.state, "n")
		if test.visible != nil {
			o.state["v"] = sum256(*test.visible)
		}
		if test.hidden != nil {
			o.state["n"] = sum256(*test.hidden)
		}
		s, err := b.verifier(t, mss.Test).Verify(o.evidence(t, d.pair(t, b)))
		require.NoError(t, err, name)
		require.Equal(t, test.hidden != nil, s.Fresh, name)
		visible, hidden := bankid.SplitContent(s.Content)
		require.Equal(t, test.visible == nil, visible == nil, name)
		require.Equal(t, test.hidden == nil, hidden == nil, name)
		if hidden != nil {
			require.Equal(t, *test.hidden, string(hidden), name)
		}
	}
}

// TestVerifyOrderRefuses: each row has one difference between the order and what was signed.
func TestVerifyOrderRefuses(t *testing.T) {
	t.Parallel()
	b := newBank(t, false)
	parse := func(number string) mss.PersonID {
		p, err := mss.ParsePersonID("SE", number)
		require.NoError(t, err)
		return p
	}
	for name, test := range map[string]struct {
		change        func(*draft, *order)
		check, reason string
	}{
		"another kind of service":   {func(_ *draft, o *order) { o.tx.Provider = "skmid|test|host|x" }, "evidence", "another kind"},
		"another environment":       {func(_ *draft, o *order) { o.tx.Provider = "bankid|production|host|x" }, "evidence", "environment"},
		"state of something else":   {func(_ *draft, o *order) { o.state["z"] = 1 }, "evidence", "not of this package"},
		"purpose":                   {func(_ *draft, o *order) { o.tx.Purpose = mss.Authentication }, "evidence", "purpose"},
		"another order's answer":    {func(_ *draft, o *order) { o.ref = "x" + o.ref }, "answer", "another order"},
		"pending":                   {func(_ *draft, o *order) { o.status = "pending" }, "answer", "not over"},
		"unknown status":            {func(_ *draft, o *order) { o.status = "done" }, "answer", "not over"},
		"no personal number":        {func(_ *draft, o *order) { o.number = "" }, "answer", "missing"},
		"no signature":              {func(_ *draft, o *order) { o.more = map[string]any{"signature": ""} }, "answer", "missing"},
		"no OCSP answer":            {func(_ *draft, o *order) { o.more = map[string]any{"ocspResponse": ""} }, "answer", "missing"},
		"another text":              {func(d *draft, _ *order) { d.visible = new(visibleText + " ") }, "visible data", "another text"},
		"text where none was sent":  {func(_ *draft, o *order) { delete(o.state, "v") }, "visible data", "another text"},
		"no text":                   {func(d *draft, _ *order) { d.visible = nil }, "visible data", "another text"},
		"empty text":                {func(d *draft, _ *order) { d.visible = new("") }, "visible data", "another text"},
		"shown as Markdown":         {func(d *draft, _ *order) { d.format = "simpleMarkdownV1" }, "visible data", "another format"},
		"not shown as Markdown":     {func(_ *draft, o *order) { o.state["m"] = "simpleMarkdownV1" }, "visible data", "another format"},
		"another nonce":             {func(d *draft, _ *order) { d.hidden = new(hiddenText + " ") }, "non-visible data", "another order"},
		"no nonce":                  {func(d *draft, _ *order) { d.hidden = nil }, "non-visible data", "another order"},
		"nonce where none was sent": {func(_ *draft, o *order) { delete(o.state, "n") }, "non-visible data", "another order"},
		"another relying party":     {func(d *draft, _ *order) { d.relying = "cn=Other" }, "relying party", "another client certificate"},
		"no relying party in state": {func(_ *draft, o *order) { delete(o.state, "r") }, "relying party", "without a client certificate"},
		"function": {func(d *draft, _ *order) {
			d.function = "Identification"
			d.person = certify(t, b.personTemplate("Identification"), b.customer, personKey())
			d.certificates[0] = d.person
		}, "function", "identified where"},
		"answer names another person": {func(_ *draft, o *order) { o.number = someoneElse }, "person", "answer names"},
		"another person was required": {func(_ *draft, o *order) { o.state["p"] = someoneElse }, "person", "was asked"},
		"another person was asked":    {func(_ *draft, o *order) { o.tx.User.Person = parse(someoneElse) }, "person", "was asked"},
		"older than the order":        {func(_ *draft, o *order) { o.tx.Started = signedAt.Add(6 * time.Minute); o.at = o.tx.Started }, "time", "before the order"},
		"younger than the receipt": {func(_ *draft, o *order) {
			o.tx.Started = signedAt.Add(-time.Hour)
			o.at = signedAt.Add(-6 * time.Minute)
		}, "time", "after the signature"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, o := b.draft(t, "Signing"), newOrder("Signing")
			test.change(d, o)
			ev := o.evidence(t, d.pair(t, b))
			_, err := b.verifier(t, mss.Test).Verify(ev)
			refused(t, err, test.check, test.reason)
			var f *mss.VerificationError
			require.ErrorAs(t, err, &f)
			require.Same(t, ev, f.Evidence)
		})
	}
	_, err := b.verifier(t, mss.Test).Verify(nil)
	refused(t, err, "evidence", "nil")
}

// TestVerifyOrderAccepts: what is near to a refusal and right.
func TestVerifyOrderAccepts(t *testing.T) {
	t.Parallel()
	b := newBank(t, false)
	someoneID, err := mss.ParsePersonID("SE", someone)
	require.NoError(t, err)
	for name, change := range map[string]func(*draft, *order){
		"required person":   func(_ *draft, o *order) { o.state["p"], o.tx.User.Person = someone, someoneID },
		"Markdown":          func(d *draft, o *order) { d.format, o.state["m"] = "simpleMarkdownV1", "simpleMarkdownV1" },
		"named plain text":  func(_ *draft, o *order) { o.state["m"] = "plaintext" },
		"clock ahead":       func(_ *draft, o *order) { o.tx.Started = signedAt.Add(4 * time.Minute); o.at = o.tx.Started },
		"clock behind":      func(_ *draft, o *order) { o.tx.Started = signedAt.Add(-4 * time.Minute); o.at = o.tx.Started },
		"three octets text": func(d *draft, o *order) { d.visible = new("å!"); o.state["v"] = sum256("å!") },
	} {
		d, o := b.draft(t, "Signing"), newOrder("Signing")
		change(d, o)
		_, err := b.verifier(t, mss.Test).Verify(o.evidence(t, d.pair(t, b)))
		require.NoError(t, err, name)
	}
}

// TestVerifyFailedOrder: a person who did not sign is no error of verification.
func TestVerifyFailedOrder(t *testing.T) {
	t.Parallel()
	o := newOrder("Signing")
	o.status, o.hint = "failed", "userCancel"
	_, err := newBank(t, false).verifier(t, mss.Test).Verify(o.evidence(t, pair{}))
	var f *mss.Fault
	require.ErrorAs(t, err, &f)
	require.ErrorIs(t, err, mss.UserCancel)
	require.Equal(t, "userCancel", f.Native)
}

// TestVerifyReplay: a signature is accepted for one transaction, as often as that is asked about.
func TestVerifyReplay(t *testing.T) {
	t.Parallel()
	b := newBank(t, false)
	v, p := b.verifier(t, mss.Test), b.draft(t, "Signing").pair(t, b)
	for range 2 {
		_, err := v.Verify(newOrder("Signing").evidence(t, p))
		require.NoError(t, err)
	}
	o := newOrder("Signing")
	o.tx.TransID = "T2"
	_, err := v.Verify(o.evidence(t, p))
	refused(t, err, "replay", "another transaction")
}

// TestVerifyCertificates: each row has one fault in the person's certificate or in the path.
func TestVerifyCertificates(t *testing.T) {
	t.Parallel()
	b := newBank(t, false)
	person := func(change func(*x509.Certificate)) func(*draft) {
		return func(d *draft) {
			template := b.personTemplate("Signing")
			change(template)
			d.person = certify(t, template, b.customer, personKey())
			d.certificates[0] = d.person
		}
	}
	under := func(from, to time.Time) func(*draft) {
		return func(d *draft) {
			ca := certify(t, cmstest.Root("Short CA", from, to), b.ca, authorityKey())
			d.person = certify(t, b.personTemplate("Signing"), ca, personKey())
			d.certificates = []cmstest.Signer{d.person, ca, b.ca}
		}
	}
	for name, test := range map[string]struct {
		change        func(*draft)
		check, reason string
	}{
		"not yet valid":      {person(func(c *x509.Certificate) { c.NotBefore = signedAt.Add(time.Second) }), "chain", "is valid from"},
		"no longer valid":    {person(func(c *x509.Certificate) { c.NotAfter = signedAt.Add(-time.Second) }), "chain", "is valid from"},
		"an authority ended": {under(signedAt.AddDate(-1, 0, 0), signedAt.Add(-time.Second)), "chain", "outside its validity"},
		"another root": {func(d *draft) {
			root := certify(t, cmstest.Root("Foreign Root", signedAt.AddDate(-1, 0, 0), signedAt.AddDate(1, 0, 0)), cmstest.Signer{}, foreignKey())
			ca := certify(t, cmstest.Root("Foreign CA", signedAt.AddDate(-1, 0, 0), signedAt.AddDate(1, 0, 0)), root, foreignKey())
			d.person = certify(t, b.personTemplate("Signing"), ca, personKey())
			d.certificates = []cmstest.Signer{d.person, ca, root}
		}, "chain", "none of the signing roots"},
		"issuer is missing": {func(d *draft) { d.certificates = []cmstest.Signer{d.person, b.other, b.ca} }, "chain", "none of the signing roots"},
		"issued by a person": {func(d *draft) {
			between := certify(t, b.personTemplate("Signing"), b.customer, personKey())
			d.person = certify(t, b.personTemplate("Signing"), between, foreignKey())
			d.certificates = []cmstest.Signer{d.person, between, b.customer, b.ca}
		}, "chain", ""},
		"unknown critical extension": {person(func(c *x509.Certificate) {
			c.ExtraExtensions = append(c.ExtraExtensions, criticalUnknown)
		}), "chain", "critical extension"},
		"marked as a simulator's": {person(func(c *x509.Certificate) {
			c.ExtraExtensions = append(c.ExtraExtensions, simulatorMark)
		}), "chain", "environments never mix"},
		"key for identification": {person(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature }), "key usage", "nonRepudiation"},
		"an authority's":         {person(func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = true, true }), "key usage", "authority"},
		"no personal number":     {person(func(c *x509.Certificate) { c.Subject.SerialNumber = "" }), "signer", "12 digits"},
		"10 digits":              {person(func(c *x509.Certificate) { c.Subject.SerialNumber = "1212121212" }), "signer", "12 digits"},
		"letters":                {person(func(c *x509.Certificate) { c.Subject.SerialNumber = "19121212121A" }), "signer", "12 digits"},
		"another country":        {person(func(c *x509.Certificate) { c.Subject.Country = []string{"NO"} }), "signer", "12 digits"},
		"two personal numbers": {person(func(c *x509.Certificate) {
			c.Subject.ExtraNames = append(c.Subject.ExtraNames, serialOf(someone), serialOf(someoneElse))
		}), "signer", "more than one"},
		"two certificates":  {func(d *draft) { d.certificates = d.certificates[:2] }, "structure", "number of certificates"},
		"five certificates": {func(d *draft) { d.certificates = append(d.certificates, b.root, b.root) }, "structure", "number of certificates"},
		"key of 1024 bits":  {func(d *draft) { d.certificates[0] = b.withPublicKey(t, 1024, 65537) }, "certificate", "2048 to 4096"},
		"key of 8192 bits":  {func(d *draft) { d.certificates[0] = b.withPublicKey(t, 8192, 65537) }, "certificate", "2048 to 4096"},
		"exponent 3":        {func(d *draft) { d.certificates[1] = b.withPublicKey(t, 2048, 3) }, "certificate", "exponent"},
		"EC key":            {func(d *draft) { d.certificates[0] = b.elliptic(t) }, "certificate", "not an RSA"},
		"not a certificate": {func(d *draft) {
			d.certificates[1] = cmstest.Signer{Certificate: &x509.Certificate{Raw: []byte{0x30, 0}}}
		}, "certificate", "not an X.509"},
		"overlong certificate": {func(d *draft) {
			d.certificates[1] = cmstest.Signer{Certificate: &x509.Certificate{Raw: make([]byte, 9<<10)}}
		}, "certificate", "longer"},
		"another person's key":      {func(d *draft) { d.person.Key = foreignKey() }, "signature", "does not verify"},
		"another person's key info": {func(d *draft) { d.certificates[0] = certify(t, b.personTemplate("Signing"), b.customer, foreignKey()) }, "signature", "does not verify"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := b.draft(t, "Signing")
			test.change(d)
			_, err := b.verifier(t, mss.Test).Verify(newOrder("Signing").evidence(t, d.pair(t, b)))
			refused(t, err, test.check, test.reason)
		})
	}
}

// TestVerifyUsageOfIdentification: the other way round than in TestVerifyCertificates.
func TestVerifyUsageOfIdentification(t *testing.T) {
	t.Parallel()
	b := newBank(t, false)
	d := b.draft(t, "Signing")
	d.function = "Identification"
	_, err := b.verifier(t, mss.Test).VerifySignature([]byte(d.xml(t)), nil, signedAt)
	refused(t, err, "key usage", "digitalSignature")
}

// TestVerifyEnvironments: a simulator's signature is one in the Simulator environment, and nowhere else; and no other root will do.
func TestVerifyEnvironments(t *testing.T) {
	t.Parallel()
	real, simulator := newBank(t, false), newBank(t, true)
	o := newOrder("Signing")
	o.tx.Provider = "bankid|simulator|localhost|"
	delete(o.state, "r") // in process there is no client certificate
	p := simulator.draft(t, "Signing").pair(t, simulator)
	_, err := simulator.verifier(t, mss.Simulator).Verify(o.evidence(t, p))
	require.NoError(t, err)
	_, err = real.verifier(t, mss.Test).Verify(newOrder("Signing").evidence(t, p))
	refused(t, err, "chain", "")
	_, err = simulator.verifier(t, mss.Simulator).VerifySignature([]byte(real.draft(t, "Signing").xml(t)), nil, signedAt)
	refused(t, err, "chain", "")
}

// TestNewVerifier: without anchors nothing is verified.
func TestNewVerifier(t *testing.T) {
	t.Parallel()
	_, err := bankid.NewVerifier(bankid.VerifierConfig{})
	require.ErrorContains(t, err, "Config.Anchors")
}

// TestVerifyBare: all forms of a pair, and what the time comes from.
func TestVerifyBare(t *testing.T) {
	t.Parallel()
	b := newBank(t, false)
	v, p := b.verifier(t, mss.Test), b.draft(t, "Identification").pair(t, b)
	doc, err := base64.StdEncoding.DecodeString(p.signature)
	require.NoError(t, err)
	der, err := base64.StdEncoding.DecodeString(p.ocsp)
	require.NoError(t, err)
	for _, signature := range [][]byte{[]byte(p.signature), doc, []byte(p.signature + "\r\n")} {
		for _, ocsp := range [][]byte{[]byte(p.ocsp), der, []byte("\n" + p.ocsp + "\n")} {
			d, err := v.VerifySignature(signature, ocsp, time.Time{})
			require.NoError(t, err)
			require.Equal(t, bankid.TimeOCSP, d.TimeSource)
			require.Equal(t, signedAt, d.At)
			require.Equal(t, mss.Authentication, d.Purpose)
			require.Equal(t, shop, d.RelyingParty)
			require.Equal(t, "PNOSE-"+someone, d.Signer.ID)
			require.Equal(t, bytes.Equal(signature, doc), d.Reencoded)
			require.Equal(t, p.signature, string(d.Value))
		}
	}
	at := signedAt.AddDate(0, 1, 0)
	d, err := v.VerifySignature(doc, nil, at)
	require.NoError(t, err)
	require.Equal(t, bankid.TimeOperator, d.TimeSource)
	require.Equal(t, at, d.At)
	for _, test := range map[string]struct {
		ocsp   []byte
		at     time.Time
		check  string
		reason string
	}{
		"neither":          {nil, time.Time{}, "time", "give a time"},
		"both":             {der, signedAt, "time", "no other time"},
		"empty OCSP":       {[]byte{}, time.Time{}, "OCSP", "missing"},
		"certificate over": {nil, signedAt.AddDate(2, 0, 0), "chain", "is valid from"},
		"not yet":          {nil, time.Unix(0, 0), "chain", "is valid from"},
	} {
		_, err := v.VerifySignature(doc, test.ocsp, test.at)
		refused(t, err, test.check, test.reason)
	}
}
