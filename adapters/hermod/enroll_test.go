package hermod_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/adapters/hermod/hermodtest"
	"github.com/gomss/gomss/mss"
)

// TestEnroll makes an app an enrolled device, and has the person log in and sign with it.
func TestEnroll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		var told []string
		s.cfg.Observer = &mss.Observer{Done: func(_ context.Context, e mss.Event) {
			require.NoError(t, e.Err)
			told = append(told, e.Operation)
		}}
		c := s.process(t)
		var links []string
		d, err := c.Enroll(t.Context(), s.enrolment(t, "astrid"), func(p mss.Prompt) {
			require.Equal(t, p.Link, p.QR)
			links = append(links, p.Link.Reveal())
		})
		require.NoError(t, err)

		require.Equal(t, "astrid", d.User.Reveal())
		require.NotEmpty(t, d.ProfileID)
		require.NotEmpty(t, d.BoxID)
		require.True(t, d.Attested)
		require.WithinDuration(t, time.Now(), d.EnrolledAt, time.Second)
		require.Len(t, d.Keys, 1)
		require.Equal(t, "signer", d.Keys[0].ID)
		require.Equal(t, "RS256", d.Keys[0].Mechanism)
		require.Equal(t, "Åsa Exempel", d.Keys[0].Chain[0].Subject.CommonName)
		require.Equal(t, s.srv.Anchors().Roots()[0], d.Keys[0].Chain[1])
		require.Equal(t, []*hermod.Device{d}, s.registered(t, "astrid"))

		require.Len(t, links, 2, "of the profile and of its certificates")
		for _, link := range links {
			require.True(t, strings.HasPrefix(link, "com.nexusgroup.plugout:"))
		}
		require.Len(t, s.commands(provisionPath), 1)
		require.Len(t, s.commands(certificatePath), 1)
		require.Equal(t, mss.OpRegistration, told[0])
		require.Equal(t, 2, count(told, mss.OpRegistration), "PROV and CERT, each once: %v", told)

		profile, err := mss.ProfileQuery(t.Context(), c, mss.User{ID: d.User})
		require.NoError(t, err)
		require.Equal(t, [][]*x509.Certificate{d.Keys[0].Chain}, profile.Certificates)
		require.Equal(t, []*hermod.Device{d}, profile.Details)
		for _, purpose := range []mss.Purpose{mss.Authentication, mss.Signing} {
			sig, err := mss.Sign(t.Context(), c, &mss.Request{
				Purpose: purpose, User: mss.User{ID: d.User}, Display: "Betala 10 kr?", Key: profile.Certificates[0][0],
			}, noPrompt)
			require.NoError(t, err)
			require.True(t, sig.Verified())
			require.Equal(t, d.Keys[0].Chain[0].Raw, sig.Signer.Chain[0].Raw)
		}
	})
}

func count(list []string, s string) (n int) {
	for _, x := range list {
		if x == s {
			n++
		}
	}
	return n
}

// TestEnrollCommands: what goes out names the person and the keys, and holds nothing that the answer could be made of beforehand.
func TestEnrollCommands(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		c := s.process(t)
		var nonces []string
		for range 2 {
			d, err := c.Enroll(t.Context(), s.enrolment(t, "astrid"), noPrompt)
			require.NoError(t, err)
			var prov struct {
				CommandHeader struct {
					To                []string
					Lifespan, Timeout int
				}
				ProvCommand struct{ Nonce, UserID string }
			}
			commands := s.commands(provisionPath)
			require.NoError(t, json.Unmarshal([]byte(commands[len(commands)-1]), &prov))
			require.Empty(t, prov.CommandHeader.To, "to whoever scans it")
			require.Equal(t, 60, prov.CommandHeader.Timeout)
			require.Equal(t, "astrid", prov.ProvCommand.UserID)
			nonces = append(nonces, prov.ProvCommand.Nonce)

			var cert struct {
				CommandHeader struct {
					To      []string
					Timeout int
				}
				CertCommand struct {
					ProfileID    string
					Certificates []struct {
						KeyID, KeyState string
						Data            []byte
					}
				}
			}
			commands = s.commands(certificatePath)
			require.NoError(t, json.Unmarshal([]byte(commands[len(commands)-1]), &cert))
			require.Equal(t, []string{"@astrid"}, cert.CommandHeader.To)
			require.Equal(t, 60, cert.CommandHeader.Timeout)
			require.Equal(t, d.ProfileID, cert.CertCommand.ProfileID)
			require.Len(t, cert.CertCommand.Certificates, 1)
			require.Equal(t, "signer", cert.CertCommand.Certificates[0].KeyID)
			require.Equal(t, "ACTIVE", cert.CertCommand.Certificates[0].KeyState)
			require.Equal(t, d.Keys[0].Chain[0].Raw, cert.CertCommand.Certificates[0].Data)
		}
		require.NotEqual(t, nonces[0], nonces[1])
		require.GreaterOrEqual(t, len(nonces[0]), 43)
	})
}

