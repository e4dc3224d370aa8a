package mssp_test

import (
	"crypto"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/stretchr/testify/require"
)

// payment is a transaction approval with every character that an escape could lose.
func payment(srv *msstest.Server) mss.Data {
	return mssp.Approval("Payment", mssp.Pair{Key: "To", Value: srv.Prefix() + `Zoë & <Sohn> "Söhne" \ 'x'`}, mssp.Pair{Key: "Amount", Value: "12.50 €\n=> 5 < 6 &amp; ]]>"})
}

func approval(t *testing.T, srv *msstest.Server, data mss.Data) *mss.Request {
	t.Helper()
	req := request(t, srv, person)
	req.Purpose, req.Display, req.Data, req.Options = mss.Signing, "", data, mssp.Options{Profile: mssp.ProfileDevice}
	return req
}

func TestApproval(t *testing.T) {
	t.Parallel()
	for _, binding := range everyBinding {
		srv := msstest.NewServer(t, nil)
		srv.Script(person, msstest.Person{Method: msstest.App})
		c := newClient(t, srv, func(cfg *mssp.Config) { cfg.Binding = binding })
		for mode, sign := range modes {
			sig, err := sign(t, c, approval(t, srv, payment(srv)))
			require.NoError(t, err, "%v %s", binding, mode)
			require.Equal(t, string(payment(srv).Content), srv.Requests()[0].Text, "as one line, escaped once")
			require.NotContains(t, srv.Requests()[0].Text, "\n")
			require.Contains(t, string(sig.Content), `"format_version":1`)
			require.False(t, sig.Fresh)
			_, err = c.Verify(sig.Evidence)
			require.NoError(t, err)

			req := approval(t, srv, payment(srv))
			req.AddCode = true
			sig, err = sign(t, c, req)
			require.NoError(t, err)
			require.True(t, sig.Fresh)
			sent := srv.Requests()[len(srv.Requests())-1].Text
			if mode == "async" {
				sent = srv.Requests()[len(srv.Requests())-2].Text
			}
			require.Regexp(t, `"key":"To","value":"Simulator: Zoë .* 'x' \([A-Z2-7]{5}\)"`, sent, "the code is at the end of the first value")
		}
	}
}

// TestForgedApprovals signs another document than the one that was sent, in each way that a reader may overlook.
func TestForgedApprovals(t *testing.T) {
	t.Parallel()
	for _, forge := range []msstest.Forge{
		msstest.ForgePairValue, msstest.ForgePairOrder, msstest.ForgePairTwice,
		msstest.ForgeFormatVersion, msstest.ForgeFormatMember, msstest.ForgeContentTwice, msstest.ForgeText,
	} {
		srv := msstest.NewServer(t, nil)
		srv.Script(person, msstest.Person{Method: msstest.App, Forge: forge})
		c := newClient(t, srv, nil)
		for mode, sign := range modes {
			_, err := sign(t, c, approval(t, srv, payment(srv)))
			ve, ok := errors.AsType[*mss.VerificationError](err)
			require.True(t, ok, "%d %s: %v", forge, mode, err)
			require.Equal(t, "content", ve.Check)
			require.NotContains(t, err.Error(), "Zo")
			require.NotContains(t, err.Error(), "12.50")
		}
	}
}

