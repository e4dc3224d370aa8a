package phones_test

import (
	"context"
	"crypto/x509"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/bankid"
	"github.com/gomss/gomss/adapters/registrant"
	"github.com/gomss/gomss/adapters/skmid"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/tools/internal/phones"
)

// asking asks somebody who has a handset.
type asking struct {
	handset string
	sign    func(context.Context, *mss.Request) (*mss.Signature, error)
	request func() *mss.Request
	taken   []phones.Action // before the answer
}

// everybody has a client of each provider ask the owner of each handset.
func everybody(t *testing.T, hub *phones.Hub) (all []asking) {
	t.Helper()
	mobileID := newClient(t, hub, nil)
	sk, err := skmid.New(hub.SKMobileID())
	require.NoError(t, err)
	t.Cleanup(sk.Close)
	cfg := hub.BankID()
	cfg.Pace = time.Second // the service refuses to be asked more often
	bank, err := bankid.New(cfg)
	require.NoError(t, err)
	t.Cleanup(bank.Close)
	for _, h := range hub.Handsets() {
		a := asking{handset: h.ID, request: func() *mss.Request {
			req := &mss.Request{Purpose: mss.Authentication, Display: "Bank ACME: log in?", Language: "en"}
			if h.Provider == "Mobile ID" || h.Provider == "SK Mobile-ID" {
				n, err := mss.ParseMSISDN(h.Number)
				require.NoError(t, err)
				req.User.MSISDN = n
			}
			if h.Identity != "" {
				id, err := mss.ParsePersonID(h.Country, h.Identity)
				require.NoError(t, err, h.Identity)
				req.User.Person = id
			}
			return req
		}}
		switch h.Provider {
		case "Mobile ID":
			a.sign = mobileID.SignSync // in the other mode the client waits seconds before it polls
		case "SK Mobile-ID":
			a.sign = signWith(sk)
		case "BankID":
			a.sign, a.taken = signWith(bank), []phones.Action{phones.Scan}
			a.request = func() *mss.Request {
				id, err := mss.ParsePersonID("SE", h.Number)
				require.NoError(t, err)
				return &mss.Request{Purpose: mss.Authentication, User: mss.User{Person: id}, EndUserIP: loopback, Display: "Bank ACME: log in?"}
			}
		default:
			continue // Hermod has a test of its own: its outcomes come by callback
		}
		all = append(all, a)
	}
	return all
}

// signWith is mss.Sign without its pauses.
func signWith(s mss.Service) func(context.Context, *mss.Request) (*mss.Signature, error) {
	return func(ctx context.Context, req *mss.Request) (*mss.Signature, error) {
		tx, err := s.Start(ctx, req)
		if err != nil {
			return nil, err
		}
		for {
			st, err := s.Poll(ctx, tx, 5*time.Second)
			if err != nil {
				return nil, err
			}
			if st.Evidence != nil {
				return s.Verify(st.Evidence)
			}
		}
	}
}

// answered asks, has buttons pressed, and returns what came of it.
func (a *asking) answered(t *testing.T, hub *phones.Hub, actions ...phones.Action) (*mss.Signature, error) {
	t.Helper()
	done := make(chan struct{})
	var sig *mss.Signature
	var err error
	go func() {
		defer close(done)
		sig, err = a.sign(t.Context(), a.request())
	}()
	for _, action := range actions {
		press(t, hub, a.handset, action)
	}
	<-done
	return sig, err
}

// TestHandsets: each button of each handset, and what a real client gets for it.
func TestHandsets(t *testing.T) {
	t.Parallel()
	hub := start(t, phones.Options{})
	for _, a := range everybody(t, hub) {
		t.Run(a.handset, func(t *testing.T) {
			t.Parallel()
			with := func(last phones.Action) []phones.Action {
				return append(append([]phones.Action(nil), a.taken...), last)
			}
			first, err := a.answered(t, hub, with(phones.Sign)...)
			require.NoError(t, err)
			require.True(t, first.Verified())

			_, err = a.answered(t, hub, with(phones.Cancel)...)
			require.ErrorIs(t, err, mss.UserCancel)

			require.True(t, hub.Press(a.handset, "", phones.ChangeSIM))
			second, err := a.answered(t, hub, with(phones.Sign)...)
			require.NoError(t, err)
			require.NotEqual(t, first.Signer.Chain[0].Raw, second.Signer.Chain[0].Raw, "another card, another certificate")
			h, ok := hub.Handset(a.handset)
			require.True(t, ok)
			require.Equal(t, 1, h.Cards)

			_, err = a.answered(t, hub, with(phones.BlockPIN)...)
			require.Error(t, err)
			h, _ = hub.Handset(a.handset)
			require.True(t, h.PINBlocked)
			require.Contains(t, h.Actions, phones.UnblockPIN)
			_, err = a.answered(t, hub, a.taken...)
			require.Error(t, err, "still blocked, and asks nothing")
			require.True(t, hub.Press(a.handset, "", phones.UnblockPIN))
			require.False(t, hub.Press(a.handset, "", phones.UnblockPIN), "it is not blocked")
			_, err = a.answered(t, hub, with(phones.Sign)...)
			require.NoError(t, err)
		})
	}
}

