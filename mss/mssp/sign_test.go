package mssp_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/stretchr/testify/require"
)

func TestSign(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	c := newClient(t, srv, allowTestNumbers)
	for _, tt := range []struct {
		name, number string
		algorithm    x509.PublicKeyAlgorithm
		script       *msstest.Person
		profile      string
		test         bool
	}{
		{name: "test number with EC", number: "41700092501", algorithm: x509.ECDSA, profile: mssp.ProfileSIM, test: true},
		{name: "test number with RSA", number: "+41700092502", algorithm: x509.RSA, profile: mssp.ProfileSIM},
		{name: "SIM, DER", number: "41790000001", algorithm: x509.RSA, script: &msstest.Person{Key: msstest.RSA, Form: msstest.DER}, profile: mssp.ProfileSIM},
		{name: "app, BER", number: "41790000002", algorithm: x509.ECDSA, script: &msstest.Person{Method: msstest.App}, profile: mssp.ProfileDevice},
	} {
		for mode, sign := range modes {
			t.Run(tt.name+"/"+mode, func(t *testing.T) {
				if tt.script != nil {
					srv.Script(tt.number, *tt.script)
				}
				sig, err := sign(t, c, request(t, srv, tt.number))
				require.NoError(t, err)
				require.True(t, sig.Verified())
				require.Equal(t, srv.Prefix()+"log in?", string(sig.Content))
				require.Equal(t, mss.CMS, sig.Format)
				require.Regexp(t, `^MIDCHE[0-9A-Z]{10}$`, sig.Signer.ID)
				require.Equal(t, tt.algorithm, sig.Signer.Chain[0].PublicKeyAlgorithm)
				require.Len(t, sig.Signer.Chain, 3, "person, intermediate, anchor")
				require.Equal(t, tt.test, sig.Signer.Test)
				require.Equal(t, tt.profile, sig.Profile, "the method really used")
				require.Equal(t, mss.StatusSignature, sig.Status)
				require.WithinDuration(t, time.Now(), sig.At, time.Minute)
				require.False(t, sig.Fresh, "a constant text names no transaction")

				again, err := c.Verify(sig.Evidence)
				require.NoError(t, err, "evidence verifies again")
				require.Equal(t, sig.Signer.ID, again.Signer.ID)
			})
		}
	}
}

func TestSignEndToEndWithCode(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, err := msstest.NewInProcess(nil)
		require.NoError(t, err)
		defer srv.Close()
		srv.Script(person, msstest.Person{After: 72 * time.Second})
		c := newClient(t, srv, nil)
		req := request(t, srv, person)
		req.AddCode = true
		var prompts []mss.Prompt
		begun := time.Now()
		sig, err := mss.Sign(t.Context(), c, req, func(p mss.Prompt) { prompts = append(prompts, p) })
		require.NoError(t, err)
		require.True(t, sig.Fresh)
		require.Equal(t, 75*time.Second, time.Since(begun), "the poll after the answer")
		require.Len(t, prompts, 1)
		require.Len(t, prompts[0].Code, 5)
		require.Equal(t, req.Display+" ("+prompts[0].Code+")", string(sig.Content))

		var polls []time.Duration
		for _, r := range srv.Requests() {
			if r.Operation == mss.OpStatusQuery {
				polls = append(polls, r.Time.Sub(begun))
			}
		}
		require.Len(t, polls, 15, "every 5 s")
		for i, at := range polls {
			require.Equal(t, time.Duration(i+1)*5*time.Second, at)
		}
		srv.AssertPrompts(t, 1)
	})
}

// TestWaitingIsIndependentOfTheClock signs with clocks that are off: they judge certificates, and time no poll.
func TestWaitingIsIndependentOfTheClock(t *testing.T) {
	t.Parallel()
	for _, off := range []time.Duration{-4 * time.Minute, 4 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			srv, err := msstest.NewInProcess(nil)
			require.NoError(t, err)
			defer srv.Close()
			srv.Script(person, msstest.Person{After: 12 * time.Second})
			c := newClient(t, srv, func(cfg *mssp.Config) { cfg.Now = func() time.Time { return time.Now().Add(off) } })
			begun := time.Now()
			sig, err := mss.Sign(t.Context(), c, request(t, srv, person), func(mss.Prompt) {})
			require.NoError(t, err)
			require.Equal(t, 15*time.Second, time.Since(begun))
			require.Equal(t, begun.Add(15*time.Second+off).UnixMilli(), sig.Evidence.Received.UnixMilli())
		})
	}
}

