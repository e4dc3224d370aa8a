package hermod_test

import (
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/adapters/hermod/hermodtest"
	"github.com/gomss/gomss/mss"
)

// forgedAnswers is what becomes of a command whose own answer is wrong, and whose callback is in order.
var forgedAnswers = map[hermodtest.Forge]struct {
	code    mss.Code // of a *mss.Fault; 0: a *mss.TransportError, as the command cannot be told from another
	signs   bool     // the command goes on, for its callback is judged by itself
	link    bool     // and has a link to be shown
	silent  bool     // nobody can have been asked
	warning string
}{
	hermodtest.ForgeAnswerNoID:       {},
	hermodtest.ForgeAnswerID:         {},
	hermodtest.ForgeAnswerExternalID: {},
	hermodtest.ForgeAnswerType:       {},
	hermodtest.ForgeAnswerDone:       {code: mss.PBSignatureProcess},
	hermodtest.ForgeAnswerNoBox:      {code: mss.UnknownClient, silent: true},
	hermodtest.ForgeAnswerScheme:     {signs: true, warning: "a link that cannot be used"},
	hermodtest.ForgeAnswerHost:       {signs: true, warning: "a link that cannot be used"},
	hermodtest.ForgeAnswerFQDN:       {signs: true, link: true, warning: "a name that is not in Config.Hosts"},
}

// TestForgedAnswers has the answer to each kind of command be wrong. The command is sent once, and there is no transaction of one
// that cannot be told from others: what its callback says reaches nobody. No link that is wrong is shown.
func TestForgedAnswers(t *testing.T) {
	t.Parallel()
	for _, commandType := range []string{"AUTH", "SIGN", "PROV", "CERT"} {
		t.Run(commandType, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, log := newSite(t), new(logged)
				s.cfg.Logger = slog.New(slog.NewTextHandler(log, nil))
				c := s.process(t)
				run := s.asker(t, c, commandType)
				covered := 0
				for _, f := range hermodtest.Forges(commandType, "jws") {
					if f > hermodtest.ForgeAnswerFQDN {
						continue // of the callback: TestForgedSignatures, TestForgedProvisionings, TestForgedInstallations
					}
					covered++
					want, known := forgedAnswers[f]
					require.True(t, known, "%v", f)
					before, warned := len(s.srv.Requests()), len(log.String())
					link, err := run(f)
					require.Len(t, s.srv.Requests(), before+1, "%v: is sent once", f)
					require.Equal(t, want.link && commandType != "CERT", link, "%v", f)
					require.Contains(t, log.String()[warned:], want.warning, "%v", f)
					if want.signs {
						require.NoError(t, err, "%v", f)
						continue
					}
					require.Equal(t, want.silent, !mss.MayHaveRung(err), "%v: %v", f, err)
					if want.code == 0 {
						_, ok := errors.AsType[*mss.TransportError](err)
						require.True(t, ok, "%v: %v", f, err)
						continue
					}
					if commandType == "PROV" || commandType == "CERT" {
						want.code = map[bool]mss.Code{true: want.code, false: mss.RegistrationNOK}[want.silent]
					}
					require.ErrorIs(t, err, want.code, "%v", f)
				}
				require.Equal(t, len(forgedAnswers), covered)
			})
		})
	}
}

// asker returns what has astrid asked something, with an answer to the command that is wrong. It reports whether there was a link to
// be shown, and lets the callback come.
func (s *site) asker(t *testing.T, c *hermod.Client, commandType string) func(hermodtest.Forge) (link bool, err error) {
	t.Helper()
	var p *hermod.Provisioning
	if commandType == "CERT" {
		p = s.provisioned(t, c, s.enrolment(t, "astrid"))
	} else if commandType != "PROV" {
		device, err := s.srv.Enroll("astrid")
		require.NoError(t, err)
		require.NoError(t, s.cfg.Registry.Put(t.Context(), device))
	}
	purpose := map[string]mss.Purpose{"AUTH": mss.Authentication, "SIGN": mss.Signing}[commandType]
	ask := func() (link bool, err error) {
		switch commandType {
		case "CERT":
			_, err = c.Certify(t.Context(), p, s.issued(t, p))
			return false, err // it is shown by Enroll alone
		case "PROV":
			tx, err := c.Provision(t.Context(), s.enrolment(t, "astrid"))
			if err != nil {
				return false, err
			}
			link = !c.Prompt(tx, time.Now()).Link.IsZero()
			_, err = c.Provisioned(t.Context(), tx)
			return link, err
		}
		_, err = mss.Sign(t.Context(), c, &mss.Request{
			Purpose: purpose, User: mss.User{ID: userID(t, "astrid")}, Display: "Hyra en cykel?", AddCode: true,
		}, func(p mss.Prompt) { link = !p.Link.IsZero() })
		return link, err
	}
	return func(f hermodtest.Forge) (bool, error) {
		s.srv.Person(hermodtest.Person{User: "astrid", Forge: f})
		link, err := ask()
		time.Sleep(time.Second)
		synctest.Wait()
		return link, err
	}
}
