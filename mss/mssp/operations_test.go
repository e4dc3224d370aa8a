package mssp_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/stretchr/testify/require"
)

// TestReceiptSimulated: what the person does with a receipt, and how long it takes (guide section 3.4.1.2).
func TestReceiptSimulated(t *testing.T) {
	t.Parallel()
	for action, want := range map[msstest.ReceiptAction]struct {
		outcome mss.ReceiptOutcome
		after   time.Duration
	}{
		msstest.ReceiptOK:      {mss.ReceiptAccepted, 0},
		msstest.ReceiptCancel:  {mss.ReceiptCancelled, 0},
		msstest.ReceiptTimeout: {mss.ReceiptTimedOut, 60 * time.Second},
		msstest.ReceiptUnheard: {mss.ReceiptUnheard, 80 * time.Second},
	} {
		for _, binding := range bindings {
			t.Run(want.outcome.String()+"/"+binding.String(), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					srv, c, _ := newScripted(t, binding, nil)
					srv.Script(person, msstest.Person{Receipt: action})
					sig := signed(t, srv, c)
					begun := time.Now()
					a, err := c.Receipt(t.Context(), sig, thanks(srv, true))
					require.NoError(t, err)
					require.Equal(t, want.outcome, a.Outcome)
					require.Equal(t, want.after, time.Since(begun))
				})
			})
		}
	}
}

// TestReceiptAsynchronous: the MSSP_TransID is that of the acknowledgement.
func TestReceiptAsynchronous(t *testing.T) {
	t.Parallel()
	for _, binding := range bindings {
		srv, c, _ := newScripted(t, binding, nil)
		sig, err := modes["async"](t, c, request(t, srv, person))
		require.NoError(t, err)
		a, err := c.Receipt(t.Context(), sig, thanks(srv, true))
		require.NoError(t, err)
		require.Equal(t, mss.ReceiptAccepted, a.Outcome)
	}
}

// TestProfileSimulated: both bindings tell the same of a person with two devices.
func TestProfileSimulated(t *testing.T) {
	t.Parallel()
	for _, binding := range bindings {
		srv, c, _ := newScripted(t, binding, nil)
		srv.Script(person, msstest.Person{Method: msstest.SIM | msstest.App, RecoveryCode: true})
		p, d, err := profileOf(t, c)
		require.NoError(t, err)
		require.Contains(t, p.SignatureProfiles, mssp.ProfileAny)
		require.Len(t, p.Certificates, 2)
		require.Equal(t, "ACTIVE", d.SIM.State)
		require.False(t, *d.SIM.PINBlocked)
		require.NotNil(t, d.SIM.Card)
		require.Len(t, d.Apps, 1)
		require.True(t, *d.RecoveryCode)

		chain := d.SIM.Certificates[0].Chain
		require.NoError(t, chain[0].CheckSignatureFrom(chain[1]))
		sig, err := c.SignSync(t.Context(), request(t, srv, person))
		require.NoError(t, err)
		require.True(t, sig.Signer.Chain[0].Equal(chain[0]), "the certificate that signs")
	}
}

// TestOperationsObserved: each operation is told from its start to its end.
func TestOperationsObserved(t *testing.T) {
	t.Parallel()
	var w watcher
	srv, c, _ := newScripted(t, mssp.JSON, func(cfg *mssp.Config) { cfg.Observer = w.observer() })
	sig := signed(t, srv, c)
	w.lines, w.all = nil, nil
	for range 2 {
		_, _ = c.Receipt(t.Context(), sig, thanks(srv, false)) // the second one is refused
	}
	for _, e := range w.all[1:4] { // sent, answered, done
		require.Equal(t, sig.Evidence.Transaction.MSSPTransID, e.MSSPTransID)
		require.Equal(t, mss.Authentication, e.Purpose)
		require.NotEmpty(t, e.TransID)
		require.NotEqual(t, sig.Evidence.Transaction.TransID, e.TransID)
	}
	_, err := c.ProfileQuery(t.Context(), mss.User{MSISDN: msisdn(t, "41000092404")})
	require.ErrorIs(t, err, mss.NoKeyFound)
	require.NoError(t, c.Health(t.Context()))
	require.Equal(t, []string{
		"start MSS_Receipt", "sent MSS_Receipt", "answered MSS_Receipt 100 ok", "done MSS_Receipt 100 ok",
		"start MSS_Receipt", "done MSS_Receipt refused",
		"start MSS_ProfileQuery", "sent MSS_ProfileQuery", "answered MSS_ProfileQuery 404 fault", "done MSS_ProfileQuery 404 fault",
		"start health", "sent health", "answered health 101 fault", "done health 101 ok",
	}, w.lines)
}

// TestOperationsWithoutClock: a clock that tells nothing is refused, as for signatures (SEC-13).
func TestOperationsWithoutClock(t *testing.T) {
	t.Parallel()
	stopped := false
	srv, c, s := newScripted(t, mssp.SOAP, func(cfg *mssp.Config) {
		cfg.Now = func() time.Time {
			if stopped {
				return time.Time{}
			}
			return time.Now()
		}
	})
	sig := signed(t, srv, c)
	stopped = true
	s.next = nil // nothing may be sent
	_, err := c.Receipt(t.Context(), sig, thanks(srv, false))
	require.ErrorContains(t, err, "Config.Now")
	_, err = c.ProfileQuery(t.Context(), sig.User)
	require.ErrorContains(t, err, "Config.Now")
	require.ErrorContains(t, c.Health(t.Context()), "Config.Now")
}
