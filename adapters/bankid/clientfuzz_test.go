package bankid_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
)

// answerSeeds are answers of each kind.
var answerSeeds = []string{
	accepted, status("pending", "userSign"), status("failed", "startFailed"), status("complete", ""), `{"errorCode":"Maintenance","details":"x"}`,
	`{"orderRef":"` + orderRef + `","status":"complete","completionData":{"user":{},"signature":"x","ocspResponse":"y","stepUp":{}}}`, ``, `<html>`, `null`,
}

// FuzzAnswers has a client read whatever a service answers: every error is of a kind, an order is sent once, and only an answer
// about this order is its outcome.
func FuzzAnswers(f *testing.F) {
	for _, seed := range answerSeeds {
		for _, code := range []int{200, 400, 503} {
			f.Add(code, seed)
		}
	}
	require.NotEmpty(f, answerSeeds)
	f.Fuzz(func(t *testing.T, code int, doc string) {
		if code < 200 || code > 599 {
			code = http.StatusOK
		}
		s := &script{respond: func(message) *http.Response { return says(code, doc) }}
		c := newTestClient(t, s)
		tx, err := c.Start(t.Context(), login())
		requireKind(t, err)
		require.Len(t, s.messages(), 1)
		require.Equal(t, err == nil, tx != nil)

		c, _, tx = begun(t, login(), func() *http.Response { return says(code, doc) })
		st, err := c.Poll(t.Context(), tx, 0)
		requireKind(t, err)
		if err == nil && st.Evidence != nil {
			require.True(t, strings.Contains(doc, orderRef) || strings.Contains(doc, `\u`))
			_, err = c.Verify(st.Evidence)
			require.Error(t, err, "nobody signed")
			requireKind(t, err)
		}
		requireKind(t, c.Cancel(t.Context(), tx))
	})
}

func requireKind(t testing.TB, err error) {
	t.Helper()
	_, fault := errors.AsType[*mss.Fault](err)
	_, broken := errors.AsType[*mss.TransportError](err)
	_, unverified := errors.AsType[*mss.VerificationError](err)
	require.True(t, err == nil || fault || broken || unverified || errors.Is(err, mss.ErrUnknownOutcome), "%T", err)
}
