package hermod

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestExpectationEncoding: what keys have in common is left out, and nothing else.
func TestExpectationEncoding(t *testing.T) {
	t.Parallel()
	one := template{Subject: sum([]byte("name")), Attributes: sum(nil), Key: sum([]byte("key"))}
	other := one
	other.Key = sum([]byte("another key"))
	long := []KeyType{{Type: "RSA", Bits: 4096, Mechanism: "RS512"}}
	e := &expectation{Nonce: "nonce", UserID: "astrid", ServerName: "server", ProfileName: "profile"}
	for i, k := range []expectedKey{
		{Types: []KeyType{defaultKeyType}, Template: one},
		{Types: []KeyType{defaultKeyType}, Template: one},
		{Types: long, Template: one},
		{Types: long, Template: other},
		{Types: []KeyType{defaultKeyType, long[0]}, Template: other},
		{Types: []KeyType{defaultKeyType}, Template: one},
	} {
		k.ID, k.Usage, k.State = string(rune('a'+i)), "SIG", "ACTIVE"
		e.Keys = append(e.Keys, k)
	}
	before := *e
	b, err := e.encode()
	require.NoError(t, err)
	require.Equal(t, before, *e, "encoding changes nothing")
	got, err := decodeExpectation(b)
	require.NoError(t, err)
	require.Equal(t, e, got)

	for _, damaged := range []string{
		`{"n":"n","u":"u","k":[]}`,
		`{"n":"","u":"u","k":[{"i":"a"}]}`,
		`{"n":"n","u":"u","k":[{"i":"a"}]}`,
		`{"n":"n","u":"u","k":[{"i":"a","t":[{"Type":"RSA"}]}]}`,
		`{"n":"n","u":"u","k":[{"i":"a","t":[{"Type":"RSA"}],"c":{"Subject":"YQ=="}}]}`,
		`{"n":"n","N":"m"}`,
		`[]`,
	} {
		_, err := decodeExpectation([]byte(damaged))
		require.ErrorIs(t, err, errState, damaged)
	}
}
