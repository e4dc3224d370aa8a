package skmid_test

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/skmid"
	"github.com/gomss/gomss/adapters/skmid/skmidtest"
	"github.com/gomss/gomss/mss"
)

// loadWorkers are the logins at once; loadLogins, in all, are fewer under the race detector.
const loadWorkers = 64

// TestLoad logs in ten thousand times over TLS (fewer with the race detector): as few handshakes as there are logins at once, no goroutine left, one
// prompt for each.
func TestLoad(t *testing.T) {
	srv := skmidtest.NewServer(t, nil)
	cfg := skmid.Config{
		HTTP: srv.HTTP(), RelyingPartyName: srv.RelyingPartyName(), RelyingPartyUUID: srv.RelyingPartyUUID(), Anchors: srv.Anchors(),
	}
	cfg.HTTP.MaxConns = loadWorkers
	c, err := skmid.New(cfg)
	require.NoError(t, err)
	defer c.Close()
	login := func(user mss.User) error {
		tx, err := c.Start(t.Context(), &mss.Request{Purpose: mss.Authentication, User: user, Language: "en"})
		if err != nil {
			return err
		}
		for {
			st, err := c.Poll(t.Context(), tx, time.Second)
			if err != nil {
				return err
			}
			if st.Evidence == nil {
				continue
			}
			sig, err := c.Verify(st.Evidence)
			if err == nil && !sig.Verified() {
				err = fmt.Errorf("not verified")
			}
			return err
		}
	}
	var users []mss.User
	for i := range loadWorkers {
		phone := fmt.Sprintf("+3725000%04d", i)
		srv.Script(phone, digits, skmidtest.Person{})
		users = append(users, mss.User{MSISDN: msisdn(t, phone), Person: personID(t, "EE", digits)})
	}
	require.NoError(t, login(users[0]))
	before := runtime.NumGoroutine()

	var next, failed, most atomic.Int64
	var workers sync.WaitGroup
	for i := range loadWorkers {
		workers.Go(func() {
			for next.Add(1) <= loadLogins {
				if err := login(users[i]); err != nil && failed.Add(1) == 1 {
					t.Error(err)
				}
				most.Store(max(most.Load(), int64(runtime.NumGoroutine())))
			}
		})
	}
	workers.Wait()
	require.Zero(t, failed.Load())
	require.Equal(t, loadLogins+1, srv.Prompts())
	require.LessOrEqual(t, srv.Handshakes(), loadWorkers+loadWorkers/16, "on a busy machine net/http gives a connection up now and then")
	// A connection has two goroutines in the client and one or two in the server; nothing grows with the logins.
	require.LessOrEqual(t, most.Load(), int64(before+loadWorkers*7))
	t.Logf("%d logins, %d handshakes, at most %d goroutines (%d before)", loadLogins, srv.Handshakes(), most.Load(), before)
}
