package hermod

import (
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/gomss/gomss/mss"
)

// everyKind calls a test for AUTH and SIGN in both formats.
func everyKind(t *testing.T, test func(t *testing.T, r *realm, kind commandKind, format string)) {
	t.Helper()
	r := newRealm(t)
	for name, kind := range map[string]commandKind{"AUTH": authenticate, "SIGN": sign} {
		for _, format := range []string{formatJWS, formatPKCS7} {
			t.Run(name+" "+format, func(t *testing.T) {
				t.Parallel()
				test(t, r, kind, format)
			})
		}
	}
}

// TestNewVerifier: without anchors, or with a table of which a part is missing, nothing could be judged.
func TestNewVerifier(t *testing.T) {
	t.Parallel()
	_, err := NewVerifier(VerifierConfig{})
	require.ErrorContains(t, err, "Anchors")
	_, err = NewVerifier(VerifierConfig{Anchors: newRealm(t).anchors, Inferred: new(Inferred)})
	require.ErrorContains(t, err, "Inferred")
}

// TestVerifyHosts: Hosts are the names that a record may give; without them it is the host of the scope, without its port.
func TestVerifyHosts(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	for name, test := range map[string]struct {
		hosts []string
		scope string
		fqdn  string
		ok    bool
	}{
		"configured":                   {[]string{"a.example", "box.example"}, testScope, "box.example", true},
		"the scope's, not one of them": {[]string{"a.example"}, testScope, testHost, false},
		"the scope's":                  {nil, testScope, testHost, true},
		"without a port":               {nil, "hermod|simulator|hermod.example|acme", testHost, true},
		"with the port":                {nil, testScope, testHost + ":20400", false},
		"IPv6":                         {nil, "hermod|simulator|[::1]:20400|acme", "::1", true},
		"IPv6 without a port":          {nil, "hermod|simulator|[::1]|acme", "::1", true},
		"of a scope without one":       {nil, "hermod|simulator|", testHost, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, err := NewVerifier(VerifierConfig{Anchors: r.anchors, Hosts: test.hosts})
			require.NoError(t, err)
			x := newExchange(t, r, sign, formatJWS)
			x.tx.Provider, x.record["fqdn"] = test.scope, test.fqdn
			ev := x.evidence()
			_, err = v.Verify(ev)
			if test.ok {
				require.NoError(t, err)
				return
			}
			requireRefused(t, err, "host", ev)
		})
	}
}

// TestVerifyInferred: the table's entries about results are followed, and what they refuse is refused without being quoted.
func TestVerifyInferred(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	table := func(change func(*Inferred)) *Verifier {
		i := DefaultInferred()
		change(i)
		v, err := NewVerifier(VerifierConfig{Anchors: r.anchors, Inferred: i})
		require.NoError(t, err)
		return v
	}
	refuse := errors.New(testText)

	t.Run("JWS", func(t *testing.T) {
		t.Parallel()
		x := newExchange(t, r, sign, formatJWS)
		x.result["contenttype"] = "application/jose"
		_, err := table(func(i *Inferred) { i.JWS = "application/jose" }).Verify(x.evidence())
		require.NoError(t, err)
	})
	t.Run("PKCS7", func(t *testing.T) {
		t.Parallel()
		x := newExchange(t, r, sign, formatPKCS7)
		x.result["contenttype"] = "cms"
		_, err := table(func(i *Inferred) { i.PKCS7 = "cms" }).Verify(x.evidence())
		require.NoError(t, err)
	})
	t.Run("PKCS7Octets", func(t *testing.T) {
		t.Parallel()
		x := newExchange(t, r, sign, formatPKCS7)
		x.data(formatPKCS7, hex.EncodeToString(x.der()))
		_, err := table(func(i *Inferred) { i.PKCS7Octets = hex.DecodeString }).Verify(x.evidence())
		require.NoError(t, err)
		ev := x.evidence()
		_, err = table(func(i *Inferred) { i.PKCS7Octets = func(string) ([]byte, error) { return nil, refuse } }).Verify(ev)
		requireRefused(t, err, "cms", ev)
	})
	t.Run("JWSContent", func(t *testing.T) {
		t.Parallel()
		x := newExchange(t, r, sign, formatJWS)
		x.jws(map[string]any{"alg": "RS256"}, []byte(`{"tbs":"`+enc64(x.tbs)+`"}`))
		unwrap := func(payload []byte) ([]byte, error) {
			var p struct{ TBS string }
			if err := json.Unmarshal(payload, &p); err != nil {
				return nil, err
			}
			return base64.RawURLEncoding.DecodeString(p.TBS)
		}
		sig, err := table(func(i *Inferred) { i.JWSContent = unwrap }).Verify(x.evidence())
		require.NoError(t, err)
		require.Equal(t, testText, string(sig.Content))
		ev := x.evidence()
		_, err = newVerifier(t, r.anchors).Verify(ev)
		requireRefused(t, err, "content", ev)
		_, err = table(func(i *Inferred) { i.JWSContent = func([]byte) ([]byte, error) { return nil, refuse } }).Verify(ev)
		requireRefused(t, err, "content", ev)
	})
}

