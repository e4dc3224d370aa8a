package msstest_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/transport/soap"
)

// Each test runs in a bubble: minutes pass at once.

func TestSynchronousWaiting(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		person msstest.Person
		want   mss.Code
		after  time.Duration
	}{
		{"signs", msstest.Person{After: 30 * time.Second}, mss.StatusSignature, 30 * time.Second},
		{"cancels", msstest.Person{After: 30 * time.Second, Do: msstest.Cancel}, mss.UserCancel, 30 * time.Second},
		{"blocks the PIN", msstest.Person{After: 30 * time.Second, Do: msstest.BlockPIN}, mss.PinBlocked, 30 * time.Second},
		{"ignores", msstest.Person{Do: msstest.Ignore}, mss.ExpiredTransaction, 80 * time.Second},
		{"signs at the last moment", msstest.Person{After: 80*time.Second - 1}, mss.StatusSignature, 80*time.Second - 1},
		{"signs too late", msstest.Person{After: 80 * time.Second}, mss.ExpiredTransaction, 80 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := inProcess(t, nil)
				c := call(t, srv)
				srv.Script(anna, tt.person)
				start := time.Now()
				resp, f := c.sign(c.ask(anna, synch))
				require.Equal(t, tt.want, code(t, resp.Status, f))
				require.Equal(t, tt.after, time.Since(start))
			})
		})
	}
}

func TestAsynchronousWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := inProcess(t, nil)
		c := call(t, srv)
		srv.Script(anna, msstest.Person{After: 30 * time.Second})
		req := c.ask(anna, asynch)
		ack, f := c.sign(req)
		require.Nil(t, f)
		for range 6 {
			resp, f := c.status(ack.MSSPTransID)
			require.Equal(t, mss.StatusOutstanding, code(t, resp.Status, f))
			require.Nil(t, resp.Signature)
			time.Sleep(5 * time.Second)
		}
		resp, f := c.status(ack.MSSPTransID)
		require.Equal(t, mss.StatusSignature, code(t, resp.Status, f))
		_, err := verify(t, srv, resp.Signature.Base64Signature, req.DataToBeSigned.Value)
		require.NoError(t, err)

		time.Sleep(10*time.Minute - time.Second)
		resp, f = c.status(ack.MSSPTransID)
		require.Equal(t, mss.StatusSignature, code(t, resp.Status, f), "still remembered")
		time.Sleep(2 * time.Second)
		resp, f = c.status(ack.MSSPTransID)
		require.Equal(t, mss.WrongParam, code(t, resp.Status, f), "forgotten")
	})
}

// Without TimeOut a person has 80 s on a SIM card and 40 s in an app.
func TestDefaultTimeOut(t *testing.T) {
	t.Parallel()
	for method, want := range map[msstest.Method]time.Duration{msstest.SIM: 80 * time.Second, msstest.App: 40 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			srv := inProcess(t, nil)
			c := call(t, srv)
			srv.Script(anna, msstest.Person{Method: method, Do: msstest.Ignore})
			req := c.ask(anna, synch)
			req.TimeOut, req.SignatureProfile.MssURI = nil, anyLoA
			start := time.Now()
			resp, f := c.sign(req)
			require.Equal(t, mss.ExpiredTransaction, code(t, resp.Status, f))
			require.Equal(t, want, time.Since(start))
		})
	}
}

func TestBusySIM(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := inProcess(t, nil)
		c := call(t, srv)
		srv.Script(anna, msstest.Person{After: 30 * time.Second})
		_, f := c.sign(c.ask(anna, asynch))
		require.Nil(t, f)
		for _, mode := range []string{synch, asynch} {
			resp, f := c.sign(c.ask(anna, mode))
			require.Equal(t, mss.PBSignatureProcess, code(t, resp.Status, f))
		}
		srv.AssertPrompts(t, 1)
		time.Sleep(30 * time.Second)
		resp, f := c.sign(c.ask(anna, asynch))
		require.Equal(t, mss.StatusRequestOK, code(t, resp.Status, f), "free again")
		srv.AssertPrompts(t, 2)
	})
}

func TestNewerRequestReplacesTheAppsOlderOne(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{synch, asynch} {
		synctest.Test(t, func(t *testing.T) {
			srv := inProcess(t, nil)
			c := call(t, srv)
			srv.Script(anna, msstest.Person{Method: msstest.App, After: 30 * time.Second})
			older, newer := c.ask(anna, mode), c.ask(anna, synch)
			older.SignatureProfile.MssURI, newer.SignatureProfile.MssURI = device, device

			ended := make(chan mss.Code, 1)
			start := time.Now()
			go func() {
				resp, f := c.sign(older)
				if mode == asynch && f == nil {
					time.Sleep(11 * time.Second)
					ended <- statusCode(c, resp.MSSPTransID)
					return
				}
				require.Equal(t, 10*time.Second, time.Since(start), "at once")
				ended <- code(t, resp.Status, f)
			}()
			time.Sleep(10 * time.Second)
			resp, f := c.sign(newer)
			require.Equal(t, mss.StatusSignature, code(t, resp.Status, f))
			require.Equal(t, 40*time.Second, time.Since(start))
			require.Equal(t, mss.UserCancel, <-ended)
			srv.AssertPrompts(t, 2)
		})
	}
}

