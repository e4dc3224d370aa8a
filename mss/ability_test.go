package mss_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"testing"

	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

func TestReceiptOutcomeString(t *testing.T) {
	t.Parallel()
	for o, want := range map[mss.ReceiptOutcome]string{
		mss.ReceiptSent: "sent", mss.ReceiptAccepted: "accepted", mss.ReceiptCancelled: "cancelled",
		mss.ReceiptTimedOut: "timed out", mss.ReceiptUnheard: "unheard",
		0: "ReceiptOutcome(0)", -1: "ReceiptOutcome(-1)", 6: "ReceiptOutcome(6)",
	} {
		require.Equal(t, want, o.String())
	}
}

func TestReceiptsAndProfilesPrintNothing(t *testing.T) {
	t.Parallel()
	m := mss.Message{Text: secretText, Language: "en", Ack: true}
	p := mss.Profile{
		SignatureProfiles: []string{secretText},
		Certificates:      [][]*x509.Certificate{{{Subject: pkix.Name{CommonName: secretSigner}}}},
		Details:           secretText,
	}
	for _, v := range []any{m, &m, p, &p} {
		out := printed(v, "%v", "%+v", "%#v", "%s", "%q", "%x", "%d")
		require.NotContains(t, out, secretText)
		require.NotContains(t, out, secretSigner)
		require.NotContains(t, out, "canary")
	}
	require.Contains(t, printed(m, "%v"), `mss.Message{language:"en" ack:"true"}`)
	require.Contains(t, printed(p, "%v"), "[redacted]")
}
