package xmlwire_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/xmlwire"
)

func repeatf(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestHostile is not parallel, so that what it measures is its own.
func TestHostile(t *testing.T) {
	entities := `<!DOCTYPE a [<!ENTITY a0 "ha">` + repeatf(30, `<!ENTITY b%d "&a0;&a0;">`) + `]><a>&b29;</a>`
	for _, tc := range []struct{ name, doc, reason string }{
		{"entity bomb", entities, "document type"},
		{"external entity", `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>`, "document type"},
		{"50,000 levels", strings.Repeat("<a>", 50000) + strings.Repeat("</a>", 50000), "nested deeper than 32"},
		{"a million levels that fit no limit", strings.Repeat("<a>", 1<<20), "longer than 1048576"},
		{"200,000 siblings", "<a>" + strings.Repeat("<b/>", 200000) + "</a>", "more than 20000"},
		{"50,000 texts", "<a>" + strings.Repeat("b<c/>", 50000) + "</a>", "more than 20000"},
		{"50,000 attributes", "<a" + repeatf(50000, ` b%d=""`) + "/>", "more than 32 attributes"},
		{"50,000 declarations", "<a" + repeatf(50000, ` xmlns:b%d="u"`) + "/>", "more than 32 attributes"},
		{"declarations on every level", repeatf(40, `<a`+repeatf(30, ` xmlns:p%d="u"`)+` b="%d">`), "too many namespace declarations"},
		{"one octet too long", "<a>" + strings.Repeat("b", 1<<20-6) + "</a>", "longer than 1048576"},
		{"5 MB attribute", `<a b="` + strings.Repeat("c", 5<<20) + `"/>`, "longer than 1048576"},
		{"1 MB name, never closed", "<" + strings.Repeat("a", 1<<20-1), "ends inside a tag"},
		{"1 MB of references, never closed", "<a>" + strings.Repeat("&lt;", 1<<18-1), "ends inside an element"},
		{"1 MB of brackets, never closed", "<a>" + strings.Repeat("]", 1<<20-3), "ends inside an element"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			doc := []byte(tc.doc)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			_, err := tokens(doc)
			took := time.Since(began)
			runtime.ReadMemStats(&after)

			require.ErrorContains(t, err, tc.reason)
			allocated := after.TotalAlloc - before.TotalAlloc
			require.Less(t, allocated, uint64(2<<20))
			if len(doc) > 1<<20 {
				require.Less(t, allocated, uint64(64<<10), "a document over the limit must not be copied")
			}
			require.Less(t, took, time.Second)
			require.Less(t, len(err.Error()), 1024)
		})
	}
}

// TestHostileRaw is about thousands of elements kept as received, under as many
// declarations as there may be.
func TestHostileRaw(t *testing.T) {
	head := `<r` + repeatf(25, ` xmlns:a%d="u"`) + `><s` + repeatf(25, ` xmlns:b%d="u"`) + `>`
	const tail = `</s></r>`
	for _, tc := range []struct{ name, doc, reason string }{
		{"siblings", head + repeatf(9500, `<b1:b c="1234567890 %05d"/>`) + tail, ""},
		{"each with declarations of its own", head + repeatf(5000, `<x xmlns:z="u:%010d:567890"><b1:b/></x>`) + tail, "too many namespace declarations around"},
		{"declarations that hide", head + repeatf(5000, `<x xmlns:b1="u:%010d:567890"><b1:b/></x>`) + tail, "too many namespace declarations around"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			doc := []byte(tc.doc)
			require.InDelta(t, 260<<10, len(doc), 50<<10)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			n, err := raws(doc)
			took := time.Since(began)
			runtime.ReadMemStats(&after)

			if tc.reason == "" {
				require.NoError(t, err)
				require.Equal(t, 9500, n)
			} else {
				require.ErrorContains(t, err, tc.reason)
			}
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(2<<20))
			require.Less(t, took, time.Second)
		})
	}
}

// raws reads a document that begins with two start tags, keeps what its x
// elements and the second element hold, and counts.
func raws(doc []byte) (int, error) {
	d := xmlwire.NewDecoder(doc, xmlwire.Limits{})
	for n := -2; ; {
		switch kind, err := d.Next(); {
		case err != nil || kind == xmlwire.EOF:
			return n, err
		case kind != xmlwire.Start:
		case n < 0:
			n++
		case d.Name().Local != "x":
			if _, err := d.Raw(); err != nil {
				return n, err
			}
			n++
		}
	}
}

// tokens reads a document to its end and counts.
func tokens(doc []byte) (int, error) {
	d := xmlwire.NewDecoder(doc, xmlwire.Limits{})
	for n := 0; ; n++ {
		kind, err := d.Next()
		if err != nil || kind == xmlwire.EOF {
			return n, err
		}
	}
}

func TestLimitsAreExact(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, fits, over string
		lim              xmlwire.Limits
		reason           string
	}{
		{"bytes", `<abc/>`, `<abcd/>`, xmlwire.Limits{Bytes: 6}, "longer than 6 octets"},
		{"depth", `<a><b/><c/></a>`, `<a><b><c/></b></a>`, xmlwire.Limits{Depth: 2}, "deeper than 2"},
		{"tokens", `<a>b</a>`, `<a>b<c/></a>`, xmlwire.Limits{Tokens: 3}, "more than 3"},
		{"attributes", `<a b="" xmlns:c="u"/>`, `<a b="" xmlns:c="u" d=""/>`, xmlwire.Limits{Attrs: 2}, "more than 2 attributes"},
		{"default depth", strings.Repeat("<a>", 32) + strings.Repeat("</a>", 32), strings.Repeat("<a>", 33), xmlwire.Limits{}, "deeper than 32"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := dump([]byte(tc.fits), tc.lim)
			require.NoError(t, err)
			_, err = dump([]byte(tc.over), tc.lim)
			require.ErrorContains(t, err, tc.reason)
		})
	}
}

// TestDecoderAllocates holds the promise of the package comment.
func TestDecoderAllocates(t *testing.T) {
	doc := signatureAnswer(3600)
	allocs := testing.AllocsPerRun(20, func() {
		if _, err := tokens(doc); err != nil {
			t.Error(err)
		}
	})
	require.LessOrEqual(t, allocs, 2.0, "the copy of the document and the decoder")
}
