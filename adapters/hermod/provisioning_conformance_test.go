package hermod_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
)

// Pins of the attestation key of the published example, in two forms.
const (
	publishedSPKI       = "sha256:89aa2564629d1cdc25e1797891f3d395a2b0166eeffbbcaffd5d8481bf035e6c"
	publishedThumbprint = "PNBe0QlyVwES2jVS9QBy60FUj9QbWcOPUFd-zKmlvSQ"
)

var publishedAt = time.Date(2018, 4, 12, 12, 30, 0, 0, time.UTC)

// published reads a document of the vendor's example, which is no part of this project.
func published(t testing.TB, name string) []byte {
	t.Helper()
	corpus := os.Getenv("MSS_CORPUS")
	if corpus == "" {
		t.Skip("MSS_CORPUS is not set")
	}
	doc, err := os.ReadFile(filepath.Join(corpus, "hermod", name))
	require.NoError(t, err)
	return doc
}

func publishedExchange(t testing.TB) *hermod.Exchange {
	t.Helper()
	return &hermod.Exchange{
		ProvCommand: published(t, "prov_command.json"), ProvResponse: published(t, "prov_response.json"),
		CertCommand: published(t, "cert_command.json"), CertResponse: published(t, "cert_response.json"), At: publishedAt,
	}
}

// publishedVerifier has the pins, and a CA that is not the example's, which nobody knows.
func publishedVerifier(t *testing.T, policy hermod.AttestationPolicy, pins ...string) *hermod.Verifier {
	t.Helper()
	return newVerifier(t, func(c *hermod.VerifierConfig) {
		c.Hosts = []string{"ext-cod1.test.nexusgroup.com"}
		c.Attestation = hermod.Attestation{Policy: policy}
		for _, pin := range pins {
			key, err := hermod.ParseAttestationKey(pin)
			require.NoError(t, err)
			c.Attestation.Keys = append(c.Attestation.Keys, key)
		}
	})
}

// TestConformanceProvisioning: the published example passes all checks but that of its issuer, whose certificate is not
// published: the chain is the last check.
func TestConformanceProvisioning(t *testing.T) {
	t.Parallel()
	for _, pin := range []string{publishedSPKI, publishedThumbprint} {
		v := publishedVerifier(t, hermod.AttestationRequired, pin)
		_, err := v.VerifyExchange(publishedExchange(t))
		requireCheck(t, err, "chain", "anchors")

		x := publishedExchange(t)
		x.CertCommand, x.CertResponse = nil, nil
		p, err := v.VerifyExchange(x)
		require.NoError(t, err)
		require.True(t, p.Attested)
		require.Equal(t, "userA", p.User.Reveal())
		require.Equal(t, "3051e9f3-0e4d-436b-a512-2e18d8afe134", p.ProfileID)
		require.Equal(t, "TestProfile", p.ProfileName)
		require.Equal(t, "d07292df-f75c-4534-8567-642953b6d887", p.BoxID)
		require.Equal(t, "iOS (11.2.6)", p.Device.OperatingSystem.Reveal())
		require.Len(t, p.Keys, 1)
		require.Equal(t, "signer", p.Keys[0].ID)
		require.Equal(t, "RS256", p.Keys[0].Mechanism)
		require.Equal(t, x509.SHA256WithRSA, p.Keys[0].CSR.SignatureAlgorithm)
	}
}

// TestConformanceProvisioningUnpinned: without a pin the example proves nothing, since anybody could have signed it.
func TestConformanceProvisioningUnpinned(t *testing.T) {
	t.Parallel()
	_, err := publishedVerifier(t, hermod.AttestationRequired).VerifyExchange(publishedExchange(t))
	requireCheck(t, err, "attestation", "no attestation key is pinned")
	other := pinned(t, fixtureKeys()["other"]).String()
	_, err = publishedVerifier(t, hermod.AttestationRequired, other).VerifyExchange(publishedExchange(t))
	requireCheck(t, err, "attestation", "not pinned")
	for _, policy := range []hermod.AttestationPolicy{hermod.AttestationOptional, hermod.InsecureAttestationOff} {
		x := publishedExchange(t)
		x.CertCommand, x.CertResponse = nil, nil
		p, err := publishedVerifier(t, policy).VerifyExchange(x)
		require.NoError(t, err)
		require.False(t, p.Attested)
	}
}

