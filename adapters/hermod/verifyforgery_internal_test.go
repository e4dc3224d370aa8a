package hermod

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/cms/cmstest"
)

// TestVerifyForgedJWS: whatever is not the signature of the enrolled key, by an algorithm of its kind, over what was sent.
func TestVerifyForgedJWS(t *testing.T) {
	t.Parallel()
	head := func(header map[string]any) func(*exchange) { return func(x *exchange) { x.jws(header, x.tbs) } }
	text := func(change func(p []string) string) func(*exchange) {
		return func(x *exchange) { x.data(formatJWS, change(x.parts())) }
	}
	whole := func(change func(string) string) func(*exchange) {
		return func(x *exchange) { x.data(formatJWS, change(x.text())) }
	}
	requireAttacks(t, sign, formatJWS, map[string]attack{
		"alg none":              {head(map[string]any{"alg": "none"}), "jws"},
		"alg none, no value":    {text(func(p []string) string { return enc64([]byte(`{"alg":"none"}`)) + "." + p[1] + "." }), "jws"},
		"alg HS256, public key": {head(map[string]any{"alg": "HS256"}), "jws"},
		"alg PS256":             {head(map[string]any{"alg": "PS256"}), "jws"},
		"alg ES256":             {head(map[string]any{"alg": "ES256"}), "jws"},
		"alg rs256":             {head(map[string]any{"alg": "rs256"}), "jws"},
		"no alg":                {head(map[string]any{"kid": "signer"}), "jws"},
		"alg twice":             {rawHead(`{"alg":"RS256","Alg":"none"}`), "jws"},
		"alg of another hash":   {func(x *exchange) { x.relabelled("RS512") }, "signature"},
		"crit":                  {head(map[string]any{"alg": "RS256", "crit": []string{"exp"}, "exp": 1}), "jws"},
		"b64 false":             {head(map[string]any{"alg": "RS256", "b64": false, "crit": []string{"b64"}}), "jws"},
		"b64 without crit":      {head(map[string]any{"alg": "RS256", "b64": true}), "jws"},
		"header and more":       {rawHead(`{"alg":"RS256"} {}`), "jws"},
		"four segments":         {whole(func(s string) string { return s + ".AAAA" }), "jws"},
		"two segments":          {text(func(p []string) string { return p[0] + "." + p[1] }), "jws"},
		"detached payload":      {text(func(p []string) string { return p[0] + ".." + p[2] }), "jws"},
		"padding":               {whole(func(s string) string { return s + "==" }), "jws"},
		"a line end":            {whole(func(s string) string { return s + "\n" }), "jws"},
		"a space":               {whole(func(s string) string { return " " + s }), "jws"},
		"two signatures":        {whole(func(s string) string { return s + "," + s }), "jws"},
		"JSON serialisation": {text(func(p []string) string {
			return `{"protected":"` + p[0] + `","payload":"` + p[1] + `","signature":"` + p[2] + `"}`
		}), "jws"},
		"a CMS":              {whole(func(string) string { return "MIIB" }), "jws"},
		"too long":           {whole(func(s string) string { return s + strings.Repeat("A", maxJWS) }), "jws"},
		"other text":         {func(x *exchange) { x.jws(map[string]any{"alg": "RS256"}, []byte("Pay 1000 EUR to ACME")) }, "content"},
		"text and more":      {func(x *exchange) { x.jws(map[string]any{"alg": "RS256"}, []byte(testText+"\n")) }, "content"},
		"text in Base64":     {func(x *exchange) { x.jws(map[string]any{"alg": "RS256"}, []byte(enc64(x.tbs))) }, "content"},
		"digest of the text": {func(x *exchange) { x.jws(map[string]any{"alg": "RS256"}, x.st.TBS) }, "content"},
		"payload exchanged":  {text(func(p []string) string { return p[0] + "." + enc64([]byte("Pay 1000 EUR")) + "." + p[2] }), "content"},
		"header exchanged":   {text(func(p []string) string { return enc64([]byte(`{"alg":"RS256","typ":"x"}`)) + "." + p[1] + "." + p[2] }), "signature"},
		"value of zeros":     {text(func(p []string) string { return p[0] + "." + p[1] + "." + enc64(make([]byte, 256)) }), "signature"},
		"value short":        {text(func(p []string) string { return p[0] + "." + p[1] + "." + enc64(make([]byte, 255)) }), "signature"},
		"other person's key": {func(x *exchange) { x.signer = x.realm.other; x.sign() }, "signature"},
		"embedded jwk":       {func(x *exchange) { x.forge(map[string]any{"jwk": x.publicJWK()}) }, "signature"},
		"embedded x5c": {func(x *exchange) {
			x.forge(map[string]any{"x5c": []string{base64.StdEncoding.EncodeToString(x.realm.other.Certificate.Raw)}})
		}, "signature"},
		"jku and x5u": {func(x *exchange) {
			x.forge(map[string]any{"jku": "https://evil.example/jwks", "x5u": "https://evil.example/x5u"})
		}, "signature"},
		"kid of another key":        {func(x *exchange) { x.forge(map[string]any{"kid": "other"}) }, "jws"},
		"kid of another, right key": {func(x *exchange) { x.jws(map[string]any{"alg": "RS256", "kid": "other"}, x.tbs) }, "jws"},
		"state: another's key":      {func(x *exchange) { x.st.Certificate = x.realm.other.Certificate.Raw }, "signature"},
		"state: another text":       {func(x *exchange) { x.send([]byte("Pay 1000 EUR to ACME")) }, "content"},
	})
}

