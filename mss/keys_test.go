package mss_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

const scope = "mssp|swisscom|production|mss.example|mid://acme"

func secret(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }

func newKeys(t *testing.T, scope string, secrets ...[]byte) *mss.Keys {
	t.Helper()
	k, err := mss.NewKeys(scope, secrets...)
	require.NoError(t, err)
	return k
}

func transaction(t *testing.T) *mss.Transaction {
	t.Helper()
	m, err := mss.ParseMSISDN(secretNumber)
	require.NoError(t, err)
	start := time.UnixMilli(1700000000123).UTC()
	return &mss.Transaction{Provider: scope, TransID: "TABC", MSSPTransID: "h1x", Purpose: mss.Signing, User: mss.User{MSISDN: m},
		Started: start, Deadline: start.Add(90 * time.Second), PollAt: start.Add(5 * time.Second), State: []byte(`{"d":"x"}`)}
}

func TestKeysRoundTrip(t *testing.T) {
	t.Parallel()
	k := newKeys(t, scope, secret(1))
	tx := transaction(t)
	h, err := k.Seal(tx, "session")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(h, "gmh1."))
	require.NotContains(t, h, "79123")
	var got mss.Transaction
	require.NoError(t, k.Open(h, "session", &got))
	require.Equal(t, *tx, got)

	ev := &mss.Evidence{Transaction: *tx, Received: tx.Started, Raw: []byte("<x/>")}
	h, err = k.Seal(ev, mss.NoBinding)
	require.NoError(t, err)
	var gotEv mss.Evidence
	require.NoError(t, k.Open(h, mss.NoBinding, &gotEv))
	require.Equal(t, *ev, gotEv)
}

func TestKeysRefuseWhatIsNotTheirs(t *testing.T) {
	t.Parallel()
	k := newKeys(t, scope, secret(1))
	h, err := k.Seal(transaction(t), "session")
	require.NoError(t, err)
	other, err := k.Seal(transaction(t), "session")
	require.NoError(t, err)
	require.NotEqual(t, h, other, "the nonce is random")

	for name, open := range map[string]func(v *mss.Transaction) error{
		"other session": func(v *mss.Transaction) error { return k.Open(h, "other", v) },
		"no session":    func(v *mss.Transaction) error { return k.Open(h, "", v) },
		"no binding":    func(v *mss.Transaction) error { return k.Open(h, mss.NoBinding, v) },
		"other key":     func(v *mss.Transaction) error { return newKeys(t, scope, secret(2)).Open(h, "session", v) },
		"other scope":   func(v *mss.Transaction) error { return newKeys(t, scope+"x", secret(1)).Open(h, "session", v) },
		"empty":         func(v *mss.Transaction) error { return k.Open("", "session", v) },
		"trailing":      func(v *mss.Transaction) error { return k.Open(h+"A", "session", v) },
		"line end":      func(v *mss.Transaction) error { return k.Open(h[:40]+"\n"+h[40:], "session", v) },
		"padding":       func(v *mss.Transaction) error { return k.Open(h+"=", "session", v) },
		"version":       func(v *mss.Transaction) error { return k.Open("gmh2"+h[4:], "session", v) },
		"too long":      func(v *mss.Transaction) error { return k.Open(h+strings.Repeat("A", 5000), "session", v) },
	} {
		var v mss.Transaction
		require.ErrorIs(t, open(&v), mss.ErrHandle, name)
		require.Zero(t, v, name)
	}
	for i := range len(h) {
		flipped := []byte(h)
		flipped[i] ^= 1
		var v mss.Transaction
		require.Error(t, k.Open(string(flipped), "session", &v), "octet %d", i)
	}
	var ev mss.Evidence
	require.ErrorIs(t, k.Open(h, "session", &ev), mss.ErrHandle, "a transaction is no evidence")
}

// TestHandleEndsInOneWay replaces the last character of handles of every length: Base64 has spare bits there, and a handle
// must have one spelling.
func TestHandleEndsInOneWay(t *testing.T) {
	t.Parallel()
	k := newKeys(t, scope, secret(1))
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	for extra := range 3 {
		tx := transaction(t)
		tx.State = make([]byte, 10+extra)
		h, err := k.Seal(tx, "s")
		require.NoError(t, err)
		for _, c := range alphabet {
			var v mss.Transaction
			if other := h[:len(h)-1] + string(c); other != h {
				require.ErrorIs(t, k.Open(other, "s", &v), mss.ErrHandle)
			}
		}
	}
}