// TestFailedPollDoesNotSilenceThePhone has a poll fail before anything of it was sent, after the phone rang.
func TestFailedPollDoesNotSilenceThePhone(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{After: time.Minute})
	c := newClient(t, srv, nil)
	tx, err := c.Start(t.Context(), request(t, srv, person))
	require.NoError(t, err)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = c.Poll(ended, tx, 0)
	te, ok := errors.AsType[*mss.TransportError](err)
	require.True(t, ok)
	require.Equal(t, mss.NotSent, te.Sent)
	require.True(t, mss.MayHaveRung(err))

	tx.PollAt = time.Time{}
	_, err = mss.Wait(ended, c, tx, nil)
	require.ErrorIs(t, err, context.Canceled)
	require.True(t, mss.MayHaveRung(err))
}

// TestBrokenPollIsRepeated cuts the answers of two polls in the middle: the outcome comes all the same.
func TestBrokenPollIsRepeated(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, err := msstest.NewInProcess(nil)
		require.NoError(t, err)
		defer srv.Close()
		srv.Script(person, msstest.Person{After: 12 * time.Second})
		polls := 0
		c := newClient(t, srv, rewriting(func(operation string, _ *http.Response, body string) string {
			if operation == "MSS_StatusQuery" {
				if polls++; polls <= 2 {
					return body[:len(body)/2]
				}
			}
			return body
		}))
		_, err = mss.Sign(t.Context(), c, request(t, srv, person), func(mss.Prompt) {})
		require.NoError(t, err)
		require.Equal(t, 3, polls)
		srv.AssertPrompts(t, 1)
	})
}

func TestSyncWaitsForThePerson(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, err := msstest.NewInProcess(nil)
		require.NoError(t, err)
		defer srv.Close()
		c := newClient(t, srv, nil)
		srv.Script(person, msstest.Person{After: 79 * time.Second})
		_, err = c.SignSync(t.Context(), request(t, srv, person))
		require.NoError(t, err)

		srv.Script(person, msstest.Person{Do: msstest.Ignore})
		begun := time.Now()
		_, err = c.SignSync(t.Context(), request(t, srv, person))
		require.ErrorIs(t, err, mss.ExpiredTransaction, "the server ends it first")
		require.Equal(t, 80*time.Second, time.Since(begun))

		req := request(t, srv, person)
		req.Options = mssp.Options{Profile: mssp.ProfileDevice}
		srv.Script(person, msstest.Person{Method: msstest.App, Do: msstest.Ignore})
		begun = time.Now()
		_, err = c.SignSync(t.Context(), req)
		require.ErrorIs(t, err, mss.ExpiredTransaction)
		require.Equal(t, 40*time.Second, time.Since(begun), "an app is given 40 s")
	})
}

func TestFaults(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	c := newClient(t, srv, allowTestNumbers)
	for code, name := range map[mss.Code]string{
		101: "WRONG_PARAM", 102: "MISSING_PARAM", 103: "WRONG_DATA_LENGTH", 104: "UNAUTHORIZED_ACCESS", 105: "UNKNOWN_CLIENT",
		107: "INAPPROPRIATE_DATA", 108: "INCOMPATIBLE_INTERFACE", 109: "UNSUPPORTED_PROFILE", 208: "EXPIRED_TRANSACTION",
		209: "OTA_ERROR", 401: "USER_CANCEL", 402: "PIN_NR_BLOCKED", 403: "CARD_BLOCKED", 404: "NO_KEY_FOUND",
		406: "PB_SIGNATURE_PROCESS", 422: "NO_CERT_FOUND", 900: "INTERNAL_ERROR",
	} {
		for mode, sign := range modes {
			number := fmt.Sprintf("41000092%d", int(code))
			sig, err := sign(t, c, request(t, srv, number))
			require.Nil(t, sig)
			require.ErrorIs(t, err, code, mode)
			f, ok := errors.AsType[*mss.Fault](err)
			require.True(t, ok)
			require.Equal(t, name, f.Code.Name())
			require.Equal(t, name, f.Reason.Reveal())
			require.Equal(t, code != mss.InternalError, len(f.Details) > 0, "Detail is optional; the simulator leaves it out of one")
			require.NotContains(t, err.Error(), number)
		}
	}
}

