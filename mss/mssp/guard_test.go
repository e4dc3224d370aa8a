package mssp_test

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

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
