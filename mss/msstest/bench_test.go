package msstest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkSignature is one synchronous signature in process, encoding and decoding on both sides included.
func BenchmarkSignature(b *testing.B) {
	for name, number := range map[string]string{"EC": "41700092501", "RSA": "41700092502"} {
		b.Run(name, func(b *testing.B) {
			c := call(b, inProcess(b, nil))
			b.ReportAllocs()
			for b.Loop() {
				_, f := c.sign(c.ask(number, synch))
				require.Nil(b, f)
			}
		})
	}
}
