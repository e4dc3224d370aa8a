package hermod

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// recordSeeds are records of each kind, and what is none.
var recordSeeds = []string{
	`{"commandId":"18092","externalId":"T1","commandType":"SIGN","state":"IN_PROGRESS","fqdn":"hermod.example","destinations":[{"to":"@tmp","bid":"b","uri":"u","mid":"m","location":"https://hermod.example/ms/b/m"}]}`,
	`{"commandId":"1","state":"COMPLETED","responseHeader":{"inReplyTo":"x","status":200},"signResponse":{"code":0,"result":{"contenttype":"jws","data":"a.b.c"}},"new":{"a":[1,null]}}`,
	`{"commandId":"1","destinations":null,"responseHeader":null,"signResponse":null}`,
	`{"commandId":"1","signResponse":{"code":-1,"result":null}}`,
	`{"commandId":"","signResponse":[]}`, `{"commandId":1}`, `{}`, `[]`, `null`, ``, `"`, "\xef\xbb\xbf{}",
}

// FuzzReadRecord reads whatever comes: without panic, within bounds, and the same of what was read and written again.
func FuzzReadRecord(f *testing.F) {
	require.NotEmpty(f, recordSeeds)
	for _, seed := range recordSeeds {
		f.Add([]byte(seed))
	}
	table := DefaultInferred()
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, kind := range commandKinds {
			r, err := readRecord(body, kind, table)
			if err != nil {
				require.Nil(t, r)
				continue
			}
			require.Regexp(t, `^[0-9]{1,20}$`, r.CommandID)
			require.LessOrEqual(t, len(r.Destinations), maxDestinations)
			stands := table.standing(r)
			require.Equal(t, stands == answered && r.Response.Code == 0 && r.Header.Status == 200, stands != running && table.fault(r, kind) == nil)

			var members map[string]any
			require.NoError(t, json.Unmarshal(body, &members))
			again, err := json.Marshal(members)
			require.NoError(t, err)
			if !json.Valid(again) || strings.Contains(string(body), "e") && strings.Contains(string(body), "code") {
				continue // a number may be written in another way
			}
			second, err := readRecord(again, kind, table)
			require.NoError(t, err)
			require.Equal(t, r, second)
		}
	})
}

// TestReadRecord names the member, or the line, and never what stands there.
func TestReadRecord(t *testing.T) {
	t.Parallel()
	const secret = "S3CRET"
	destinations := func(s string) string { return `{"commandId":"1","destinations":` + s + `}` }
	long := strings.Repeat("a", 3<<10)
	for name, tc := range map[string]struct{ doc, want string }{
		"too long":           {strings.Repeat(" ", maxRecord+1), "is longer than 524288 octets"},
		"no quotes":          {"{\n\"commandId\": \"1\",\n\"location\": " + secret + "\n}", "line 3: "},
		"no end":             {"{\n\"commandId\": \"" + secret + "\"\n", "line 2: "},
		"an array":           {`["` + secret + `"]`, "is JSON, but no object"},
		"no id":              {`{}`, "commandId: is missing, or no number"},
		"a word":             {`{"commandId":"` + secret + `"}`, "commandId: is missing, or no number"},
		"a number":           {`{"commandId":1}`, "commandId: is no string"},
		"a long id":          {`{"commandId":"` + long + `"}`, "commandId: is longer than 256 octets"},
		"a state of numbers": {`{"commandId":"1","state":[]}`, "state: is no string"},
		"no list":            {destinations(`"` + secret + `"`), "destinations: is no array"},
		"many":               {destinations("[" + strings.Repeat("{},", 1024) + "{}]"), "destinations: has more than 1024 entries"},
		"a word in it":       {destinations(`[{},"` + secret + `"]`), "destinations[1]: is no object"},
		"null in it":         {destinations(`[null]`), "destinations[0]: is no object"},
		"a bad member":       {destinations(`[{},{"bid":7}]`), "destinations[1].bid: is no string"},
		"a long address":     {destinations(`[{"location":"` + long + `"}]`), "destinations[0].location: is longer than 2048 octets"},
		"a header of text":   {`{"commandId":"1","responseHeader":"` + secret + `"}`, "responseHeader: is no object"},
		"no status":          {`{"commandId":"1","responseHeader":{}}`, "responseHeader.status: is missing, or no integer"},
		"a status of text":   {`{"commandId":"1","responseHeader":{"status":"200"}}`, "responseHeader.status: is missing, or no integer"},
		"a list of answers":  {`{"commandId":"1","signResponse":[]}`, "signResponse: is no object"},
		"no code":            {`{"commandId":"1","signResponse":{}}`, "signResponse.code: is missing, or no integer"},
		"a broken code":      {`{"commandId":"1","signResponse":{"code":0.5}}`, "signResponse.code: is missing, or no integer"},
		"a result of text":   {`{"commandId":"1","signResponse":{"code":0,"result":"` + secret + `"}}`, "signResponse.result: is no object"},
		"data of objects":    {`{"commandId":"1","signResponse":{"code":0,"result":{"data":{}}}}`, "signResponse.result.data: is no string"},
	} {
		_, err := readRecord([]byte(tc.doc), sign, DefaultInferred())
		require.ErrorContains(t, err, tc.want, name)
		require.NotContains(t, err.Error(), secret, name)
		require.NotContains(t, err.Error(), "aaa", name)
	}
}
