package hermod

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzDecodeKeys: what somebody has written into the table of devices is read as it was stored, or is an error.
func FuzzDecodeKeys(f *testing.F) {
	seeds := []string{
		`[]`,
		`[{"id":"signer","mechanism":"RS256","chain":[]}]`,
		`[{"id":"signer","mechanism":"RS256","chain":["MIIB"]},{"id":"other","mechanism":"RS512","chain":[]}]`,
		`[{"id":"a","ID":"b"}]`,
		`[{"id":1}]`,
		`{}`,
	}
	require.NotEmpty(f, seeds)
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		keys, err := decodeKeys(doc)
		if err != nil {
			return
		}
		again, err := encodeKeys(keys)
		require.NoError(t, err)
		back, err := decodeKeys(again)
		require.NoError(t, err)
		require.Equal(t, keys, back)
	})
}