func TestApprovalsRefusedBeforeSending(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{Method: msstest.SIM | msstest.App})
	c := newClient(t, srv, nil)
	one := func(key, value string) mss.Data {
		return mssp.Approval("x", mssp.Pair{Key: key, Value: srv.Prefix() + value})
	}
	raw := func(doc string) mss.Data {
		d := mssp.Approval("x")
		d.Content = []byte(doc)
		return d
	}
	pairs := func(n int) []mssp.Pair {
		list := []mssp.Pair{{Key: "k", Value: srv.Prefix()}}
		for len(list) < n {
			list = append(list, mssp.Pair{Key: "k", Value: "v"})
		}
		return list
	}
	full := 2000 - len("k") - len(srv.Prefix())
	for name, tt := range map[string]struct {
		change func(*mss.Request)
		field  string
		says   string
	}{
		"Display":            {func(r *mss.Request) { r.Display = srv.Prefix() + "pay?" }, "Display", "empty"},
		"profile of the SIM": {func(r *mss.Request) { r.Options = mssp.Options{Profile: mssp.ProfileSIM} }, "Options.Profile", "ProfileDevice"},
		"profile of either":  {func(r *mss.Request) { r.Options = mssp.Options{Profile: mssp.ProfileAny} }, "Options.Profile", "ProfileDevice"},
		"hash":               {func(r *mss.Request) { r.Data.Hash = crypto.SHA256 }, "Data", "mssp.Approval"},
		"encoding":           {func(r *mss.Request) { r.Data.Encoding = "ISO-8859-1" }, "Data", "mssp.Approval"},
		"no pair":            {func(r *mss.Request) { r.Data = mssp.Approval("x") }, "Data", "no pair"},
		"prefix in the key":  {func(r *mss.Request) { r.Data = mssp.Approval("x", mssp.Pair{Key: srv.Prefix(), Value: "v"}) }, "Data", "107"},
		"prefix in the second": {func(r *mss.Request) {
			r.Data = mssp.Approval("x", append([]mssp.Pair{{Key: "k", Value: "v"}}, pairs(1)...)...)
		}, "Data", "107"},
		"type of 101":           {func(r *mss.Request) { r.Data = mssp.Approval(strings.Repeat("x", 101), pairs(1)...) }, "Data", "type of 101"},
		"type of 102 in octets": {func(r *mss.Request) { r.Data = mssp.Approval(strings.Repeat("é", 51), pairs(1)...) }, "Data", "type of 102"},
		"21 pairs":              {func(r *mss.Request) { r.Data = mssp.Approval("x", pairs(21)...) }, "Data", "21 pairs"},
		"no key":                {func(r *mss.Request) { r.Data = one("", "v") }, "Data", "pair 1"},
		"key of 101":            {func(r *mss.Request) { r.Data = one(strings.Repeat("x", 101), "v") }, "Data", "key of 101"},
		"2001 in all":           {func(r *mss.Request) { r.Data = one("k", strings.Repeat("x", full+1)) }, "Data", "2001 octets"},
		"2001 in octets":        {func(r *mss.Request) { r.Data = one("k", "x"+strings.Repeat("é", full/2)) }, "Data", "200"},
		"code makes it too long": {func(r *mss.Request) {
			r.Data, r.AddCode = one("k", strings.Repeat("x", full-7)), true
		}, "Data", "2001 octets"},
		"invisible in the type": {func(r *mss.Request) { r.Data = mssp.Approval("a\u200b", pairs(1)...) }, "Data", "type: character 2"},
		"invisible in a key":    {func(r *mss.Request) { r.Data = one("a\u202e", "v") }, "Data", "key of pair 1"},
		"invisible in a value":  {func(r *mss.Request) { r.Data = one("k", "a\u00ad") }, "Data", "value of pair 1"},
		"line in a key":         {func(r *mss.Request) { r.Data = one("a\nb", "v") }, "Data", "more than one line"},
		"line in the type":      {func(r *mss.Request) { r.Data = mssp.Approval("a\nb", pairs(1)...) }, "Data", "more than one line"},
		"tab":                   {func(r *mss.Request) { r.Data = one("k", "a\tb") }, "Data", "U+0009"},
		"not UTF-8":             {func(r *mss.Request) { r.Data = one("k", "a\xffb") }, "Data", "UTF-8"},
		"not UTF-8 in the type": {func(r *mss.Request) { r.Data = mssp.Approval("\xc3", pairs(1)...) }, "Data", "UTF-8"},
		"no JSON":               {func(r *mss.Request) { r.Data = raw(srv.Prefix() + "pay?") }, "Data", "not JSON"},
		"empty":                 {func(r *mss.Request) { r.Data = raw("") }, "Data", "json"},
		"null":                  {func(r *mss.Request) { r.Data = raw("null") }, "Data", "exactly"},
		"array":                 {func(r *mss.Request) { r.Data = raw(`[]`) }, "Data", "another form"},
		"member twice":          {func(r *mss.Request) { r.Data = raw(`{"type":"x","dtbd":[],"dtbd":[]}`) }, "Data", "stands there before"},
		"too long":              {func(r *mss.Request) { r.Data = raw(`{"type":"x","dtbd":[` + strings.Repeat(" ", 32<<10) + `]}`) }, "Data", "longer than"},
	} {
		for mode, sign := range modes {
			req := approval(t, srv, one("k", "v"))
			tt.change(req)
			_, err := sign(t, c, req)
			re, ok := errors.AsType[*mss.RequestError](err)
			require.True(t, ok, "%s %s: %v", name, mode, err)
			require.Equal(t, tt.field, re.Field, name)
			require.Contains(t, re.Reason, tt.says, name)
		}
	}
	require.Empty(t, srv.Requests(), "nothing was sent")

	for name, data := range map[string]mss.Data{
		"2000 in all":        one("k", strings.Repeat("x", full)),
		"20 pairs":           mssp.Approval("", pairs(20)...),
		"type and key":       mssp.Approval(strings.Repeat("x", 100), mssp.Pair{Key: strings.Repeat("k", 100), Value: srv.Prefix()}),
		"empty second value": mssp.Approval("x", append(pairs(1), mssp.Pair{Key: "k"})...),
	} {
		_, err := c.SignSync(t.Context(), approval(t, srv, data))
		require.NoError(t, err, name)
	}
}

