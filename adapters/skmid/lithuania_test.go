package skmid_test

import (
	"crypto"
	"crypto/x509"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
)

// TestLithuania: the same digits as the Estonian's, in both forms of a certificate. To the service the two differ by the number
// alone, so the certificate must tell them apart (SEC-21).
func TestLithuania(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	user := mss.User{MSISDN: msisdn(t, phoneLT), Person: personID(t, "LT", digits)}
	for _, form := range [][2]string{{"PNOLT-" + digits, "LT"}, {digits, "LT"}, {"PNOEE-" + digits, "EE"}, {digits, "EE"}} {
		serial, country := form[0], form[1]
		h := r.person(t, mss.Authentication, ecKey(), func(c *x509.Certificate) { c.Subject = subjectOf(serial, country) })
		req := authentication(t)
		req.User, req.Language = user, "lt"
		c, ev := evidence(t, r, req, func(hash crypto.Hash, digest []byte) []byte {
			return h.answer(t, mss.Authentication, hash, digest).bytes(t)
		})
		sig, err := c.Verify(ev)
		if country == "EE" {
			requireFailed(t, err, "signer")
			continue
		}
		require.NoError(t, err, serial)
		require.Equal(t, "PNOLT-"+digits, sig.Signer.ID)
	}
	s := started(nil)
	_, err := newClient(t, r, s).Start(t.Context(), &mss.Request{Purpose: mss.Authentication, User: user, Language: "lt-LT", Display: "Prisijungti prie „ACME“?"})
	require.NoError(t, err)
	require.Equal(t, []string{"LIT", "UCS-2", phoneLT}, []string{s.requests()[0].body["language"], s.requests()[0].body["displayTextFormat"], s.requests()[0].body["phoneNumber"]})
}