// forge signs what was sent with another person's key, and says in the header that it was right so.
func (x *exchange) forge(header map[string]any) {
	x.signer = x.realm.other
	header["alg"] = "RS256"
	x.jws(header, x.tbs)
}

func (x *exchange) publicJWK() map[string]any {
	key := x.realm.other.Key.Public().(*rsa.PublicKey)
	return map[string]any{"kty": "RSA", "n": enc64(key.N.Bytes()), "e": enc64(big.NewInt(int64(key.E)).Bytes())}
}

// rawHead signs with a header that no encoder would write.
func rawHead(header string) func(*exchange) {
	return func(x *exchange) {
		input := enc64([]byte(header)) + "." + enc64(x.tbs)
		x.data(formatJWS, input+"."+enc64(x.value("RS256", input)))
	}
}

// jwsAs signs by an algorithm with another hash than SHA-256.
func (x *exchange) jwsAs(alg string, h crypto.Hash) {
	head, err := json.Marshal(map[string]any{"alg": alg})
	require.NoError(x.t, err)
	input := enc64(head) + "." + enc64(x.tbs)
	sum := h.New()
	sum.Write([]byte(input))
	value, err := rsa.SignPKCS1v15(nil, x.signer.Key.(*rsa.PrivateKey), h, sum.Sum(nil))
	require.NoError(x.t, err)
	x.data(formatJWS, input+"."+enc64(value))
}

// relabelled says that a signature is by another algorithm than it is.
func (x *exchange) relabelled(alg string) { rawHead(`{"alg":"` + alg + `"}`)(x) }