func statusCode(c *caller, id string) mss.Code {
	resp, f := c.status(id)
	return code(c.t, resp.Status, f)
}

func TestEndedContext(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errOtherText)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, srv.URL()+signaturePath, http.NoBody)
	require.NoError(t, err)
	_, err = srv.RoundTripper().RoundTrip(req)
	require.ErrorIs(t, err, errOtherText)
	require.Empty(t, srv.Requests())
}

// Nobody takes a request off the phone when the client has gone away.
func TestAbandonedRequestKeepsTheSIMBusy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := inProcess(t, nil)
		c := call(t, srv)
		srv.Script(anna, msstest.Person{Do: msstest.Ignore})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		_, _, err := c.exchange(ctx, signaturePath, etsi.OpSignature, c.ask(anna, synch), new(etsi.SignatureResp))
		require.ErrorIs(t, err, context.DeadlineExceeded)

		time.Sleep(69 * time.Second)
		resp, f := c.sign(c.ask(anna, asynch))
		require.Equal(t, mss.PBSignatureProcess, code(t, resp.Status, f))
		time.Sleep(time.Second)
		resp, f = c.sign(c.ask(anna, asynch))
		require.Equal(t, mss.StatusRequestOK, code(t, resp.Status, f))
	})
}

func TestReplayedRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := inProcess(t, nil)
		c := call(t, srv)
		srv.Script(anna, msstest.Person{})
		req := c.ask(anna, synch)
		_, f := c.sign(req)
		require.Nil(t, f)
		for range 10 { // until its Instant is out of tolerance, and then for that
			time.Sleep(time.Minute)
			resp, f := c.sign(req)
			require.Equal(t, mss.WrongParam, code(t, resp.Status, f))
		}
		srv.AssertPrompts(t, 1)

		for _, change := range []func(*etsi.APInfo){
			func(a *etsi.APInfo) { a.Instant.Time = time.Now() },
			func(a *etsi.APInfo) { a.APTransID += "x" },
		} {
			change(&req.APInfo)
			_, f := c.sign(req)
			require.Nil(t, f, "another triplet")
		}
	})
}

func TestClockTolerance(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		tolerance, off time.Duration
		ok             bool
	}{
		{0, 299 * time.Second, true}, {0, 301 * time.Second, false}, {0, -299 * time.Second, true}, {0, -301 * time.Second, false},
		{time.Minute, 59 * time.Second, true}, {time.Minute, -61 * time.Second, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			srv := inProcess(t, &msstest.Options{ClockTolerance: tt.tolerance})
			c := call(t, srv)
			req := c.ask("41700092501", synch)
			req.APInfo.Instant = xmlwire.DateTime{Time: time.Now().Add(tt.off)}
			_, f := c.sign(req)
			if tt.ok {
				require.Nil(t, f)
				return
			}
			require.Equal(t, mss.WrongParam, code(t, etsi.Status{}, f))
			require.Contains(t, f.Details[0], "Instant")
		})
	}
}

func TestCloseEndsWaitingRequests(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func() (*msstest.Server, error){
		"loopback":   func() (*msstest.Server, error) { return msstest.Start(nil) },
		"in process": func() (*msstest.Server, error) { return msstest.NewInProcess(nil) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, err := start()
			require.NoError(t, err)
			c := call(t, srv)
			srv.Script(anna, msstest.Person{Do: msstest.Ignore})
			body, err := soap.AppendRequest(nil, etsi.OpSignature, soap.WSDLForm, c.ask(anna, synch))
			require.NoError(t, err)
			ended := make(chan error, 1)
			go func() {
				ended <- post(t.Context(), c, body)
			}()
			require.Eventually(t, func() bool { return srv.Prompts() == 1 }, 10*time.Second, time.Millisecond)
			srv.Close()
			srv.Close()
			select {
			case err := <-ended:
				e, ok := errors.AsType[*mss.TransportError](err)
				require.True(t, ok, "%v", err)
				require.NotEqual(t, mss.NotSent, e.Sent)
			case <-time.After(10 * time.Second):
				t.Fatal("the request still waits")
			}
			require.Error(t, post(t.Context(), c, body))
		})
	}
}
