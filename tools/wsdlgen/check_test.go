package main

import (
	"testing"

	"github.com/beevik/etree"
	"github.com/stretchr/testify/require"
)

// Numbering keeps bits apart; if it ever did not, the decoder would take one
// member for another.
func TestBitsAreNotShared(t *testing.T) {
	t.Parallel()
	member := func(name string, c *choice) *field {
		return &field{goName: name, low: 1, high: 1, element: &element{}, choice: c}
	}
	one, other := &choice{index: 1}, &choice{index: 1}
	r := &resolver{sources: &sources{at: map[*etree.Element]position{}}}
	for name, c := range map[string]struct {
		t    *typ
		says string
	}{
		"alternatives":          {&typ{fields: []*field{member("A", one), member("B", one)}}, ""},
		"two choices":           {&typ{fields: []*field{member("A", one), member("B", other)}}, "would share got_choice1"},
		"a choice of the base":  {&typ{base: &typ{fields: []*field{member("A", one)}}, fields: []*field{member("B", other)}}, "would share got_choice1"},
		"two elements":          {&typ{fields: []*field{member("A", nil), member("A", nil)}}, "would share gotA"},
		"attribute and element": {&typ{attrs: []*attr{{goName: "A", required: true}}, fields: []*field{member("A", nil)}}, "would share gotA"},
		"two attributes":        {&typ{attrs: []*attr{{goName: "A", required: true}, {goName: "A", fold: true}}}, "would share gotA"},
		"attributes without":    {&typ{attrs: []*attr{{goName: "A"}, {goName: "A"}}, fields: []*field{member("A", nil)}}, ""},
	} {
		err := r.checkBits(c.t)
		if c.says == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorContains(t, err, c.says, name)
	}
}