// TestEnrollManyKeysAndDevices: as many keys as a device may have, in each of several devices of several persons.
func TestEnrollManyKeysAndDevices(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		c := s.process(t)
		var keys []hermod.KeyRequest
		for i := range hermod.MaxDeviceKeys {
			keys = append(keys, hermod.KeyRequest{ID: strings.Repeat("k", 63) + string(rune('0'+i)), Storage: []string{"APP", "OS"}})
		}
		keys[1].Usage = "AUTH"
		keys[2].Types = []hermod.KeyType{{Type: "RSA", Bits: 3072, Mechanism: "RS512"}, {Type: "RSA", Bits: 3072, Mechanism: "RS256"}}
		var astrid []*hermod.Device
		for range 2 {
			d, err := c.Enroll(t.Context(), s.enrolment(t, "astrid", keys...), noPrompt)
			require.NoError(t, err)
			require.Len(t, d.Keys, len(keys))
			for i, k := range d.Keys {
				require.Equal(t, keys[i].ID, k.ID)
				require.NotEmpty(t, k.Chain)
			}
			require.Equal(t, 3072/8, d.Keys[2].Chain[0].PublicKey.(interface{ Size() int }).Size())
			astrid = append([]*hermod.Device{d}, astrid...)
			time.Sleep(time.Minute)
		}
		birger, err := c.Enroll(t.Context(), s.enrolment(t, "birger"), noPrompt)
		require.NoError(t, err)
		require.Equal(t, astrid, s.registered(t, "astrid"), "the newer profile does not replace the older")
		require.Equal(t, []*hermod.Device{birger}, s.registered(t, "birger"))
		profile, err := c.ProfileQuery(t.Context(), mss.User{ID: astrid[0].User})
		require.NoError(t, err)
		require.Len(t, profile.Certificates, 2*len(keys))
		require.Equal(t, astrid[0].Keys[0].Chain, profile.Certificates[0])
	})
}

// TestEnrollRenewal: new certificates for the keys of a device replace the old ones.
func TestEnrollRenewal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		c := s.process(t)
		p := s.provisioned(t, c, s.enrolment(t, "astrid"))
		first, err := c.Certify(t.Context(), p, s.issued(t, p))
		require.NoError(t, err)
		time.Sleep(24 * time.Hour)
		second, err := c.Certify(t.Context(), p, s.issued(t, p))
		require.NoError(t, err)
		require.Equal(t, first.ProfileID, second.ProfileID)
		require.NotEqual(t, first.Keys[0].Chain[0].Raw, second.Keys[0].Chain[0].Raw)
		require.Equal(t, []*hermod.Device{second}, s.registered(t, "astrid"))
	})
}

