package cms_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/gomss/gomss/internal/cms"
	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/stretchr/testify/require"
)

// join puts octets in a row.
func join(parts ...[]byte) []byte { return slices.Concat(parts...) }

func TestToDER(t *testing.T) {
	t.Parallel()
	long := bytes.Repeat([]byte{7}, 300)
	for name, test := range map[string]struct {
		ber, der []byte
	}{
		"DER as it is":        {[]byte{0x30, 2, 5, 0}, []byte{0x30, 2, 5, 0}},
		"primitive":           {[]byte{4, 1, 9}, []byte{4, 1, 9}},
		"empty, indefinite":   {[]byte{0x30, 0x80, 0, 0}, []byte{0x30, 0}},
		"nested, indefinite":  {[]byte{0x30, 0x80, 0xa0, 0x80, 5, 0, 0, 0, 0, 0}, []byte{0x30, 4, 0xa0, 2, 5, 0}},
		"set":                 {[]byte{0x31, 0x80, 5, 0, 0, 0}, []byte{0x31, 2, 5, 0}},
		"definite inside":     {[]byte{0x30, 0x80, 0x30, 2, 5, 0, 5, 0, 0, 0}, []byte{0x30, 6, 0x30, 2, 5, 0, 5, 0}},
		"zeros in a value":    {[]byte{0x30, 0x80, 4, 2, 0, 0, 0, 0}, []byte{0x30, 4, 4, 2, 0, 0}},
		"segments, definite":  {[]byte{0x30, 0x80, 0x24, 6, 4, 1, 1, 4, 1, 2, 0, 0}, []byte{0x30, 4, 4, 2, 1, 2}},
		"segments, both":      {[]byte{0x30, 0x80, 0x24, 0x80, 4, 1, 1, 4, 1, 2, 0, 0, 0, 0}, []byte{0x30, 4, 4, 2, 1, 2}},
		"segments at the top": {[]byte{0x24, 0x80, 4, 1, 1, 4, 0, 4, 1, 2, 0, 0}, []byte{4, 2, 1, 2}},
		"no segment":          {[]byte{0x30, 0x80, 0x24, 0x80, 0, 0, 0, 0}, []byte{0x30, 2, 4, 0}},
		"no segment, empty":   {[]byte{0x30, 0x80, 0x24, 0, 0, 0}, []byte{0x30, 2, 4, 0}},
		"longer lengths": {join([]byte{0x30, 0x80, 0x24, 0x80}, cmstest.TLV(4, long), cmstest.TLV(4, long[:200]), []byte{0, 0, 0, 0}),
			cmstest.TLV(0x30, cmstest.TLV(4, long, long[:200]))},
		"length of one octet more": {join([]byte{0x30, 0x80}, cmstest.TLV(4, long[:150]), []byte{0, 0}), cmstest.TLV(0x30, cmstest.TLV(4, long[:150]))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			der, err := cms.ToDER(test.ber)
			require.NoError(t, err)
			require.Equal(t, test.der, der)
			again, err := cms.ToDER(der)
			require.NoError(t, err)
			require.Equal(t, der, again)
		})
	}
}

// TestToDERLengths: contents around the sizes where the length takes an octet more.
func TestToDERLengths(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 126, 127, 128, 129, 254, 255, 256, 257, 258, 259, 260, 261, 60000} {
		content := bytes.Repeat([]byte{7}, n)
		der, err := cms.ToDER(join([]byte{0x30, 0x80, 0x24, 0x80}, cmstest.TLV(4, content), []byte{0, 0, 0, 0}))
		require.NoError(t, err)
		require.Equal(t, cmstest.TLV(0x30, cmstest.TLV(4, content)), der)
	}
}

// TestToDERCopies: DER comes back without a copy, what an indefinite layer holds
// octet for octet.
func TestToDERCopies(t *testing.T) {
	t.Parallel()
	der := []byte{0x30, 2, 5, 0}
	out, err := cms.ToDER(der)
	require.NoError(t, err)
	require.Same(t, &der[0], &out[0])

	c := newChain(t, testKeys().p256)
	out, err = cms.ToDER(sign(t, c.User, genuine(c)))
	require.NoError(t, err)
	for _, s := range []cmstest.Signer{c.User, c.Intermediate, c.Root} {
		require.True(t, bytes.Contains(out, s.Certificate.Raw))
	}
}

