package msstest_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
)

// client makes the real client of a server.
func client(t testing.TB, srv *msstest.Server) *mssp.Client {
	t.Helper()
	c, err := mssp.New(mssp.Config{HTTP: srv.HTTP(), APID: srv.APID(), Prefix: srv.Prefix(), Anchors: srv.Anchors(),
		Defaults: mssp.Options{Profile: mssp.ProfileAny}})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func login(t testing.TB, srv *msstest.Server) *mss.Request {
	t.Helper()
	number, err := mss.ParseMSISDN(anna)
	require.NoError(t, err)
	return &mss.Request{Purpose: mss.Authentication, User: mss.User{MSISDN: number}, Display: srv.Prefix() + "Log in?", Language: "de"}
}

// signers are the two modes of the real client.
var signers = map[string]func(*testing.T, *mssp.Client, *mss.Request) (*mss.Signature, error){
	"synchronous": func(t *testing.T, c *mssp.Client, r *mss.Request) (*mss.Signature, error) {
		return c.SignSync(t.Context(), r)
	},
	"asynchronous": func(t *testing.T, c *mssp.Client, r *mss.Request) (*mss.Signature, error) {
		return mss.Sign(t.Context(), c, r, func(mss.Prompt) {})
	},
}

// result is what a client came to.
type result struct {
	sig   *mss.Signature
	err   error
	after time.Duration
}

// begin lets the client sign, and returns when the phone shows it.
func begin(t *testing.T, srv *msstest.Server, mode string) <-chan result {
	t.Helper()
	c := client(t, srv)
	ended, start := make(chan result, 1), time.Now()
	go func() {
		sig, err := signers[mode](t, c, login(t, srv))
		ended <- result{sig, err, time.Since(start)}
	}()
	synctest.Wait()
	return ended
}

// requireCode wants a fault, or a verified signature (0).
func (r *result) requireCode(t *testing.T, want mss.Code) {
	t.Helper()
	if want == 0 {
		require.NoError(t, r.err)
		require.True(t, r.sig.Verified())
		return
	}
	f, ok := errors.AsType[*mss.Fault](r.err)
	require.True(t, ok, "%v", r.err)
	require.Equal(t, want, f.Code)
}

// only returns what waits, of which there is one.
func only(t *testing.T, srv *msstest.Server) msstest.Outstanding {
	t.Helper()
	list := srv.Outstanding()
	require.Len(t, list, 1)
	return list[0]
}

// ignores is a person who does nothing by themselves.
var ignores = msstest.Person{Do: msstest.Ignore, Receipt: msstest.ReceiptTimeout}

func TestAct(t *testing.T) {
	t.Parallel()
	for mode := range signers {
		for _, tt := range []struct {
			name string
			act  msstest.Action
			want mss.Code
		}{
			{"signs", msstest.Sign, 0},
			{"cancels", msstest.Cancel, mss.UserCancel},
			{"blocks the PIN", msstest.BlockPIN, mss.PinBlocked},
			{"lets it expire", msstest.Ignore, mss.ExpiredTransaction},
		} {
			t.Run(mode+" "+tt.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					srv := inProcess(t, nil)
					srv.Script(anna, ignores)
					began := time.Now()
					ended := begin(t, srv, mode)
					o := only(t, srv)
					require.NotEmpty(t, o.ID)
					require.Equal(t, msstest.Outstanding{ID: o.ID, Kind: msstest.KindSignature, Since: began, Until: o.Until, Number: anna,
						Text: srv.Prefix() + "Log in?", Language: "DE", Method: msstest.SIM}, o)
					require.Greater(t, o.Until.Sub(began), 30*time.Second)

					time.Sleep(20 * time.Second)
					require.Empty(t, ended, "it waits")
					require.True(t, srv.Act(o.ID, tt.act))
					require.Empty(t, srv.Outstanding())
					for _, again := range []msstest.Action{msstest.Sign, msstest.Cancel} {
						require.False(t, srv.Act(o.ID, again), "decided is decided")
					}
					r := <-ended
					r.requireCode(t, tt.want)
					if mode == "synchronous" {
						require.Equal(t, 20*time.Second, r.after, "at once")
					}
					srv.AssertPrompts(t, 1)
				})
			})
		}
	}
}

