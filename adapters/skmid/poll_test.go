package skmid_test

import (
	"context"
	"crypto"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
)

// TestPollQuestion: where a session is asked for, and for how long.
func TestPollQuestion(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	s := started(func(*http.Request) *http.Response { return reply(200, `{"state":"RUNNING","result":""}`) })
	c := newClient(t, r, s)
	for _, tt := range []struct {
		req  *mss.Request
		hold time.Duration
		want string
	}{
		{authentication(t), 30 * time.Second, "/mid-api/authentication/session/" + session + "?timeoutMs=30000"},
		{authentication(t), 0, "/mid-api/authentication/session/" + session + "?timeoutMs=1000"},
		{authentication(t), -time.Second, "/mid-api/authentication/session/" + session + "?timeoutMs=1000"},
		{authentication(t), 1500 * time.Millisecond, "/mid-api/authentication/session/" + session + "?timeoutMs=1500"},
		{authentication(t), time.Hour, "/mid-api/authentication/session/" + session + "?timeoutMs=60000"},
		{signing(t, r.sign, crypto.SHA256), time.Minute, "/mid-api/signature/session/" + session + "?timeoutMs=60000"},
	} {
		tx, err := c.Start(t.Context(), tt.req)
		require.NoError(t, err)
		st, err := c.Poll(t.Context(), tx, tt.hold)
		require.NoError(t, err)
		require.Nil(t, st.Evidence)
		require.Equal(t, time.Second, st.After, "it was not kept open")
		got := s.requests()[len(s.requests())-1]
		require.Equal(t, []string{http.MethodGet, tt.want}, []string{got.method, got.path})
		require.Empty(t, got.body)
	}
}

// TestPollWaits: the time for the answer is that of the question and five seconds; after a question that was kept open the
// next one comes at once.
func TestPollWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRealm(t)
		silent := false
		s := started(func(hr *http.Request) *http.Response {
			if silent {
				return nil
			}
			hold, err := time.ParseDuration(hr.URL.Query().Get("timeoutMs") + "ms")
			require.NoError(t, err)
			time.Sleep(hold)
			return reply(200, `{"state":"RUNNING"}`)
		})
		c := newClient(t, r, s)
		tx, err := c.Start(t.Context(), authentication(t))
		require.NoError(t, err)
		for hold, after := range map[time.Duration]time.Duration{30 * time.Second: 0, time.Minute: 0, time.Second: 0, 0: time.Second} {
			st, err := c.Poll(t.Context(), tx, hold)
			require.NoError(t, err)
			require.Equal(t, after, st.After, hold)
		}
		silent = true
		for hold, limit := range map[time.Duration]time.Duration{0: 6 * time.Second, 30 * time.Second: 35 * time.Second, time.Hour: 65 * time.Second} {
			begun := time.Now()
			_, err := c.Poll(t.Context(), tx, hold)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.Equal(t, limit, time.Since(begun))
			_, again := mss.RetryPoll(err)
			require.True(t, again)
		}
		begun := time.Now()
		_, err = c.Start(t.Context(), &mss.Request{Purpose: mss.Authentication, User: estonian(t), Language: "et"})
		require.NoError(t, err)
		require.Zero(t, time.Since(begun))
		time.Sleep(time.Hour)
		_, err = c.Poll(t.Context(), tx, 0)
		var refused *mss.RequestError
		require.ErrorAs(t, err, &refused)
		require.Equal(t, "Transaction.Deadline", refused.Field)
	})
}

// TestWait: the first answer is not the last, and an overall deadline ends the wait.
func TestWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRealm(t)
		polls, signed := 0, 3
		var digest []byte
		s := started(func(hr *http.Request) *http.Response {
			polls++
			if polls == 2 {
				return reply(503, "")
			}
			if polls < signed {
				time.Sleep(30 * time.Second)
				return reply(200, `{"state":"RUNNING"}`)
			}
			return octets(200, r.auth.answer(t, mss.Authentication, crypto.SHA256, digest).bytes(t))
		})
		start := s.respond
		s.respond = func(hr *http.Request, m map[string]string) *http.Response {
			if m["hash"] != "" {
				digest = unbase64(t, m["hash"])
			}
			return start(hr, m)
		}
		c := newClient(t, r, s)
		var shown []mss.Prompt
		sig, err := mss.Sign(t.Context(), c, authentication(t), func(p mss.Prompt) { shown = append(shown, p) })
		require.NoError(t, err)
		require.True(t, sig.Verified())
		require.Equal(t, 3, polls)
		require.Len(t, shown, 1)
		require.Len(t, shown[0].Code, 4)

		polls, signed = 100, 1000
		begun := time.Now()
		_, err = mss.Sign(t.Context(), c, authentication(t), func(mss.Prompt) {})
		require.ErrorIs(t, err, mss.ErrUnknownOutcome)
		require.LessOrEqual(t, time.Since(begun), 190*time.Second)
	})
}