func TestPersonDeclines(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	c := newClient(t, srv, nil)
	for mode, sign := range modes {
		srv.Script(person, msstest.Person{Do: msstest.Cancel})
		_, err := sign(t, c, request(t, srv, person))
		require.ErrorIs(t, err, mss.UserCancel, mode)
		require.True(t, mss.MayHaveRung(err))
		srv.Script(person, msstest.Person{Do: msstest.BlockPIN})
		_, err = sign(t, c, request(t, srv, person))
		require.ErrorIs(t, err, mss.PinBlocked, mode)
	}
	_, err := c.Start(t.Context(), request(t, srv, "41791111111"))
	require.ErrorIs(t, err, mss.UnknownClient)
	require.False(t, mss.MayHaveRung(err))
}

// TestAnotherInstanceGoesOn seals a transaction in one client and polls it in another.
func TestAnotherInstanceGoesOn(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{})
	here, there := newClient(t, srv, nil), newClient(t, srv, nil)
	require.Equal(t, here.Scope(), there.Scope())
	secret := []byte(strings.Repeat("k", 32))
	keys, err := mss.NewKeys(here.Scope(), secret)
	require.NoError(t, err)

	req := request(t, srv, person)
	req.AddCode = true
	tx, err := here.Start(t.Context(), req)
	require.NoError(t, err)
	handle, err := keys.Seal(tx, "session")
	require.NoError(t, err)
	require.Less(t, len(handle), 700)

	var opened mss.Transaction
	require.NoError(t, keys.Open(handle, "session", &opened))
	require.Equal(t, here.Prompt(tx, time.Now()), there.Prompt(&opened, time.Now()))
	st, err := there.Poll(t.Context(), &opened, 0)
	require.NoError(t, err)
	raw, err := st.Evidence.MarshalBinary()
	require.NoError(t, err)

	var stored mss.Evidence
	require.NoError(t, stored.UnmarshalBinary(raw))
	verifier, err := mssp.NewVerifier(mssp.VerifierConfig{Anchors: srv.Anchors()})
	require.NoError(t, err)
	sig, err := verifier.Verify(&stored)
	require.NoError(t, err)
	require.True(t, sig.Fresh)
	require.Empty(t, here.Prompt(&stored.Transaction, time.Now()).Code, "evidence keeps no prompt")

	foreign := newClient(t, srv, func(cfg *mssp.Config) { cfg.APID = "mid://other.example" })
	_, err = foreign.Poll(t.Context(), tx, 0)
	var re *mss.RequestError
	require.ErrorAs(t, err, &re, "another account's transaction")
}

func TestContextEndsASynchronousCall(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{Do: msstest.Ignore})
	c := newClient(t, srv, nil)
	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("the person left")
	go func() {
		for srv.Prompts() == 0 {
			time.Sleep(time.Millisecond)
		}
		cancel(reason)
	}()
	_, err := c.SignSync(ctx, request(t, srv, person))
	require.ErrorIs(t, err, reason)
	require.True(t, mss.MayHaveRung(err))
	srv.AssertPrompts(t, 1)
}

// TestHandshakes counts TLS handshakes over many signatures: one warm pool serves all. On a machine that is busy otherwise
// net/http may drop a connection whose writer was not scheduled within 50 ms, so a few more are let pass.
func TestHandshakes(t *testing.T) {
	t.Parallel()
	const workers, rounds = 16, 6
	srv := msstest.NewServer(t, nil)
	c := newClient(t, srv, nil)
	var wg sync.WaitGroup
	for w := range workers {
		number := fmt.Sprintf("417900%05d", w)
		srv.Script(number, msstest.Person{})
		wg.Go(func() {
			for range rounds {
				if _, err := c.SignSync(t.Context(), request(t, srv, number)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	require.LessOrEqual(t, srv.Handshakes(), workers+workers/8)
	srv.AssertPrompts(t, workers*rounds)
}