// TestVerifyForgedCMS: whatever is not the one signature of the enrolled certificate over what was sent, made meanwhile.
func TestVerifyForgedCMS(t *testing.T) {
	t.Parallel()
	parts := func(before, after func(p *cmstest.Parts)) func(*exchange) {
		return func(x *exchange) { x.cms(x.tbs, timed(cmstest.Options{BeforeSign: before, AfterSign: after})) }
	}
	at := func(offset time.Duration) func(*exchange) {
		return func(x *exchange) { x.cms(x.tbs, cmstest.Options{SigningTime: testReceived.Add(offset)}) }
	}
	requireAttacks(t, sign, formatPKCS7, map[string]attack{
		"trailing garbage": {func(x *exchange) { x.pkcs7(append(x.der(), 0)) }, "ber"},
		"twice":            {func(x *exchange) { x.pkcs7(append(x.der(), x.der()...)) }, "ber"},
		"in base64url":     {func(x *exchange) { x.data(formatPKCS7, base64.URLEncoding.EncodeToString(append(x.der(), 0xff, 0xff))) }, "cms"},
		"line ends":        {func(x *exchange) { x.data(formatPKCS7, x.text()[:64]+"\n"+x.text()[64:]) }, "cms"},
		"PEM":              {func(x *exchange) { x.data(formatPKCS7, "-----BEGIN PKCS7-----\n"+x.text()) }, "cms"},
		"too long":         {func(x *exchange) { x.data(formatPKCS7, strings.Repeat("A", maxPKCS7+4)) }, "cms"},
		"too long inside":  {func(x *exchange) { x.pkcs7(make([]byte, 65<<10)) }, "size"},
		"a JWS":            {func(x *exchange) { x.jws(map[string]any{"alg": "RS256"}, x.tbs); x.result["contenttype"] = formatPKCS7 }, "cms"},
		"other text":       {func(x *exchange) { x.cms([]byte("Pay 1000 EUR to ACME"), cmstest.Options{SigningTime: testReceived}) }, "content"},
		"text exchanged":   {parts(nil, func(p *cmstest.Parts) { p.Content = []byte("Pay 1000 EUR to ACME") }), "content"},
		"text exchanged, right digest": {func(x *exchange) {
			x.cms([]byte("Pay 1000 EUR to ACME"), timed(cmstest.Options{AfterSign: func(p *cmstest.Parts) { p.Content = x.tbs }}))
		}, "digest"},
		"detached":           {parts(func(p *cmstest.Parts) { p.Content = nil }, nil), "structure"},
		"no attributes":      {parts(func(p *cmstest.Parts) { p.Attributes = nil }, nil), "attributes"},
		"two signers":        {twoSigners, "structure"},
		"no signer":          {parts(nil, func(p *cmstest.Parts) { p.SignerInfos = [][]byte{} }), "structure"},
		"no certificate":     {parts(nil, func(p *cmstest.Parts) { p.Certificates = nil }), "signer"},
		"value altered":      {parts(nil, func(p *cmstest.Parts) { p.Signature[0] ^= 1 }), "signature"},
		"other person's key": {func(x *exchange) { x.signer = x.realm.other; x.sign() }, "signer"},
		"certificate exchanged": {func(x *exchange) {
			x.signer = cmstest.Signer{Certificate: x.realm.user.Certificate, Key: x.realm.other.Key}
			x.sign()
		}, "signature"},
		"same name, other key":         {func(x *exchange) { x.signer = issue(x.t, userTemplate(), x.realm.issuing, otherRSAKey()); x.sign() }, "signer"},
		"same key, other certificate":  {func(x *exchange) { x.signer = issue(x.t, userTemplate(), x.realm.issuing, rsaKey()); x.sign() }, "signer"},
		"other root's":                 {func(x *exchange) { x.signer = newRealm(x.t).user; x.sign() }, "chain"},
		"state: another's certificate": {func(x *exchange) { x.st.Certificate = x.realm.other.Certificate.Raw }, "signer"},
		"state: another text":          {func(x *exchange) { x.send([]byte("Pay 1000 EUR to ACME")) }, "content"},
		"made before the command":      {at(-testReceived.Sub(testStarted) - clockSkew - time.Second), "signing time"},
		"made after the answer":        {at(clockSkew + time.Second), "signing time"},
		"made last year":               {at(-365 * 24 * time.Hour), "attributes"},
	})
}

func (x *exchange) pkcs7(der []byte) { x.data(formatPKCS7, base64.StdEncoding.EncodeToString(der)) }

// timed has a message claim a time that is right.
func timed(o cmstest.Options) cmstest.Options {
	o.SigningTime = testReceived.Add(-time.Second)
	return o
}

func withCertificates(list ...cmstest.Signer) cmstest.Options {
	var o cmstest.Options
	for _, s := range list {
		o.Certificates = append(o.Certificates, s.Certificate)
	}
	return timed(o)
}

