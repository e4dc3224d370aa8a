package mss_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// phone is a Service whose person answers a given time after the start. Its clock is the test's bubble.
type phone struct {
	answers  time.Duration
	pollErrs map[int]error // by number of the poll
	refresh  time.Duration
	hint     string
	startErr error

	begun time.Time
	polls []time.Duration // since the start
	holds []time.Duration
}

func (p *phone) Start(context.Context, *mss.Request) (*mss.Transaction, error) {
	if p.startErr != nil {
		return nil, p.startErr
	}
	p.begun = time.Now()
	return &mss.Transaction{Started: p.begun, Deadline: p.begun.Add(90 * time.Second), PollAt: p.begun.Add(5 * time.Second)}, nil
}

func (p *phone) Prompt(_ *mss.Transaction, now time.Time) mss.Prompt {
	code := "K7"
	if p.refresh > 0 {
		code = now.Sub(p.begun).Truncate(p.refresh).String()
	}
	return mss.Prompt{Code: code, Refresh: p.refresh}
}

func (p *phone) Poll(_ context.Context, tx *mss.Transaction, hold time.Duration) (*mss.Status, error) {
	p.polls = append(p.polls, time.Since(p.begun))
	p.holds = append(p.holds, hold)
	if err := p.pollErrs[len(p.polls)]; err != nil {
		return nil, err
	}
	if time.Since(p.begun) >= p.answers {
		return &mss.Status{Evidence: &mss.Evidence{Transaction: *tx}}, nil
	}
	return &mss.Status{After: 5 * time.Second, Hint: p.hint}, nil
}

func (p *phone) Verify(ev *mss.Evidence) (*mss.Signature, error) {
	return &mss.Signature{Evidence: ev}, nil
}

// every5s returns the first n multiples of 5 s.
func every5s(n int) (times []time.Duration) {
	for i := range n {
		times = append(times, time.Duration(i+1)*5*time.Second)
	}
	return times
}

func TestWaitPollsAtTheProvidersPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &phone{answers: 78 * time.Second}
		var shown []mss.Prompt
		sig, err := mss.Sign(t.Context(), p, &mss.Request{}, func(s mss.Prompt) { shown = append(shown, s) })
		require.NoError(t, err)
		require.NotNil(t, sig)
		require.Equal(t, every5s(16), p.polls, "an 80 s wait: first after 5 s, then every 5 s")
		require.Equal(t, []mss.Prompt{{Code: "K7"}}, shown, "a prompt that does not change is shown once")
		require.Equal(t, 30*time.Second, p.holds[0])
	})
}

func TestWaitRepeatsOnlyPollsThatFailedInTransport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := &mss.TransportError{Sent: mss.MaybeSent, Err: errors.New("cut")}
		p := &phone{answers: 20 * time.Second, pollErrs: map[int]error{1: broken, 3: broken}}
		_, err := mss.Sign(t.Context(), p, &mss.Request{}, func(mss.Prompt) {})
		require.NoError(t, err)
		require.Equal(t, every5s(4), p.polls)

		fault := &mss.Fault{Code: mss.UnauthorizedAccess, Operation: mss.OpStatusQuery}
		p = &phone{answers: 20 * time.Second, pollErrs: map[int]error{2: fault}}
		_, err = mss.Sign(t.Context(), p, &mss.Request{}, func(mss.Prompt) {})
		require.ErrorIs(t, err, mss.UnauthorizedAccess)
		require.Len(t, p.polls, 2)
	})
}

func TestWaitEndsAtTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &phone{answers: time.Hour}
		_, err := mss.Sign(t.Context(), p, &mss.Request{}, func(mss.Prompt) {})
		require.ErrorIs(t, err, mss.ErrUnknownOutcome)
		require.True(t, mss.MayHaveRung(err))
		require.Equal(t, 90*time.Second, time.Since(p.begun))
		require.Equal(t, 90*time.Second, p.polls[len(p.polls)-1], "a last look at the deadline")
	})
}

func TestWaitShowsEveryChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &phone{answers: 12 * time.Second, refresh: time.Second, hint: "userSign"}
		var shown []mss.Prompt
		_, err := mss.Sign(t.Context(), p, &mss.Request{}, func(s mss.Prompt) { shown = append(shown, s) })
		require.NoError(t, err)
		require.Equal(t, every5s(3), p.polls)
		require.Len(t, shown, 15, "each second from 0 s to 14 s")
		require.Equal(t, "0s", shown[0].Code)
		require.Equal(t, "userSign", shown[len(shown)-1].Hint)
		for _, h := range p.holds {
			require.Zero(t, h, "a poll that is held would freeze the prompt")
		}
	})
}

func TestWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reason := errors.New("the person closed the page")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(7*time.Second, func() { cancel(reason) })
		p := &phone{answers: time.Hour}
		_, err := mss.Sign(ctx, p, &mss.Request{}, func(mss.Prompt) {})
		require.ErrorIs(t, err, reason)
		require.True(t, mss.MayHaveRung(err))
		require.Equal(t, 7*time.Second, time.Since(p.begun))
	})
}

func TestSignNeedsSomebodyToShow(t *testing.T) {
	p := &phone{}
	_, err := mss.Sign(t.Context(), p, &mss.Request{}, nil)
	var re *mss.RequestError
	require.ErrorAs(t, err, &re)
	require.True(t, p.begun.IsZero(), "nothing was started")

	p.startErr = &mss.RequestError{Field: "Display", Reason: "is required"}
	_, err = mss.Sign(t.Context(), p, &mss.Request{}, func(mss.Prompt) {})
	require.ErrorIs(t, err, p.startErr)
}

// wrapped is a service around another, as instrumentation makes them.
type wrapped struct{ mss.Service }

func (w wrapped) Unwrap() mss.Service { return w.Service }

// able is a phone with every ability.
type able struct{ phone }

func (*able) Cancel(context.Context, *mss.Transaction) error { return nil }
func (*able) Health(context.Context) error                   { return nil }
func (*able) ProfileQuery(context.Context, mss.User) (*mss.Profile, error) {
	return &mss.Profile{SignatureProfiles: []string{"x"}}, nil
}
func (*able) Receipt(context.Context, *mss.Signature, mss.Message) (*mss.ReceiptAnswer, error) {
	return &mss.ReceiptAnswer{Outcome: mss.ReceiptAccepted}, nil
}

func TestAbilities(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for _, svc := range []mss.Service{&able{}, wrapped{&able{}}, wrapped{wrapped{&able{}}}} {
		p, err := mss.ProfileQuery(ctx, svc, mss.User{})
		require.NoError(t, err)
		require.Equal(t, []string{"x"}, p.SignatureProfiles)
		r, err := mss.Receipt(ctx, svc, nil, mss.Message{})
		require.NoError(t, err)
		require.Equal(t, mss.ReceiptAccepted, r.Outcome)
		require.NoError(t, mss.Cancel(ctx, svc, nil))
		require.NoError(t, mss.Health(ctx, svc))
	}
	for _, svc := range []mss.Service{nil, &phone{}, wrapped{&phone{}}} {
		_, err := mss.ProfileQuery(ctx, svc, mss.User{})
		require.ErrorIs(t, err, errors.ErrUnsupported)
		_, err = mss.Receipt(ctx, svc, nil, mss.Message{})
		require.ErrorIs(t, err, errors.ErrUnsupported)
		require.ErrorIs(t, mss.Cancel(ctx, svc, nil), errors.ErrUnsupported)
		require.ErrorIs(t, mss.Health(ctx, svc), errors.ErrUnsupported)
	}
}