func TestToDERRefuses(t *testing.T) {
	t.Parallel()
	wrap := func(n int, inner ...byte) []byte {
		b := append(bytes.Repeat([]byte{0x30, 0x80}, n), inner...)
		return append(b, bytes.Repeat([]byte{0, 0}, n)...)
	}
	values := func(n int) []byte {
		return join([]byte{0x30, 0x80}, bytes.Repeat([]byte{5, 0}, n), []byte{0, 0})
	}
	deep := func(n int) []byte {
		b := []byte{5, 0}
		for range n {
			b = cmstest.TLV(0x30, b)
		}
		return b
	}
	for name, test := range map[string]struct {
		ber      []byte
		accepted bool
	}{
		"nothing":                         {nil, false},
		"one octet":                       {[]byte{0x30}, false},
		"too short":                       {[]byte{0x30, 3, 5, 0}, false},
		"octets behind":                   {[]byte{0x30, 0, 0}, false},
		"octets behind, indefinite":       {[]byte{0x30, 0x80, 0, 0, 0}, false},
		"a second value":                  {[]byte{0x30, 0, 0x30, 0}, false},
		"a second value, indefinite":      {[]byte{0x30, 0x80, 0, 0, 0x30, 0}, false},
		"never closed":                    {[]byte{0x30, 0x80}, false},
		"closed by one zero":              {[]byte{0x30, 0x80, 0}, false},
		"closed by half":                  {[]byte{0x30, 0x80, 0, 1}, false},
		"length in a form too long":       {[]byte{0x30, 0x81, 2, 5, 0}, false},
		"length with a leading zero":      {join([]byte{0x04, 0x82, 0, 0x80}, make([]byte, 128)), false},
		"length that overflows":           {join([]byte{0x04, 0x89, 1, 0, 0, 0, 0, 0, 0, 0, 0x80}, make([]byte, 128)), false},
		"0x80 as a length of 128":         {join([]byte{0x30, 0x81, 130, 0x04, 0x80}, make([]byte, 128)), false},
		"length of three octets":          {join([]byte{0x04, 0x83, 1, 0, 0}, make([]byte, 50)), false},
		"reserved length":                 {[]byte{0x30, 0xff, 0}, false},
		"indefinite in definite":          {[]byte{0x30, 4, 0x30, 0x80, 0, 0}, false},
		"indefinite below definite":       {[]byte{0x30, 0x80, 0x30, 4, 0x30, 0x80, 0, 0, 0, 0}, false},
		"indefinite primitive":            {[]byte{0x04, 0x80, 0, 0}, false},
		"indefinite primitive inside":     {[]byte{0x30, 0x80, 0x04, 0x80, 0, 0, 0, 0}, false},
		"child past its parent":           {[]byte{0x30, 2, 4, 1, 9}, false},
		"child past its parent, closed":   {[]byte{0x30, 0x80, 0x30, 1, 0x30, 0, 0, 0}, false},
		"segment past its string":         {[]byte{0x30, 0x80, 0x24, 2, 4, 1, 9, 0, 0}, false},
		"segmented where all is definite": {[]byte{0x30, 5, 0x24, 3, 4, 1, 9}, false},
		"segmented below definite":        {[]byte{0x30, 0x80, 0x30, 5, 0x24, 3, 4, 1, 9, 0, 0}, false},
		"segments in segments":            {[]byte{0x24, 0x80, 0x24, 3, 4, 1, 9, 0, 0}, false},
		"indefinite segments in segments": {[]byte{0x24, 0x80, 0x24, 0x80, 4, 1, 9, 0, 0, 0, 0}, false},
		"integer as a segment":            {[]byte{0x24, 0x80, 2, 1, 9, 0, 0}, false},
		"segmented BIT STRING":            {[]byte{0x30, 0x80, 0x23, 0x80, 3, 1, 0, 0, 0, 0, 0}, false},
		"constructed INTEGER":             {[]byte{0x22, 2, 5, 0}, false},
		"primitive SEQUENCE":              {[]byte{0x10, 0}, false},
		"high tag number":                 {[]byte{0x3f, 0x81, 0x01, 0}, false},
		"high tag number, context":        {[]byte{0xbf, 0}, false},
		"high tag number, indefinite":     {[]byte{0xbf, 0x80, 0, 0}, false},
		"end-of-contents as a value":      {[]byte{0x30, 2, 0, 0}, false},
		"16 levels open":                  {wrap(16, 5, 0), true},
		"17 levels open":                  {wrap(17, 5, 0), false},
		"64 values":                       {values(63), true},
		"65 values":                       {values(64), false},
		"64 values, the last one opened":  {join([]byte{0x30, 0x80}, bytes.Repeat([]byte{5, 0}, 63), []byte{0x30, 0x80, 0, 0, 0, 0}), false},
		"24 levels":                       {deep(24), true},
		"25 levels":                       {deep(25), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			der, err := cms.ToDER(test.ber)
			if test.accepted {
				require.NoError(t, err)
				return
			}
			requireCheck(t, err, "ber", "")
			require.Nil(t, der)
		})
	}
	limit := cmstest.TLV(4, make([]byte, cms.MaxSize-4))
	_, err := cms.ToDER(limit)
	require.NoError(t, err)
	_, err = cms.ToDER(append(limit, 0))
	requireCheck(t, err, "size", "65537 octets, the limit is 65536")
}
