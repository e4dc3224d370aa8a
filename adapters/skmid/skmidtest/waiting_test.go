package skmidtest_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/skmid/skmidtest"
)

// Each test runs in a bubble: minutes pass at once.

// A status call ends with the session, and otherwise after timeoutMs within bounds.
func TestLongPolling(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		query string
		hold  time.Duration
	}{
		{"", 10 * time.Second},
		{"?timeoutMs=", 10 * time.Second},
		{"?timeoutMs=0", time.Second},
		{"?timeoutMs=-5", time.Second},
		{"?timeoutMs=999", time.Second},
		{"?timeoutMs=1001", 1001 * time.Millisecond},
		{"?timeoutMs=30000", 30 * time.Second},
		{"?timeoutMs=60001", time.Minute},
		{"?timeoutMs=120000", time.Minute},
	} {
		t.Run(tt.query, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv, c := inProcess(t, nil)
				const after = 90 * time.Second
				srv.Script(phone, code, skmidtest.Person{After: after})
				began := time.Now()
				path := c.start(authentication, c.ask()) + tt.query
				require.Zero(t, time.Since(began), "a start does not wait")
				for n := 1; ; n++ {
					a := c.get(path)
					want := min(time.Duration(n)*tt.hold, after)
					require.Equal(t, want, time.Since(began))
					if want == after {
						require.Equal(t, "OK", a.result(t))
						break
					}
					require.Equal(t, "RUNNING", a.State)
					require.Nil(t, a.Result)
					require.Nil(t, a.Signature)
				}
				list := srv.Requests()
				require.Equal(t, tt.hold, list[len(list)-1].Hold)
				began = time.Now()
				c.get(path)
				require.Zero(t, time.Since(began), "it has ended")
			})
		})
	}
}

func TestPolls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, c := inProcess(t, nil)
		srv.Script(phone, code, skmidtest.Person{Polls: 3, Result: skmidtest.PhoneAbsent})
		began := time.Now()
		path := c.start(signature, c.ask())
		for range 3 {
			require.Equal(t, "RUNNING", c.get(path).State)
		}
		require.Equal(t, "PHONE_ABSENT", c.get(path).result(t))
		require.Zero(t, time.Since(began))
	})
}

// Polls come before the wait.
func TestPollsAndAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, c := inProcess(t, nil)
		srv.Script(phone, code, skmidtest.Person{Polls: 1, After: 5 * time.Second})
		began := time.Now()
		path := c.start(signature, c.ask())
		require.Equal(t, "RUNNING", c.get(path).State)
		require.Zero(t, time.Since(began))
		require.Equal(t, "OK", c.get(path).result(t))
		require.Equal(t, 5*time.Second, time.Since(began))
	})
}

// Of two status calls for one session the older is answered RUNNING.
func TestOneStatusCallAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, c := inProcess(t, nil)
		srv.Script(phone, code, skmidtest.Person{After: 30 * time.Second})
		path := c.start(authentication, c.ask()) + "?timeoutMs=60000"
		other := c.start(authentication, c.ask()) + "?timeoutMs=60000"
		began := time.Now()
		type end struct {
			state string
			after time.Duration
		}
		ends := make([]chan end, 3)
		for i, p := range []string{other, path, path} {
			ends[i] = make(chan end, 1)
			go func() {
				a := c.get(p)
				ends[i] <- end{a.State, time.Since(began)}
			}()
			time.Sleep(5 * time.Second)
		}
		require.Equal(t, end{"COMPLETE", 30 * time.Second}, <-ends[0], "another session is not touched")
		require.Equal(t, end{"RUNNING", 10 * time.Second}, <-ends[1])
		require.Equal(t, end{"COMPLETE", 30 * time.Second}, <-ends[2])
		require.Equal(t, 3, srv.Peak())
	})
}

