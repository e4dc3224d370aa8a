package hermod_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
)

// marks stand in seeds for what is made by keys, since each process of a fuzzer makes its own.
type marks struct{ set, resolve *strings.Replacer }

func newMarks(t testing.TB) marks {
	t.Helper()
	d := newEmulator(new(testing.T))
	var certs struct {
		CertCommand struct{ Certificates []struct{ Data string } }
	}
	require.NoError(t, json.Unmarshal(d.certificates(), &certs))
	csr := func(name string) string {
		return base64.StdEncoding.EncodeToString(newCSR(d.t, fixtureKeys()[name], nil))
	}
	pairs := []string{
		d.response(), "%JWS%", modulus("attestation", 1), "%A%", modulus("signer", 0), "%K%", csr("signer"), "%R%", csr("template"), "%T%",
		certs.CertCommand.Certificates[0].Data, "%C0%", certs.CertCommand.Certificates[1].Data, "%C1%",
	}
	var back []string
	for i := 0; i < len(pairs); i += 2 {
		back = append(back, pairs[i+1], pairs[i])
	}
	return marks{strings.NewReplacer(pairs...), strings.NewReplacer(back...)}
}

// requireJudged wants an error to be one of those that are documented.
func requireJudged(t *testing.T, err error) {
	t.Helper()
	switch err.(type) {
	case *mss.Fault, *mss.VerificationError:
	default:
		require.Fail(t, "an error of another type", "%T", err)
	}
}

// FuzzVerifyProvisioning: of a callback nothing is believed that the app has not signed.
func FuzzVerifyProvisioning(f *testing.F) {
	d, m := newEmulator(new(testing.T)), newMarks(f)
	for _, doc := range [][]byte{d.provResponse(), d.installed(), d.provCommand(), []byte(`{"commandId":"1"}`)} {
		require.NotEmpty(f, doc)
		f.Add(m.set.Replace(string(doc)))
	}
	v, sent := newVerifier(d.t, nil), sentProv(d)
	f.Fuzz(func(t *testing.T, raw string) {
		ev, err := sent.Evidence([]byte(m.resolve.Replace(raw)), fixtureAt)
		require.NoError(t, err)
		p, err := v.VerifyProvisioning(ev)
		if err != nil {
			require.Nil(t, p)
			requireJudged(t, err)
			return
		}
		require.Equal(t, fixtureProfile, p.ProfileID)
		require.Equal(t, fixtureBox, p.BoxID)
		require.True(t, p.Attested)
		require.True(t, fixtureKeys()["signer"].PublicKey.Equal(p.Keys[0].CSR.PublicKey))
	})
}

// FuzzVerifySigned: what the app itself has signed, which goes deeper.
func FuzzVerifySigned(f *testing.F) {
	var header, keyHeader, keyPayload string
	d, m := newEmulator(new(testing.T)), newMarks(f)
	d.rawHeader = func(s string) string { header = s; return s }
	d.signer().rawHeader = func(s string) string { keyHeader = s; return s }
	d.signer().compact = segment(1, func(s string) string { keyPayload = unb64url(s); return s })
	d.provResponse()
	for _, s := range []string{header, keyHeader, keyPayload} {
		require.NotEmpty(f, s)
	}
	f.Add(m.set.Replace(header), keyHeader, m.set.Replace(keyPayload))
	f.Add(`{"alg":"none"}`, `{"alg":"HS256"}`, `{"kty":"RSA"}`)
	f.Add(m.set.Replace(header), keyHeader, `{"kty":"RSA","n":"AQ","e":"AQAB"}`)
	v, sent := newVerifier(d.t, nil), sentProv(newEmulator(d.t))
	f.Fuzz(func(t *testing.T, header, keyHeader, keyPayload string) {
		d := newEmulator(t)
		d.rawHeader = func(string) string { return m.resolve.Replace(header) }
		d.signer().compact = func(string) string { return sealJWS(keyHeader, m.resolve.Replace(keyPayload), d.signer().key) }
		ev, err := sent.Evidence(d.provResponse(), fixtureAt)
		require.NoError(t, err)
		p, err := v.VerifyProvisioning(ev)
		if err != nil {
			requireJudged(t, err)
			return
		}
		require.Equal(t, fixtureUser, p.User.Reveal())
		require.True(t, p.Attested)
		require.True(t, fixtureKeys()["signer"].PublicKey.Equal(p.Keys[0].CSR.PublicKey))
	})
}

// FuzzVerifyExchange: stored documents can be anything.
func FuzzVerifyExchange(f *testing.F) {
	d, m := newEmulator(new(testing.T)), newMarks(f)
	x := d.exchange()
	var docs []string
	for _, doc := range [][]byte{x.ProvCommand, x.ProvResponse, x.CertCommand, x.CertResponse} {
		require.NotEmpty(f, doc)
		docs = append(docs, m.set.Replace(string(doc)))
	}
	f.Add(docs[0], docs[1], docs[2], docs[3])
	f.Add(docs[2], docs[3], docs[0], docs[1])
	f.Add(`{"commandHeader":{},"provCommand":{}}`, "{", "null", "")
	v := newVerifier(d.t, nil)
	f.Fuzz(func(t *testing.T, provCommand, provResponse, certCommand, certResponse string) {
		doc := func(s string) []byte { return []byte(m.resolve.Replace(s)) }
		x := *x
		x.ProvCommand, x.ProvResponse, x.CertCommand, x.CertResponse = doc(provCommand), doc(provResponse), doc(certCommand), doc(certResponse)
		p, err := v.VerifyExchange(&x)
		if err == nil {
			require.Equal(t, fixtureProfile, p.ProfileID)
			return
		}
		require.IsType(t, new(mss.VerificationError), err)
		require.Nil(t, p)
	})
}
