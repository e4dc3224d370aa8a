package hermod_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
)

// otherThanRecorded are changes to a transaction that still leads to its record.
func otherThanRecorded(t *testing.T) map[string]func(*mss.Transaction) {
	t.Helper()
	bob := userID(t, "bob.example")
	return map[string]func(*mss.Transaction){
		"MSSPTransID": func(tx *mss.Transaction) { tx.MSSPTransID = "h7" },
		"TransID":     func(tx *mss.Transaction) { tx.TransID = "T7" },
		"User":        func(tx *mss.Transaction) { tx.User.ID = bob },
		"State": func(tx *mss.Transaction) {
			tx.State = bytes.Clone(tx.State)
			tx.State[len(tx.State)-2] ^= 1 // the end of an address
		},
	}
}

// TestRecordedTransactionCounts: an answer is held against what was sent, not against what a caller says was.
func TestRecordedTransactionCounts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := new(broker)
		c := newBrokerClient(t, b)
		refused := func(tx *mss.Transaction, look func(*mss.Transaction) error) {
			t.Helper()
			for field, edit := range otherThanRecorded(t) {
				other := *tx
				edit(&other)
				err := look(&other)
				f, ok := errors.AsType[*mss.RequestError](err)
				require.True(t, ok, "%s: %v", field, err)
				require.Equal(t, "Transaction."+field, f.Field)
			}
		}
		poll := func(tx *mss.Transaction) error {
			_, err := c.Poll(t.Context(), tx, 0)
			return err
		}
		tx := started(t, c, payment())
		refused(tx, poll)
		require.Equal(t, 200, call(t, c, "sign", b.last().signed()))
		refused(tx, poll)
		moved := *tx
		moved.Started = tx.Started.Add(time.Hour)
		ev := outcome(t, c, &moved)
		require.True(t, ev.Transaction.Started.Equal(tx.Started), "as it was")
		require.NoError(t, poll(&ev.Transaction), "evidence has no link")

		tx = started(t, c, payment())
		time.Sleep(time.Until(tx.Deadline))
		refused(tx, poll)
		outcome(t, c, tx)
		require.Equal(t, 200, call(t, c, "sign", b.last().signed()))
		refused(tx, func(tx *mss.Transaction) error {
			_, err := c.Late(t.Context(), tx)
			return err
		})
		_, err := c.Late(t.Context(), tx)
		require.NoError(t, err)
	})
}

// TestForeignEvidence is judged by a Verifier, which has no scope, but not by a client of another API user.
func TestForeignEvidence(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		c := s.process(t)
		p := s.provisioned(t, c, s.enrolment(t, "astrid"))
		_, err := c.Certify(t.Context(), p, s.issued(t, p))
		require.NoError(t, err)
		sig, err := mss.Sign(t.Context(), c, &mss.Request{
			Purpose: mss.Authentication, User: mss.User{ID: p.User}, Display: "Hyra en cykel?",
		}, noPrompt)
		require.NoError(t, err)

		w := new(watched)
		cfg := s.cfg
		cfg.Store, cfg.Keys, cfg.ClientID, cfg.Observer = nil, nil, "another", w.observer()
		other, err := hermod.New(cfg)
		require.NoError(t, err)
		defer other.Close()
		_, err = other.Verify(sig.Evidence)
		requireForeign(t, err, sig.Evidence)
		require.Len(t, w.take(), 1, "the observer is told")
		_, err = other.VerifyProvisioning(p.Evidence)
		requireForeign(t, err, p.Evidence)
		for _, judge := range []func() error{
			func() error { _, err := other.Verify(nil); return err },
			func() error { _, err := other.VerifyProvisioning(nil); return err },
		} {
			requireForeign(t, judge(), nil)
		}

		_, err = other.Verifier.Verify(sig.Evidence)
		require.NoError(t, err)
		_, err = other.Verifier.VerifyProvisioning(p.Evidence)
		require.NoError(t, err)
		_, err = c.VerifyProvisioning(p.Evidence)
		require.NoError(t, err)
	})
}

func requireForeign(t *testing.T, err error, ev *mss.Evidence) {
	t.Helper()
	f, ok := errors.AsType[*mss.VerificationError](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, "evidence", f.Check)
	require.Equal(t, ev, f.Evidence)
}

// TestAppLinkOfProvisioning leads the app to the message, on a host of the Hermod's and nowhere else.
func TestAppLinkOfProvisioning(t *testing.T) {
	t.Parallel()
	for host, ours := range map[string]bool{
		"hermod.example": true, "HERMOD.example": true, "public.example": true, "hermod.example.org": false, "hermod.example@evil.example": false,
	} {
		b, log := new(broker), new(logged)
		b.respond = func(cmd *sent) *http.Response {
			return says(http.StatusOK, strings.Replace(cmd.record(), `"location":"https://hermod.example`, `"location":"https://`+host, 1))
		}
		c := newBrokerClient(t, b, func(cfg *hermod.Config) {
			cfg.Hosts, cfg.Logger = []string{"hermod.example", "public.example"}, slog.New(slog.NewTextHandler(log, nil))
		})
		tx, err := c.Provision(t.Context(), &hermod.Enrollment{User: userID(t, aliceID), Subject: exempelName()})
		require.NoError(t, err)
		link, err := hermod.AppLink{}.For(tx)
		require.Equal(t, !ours, strings.Contains(log.String(), "the message of a provisioning"), host)
		if !ours {
			require.ErrorContains(t, err, "has no address", host)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, "personal://"+host+":20400/hermod/rest/ms/"+aliceBox+"/m1000", link.Reveal())
	}
}
