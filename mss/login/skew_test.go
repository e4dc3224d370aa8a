package login_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss/track"
)

// lagging is a store whose clock is behind by more than anybody should be.
type lagging struct{ track.Memory }

func (l *lagging) Swap(ctx context.Context, r track.Record) (track.Record, error) {
	r.Expires = r.Expires.Add(2 * time.Minute)
	return l.Memory.Swap(ctx, r)
}

// TestCancelledAtASlowClock: a login that was cancelled logs nobody in, although its record is still there and the person has
// signed.
func TestCancelledAtASlowClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSiteOn(t, &puller{}, pullScope, new(lagging))
		b := newBrowser(t, s)
		b.started()
		time.Sleep(10 * time.Second)
		require.Equal(t, "ready", b.state().State)
		b.isSentTo(b.cancel(), "/")
		require.NotEqual(t, "ready", b.state().State)
		w := b.get("/login/wait")
		require.NotEqual(t, "/account", w.Header().Get("Location"), http.StatusText(w.Code))
		require.Empty(t, s.done())
	})
}
