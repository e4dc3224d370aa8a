package bankid_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/bankid"
	"github.com/gomss/gomss/adapters/bankid/bankidtest"
	"github.com/gomss/gomss/mss"
)

// inProcess is a client of a simulator without a network, inside a bubble.
func inProcess(t testing.TB) (*bankidtest.Server, *bankid.Client) {
	t.Helper()
	srv, err := bankidtest.NewInProcess(nil)
	require.NoError(t, err)
	t.Cleanup(srv.Close)
	c, err := bankid.New(bankid.Config{HTTP: srv.HTTP(), Anchors: srv.Anchors()})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return srv, c
}

// TestSimulatorEveryOrder makes an order of each kind, over mutual TLS, and has the signature verified against it.
func TestSimulatorEveryOrder(t *testing.T) {
	t.Parallel()
	srv := bankidtest.NewServer(t, nil)
	c, err := bankid.New(bankid.Config{HTTP: srv.HTTP(), Anchors: srv.Anchors()})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	require.NoError(t, c.Health(t.Context()))
	require.Equal(t, srv.RelyingPartyName(), bankid.RPSubject(srv.RelyingParty()))
	number := bankidtest.DefaultNumber
	who := swede(t, number)
	shopping := &bankid.Payment{Recipient: "Shop", Amount: "10,00", Currency: "SEK", RiskWarning: "newCard", RiskFlags: []string{"newCard"}}
	requests := []*mss.Request{
		{Purpose: mss.Authentication, EndUserIP: clientIP},
		{Purpose: mss.Authentication, EndUserIP: clientIP, User: who, Display: "# Log in", Data: mss.Text("terms"), Options: bankid.Options{
			ReturnURL: "https://acme.example/back", Format: bankid.Markdown, ReturnRisk: true, NonVisible: []byte("x"),
			Web:         &bankid.Web{Device: "d", Domain: "acme.example", UserAgent: "Mozilla/5.0"},
			Requirement: bankid.Requirement{PinCode: true, MRTD: true, CertificatePolicies: []string{bankidtest.Mobile, "1.2.3.4.*"}},
		}},
		{Purpose: mss.Signing, EndUserIP: clientIP, Display: "I buy it.\nAll of it."},
		{Purpose: mss.Authentication, User: who, Options: bankid.Options{CallInitiator: bankid.UserCalled}},
		{Purpose: mss.Signing, User: who, Display: "Yes", Options: bankid.Options{CallInitiator: bankid.RPCalled, Requirement: bankid.Requirement{PinCode: true}}},
		{Purpose: mss.Signing, EndUserIP: clientIP, Options: bankid.Options{Payment: shopping}},
		{Purpose: mss.Signing, User: who, Options: bankid.Options{Payment: shopping, OtherPayment: true, Requirement: bankid.Requirement{Risk: "low"}}},
	}
	for _, req := range requests {
		sig, err := mss.Sign(t.Context(), c, req, func(mss.Prompt) {})
		require.NoError(t, err)
		require.True(t, sig.Verified())
		require.True(t, sig.Fresh)
		require.Equal(t, "PNOSE-"+number, sig.Signer.ID)
	}
	srv.AssertPrompts(t, len(requests))
}

// TestSimulatorPickUp has the app read our code of the second, and follow our link.
func TestSimulatorPickUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, c := inProcess(t)
		srv.Script(bankidtest.Anyone, bankidtest.Person{Manual: true, After: 3 * time.Second})
		shown := 0
		sig, err := mss.Sign(t.Context(), c, login(), func(p mss.Prompt) {
			if shown++; shown == 8 {
				require.NoError(t, srv.Scan(p.QR.Reveal()))
			}
		})
		require.NoError(t, err)
		require.True(t, sig.Verified())

		tx, err := c.Start(t.Context(), login())
		require.NoError(t, err)
		link, err := bankid.AutostartLink(tx, bankid.IOSSafari, "https://acme.example/")
		require.NoError(t, err)
		require.NoError(t, srv.Open(link.Reveal()))
		tx2, err := c.Start(t.Context(), login())
		require.NoError(t, err)
		require.NoError(t, srv.Open(c.Prompt(tx2, time.Now()).Link.Reveal()))
		_, err = mss.Wait(t.Context(), c, tx, nil)
		require.NoError(t, err)
	})
}

// TestSimulatorTimers has orders that nobody starts, nobody finishes, that are cancelled and that are in each other's way.
func TestSimulatorTimers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, c := inProcess(t)
		srv.Script(bankidtest.Anyone, bankidtest.Person{Manual: true})
		begun := time.Now()
		_, err := mss.Sign(t.Context(), c, login(), func(mss.Prompt) {})
		require.ErrorIs(t, err, mss.ExpiredTransaction)
		require.True(t, bankid.NotStarted(err))
		require.InDelta(t, bankid.StartTime.Seconds(), time.Since(begun).Seconds(), 3)

		srv.Script(bankidtest.Anyone, bankidtest.Person{Does: bankidtest.Ignore})
		begun = time.Now()
		_, err = mss.Sign(t.Context(), c, login(), func(mss.Prompt) {})
		require.ErrorIs(t, err, mss.ExpiredTransaction)
		require.False(t, bankid.NotStarted(err))
		require.InDelta(t, bankid.OrderTime.Seconds(), time.Since(begun).Seconds(), 3)

		tx, err := c.Start(t.Context(), login())
		require.NoError(t, err)
		require.NoError(t, c.Cancel(t.Context(), tx))
		require.ErrorIs(t, c.Cancel(t.Context(), tx), mss.WrongParam)

		req := login()
		req.User = swede(t, bankidtest.DefaultNumber)
		tx, err = c.Start(t.Context(), req)
		require.NoError(t, err)
		_, err = c.Start(t.Context(), req)
		require.ErrorIs(t, err, mss.PBSignatureProcess)
		_, err = mss.Wait(t.Context(), c, tx, nil)
		require.ErrorIs(t, err, mss.UserCancel, "both are gone")
		require.Equal(t, "RFA3", bankid.FaultMessageID(err, bankid.ByQR))

		srv.Script(bankidtest.Anyone, bankidtest.Person{})
		srv.Fail("/collect", bankidtest.Fault{Status: 503, Code: "Maintenance"}, bankidtest.Fault{Cut: true}, bankidtest.Fault{Status: 503, Plain: true})
		_, err = mss.Sign(t.Context(), c, login(), func(mss.Prompt) {})
		require.NoError(t, err, "maintenance passes")
		prompts := srv.Prompts()
		srv.Fail("/auth", bankidtest.Fault{Status: 503, Code: "maintenance"})
		_, err = mss.Sign(t.Context(), c, login(), func(mss.Prompt) {})
		require.ErrorIs(t, err, mss.InternalError)
		srv.AssertPrompts(t, prompts)
	})
}