// TestVerify: what a person signed is accepted, says what was signed and by whom, and may be judged again.
func TestVerify(t *testing.T) {
	t.Parallel()
	everyKind(t, func(t *testing.T, r *realm, kind commandKind, format string) {
		x := newExchange(t, r, kind, format)
		v, ev := newVerifier(t, r.anchors), x.evidence()
		for range 2 {
			sig, err := v.Verify(ev)
			require.NoError(t, err)
			requireSigned(t, sig, x)
			require.Equal(t, kind == authenticate, sig.Fresh)
			require.Equal(t, x.st.Display, sig.Display.Reveal())
			require.Same(t, ev, sig.Evidence)
			if format == formatJWS {
				require.Equal(t, mss.JWS, sig.Format)
				require.Equal(t, x.text(), string(sig.Value))
			} else {
				require.Equal(t, mss.CMS, sig.Format)
				require.Equal(t, x.der(), sig.Value)
			}
		}
		stored, err := ev.MarshalBinary()
		require.NoError(t, err)
		again := new(mss.Evidence)
		require.NoError(t, again.UnmarshalBinary(stored))
		sig, err := newVerifier(t, r.anchors).Verify(again)
		require.NoError(t, err, "offline, later, by another process")
		requireSigned(t, sig, x)
	})
}

// TestVerifyFresh: a signing is fresh where the code is in what was signed, and not by the word of the state alone.
func TestVerifyFresh(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	for name, test := range map[string]struct {
		text, code string
		fresh      bool
	}{
		"with its code":           {testText + " (7F3KQ)", "7F3KQ", true},
		"without a code":          {testText, "", false},
		"with a code not in it":   {testText, "7F3KQ", false},
		"with another code in it": {testText + " (AAAAA)", "7F3KQ", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newExchange(t, r, sign, formatJWS)
			x.send([]byte(test.text))
			x.st.Code = test.code
			sig, err := newVerifier(t, r.anchors).Verify(x.sign().evidence())
			require.NoError(t, err)
			require.Equal(t, test.fresh, sig.Fresh)
		})
	}
}

// TestVerifyDisplay: what was shown is the provider's word, unless it is what was signed.
func TestVerifyDisplay(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	for shown, asserted := range map[string]string{"": "", testText: "", "Pay 1 EUR": "Pay 1 EUR"} {
		x := newExchange(t, r, sign, formatPKCS7)
		x.st.Display = shown
		sig, err := newVerifier(t, r.anchors).Verify(x.evidence())
		require.NoError(t, err)
		require.Equal(t, testText, string(sig.Content))
		require.Equal(t, asserted, sig.Display.Reveal())
	}
}

