package rest_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/transport/rest"
)

// list is n times s with commas between.
func list(n int, s string) string { return strings.TrimSuffix(strings.Repeat(s+",", n), ",") }

// members are n members of different names.
func members(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"x%d":1,`, i)
	}
	return b.String()
}

// allocated is how many octets f allocates.
func allocated(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

// TestHostile is not parallel, so that what it measures is its own. Reading must
// not cost much more than the check that comes before it, however the document
// is made: what a part of it can make grow is bounded by the number of parts.
func TestHostile(t *testing.T) {
	profile := func(s string) string {
		return wrap("MSS_ProfileResp", head+`"Status":{"StatusCode":{"Value":"100"},"StatusDetail":{"ProfileQueryExtension":`+s+`}}`)
	}
	const least = `{"StatusCode":{"Value":"100"}}`
	for _, tc := range []struct{ name, doc, reason string }{
		{"deep", wrap("MSS_ProfileResp", `"Status":`+strings.Repeat(`{"StatusCode":`, 50_000)), "nested deeper than 32"},
		{"deep in what is passed over", wrap("MSS_ProfileResp", head+`"x":`+strings.Repeat(`[`, 500_000)), "nested deeper than 32"},
		{"one octet too long", wrap("MSS_ProfileResp", `"x":"`+strings.Repeat("x", 1<<20)+`"`), "longer than 1048576"},
		{"5 MB", `{"` + strings.Repeat("x", 5<<20) + `":1}`, "longer than 1048576"},
		{"an array that is never closed", `{"MSS_ProfileResp":{"SignatureProfile":[` + strings.Repeat(`"",`, 60_000), "not JSON"},
		{"profiles", wrap("MSS_ProfileResp", head+`"SignatureProfile":[`+list(60_000, `""`)+`],"Status":`+least), "more than 20000"},
		{"devices", profile(`{"Sscds":{"App":[` + list(60_000, `{}`) + `]}}`), "more than 20000"},
		{"certificates", profile(`{"MobileUserCertificate":[` + list(60_000, `{}`) + `]}`), "more than 20000"},
		{"members", wrap("MSS_ProfileResp", head+members(15_000)+`"Status":`+least), "more than 20000"},
		{"numbers that are passed over", wrap("MSS_ProfileResp", head+`"x":[`+list(60_000, `1e9`)+`],"Status":`+least), "more than 20000"},
		{"9,000 devices", profile(`{"Sscds":{"App":[` + list(9_000, `{}`) + `]}}`), ""},
		{"9,000 members", wrap("MSS_ProfileResp", head+members(9_000)+`"Status":`+least), ""},
		{"1 MB of text", wrap("MSS_ProfileResp", head+`"x":"`+strings.Repeat("x", 1<<20-600)+`","Status":`+least), ""},
		{"1 MB of escapes", wrap("MSS_ProfileResp", head+`"x":"`+strings.Repeat(`\u0041`, 170_000)+`","Status":`+least), ""},
		{"1 MB of Base64", profile(`{"MobileUserCertificate":[{"X509Certificate":["` + strings.Repeat("A", 1<<20-600) + `"]}]}`), "Base64 of more than 128 KiB"},
		{"1 MB where a code must stand", wrap("MSS_ProfileResp", head+`"Status":{"StatusCode":{"Value":"`+strings.Repeat("1", 1<<20-600)+`"}}`), "not a string of one to five digits"},
		{"1 MB of parameters", wrap("MSS_ProfileReq", head+userMember+`"Params":"`+strings.Repeat("x ", 1<<19-600)+`"`), "neither"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			doc := []byte(tc.doc)
			var m etsi.ProfileResp
			var err error
			spent := allocated(func() { _, err = rest.DecodeResponse(doc, etsi.OpProfileQuery, &m) })
			if tc.reason == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, tc.reason)
				require.Less(t, len(err.Error()), 300)
			}
			check := allocated(func() { _ = strictjson.Check(doc) })
			require.Less(t, spent, check+8<<20, "beyond the check, which took %d", check)
			if len(doc) > strictjson.MaxSize {
				require.Less(t, spent, 64<<10, "a document over the limit must not be copied")
			}
		})
	}
}
