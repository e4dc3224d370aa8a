package mssp_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/stretchr/testify/require"
)

// TestForgedAnswers has the simulator forge every answer that it can. None may come out as a signature, and the error
// must name the check.
func TestForgedAnswers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		forge msstest.Forge
		check string // of the VerificationError
	}{
		"AP_TransID":            {msstest.ForgeTransID, "echo"},
		"MSISDN":                {msstest.ForgeMSISDN, "echo"},
		"AP_ID":                 {msstest.ForgeAPID, "echo"},
		"text":                  {msstest.ForgeText, "content"},
		"anchor":                {msstest.ForgeAnchor, "chain"},
		"policy":                {msstest.ForgePolicy, "signer"},
		"serial":                {msstest.ForgeSerial, "signer"},
		"two serials":           {msstest.ForgeSerials, "signer"},
		"expired certificate":   {msstest.ForgeExpired, "chain"},
		"unmarked certificate":  {msstest.ForgeUnmarked, "signer"},
		"SHA-1":                 {msstest.ForgeSHA1, "algorithm"},
		"500 without signature": {msstest.ForgeNoSignature, "status"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := msstest.NewServer(t, nil)
			srv.Script(person, msstest.Person{Forge: tt.forge})
			c := newClient(t, srv, nil)
			for mode, sign := range modes {
				sig, err := sign(t, c, request(t, srv, person))
				require.Nil(t, sig)
				ve, ok := errors.AsType[*mss.VerificationError](err)
				require.True(t, ok, "%s: %v", mode, err)
				require.Equal(t, tt.check, ve.Check, "%s: %v", mode, err)
				require.NotNil(t, ve.Evidence, "the evidence is not lost")
				require.True(t, mss.MayHaveRung(err))
				require.NotContains(t, err.Error(), person)
			}
		})
	}
}

func TestStatus503IsNoSuccess(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{Forge: msstest.ForgeStatus503})
	c := newClient(t, srv, nil)
	for mode, sign := range modes {
		sig, err := sign(t, c, request(t, srv, person))
		require.Nil(t, sig)
		require.ErrorIs(t, err, mss.StatusInvalidSignature, mode)
	}
}

// TestUnreadableAnswers are answers that are not the service's, or not well formed: transport errors that tell that the
// service may have acted.
func TestUnreadableAnswers(t *testing.T) {
	t.Parallel()
	for name, forge := range map[string]msstest.Forge{
		"500 with success": msstest.ForgeSuccess500,
		"200 with fault":   msstest.ForgeFault200,
		"proxy 502":        msstest.ForgeHTML502,
		"proxy 403":        msstest.ForgeHTML403,
		"truncated":        msstest.ForgeTruncated,
		"Base64":           msstest.ForgeBase64,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := msstest.NewServer(t, nil)
			srv.Script(person, msstest.Person{Forge: forge})
			c := newClient(t, srv, nil)
			for mode, sign := range modes {
				before := srv.Prompts()
				sig, err := sign(t, c, request(t, srv, person))
				require.Nil(t, sig)
				te, ok := errors.AsType[*mss.TransportError](err)
				require.True(t, ok, "%s: %v", mode, err)
				require.NotEqual(t, mss.NotSent, te.Sent)
				require.True(t, mss.MayHaveRung(err))
				srv.AssertPrompts(t, before+1)
			}
		})
	}
}

func TestMethodMismatch(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	c := newClient(t, srv, nil)
	for profile, method := range map[string]msstest.Method{mssp.ProfileSIM: msstest.SIM, mssp.ProfileDevice: msstest.App} {
		srv.Script(person, msstest.Person{Method: method, Forge: msstest.ForgeProfile})
		for mode, sign := range modes {
			req := request(t, srv, person)
			req.Options = mssp.Options{Profile: profile}
			_, err := sign(t, c, req)
			ve, ok := errors.AsType[*mss.VerificationError](err)
			require.True(t, ok, "%s: %v", mode, err)
			require.Equal(t, "profile", ve.Check)
			_, err = c.Start(t.Context(), req)
			require.Error(t, err, "an acknowledgement that names the wrong method is the end")
		}
	}
}

