package mssp_test

import (
	"context"
	"errors"
	"math"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/catalogue"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
)

// TestOneAtATime: the second request for a number is refused before the phone rings, however the number is written.
func TestOneAtATime(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{After: time.Hour})
	c := newClient(t, srv, func(cfg *mssp.Config) { cfg.OneAtATime = true })
	tx, err := c.Start(t.Context(), request(t, srv, person))
	require.NoError(t, err)

	_, err = c.Start(t.Context(), request(t, srv, "+"+person))
	require.ErrorIs(t, err, mssp.ErrOutstanding)
	require.False(t, mss.MayHaveRung(err))
	require.Equal(t, "406", catalogue.Key(err))
	_, err = c.SignSync(t.Context(), request(t, srv, person))
	require.ErrorIs(t, err, mssp.ErrOutstanding)
	srv.AssertPrompts(t, 1)

	other, err := c.WithAccount(mssp.Account{APID: srv.APID(), Prefix: srv.Prefix()})
	require.NoError(t, err)
	_, err = other.Start(t.Context(), request(t, srv, person))
	require.ErrorIs(t, err, mssp.ErrOutstanding, "it is the same phone, whoever asks")

	st, err := c.Poll(t.Context(), tx, 0)
	require.NoError(t, err)
	require.Nil(t, st.Evidence)
	_, err = c.Start(t.Context(), request(t, srv, person))
	require.ErrorIs(t, err, mssp.ErrOutstanding, "still")
}

// TestOneAtATimeAfterABrokenConnection: the phone may have rung, and is busy as long as the person had.
func TestOneAtATimeAfterABrokenConnection(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{ForgeAck: msstest.ForgeTruncated})
	c := newClient(t, srv, func(cfg *mssp.Config) { cfg.OneAtATime = true })
	_, err := c.Start(t.Context(), request(t, srv, person))
	require.True(t, mss.MayHaveRung(err))
	_, err = c.Start(t.Context(), request(t, srv, person))
	require.ErrorIs(t, err, mssp.ErrOutstanding)
	srv.AssertPrompts(t, 1)
}

// TestOneAtATimeAfterARefusal: what never reached the phone leaves it free.
func TestOneAtATimeAfterARefusal(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	c := newClient(t, srv, func(cfg *mssp.Config) { cfg.OneAtATime = true })
	for range 2 {
		_, err := c.Start(t.Context(), request(t, srv, person)) // nobody has this number
		require.ErrorIs(t, err, mss.UnknownClient)
	}
}

// TestOneAtATimeOff: without it the service decides.
func TestOneAtATimeOff(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{After: time.Hour})
	c := newClient(t, srv, nil)
	_, err := c.Start(t.Context(), request(t, srv, person))
	require.NoError(t, err)
	_, err = c.Start(t.Context(), request(t, srv, person))
	require.ErrorIs(t, err, mss.PBSignatureProcess)
	require.ErrorContains(t, err, "one at a time")
}

// TestSuperseded: an app drops the old request for the new one. This client knows that it asked twice, and says so.
func TestSuperseded(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{Method: msstest.App, After: time.Hour})
	c := newClient(t, srv, nil)
	first, err := c.Start(t.Context(), request(t, srv, person))
	require.NoError(t, err)
	_, err = c.Start(t.Context(), request(t, srv, person))
	require.NoError(t, err)

	st, err := c.Poll(t.Context(), first, 0)
	require.NoError(t, err)
	_, err = c.Verify(st.Evidence)
	fault, _ := errors.AsType[*mss.Fault](err)
	require.NotNil(t, fault)
	require.Equal(t, mss.UserCancel, fault.Code)
	require.True(t, fault.Superseded)
	require.ErrorContains(t, err, "this application asked the same person again")
}

// TestNotSuperseded: a person who declines declines.
func TestNotSuperseded(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{Method: msstest.App, Do: msstest.Cancel})
	c := newClient(t, srv, nil)
	for range 2 {
		_, err := modes["async"](t, c, request(t, srv, person))
		fault, _ := errors.AsType[*mss.Fault](err)
		require.NotNil(t, fault)
		require.False(t, fault.Superseded)
	}
}

// TestAdmit: the hook sees whom and from where, after everything else was checked, and its error comes out.
func TestAdmit(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{})
	tooMany := errors.New("too many today")
	var asked []mssp.Admission
	c := newClient(t, srv, func(cfg *mssp.Config) {
		cfg.MaxOutstanding = 1
		cfg.Admit = func(_ context.Context, a mssp.Admission) error {
			asked = append(asked, a)
			return tooMany
		}
	})
	bad := request(t, srv, person)
	bad.Display = "no prefix"
	_, err := c.Start(t.Context(), bad)
	require.Error(t, err)
	require.Empty(t, asked, "a request that cannot be sent is no attempt")

	req := request(t, srv, person)
	req.EndUserIP = netip.MustParseAddr("192.0.2.7")
	req.TransID = "T1"
	for range 3 { // and gives its place back
		_, err = c.Start(t.Context(), req)
		require.ErrorIs(t, err, tooMany)
		require.False(t, mss.MayHaveRung(err))
		require.NotContains(t, err.Error(), "too many", "whatever the hook's words hold")
	}
	require.Equal(t, mssp.Admission{TransID: "T1", User: msisdn(t, "+"+person), Source: req.EndUserIP, Purpose: mss.Authentication}, asked[0])
	srv.AssertPrompts(t, 0)
}

