package mssp_test

import (
	"net/netip"
	"testing"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/stretchr/testify/require"
)

// TestPrintsNothingPersonal: what callers and hooks hold in their hands prints neither text, number, address nor link.
func TestPrintsNothingPersonal(t *testing.T) {
	t.Parallel()
	pair := mssp.Pair{Key: "canary-key", Value: "canary-value"}
	options := mssp.Options{Profile: mssp.ProfileDevice, RedirectURI: "https://bank.example/?canary"}
	admission := mssp.Admission{TransID: "T1", User: msisdn(t, canaryNumber), Source: netip.MustParseAddr("192.0.2.77"), Purpose: mss.Signing}
	printed := new(sink)
	printed.print(t, pair, &pair, []mssp.Pair{pair}, map[string]any{"k": pair}, options, &options, struct{ O mss.Options }{options}, admission, &admission,
		mssp.Approval("canary-kind", pair))
	out := printed.b.String()
	for _, secret := range []string{"canary", canaryNumber, "192.0.2.77", "99 97 110", "0x63, 0x61, 0x6e"} {
		require.NotContains(t, out, secret)
	}
	require.Contains(t, out, mssp.ProfileDevice)
	require.Contains(t, out, "T1")
}