// TestHandleOfYesterday opens a handle that an earlier build sealed: the key derivation and all that a handle is bound to
// are part of the format.
func TestHandleOfYesterday(t *testing.T) {
	t.Parallel()
	const handle = "gmh1.ed434ccf.kcatF3uncmfzf82obLZoslSphZ1vRxxvbpkR4xPGFQEKMXZb3_TBzCLlH9Sbl4GGDJW7Q72Naf6yiW4WtX6_u9UnECS5PRTHXzWwx6JCKQHI_g1XcSIDf3cdyPhPdY2LmD580EGSNTLRFY4tZ1xM7FJQJ5sRqPbsVjbG-xEyRMi48K0muw"
	var v mss.Transaction
	require.NoError(t, newKeys(t, scope, secret(1)).Open(handle, "session", &v))
	require.Equal(t, *transaction(t), v)
}

func TestKeysRotate(t *testing.T) {
	t.Parallel()
	old := newKeys(t, scope, secret(1))
	h, err := old.Seal(transaction(t), "s")
	require.NoError(t, err)
	rotated := newKeys(t, scope, secret(2), secret(1))
	var v mss.Transaction
	require.NoError(t, rotated.Open(h, "s", &v))
	h, err = rotated.Seal(&v, "s")
	require.NoError(t, err)
	require.Error(t, old.Open(h, "s", &v), "the first secret seals")
}

func TestKeysRefuseToSeal(t *testing.T) {
	t.Parallel()
	_, err := mss.NewKeys(scope)
	require.ErrorContains(t, err, "secret")
	_, err = mss.NewKeys(scope, make([]byte, 31))
	require.ErrorContains(t, err, "32")
	_, err = mss.NewKeys("", secret(1))
	require.ErrorContains(t, err, "scope")

	k := newKeys(t, scope, secret(1))
	_, err = k.Seal(transaction(t), "")
	require.ErrorContains(t, err, "NoBinding")
	foreign := transaction(t)
	foreign.Provider = "bankid|test"
	_, err = k.Seal(foreign, "s")
	require.ErrorContains(t, err, "another service")
	large := transaction(t)
	large.State = make([]byte, 4000)
	_, err = k.Seal(large, "s")
	require.ErrorContains(t, err, "limit")
}

func TestHandleLength(t *testing.T) {
	t.Parallel()
	h, err := newKeys(t, scope, secret(1)).Seal(transaction(t), "s")
	require.NoError(t, err)
	require.Less(t, len(h), 400, "a handle fits into a cookie")
}

func FuzzOpen(f *testing.F) {
	k, err := mss.NewKeys(scope, secret(1))
	require.NoError(f, err)
	f.Add("gmh1.00000000.AAAA", []byte{1, 0})
	f.Add("", []byte{})
	f.Fuzz(func(t *testing.T, handle string, plain []byte) {
		var tx mss.Transaction
		require.Error(t, k.Open(handle, "s", &tx), "nobody forges a handle")
		if tx.UnmarshalBinary(plain) == nil {
			again, err := tx.MarshalBinary()
			require.NoError(t, err)
			var same mss.Transaction
			require.NoError(t, same.UnmarshalBinary(again))
			require.Equal(t, tx, same)
		}
		var ev mss.Evidence
		_ = ev.UnmarshalBinary(plain) // must not panic
	})
}

func BenchmarkSealOpen(b *testing.B) {
	k, err := mss.NewKeys(scope, secret(1))
	require.NoError(b, err)
	tx := &mss.Transaction{Provider: scope, TransID: "TABC", MSSPTransID: "h1x", State: bytes.Repeat([]byte("x"), 120)}
	b.ReportAllocs()
	for b.Loop() {
		h, err := k.Seal(tx, "session")
		if err != nil {
			b.Fatal(err)
		}
		var v mss.Transaction
		if err := k.Open(h, "session", &v); err != nil {
			b.Fatal(err)
		}
	}
}