// TestConformanceProvisioningAsPublished: the fourth document is no JSON where the vendor shows it.
func TestConformanceProvisioningAsPublished(t *testing.T) {
	t.Parallel()
	x := publishedExchange(t)
	x.CertResponse = published(t, "cert_response.as-published.txt")
	_, err := publishedVerifier(t, hermod.AttestationRequired, publishedSPKI).VerifyExchange(x)
	requireCheck(t, err, "installation answer", "not JSON: invalid character 'h' looking for beginning of value")
	// The line is that of the value without quotes.
	line := 0
	for i, s := range strings.Split(string(x.CertResponse), "\n") {
		if strings.Contains(s, `"location" : h`) {
			line = i + 1
		}
	}
	require.Equal(t, 17, line)
	require.ErrorContains(t, err, "line 17, octet 22: ")
}

// TestConformanceProvisioningLive: the example as a client would get it.
func TestConformanceProvisioningLive(t *testing.T) {
	t.Parallel()
	x := publishedExchange(t)
	v := publishedVerifier(t, hermod.AttestationRequired, publishedSPKI)
	var record struct{ Destinations []struct{ Location string } }
	for _, s := range []hermod.Sent{
		{Kind: "PROV", MSSPTransID: "h18092", ProvCommand: x.ProvCommand},
		{Kind: "CERT", MSSPTransID: "h18093", ProfileID: "3051e9f3-0e4d-436b-a512-2e18d8afe134", MailboxID: "d07292df-f75c-4534-8567-642953b6d887"},
	} {
		raw := x.ProvResponse
		if s.Kind == "CERT" {
			raw = x.CertResponse
		}
		require.NoError(t, json.Unmarshal(raw, &record))
		s.Scope, s.ExternalID, s.User, s.Locations = "hermod|test|ext-cod1.test.nexusgroup.com:20400|acme", "my-id", "userA", []string{record.Destinations[0].Location}
		ev, err := s.Evidence(raw, publishedAt)
		require.NoError(t, err)
		if s.Kind == "CERT" {
			require.NoError(t, v.VerifyCertified(ev))
			continue
		}
		_, err = v.VerifyProvisioning(ev)
		require.NoError(t, err)
	}
}

