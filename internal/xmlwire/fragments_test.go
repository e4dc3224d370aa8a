package xmlwire_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/xmlwire"
)

// fragments are pieces of XML from which chance builds documents: nearly right
// ones, which mutation of octets rarely finds.
var fragments = []string{
	"<a>", "</a>", "<a/>", "<a", ">", "/>", "<p:a>", "</p:a>", "<p:a", "<b xmlns='u'>", "</b>", "<xml:a/>", "<xmlns/>",
	" ", "\n", "\r\n", "\t", "text", "é", "]]>", "]]", "&amp;", "&#13;", "&#9;", "&#xD800;", "&x;", "\x01", "\uFEFF", "\uFFFE",
	" b='1'", " b=\"2\"", " p:b='3'", " q:b='4'", " xml:lang='e'", " c='&#10;&lt;'", " c='\n'", " c='<'", " xmlns='u'", " xmlns=''",
	" xmlns:p='u'", " xmlns:q='u'", " xmlns:p='v'", " xmlns:p=''", " xmlns:xml='u'", " xmlns:p='xmlns'", " :a='1'", " a:='1'",
	"<?xml version='1.0'?>", "<?x?>", "<!-- -->", "<![CDATA[x]]>", "<!DOCTYPE a>",
}

// fragmentDocument is one chance document. Half of them are wrapped in a root
// that declares the prefixes, so that many are accepted.
func fragmentDocument(r *rand.Rand) []byte {
	var b strings.Builder
	wrapped := r.IntN(2) == 0
	if wrapped {
		b.WriteString("<r xmlns:p='P' xmlns:q='Q'>")
	}
	for range r.IntN(10) {
		b.WriteString(fragments[r.IntN(len(fragments))])
	}
	if wrapped {
		b.WriteString("</r>")
	}
	return []byte(b.String())
}

func TestDifferentialOfFragments(t *testing.T) {
	t.Parallel()
	const documents = 200_000
	r := rand.New(rand.NewPCG(102, 204))
	accepted := 0
	for range documents {
		doc := fragmentDocument(r)
		ours, err := dump(doc, xmlwire.Limits{})
		if err != nil {
			continue
		}
		accepted++
		theirs, err := dumpEncodingXML(doc)
		require.NoError(t, err, "%q", doc)
		require.Equal(t, theirs, ours, "%q", doc)
	}
	require.Greater(t, accepted, documents/100)
}
