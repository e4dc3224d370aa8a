package skmid

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
)

// TestConformanceSubjects: the persons in genuine and synthetic certificates, in all forms that were captured.
func TestConformanceSubjects(t *testing.T) {
	t.Parallel()
	corpus := os.Getenv("MSS_CORPUS")
	if corpus == "" {
		t.Skip("MSS_CORPUS is not set")
	}
	read := func(path string) []byte {
		doc, err := os.ReadFile(filepath.Join(corpus, "sk", path))
		require.NoError(t, err)
		return doc
	}
	session := func(name string) string {
		var s struct{ Response sessionAnswer }
		require.NoError(t, json.Unmarshal(read("sessions/"+name+".json"), &s))
		return s.Response.Cert
	}
	plain := func(name string) string { return strings.Join(strings.Fields(string(read(name))), "") }
	for _, tt := range []struct{ cert, person, given, surname string }{
		{session("tara-login-8fbd33c0"), "PNOEE-60001019906", "MARY ÄNN", "O’CONNEŽ-ŠUSLIK TESTNUMBER"},
		{session("java-client-9b79078-auth"), "PNOEE-60001019906", "MARY ÄNN", "O’CONNEŽ-ŠUSLIK TESTNUMBER"},
		{session("java-client-ece22e8-ecc"), "PNOEE-14212128029", "ECC", "TESTNUMBER"},
		{session("tab-mobileid-authenticate_test-0"), "PNOEE-51307149560", "MARY ÄNN", "O'CONNEŽ-ŠUSLIK TESTNUMBER"},
		{plain("java-9b79078-AUTH_CERTIFICATE_LT.b64"), "PNOLT-36009067968", "FORENAMEPNOLT-36009067968", "SURNAMEPNOLT-36009067968"},
		{plain("java-9b79078-AUTH_CERTIFICATE_LV.b64"), "PNOLV-010117-21234", "FORENAME-010117-21234", "SURNAME-010117-21234"},
	} {
		der, err := decodeBase64(tt.cert, maxCertificate)
		require.NoError(t, err)
		require.Less(t, len(der), maxStateCertificate)
		cert, err := parseCertificate(der)
		require.NoError(t, err)
		s, err := newSubject(cert)
		require.NoError(t, err)
		require.Equal(t, []string{tt.person, tt.given, tt.surname}, []string{s.person.Reveal(), s.givenName, s.surname})
		require.NoError(t, checkUsage(cert, mss.Authentication))
	}
	_, err := base64.StdEncoding.DecodeString(session("tara-login-8fbd33c0"))
	require.NoError(t, err)
}
