package hermod

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/mss"
)

// Fictitious persons at a fictitious Hermod.
const (
	testUser     = "erika.example"
	testSurname  = "MUSTERFRAU"
	testText     = "Pay 10 EUR to ACME"
	testQuestion = "Log in at ACME?"
	testHost     = "hermod.example"
	testScope    = "hermod|simulator|" + testHost + ":20400|acme"
	testProfile  = "5f0b3c5e-91d1-4c0e-9c92-0f3b8a5b1c11"
	testLocation = "https://hermod.example:20400/hermod/rest/ms/7d5c/1"
)

var (
	testReceived = time.Now().UTC().Truncate(time.Second)
	testStarted  = testReceived.Add(-30 * time.Second)
)

// rsaKey is a key that is made once for all tests.
var rsaKey = sync.OnceValue(newRSAKey)
var otherRSAKey = sync.OnceValue(newRSAKey)

func newRSAKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

// realm is a CA and the certificates of two persons.
type realm struct {
	root, issuing cmstest.Signer
	user          cmstest.Signer
	other         cmstest.Signer // another person's, of the same CA
	anchors       *mss.Anchors
}

var marker = pkix.Extension{Id: simulated.OID, Value: []byte{5, 0}}

func newRealm(t testing.TB) *realm {
	t.Helper()
	r := new(realm)
	r.root = issue(t, caTemplate("Example Root"), cmstest.Signer{}, newECKey(t))
	r.issuing = issue(t, caTemplate("Example Issuing"), r.root, newECKey(t))
	r.user = issue(t, userTemplate(), r.issuing, rsaKey())
	other := userTemplate()
	other.Subject = pkix.Name{CommonName: "Max Example"}
	r.other = issue(t, other, r.issuing, otherRSAKey())
	r.anchors = anchorsOf(t, mss.Simulator, r.root, r.issuing)
	return r
}

func anchorsOf(t testing.TB, env mss.Environment, root, issuing cmstest.Signer) *mss.Anchors {
	t.Helper()
	a, err := mss.NewAnchors(env, []*x509.Certificate{root.Certificate}, []*x509.Certificate{issuing.Certificate})
	require.NoError(t, err)
	return a
}

func newECKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}

func caTemplate(name string) *x509.Certificate {
	c := cmstest.Root(name, testStarted.Add(-48*time.Hour), testStarted.Add(48*time.Hour))
	c.ExtraExtensions = []pkix.Extension{marker}
	return c
}

func userTemplate() *x509.Certificate {
	return &x509.Certificate{
		Subject: pkix.Name{CommonName: "Erika Example", ExtraNames: []pkix.AttributeTypeAndValue{
			{Type: oidGivenName, Value: "ERIKA"}, {Type: oidSurname, Value: testSurname},
		}},
		NotBefore: testStarted.Add(-24 * time.Hour), NotAfter: testStarted.Add(24 * time.Hour),
		KeyUsage:        x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{marker},
	}
}

func issue(t testing.TB, template *x509.Certificate, issuer cmstest.Signer, key crypto.Signer) cmstest.Signer {
	t.Helper()
	s, err := cmstest.Issue(template, issuer, key)
	require.NoError(t, err)
	return s
}

func newVerifier(t testing.TB, anchors *mss.Anchors) *Verifier {
	t.Helper()
	v, err := NewVerifier(VerifierConfig{Anchors: anchors})
	require.NoError(t, err)
	return v
}

// exchange is a command and the answer to it, of which a test changes a part before it makes evidence.
type exchange struct {
	t        testing.TB
	realm    *realm
	tbs      []byte
	st       state
	tx       mss.Transaction
	received time.Time
	signer   cmstest.Signer
	record   map[string]any // but for the response
	code     int
	result   map[string]any
	raw      []byte // not nil: this, and not record, code and result
}

// newExchange is a command and the answer of the person's device to it.
func newExchange(t testing.TB, r *realm, kind commandKind, format string) *exchange {
	t.Helper()
	user, err := mss.ParseUserID(testUser)
	require.NoError(t, err)
	x := &exchange{t: t, realm: r, received: testReceived, signer: r.user, result: map[string]any{}}
	x.st = state{
		Kind: kind, ExternalID: "T" + rand.Text(), Format: format, Locations: []string{testLocation},
		KeyID: "signer", ProfileID: testProfile, BoxID: "7d5c", Certificate: r.user.Certificate.Raw,
	}
	x.tx = mss.Transaction{
		Provider: testScope, TransID: x.st.ExternalID, MSSPTransID: "h4711", Purpose: kind.purpose(), User: mss.User{ID: user},
		Started: testStarted, Deadline: testStarted.Add(2 * time.Minute),
	}
	x.send([]byte(testText))
	if kind == authenticate {
		x.st.Display = testQuestion
		x.send(newChallenge(x.st.ExternalID))
	}
	x.record = map[string]any{
		"commandId": "4711", "externalId": x.st.ExternalID, "commandType": DefaultInferred().names(kind).Type, "state": "COMPLETED",
		"fqdn": testHost, "destinations": []any{map[string]any{
			"to": "@" + testUser, "bid": "7d5c", "mid": "1", "pid": testProfile, "location": testLocation, "uri": "com.nexusgroup.plugout:///?url=x",
		}},
		"responseHeader": map[string]any{"inReplyTo": testLocation, "status": 200},
	}
	return x.sign()
}

