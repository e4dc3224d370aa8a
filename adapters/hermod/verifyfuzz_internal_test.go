package hermod

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
)

// FuzzVerify: no callback makes a verifier panic or name a person, and none is accepted in which there is not what the person
// signed.
func FuzzVerify(f *testing.F) {
	r := newRealm(f)
	v := newVerifier(f, r.anchors)
	formats := map[bool]string{true: formatJWS, false: formatPKCS7}
	exchanges := make(map[bool]*exchange)
	seeds := 0
	for isJWS, format := range formats {
		x := newExchange(f, r, sign, format)
		exchanges[isJWS] = x
		_, err := v.Verify(x.evidence())
		require.NoError(f, err, "a seed verifies")
		declined := *x
		declined.code, declined.result = 401, nil
		for _, raw := range [][]byte{x.reply(), x.reply()[:len(x.reply())/2], declined.reply(), []byte(`{"commandId":"4711"}`)} {
			f.Add(isJWS, raw)
			seeds++
		}
	}
	require.Equal(f, 8, seeds)
	f.Fuzz(func(t *testing.T, isJWS bool, raw []byte) {
		x := exchanges[isJWS]
		x.t = t
		ev := x.evidence()
		ev.Raw = raw
		judgeAny(t, v, ev)
	})
}

// FuzzVerifyResult: the same for the result alone, in a record that is right.
func FuzzVerifyResult(f *testing.F) {
	r := newRealm(f)
	v := newVerifier(f, r.anchors)
	jws, pkcs7 := newExchange(f, r, sign, formatJWS), newExchange(f, r, sign, formatPKCS7)
	for _, x := range []*exchange{jws, pkcs7} {
		_, err := v.Verify(x.evidence())
		require.NoError(f, err, "a seed verifies")
	}
	genuine := jws.text()
	f.Add(true, []byte(genuine))
	f.Add(true, []byte(enc64([]byte(`{"alg":"none"}`))+"."+enc64([]byte(testText))+"."))
	f.Add(false, pkcs7.der())
	f.Add(false, pkcs7.der()[:100])
	f.Fuzz(func(t *testing.T, isJWS bool, data []byte) {
		jws.t, pkcs7.t = t, t
		if !isJWS {
			judgeAny(t, v, pkcs7.data(formatPKCS7, base64.StdEncoding.EncodeToString(data)).evidence())
			return
		}
		if sig := judgeAny(t, v, jws.data(formatJWS, string(data)).evidence()); sig != nil {
			require.Equal(t, genuine, string(sig.Value), "there is one text of a JWS")
		}
	})
}

// judgeAny checks what holds for whatever comes. It returns the signature that was accepted.
func judgeAny(t *testing.T, v *Verifier, ev *mss.Evidence) *mss.Signature {
	t.Helper()
	sig, err := v.Verify(ev)
	if err != nil {
		require.Nil(t, sig)
		requireSilent(t, err)
		switch err.(type) {
		case *mss.Fault, *mss.VerificationError:
		default:
			t.Fatalf("%T", err)
		}
		return nil
	}
	require.Equal(t, testText, string(sig.Content))
	require.Equal(t, "HERMOD-"+testUser, sig.Signer.ID)
	return sig
}