// TestPollAnswers: what is no outcome.
func TestPollAnswers(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	for name, tt := range map[string]struct {
		status int
		answer string
		code   mss.Code
		again  bool
	}{
		"forgotten":   {404, `{"error":"Session does not exist","traceId":"d2206fd3aedc3aee"}`, 208, false},
		"parameter":   {400, `{"error":"Invalid format for sessionId='foo'","traceId":"d2206fd3aedc3aee"}`, 101, false},
		"account":     {401, `{"traceId":"d2206fd3aedc3aee"}`, 104, false},
		"verb":        {405, `{"traceId":"d2206fd3aedc3aee"}`, 108, false},
		"rate":        {429, `{"traceId":"d2206fd3aedc3aee"}`, 900, true},
		"internal":    {500, `{"traceId":"d2206fd3aedc3aee"}`, 900, true},
		"maintenance": {580, `{"traceId":"d2206fd3aedc3aee"}`, 900, true},
		"forbidden":   {403, ``, 0, false},
		"elsewhere":   {301, ``, 0, false},
		"no JSON":     {200, `<html>`, 0, true},
		"no state":    {200, `{"result":"OK"}`, 0, true},
		"null":        {200, `null`, 0, true},
		"new state":   {200, `{"state":"FINISHED","result":"OK"}`, 0, true},
		"state twice": {200, `{"state":"RUNNING","State":"COMPLETE","result":"OK"}`, 0, true},
	} {
		c := newClient(t, r, started(func(*http.Request) *http.Response { return reply(tt.status, tt.answer) }))
		tx, err := c.Start(t.Context(), authentication(t))
		require.NoError(t, err)
		_, err = c.Poll(t.Context(), tx, 0)
		require.Error(t, err, name)
		require.True(t, mss.MayHaveRung(err), "the phone rang before")
		_, again := mss.RetryPoll(err)
		require.Equal(t, tt.again, again, name)
		requireSilent(t, err.Error())
		fault, ok := errors.AsType[*mss.Fault](err)
		require.Equal(t, tt.code != 0, ok, name)
		if ok {
			require.Equal(t, tt.code, fault.Code, name)
			require.Equal(t, []string{"d2206fd3aedc3aee", mss.OpStatusQuery}, []string{fault.TraceID, fault.Operation}, name)
		}
	}
}

// TestPollRefuses: transactions of others, and what is none.
func TestPollRefuses(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	s := started(nil)
	c := newClient(t, r, s)
	good, err := c.Start(t.Context(), authentication(t))
	require.NoError(t, err)
	for field, change := range map[string]func(*mss.Transaction){
		"Transaction":             func(tx *mss.Transaction) { tx.Provider += "x" },
		"Transaction.State":       func(tx *mss.Transaction) { tx.State = nil },
		"Transaction.MSSPTransID": func(tx *mss.Transaction) { tx.MSSPTransID = "../../certificate" },
		"Transaction.Deadline":    func(tx *mss.Transaction) { tx.Deadline = tx.Deadline.Add(-time.Hour) },
	} {
		tx := *good
		change(&tx)
		_, err := c.Poll(t.Context(), &tx, 0)
		var refused *mss.RequestError
		require.ErrorAs(t, err, &refused)
		require.Equal(t, field, refused.Field)
		require.True(t, mss.MayHaveRung(err), "although nothing was sent now")
	}
	tx := *good
	tx.Purpose = mss.Signing
	_, err = c.Poll(t.Context(), &tx, 0)
	require.ErrorContains(t, err, "purpose", "an authentication is not asked for among the signings")
	require.Len(t, s.requests(), 1)
}
