package phones_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/tools/internal/phones"
)

// What becomes of a scenario's text, the tests of the command mss replay show.
func TestScenarioOfASignature(t *testing.T) {
	t.Parallel()
	hub := start(t, phones.Options{})
	for name, binding := range map[string]mssp.Binding{"soap": mssp.SOAP, "rest": mssp.JSON} {
		client := newClient(t, hub, func(cfg *mssp.Config) { cfg.Binding = binding })
		sig, err := signSync(t, hub, client, number, handset, phones.Sign)
		require.NoError(t, err)
		require.True(t, sig.Verified())
		text, err := hub.Scenario(t.Context(), last(t, hub, "MSS_Signature").N)
		require.NoError(t, err, name)
		require.NotContains(t, text, "790000021")
		require.Contains(t, text, `"signer": "MIDCHESANDRA0000"`)
		require.Contains(t, text, "-- anchors.pem --\n-----BEGIN CERTIFICATE-----")
	}
}

// TestNoScenario: why there is none is said.
func TestNoScenario(t *testing.T) {
	t.Parallel()
	hub := start(t, phones.Options{})
	_, err := hub.Scenario(t.Context(), 9999)
	require.ErrorContains(t, err, "no exchange of this number")
	_, err = hub.Scenario(t.Context(), 1)
	require.ErrorContains(t, err, "something else") // of Hermod's enrolment

	client := newClient(t, hub, nil)
	tx, err := client.Start(t.Context(), request(t, number))
	require.NoError(t, err)
	n := last(t, hub, "MSS_Signature").N
	_, err = hub.Scenario(t.Context(), n)
	require.ErrorContains(t, err, "still outstanding")
	press(t, hub, handset, phones.Cancel)
	_, err = hub.Scenario(t.Context(), n)
	require.ErrorContains(t, err, "nobody has fetched it")
	st, err := client.Poll(t.Context(), tx, 0)
	require.NoError(t, err)
	_, err = client.Verify(st.Evidence)
	require.ErrorIs(t, err, mss.UserCancel)
	last(t, hub, "MSS_StatusQuery")
	_, err = hub.Scenario(t.Context(), n)
	require.NoError(t, err)

	// A client that makes its requests in another way.
	client = newClient(t, hub, func(cfg *mssp.Config) {
		cfg.Dialect = mssp.Swisscom()
		cfg.Dialect.SOAP.Signature = mssp.Version{Major: 1, Minor: 2}
	})
	_, err = signSync(t, hub, client, number, handset, phones.Sign)
	require.NoError(t, err)
	var x *phones.Exchange
	require.Eventually(t, func() bool {
		x = last(t, hub, "MSS_Signature")
		return x.N > n
	}, minute, tick)
	_, err = hub.Scenario(t.Context(), x.N)
	require.ErrorContains(t, err, "not as this module's client makes them")
}
