package hermod_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
)

// sentCommand is a PROV command as it goes out.
type sentCommand struct {
	ProvCommand struct {
		Nonce, UserID, ResponseSignatureKey, ResponseFormat string
		Profile                                             struct {
			ServerName, Name string
			KeyGenRequests   []struct {
				KeyID, Usage, KeyState, CertReq string
				StoragePrios                    []string
				KeyTypePrios                    []struct{ KeyType, KeyLength, ResponseMechanism string }
			}
		}
	}
}

func sendProv(t *testing.T, e *hermod.Enrollment) *sentCommand {
	t.Helper()
	doc, err := hermod.NewProvCommand(e, "acme")
	require.NoError(t, err)
	c := new(sentCommand)
	require.NoError(t, json.Unmarshal(doc, c))
	return c
}

func TestNewProvCommand(t *testing.T) {
	t.Parallel()
	e := &hermod.Enrollment{User: userID(t, "mia"), Subject: fixtureName}
	c := sendProv(t, e).ProvCommand
	require.Equal(t, "mia", c.UserID)
	require.Equal(t, "ATTESTATION", c.ResponseSignatureKey)
	require.Equal(t, "jws", c.ResponseFormat)
	require.Equal(t, "acme", c.Profile.ServerName)
	require.Equal(t, "gomss", c.Profile.Name)
	require.Len(t, c.Profile.KeyGenRequests, 1)
	k := c.Profile.KeyGenRequests[0]
	require.Equal(t, []string{"signer", "SIG", "ACTIVE", "APP"}, []string{k.KeyID, k.Usage, k.KeyState, k.StoragePrios[0]})
	require.Equal(t, []struct{ KeyType, KeyLength, ResponseMechanism string }{{"RSA", "2048", "RS256"}}, k.KeyTypePrios)
	der, err := base64.StdEncoding.DecodeString(k.CertReq)
	require.NoError(t, err)
	csr, err := x509.ParseCertificateRequest(der)
	require.NoError(t, err)
	require.NoError(t, csr.CheckSignature())
	require.Equal(t, x509.SHA256WithRSA, csr.SignatureAlgorithm)
	require.Empty(t, csr.Extensions)
	name, err := asn1.Marshal(fixtureName.ToRDNSequence())
	require.NoError(t, err)
	require.Equal(t, name, csr.RawSubject)

	// Nothing of it comes twice: neither the nonce nor the key that is thrown away.
	again := sendProv(t, e).ProvCommand
	require.Len(t, c.Nonce, 43)
	require.NotEqual(t, c.Nonce, again.Nonce)
	der, err = base64.StdEncoding.DecodeString(again.Profile.KeyGenRequests[0].CertReq)
	require.NoError(t, err)
	other, err := x509.ParseCertificateRequest(der)
	require.NoError(t, err)
	require.NotEqual(t, csr.RawSubjectPublicKeyInfo, other.RawSubjectPublicKeyInfo)
}

func TestNewProvCommandKeys(t *testing.T) {
	t.Parallel()
	c := sendProv(t, &hermod.Enrollment{
		User: userID(t, "mia"), Subject: fixtureName, Profile: "Acme Bank", Keys: []hermod.KeyRequest{
			{ID: "one", Usage: "ENC", Storage: []string{"SE", "APP"}, Types: []hermod.KeyType{{"RSA", 4096, "RS512"}, {"RSA", 3072, "RS384"}}},
			{ID: "two"},
		},
	}).ProvCommand
	require.Equal(t, "Acme Bank", c.Profile.Name)
	keys := c.Profile.KeyGenRequests
	require.Len(t, keys, 2)
	require.Equal(t, "ENC", keys[0].Usage)
	require.Equal(t, []string{"SE", "APP"}, keys[0].StoragePrios)
	require.Equal(t, []struct{ KeyType, KeyLength, ResponseMechanism string }{{"RSA", "4096", "RS512"}, {"RSA", "3072", "RS384"}}, keys[0].KeyTypePrios)
	require.Equal(t, "two", keys[1].KeyID)
}

func TestNewProvCommandRefuses(t *testing.T) {
	t.Parallel()
	for name, subject := range map[string]pkix.Name{
		"nobody":     {},
		"not UTF-8":  {CommonName: "\xff"},
		"a long one": {CommonName: strings.Repeat("x", 1024)},
	} {
		_, err := hermod.NewProvCommand(&hermod.Enrollment{User: userID(t, "mia"), Subject: subject}, "acme")
		var refused *mss.RequestError
		require.ErrorAs(t, err, &refused, name)
		require.Equal(t, "Enrollment.Subject", refused.Field)
	}
}

// TestExpectationSize: what is expected of the most keys there can be fits into a transaction that is sealed, of 4 KiB.
func TestExpectationSize(t *testing.T) {
	t.Parallel()
	keys := slices.Repeat([]hermod.KeyRequest{{ID: strings.Repeat("k", 32)}}, hermod.MaxDeviceKeys)
	for i := range keys {
		keys[i].ID += string(rune('a' + i))
	}
	doc, err := hermod.NewProvCommand(&hermod.Enrollment{User: userID(t, strings.Repeat("u", 64)), Subject: fixtureName, Keys: keys}, "acme")
	require.NoError(t, err)
	size, err := hermod.ExpectationSize(doc)
	require.NoError(t, err)
	require.Less(t, size, 2<<10)
}