// Nobody decides: it ends by itself, and cannot be decided any more.
func TestNobodyActs(t *testing.T) {
	t.Parallel()
	for mode := range signers {
		synctest.Test(t, func(t *testing.T) {
			srv := inProcess(t, nil)
			srv.Script(anna, ignores)
			ended := begin(t, srv, mode)
			o := only(t, srv)
			r := <-ended
			r.requireCode(t, mss.ExpiredTransaction)
			require.False(t, time.Now().Before(o.Until))
			require.False(t, srv.Act(o.ID, msstest.Sign))
			require.Empty(t, srv.Outstanding())
		})
	}
}

// A human can be faster than the script, and think otherwise.
func TestActBeforeTheScript(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := inProcess(t, nil)
		srv.Script(anna, msstest.Person{After: 30 * time.Second})
		ended := begin(t, srv, "synchronous")
		require.True(t, srv.Act(only(t, srv).ID, msstest.Cancel))
		r := <-ended
		r.requireCode(t, mss.UserCancel)
		require.Zero(t, r.after)
	})
}

func TestActOnNothing(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	for _, id := range []string{"", "unknown", "_"} {
		require.False(t, srv.Act(id, msstest.Sign))
		require.False(t, srv.ActReceipt(id, msstest.ReceiptOK))
	}
	require.Empty(t, srv.Outstanding())
	require.Panics(t, func() { srv.Act("x", -1) })
	require.Panics(t, func() { srv.Act("x", msstest.BlockPIN+1) })
	require.Panics(t, func() { srv.ActReceipt("x", -1) })
	require.Panics(t, func() { srv.ActReceipt("x", msstest.ReceiptUnheard+1) })
}

// Of several people at one phone one is the first, and the client hears of that one.
func TestActTogether(t *testing.T) {
	t.Parallel()
	codes := map[msstest.Action]mss.Code{msstest.Sign: 0, msstest.Cancel: mss.UserCancel, msstest.BlockPIN: mss.PinBlocked}
	for i := range 20 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			srv := msstest.NewServer(t, nil)
			srv.Script(anna, ignores)
			c := client(t, srv)
			ended := make(chan result, 1)
			go func() {
				sig, err := c.SignSync(t.Context(), login(t, srv))
				ended <- result{sig: sig, err: err}
			}()
			require.Eventually(t, func() bool { return len(srv.Outstanding()) == 1 }, 10*time.Second, time.Millisecond)
			id := only(t, srv).ID
			var all sync.WaitGroup
			var winners atomic.Int32
			var winner atomic.Int64
			for a := range codes {
				for range 3 {
					all.Go(func() {
						if srv.Act(id, a) {
							winners.Add(1)
							winner.Store(int64(a))
						}
					})
				}
			}
			all.Wait()
			require.EqualValues(t, 1, winners.Load())
			r := <-ended
			r.requireCode(t, codes[msstest.Action(winner.Load())])
		})
	}
}

func TestActReceipt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		act  msstest.ReceiptAction
		want mss.ReceiptOutcome
	}{
		{msstest.ReceiptOK, mss.ReceiptAccepted},
		{msstest.ReceiptCancel, mss.ReceiptCancelled},
		{msstest.ReceiptTimeout, mss.ReceiptTimedOut},
		{msstest.ReceiptUnheard, mss.ReceiptUnheard},
	} {
		synctest.Test(t, func(t *testing.T) {
			srv := inProcess(t, nil)
			srv.Script(anna, ignores)
			c := client(t, srv)
			var sig *mss.Signature
			ended := make(chan error, 1)
			sign := func() {
				var err error
				sig, err = c.SignSync(t.Context(), login(t, srv))
				ended <- err
			}
			go sign()
			synctest.Wait()
			id := only(t, srv).ID
			require.False(t, srv.ActReceipt(id, tt.act), "no receipt yet")
			require.True(t, srv.Act(id, msstest.Sign))
			require.NoError(t, <-ended)

			began := time.Now()
			var answer *mss.ReceiptAnswer
			go func() {
				var err error
				answer, err = c.Receipt(t.Context(), sig, mss.Message{Text: srv.Prefix() + "Thanks", Language: "fr", Ack: true})
				ended <- err
			}()
			synctest.Wait()
			require.Equal(t, msstest.Outstanding{ID: id, Kind: msstest.KindReceipt, Since: began, Until: began.Add(time.Minute), Number: anna,
				Text: srv.Prefix() + "Thanks", Language: "FR", Method: msstest.SIM}, only(t, srv))
			require.False(t, srv.Act(id, msstest.Sign), "that is decided")
			time.Sleep(10 * time.Second)
			require.True(t, srv.ActReceipt(id, tt.act))
			require.False(t, srv.ActReceipt(id, msstest.ReceiptOK))
			require.Empty(t, srv.Outstanding())
			require.NoError(t, <-ended)
			require.Equal(t, tt.want, answer.Outcome)
			require.Equal(t, 10*time.Second, time.Since(began), "at once")
			srv.AssertReceipts(t, 1)
		})
	}
}