func TestInvisibleApproval(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{Method: msstest.App})
	c := newClient(t, srv, func(cfg *mssp.Config) { cfg.InsecureAllowInvisible = true })
	_, err := c.SignSync(t.Context(), approval(t, srv, mssp.Approval("x", mssp.Pair{Key: "k\x01", Value: srv.Prefix() + "\u200b\x07"})))
	require.NoError(t, err, "JSON carries what XML cannot")
}

func TestParseApproval(t *testing.T) {
	t.Parallel()
	data, err := mssp.ParseApproval([]byte(" {\r\n\t\"dtbd\": [ {\"value\": \"caf\\u00e9 <b>\", \"key\": \"k\"} ],\n \"type\": \"x\"}\n"))
	require.NoError(t, err)
	require.Equal(t, mssp.Approval("x", mssp.Pair{Key: "k", Value: "café <b>"}), data)
	for _, doc := range []string{
		``, `null`, `[]`, `"x"`, `{}`, `{"type":"x"}`, `{"dtbd":[]}`, `{"type":null,"dtbd":[]}`, `{"type":1,"dtbd":[]}`, `{"Type":"x","dtbd":[]}`,
		`{"type":"x","dtbd":{}}`, `{"type":"x","dtbd":"[]"}`, `{"type":"x","dtbd":[],"more":1}`, `{"type":"x","type":"x"}`,
		`{"type":"x","dtbd":[null]}`, `{"type":"x","dtbd":["k"]}`, `{"type":"x","dtbd":[{}]}`, `{"type":"x","dtbd":[{"key":"k"}]}`,
		`{"type":"x","dtbd":[{"key":"k","Value":"v"}]}`, `{"type":"x","dtbd":[{"key":"k","value":null}]}`, `{"type":"x","dtbd":[{"key":"k","value":1}]}`,
		`{"type":"x","dtbd":[{"key":"k","value":"v","more":"x"}]}`, `{"type":"x","dtbd":[{"key":"k","value":"v","value":"w"}]}`,
		`{"type":"x","dtbd":[{"key":"k","value":"v","VALUE":"w"}]}`, `{"type":"x","dtbd":[]} {}`, "{\"type\":\"\xff\",\"dtbd\":[]}", `{"type":"\ud800","dtbd":[]}`,
	} {
		_, err := mssp.ParseApproval([]byte(doc))
		require.Error(t, err, doc)
	}
	_, err = mssp.ParseApproval([]byte(`{"type":"x","dtbd":[{"key":"k","value":4711}]}`))
	require.NotContains(t, err.Error(), "4711")
}

func ExampleApproval() {
	data := mssp.Approval("Payment",
		mssp.Pair{Key: "To", Value: "Bank ACME: Muster & Söhne"},
		mssp.Pair{Key: "Amount", Value: "12.50 CHF"},
	)
	fmt.Println(data.MimeType)
	fmt.Println(string(data.Content))
	// Output:
	// application/vnd.mobileid.txn-approval
	// {"type":"Payment","dtbd":[{"key":"To","value":"Bank ACME: Muster & Söhne"},{"key":"Amount","value":"12.50 CHF"}]}
}