// TestReplayedSignature answers a second request with the signature of the first: same person, same text, old CMS.
func TestReplayedSignature(t *testing.T) {
	t.Parallel()
	for mode, sign := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			srv := msstest.NewServer(t, nil)
			c := newClient(t, srv, nil)
			srv.Script(person, msstest.Person{})
			first, err := sign(t, c, request(t, srv, person))
			require.NoError(t, err)
			srv.Script(person, msstest.Person{Forge: msstest.ForgeReplay})
			_, err = sign(t, c, request(t, srv, person))
			ve, ok := errors.AsType[*mss.VerificationError](err)
			require.True(t, ok, "%v", err)
			require.Equal(t, "replay", ve.Check)
			_, err = c.Verify(first.Evidence)
			require.NoError(t, err, "the first one stays what it is")

			req := request(t, srv, person)
			req.AddCode = true
			_, err = sign(t, newClient(t, srv, nil), req)
			ve, ok = errors.AsType[*mss.VerificationError](err)
			require.True(t, ok, "%v", err)
			require.Equal(t, "content", ve.Check, "with a code, a client that never saw the first refuses it too")
		})
	}
}

func TestAcknowledgementOfAnotherTransaction(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	c := newClient(t, srv, nil)
	srv.Script("41790000001", msstest.Person{After: time.Minute})
	_, err := c.Start(t.Context(), request(t, srv, "41790000001"))
	require.NoError(t, err)
	srv.Script(person, msstest.Person{ForgeAck: msstest.ForgeMSSPTransID})
	_, err = c.Start(t.Context(), request(t, srv, person))
	ve, ok := errors.AsType[*mss.VerificationError](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, "echo", ve.Check)
	require.ErrorContains(t, err, "outstanding")
}

func TestForgedAcknowledgements(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	c := newClient(t, srv, nil)
	for _, forge := range []msstest.Forge{msstest.ForgeTransID, msstest.ForgeMSISDN, msstest.ForgeAPID} {
		srv.Script(person, msstest.Person{ForgeAck: forge})
		_, err := c.Start(t.Context(), request(t, srv, person))
		ve, ok := errors.AsType[*mss.VerificationError](err)
		require.True(t, ok, "%v", err)
		require.Equal(t, "echo", ve.Check)
		require.True(t, mss.MayHaveRung(err))
	}
}

// TestTestSignerIsNoPerson has the known test signer sign for a number that looks like a person's.
func TestTestSignerIsNoPerson(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{Serial: "MIDCHEO16P1O6E92"})
	_, err := newClient(t, srv, nil).SignSync(t.Context(), request(t, srv, person))
	ve, ok := errors.AsType[*mss.VerificationError](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, "signer", ve.Check)
	sig, err := newClient(t, srv, allowTestNumbers).SignSync(t.Context(), request(t, srv, person))
	require.NoError(t, err)
	require.True(t, sig.Signer.Test)
}

// TestEvidenceOfAnotherService changes what evidence belongs to.
func TestEvidenceOfAnotherService(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{})
	c := newClient(t, srv, nil)
	sig, err := c.SignSync(t.Context(), request(t, srv, person))
	require.NoError(t, err)
	for name, spoil := range map[string]func(*mss.Evidence){
		"provider":    func(ev *mss.Evidence) { ev.Transaction.Provider = "bankid|test" },
		"environment": func(ev *mss.Evidence) { ev.Transaction.Provider = "mssp|swisscom|production|x|" + srv.APID() },
		"account":     func(ev *mss.Evidence) { ev.Transaction.Provider += "x" },
		"state":       func(ev *mss.Evidence) { ev.Transaction.State = []byte("{}") },
		"person":      func(ev *mss.Evidence) { ev.Transaction.User.MSISDN = msisdn(t, "41790000009") },
		"raw":         func(ev *mss.Evidence) { ev.Raw = ev.Raw[:len(ev.Raw)-1] },
		"no time":     func(ev *mss.Evidence) { ev.Received = time.Time{} },
		"too late":    func(ev *mss.Evidence) { ev.Received = ev.Received.Add(8 * 24 * time.Hour) },
		"too early":   func(ev *mss.Evidence) { ev.Received = ev.Received.Add(-8 * 24 * time.Hour) },
	} {
		ev := *sig.Evidence
		spoil(&ev)
		_, err := c.Verify(&ev)
		require.Error(t, err, name)
	}
	_, err = c.Verify(nil)
	require.Error(t, err)
}

