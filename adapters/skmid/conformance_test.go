package skmid_test

import (
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/skmid"
	"github.com/gomss/gomss/mss"
)

// captured reads a file of genuine data, which is no part of this project.
func captured(t *testing.T, path string) []byte {
	t.Helper()
	corpus := os.Getenv("MSS_CORPUS")
	if corpus == "" {
		t.Skip("MSS_CORPUS is not set")
	}
	doc, err := os.ReadFile(filepath.Join(corpus, "sk", path))
	require.NoError(t, err)
	return doc
}

func capturedCertificate(t *testing.T, path string) *x509.Certificate {
	t.Helper()
	certs, err := mss.ParseCertificates(captured(t, path))
	require.NoError(t, err)
	require.Len(t, certs, 1)
	return certs[0]
}

func TestConformanceVerificationCodes(t *testing.T) {
	t.Parallel()
	var vectors []struct {
		Name, HashBase64, MID, WrongSmartIDFormula string
	}
	require.NoError(t, json.Unmarshal(captured(t, "vc_vectors.json"), &vectors))
	require.Len(t, vectors, 26)
	for _, v := range vectors {
		hash := unbase64(t, v.HashBase64)
		code, err := skmid.VerificationCode(hash)
		require.NoError(t, err)
		require.Equal(t, v.MID, code, v.Name)
		require.Equal(t, v.WrongSmartIDFormula, smartID(hash), v.Name)
		require.NotEqual(t, v.WrongSmartIDFormula, code, v.Name)
	}
}

// capture is a captured session, with what was sent.
type capture struct {
	digest mss.Data
	body   *body
}

func capturedSession(t *testing.T, name string) *capture {
	t.Helper()
	var c struct {
		RequestHash, RequestHashType string
		Response                     body
	}
	require.NoError(t, json.Unmarshal(captured(t, "sessions/"+name+".json"), &c))
	for hash, hashName := range hashNames {
		if hashName != c.RequestHashType {
			continue
		}
		sum := make([]byte, hash.Size()) // of the one whose hash was never published
		if c.RequestHash != "" {
			sum = unbase64(t, c.RequestHash)
		}
		return &capture{mss.Digest(hash, sum), &c.Response}
	}
	require.FailNow(t, "no such hash")
	return nil
}

func (c *capture) leaf(t *testing.T) *x509.Certificate {
	t.Helper()
	cert, err := x509.ParseCertificate(unbase64(t, c.body.Cert))
	require.NoError(t, err)
	return cert
}

// demoAnchors are the demo service's authorities, which are trusted by themselves.
func demoAnchors(t *testing.T, issuing ...string) *mss.Anchors {
	t.Helper()
	var certs []*x509.Certificate
	for _, name := range issuing {
		certs = append(certs, capturedCertificate(t, "ca/"+name))
	}
	a, err := mss.NewIssuingAnchors(mss.Test, certs)
	require.NoError(t, err)
	return a
}

var demoCAs = []string{"TEST_of_EID-Q_2021E.pem", "TEST_of_EID-SK_2016.pem.crt", "TEST_of_ESTEID-SK_2011.pem.crt", "TEST_of_ESTEID-SK_2015.pem.crt"}

// verdicts are what must be said of the captured sessions, in the middle of their certificate's validity; "" is a signature.
var verdicts = []struct {
	session string
	purpose mss.Purpose
	check   string
	id      string
}{
	{"tara-login-8fbd33c0", mss.Authentication, "", "PNOEE-60001019906"},
	{"java-client-9b79078-auth", mss.Authentication, "", "PNOEE-60001019906"},
	{"thorgate-app-auth", mss.Authentication, "", "PNOEE-60001019906"},
	{"thorgate-app-sign-with-siga-signing-cert-2030", mss.Signing, "", "PNOEE-60001019906"},
	{"thorgate-app-sign-with-auth-cert-MUST-FAIL", mss.Authentication, "signature", ""},
	{"thorgate-app-sign-with-auth-cert-MUST-FAIL", mss.Signing, "key usage", ""},
	{"java-client-ece22e8-ecc", mss.Authentication, "chain", ""},              // SHA-1
	{"tab-mobileid-authenticate_test-0", mss.Authentication, "signature", ""}, // the hash was never published
}

