//go:build browser

package browsertest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gomss/gomss/adapters/skmid"
	"github.com/gomss/gomss/adapters/skmid/skmidtest"
	"github.com/gomss/gomss/tools/internal/relyingparty"
	"github.com/stretchr/testify/require"
)

const failed = ".problem [role=alert]"

// TestCancelOnPhone: the person presses cancel there, is told so here, and can begin again.
func TestCancelOnPhone(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, c := range []struct {
		customer
		says string
	}{
		{sandra, "declined"},
		{anna, "declined"},
	} {
		c.begin(s, s.bank)
		if c.way == "bankid" {
			c.presses(s, "scan")
		}
		c.presses(s, "cancel")
		require.Contains(t, s.bank.text(failed), c.says)
		s.bank.accessible()
		s.bank.press(".problem a.button")
		s.bank.arrives("/")
		s.bank.shows("Log in with")
	}
	sandra.logIn(s, s.bank)
}

// TestCancelOnSite: whoever cancels here is not logged in by what happens on the phone later.
func TestCancelOnSite(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	sandra.begin(s, s.bank)
	s.phones.text(sandra.part(".prompt .text"))
	s.bank.press(`form[action$="/cancel"] button`)
	s.bank.arrives("/")
	sandra.presses(s, "sign")
	s.phones.loses(sandra.part(".prompt"))
	s.bank.open(s.demo.URL() + "login/mobileid/wait")
	s.bank.arrives("/")
	s.bank.open(s.demo.URL() + "me")
	s.bank.arrives("/")
}

// TestPhoneOutOfReach: what the phone page does to a phone is what the bank says of it.
func TestPhoneOutOfReach(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	sandra.presses(s, "toggle-network")
	s.phones.shows("Out of reach")
	s.phones.accessible()
	sandra.choose(s, s.bank)
	s.bank.press("form.card button")
	require.Contains(t, s.bank.text(failed), "could not be reached")
	s.bank.accessible()
	sandra.presses(s, "toggle-network")
	s.phones.loses(sandra.part(".screen.off"))

	sandra.begin(s, s.bank)
	sandra.presses(s, "block-pin")
	require.Contains(t, s.bank.text(failed), "blocked")
	s.phones.shows("PIN blocked")
	s.phones.accessible()
	sandra.presses(s, "unblock-pin")
	s.phones.loses(sandra.button("unblock-pin"))
	sandra.logIn(s, s.bank)
}

// TestTimeout: nobody answers. The simulator here loses patience sooner than the service does.
func TestTimeout(t *testing.T) {
	t.Parallel()
	phone, err := skmidtest.Start(&skmidtest.Options{Patience: time.Second})
	require.NoError(t, err)
	t.Cleanup(phone.Close)
	phone.Script("+37250000021", "47101010033", skmidtest.Person{Country: "EE", Result: skmidtest.Timeout})
	provider, err := relyingparty.SKMobileID(skmid.Config{
		HTTP: phone.HTTP(), RelyingPartyName: phone.RelyingPartyName(), RelyingPartyUUID: phone.RelyingPartyUUID(), Anchors: phone.Anchors(),
	}, relyingparty.Deposit{Secret: make([]byte, 32)})
	require.NoError(t, err)

	server := httptest.NewUnstartedServer(nil)
	url := "http://" + server.Listener.Addr().String()
	site, err := relyingparty.New(relyingparty.Options{URL: url, Providers: []*relyingparty.Provider{provider}})
	require.NoError(t, err)
	t.Cleanup(site.Close)
	server.Config.Handler = http.Handler(site)
	server.Start()
	t.Cleanup(server.CloseClientConnections)

	b := newProfile(t).first
	b.open(url + "/?with=sk")
	b.fill("#number", "+37250000021")
	b.fill("#person", "47101010033")
	b.press("form.card button")
	require.Contains(t, b.text(failed), "No answer arrived from your phone in time")
	b.accessible()
}
