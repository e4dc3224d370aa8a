package skmid_test

import (
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/skmid"
)

// TestClock warns where the service's clock and ours are far apart.
func TestClock(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	for skew, warned := range map[time.Duration]bool{0: false, 4 * time.Minute: false, 6 * time.Minute: true, -6 * time.Minute: true} {
		printed := new(sink)
		s := &service{respond: func(*http.Request, map[string]string) *http.Response {
			resp := reply(200, `{"sessionID":"`+session+`"}`)
			resp.Header.Set("Date", time.Now().Add(skew).UTC().Format(http.TimeFormat))
			return resp
		}}
		cfg := config(r, s)
		cfg.Logger = slog.New(slog.NewTextHandler(printed, nil))
		c, err := skmid.New(cfg)
		require.NoError(t, err)
		_, err = c.Start(t.Context(), authentication(t))
		require.NoError(t, err)
		require.Equal(t, warned, printed.b.Len() > 0, skew)
	}
}
