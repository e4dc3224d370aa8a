package bankidtest_test

import (
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/bankid"
	"github.com/gomss/gomss/adapters/bankid/bankidtest"
	"github.com/gomss/gomss/mss"
)

// client makes the real client of a server.
func client(t testing.TB, srv *bankidtest.Server) *bankid.Client {
	t.Helper()
	c, err := bankid.New(bankid.Config{HTTP: srv.HTTP(), Anchors: srv.Anchors()})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func request(p mss.Purpose) *mss.Request {
	return &mss.Request{Purpose: p, EndUserIP: netip.MustParseAddr("192.0.2.7"), Display: "Logga in?"}
}

// result is what a client came to.
type result struct {
	sig   *mss.Signature
	err   error
	after time.Duration
}

// screen is what the client shows, the last of it.
type screen struct {
	mu   sync.Mutex
	last mss.Prompt
}

func (s *screen) show(p mss.Prompt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = p
}

func (s *screen) seen() mss.Prompt {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// begin lets the real client wait for a person, and returns when the order is there.
func begin(t *testing.T, srv *bankidtest.Server, r *mss.Request) (<-chan result, *screen) {
	t.Helper()
	c, sc := client(t, srv), new(screen)
	ended, start := make(chan result, 1), time.Now()
	go func() {
		sig, err := mss.Sign(t.Context(), c, r, sc.show)
		ended <- result{sig, err, time.Since(start)}
	}()
	synctest.Wait()
	return ended, sc
}

// requireNative wants a fault with the service's hint, or a verified signature (Sign).
func (r *result) requireNative(t *testing.T, want bankidtest.Act) {
	t.Helper()
	if want == bankidtest.Sign {
		require.NoError(t, r.err)
		require.True(t, r.sig.Verified())
		return
	}
	f, ok := errors.AsType[*mss.Fault](r.err)
	require.True(t, ok, "%v", r.err)
	require.Equal(t, string(want), f.Native)
}

// only returns what waits, of which there is one.
func only(t *testing.T, srv *bankidtest.Server) bankidtest.Outstanding {
	t.Helper()
	list := srv.Outstanding()
	require.Len(t, list, 1)
	return list[0]
}

// ignores is a person who does nothing by themselves.
var ignores = bankidtest.Person{Number: number, Manual: true, Does: bankidtest.Ignore}

// scans are the ways in which an order comes to an app.
var scans = map[string]func(t *testing.T, srv *bankidtest.Server, o bankidtest.Outstanding, p mss.Prompt){
	"by its number": func(t *testing.T, srv *bankidtest.Server, o bankidtest.Outstanding, _ mss.Prompt) {
		require.True(t, srv.PickUp(o.ID))
	},
	"by the code": func(t *testing.T, srv *bankidtest.Server, _ bankidtest.Outstanding, p mss.Prompt) {
		require.NoError(t, srv.Scan(p.QR.Reveal()))
	},
	"by the link": func(t *testing.T, srv *bankidtest.Server, o bankidtest.Outstanding, _ mss.Prompt) {
		require.NoError(t, srv.Open(o.Link))
	},
}

func TestActOnAnOrder(t *testing.T) {
	t.Parallel()
	for purpose, kind := range map[mss.Purpose]bankidtest.Kind{mss.Authentication: bankidtest.KindLogin, mss.Signing: bankidtest.KindSignature} {
		for way, scan := range scans {
			for act, want := range map[bankidtest.Act]bankidtest.Act{
				bankidtest.Sign: bankidtest.Sign, bankidtest.Cancel: bankidtest.Cancel, bankidtest.BlockPIN: bankidtest.CertificateErr,
				bankidtest.Ignore: "expiredTransaction", "somethingNew": "somethingNew",
			} {
				t.Run(fmt.Sprintf("%s %s %s", kind, way, act), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						srv, _ := inProcess(t, nil)
						srv.Script(bankidtest.Anyone, ignores)
						began := time.Now()
						ended, sc := begin(t, srv, request(purpose))
						o := only(t, srv)
						require.NotEmpty(t, o.ID)
						require.NotEmpty(t, o.From)
						require.Contains(t, o.Link, "https://app.bankid.com/?autostarttoken=")
						require.Equal(t, bankidtest.Outstanding{ID: o.ID, Kind: kind, Since: began, Until: began.Add(30 * time.Second),
							From: o.From, Text: "Logga in?", Link: o.Link}, o)

						time.Sleep(10*time.Second + 500*time.Millisecond)
						synctest.Wait()
						scan(t, srv, o, sc.seen())
						require.False(t, srv.PickUp(o.ID), "an app has it")
						o.PickedUp, o.Number, o.Until = true, number, began.Add(3*time.Minute)
						require.Equal(t, o, only(t, srv))
						time.Sleep(40 * time.Second)
						require.Equal(t, "userSign", sc.seen().Hint)
						require.Empty(t, ended, "it waits")
						require.True(t, srv.Act(o.ID, act))
						require.Empty(t, srv.Outstanding())
						require.False(t, srv.Act(o.ID, bankidtest.Sign), "decided is decided")
						r := <-ended
						r.requireNative(t, want)
						require.LessOrEqual(t, r.after, 55*time.Second)
						srv.AssertPrompts(t, 1)
						require.False(t, srv.Act(o.ID, bankidtest.Sign))
						require.False(t, srv.PickUp(o.ID))
					})
				})
			}
		}
	}
}