// TestNetwork: without it no button of a question does anything, and services say so.
func TestNetwork(t *testing.T) {
	t.Parallel()
	hub := start(t, phones.Options{})
	client := newClient(t, hub, nil)
	tx, err := client.Start(t.Context(), request(t, number))
	require.NoError(t, err)
	require.True(t, hub.Press(handset, "", phones.ToggleNetwork))
	h, _ := hub.Handset(handset)
	require.True(t, h.NoNetwork)
	require.Len(t, h.Waiting, 1, "it has been shown")
	require.Empty(t, h.Waiting[0].Actions)
	require.False(t, hub.Press(handset, tx.MSSPTransID, phones.Sign))
	_, err = client.Start(t.Context(), request(t, number))
	require.ErrorIs(t, err, mss.OTAError)
	require.True(t, hub.Press(handset, "", phones.ToggleNetwork))
	require.True(t, hub.Press(handset, tx.MSSPTransID, phones.Sign))
}

// TestReceipt: a receipt is a message on the phone, with buttons of its own.
func TestReceipt(t *testing.T) {
	t.Parallel()
	hub := start(t, phones.Options{})
	client := newClient(t, hub, nil)
	for action, want := range map[phones.Action]mss.ReceiptOutcome{phones.OK: mss.ReceiptAccepted, phones.Dismiss: mss.ReceiptCancelled} {
		sig, err := signSync(t, hub, client, number, handset, phones.Sign)
		require.NoError(t, err)
		done := make(chan struct{})
		var a *mss.ReceiptAnswer
		go func() {
			defer close(done)
			a, err = client.Receipt(t.Context(), sig, mss.Message{Text: "Bank ACME: done", Language: "de", Ack: true})
		}()
		require.Eventually(t, func() bool {
			h, _ := hub.Handset(handset)
			return len(h.Waiting) == 1 && h.Waiting[0].Kind == phones.Receipt && h.Waiting[0].Text == "Bank ACME: done"
		}, minute, tick)
		require.False(t, hub.Press(handset, "", phones.Sign), "there is nothing to be signed")
		press(t, hub, handset, action)
		<-done
		require.NoError(t, err)
		require.Equal(t, want, a.Outcome)
	}
}

// TestLocation: the phone says that it tells where it is.
func TestLocation(t *testing.T) {
	t.Parallel()
	hub := start(t, phones.Options{})
	client := newClient(t, hub, nil)
	req := request(t, number)
	req.Options = mssp.Options{Geofencing: new(mssp.Geofencing)}
	_, err := client.Start(t.Context(), req)
	require.NoError(t, err)
	h, _ := hub.Handset(handset)
	require.True(t, h.Waiting[0].Location)
}

// TestRegistrant: its client is configured, and its exchanges are in the history.
func TestRegistrant(t *testing.T) {
	t.Parallel()
	hub := start(t, phones.Options{})
	client, err := registrant.New(hub.Registrant())
	require.NoError(t, err)
	t.Cleanup(client.Close)
	sk, err := skmid.New(hub.SKMobileID())
	require.NoError(t, err)
	t.Cleanup(sk.Close)
	var a asking
	for _, a = range everybody(t, hub) {
		if a.handset == "skmid-ee" {
			break
		}
	}
	sig, err := a.answered(t, hub, phones.Sign)
	require.NoError(t, err)
	_, err = client.Exchange(t.Context(), sig)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		for _, x := range hub.History() {
			if x.Provider == "Registrant API" {
				return x.Operation != "" && !containsToken(x.AnswerText())
			}
		}
		return false
	}, minute, tick)
}

// TestNobodyBelievesASimulator: what production trusts cannot be what a simulator has made (SEC-15).
func TestNobodyBelievesASimulator(t *testing.T) {
	t.Parallel()
	hub := start(t, phones.Options{})
	for name, anchors := range map[string]*mss.Anchors{
		"Mobile ID": hub.MobileID().Anchors, "SK Mobile-ID": hub.SKMobileID().Anchors, "BankID": hub.BankID().Anchors, "Hermod": hub.Hermod().Anchors,
	} {
		require.Equal(t, mss.Simulator, anchors.Environment())
		for _, e := range []mss.Environment{mss.Production, mss.Test} {
			_, err := mss.NewAnchors(e, anchors.Roots(), anchors.Intermediates())
			require.Error(t, err, "%s as %s", name, e)
		}
	}
	sig, err := signSync(t, hub, newClient(t, hub, nil), number, handset, phones.Sign)
	require.NoError(t, err)
	for _, c := range sig.Signer.Chain {
		require.True(t, marked(c), "the mark is in every certificate")
	}
}

func marked(c *x509.Certificate) bool {
	for _, x := range c.Extensions {
		if x.Id.String() == "2.999.102.204.1" {
			return true
		}
	}
	return false
}
