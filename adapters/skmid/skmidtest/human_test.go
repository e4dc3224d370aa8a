package skmidtest_test

import (
	"crypto"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/skmid"
	"github.com/gomss/gomss/adapters/skmid/skmidtest"
	"github.com/gomss/gomss/mss"
)

// client makes the real client of a server.
func client(t testing.TB, srv *skmidtest.Server) *skmid.Client {
	t.Helper()
	c, err := skmid.New(skmid.Config{
		HTTP: srv.HTTP(), RelyingPartyName: srv.RelyingPartyName(), RelyingPartyUUID: srv.RelyingPartyUUID(), Anchors: srv.Anchors(),
	})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func request(t testing.TB, p mss.Purpose) *mss.Request {
	t.Helper()
	number, err := mss.ParseMSISDN(phone)
	require.NoError(t, err)
	person, err := mss.ParsePersonID("EE", code)
	require.NoError(t, err)
	r := &mss.Request{Purpose: p, User: mss.User{MSISDN: number, Person: person}, Display: "Log in?", Language: "et"}
	if p == mss.Signing {
		r.Data = mss.Digest(crypto.SHA256, digest[:])
	}
	return r
}

// result is what a client came to.
type result struct {
	sig    *mss.Signature
	err    error
	after  time.Duration
	prompt mss.Prompt
}

// begin lets the real client wait for a person, and returns when the phone shows it.
func begin(t *testing.T, srv *skmidtest.Server, p mss.Purpose) <-chan result {
	t.Helper()
	c, r := client(t, srv), request(t, p)
	ended, start := make(chan result, 1), time.Now()
	go func() {
		var out result
		out.sig, out.err = mss.Sign(t.Context(), c, r, func(p mss.Prompt) { out.prompt = p })
		out.after = time.Since(start)
		ended <- out
	}()
	synctest.Wait()
	return ended
}

// requireNative wants a fault with the service's word, or a verified signature ("OK").
func (r *result) requireNative(t *testing.T, want skmidtest.Result) {
	t.Helper()
	if want == skmidtest.OK {
		require.NoError(t, r.err)
		require.True(t, r.sig.Verified())
		return
	}
	f, ok := errors.AsType[*mss.Fault](r.err)
	require.True(t, ok, "%v", r.err)
	require.Equal(t, string(want), f.Native)
}

// only returns what waits, of which there is one.
func only(t *testing.T, srv *skmidtest.Server) skmidtest.Outstanding {
	t.Helper()
	list := srv.Outstanding()
	require.Len(t, list, 1)
	return list[0]
}

// ignores is a person who does nothing by themselves.
var ignores = skmidtest.Person{Result: skmidtest.Timeout}

func TestAct(t *testing.T) {
	t.Parallel()
	for purpose, kind := range map[mss.Purpose]skmidtest.Kind{mss.Authentication: skmidtest.KindLogin, mss.Signing: skmidtest.KindSignature} {
		for act, want := range map[skmidtest.Result]skmidtest.Result{
			skmidtest.OK: skmidtest.OK, "": skmidtest.OK, skmidtest.Cancelled: skmidtest.Cancelled, skmidtest.Timeout: skmidtest.Timeout,
			skmidtest.BlockPIN: skmidtest.SIMError, skmidtest.PhoneAbsent: skmidtest.PhoneAbsent, "SOMETHING_NEW": "SOMETHING_NEW",
		} {
			t.Run(fmt.Sprintf("%s %q", kind, act), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					srv, _ := inProcess(t, nil)
					srv.Script(phone, code, ignores)
					began := time.Now()
					ended := begin(t, srv, purpose)
					o := only(t, srv)
					require.NotEmpty(t, o.ID)
					require.Equal(t, skmidtest.Outstanding{ID: o.ID, Kind: kind, Since: began, Until: began.Add(2 * time.Minute),
						Number: phone, Identity: code, Text: "Log in?", Language: "EST", Control: o.Control}, o)

					time.Sleep(17 * time.Second)
					require.Empty(t, ended, "it waits")
					require.True(t, srv.Act(o.ID, act))
					require.Empty(t, srv.Outstanding())
					for _, again := range []skmidtest.Result{skmidtest.OK, skmidtest.Cancelled} {
						require.False(t, srv.Act(o.ID, again), "decided is decided")
					}
					r := <-ended
					r.requireNative(t, want)
					require.Equal(t, o.Control, r.prompt.Code, "the same on both screens")
					require.Equal(t, 17*time.Second, r.after, "at once: the client's call waits with the phone")
					srv.AssertPrompts(t, 1)
				})
			})
		}
	}
}

