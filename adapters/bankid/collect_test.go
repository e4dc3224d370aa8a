package bankid_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/bankid"
	"github.com/gomss/gomss/mss"
)

// begun starts an order of which collect answers with then.
func begun(t testing.TB, req *mss.Request, then func() *http.Response) (*bankid.Client, *script, *mss.Transaction) {
	t.Helper()
	s := collecting(then)
	c := newTestClient(t, s)
	tx, err := c.Start(t.Context(), req)
	require.NoError(t, err)
	return c, s, tx
}

// TestCollectReadsTolerantly has what BankID may send one day, and what it must not.
func TestCollectReadsTolerantly(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		doc    string
		hint   string
		ended  bool
		failed bool
	}{
		"pending":        {doc: status("pending", "userSign"), hint: "userSign"},
		"new hint":       {doc: status("pending", "userRetina"), hint: "userRetina"},
		"no hint":        {doc: `{"orderRef":"` + orderRef + `","status":"pending"}`},
		"hint of a type": {doc: `{"orderRef":"` + orderRef + `","status":"pending","hintCode":{"code":1}}`},
		"new members":    {doc: `{"x":[1,{"y":null}],"status":"pending","hintCode":"started","orderRef":"` + orderRef + `"}`, hint: "started"},
		"new status":     {doc: status("paused", "userSign"), hint: "userSign"},
		"failed":         {doc: status("failed", "userCancel"), ended: true},
		"new failure":    {doc: status("failed", "sunSpots"), ended: true},
		"complete":       {doc: `{"orderRef":"` + orderRef + `","status":"complete","completionData":{"stepUp":null,"bankIdIssueDate":7}}`, ended: true},
		"other order":    {doc: strings.Replace(status("complete", ""), orderRef, autoStart, 1), failed: true},
		"no order":       {doc: `{"status":"complete"}`, failed: true},
		"two statuses":   {doc: `{"orderRef":"` + orderRef + `","status":"pending","Status":"complete"}`, failed: true},
		"cut":            {doc: status("complete", "")[:60], failed: true},
		"not JSON":       {doc: "<html>", failed: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, s, tx := begun(t, login(), func() *http.Response { return says(http.StatusOK, tc.doc) })
			st, err := c.Poll(t.Context(), tx, time.Minute)
			m := s.messages()[1]
			require.Equal(t, message{"POST", "/rp/v6.0/collect", "application/json", `{"orderRef":"` + orderRef + `"}`}, m)
			if tc.failed {
				var broken *mss.TransportError
				require.ErrorAs(t, err, &broken)
				require.Equal(t, mss.Answered, broken.Sent)
				_, again := mss.RetryPoll(err)
				require.True(t, again)
				return
			}
			require.NoError(t, err)
			if !tc.ended {
				require.Equal(t, &mss.Status{Hint: tc.hint, After: 2 * time.Second}, st)
				return
			}
			require.Equal(t, tc.doc, string(st.Evidence.Raw))
			require.Equal(t, tx.TransID, st.Evidence.Transaction.TransID)
		})
	}
}

// TestEvidenceHasNoPromptSecrets keeps what Verify needs and drops what only the prompt did.
func TestEvidenceHasNoPromptSecrets(t *testing.T) {
	t.Parallel()
	c, _, tx := begun(t, contract(), func() *http.Response { return says(http.StatusOK, status("complete", "")) })
	require.Contains(t, string(tx.State), qrSecret)
	st, err := c.Poll(t.Context(), tx, 0)
	require.NoError(t, err)
	kept := string(st.Evidence.Transaction.State)
	for _, secret := range []string{qrSecret, qrToken, autoStart} {
		require.NotContains(t, kept, secret)
	}
	var before, after map[string]any
	require.NoError(t, json.Unmarshal(tx.State, &before))
	require.NoError(t, json.Unmarshal([]byte(kept), &after))
	for _, member := range []string{"t", "s", "a"} {
		delete(before, member)
	}
	require.Equal(t, before, after)
	require.Zero(t, c.Prompt(&st.Evidence.Transaction, tx.Started))
}

