package hermod_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/adapters/hermod/hermodtest"
	"github.com/gomss/gomss/mss"
)

// TestForgedSignatures: whatever the simulator can do wrong about an answer to AUTH and SIGN, nothing of it is a signature, and
// the next answer that is in order is one.
func TestForgedSignatures(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		purpose     mss.Purpose
		commandType string
		format      mss.Format
		formatName  string
	}{
		"AUTH jws":   {mss.Authentication, "AUTH", mss.JWS, "jws"},
		"AUTH pkcs7": {mss.Authentication, "AUTH", mss.CMS, "pkcs7"},
		"SIGN jws":   {mss.Signing, "SIGN", mss.JWS, "jws"},
		"SIGN pkcs7": {mss.Signing, "SIGN", mss.CMS, "pkcs7"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSite(t)
				device, err := s.srv.Enroll("astrid")
				require.NoError(t, err)
				require.NoError(t, s.cfg.Registry.Put(t.Context(), device))
				c := s.process(t)
				ask := func(f hermodtest.Forge) (*mss.Signature, error) {
					s.srv.Person(hermodtest.Person{User: "astrid", Forge: f})
					return mss.Sign(t.Context(), c, &mss.Request{
						Purpose: test.purpose, User: mss.User{ID: device.User}, Display: "Hyra en cykel?", AddCode: true,
						Timeout: 30 * time.Second, Options: hermod.Options{Format: test.format},
					}, noPrompt)
				}
				genuine := func() {
					sig, err := ask(hermodtest.Genuine)
					require.NoError(t, err)
					require.True(t, sig.Verified())
					require.True(t, sig.Fresh)
				}
				genuine() // whose result is what ForgeReplay has to send
				refused := 0
				for _, f := range hermodtest.Forges(test.commandType, test.formatName) {
					if f < hermodtest.ForgeNoAuth {
						continue // about the command's own answer, after which the callback is genuine
					}
					if f == hermodtest.ForgeReplay {
						genuine()
					}
					if f == hermodtest.ForgeSwapped {
						s.unanswered(t, c) // whose ids the answer takes
					}
					sig, err := ask(f)
					require.Error(t, err, "%v", f)
					require.Nil(t, sig)
					refused++
				}
				require.Greater(t, refused, 40)
				genuine()
			})
		})
	}
}

// unanswered asks somebody who is not there.
func (s *site) unanswered(t *testing.T, c *hermod.Client) {
	t.Helper()
	device, err := s.srv.Enroll("bo")
	require.NoError(t, err)
	require.NoError(t, s.cfg.Registry.Put(t.Context(), device))
	s.srv.Person(hermodtest.Person{User: "bo", Do: hermodtest.Ignore})
	_, err = c.Start(t.Context(), &mss.Request{Purpose: mss.Signing, User: mss.User{ID: device.User}, Display: "Hyra en cykel?"})
	require.NoError(t, err)
}
