package bankidtest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// An order from start to outcome, in process. Two RSA signatures and a certificate lookup are the floor.
func BenchmarkOrder(b *testing.B) {
	_, c := inProcess(b, nil)
	for b.Loop() {
		require.Equal(b, "complete", c.outcome("/sign", askSign).Status)
	}
}