// Nobody decides: it ends by itself, and cannot be decided any more.
func TestNobodyActs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, _ := inProcess(t, nil)
		srv.Script(phone, code, ignores)
		ended := begin(t, srv, mss.Signing)
		o := only(t, srv)
		r := <-ended
		r.requireNative(t, skmidtest.Timeout)
		require.Equal(t, 2*time.Minute, r.after)
		require.False(t, srv.Act(o.ID, skmidtest.OK))
		require.Empty(t, srv.Outstanding())
	})
}

// A human can be faster than the script, and think otherwise.
func TestActBeforeTheScript(t *testing.T) {
	t.Parallel()
	for script, act := range map[skmidtest.Result]skmidtest.Result{skmidtest.OK: skmidtest.Cancelled, skmidtest.Cancelled: skmidtest.OK} {
		synctest.Test(t, func(t *testing.T) {
			srv, _ := inProcess(t, nil)
			srv.Script(phone, code, skmidtest.Person{Result: script, After: 30 * time.Second})
			ended := begin(t, srv, mss.Authentication)
			require.True(t, srv.Act(only(t, srv).ID, act))
			r := <-ended
			r.requireNative(t, act)
			require.Zero(t, r.after)
		})
	}
}

// What no phone shows nobody can decide.
func TestActOnNothing(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	for _, id := range []string{"", "unknown", "00000000-0000-4000-8000-000000000000"} {
		require.False(t, srv.Act(id, skmidtest.OK))
	}
	for _, r := range []skmidtest.Result{skmidtest.NotClient, skmidtest.PhoneAbsent, skmidtest.DeliveryError} {
		srv.Script(phone, code, skmidtest.Person{Result: r, After: time.Minute})
		c.post("/authentication", c.ask())
		require.Empty(t, srv.Outstanding(), r)
		list := srv.Requests()
		require.False(t, srv.Act(list[len(list)-1].SessionID, skmidtest.OK), r)
	}
	c.post("/authentication", c.askFor("+37250000099", code))
	list := srv.Requests()
	require.False(t, srv.Act(list[len(list)-1].SessionID, skmidtest.OK), "nobody has this number")
	require.Panics(t, func() { srv.Act("x", skmidtest.Result(make([]byte, 65))) })
}

// Of several people at one phone one is the first, and the client hears of that one.
func TestActTogether(t *testing.T) {
	t.Parallel()
	acts := map[skmidtest.Result]skmidtest.Result{skmidtest.OK: skmidtest.OK, skmidtest.Cancelled: skmidtest.Cancelled, skmidtest.BlockPIN: skmidtest.SIMError}
	for i := range 20 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			srv := skmidtest.NewServer(t, nil)
			srv.Script(phone, code, ignores)
			c, req := client(t, srv), request(t, mss.Authentication)
			ended := make(chan result, 1)
			go func() {
				var r result
				r.sig, r.err = mss.Sign(t.Context(), c, req, func(mss.Prompt) {})
				ended <- r
			}()
			require.Eventually(t, func() bool { return len(srv.Outstanding()) == 1 }, 10*time.Second, time.Millisecond)
			id := only(t, srv).ID
			var all sync.WaitGroup
			var winners atomic.Int32
			var winner atomic.Value
			for act := range acts {
				for range 3 {
					all.Go(func() {
						if srv.Act(id, act) {
							winners.Add(1)
							winner.Store(act)
						}
					})
				}
			}
			all.Wait()
			require.EqualValues(t, 1, winners.Load())
			r := <-ended
			r.requireNative(t, acts[winner.Load().(skmidtest.Result)])
		})
	}
}

