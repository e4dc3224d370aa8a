package bankid

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"testing"

	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

// TestTLSRootIsNoAnchor is not parallel: it adds a root to those that are known, since BankID's are no fixtures.
func TestTLSRootIsNoAnchor(t *testing.T) {
	c := &x509.Certificate{Raw: []byte("a root for TLS servers")}
	sum := sha256.Sum256(c.Raw)
	key := hex.EncodeToString(sum[:])
	for k := range knownRoots {
		if known := knownRoots[k]; known.tls && known.env == mss.Test {
			knownRoots[key] = known
		}
	}
	t.Cleanup(func() { delete(knownRoots, key) })
	require.ErrorContains(t, checkSigningRoot(c, mss.Test), "root for TLS servers")
	require.NoError(t, checkSigningRoot(&x509.Certificate{}, mss.Test), "not known is for the operator to decide")
}