// TestEnrollSurvivesRestarts has another process go on at each step: with what the store and the application have kept, and
// nothing else.
func TestEnrollSurvivesRestarts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		s.srv.Person(hermodtest.Person{User: "astrid", Delay: 30 * time.Second})
		first := s.process(t)
		tx, err := first.Provision(t.Context(), s.enrolment(t, "astrid"))
		require.NoError(t, err)
		handle, err := s.cfg.Keys.Seal(tx, "session-7")
		require.NoError(t, err)
		first.Close()

		second := s.process(t) // the callback comes to it
		var opened mss.Transaction
		require.NoError(t, s.cfg.Keys.Open(handle, "session-7", &opened))
		require.False(t, second.Prompt(&opened, time.Now()).QR.IsZero(), "the person has not scanned it yet")
		p, err := second.Provisioned(t.Context(), &opened)
		require.NoError(t, err)
		kept, err := p.Evidence.MarshalBinary()
		require.NoError(t, err)
		second.Close()

		time.Sleep(12 * time.Hour) // the callback is still in the store
		third := s.process(t)
		again, err := third.Provisioned(t.Context(), &opened)
		require.NoError(t, err)
		require.Equal(t, p.ProfileID, again.ProfileID)

		time.Sleep(48 * time.Hour) // it is not any more; the evidence is
		_, err = third.Provisioned(t.Context(), &opened)
		require.ErrorIs(t, err, mss.ErrUnknownOutcome)
		third.Close()
		fourth := s.process(t)
		var ev mss.Evidence
		require.NoError(t, ev.UnmarshalBinary(kept))
		p, err = fourth.VerifyProvisioning(&ev)
		require.NoError(t, err)
		d, err := fourth.Certify(t.Context(), p, s.issued(t, p))
		require.NoError(t, err)
		require.Equal(t, []*hermod.Device{d}, s.registered(t, "astrid"))
		require.Len(t, s.commands(provisionPath), 1)
		require.Len(t, s.commands(certificatePath), 1)
	})
}

// TestEnrollWithoutPerson: what becomes of an enrolment when the device says no or nothing.
func TestEnrollWithoutPerson(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		do   hermodtest.Person
		code mss.Code
		sub  mss.Code
	}{
		"declines":             {hermodtest.Person{Do: hermodtest.Cancel}, mss.RegistrationNOK, 4073},
		"the app fails":        {hermodtest.Person{Do: hermodtest.Reject}, mss.RegistrationNOK, 4073},
		"does nothing":         {hermodtest.Person{Do: hermodtest.Ignore}, mss.ExpiredTransaction, mss.FiComUserTimeout},
		"the callback is lost": {hermodtest.Person{Callback: hermodtest.Lost}, mss.ExpiredTransaction, mss.FiComServerTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSite(t)
				c := s.process(t)
				requireFault := func(err error) {
					t.Helper()
					f, ok := errors.AsType[*mss.Fault](err)
					require.True(t, ok, "%v", err)
					require.Equal(t, tt.code, f.Code)
					require.Equal(t, tt.sub, f.Sub)
					require.Equal(t, mss.OpRegistration, f.Operation)
				}
				tt.do.User = "astrid"
				s.srv.Person(tt.do)
				e := s.enrolment(t, "astrid")
				asked := false
				e.Issue = func(ctx context.Context, csr *x509.CertificateRequest) ([]*x509.Certificate, error) {
					asked = true
					return s.srv.Issue(ctx, csr)
				}
				_, err := c.Enroll(t.Context(), e, noPrompt)
				requireFault(err)
				require.False(t, asked)
				require.Empty(t, s.commands(certificatePath))

				s.srv.Person(hermodtest.Person{User: "astrid"})
				p := s.provisioned(t, c, e)
				s.srv.Person(tt.do)
				_, err = c.Certify(t.Context(), p, s.issued(t, p))
				requireFault(err)
				require.Empty(t, s.registered(t, "astrid"), "not registered")

				s.srv.Person(hermodtest.Person{User: "astrid"})
				d, err := c.Certify(t.Context(), p, s.issued(t, p))
				require.NoError(t, err, "the same keys can be certified after all")
				require.Equal(t, []*hermod.Device{d}, s.registered(t, "astrid"))
			})
		})
	}
}

// TestReceiptIsUnsupported: Hermod has no command that only shows something.
func TestReceiptIsUnsupported(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newSite(t).process(t)
		_, err := mss.Receipt(t.Context(), c, new(mss.Signature), mss.Message{Text: "Betalt"})
		require.ErrorIs(t, err, errors.ErrUnsupported)
	})
}
