package hermod

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestVerifyFlip: no octet of a signature can be altered, with a verifier that has seen it before or not.
func TestVerifyFlip(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	for _, format := range []string{formatJWS, formatPKCS7} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			x := newExchange(t, r, authenticate, format)
			cold, warm := newVerifier(t, r.anchors), newVerifier(t, r.anchors)
			_, err := warm.Verify(x.evidence())
			require.NoError(t, err)
			whole := []byte(x.text())
			if format == formatPKCS7 {
				whole = x.der()
			}
			require.Greater(t, len(whole), 400)
			for i := range whole {
				altered := bytes.Clone(whole)
				altered[i] ^= 1
				if format == formatPKCS7 {
					x.pkcs7(altered)
				} else {
					x.data(format, string(altered))
				}
				for _, v := range []*Verifier{cold, warm} {
					_, err := v.Verify(x.evidence())
					require.Error(t, err, "octet %d", i)
				}
			}
		})
	}
}
