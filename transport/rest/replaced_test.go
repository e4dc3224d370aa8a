package rest_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/transport/rest"
)

// replacements stand in turn at every place of a good document.
var replacements = []any{nil, true, "true", 7, "7", "0", "", " x ", "CH", "AQ==", []any{}, []any{"CH", ""}, []any{map[string]any{}}, map[string]any{}}

// TestReplaced is what a fuzzer that knows JSON would do: every value of every
// document is replaced by others, and taken out. It holds what the fuzz targets
// hold, and that some are accepted and some are not.
func TestReplaced(t *testing.T) {
	t.Parallel()
	accepted, refused := 0, 0
	count := func(sound bool) {
		if sound {
			accepted++
		} else {
			refused++
		}
	}
	for _, r := range responseGoldens {
		eachReplaced(t, []byte(r.doc), func(doc []byte) {
			count(requireSound(t, doc, r.op))
		})
	}
	for _, f := range faults() {
		doc, err := rest.AppendFault(nil, f)
		require.NoError(t, err)
		eachReplaced(t, doc, func(doc []byte) { requireSound(t, doc, etsi.OpReceipt) })
	}
	for _, r := range requestGoldens {
		eachReplaced(t, []byte(r.doc), func(doc []byte) {
			count(requireSoundRequest(t, doc))
		})
	}
	require.Greater(t, accepted, 500)
	require.Greater(t, refused, 500)
}

// eachReplaced calls visit with doc as it is after each replacement.
func eachReplaced(t *testing.T, doc []byte, visit func([]byte)) {
	t.Helper()
	var tree any
	require.NoError(t, json.Unmarshal(doc, &tree))
	show := func() {
		changed, err := json.Marshal(tree)
		require.NoError(t, err)
		visit(changed)
	}
	var walk func(v any, replace func(any))
	walk = func(v any, replace func(any)) {
		for _, r := range replacements {
			replace(r)
			show()
		}
		replace(v)
		switch v := v.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				member := v[name]
				walk(member, func(r any) { v[name] = r })
				delete(v, name)
				show()
				v[name] = member
			}
		case []any:
			for i, element := range v {
				walk(element, func(r any) { v[i] = r })
			}
		}
	}
	walk(tree, func(r any) { tree = r })
}
