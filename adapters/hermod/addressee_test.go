package hermod_test

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
)

// foldingRegistry finds devices in whatever case a user's id is written.
type foldingRegistry struct{ hermod.Registry }

func (r foldingRegistry) Devices(ctx context.Context, user mss.UserID) ([]*hermod.Device, error) {
	id, err := mss.ParseUserID(strings.ToLower(user.Reveal()))
	if err != nil {
		return nil, err
	}
	return r.Registry.Devices(ctx, id)
}

// TestAnotherUsersDevice is not asked, whatever the registry returns.
func TestAnotherUsersDevice(t *testing.T) {
	t.Parallel()
	b := new(broker)
	c := newBrokerClient(t, b, func(cfg *hermod.Config) { cfg.Registry = foldingRegistry{cfg.Registry} })
	req := payment()
	req.User.ID = userID(t, strings.ToUpper(aliceID))
	_, err := c.Start(t.Context(), req)
	requireRefused(t, err, "")
	require.ErrorContains(t, err, "another user")
	require.Zero(t, b.count())
	started(t, c, payment())
}

// TestTemporaryMailbox is nobody's id, in capitals neither.
func TestTemporaryMailbox(t *testing.T) {
	t.Parallel()
	b := new(broker)
	c := newBrokerClient(t, b)
	for _, id := range []string{"tmp", "TMP", "Tmp", "@tmp"} {
		req := payment()
		req.User.ID = userID(t, id)
		_, err := c.Start(t.Context(), req)
		requireRefused(t, err, id)
		require.ErrorIs(t, err, mss.FiComMalformedUserID, id)
	}
	require.Zero(t, b.count())
}

// TestForeignLink is not shown: an app that followed it would answer to somebody else.
func TestForeignLink(t *testing.T) {
	t.Parallel()
	for host, shown := range map[string]bool{"hermod.example": true, "HERMOD.example": true, "hermod.example.org": false, "other.example": false} {
		b, log := new(broker), new(logged)
		b.respond = func(cmd *sent) *http.Response {
			return says(http.StatusOK, strings.Replace(cmd.record(), "https%3a%2f%2fhermod.example%3A", "https%3a%2f%2f"+host+"%3A", 1))
		}
		c := newBrokerClient(t, b, func(cfg *hermod.Config) { cfg.Logger = slog.New(slog.NewTextHandler(log, nil)) })
		tx := started(t, c, payment())
		require.Equal(t, shown, !c.Prompt(tx, time.Now()).Link.IsZero(), host)
		require.Equal(t, !shown, strings.Contains(log.String(), "a link that cannot be used"), host)
		require.NotContains(t, log.String(), "t0ken")
	}
}

// TestCodelessIsWarnedOnce says once that signatures without a code prove no time (SEC-2).
func TestCodelessIsWarnedOnce(t *testing.T) {
	t.Parallel()
	log := new(logged)
	c := newBrokerClient(t, new(broker), func(cfg *hermod.Config) { cfg.Logger = slog.New(slog.NewTextHandler(log, nil)) })
	started(t, c, payment())
	started(t, c, login())
	require.NotContains(t, log.String(), "AddCode")
	for range 2 {
		req := payment()
		req.AddCode = false
		started(t, c, req)
	}
	require.Equal(t, 1, strings.Count(log.String(), "AddCode"))
}