// TestConformanceProvisioningMutations: each thing that is changed in the example is found by its own check. What the app signed
// cannot be signed again: there the response's signature is not looked at, to see what is behind it.
func TestConformanceProvisioningMutations(t *testing.T) {
	t.Parallel()
	const prov, answer, cert, installed = 0, 1, 2, 3
	required := publishedVerifier(t, hermod.AttestationRequired, publishedSPKI)
	off := publishedVerifier(t, hermod.InsecureAttestationOff)
	for name, m := range map[string]struct {
		check string
		v     *hermod.Verifier
		doc   int
		edit  func(string) string
	}{
		"duplicate member":        {"answer", required, answer, replaceOnce(t, `"code" : 0`, `"code" : 1, "Code" : 0`)},
		"commandId is a number":   {"answer", required, answer, replaceOnce(t, `"18092"`, `18092`)},
		"externalId":              {"command", required, answer, replaceOnce(t, `"my-id"`, `"your-id"`)},
		"commandType":             {"command", required, answer, replaceOnce(t, `"PROV"`, `"CERT"`)},
		"state":                   {"result", required, answer, replaceOnce(t, `"COMPLETED"`, `"ABORTED"`)},
		"status":                  {"result", required, answer, replaceOnce(t, `"status" : 200`, `"status" : 500`)},
		"code":                    {"result", required, answer, replaceOnce(t, `"code" : 0`, `"code" : 1`)},
		"inReplyTo":               {"destination", required, answer, replaceOnce(t, `"inReplyTo" : "https://ext`, `"inReplyTo" : "https://int`)},
		"contenttype":             {"format", required, answer, replaceOnce(t, `"jws"`, `"pkcs7"`)},
		"padding":                 {"format", required, answer, replaceOnce(t, `"data" : "ey`, `"data" : "=ey`)},
		"alg none":                {"header", required, answer, inOuter(t, 0, `"alg":"RS256","fqdn"`, `"alg":"none","fqdn"`)},
		"alg HS256":               {"header", required, answer, inOuter(t, 0, `"alg":"RS256","fqdn"`, `"alg":"HS256","fqdn"`)},
		"crit":                    {"header", required, answer, inOuter(t, 0, `"sch"`, `"crit":["sch"],"sch"`)},
		"jwk is private":          {"attestation", required, answer, inOuter(t, 0, `"jwk":{`, `"jwk":{"d":"AQAB",`)},
		"jwk of another key":      {"attestation", required, answer, inOuter(t, 0, `"n":"AOI7`, `"n":"AOI8`)},
		"jwk's exponent":          {"attestation", required, answer, inOuter(t, 0, `"e":"AQAB"`, `"e":"Aw"`)},
		"header":                  {"attestation signature", required, answer, inOuter(t, 0, `"nonce"`, ` "nonce"`)},
		"jwk without the zero":    {"attestation signature", required, answer, withoutZero(t)}, // but it is still the pinned key
		"payload":                 {"attestation signature", required, answer, inOuter(t, 1, `"userid":"userA"`, `"userid":"userB"`)},
		"nonce of the command":    {"nonce", required, prov, replaceOnce(t, `"123456789"`, `"123456780"`)},
		"fqdn of the record":      {"host", required, answer, replaceOnce(t, `"fqdn" : "ext`, `"fqdn" : "int`)},
		"userid":                  {"profile", required, prov, replaceOnce(t, `"userA"`, `"userB"`)},
		"servername":              {"profile", required, prov, replaceOnce(t, `"nexus-cod1"`, `"nexus-cod2"`)},
		"name":                    {"profile", required, prov, replaceOnce(t, `"TestProfile"`, `"Profile"`)},
		"boxurl":                  {"mailbox", off, answer, inOuter(t, 1, `"boxurl":"https://ext`, `"boxurl":"https://int`)},
		"boxurl by http":          {"mailbox", off, answer, inOuter(t, 1, `"boxurl":"https`, `"boxurl":"http`)},
		"boxurl without a UUID":   {"mailbox", off, answer, inOuter(t, 1, `-642953b6d887"`, `-642953b6d88"`)},
		"no profile id":           {"mailbox", off, answer, inOuter(t, 1, `"id":"3051e9f3-0e4d-436b-a512-2e18d8afe134"`, `"id":""`)},
		"a key more":              {"keys", off, answer, inOuter(t, 1, `"signedkeys":[`, `"signedkeys":["x",`)},
		"keyid":                   {"keys", required, prov, replaceOnce(t, `"signer"`, `"other"`)},
		"key's kid":               {"key header", off, answer, inNested(t, 1, `"kid":"signer"`, `"kid":"other"`)},
		"key's alg":               {"key header", off, answer, inNested(t, 1, `"alg":"RS256"`, `"alg":"RS512"`)},
		"key's nonce":             {"key header", off, answer, inNested(t, 0, `"123456789"`, `"123456780"`)},
		"responsemechanism":       {"key header", required, prov, replaceOnce(t, `"RS256"`, `"RS512"`)},
		"keylength":               {"key", required, prov, replaceOnce(t, `"2048"`, `"3072"`)},
		"usage":                   {"key", required, prov, replaceOnce(t, `"SIG"`, `"ENC"`)},
		"keystate":                {"key", required, prov, replaceOnce(t, `"ACTIVE"`, `"INACTIVE"`)},
		"key is private":          {"key", off, answer, inNested(t, 1, `{"kty"`, `{"d":"AQAB","kty"`)},
		"key":                     {"possession", off, answer, inNested(t, 1, `"n#len":"2048"`, `"n#len":"2049"`)},
		"key's signature":         {"possession", off, answer, inNested(t, 2, "", "")},
		"template's name":         {"request subject", required, prov, replaceOnce(t, `AYTAlNFMQww`, `AYTAkNIMQww`)},
		"template's attributes":   {"request attributes", required, prov, withAttribute(t)},
		"the template is the key": {"request key", required, prov, templateIsRequest(t)},
		"user of CERT":            {"certificate command", required, cert, replaceOnce(t, `"@userA"`, `"@userB"`)},
		"profileid":               {"certificate command", required, cert, replaceOnce(t, `"3051e9f3`, `"4051e9f3`)},
		"keyid of CERT":           {"certificate command", required, cert, replaceOnce(t, `"signer"`, `"other"`)},
		"certificate":             {"certificate", required, cert, replaceOnce(t, `"data" : "MIID`, `"data" : "MIIE`)},
		"pid":                     {"installation destination", required, installed, replaceOnce(t, `"pid" : "3051e9f3`, `"pid" : "4051e9f3`)},
		"bid":                     {"installation destination", required, installed, replaceOnce(t, `"bid" : "d07292df`, `"bid" : "e07292df`)},
		"code of CERT":            {"installation result", required, installed, replaceOnce(t, `"code" : 0`, `"code" : 5`)},
		"CERT is for another":     {"installation command", required, installed, replaceOnce(t, `"my-id"`, `"your-id"`)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := publishedExchange(t)
			doc := []*[]byte{&x.ProvCommand, &x.ProvResponse, &x.CertCommand, &x.CertResponse}[m.doc]
			*doc = []byte(m.edit(string(*doc)))
			_, err := m.v.VerifyExchange(x)
			requireCheck(t, err, m.check, "")
		})
	}
	for at, check := range map[time.Time]string{
		publishedAt.AddDate(0, 0, -1): "certificate validity", publishedAt.AddDate(1, 0, 0): "certificate validity", {}: "time",
	} {
		x := publishedExchange(t)
		x.At = at
		_, err := required.VerifyExchange(x)
		requireCheck(t, err, check, "")
	}
}

