package bankid_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/bankid"
	"github.com/gomss/gomss/mss"
)

// byStart are ids of texts for a QR code, for a link on a computer, and on a telephone.
type byStart = [3]string

func all(id string) byStart { return byStart{id, id, id} }

// TestHints holds every hint that BankID names, and one that it does not, against status, ETSI code, text, whether the order is
// over and whether a new one may take its place without a word.
func TestHints(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		status, hint string
		code         mss.Code // 504: outstanding
		message      byStart
		mayRetry     bool
	}{
		{"pending", "outstandingTransaction", 504, byStart{"RFA1", "RFA13", "RFA13"}, false},
		{"pending", "", 504, byStart{"RFA1", "RFA13", "RFA13"}, false},
		{"pending", "noClient", 504, all("RFA1"), false},
		{"pending", "started", 504, byStart{"RFA15B", "RFA15A", "RFA15B"}, false},
		{"pending", "userMrtd", 504, all("RFA23"), false},
		{"pending", "userFace", 504, all("RFA24"), false},
		{"pending", "userStepUp", 504, all("RFA25"), false},
		{"pending", "userCallConfirm", 504, all("RFA21"), false},
		{"pending", "userSign", 504, all("RFA9"), false},
		{"pending", "processing", 504, all("RFA21"), false},
		{"pending", "userRetina", 504, all("RFA21"), false},
		{"paused", "userCancel", 504, all("RFA21"), false}, // a status that is not known is no outcome

		{"failed", "expiredTransaction", mss.ExpiredTransaction, all("RFA8"), false},
		{"failed", "certificateErr", mss.CardBlocked, all("RFA16"), false},
		{"failed", "userCancel", mss.UserCancel, all("RFA6"), false},
		{"failed", "cancelled", mss.UserCancel, all("RFA3"), false},
		{"failed", "startFailed", mss.ExpiredTransaction, byStart{"RFA17B", "RFA17A", "RFA17A"}, true},
		{"failed", "userDeclinedCall", mss.UserCancel, all("RFA22"), false},
		{"failed", "notSupportedByUserApp", mss.InternalError, all("RFA22"), false},
		{"failed", "transactionRiskBlocked", mss.InternalError, all("RFA22"), false},
		{"failed", "mrtdVerificationFailed", mss.InternalError, all("RFA26"), false},
		{"failed", "facialRecognitionFailed", mss.InternalError, all("RFA27"), false},
		{"failed", "nfcNotSupportedByDevice", mss.InternalError, all("RFA28"), false},
		{"failed", "multipleBankIdsOnDevice", mss.InternalError, all("RFA29"), false},
		{"failed", "stepUpFailed", mss.InternalError, all("RFA30"), false},
		{"failed", "sunSpots", mss.InternalError, all("RFA22"), false},
		{"failed", "userSign", mss.InternalError, all("RFA22"), false}, // a hint of another status
		{"failed", "", mss.InternalError, all("RFA22"), false},
	} {
		t.Run(tc.status+" "+tc.hint, func(t *testing.T) {
			t.Parallel()
			c, _, tx := begun(t, login(), func() *http.Response { return says(http.StatusOK, status(tc.status, tc.hint)) })
			st, err := c.Poll(t.Context(), tx, 0)
			require.NoError(t, err)
			require.Equal(t, tc.code == mss.StatusOutstanding, st.Evidence == nil, "over or not")
			if st.Evidence == nil {
				require.Equal(t, tc.hint, st.Hint)
				require.Equal(t, 2*time.Second, st.After)
				if tc.status == "pending" {
					require.Equal(t, tc.message, byStart{bankid.MessageID(st.Hint, bankid.ByQR), bankid.MessageID(st.Hint, bankid.OnComputer), bankid.MessageID(st.Hint, bankid.OnMobile)})
				}
				return
			}
			_, err = c.Verify(st.Evidence)
			f, ok := errors.AsType[*mss.Fault](err)
			require.True(t, ok, "%v", err)
			require.Equal(t, tc.code, f.Code)
			require.Equal(t, tc.hint, f.Native)
			require.Equal(t, tc.message, faultMessages(err))
			require.Equal(t, tc.mayRetry, bankid.NotStarted(err))
			require.True(t, mss.MayHaveRung(err))
		})
	}
}

func faultMessages(err error) byStart {
	return byStart{bankid.FaultMessageID(err, bankid.ByQR), bankid.FaultMessageID(err, bankid.OnComputer), bankid.FaultMessageID(err, bankid.OnMobile)}
}

