package replay_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/transport/replay"
)

// FuzzCompare: whatever can be read is equal to itself, and to itself with other prefixes, other white space between
// elements and the attributes in another order.
func FuzzCompare(f *testing.F) {
	seeds, err := filepath.Glob("../../testdata/scenarios/*/*.xml")
	require.NoError(f, err)
	require.NotEmpty(f, seeds)
	for _, seed := range seeds {
		doc, err := os.ReadFile(seed)
		require.NoError(f, err)
		f.Add(doc)
	}
	f.Add([]byte(recorded))
	f.Add([]byte(sent))
	f.Add([]byte(`<a xml:lang="en" xmlns:b="urn:b"> <b:c b:d="&#13;&amp;'&quot;">&#xA;</b:c></a>`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		renamed, ok := replay.Rename(doc)
		if !ok {
			return
		}
		require.NoError(t, replay.Compare(doc, doc))
		require.NoError(t, replay.Compare(doc, []byte(renamed)), renamed)
		require.NoError(t, replay.Compare([]byte(renamed), doc), renamed)
	})
}
