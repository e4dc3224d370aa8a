package mss_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

func TestCodeIsAnError(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("login: %w", &mss.Fault{Code: mss.UserCancel, Sub: 4011, Reason: mss.Conceal("secret")})
	require.ErrorIs(t, err, mss.UserCancel)
	require.NotErrorIs(t, err, mss.ExpiredTransaction)
	f, ok := errors.AsType[*mss.Fault](err)
	require.True(t, ok)
	require.Equal(t, mss.Code(4011), f.Sub)
	require.Equal(t, "login: mss: 401 USER_CANCEL: the person declined, or a newer request took this one's place (4011)", err.Error())
}

func TestUnknownCodesAreKept(t *testing.T) {
	t.Parallel()
	err := error(&mss.Fault{Code: 4242})
	require.ErrorIs(t, err, mss.Code(4242))
	require.Empty(t, mss.Code(4242).Name())
	require.Contains(t, err.Error(), "4242")
}

// TestEveryCodeHasNameAndAdvice lists the codes of TS 102 204, TS 102 207 and the operators by number, so that a constant
// without a text, or a text without a constant, shows.
func TestEveryCodeHasNameAndAdvice(t *testing.T) {
	t.Parallel()
	for _, n := range []mss.Code{
		100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 208, 209,
		400, 401, 402, 403, 404, 405, 406, 407, 408, 422, 423, 424, 425, 450,
		500, 501, 502, 503, 504, 505, 600, 601, 602, 603,
		1051, 1052, 1053, 1054, 2081, 2082, 4011, 4012, 4013, 4041, 4042,
		701, 702, 703, 710, 720, 750, 760, 770, 780, 900,
	} {
		require.NotEmpty(t, n.Name(), int(n))
		require.NotEmpty(t, n.Advice(), int(n))
	}
}

func TestMayHaveRung(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		err  error
		want bool
	}{
		{"no error", nil, true},
		{"refused here", &mss.RequestError{}, false},
		{"no connection", &mss.TransportError{Sent: mss.NotSent}, false},
		{"broken connection", &mss.TransportError{Sent: mss.MaybeSent}, true},
		{"unreadable answer", &mss.TransportError{Sent: mss.Answered}, true},
		{"nothing known of the sending", &mss.TransportError{}, true},
		{"unknown client", &mss.Fault{Code: mss.UnknownClient, Operation: mss.OpSignature}, false},
		{"not activated", &mss.Fault{Code: mss.NoKeyFound, Operation: mss.OpSignature}, false},
		{"cancelled", &mss.Fault{Code: mss.UserCancel, Operation: mss.OpSignature}, true},
		{"another one under way", &mss.Fault{Code: mss.PBSignatureProcess, Operation: mss.OpSignature}, true},
		{"a poll refused after the phone rang", &mss.Fault{Code: mss.WrongParam, Operation: mss.OpStatusQuery}, true},
		{"not verified", &mss.VerificationError{Err: errors.New("x")}, true},
		{"unknown outcome", mss.ErrUnknownOutcome, true},
		{"unknown outcome after a poll without connection", fmt.Errorf("%w: %w", mss.ErrUnknownOutcome, &mss.TransportError{Sent: mss.NotSent}), true},
		{"a poll without connection", mss.Polled(&mss.TransportError{Sent: mss.NotSent}), true},
		{"a poll refused here", mss.Polled(&mss.RequestError{}), true},
		{"gave up", context.Canceled, true},
	} {
		require.Equal(t, tt.want, mss.MayHaveRung(tt.err), tt.name)
		if tt.err != nil {
			require.Equal(t, tt.want, mss.MayHaveRung(fmt.Errorf("wrapped: %w", tt.err)), tt.name)
		}
	}
}

func TestRetryPoll(t *testing.T) {
	t.Parallel()
	for _, status := range []int{0, 200, 429, 500, 502, 503, 504} {
		after, ok := mss.RetryPoll(&mss.TransportError{Status: status})
		require.True(t, ok, status)
		require.Positive(t, after)
	}
	for _, err := range []error{nil, &mss.TransportError{Status: 302}, &mss.TransportError{Status: 403}, &mss.RequestError{}, &mss.Fault{Code: 900}, &mss.VerificationError{Err: errors.New("x")}, context.Canceled} {
		_, ok := mss.RetryPoll(err)
		require.False(t, ok, "%v", err)
	}
}

func TestErrorTexts(t *testing.T) {
	t.Parallel()
	require.EqualError(t, &mss.RequestError{Field: "Display", Reason: "is required"}, "mss: request: Display: is required")
	require.EqualError(t, &mss.TransportError{Sent: mss.MaybeSent, Err: errors.New("read: cut"), Body: mss.Conceal("x")}, "mss: transport: read: cut (request: maybe sent)")
	require.EqualError(t, &mss.TransportError{Sent: mss.Answered, Status: 502, Err: errors.New("no XML")}, "mss: transport: HTTP 502: no XML (request: answered)")
	require.EqualError(t, &mss.VerificationError{Check: "chain", Err: errors.New("no root")}, "mss: not verified: chain: no root")
	require.Equal(t, "Sent(0)", mss.Sent(0).String())
}