func (c *capture) judge(t *testing.T, v *skmid.Verifier, p mss.Purpose) (*mss.Document, error) {
	t.Helper()
	leaf := c.leaf(t)
	at := leaf.NotBefore.Add(leaf.NotAfter.Sub(leaf.NotBefore) / 2)
	if p == mss.Signing {
		return v.VerifySession(c.body.bytes(t), p, c.digest, leaf, at)
	}
	return v.VerifySession(c.body.bytes(t), p, c.digest, nil, at)
}

func TestConformanceSessions(t *testing.T) {
	t.Parallel()
	v := newVerifier(t, demoAnchors(t, demoCAs...))
	for _, want := range verdicts {
		c := capturedSession(t, want.session)
		doc, err := c.judge(t, v, want.purpose)
		if want.check != "" {
			require.Error(t, err, want.session)
			requireFailed(t, err, want.check)
			continue
		}
		require.NoError(t, err, want.session)
		require.Equal(t, want.id, doc.Signer.ID)
		require.True(t, doc.Signer.Test)
		require.Equal(t, []string{"MARY ÄNN", "O’CONNEŽ-ŠUSLIK TESTNUMBER"}, []string{doc.Signer.GivenName.Reveal(), doc.Signer.Surname.Reveal()})
		require.Equal(t, mss.RawECDSA, doc.Format)
		require.Len(t, doc.Value, 64)
		require.Equal(t, c.digest.Content, doc.Content)
	}
	sha1 := second(capturedSession(t, "java-client-ece22e8-ecc").judge(t, v, mss.Authentication))
	require.ErrorContains(t, sha1, "SHA-1")
}

// TestConformanceAltered: of every captured session that verifies, no bit of the signature can change, and nothing take its place.
func TestConformanceAltered(t *testing.T) {
	t.Parallel()
	v := newVerifier(t, demoAnchors(t, demoCAs...))
	var others [][]byte
	for _, want := range verdicts {
		others = append(others, unbase64(t, capturedSession(t, want.session).body.Signature.Value))
	}
	for i, want := range verdicts {
		if want.check != "" {
			continue
		}
		c := capturedSession(t, want.session)
		raw := unbase64(t, c.body.Signature.Value)
		refuse := func(sig []byte, what string) {
			c.body.Signature.Value = base64.StdEncoding.EncodeToString(sig)
			_, err := c.judge(t, v, want.purpose)
			require.Error(t, err, what)
			requireFailed(t, err, "signature")
		}
		for bit := range 8 * len(raw) {
			flipped := slices.Clone(raw)
			flipped[bit/8] ^= 1 << (bit % 8)
			refuse(flipped, "a bit")
		}
		refuse(append(slices.Clone(raw[32:]), raw[:32]...), "r and s swapped")
		for j, other := range others {
			if verdicts[j].session[:8] != want.session[:8] && j != i {
				refuse(other, "another session's signature")
				refuse(der(t, other), "another session's signature as DER")
			}
		}
		c.body.Signature.Value = base64.StdEncoding.EncodeToString(der(t, raw))
		_, err := c.judge(t, v, want.purpose)
		require.NoError(t, err, "the session's own signature as DER")
	}
}

// TestConformanceEnvironments: the demo service's signatures mean nothing in production, and its CAs cannot be configured there.
func TestConformanceEnvironments(t *testing.T) {
	t.Parallel()
	c := capturedSession(t, "tara-login-8fbd33c0")
	_, err := c.judge(t, newVerifier(t, newRealm(t).anchors), mss.Authentication)
	requireFailed(t, err, "signer")
	_, err = c.judge(t, newVerifier(t, demoAnchors(t, "TEST_of_EID-SK_2016.pem.crt")), mss.Authentication)
	requireFailed(t, err, "chain")
	demo := demoAnchors(t, demoCAs...)
	_, err = mss.NewIssuingAnchors(mss.Production, demo.Roots())
	require.ErrorContains(t, err, "production", "known by fingerprint")

	leaf := c.leaf(t)
	_, err = newVerifier(t, demo).VerifySession(c.body.bytes(t), mss.Authentication, c.digest, nil, leaf.NotAfter.Add(time.Second))
	requireFailed(t, err, "chain")
}