// acknowledged answers every asynchronous request with 100, an id and a profile, and every poll with a fault.
func acknowledged(id func() string, profile, fault string) func(*etsi.Operation, etsi.Message) (etsi.Message, *etsi.Fault) {
	return func(_ *etsi.Operation, m etsi.Message) (etsi.Message, *etsi.Fault) {
		req, ok := m.(*etsi.SignatureReq)
		if !ok {
			return nil, faultOf(fault)
		}
		return &etsi.SignatureResp{
			MessageAbstract: echoed(&req.MessageAbstract), MSSPTransID: id(), MobileUser: req.MobileUser,
			SignatureProfile: &etsi.MssURI{MssURI: profile}, Status: statusOf(mss.StatusRequestOK),
		}, nil
	}
}

// TestNotSupersededOnASIM: a SIM card keeps the old request and refuses the new one, so there a 401 is the person's.
func TestNotSupersededOnASIM(t *testing.T) {
	t.Parallel()
	for profile, want := range map[string]bool{mssp.ProfileSIM: false, mssp.ProfileDevice: true} {
		srv, c, s := newScripted(t, mssp.SOAP, nil)
		ids := []string{"h1", "h2"}
		s.answer = acknowledged(func() string { id := ids[0]; ids = ids[1:]; return id }, profile, "401")
		first, err := c.Start(t.Context(), request(t, srv, person))
		require.NoError(t, err)
		_, err = c.Start(t.Context(), request(t, srv, person))
		require.NoError(t, err)
		st, err := c.Poll(t.Context(), first, 0)
		require.NoError(t, err)
		_, err = c.Verify(st.Evidence)
		fault, _ := errors.AsType[*mss.Fault](err)
		require.NotNil(t, fault)
		require.Equal(t, want, fault.Superseded, profile)
	}
}

// TestOneAtATimeAfterATakenID: the acknowledgement is refused, but the service has accepted, and the phone may ring.
func TestOneAtATimeAfterATakenID(t *testing.T) {
	t.Parallel()
	srv, c, s := newScripted(t, mssp.SOAP, func(cfg *mssp.Config) { cfg.OneAtATime = true })
	s.answer = acknowledged(func() string { return "h1" }, mssp.ProfileSIM, "401")
	_, err := c.Start(t.Context(), request(t, srv, person))
	require.NoError(t, err)
	_, err = c.Start(t.Context(), request(t, srv, "41791234568"))
	require.ErrorContains(t, err, "MSSP_TransID of another transaction")
	require.True(t, mss.MayHaveRung(err))
	_, err = c.Start(t.Context(), request(t, srv, "41791234568"))
	require.ErrorIs(t, err, mssp.ErrOutstanding)
	require.EqualValues(t, 2, s.sent.Load())
}

// TestPlacesOutliveNoPanic: a server that recovers from the panic of a hook does not lose a place, nor a person for good.
func TestPlacesOutliveNoPanic(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{})
	var inAdmit, inSent bool
	c := newClient(t, srv, func(cfg *mssp.Config) {
		cfg.MaxOutstanding = 1
		cfg.Admit = func(context.Context, mssp.Admission) error {
			if inAdmit {
				panic("hook")
			}
			return nil
		}
		cfg.Observer = &mss.Observer{Sent: func(context.Context, mss.Event) {
			if inSent {
				panic("hook")
			}
		}}
	})
	ask := map[string]func(){
		"async": func() { _, _ = c.Start(t.Context(), request(t, srv, person)) },
		"sync":  func() { _, _ = c.SignSync(t.Context(), request(t, srv, person)) },
	}
	for _, hook := range []*bool{&inAdmit, &inSent} {
		for mode, ask := range ask {
			*hook = true
			require.PanicsWithValue(t, "hook", ask, mode)
			*hook = false
			_, err := modes[mode](t, c, request(t, srv, person))
			require.NoError(t, err, mode)
		}
	}
}

// TestNoLimitToSpeakOf: the greatest MaxOutstanding is none.
func TestNoLimitToSpeakOf(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{})
	c := newClient(t, srv, func(cfg *mssp.Config) { cfg.MaxOutstanding = math.MaxInt })
	_, err := modes["async"](t, c, request(t, srv, person))
	require.NoError(t, err)
}

// TestAdmitIsNotAskedForWhatCannotBeSent: App2App in the synchronous mode is refused before a rate is counted.
func TestAdmitIsNotAskedForWhatCannotBeSent(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	asked := 0
	c := newClient(t, srv, func(cfg *mssp.Config) {
		cfg.Admit = func(context.Context, mssp.Admission) error { asked++; return nil }
	})
	_, err := c.SignSync(t.Context(), appRequest(t, srv, returnTo))
	require.ErrorContains(t, err, "asynchronous")
	require.Zero(t, asked)
}