// inOuter changes a segment of the response's JWS, in a record.
func inOuter(t *testing.T, i int, old, replacement string) func(string) string {
	return func(record string) string {
		compact := outerJWS(t, record)
		edit := func(s string) string { return b64url(replaceOnce(t, old, replacement)(unb64url(s))) }
		return strings.Replace(record, compact, segment(i, edit)(compact), 1)
	}
}

// inNested changes a segment of the key's JWS in the response's. Without a change the signature loses its last octet.
func inNested(t *testing.T, i int, old, replacement string) func(string) string {
	return func(record string) string {
		var payload struct{ Profile struct{ SignedKeys []string } }
		require.NoError(t, json.Unmarshal([]byte(unb64url(strings.Split(outerJWS(t, record), ".")[1])), &payload))
		nested := payload.Profile.SignedKeys[0]
		changed := segment(i, func(s string) string {
			if old == "" {
				octets := unb64url(s)
				return b64url(octets[:len(octets)-1])
			}
			return b64url(replaceOnce(t, old, replacement)(unb64url(s)))
		})(nested)
		return inOuter(t, 1, nested, changed)(record)
	}
}

// withoutZero takes the octet 0 from the modulus in the header.
func withoutZero(t *testing.T) func(string) string {
	return func(record string) string {
		n := regexp.MustCompile(`"n":"([^"]*)"`).FindStringSubmatch(unb64url(strings.Split(outerJWS(t, record), ".")[0]))[1]
		octets := unb64url(n)
		require.Zero(t, octets[0])
		require.Len(t, octets, 257)
		return inOuter(t, 0, n, b64url(octets[1:]))(record)
	}
}

func outerJWS(t *testing.T, record string) string {
	var r struct {
		ProvResponse struct{ Result struct{ Data string } }
	}
	require.NoError(t, json.Unmarshal([]byte(record), &r))
	return r.ProvResponse.Result.Data
}

var certReqPattern = regexp.MustCompile(`"certreq":"([^"]*)"`)

// withAttribute has the command's template ask for a password, too.
func withAttribute(t *testing.T) func(string) string {
	return func(doc string) string {
		var csr struct {
			Info struct {
				Version               int
				Name, Key, Attributes asn1.RawValue
			}
			Algorithm pkix.AlgorithmIdentifier
			Signature asn1.BitString
		}
		was := certReqPattern.FindStringSubmatch(doc)[1]
		der, err := base64.StdEncoding.DecodeString(was)
		require.NoError(t, err)
		_, err = asn1.Unmarshal(der, &csr)
		require.NoError(t, err)
		attribute, err := asn1.Marshal(struct {
			Type   asn1.ObjectIdentifier
			Values []string `asn1:"set"`
		}{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 7}, []string{"x"}})
		require.NoError(t, err)
		csr.Info.Attributes = asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Bytes: attribute}
		der, err = asn1.Marshal(csr)
		require.NoError(t, err)
		return replaceOnce(t, was, base64.StdEncoding.EncodeToString(der))(doc)
	}
}

// templateIsRequest puts the request that the device made into the place of the command's template.
func templateIsRequest(t *testing.T) func(string) string {
	return func(doc string) string {
		x := publishedExchange(t)
		x.CertCommand, x.CertResponse = nil, nil
		p, err := publishedVerifier(t, hermod.AttestationRequired, publishedSPKI).VerifyExchange(x)
		require.NoError(t, err)
		return replaceOnce(t, certReqPattern.FindStringSubmatch(doc)[1], base64.StdEncoding.EncodeToString(p.Keys[0].CSR.Raw))(doc)
	}
}
