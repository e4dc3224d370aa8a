package hermod

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
)

func sampleState() *state {
	s := &state{
		Kind: sign, ExternalID: "T1", Format: formatJWS, TBS: bytes.Repeat([]byte{7}, 32), Display: "Pay", Code: "ABCDE", URI: "com.nexusgroup.plugout:///?",
		KeyID: "signer", ProfileID: "p", BoxID: "b", Certificate: []byte{1, 2, 3}, Expect: []byte("e"),
	}
	for i := range 3 {
		s.Locations = append(s.Locations, fmt.Sprint("https://hermod.example/ms/", i))
	}
	return s
}

func TestState(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string]func(*state){
		"whole":        func(*state) {},
		"no locations": func(s *state) { s.Locations = nil },
		"one location": func(s *state) { s.Locations = s.Locations[:1] },
		"no prefix":    func(s *state) { s.Locations = []string{"a", "b", ""} },
		"least":        func(s *state) { *s = state{Kind: sign, ExternalID: "T1"} },
	} {
		want := sampleState()
		edit(want)
		octets, err := want.encode()
		require.NoError(t, err)
		got, err := decodeState(&mss.Transaction{Purpose: mss.Signing, State: octets})
		require.NoError(t, err, name)
		require.Equal(t, want, got, name)
		for i := range octets {
			_, err := decodeState(&mss.Transaction{Purpose: mss.Signing, State: octets[:i]})
			require.Error(t, err, "cut")
		}
		_, err = decodeState(&mss.Transaction{Purpose: mss.Signing, State: append(octets, 0)})
		require.Error(t, err, "with more behind it")
		for _, p := range []mss.Purpose{0, mss.Authentication} {
			_, err = decodeState(&mss.Transaction{Purpose: p, State: octets})
			require.ErrorContains(t, err, "purpose")
		}
	}
	for name, edit := range map[string]func(*state){
		"no id":              func(s *state) { s.ExternalID = "" },
		"an unknown command": func(s *state) { s.Kind = 9 },
		"half a digest":      func(s *state) { s.TBS = s.TBS[:16] },
		"many locations":     func(s *state) { s.Locations = make([]string, maxLocations+1) },
	} {
		s := sampleState()
		edit(s)
		octets, err := s.encode()
		require.NoError(t, err)
		_, err = decodeState(&mss.Transaction{Purpose: mss.Signing, State: octets})
		require.ErrorIs(t, err, errState, name)
	}
}

// TestStateForEvidence drops the link alone.
func TestStateForEvidence(t *testing.T) {
	t.Parallel()
	s := sampleState()
	tx, err := s.forEvidence(&mss.Transaction{Purpose: mss.Signing, TransID: "T2"})
	require.NoError(t, err)
	require.Equal(t, "T2", tx.TransID)
	got, err := decodeState(&tx)
	require.NoError(t, err)
	require.NotEmpty(t, s.URI)
	s.URI = ""
	require.Equal(t, s, got)
}

// FuzzDecodeState reads whatever is in a transaction, and writes what it could read as it was, up to how numbers are written.
func FuzzDecodeState(f *testing.F) {
	octets, err := sampleState().encode()
	require.NoError(f, err)
	require.NotEmpty(f, octets)
	f.Add(octets)
	f.Add(octets[:20])
	f.Add([]byte{stateVersion, byte(provision)})
	f.Fuzz(func(t *testing.T, octets []byte) {
		for _, p := range []mss.Purpose{0, mss.Authentication, mss.Signing} {
			s, err := decodeState(&mss.Transaction{Purpose: p, State: octets})
			if err != nil {
				continue
			}
			again, err := s.encode()
			require.NoError(t, err)
			second, err := decodeState(&mss.Transaction{Purpose: p, State: again})
			require.NoError(t, err)
			require.Equal(t, s, second)
		}
	})
}