// TestLostAnswer is an outcome that the service gave and nobody got: not the person's refusal, and not collected again.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		collects := 0
		c, s, tx := begun(t, contract(), func() *http.Response {
			if collects++; collects == 1 {
				r := says(http.StatusOK, "") // consumed, and cut on its way
				r.Body = io.NopCloser(io.MultiReader(strings.NewReader(status("complete", "")[:30]), iotest.ErrReader(io.ErrUnexpectedEOF)))
				return r
			}
			return says(http.StatusBadRequest, `{"errorCode":"invalidParameters","details":"No such order"}`)
		})
		_, err := mss.Wait(t.Context(), c, tx, nil)
		require.ErrorIs(t, err, mss.ErrUnknownOutcome)
		require.True(t, mss.MayHaveRung(err))
		require.Equal(t, mss.ResultUnknown, mss.ResultOf(err))
		require.NotErrorIs(t, err, mss.UserCancel)
		_, again := mss.RetryPoll(err)
		require.False(t, again)
		require.Len(t, s.messages(), 3, "start, the lost one, and one more")
	})
}

// TestPace lets nobody collect an order more than once a second, nor twice at the same time.
func TestPace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, s, tx := begun(t, login(), func() *http.Response {
			time.Sleep(300 * time.Millisecond)
			return says(http.StatusOK, status("pending", "userSign"))
		})
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				st, err := c.Poll(t.Context(), tx, 0)
				require.NoError(t, err)
				require.Nil(t, st.Evidence)
				require.Positive(t, st.After)
			})
		}
		wg.Wait()
		require.Len(t, s.messages(), 2, "one collect of 20 was sent")

		time.Sleep(690 * time.Millisecond) // 990 ms after it began
		st, err := c.Poll(t.Context(), tx, 0)
		require.NoError(t, err)
		require.Equal(t, &mss.Status{Hint: "userSign", After: 10 * time.Millisecond}, st)
		require.Len(t, s.messages(), 2)

		time.Sleep(st.After)
		st, err = c.Poll(t.Context(), tx, 0)
		require.NoError(t, err)
		require.Equal(t, 2*time.Second, st.After)
		require.Len(t, s.messages(), 3)

		other := *tx
		other.MSSPTransID = autoStart // another order is not held up; the answer is about the first one
		_, err = c.Poll(t.Context(), &other, 0)
		require.ErrorContains(t, err, "another order")
		require.Len(t, s.messages(), 4)
	})
}

// TestSlowCollect takes longer than the pace: it is still the only one.
func TestSlowCollect(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, s, tx := begun(t, login(), func() *http.Response {
			time.Sleep(5 * time.Second)
			return says(http.StatusOK, status("failed", "userCancel"))
		})
		var first *mss.Status
		done := make(chan struct{})
		go func() { first, _ = c.Poll(t.Context(), tx, 0); close(done) }()
		for range 4 {
			time.Sleep(1100 * time.Millisecond)
			st, err := c.Poll(t.Context(), tx, 0)
			require.NoError(t, err)
			require.Equal(t, &mss.Status{After: time.Second}, st)
		}
		<-done
		require.NotNil(t, first.Evidence)
		require.Len(t, s.messages(), 2)
	})
}

// TestWaitCollectsEveryTwoSeconds has a whole order, until it expires.
func TestWaitCollectsEveryTwoSeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var at []time.Time
		c, _, tx := begun(t, login(), func() *http.Response {
			at = append(at, time.Now())
			if time.Since(at[0]) >= bankid.OrderTime {
				return says(http.StatusOK, status("failed", "expiredTransaction"))
			}
			return says(http.StatusOK, status("pending", "outstandingTransaction"))
		})
		codes := map[string]bool{}
		_, err := mss.Wait(t.Context(), c, tx, func(p mss.Prompt) { codes[p.QR.Reveal()] = true })
		require.ErrorIs(t, err, mss.ExpiredTransaction)
		require.Len(t, at, 91)
		for i := range at[1:] {
			require.GreaterOrEqual(t, at[i+1].Sub(at[i]), 2*time.Second)
		}
		require.InDelta(t, 180, len(codes), 2, "a code each second")
	})
}

