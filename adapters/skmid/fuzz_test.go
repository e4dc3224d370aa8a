package skmid_test

import (
	"crypto"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
)

// FuzzSession: no body makes a verifier panic or name a person, and none but that of the person's own signature passes.
func FuzzSession(f *testing.F) {
	r := newRealm(f)
	v := newVerifier(f, r.anchors)
	digest := mss.Digest(crypto.SHA256, sum256("challenge"))
	good := r.auth.answer(f, mss.Authentication, crypto.SHA256, digest.Content)
	seeds := [][]byte{good.bytes(f)}
	_, err := v.VerifySession(seeds[0], mss.Authentication, digest, nil, time.Now())
	require.NoError(f, err, "a seed verifies")
	signed := r.sign.answer(f, mss.Signing, crypto.SHA256, digest.Content)
	seeds = append(seeds, signed.bytes(f), []byte(`{"state":"RUNNING"}`), []byte(`{"state":"COMPLETE","result":"TIMEOUT","traceId":"1"}`),
		[]byte(`{"state":"COMPLETE","result":"OK","signature":{"value":"MAYCAQECAQE=","algorithm":"sha256WithECEncryption"},"cert":"MIIB"}`))
	require.NotEmpty(f, seeds)
	for _, s := range seeds {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, body []byte, auth bool) {
		purpose, cert := mss.Authentication, r.sign.cert
		if auth {
			cert = nil
		} else {
			purpose = mss.Signing
		}
		doc, err := v.VerifySession(body, purpose, digest, cert, time.Now())
		if err == nil {
			require.Equal(t, "PNOEE-"+digits, doc.Signer.ID)
			return
		}
		requireSilent(t, err.Error())
	})
}
