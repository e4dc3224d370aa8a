package mssp_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/stretchr/testify/require"
)

// TestTimeouts holds the client to the guide's waits (section 4.3) with a service that accepts and never answers.
func TestTimeouts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, err := msstest.NewInProcess(nil)
		require.NoError(t, err)
		defer srv.Close()
		srv.Script(person, msstest.Person{Method: msstest.SIM | msstest.App, After: time.Minute})
		silent := false
		c := newClient(t, srv, func(cfg *mssp.Config) {
			next := cfg.HTTP.Base
			cfg.HTTP.Base = roundTrip(func(r *http.Request) (*http.Response, error) {
				if silent {
					<-r.Context().Done()
					return nil, r.Context().Err()
				}
				return next.RoundTrip(r)
			})
		})
		with := func(profile string) *mss.Request {
			req := request(t, srv, person)
			req.Options = mssp.Options{Profile: profile}
			return req
		}
		tx, err := c.Start(t.Context(), with(mssp.ProfileSIM))
		require.NoError(t, err)
		require.Equal(t, 90*time.Second, tx.Deadline.Sub(tx.Started))
		require.Equal(t, 5*time.Second, tx.PollAt.Sub(tx.Started))
		app, err := c.Start(t.Context(), with(mssp.ProfileDevice))
		require.NoError(t, err)
		require.Equal(t, 50*time.Second, app.Deadline.Sub(app.Started))

		silent = true
		for name, tt := range map[string]struct {
			call func() error
			want time.Duration
		}{
			"asynchronous":     {func() error { _, err := c.Start(t.Context(), with(mssp.ProfileAny)); return err }, 10 * time.Second},
			"poll":             {func() error { _, err := c.Poll(t.Context(), tx, 0); return err }, 10 * time.Second},
			"synchronous, SIM": {func() error { _, err := c.SignSync(t.Context(), with(mssp.ProfileSIM)); return err }, 90 * time.Second},
			"synchronous, app": {func() error { _, err := c.SignSync(t.Context(), with(mssp.ProfileDevice)); return err }, 50 * time.Second},
			"synchronous, 30 s": {func() error {
				req := with(mssp.ProfileAny)
				req.Timeout = 30 * time.Second
				_, err := c.SignSync(t.Context(), req)
				return err
			}, 40 * time.Second},
		} {
			tx.Deadline = time.Now().Add(time.Minute)
			begun := time.Now()
			require.ErrorIs(t, tt.call(), context.DeadlineExceeded, name)
			require.Equal(t, tt.want, time.Since(begun), name)
		}
	})
}