// Nobody decides, with the app or without.
func TestNobodyActs(t *testing.T) {
	t.Parallel()
	for picked, want := range map[bool]bankidtest.Act{true: "expiredTransaction", false: "startFailed"} {
		synctest.Test(t, func(t *testing.T) {
			srv, _ := inProcess(t, nil)
			srv.Script(bankidtest.Anyone, ignores)
			ended, _ := begin(t, srv, request(mss.Signing))
			o := only(t, srv)
			if picked {
				require.True(t, srv.PickUp(o.ID))
			}
			r := <-ended
			r.requireNative(t, want)
			require.Empty(t, srv.Outstanding())
			require.False(t, srv.Act(o.ID, bankidtest.Sign))
			require.False(t, srv.PickUp(o.ID))
		})
	}
}

// Cancelling needs no app: the person closes the page, or the app never comes to it.
func TestActBeforePickUp(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		act, want bankidtest.Act
		prompts   int
	}{
		{bankidtest.Cancel, bankidtest.Cancel, 0}, {bankidtest.Sign, bankidtest.Sign, 1}, {bankidtest.BlockPIN, bankidtest.CertificateErr, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			srv, _ := inProcess(t, nil)
			srv.Script(bankidtest.Anyone, ignores)
			ended, _ := begin(t, srv, request(mss.Signing))
			require.True(t, srv.Act(only(t, srv).ID, tt.act))
			r := <-ended
			r.requireNative(t, tt.want)
			srv.AssertPrompts(t, tt.prompts)
		})
	}
}

func TestActOnNothing(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	for _, id := range []string{"", "unknown", "00000000-0000-4000-8000-000000000000"} {
		require.False(t, srv.Act(id, bankidtest.Sign))
		require.False(t, srv.PickUp(id))
	}
	srv.Script(bankidtest.Anyone, ignores)
	a := c.start("/auth", askAuth)
	require.Equal(t, 200, c.cancel(a.OrderRef).status)
	require.False(t, srv.Act(a.OrderRef, bankidtest.Sign), "the client has cancelled it")
	require.False(t, srv.PickUp(a.OrderRef))
	require.Empty(t, srv.Outstanding())
	for _, bad := range []bankidtest.Act{"", bankidtest.Act(make([]byte, 65))} {
		require.Panics(t, func() { srv.Act("x", bad) })
	}
}

// Of several people one is the first, to pick an order up and to decide, and that is what collect tells.
func TestActTogether(t *testing.T) {
	t.Parallel()
	acts := map[bankidtest.Act]string{bankidtest.Sign: "complete ", bankidtest.Cancel: "failed userCancel", bankidtest.BlockPIN: "failed certificateErr"}
	for i := range 20 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			srv, c := inProcess(t, nil)
			srv.Script(bankidtest.Anyone, ignores)
			ref := c.start("/auth", askAuth).OrderRef
			var all sync.WaitGroup
			var pickers, winners atomic.Int32
			var winner atomic.Value
			for range 5 {
				all.Go(func() {
					if srv.PickUp(ref) {
						pickers.Add(1)
					}
				})
			}
			all.Wait()
			require.EqualValues(t, 1, pickers.Load())
			for act := range acts {
				for range 3 {
					all.Go(func() {
						if srv.Act(ref, act) {
							winners.Add(1)
							winner.Store(act)
						}
					})
				}
			}
			all.Wait()
			require.EqualValues(t, 1, winners.Load())
			require.Equal(t, acts[winner.Load().(bankidtest.Act)], c.hint(ref))
			srv.AssertPrompts(t, 1)
		})
	}
}

// A human waits for nothing of the script, over mutual TLS.
func TestActOverTheWire(t *testing.T) {
	t.Parallel()
	srv := bankidtest.NewServer(t, nil)
	srv.Script(bankidtest.Anyone, ignores)
	c := client(t, srv)
	ended := make(chan result, 1)
	go func() {
		sig, err := mss.Sign(t.Context(), c, request(mss.Authentication), func(mss.Prompt) {})
		ended <- result{sig: sig, err: err}
	}()
	require.Eventually(t, func() bool { return len(srv.Outstanding()) == 1 }, 10*time.Second, time.Millisecond)
	id := only(t, srv).ID
	require.True(t, srv.PickUp(id))
	require.True(t, srv.Act(id, bankidtest.Sign))
	r := <-ended
	r.requireNative(t, bankidtest.Sign)
	require.Equal(t, "PNOSE-"+number, r.sig.Signer.ID)
}