// send is what the command sends to be signed.
func (x *exchange) send(tbs []byte) {
	x.tbs = tbs
	sum := sha256.Sum256(tbs)
	x.st.TBS = sum[:]
}

// sign makes the result that the device sends, in the format asked for.
func (x *exchange) sign() *exchange {
	if x.st.Format == formatJWS {
		return x.jws(map[string]any{"alg": "RS256", "kid": "signer"}, x.tbs)
	}
	return x.cms(x.tbs, cmstest.Options{SigningTime: testReceived.Add(-time.Second)})
}

// jws signs a payload with a header of the caller's, by the algorithm that the header names.
func (x *exchange) jws(header map[string]any, payload []byte) *exchange {
	head, err := json.Marshal(header)
	require.NoError(x.t, err)
	input := enc64(head) + "." + enc64(payload)
	return x.data(formatJWS, input+"."+enc64(x.value(header["alg"], input)))
}

// value is the signature over a signing input; of the asymmetric ones RS256 for whatever is unknown.
func (x *exchange) value(alg any, input string) []byte {
	sum := sha256.Sum256([]byte(input))
	key := x.signer.Key.(*rsa.PrivateKey)
	var value []byte
	var err error
	switch alg {
	case "PS256":
		value, err = rsa.SignPSS(rand.Reader, key, crypto.SHA256, sum[:], &rsa.PSSOptions{SaltLength: 32})
	case "HS256":
		value = hmac256(pemOf(x.t, &key.PublicKey), input)
	default:
		value, err = rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	}
	require.NoError(x.t, err)
	return value
}

func hmac256(key []byte, input string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(input))
	return h.Sum(nil)
}

// pemOf is the text of a public key: what a verifier that is confused takes for a secret.
func pemOf(t testing.TB, key *rsa.PublicKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// cms signs content in a message of the caller's making.
func (x *exchange) cms(content []byte, o cmstest.Options) *exchange {
	der, err := cmstest.Sign(content, x.signer, o)
	require.NoError(x.t, err)
	return x.data(formatPKCS7, base64.StdEncoding.EncodeToString(der))
}

// data sets the result.
func (x *exchange) data(format, text string) *exchange {
	x.result["contenttype"], x.result["data"] = format, text
	return x
}

func (x *exchange) text() string { return x.result["data"].(string) }

// der is the result's octets.
func (x *exchange) der() []byte {
	b, err := base64.StdEncoding.DecodeString(x.text())
	require.NoError(x.t, err)
	return b
}

// parts are the segments of the result in JWS.
func (x *exchange) parts() []string { return strings.Split(x.text(), ".") }

// reply is the callback's body.
func (x *exchange) reply() []byte {
	if x.raw != nil {
		return x.raw
	}
	response := map[string]any{"code": x.code}
	if x.result != nil {
		response["result"] = x.result
	}
	if x.record["responseHeader"] != nil {
		x.record[DefaultInferred().names(x.st.Kind).Response] = response
	}
	raw, err := json.Marshal(x.record)
	require.NoError(x.t, err)
	return raw
}

func (x *exchange) evidence() *mss.Evidence {
	tx, err := x.st.encode()
	require.NoError(x.t, err)
	x.tx.State = tx
	return &mss.Evidence{Transaction: x.tx, Received: x.received, Raw: x.reply()}
}

// destination is the only entry of destinations.
func (x *exchange) destination() map[string]any {
	return x.record["destinations"].([]any)[0].(map[string]any)
}

func enc64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// requireRefused: the check that failed is the one named, the evidence is kept, and the text holds nothing personal.
func requireRefused(t testing.TB, err error, check string, ev *mss.Evidence) {
	t.Helper()
	var f *mss.VerificationError
	require.ErrorAs(t, err, &f)
	require.Equal(t, check, f.Check, "%v", err)
	require.Same(t, ev, f.Evidence)
	requireSilent(t, err)
}

func requireSilent(t testing.TB, err error) {
	t.Helper()
	text := strings.ToLower(err.Error())
	for _, secret := range []string{testUser, testSurname, "erika", testText, testQuestion, testLocation, testProfile, challengePrefix} {
		require.NotContains(t, text, strings.ToLower(secret))
	}
}

// requireSigned: the signature is the person's, over what the command sent.
func requireSigned(t testing.TB, sig *mss.Signature, x *exchange) {
	t.Helper()
	require.True(t, sig.Verified())
	require.Equal(t, "HERMOD-"+testUser, sig.Signer.ID)
	require.Equal(t, testSurname, sig.Signer.Surname.Reveal())
	require.True(t, bytes.Equal(x.tbs, sig.Content))
	require.Equal(t, x.realm.user.Certificate.Raw, sig.Signer.Chain[0].Raw)
	require.Equal(t, x.realm.root.Certificate.Raw, sig.Signer.Chain[len(sig.Signer.Chain)-1].Raw)
	require.Equal(t, mss.StatusValidSignature, sig.Status)
	require.Equal(t, x.tx.User, sig.User)
}