// TestForeignTransactions are not collected.
func TestForeignTransactions(t *testing.T) {
	t.Parallel()
	c, s, tx := begun(t, login(), func() *http.Response { return says(http.StatusOK, status("pending", "")) })
	for field, edit := range map[string]func(*mss.Transaction){
		"Transaction":             func(tx *mss.Transaction) { tx.Provider = strings.Replace(tx.Provider, "production", "test", 1) },
		"Transaction.MSSPTransID": func(tx *mss.Transaction) { tx.MSSPTransID = "" },
		"Transaction.State":       func(tx *mss.Transaction) { tx.Purpose = mss.Signing },
	} {
		foreign := *tx
		edit(&foreign)
		for _, err := range []error{func() error { _, err := c.Poll(t.Context(), &foreign, 0); return err }(), c.Cancel(t.Context(), &foreign)} {
			var r *mss.RequestError
			require.ErrorAs(t, err, &r)
			require.Equal(t, field, r.Field)
			require.True(t, mss.MayHaveRung(err), "when it was started")
		}
	}
	late := *tx
	late.Deadline = time.Now().Add(-6 * time.Minute)
	_, err := c.Poll(t.Context(), &late, 0)
	require.ErrorContains(t, err, "long ago")
	for _, octets := range []string{"", "{}", `{"f":"Other"}`, `{"f":"Identification","zz":1}`, `null`} {
		foreign := *tx
		foreign.State = []byte(octets)
		_, err := c.Poll(t.Context(), &foreign, 0)
		require.ErrorContains(t, err, "Transaction.State")
		require.Zero(t, c.Prompt(&foreign, tx.Started))
	}
	require.Len(t, s.messages(), 1)
}

func TestZeroClock(t *testing.T) {
	t.Parallel()
	s := collecting(func() *http.Response { return says(http.StatusOK, status("complete", "")) })
	c := newTestClient(t, s, func(cfg *bankid.Config) { cfg.Now = func() time.Time { return time.Time{} } })
	tx, err := c.Start(t.Context(), login())
	require.NoError(t, err)
	_, err = c.Poll(t.Context(), tx, 0)
	require.ErrorContains(t, err, "Config.Now")
}

func TestCancel(t *testing.T) {
	t.Parallel()
	c, s, tx := begun(t, login(), func() *http.Response { return says(http.StatusOK, `{}`) })
	require.NoError(t, mss.Cancel(t.Context(), c, tx))
	require.Equal(t, message{"POST", "/rp/v6.0/cancel", "application/json", `{"orderRef":"` + orderRef + `"}`}, s.messages()[1])

	c, s, tx = begun(t, login(), func() *http.Response {
		return says(http.StatusBadRequest, `{"errorCode":"invalidParameters","details":"No such order"}`)
	})
	require.ErrorIs(t, c.Cancel(t.Context(), tx), mss.WrongParam)
	require.Len(t, s.messages(), 2)

	c, _, tx = begun(t, login(), func() *http.Response { return says(http.StatusServiceUnavailable, `{"errorCode":"maintenance"}`) })
	_, again := mss.RetryPoll(c.Cancel(t.Context(), tx))
	require.True(t, again)
}

func TestHealth(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]error{405: nil, 401: mss.UnauthorizedAccess, 403: mss.UnauthorizedAccess, 503: mss.InternalError, 404: mss.InternalError} {
		s := &script{respond: func(message) *http.Response { return says(code, `not JSON`) }}
		err := mss.Health(t.Context(), newTestClient(t, s))
		require.ErrorIs(t, err, want, code)
		require.Equal(t, []message{{method: "GET", path: "/rp/v6.0/auth"}}, s.messages())
		require.False(t, err != nil && mss.MayHaveRung(err))
	}
	for _, code := range []int{200, 301, 502} {
		s := &script{respond: func(message) *http.Response { return says(code, `{}`) }}
		var broken *mss.TransportError
		require.ErrorAs(t, newTestClient(t, s).Health(t.Context()), &broken)
	}
}