// TestErrors holds every error of BankID's, by its code and by the HTTP status alone, against the ETSI code, the text, whether a
// collect and a cancel may be repeated, and whether there may be an order. An order is sent once in any case.
func TestErrors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		status   int
		name     string // errorCode; "": the body is not JSON
		code     mss.Code
		native   string
		message  string
		mayRetry bool
		mayRing  bool
	}{
		{400, "alreadyInProgress", mss.PBSignatureProcess, "alreadyInProgress", "RFA4", false, true},
		{400, "invalidParameters", mss.WrongParam, "invalidParameters", "", false, false},
		{400, "somethingNew", mss.InternalError, "somethingNew", "RFA22", false, true},
		{400, "", mss.InternalError, "HTTP 400", "RFA22", false, true},
		{401, "unauthorized", mss.UnauthorizedAccess, "unauthorized", "", false, false},
		{401, "", mss.UnauthorizedAccess, "unauthorized", "", false, false},
		{403, "unauthorized", mss.UnauthorizedAccess, "unauthorized", "", false, false},
		{403, "", mss.UnauthorizedAccess, "unauthorized", "", false, false},
		{404, "notFound", mss.InternalError, "notFound", "", false, true},
		{404, "", mss.InternalError, "notFound", "", false, true},
		{405, "methodNotAllowed", mss.InternalError, "methodNotAllowed", "", false, true},
		{408, "requestTimeout", mss.InternalError, "requestTimeout", "RFA5", false, true},
		{408, "", mss.InternalError, "requestTimeout", "RFA5", false, true},
		{409, "somethingNew", mss.InternalError, "somethingNew", "RFA22", false, true},
		{415, "unsupportedMediaType", mss.InternalError, "unsupportedMediaType", "", false, true},
		{429, "tooManyRequests", mss.InternalError, "tooManyRequests", "RFA5", true, true},
		{429, "", mss.InternalError, "tooManyRequests", "RFA5", true, true},
		{500, "internalError", mss.InternalError, "internalError", "RFA5", false, true},
		{500, "invalidParameters", mss.InternalError, "invalidParameters", "", false, true}, // an error there is not ours
		{500, "", mss.InternalError, "internalError", "RFA5", false, true},
		{503, "Maintenance", mss.InternalError, "Maintenance", "RFA5", true, true},
		{503, "maintenance", mss.InternalError, "maintenance", "RFA5", true, true},
		{503, "", mss.InternalError, "Maintenance", "RFA5", true, true},
	} {
		t.Run(fmt.Sprint(tc.status, " ", tc.name), func(t *testing.T) {
			t.Parallel()
			body := "<html>No certificate</html>"
			if tc.name != "" {
				body = `{"errorCode":"` + tc.name + `","details":"words","more":1}`
			}
			s := &script{respond: func(message) *http.Response { return says(tc.status, body) }}
			_, err := newTestClient(t, s).Start(t.Context(), login())
			f, ok := err.(*mss.Fault) //nolint:errorlint // it is not wrapped: that would have it repeated
			require.True(t, ok, "%T %v", err, err)
			require.Equal(t, tc.code, f.Code)
			require.Equal(t, tc.native, f.Native)
			require.Equal(t, mss.OpSignature, f.Operation)
			require.Equal(t, all(tc.message), faultMessages(err))
			require.Equal(t, tc.mayRing, mss.MayHaveRung(err))
			_, again := mss.RetryPoll(err)
			require.False(t, again, "an order is never repeated")
			require.Len(t, s.messages(), 1)
			require.NotContains(t, fmt.Sprintf("%+v", err), "words")

			c, s, tx := begun(t, login(), func() *http.Response { return says(tc.status, body) })
			_, err = c.Poll(t.Context(), tx, 0)
			_, again = mss.RetryPoll(err)
			require.Equal(t, tc.mayRetry, again)
			require.True(t, mss.MayHaveRung(err))
			require.False(t, bankid.NotStarted(err))
			if tc.code == mss.WrongParam {
				require.ErrorIs(t, err, mss.ErrUnknownOutcome)
				require.Equal(t, all(""), faultMessages(err))
			} else {
				require.ErrorIs(t, err, tc.code)
				require.NotErrorIs(t, err, mss.ErrUnknownOutcome)
			}
			err = c.Cancel(t.Context(), tx)
			_, again = mss.RetryPoll(err)
			require.Equal(t, tc.mayRetry, again)
			require.ErrorIs(t, err, tc.code)
			require.Len(t, s.messages(), 3, "nothing is repeated unasked")
		})
	}
}

// TestNotOfTheService are answers that no code stands for.
func TestNotOfTheService(t *testing.T) {
	t.Parallel()
	for code, body := range map[int]string{301: "<html>", 302: `{"errorCode":"x"}`, 407: "<html>", 418: "<html>", 502: `{"errorCode":"internalError"}`, 504: "<html>"} {
		s := &script{respond: func(message) *http.Response { return says(code, body) }}
		_, err := newTestClient(t, s).Start(t.Context(), login())
		var broken *mss.TransportError
		require.ErrorAs(t, err, &broken)
		require.Equal(t, code, broken.Status)
		require.True(t, mss.MayHaveRung(err))
		require.Equal(t, "RFA5", bankid.FaultMessageID(err, bankid.ByQR))
	}
	page := says(http.StatusOK, accepted)
	page.Header.Set("Content-Type", "text/html")
	s := &script{respond: func(message) *http.Response { return page }}
	_, err := newTestClient(t, s).Start(t.Context(), login())
	require.ErrorContains(t, err, "not JSON")
}
