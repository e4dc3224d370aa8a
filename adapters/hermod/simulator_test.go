package hermod_test

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/adapters/hermod/hermodtest"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/track"
)

// simulated is a client of a simulator without a network, with alice enrolled.
func simulated(t testing.TB, p hermodtest.Person, edit ...func(*hermod.Config)) (*hermodtest.Server, *hermod.Client) {
	t.Helper()
	srv, err := hermodtest.NewInProcess(hermodtest.Options{})
	require.NoError(t, err)
	t.Cleanup(srv.Close)
	srv.Person(p)
	device, err := srv.Enroll(aliceID)
	require.NoError(t, err)
	cfg := srv.Config()
	cfg.Registry = hermod.NewMemoryRegistry()
	require.NoError(t, cfg.Registry.Put(t.Context(), device))
	for _, e := range edit {
		e(&cfg)
	}
	c, err := hermod.New(cfg)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	srv.CallbackTo(c.Callback())
	return srv, c
}

// TestSimulatorTimings has callbacks come before the command's own answer, twice, with another outcome behind them, out of order,
// after the deadline and never: there is one outcome, and what came too late can be had.
func TestSimulatorTimings(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		timing hermodtest.Timing
		want   error
		sub    mss.Code
		late   bool // an answer comes in the end
	}{
		"in time":      {hermodtest.InTime, nil, 0, false},
		"early":        {hermodtest.Early, nil, 0, false},
		"twice":        {hermodtest.Twice, nil, 0, false},
		"contrary":     {hermodtest.Contrary, nil, 0, false},
		"out of order": {hermodtest.OutOfOrder, nil, 0, false},
		"late":         {hermodtest.Late, mss.ExpiredTransaction, mss.FiComUserTimeout, true},
		"overdue":      {hermodtest.Overdue, mss.ExpiredTransaction, mss.FiComServerTimeout, true},
		"lost":         {hermodtest.Lost, mss.ExpiredTransaction, mss.FiComServerTimeout, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				srv, c := simulated(t, hermodtest.Person{Callback: tc.timing})
				for _, req := range []*mss.Request{payment(), login()} {
					tx := started(t, c, req)
					first, err := mss.Wait(t.Context(), c, tx, nil)
					require.ErrorIs(t, err, tc.want)
					if f, ok := errors.AsType[*mss.Fault](err); ok {
						require.Equal(t, tc.sub, f.Sub)
					}
					require.Equal(t, err == nil, first.Verified())
					time.Sleep(5 * time.Minute)
					synctest.Wait()
					_, err = c.Verify(outcome(t, c, tx))
					require.ErrorIs(t, err, tc.want, "the outcome stays")
					late, err := c.Late(t.Context(), tx)
					if !tc.late {
						require.ErrorIs(t, err, track.ErrNotFound)
						continue
					}
					require.NoError(t, err)
					sig, err := c.Verify(late)
					require.NoError(t, err)
					require.True(t, sig.Verified())
				}
				for _, cb := range srv.Callbacks() {
					require.Equal(t, http.StatusOK, cb.Status)
				}
			})
		})
	}
}

// TestSimulatorActs has people do other things than to sign.
func TestSimulatorActs(t *testing.T) {
	t.Parallel()
	for act, want := range map[hermodtest.Act]mss.Code{
		hermodtest.Cancel: mss.UserCancel, hermodtest.BlockPIN: mss.PinBlocked, hermodtest.Lock: mss.CardBlocked, hermodtest.NoKey: mss.NoKeyFound,
		hermodtest.Reject: mss.PBSignatureProcess, hermodtest.Fail: mss.PBSignatureProcess, hermodtest.Ignore: mss.ExpiredTransaction,
	} {
		synctest.Test(t, func(t *testing.T) {
			srv, c := simulated(t, hermodtest.Person{Do: act})
			_, err := mss.Sign(t.Context(), c, payment(), func(mss.Prompt) {})
			require.ErrorIs(t, err, want)
			srv.AssertPrompts(t, 1)
		})
	}
}

// TestSimulatorPrompt has the app read our QR code.
func TestSimulatorPrompt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, c := simulated(t, hermodtest.Person{Do: hermodtest.Ask})
		shown := 0
		sig, err := mss.Sign(t.Context(), c, payment(), func(p mss.Prompt) {
			shown++
			id, ok := srv.Scan(p.QR.Reveal())
			require.True(t, ok, "byte-identical")
			require.True(t, srv.Act(id, hermodtest.Sign))
		})
		require.NoError(t, err)
		require.True(t, sig.Fresh)
		require.Equal(t, 1, shown)
	})
}

// TestSimulatorMailboxes asks somebody with more mailboxes than one.
func TestSimulatorMailboxes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, c := simulated(t, hermodtest.Person{Boxes: 4})
		sig, err := mss.Sign(t.Context(), c, payment(), func(mss.Prompt) {})
		require.NoError(t, err)
		require.True(t, sig.Verified())
	})
}

// TestSimulatorSendsOnce has connections break under commands that ask a person, kept ones too: each is sent once.
func TestSimulatorSendsOnce(t *testing.T) {
	t.Parallel()
	srv := hermodtest.New(t, hermodtest.Options{})
	cfg := srv.Config()
	device, err := srv.Enroll(aliceID)
	require.NoError(t, err)
	cfg.Registry = hermod.NewMemoryRegistry()
	require.NoError(t, cfg.Registry.Put(t.Context(), device))
	c, err := hermod.New(cfg)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	srv.CallbackTo(c.Callback())
	prompts := 0
	for _, m := range []hermodtest.Misbehaviour{hermodtest.Cut, hermodtest.Broken, hermodtest.ErrorAfter, hermodtest.Malformed, hermodtest.Oversized} {
		srv.Misbehave(hermodtest.Behave)
		_, err := mss.Sign(t.Context(), c, payment(), func(mss.Prompt) {}) // which leaves a connection that is kept
		require.NoError(t, err)
		srv.Misbehave(m)
		_, err = c.Start(t.Context(), payment())
		require.Error(t, err)
		require.True(t, mss.MayHaveRung(err))
		prompts += 2
		srv.AssertPrompts(t, prompts)
	}
}
