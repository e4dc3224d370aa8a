package skmid_test

import (
	"crypto"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
)

// endless is a body without end.
type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	return len(b), nil
}

func totalAlloc() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// hostileBodies are what is meant to exhaust a reader.
func hostileBodies() map[string]string {
	members := new(strings.Builder)
	for i := range 4000 {
		fmt.Fprintf(members, `"m%d":0,`, i)
	}
	mb := strings.Repeat("A", 1<<20)
	return map[string]string{
		"deep":                   strings.Repeat(`{"a":`, 20_000),
		"deep and closed":        strings.Repeat("[", 30_000) + strings.Repeat("]", 30_000),
		"members twice":          `{"state":"COMPLETE","result":"OK","result":"OK"}`,
		"members in other cases": `{"state":"COMPLETE","result":"USER_CANCELLED","RESULT":"OK"}`,
		"many members":           "{" + members.String() + `"state":"FINISHED"}`,
		"certificate of 1 MB":    `{"state":"COMPLETE","result":"OK","signature":{"value":"AAAA","algorithm":"SHA256WithECEncryption"},"cert":"` + mb + `"}`,
		"signature of 1 MB":      `{"state":"COMPLETE","result":"OK","signature":{"value":"` + mb + `"}}`,
		"result of 1 MB":         `{"state":"COMPLETE","result":"` + mb + `"}`,
		"certificate of 60 kB":   `{"state":"COMPLETE","result":"OK","signature":{"value":"AAAA","algorithm":"SHA256WithECEncryption"},"cert":"` + mb[:60_000] + `"}`,
		"signature of 60 kB":     `{"state":"COMPLETE","result":"OK","signature":{"value":"` + mb[:60_000] + `","algorithm":"SHA256WithECEncryption"}}`,
		"space":                  strings.Repeat(" ", 1<<20),
		"lone surrogate":         `{"state":"\ud800"}`,
		"not UTF-8":              "{\"state\":\"\xff\"}",
	}
}

// TestHostileAnswers: each of them is refused with an error of the model, for less memory than a megabyte.
func TestHostileAnswers(t *testing.T) {
	r := newRealm(t)
	v := newVerifier(t, r.anchors)
	ev := genuine(t, r)
	for name, doc := range hostileBodies() {
		c := newClient(t, r, started(func(*http.Request) *http.Response { return reply(200, doc) }))
		tx, err := c.Start(t.Context(), authentication(t))
		require.NoError(t, err)
		bad := *ev
		bad.Raw = []byte(doc)

		before, begun := totalAlloc(), time.Now()
		st, err := c.Poll(t.Context(), tx, 0)
		if err == nil {
			_, err = c.Verify(st.Evidence)
		}
		cost := totalAlloc() - before
		require.Error(t, err, name)
		require.Less(t, cost, uint64(1<<20), name)
		t.Logf("%s: %d kB, %v", name, cost>>10, time.Since(begun))

		before = totalAlloc()
		_, err = v.Verify(&bad)
		require.Error(t, err, name)
		require.Less(t, totalAlloc()-before, uint64(1<<20), name)
		if len(doc) > 64<<10 {
			require.ErrorContains(t, err, "64 KiB", name)
		}
		requireSilent(t, err.Error())
	}
	c := newClient(t, r, started(func(*http.Request) *http.Response {
		r := reply(200, "")
		r.Body = io.NopCloser(endless{})
		return r
	}))
	tx, err := c.Start(t.Context(), authentication(t))
	require.NoError(t, err)
	before := totalAlloc()
	_, err = c.Poll(t.Context(), tx, 0)
	require.ErrorContains(t, err, "longer than Config.MaxBody")
	require.Less(t, totalAlloc()-before, uint64(1<<20))
}

// TestHostileKeys: the key of a certificate decides what checking costs, so it is bounded before it is used (SEC-8).
func TestHostileKeys(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	v := newVerifier(t, r.anchors)
	odd := func(bits uint) *big.Int { return new(big.Int).SetBit(big.NewInt(1), int(bits)-1, 1) }
	for name, tt := range map[string]struct {
		key   crypto.PublicKey
		check string
	}{
		"RSA 2048":            {&rsa.PublicKey{N: odd(2048), E: 65537}, "signature"}, // let through to the signature, which is wrong
		"RSA 4096":            {&rsa.PublicKey{N: odd(4096), E: 65537}, "signature"},
		"RSA 1024":            {&rsa.PublicKey{N: odd(1024), E: 65537}, "certificate"},
		"RSA 4104":            {&rsa.PublicKey{N: odd(4104), E: 65537}, "certificate"},
		"RSA 16384":           {&rsa.PublicKey{N: odd(16384), E: 65537}, "certificate"},
		"RSA with exponent 3": {&rsa.PublicKey{N: odd(2048), E: 3}, "certificate"},
		"RSA, large exponent": {&rsa.PublicKey{N: odd(2048), E: 1<<31 - 1}, "certificate"},
		"P-224":               {&generate(elliptic.P224()).PublicKey, "certificate"},
	} {
		b := r.auth.answer(t, mss.Authentication, crypto.SHA256, sum256("x"))
		if _, ok := tt.key.(*rsa.PublicKey); ok {
			b.Signature.Algorithm = "SHA256WithRSAEncryption"
		}
		b.Cert = base64.StdEncoding.EncodeToString(certify(t, r, tt.key).Raw)
		_, err := v.VerifySession(b.bytes(t), mss.Authentication, mss.Digest(crypto.SHA256, sum256("x")), nil, time.Now())
		require.Error(t, err, name)
		requireFailed(t, err, tt.check)
	}
}

// certify certifies a public key of which there is no private one.
func certify(t *testing.T, r *realm, key crypto.PublicKey) *x509.Certificate {
	t.Helper()
	return r.person(t, mss.Authentication, keyless{key}, nil).cert
}

type keyless struct{ key crypto.PublicKey }

func (k keyless) Public() crypto.PublicKey { return k.key }

func (keyless) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return asn1.Marshal(0)
}