// A PIN that a human has blocked stays so until the person is scripted again.
func TestBlockedPINStaysBlocked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, _ := inProcess(t, nil)
		srv.Script(phone, code, ignores)
		ended := begin(t, srv, mss.Authentication)
		waiting := begin(t, srv, mss.Signing)
		list := srv.Outstanding()
		require.Len(t, list, 2)
		require.True(t, srv.Act(list[0].ID, skmidtest.BlockPIN))
		require.True(t, srv.Act(list[1].ID, skmidtest.OK))
		for _, c := range []<-chan result{ended, waiting, begin(t, srv, mss.Authentication)} {
			r := <-c
			r.requireNative(t, skmidtest.SIMError)
		}
		require.Empty(t, srv.Outstanding())
		srv.Script(phone, code, skmidtest.Person{})
		r := <-begin(t, srv, mss.Authentication)
		r.requireNative(t, skmidtest.OK)
		srv.Script(phone, code, skmidtest.Person{PINBlocked: true, After: time.Minute})
		r = <-begin(t, srv, mss.Authentication)
		r.requireNative(t, skmidtest.SIMError)
		require.Zero(t, r.after)
		srv.Script(phone, code, skmidtest.Person{Result: skmidtest.BlockPIN, After: time.Second})
		r = <-begin(t, srv, mss.Authentication)
		r.requireNative(t, skmidtest.SIMError)
	})
}

func TestNoNetwork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, _ := inProcess(t, nil)
		lost := ignores
		lost.NoNetwork, lost.After = true, 5*time.Second
		srv.Script(phone, code, lost)
		ended := begin(t, srv, mss.Authentication)
		require.Empty(t, srv.Outstanding())
		r := <-ended
		r.requireNative(t, skmidtest.PhoneAbsent)
		require.Equal(t, 5*time.Second, r.after)

		srv.Script(phone, code, ignores)
		ended = begin(t, srv, mss.Authentication)
		o := only(t, srv)
		srv.Script(phone, code, lost)
		require.Equal(t, []skmidtest.Outstanding{o}, srv.Outstanding(), "it is still on the screen")
		require.False(t, srv.Act(o.ID, skmidtest.OK), "nothing comes through")
		srv.Script(phone, code, ignores)
		require.True(t, srv.Act(o.ID, skmidtest.OK))
		r = <-ended
		r.requireNative(t, skmidtest.OK)
	})
}

// Another SIM card is another key with another certificate, for the same person.
func TestChangedSIM(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, _ := inProcess(t, nil)
		sign := func(card int) *mss.Signature {
			srv.Script(phone, code, skmidtest.Person{Card: card})
			r := <-begin(t, srv, mss.Authentication)
			require.NoError(t, r.err)
			return r.sig
		}
		first, second, again := sign(0), sign(1), sign(0)
		require.Equal(t, first.Signer.ID, second.Signer.ID)
		require.NotEqual(t, first.Signer.Chain[0].PublicKey, second.Signer.Chain[0].PublicKey)
		require.Equal(t, first.Signer.Chain[0].Raw, again.Signer.Chain[0].Raw)
	})
}

// Several questions are there in the order in which they came, until they are forgotten.
func TestOutstandingOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, c := inProcess(t, nil)
		var want []string
		for i := range 9 {
			number := fmt.Sprintf("+3725000010%d", i)
			srv.Script(number, code, ignores)
			want = append(want, c.post("/signature", c.askFor(number, code)).SessionID)
			time.Sleep(time.Second)
		}
		var got []string
		for _, o := range srv.Outstanding() {
			got = append(got, o.ID)
		}
		require.Equal(t, want, got)
		require.True(t, srv.Act(want[4], skmidtest.OK))
		require.Len(t, srv.Outstanding(), 8)
		require.False(t, slices.ContainsFunc(srv.Outstanding(), func(o skmidtest.Outstanding) bool { return o.ID == want[4] }))
		time.Sleep(10 * time.Minute)
		require.Empty(t, srv.Outstanding())
	})
}

// An answer that says RUNNING for ever can be decided once nevertheless.
func TestActOnForgedRunning(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, c := inProcess(t, nil)
		srv.Script(phone, code, skmidtest.Person{Forge: skmidtest.ForgeRunning, After: time.Minute})
		path := c.start(authentication, c.ask())
		id := only(t, srv).ID
		var all sync.WaitGroup
		var state string
		all.Go(func() { state = c.get(path).State })
		all.Go(func() { srv.Act(id, skmidtest.Cancelled) })
		all.Wait()
		require.Equal(t, "RUNNING", state)
		require.False(t, srv.Act(id, skmidtest.OK))
		require.Equal(t, "USER_CANCELLED", *c.get(path).Result)
	})
}