// TestVerifyRecordForms: what a record may leave out, and how the formats may differ without a loss.
func TestVerifyRecordForms(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	for name, test := range map[string]struct {
		format string
		change func(x *exchange)
	}{
		"no profile":             {formatJWS, func(x *exchange) { delete(x.destination(), "pid") }},
		"host in capitals":       {formatJWS, func(x *exchange) { x.record["fqdn"] = "HERMOD.Example" }},
		"several mailboxes":      {formatJWS, severalMailboxes},
		"unknown members":        {formatJWS, func(x *exchange) { x.record["audit"] = map[string]any{"x": 1} }},
		"RS384":                  {formatJWS, func(x *exchange) { x.jwsAs("RS384", crypto.SHA384) }},
		"RS512":                  {formatJWS, func(x *exchange) { x.jwsAs("RS512", crypto.SHA512) }},
		"no kid":                 {formatJWS, func(x *exchange) { x.jws(map[string]any{"alg": "RS256"}, x.tbs) }},
		"indefinite lengths":     {formatPKCS7, func(x *exchange) { x.cms(x.tbs, cmstest.Options{Form: cmstest.BER, Segment: 5}) }},
		"SHA-512":                {formatPKCS7, func(x *exchange) { x.cms(x.tbs, timed(cmstest.Options{Hash: crypto.SHA512})) }},
		"RSASSA-PSS":             {formatPKCS7, func(x *exchange) { x.cms(x.tbs, timed(cmstest.Options{PSS: true})) }},
		"key identifier":         {formatPKCS7, func(x *exchange) { x.cms(x.tbs, timed(cmstest.Options{KeyID: true})) }},
		"no signing time":        {formatPKCS7, func(x *exchange) { x.cms(x.tbs, cmstest.Options{Form: cmstest.BER}) }},
		"with the CA's":          {formatPKCS7, func(x *exchange) { x.cms(x.tbs, withCertificates(x.realm.issuing, x.realm.root)) }},
		"unsigned attributes":    {formatPKCS7, func(x *exchange) { x.cms(x.tbs, timed(cmstest.Options{AfterSign: countersigned})) }},
		"clock slow, a bit":      {formatPKCS7, func(x *exchange) { x.cms(x.tbs, cmstest.Options{SigningTime: testStarted.Add(-clockSkew)}) }},
		"clock fast, a bit":      {formatPKCS7, func(x *exchange) { x.cms(x.tbs, cmstest.Options{SigningTime: testReceived.Add(clockSkew)}) }},
		"contentCommitment only": {formatJWS, func(x *exchange) { x.enrol(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageContentCommitment }) }},
		"no key usage, CMS":      {formatPKCS7, func(x *exchange) { x.enrol(func(c *x509.Certificate) { c.KeyUsage = 0 }) }},
		"no key usage":           {formatJWS, func(x *exchange) { x.enrol(func(c *x509.Certificate) { c.KeyUsage = 0 }) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newExchange(t, r, sign, test.format)
			test.change(x)
			sig, err := newVerifier(t, r.anchors).Verify(x.evidence())
			require.NoError(t, err)
			require.Equal(t, testText, string(sig.Content))
		})
	}
}

// severalMailboxes: two were addressed, and the second answered.
func severalMailboxes(x *exchange) {
	second := testLocation + "2"
	x.st.Locations = []string{testLocation, second}
	x.record["destinations"] = []any{
		map[string]any{"location": testLocation, "pid": "4a0b3c5e-91d1-4c0e-9c92-0f3b8a5b1c22"},
		map[string]any{"location": second, "pid": testProfile},
	}
	x.record["responseHeader"] = map[string]any{"inReplyTo": second, "status": 200}
}