func TestEvidenceHoldsNoPassword(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{})
	echoed := 0
	c := newClient(t, srv, func(cfg *mssp.Config) {
		cfg.APPassword = mss.Conceal("sesame-4711")
		rewriting(func(_ string, r *http.Response, body string) string {
			require.Equal(t, "text/xml;charset=UTF-8", r.Request.Header.Get("Content-Type"))
			echoed += strings.Count(body, `AP_PWD="sesame-4711"`)
			return body
		})(cfg)
	})
	for mode, sign := range modes {
		sig, err := sign(t, c, request(t, srv, person))
		require.NoError(t, err, mode)
		require.NotContains(t, string(sig.Evidence.Raw), "sesame-4711", "the service echoes AP_PWD; evidence must not keep it")
		require.Contains(t, string(sig.Evidence.Raw), `AP_PWD=""`)
		_, err = c.Verify(sig.Evidence)
		require.NoError(t, err)
	}
	require.Equal(t, 3, echoed, "it was sent, and came back")
}

// TestClockWarnings sets the service's two clocks, by HTTP and in the message, around the five minutes.
func TestClockWarnings(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		date, instant time.Duration
		warn          bool
	}{
		{0, 0, false}, {4 * time.Minute, -4 * time.Minute, false},
		{6 * time.Minute, 0, true}, {-6 * time.Minute, 0, true}, {0, 6 * time.Minute, true}, {0, -6 * time.Minute, true},
	} {
		srv := msstest.NewServer(t, nil)
		srv.Script(person, msstest.Person{})
		var log bytes.Buffer
		c := newClient(t, srv, func(cfg *mssp.Config) {
			cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
			rewriting(func(_ string, r *http.Response, body string) string {
				r.Header.Set("Date", time.Now().Add(tt.date).UTC().Format(http.TimeFormat))
				before, rest, ok := strings.Cut(body, `MSSP_Info Instant="`)
				require.True(t, ok)
				_, after, _ := strings.Cut(rest, `"`)
				return before + `MSSP_Info Instant="` + time.Now().Add(tt.instant).Format(time.RFC3339) + `"` + after
			})(cfg)
		})
		_, err := c.SignSync(t.Context(), request(t, srv, person))
		require.NoError(t, err)
		require.Equal(t, tt.warn, strings.Contains(log.String(), "clock"), "%+v %s", tt, log.String())
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, &msstest.Options{ClockTolerance: time.Hour})
	srv.Script(person, msstest.Person{})
	var log bytes.Buffer
	c := newClient(t, srv, func(cfg *mssp.Config) {
		cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
		cfg.AllowTestNumbers = true
		cfg.Now = func() time.Time { return time.Now().Add(6 * time.Minute) }
	})
	for range 3 {
		_, err := c.SignSync(t.Context(), request(t, srv, person))
		require.NoError(t, err)
	}
	require.Equal(t, 1, bytes.Count(log.Bytes(), []byte("AllowTestNumbers")))
	require.Equal(t, 1, bytes.Count(log.Bytes(), []byte("AddCode")), "once a client")
	require.Contains(t, log.String(), "clock")
	require.NotContains(t, log.String(), person)
}
