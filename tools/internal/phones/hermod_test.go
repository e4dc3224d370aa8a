package phones_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/tools/internal/phones"
)

// newHermod makes a client of the hub's Hermod that asks its user to log in, while they press a button.
func newHermod(t *testing.T, hub *phones.Hub) (client *hermod.Client, ask func(phones.Action) (*mss.Signature, error)) {
	t.Helper()
	client, err := hermod.New(hub.Hermod())
	require.NoError(t, err)
	t.Cleanup(client.Close)
	hub.HermodCallback(client.Callback())
	return client, func(a phones.Action) (*mss.Signature, error) {
		done := make(chan struct{})
		var sig *mss.Signature
		var err error
		go func() {
			defer close(done)
			sig, err = mss.Sign(t.Context(), client, askAlice(t), func(mss.Prompt) {})
		}()
		press(t, hub, "hermod", a)
		<-done
		return sig, err
	}
}

func askAlice(t *testing.T) *mss.Request {
	t.Helper()
	user, err := mss.ParseUserID("alice")
	require.NoError(t, err)
	return &mss.Request{Purpose: mss.Authentication, User: mss.User{ID: user}, Display: "Bank ACME: log in?", Language: "en"}
}

func TestHermod(t *testing.T) {
	t.Parallel()
	hub := start(t, phones.Options{})
	_, ask := newHermod(t, hub)
	first, err := ask(phones.Sign)
	require.NoError(t, err)
	require.True(t, first.Verified())

	_, err = ask(phones.Cancel)
	require.ErrorIs(t, err, mss.UserCancel)

	require.True(t, hub.Press("hermod", "", phones.ChangeSIM))
	second, err := ask(phones.Sign)
	require.NoError(t, err)
	require.NotEqual(t, first.Signer.Chain[0].Raw, second.Signer.Chain[0].Raw, "another key")

	_, err = ask(phones.BlockPIN)
	require.ErrorIs(t, err, mss.PinBlocked)

	callbacks := func() (n int) {
		for _, x := range hub.History() {
			require.NotEmpty(t, x.Operation)
			require.NotEmpty(t, x.Transaction, x.Path)
			if x.Outgoing {
				n++
			}
		}
		return n
	}
	require.Eventually(t, func() bool { return callbacks() == 6 }, minute, tick, "two of the enrolment, and one of each command")
}

// TestHermodNetwork: what is shown cannot be answered, and what comes is not shown, until the network is back.
func TestHermodNetwork(t *testing.T) {
	t.Parallel()
	hub := start(t, phones.Options{})
	client, _ := newHermod(t, hub)
	waiting := func() (list []string) {
		h, _ := hub.Handset("hermod")
		for _, w := range h.Waiting {
			require.Equal(t, h.NoNetwork, len(w.Actions) == 0)
			list = append(list, w.ID)
		}
		return list
	}
	_, err := client.Start(t.Context(), askAlice(t))
	require.NoError(t, err)
	shown := waiting()
	require.Len(t, shown, 1)
	require.True(t, hub.Press("hermod", "", phones.ToggleNetwork))
	second, err := client.Start(t.Context(), askAlice(t))
	require.NoError(t, err)
	require.Equal(t, shown, waiting(), "the other one waits in the mailbox")
	require.False(t, hub.Press("hermod", "", phones.Sign))
	require.True(t, hub.Press("hermod", "", phones.ToggleNetwork))
	all := waiting()
	require.Len(t, all, 2)
	require.True(t, hub.Press("hermod", all[1], phones.Sign))
	require.Eventually(t, func() bool {
		st, err := client.Poll(t.Context(), second, 0)
		require.NoError(t, err)
		return st.Evidence != nil
	}, minute, tick)

	// A PIN that is blocked signs nothing that was asked before.
	_, err = client.Start(t.Context(), askAlice(t))
	require.NoError(t, err)
	require.Len(t, waiting(), 2)
	require.True(t, hub.Press("hermod", shown[0], phones.BlockPIN))
	require.True(t, hub.Press("hermod", "", phones.Sign))
	require.Eventually(t, func() bool {
		for _, x := range hub.History() {
			if x.Outgoing && x.Transaction != shown[0] && strings.Contains(x.RequestText(), `"code": 402`) {
				return true
			}
		}
		return false
	}, minute, tick)
}
