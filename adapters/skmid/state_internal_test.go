package skmid

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
)

// largest is the largest transaction that Start makes: a host of 253 octets, the longest ids, a text of 100 three-octet
// characters, the longest digest, the largest certificate.
func largest() *mss.Transaction {
	st := state{
		purpose: mss.Signing, digest: make([]byte, 64), certificate: make([]byte, maxStateCertificate),
		display: strings.Repeat("Δ", 100),
	}
	now := time.Now()
	return &mss.Transaction{
		Provider: "skmid|production|" + strings.Repeat("h", 253) + ":65535|" + demoUUID,
		TransID:  strings.Repeat("T", maxTransID), MSSPTransID: strings.Repeat("s", 64), Purpose: mss.Signing,
		User:    mss.User{MSISDN: mss.MSISDN{Private: mss.Conceal("+37251234567")}, Person: mss.PersonID{Private: mss.Conceal("PNOEE-37605030299")}},
		Started: now, Deadline: now, PollAt: now, State: st.encode(),
	}
}

// TestStateFits: whatever Start accepts, a handle can be sealed of it.
func TestStateFits(t *testing.T) {
	t.Parallel()
	tx := largest()
	format, err := displayFormat(strings.Repeat("Δ", 100))
	require.NoError(t, err)
	require.Equal(t, formatGSM7, format, "the text with the most octets")
	keys, err := mss.NewKeys(tx.Provider, make([]byte, 32))
	require.NoError(t, err)
	handle, err := keys.Seal(tx, strings.Repeat("session", 10))
	require.NoError(t, err)
	t.Logf("the largest handle has %d octets", len(handle))
	var read mss.Transaction
	require.NoError(t, keys.Open(handle, strings.Repeat("session", 10), &read))
	st, err := decodeState(&read)
	require.NoError(t, err)
	require.Equal(t, tx.State, st.encode())
}

func FuzzDecodeState(f *testing.F) {
	seeds := []state{
		{purpose: mss.Authentication, digest: make([]byte, 32)},
		{purpose: mss.Signing, digest: make([]byte, 48), display: "õ", certificate: []byte{0x30, 0}},
	}
	for _, s := range seeds {
		b := s.encode()
		_, err := decodeState(&mss.Transaction{Purpose: s.purpose, State: b})
		require.NoError(f, err, "a seed is in order")
		f.Add(byte(s.purpose), b)
	}
	f.Fuzz(func(t *testing.T, purpose byte, b []byte) {
		st, err := decodeState(&mss.Transaction{Purpose: mss.Purpose(purpose), State: b})
		if err != nil {
			return
		}
		again, err := decodeState(&mss.Transaction{Purpose: mss.Purpose(purpose), State: st.encode()})
		require.NoError(t, err)
		require.Equal(t, st, again)
	})
}
