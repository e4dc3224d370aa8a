package hermod

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// seedJWS is of RFC 7515 appendix A.2.
const seedJWS = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"

// TestParseJWS: the JWS of the RFC is read, and verified with its key, which a header or a payload of another spelling is not.
func TestParseJWS(t *testing.T) {
	t.Parallel()
	k := &jwk{KeyType: "RSA", E: "AQAB", N: "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}
	key, err := k.public()
	require.NoError(t, err)
	j, err := parseJWS(seedJWS, len(seedJWS))
	require.NoError(t, err)
	require.NoError(t, j.verify(key))
	require.True(t, strings.HasPrefix(string(j.payload), `{"iss":"joe"`))

	_, err = parseJWS(seedJWS, len(seedJWS)-1)
	require.ErrorContains(t, err, "longer")
	forged, err := parseJWS(strings.Replace(seedJWS, ".eyJpc3MiOiJq", ".eyJpc3MiOiJr", 1), len(seedJWS))
	require.NoError(t, err)
	require.Error(t, forged.verify(key))
}

// FuzzParseJWS: what is read has one spelling, and the header says nothing that is not understood.
func FuzzParseJWS(f *testing.F) {
	seeds := []string{seedJWS, "e30.e30.e30", "..", "eyJhbGciOiJub25lIn0.e30.AA", "eyJhbGciOiJSUzI1NiIsImNyaXQiOltdfQ.e30.AA"}
	for _, s := range seeds {
		require.NotEmpty(f, s)
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		j, err := parseJWS(s, maxNestedJWS)
		if err != nil {
			return
		}
		encode := base64.RawURLEncoding.EncodeToString
		require.True(t, strings.HasPrefix(s, encode(j.protected)+"."+encode(j.payload)+"."))
		require.Equal(t, 2, strings.Count(s, "."))
		require.Contains(t, signatureAlgorithms, j.header.Alg)
		require.Nil(t, j.header.Crit)
		if j.header.JWK == nil {
			return
		}
		if key, err := j.header.JWK.public(); err == nil {
			_ = j.verify(key) // must not panic, whoever made the key
		}
	})
}