// twoSigners adds another person's signature, made by the same rules.
func twoSigners(x *exchange) {
	var infos [][]byte
	for _, s := range []cmstest.Signer{x.realm.user, x.realm.other} {
		_, err := cmstest.Sign(x.tbs, s, timed(cmstest.Options{AfterSign: func(p *cmstest.Parts) { infos = append(infos, p.SignerInfo()) }}))
		require.NoError(x.t, err)
	}
	o := withCertificates(x.realm.other)
	o.AfterSign = func(p *cmstest.Parts) { p.SignerInfos = infos }
	x.cms(x.tbs, o)
}

// countersigned adds an unsigned attribute that says that somebody saw the signature (RFC 5652 11.4).
func countersigned(p *cmstest.Parts) {
	p.Unsigned = [][]byte{cmstest.Attribute{Type: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 6}, Value: p.SignerInfo()}.Encode()}
}

// TestVerifyHiddenIntermediate: a CA that is not configured helps to nothing, although the message brings it along.
func TestVerifyHiddenIntermediate(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	hidden := issue(t, caTemplate("Hidden Issuing"), r.issuing, newECKey(t))
	x := newExchange(t, r, sign, formatPKCS7)
	x.certified(issue(t, userTemplate(), hidden, rsaKey()))
	x.cms(x.tbs, withCertificates(hidden))
	ev := x.evidence()
	_, err := newVerifier(t, r.anchors).Verify(ev)
	requireRefused(t, err, "chain", ev)
}

// TestVerifyPurpose: a login is no document, and a document no login, whatever the state says (the digest in it and the purpose
// with it are altered here, and the record's names likewise).
func TestVerifyPurpose(t *testing.T) {
	t.Parallel()
	for _, format := range []string{formatJWS, formatPKCS7} {
		requireAttacks(t, sign, format, map[string]attack{
			"a login as a document":        {func(x *exchange) { x.send(newChallenge(x.st.ExternalID)); x.sign() }, "content"},
			"another's login":              {func(x *exchange) { x.send(newChallenge("T" + rand.Text())); x.sign() }, "content"},
			"the beginning of a challenge": {func(x *exchange) { x.send([]byte(challengePrefix + "and so on")); x.sign() }, "content"},
		})
		requireAttacks(t, authenticate, format, map[string]attack{
			"a document as a login":      {func(x *exchange) { x.send([]byte(testText)); x.sign() }, "content"},
			"another command's login":    {func(x *exchange) { x.send(newChallenge("T" + rand.Text())); x.sign() }, "content"},
			"no randomness":              {func(x *exchange) { x.send([]byte(challengePrefix + x.st.ExternalID + "\n")); x.sign() }, "content"},
			"a challenge and more":       {func(x *exchange) { x.send(append(x.tbs, 'A')); x.sign() }, "content"},
			"a challenge over two lines": {func(x *exchange) { x.send(append(x.tbs, '\n')); x.sign() }, "content"},
			"a line end for randomness": {func(x *exchange) {
				x.send([]byte(challengePrefix + x.st.ExternalID + "\n" + enc64(make([]byte, 31)) + "\n"))
				x.sign()
			}, "content"},
			"a digest of the challenge": {func(x *exchange) { sum := sha256.Sum256(x.tbs); x.send(sum[:]); x.sign() }, "content"},
			"the question":              {func(x *exchange) { x.send([]byte(testQuestion)); x.sign() }, "content"},
		})
	}
}

// TestVerifySwap: the signature of one command in the answer to another, of the other purpose, of the same person.
func TestVerifySwap(t *testing.T) {
	t.Parallel()
	everyKind(t, func(t *testing.T, r *realm, kind commandKind, format string) {
		for _, other := range []commandKind{authenticate, sign} {
			x := newExchange(t, r, kind, format)
			foreign := newExchange(t, r, other, format)
			if other == sign {
				foreign.send([]byte("Another text"))
				foreign.sign()
			}
			ev := x.data(format, foreign.text()).evidence()
			_, err := newVerifier(t, r.anchors).Verify(ev)
			requireRefused(t, err, "content", ev)
		}
	})
}
