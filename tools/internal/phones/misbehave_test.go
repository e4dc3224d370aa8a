package phones_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/registrant"
	"github.com/gomss/gomss/tools/internal/phones"
)

// misbehaves reports whether a service has a bad day.
func misbehaves(t *testing.T, hub *phones.Hub, id string) bool {
	t.Helper()
	list := hub.Services()
	i := slices.IndexFunc(list, func(s phones.Service) bool { return s.ID == id })
	require.GreaterOrEqual(t, i, 0)
	return list[i].On
}

// TestBadDays: on a bad day clients get along with the answers, and afterwards those are as before.
func TestBadDays(t *testing.T) {
	t.Parallel()
	hub := start(t, phones.Options{})
	for _, s := range hub.Services() {
		require.False(t, s.On, s.ID)
	}
	require.False(t, hub.Misbehave("nobody", true))
	_, alice := newHermod(t, hub)
	people := everybody(t, hub)
	for id, tt := range map[string]struct {
		provider, odd string // what is in an answer of bad days
		sign          func() error
	}{
		"skmid": {"SK Mobile-ID", `"sessionId"`, func() error {
			_, err := people[2].answered(t, hub, phones.Sign)
			return err
		}},
		"bankid": {"BankID", `"somethingNew"`, func() error {
			_, err := people[4].answered(t, hub, phones.Scan, phones.Sign)
			return err
		}},
		"hermod": {"Hermod", `"x-new"`, func() error {
			_, err := alice(phones.Sign)
			return err
		}},
	} {
		odd := func() (n int) {
			for _, x := range hub.History() {
				if x.Provider == tt.provider && (bytes.Contains(x.Answer, []byte(tt.odd)) || bytes.Contains(x.Request, []byte(tt.odd))) {
					n++
				}
			}
			return n
		}
		require.True(t, hub.Misbehave(id, true))
		require.True(t, misbehaves(t, hub, id))
		require.NoError(t, tt.sign(), id)
		require.Eventually(t, func() bool { return odd() > 0 }, minute, tick, id)
		require.True(t, hub.Misbehave(id, false))
		before := odd()
		require.NoError(t, tt.sign(), id)
		require.Equal(t, before, odd(), id)
	}
}

// TestRegisterDown: the registry's bad day is that of the company register behind it.
func TestRegisterDown(t *testing.T) {
	t.Parallel()
	hub := start(t, phones.Options{})
	client, err := registrant.New(hub.Registrant())
	require.NoError(t, err)
	t.Cleanup(client.Close)
	sig, err := everybody(t, hub)[2].answered(t, hub, phones.Sign)
	require.NoError(t, err)
	token, err := client.Exchange(t.Context(), sig)
	require.NoError(t, err)
	companies := func() (err error) {
		for _, e := range client.Companies(t.Context(), token) {
			err = e
		}
		return err
	}
	require.True(t, hub.Misbehave("registrant", true))
	require.Error(t, companies())
	require.True(t, hub.Misbehave("registrant", false))
	require.NoError(t, companies())
}