// TestConformanceAnotherPerson: the person in a genuine answer must be the one who was asked, in the country that was asked.
func TestConformanceAnotherPerson(t *testing.T) {
	t.Parallel()
	c := capturedSession(t, "tara-login-8fbd33c0")
	anchors := demoAnchors(t, demoCAs...)
	leaf := c.leaf(t)
	for user, check := range map[mss.User]string{
		{MSISDN: msisdn(t, "+37200000766"), Person: personID(t, "EE", "60001019906")}: "signature", // the person, with another challenge
		{MSISDN: msisdn(t, "+37200000566"), Person: personID(t, "EE", "60001018800")}: "signer",
		{MSISDN: msisdn(t, "+37060000766"), Person: personID(t, "LT", "60001019906")}: "signer",
	} {
		cfg := config(newRealm(t), started(func(*http.Request) *http.Response { return octets(200, c.body.bytes(t)) }))
		cfg.Anchors = anchors
		cfg.Now = func() time.Time { return leaf.NotBefore.Add(time.Hour) }
		client, err := skmid.New(cfg)
		require.NoError(t, err)
		tx, err := client.Start(t.Context(), &mss.Request{Purpose: mss.Authentication, User: user, Language: "en"})
		require.NoError(t, err)
		st, err := client.Poll(t.Context(), tx, 0)
		require.NoError(t, err)
		_, err = client.Verify(st.Evidence)
		requireFailed(t, err, check)
	}
}

// TestConformanceNames: the synthetic certificates of the official client, Lithuanian and Latvian. Nobody here trusts their
// issuer, so it is the Lithuanian's and the Latvian's persons that an error can tell.
func TestConformanceNames(t *testing.T) {
	t.Parallel()
	v := newVerifier(t, demoAnchors(t, demoCAs...))
	for file, check := range map[string]string{"java-9b79078-AUTH_CERTIFICATE_LT.b64": "chain", "java-9b79078-AUTH_CERTIFICATE_LV.b64": "chain"} {
		cert := strings.Join(strings.Fields(string(captured(t, file))), "")
		leaf, err := x509.ParseCertificate(unbase64(t, cert))
		require.NoError(t, err)
		b := &body{State: "COMPLETE", Result: "OK", Cert: cert, Signature: &signature{base64.StdEncoding.EncodeToString(make([]byte, 512)), "sha256WithRSAEncryption"}}
		_, err = v.VerifySession(b.bytes(t), mss.Authentication, mss.Digest(crypto.SHA256, sum256("x")), nil, leaf.NotBefore.Add(time.Hour))
		requireFailed(t, err, check) // past the checks of the subject
	}
}

// TestConformanceErrorBodies: captured error answers, as the model's faults.
func TestConformanceErrorBodies(t *testing.T) {
	t.Parallel()
	var answers []struct {
		HTTPStatus int
		Endpoint   string
		Body       json.RawMessage
	}
	require.NoError(t, json.Unmarshal(captured(t, "mid_error_bodies.json"), &answers))
	require.NotEmpty(t, answers)
	r := newRealm(t)
	for _, a := range answers {
		s := &service{respond: func(hr *http.Request, _ map[string]string) *http.Response {
			if hr.Method == http.MethodPost && strings.HasPrefix(a.Endpoint, "GET") {
				return reply(200, `{"sessionID":"`+session+`"}`)
			}
			return octets(a.HTTPStatus, a.Body)
		}}
		c := newClient(t, r, s)
		tx, err := c.Start(t.Context(), authentication(t))
		if strings.HasPrefix(a.Endpoint, "GET") {
			require.NoError(t, err)
			_, err = c.Poll(t.Context(), tx, 0)
		}
		require.ErrorIs(t, err, map[int]mss.Code{400: mss.WrongParam, 401: mss.UnauthorizedAccess, 404: mss.ExpiredTransaction}[a.HTTPStatus])
		var fault *mss.Fault
		require.ErrorAs(t, err, &fault)
		var native struct{ Error, TraceID string }
		require.NoError(t, json.Unmarshal(a.Body, &native))
		require.Equal(t, []string{native.TraceID, native.Error}, []string{fault.TraceID, fault.Reason.Reveal()})
	}
}