func TestPatience(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		patience time.Duration
		person   skmidtest.Person
		result   string
		after    time.Duration
	}{
		{0, skmidtest.Person{After: 2*time.Minute - 1}, "OK", 2*time.Minute - 1},
		{0, skmidtest.Person{After: 2 * time.Minute}, "TIMEOUT", 2 * time.Minute},
		{0, skmidtest.Person{After: time.Hour, Result: skmidtest.Cancelled}, "TIMEOUT", 2 * time.Minute},
		{0, skmidtest.Person{Result: skmidtest.Timeout}, "TIMEOUT", 2 * time.Minute},
		{0, skmidtest.Person{Result: skmidtest.Timeout, After: time.Second}, "TIMEOUT", time.Second},
		{0, skmidtest.Person{Result: skmidtest.SIMError, After: time.Second}, "SIM_ERROR", time.Second},
		{time.Second, skmidtest.Person{Result: skmidtest.Timeout}, "TIMEOUT", time.Second},
		{time.Second, skmidtest.Person{After: time.Second}, "TIMEOUT", time.Second},
	} {
		t.Run(fmt.Sprint(tt.patience, tt.person.Result, tt.person.After), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv, c := inProcess(t, &skmidtest.Options{Patience: tt.patience})
				srv.Script(phone, code, tt.person)
				began := time.Now()
				a := c.outcome(signature, c.ask())
				require.Equal(t, tt.result, a.result(t))
				require.Equal(t, tt.result == "OK", a.Signature != nil)
				require.Equal(t, tt.after, time.Since(began))
				srv.AssertPrompts(t, 1)
			})
		})
	}
}

// A session is forgotten 5 minutes after it began, whether it has ended or not; others are not.
func TestExpiry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, c := inProcess(t, nil)
		srv.Script(phone, code, skmidtest.Person{})
		first := c.start(authentication, c.ask())
		time.Sleep(time.Minute)
		second := c.start(authentication, c.ask())
		time.Sleep(4*time.Minute - time.Nanosecond)
		require.Equal(t, "OK", c.get(first).result(t))
		time.Sleep(time.Nanosecond)
		requireError(t, c.get(first), http.StatusNotFound, "Session does not exist")
		require.Equal(t, "OK", c.get(second).result(t))
		time.Sleep(time.Minute)
		requireError(t, c.get(second), http.StatusNotFound, "Session does not exist")
	})
}

// A client that goes away leaves the session as it is.
func TestAbandonedStatusCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, c := inProcess(t, nil)
		srv.Script(phone, code, skmidtest.Person{After: 30 * time.Second})
		path := c.start(authentication, c.ask())
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, err := c.do(ctx, http.MethodGet, path, "", nil)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		began := time.Now()
		require.Equal(t, "OK", c.get(path+"?timeoutMs=60000").result(t))
		require.Equal(t, 25*time.Second, time.Since(began))
	})
}

func TestCloseEndsWaitingRequests(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func() (*skmidtest.Server, error){
		"loopback":   func() (*skmidtest.Server, error) { return skmidtest.Start(nil) },
		"in process": func() (*skmidtest.Server, error) { return skmidtest.NewInProcess(nil) },
	} {
		for _, p := range []skmidtest.Person{{After: time.Minute}, {Forge: skmidtest.ForgeSlow}} {
			t.Run(fmt.Sprint(name, p.Forge), func(t *testing.T) {
				t.Parallel()
				srv, err := start()
				require.NoError(t, err)
				c := call(t, srv)
				srv.Script(phone, code, p)
				path := c.start(authentication, c.ask())
				ended := make(chan error, 1)
				go func() {
					_, err := c.do(t.Context(), http.MethodGet, path, "", nil)
					ended <- err
				}()
				require.Eventually(t, func() bool { return len(srv.Requests()) == 2 }, 10*time.Second, time.Millisecond)
				srv.Close()
				srv.Close()
				select {
				case err := <-ended:
					require.Error(t, err)
				case <-time.After(10 * time.Second):
					t.Fatal("the request still waits")
				}
				_, err = c.do(t.Context(), http.MethodGet, "/version", "", nil)
				require.Error(t, err)
			})
		}
	}
}