// A PIN that a human has blocked stays so until the person is scripted again.
func TestBlockedPINStaysBlocked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := inProcess(t, nil)
		srv.Script(anna, ignores)
		ended := begin(t, srv, "synchronous")
		require.True(t, srv.Act(only(t, srv).ID, msstest.BlockPIN))
		r := <-ended
		r.requireCode(t, mss.PinBlocked)
		_, err := client(t, srv).SignSync(t.Context(), login(t, srv))
		r = result{err: err}
		r.requireCode(t, mss.PinBlocked)
		srv.AssertPrompts(t, 1)
		srv.Script(anna, msstest.Person{})
		_, err = client(t, srv).SignSync(t.Context(), login(t, srv))
		require.NoError(t, err)

		srv.Script(anna, ignores)
		ended = begin(t, srv, "synchronous")
		srv.Script(anna, msstest.Person{PINBlocked: msstest.SIM})
		require.True(t, srv.Act(only(t, srv).ID, msstest.Sign))
		r = <-ended
		r.requireCode(t, mss.PinBlocked)
	})
}

func TestNoNetwork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := inProcess(t, nil)
		lost := ignores
		lost.NoNetwork = true
		srv.Script(anna, lost)
		c := client(t, srv)
		_, err := c.SignSync(t.Context(), login(t, srv))
		r := result{err: err}
		r.requireCode(t, mss.OTAError)
		srv.AssertPrompts(t, 0)
		require.Empty(t, srv.Outstanding())

		srv.Script(anna, ignores)
		ended := begin(t, srv, "synchronous")
		o := only(t, srv)
		srv.Script(anna, lost)
		require.Equal(t, []msstest.Outstanding{o}, srv.Outstanding(), "it is still on the screen")
		require.False(t, srv.Act(o.ID, msstest.Sign), "nothing comes through")
		srv.Script(anna, ignores)
		require.True(t, srv.Act(o.ID, msstest.Sign))
		r = <-ended
		r.requireCode(t, 0)

		srv.Script(anna, lost)
		began := time.Now()
		reading := make(chan *mss.ReceiptAnswer, 1)
		go func() {
			answer, _ := c.Receipt(t.Context(), r.sig, mss.Message{Text: srv.Prefix() + "Thanks", Language: "en", Ack: true})
			reading <- answer
		}()
		synctest.Wait()
		require.Empty(t, srv.Outstanding())
		require.False(t, srv.ActReceipt(o.ID, msstest.ReceiptOK))
		require.Equal(t, mss.ReceiptUnheard, (<-reading).Outcome)
		require.Equal(t, 80*time.Second, time.Since(began))
	})
}

// Another SIM card is another serial number, with another key.
func TestChangedSIM(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	c := client(t, srv)
	sign := func(serial string) *mss.Signature {
		srv.Script(anna, msstest.Person{Serial: serial})
		sig, err := c.SignSync(t.Context(), login(t, srv))
		require.NoError(t, err)
		return sig
	}
	first, second, again := sign("MIDCHE0000000001"), sign("MIDCHE0000000002"), sign("MIDCHE0000000001")
	require.NotEqual(t, first.Signer.ID, second.Signer.ID)
	require.NotEqual(t, first.Signer.Chain[0].PublicKey, second.Signer.Chain[0].PublicKey)
	require.Equal(t, first.Signer.Chain[0].Raw, again.Signer.Chain[0].Raw)
}
