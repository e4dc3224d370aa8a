package replay_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/strictjson"
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

// FuzzJSON: whatever can be read is equal to itself, to itself with its members in another order, and to what is read of
// what is written; and any value that is filled into an answer comes out as it was.
func FuzzJSON(f *testing.F) {
	seeds, err := filepath.Glob("../../testdata/scenarios/*/*.json")
	require.NoError(f, err)
	require.NotEmpty(f, seeds)
	for _, seed := range seeds {
		doc, err := os.ReadFile(seed)
		require.NoError(f, err)
		f.Add(doc, "41790000001")
	}
	f.Add([]byte(`{"a": [1, 2.50, true, null, {}, [], "\u00e9\ud83d\ude00\"\\"]}`), "\"\\\n\x01\u2028</x>")
	f.Fuzz(func(t *testing.T, doc []byte, value string) {
		if utf8.ValidString(value) {
			filled := replay.Fill([]byte(`{"v": "${A}"}`), "A", value)
			var read map[string]string
			require.NoError(t, json.Unmarshal(filled, &read), "%s", filled)
			require.Equal(t, value, read["v"])
		}
		shuffled, ok := replay.Shuffle(doc)
		if !ok {
			return
		}
		require.NoError(t, strictjson.Check(shuffled), "%s", shuffled)
		require.NoError(t, replay.CompareJSON(doc, doc))
		require.NoError(t, replay.CompareJSON(doc, shuffled), "%s", shuffled)
		require.NoError(t, replay.CompareJSON(shuffled, doc), "%s", shuffled)
	})
}