// TestVerifyFault: who did not sign, and why, by the record's word.
func TestVerifyFault(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	for name, test := range map[string]struct {
		change    func(x *exchange)
		code, sub mss.Code
	}{
		"declined":          {func(x *exchange) { x.code = 401 }, mss.UserCancel, mss.FiComUserCancel},
		"PIN blocked":       {func(x *exchange) { x.code = 402 }, mss.PinBlocked, 0},
		"unknown code":      {func(x *exchange) { x.code = 9 }, mss.PBSignatureProcess, 0},
		"status of no good": {func(x *exchange) { x.record["responseHeader"].(map[string]any)["status"] = 500 }, mss.PBSignatureProcess, 0},
		"unknown state":     {func(x *exchange) { x.record["state"] = "ABORTED" }, mss.PBSignatureProcess, 0},
		"timeout callback": {func(x *exchange) {
			x.record["state"] = "TIMEOUT"
			delete(x.record, "responseHeader")
		}, mss.ExpiredTransaction, mss.FiComUserTimeout},
		"expired, with a signature": {func(x *exchange) { x.record["state"] = "TIMEOUT" }, mss.ExpiredTransaction, mss.FiComUserTimeout},
		"response of another command": {func(x *exchange) {
			x.raw = []byte(replaceOnce(x.t, string(x.reply()), `"authResponse"`, `"signResponse"`))
		}, mss.PBSignatureProcess, 0},
		"completed by nobody": {func(x *exchange) { delete(x.record, "responseHeader") }, mss.PBSignatureProcess, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newExchange(t, r, authenticate, formatJWS)
			test.change(x)
			sig, err := newVerifier(t, r.anchors).Verify(x.evidence())
			require.Nil(t, sig)
			var f *mss.Fault
			require.ErrorAs(t, err, &f)
			require.Equal(t, test.code, f.Code)
			require.Equal(t, test.sub, f.Sub)
			require.Equal(t, mss.OpSignature, f.Operation)
			requireSilent(t, err)
		})
	}
}

// TestVerifyDeadline: no answer at all is the local deadline's fault, before and after the evidence was stored.
func TestVerifyDeadline(t *testing.T) {
	t.Parallel()
	everyKind(t, func(t *testing.T, r *realm, kind commandKind, format string) {
		ev := newExchange(t, r, kind, format).evidence()
		for _, ev.Raw = range [][]byte{nil, {}} {
			_, err := newVerifier(t, r.anchors).Verify(ev)
			var f *mss.Fault
			require.ErrorAs(t, err, &f)
			require.Equal(t, mss.Fault{Code: mss.ExpiredTransaction, Sub: mss.FiComServerTimeout, Operation: mss.OpSignature}, *f)
		}
	})
}

// TestVerifyReplay: a signature is accepted for one command, and by the same verifier for no other: here of the same person and
// text, answered with the old signature (SEC-2).
func TestVerifyReplay(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	for _, format := range []string{formatJWS, formatPKCS7} {
		v := newVerifier(t, r.anchors)
		first := newExchange(t, r, sign, format)
		_, err := v.Verify(first.evidence())
		require.NoError(t, err)
		second := newExchange(t, r, sign, format).data(format, first.text())
		second.tx.TransID = first.tx.TransID // the caller's own, and no way out
		ev := second.evidence()
		_, err = v.Verify(ev)
		requireRefused(t, err, "replay", ev)
		_, err = v.Verify(first.evidence())
		require.NoError(t, err, "the first may be judged again")
	}
}

// TestVerifyReplayUnsigned: what nobody signed in a CMS does not make an old signature a new one.
func TestVerifyReplayUnsigned(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	v := newVerifier(t, r.anchors)
	at := testReceived.Add(-time.Second)
	_, err := v.Verify(newExchange(t, r, sign, formatPKCS7).cms([]byte(testText), cmstest.Options{SigningTime: at}).evidence())
	require.NoError(t, err)
	ev := newExchange(t, r, sign, formatPKCS7).cms([]byte(testText), cmstest.Options{SigningTime: at, AfterSign: countersigned}).evidence()
	_, err = v.Verify(ev)
	requireRefused(t, err, "replay", ev)
}

// TestVerifyRefusedIsNoReplay: an answer that was refused for a missing intermediate is judged again with a better configuration.
func TestVerifyRefusedIsNoReplay(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	ev := newExchange(t, r, sign, formatJWS).evidence()
	bare, err := mss.NewAnchors(mss.Simulator, []*x509.Certificate{r.root.Certificate}, nil)
	require.NoError(t, err)
	_, err = newVerifier(t, bare).Verify(ev)
	requireRefused(t, err, "chain", ev)
	_, err = newVerifier(t, r.anchors).Verify(ev)
	require.NoError(t, err)
}
