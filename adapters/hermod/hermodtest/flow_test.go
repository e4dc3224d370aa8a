package hermodtest_test

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod/hermodtest"
	"github.com/gomss/gomss/internal/cms"
	"github.com/gomss/gomss/mss"
)

// TestProvisioning holds the answer to PROV against the vendor's example, member by member.
func TestProvisioning(t *testing.T) {
	t.Parallel()
	srv, c := listening(t, hermodtest.Options{})
	command := prov(t, rsa2048)
	started := c.accepted("/command/provision", command)
	cb := c.next()
	require.Equal(t, "/hermod/rest/callback/provision", cb.path)
	require.Equal(t, "hermod", cb.user)
	require.Len(t, cb.password, 64)

	require.Equal(t, "COMPLETED", cb.State)
	require.Equal(t, "PROV", cb.CommandType)
	require.Equal(t, "my-id", cb.ExternalID)
	require.Regexp(t, `^[0-9]+$`, cb.CommandID)
	require.Equal(t, started.Destinations, cb.Destinations)
	require.Len(t, cb.Destinations, 1)
	d := cb.Destinations[0]
	require.Equal(t, "@tmp", d.To)
	require.Empty(t, d.PID)
	require.Equal(t, srv.URL()+"/ms/"+d.BID+"/"+d.MID, d.Location)
	require.Equal(t, d.Location, cb.ResponseHeader.InReplyTo)
	require.Equal(t, 200, cb.ResponseHeader.Status)
	require.Regexp(t, regexp.MustCompile(`^com\.nexusgroup\.plugout:///\?url=https%3a%2f%2f127\.0\.0\.1%3A\d+%2fhermod%2Frest%2Fms%2F[0-9a-f-]{36}&token=[0-9a-f-]{36}$`), d.URI)
	uri, err := url.Parse(d.URI)
	require.NoError(t, err)
	require.Equal(t, srv.URL()+"/ms/"+d.BID, uri.Query().Get("url"))

	require.Equal(t, "jws", cb.ProvResponse.Result.ContentType)
	outer := parse(t, cb.ProvResponse.Result.Data)
	require.Equal(t, "RS256", outer.header["alg"])
	require.Equal(t, "N-123", outer.header["nonce"])
	require.Equal(t, cb.FQDN, outer.header["fqdn"])
	jwk := outer.header["jwk"].(object)
	require.Equal(t, "2056", jwk["n#len"], "a leading zero octet, which counts")
	n, err := base64.RawURLEncoding.DecodeString(jwk["n"].(string))
	require.NoError(t, err)
	require.Len(t, n, 257)
	require.Zero(t, n[0])
	require.True(t, outer.valid(publicKey(t, jwk)))

	profile := outer.object()["profile"].(object)
	require.Equal(t, user, profile["userid"])
	require.Equal(t, "server", profile["servername"])
	require.Equal(t, "Test profile", profile["name"])
	require.Len(t, profile["signedkeys"], 1)
	nested := parse(t, profile["signedkeys"].([]any)[0].(string))
	require.Equal(t, object{"alg": "RS256", "nonce": "N-123", "kid": "signer"}, nested.header)
	key := nested.object()
	require.Equal(t, "2048", key["n#len"])
	require.Equal(t, "SIG", key["use"])
	require.Equal(t, "active", key["keystate"])
	require.True(t, nested.valid(publicKey(t, key)), "proof of possession")

	csr := c.request(profile)
	require.NoError(t, csr.CheckSignature())
	require.Equal(t, publicKey(t, key), csr.PublicKey)
	require.Contains(t, string(template(t)), string(csr.RawSubject))
	require.Equal(t, []string{"attribute.invalid"}, csr.DNSNames, "attributes are the template's")
}

// TestSigning enrols and signs, in both formats and with both kinds of keys.
func TestSigning(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		keyType        object
		mechanism, alg string
	}{
		"RSA": {rsa2048, "CKM_SHA256_RSA_PKCS", "RS256"},
		"EC":  {p256, "CKM_ECDSA_SHA256", "ES256"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, c := listening(t, hermodtest.Options{})
			profile, cert := c.enrolled(test.keyType)

			cb := c.outcome("/command/sign", signing("signCommand", "jws", test.mechanism, []byte("Pay 10?")))
			require.Equal(t, "jws", cb.SignResponse.Result.ContentType)
			require.Equal(t, profile["id"], cb.Destinations[0].PID)
			require.Contains(t, profile["boxurl"], cb.Destinations[0].BID)
			require.Equal(t, cb.Destinations[0].BID, cb.Destinations[0].To)
			j := parse(t, cb.SignResponse.Result.Data)
			require.Equal(t, object{"alg": test.alg, "kid": "signer"}, j.header)
			require.Equal(t, "Pay 10?", string(j.payload))
			require.True(t, j.valid(cert.PublicKey))

			cb = c.outcome("/command/authenticate", signing("authCommand", "pkcs7", test.mechanism, []byte("challenge")))
			require.Equal(t, "/hermod/rest/callback/authenticate", cb.path)
			require.Equal(t, "AUTH", cb.CommandType)
			require.Equal(t, "pkcs7", cb.AuthResponse.Result.ContentType)
			der, err := base64.StdEncoding.DecodeString(cb.AuthResponse.Result.Data)
			require.NoError(t, err)
			verifier, err := cms.New(cms.Config{Roots: srv.Anchors().Roots()})
			require.NoError(t, err)
			_, err = verifier.Verify(der, time.Now(), func(content []byte) error {
				require.Equal(t, "challenge", string(content))
				return nil
			})
			require.NoError(t, err)
			srv.AssertPrompts(t, 3)
			require.Equal(t, mss.Simulator, srv.Anchors().Environment())
		})
	}
}

func TestPing(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, hermodtest.Options{})
	c.enrolled(rsa2048)
	cb := c.outcome("/command/ping", object{"commandHeader": header("@" + user), "pingCommand": object{"deviceinfo": "true"}})
	require.Equal(t, 0, cb.PingResponse.Code)
	require.Contains(t, string(cb.body), "operatingsystem")
	srv.AssertPrompts(t, 1) // for the profile: a ping asks nobody
}
