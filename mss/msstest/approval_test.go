package msstest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/cms"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/msstest"
)

// askApproval asks for a transaction approval.
func (c *talker) askApproval(document string) *etsi.SignatureReq {
	req := c.ask(anna, synch, device)
	req.DataToBeSigned.MimeType = new("application/vnd.mobileid.txn-approval")
	req.DataToBeSigned.Value = document
	return req
}

// content returns what a person has signed, whatever it is.
func (c *talker) content(req *etsi.SignatureReq) string {
	c.t.Helper()
	resp, f := c.sign(req)
	require.Nil(c.t, f)
	_, err := verify(c.t, c.srv, resp.Signature.Base64Signature, "")
	require.ErrorIs(c.t, err, errOtherText, "the signature is good otherwise")
	der, err := cms.ToDER(resp.Signature.Base64Signature)
	require.NoError(c.t, err)
	return string(parse(c.t, der).Encap.Content)
}

const approval = `{"type":"payment","dtbd":[{"key":"Bank \"A\"","value":"Simulator: <b>&amp;"},{"key":"Amount","value":"CHF 100"}]}`

func TestApproval(t *testing.T) {
	t.Parallel()
	eachWire(t, nil, func(t *testing.T, srv *msstest.Server, c *talker) {
		srv.Script(anna, msstest.Person{Method: msstest.App})
		const want = `{"format_version":1,"content_string":"[{\"key\":\"Bank \\\"A\\\"\",\"value\":\"Simulator: <b>&amp;\"},{\"key\":\"Amount\",\"value\":\"CHF 100\"}]"}`
		require.Equal(t, want, c.content(c.askApproval(approval)))
		require.Equal(t, approval, srv.Requests()[0].Text)
		// Other order and blanks of the document; the type is not signed.
		require.Equal(t, want, c.content(c.askApproval(`{ "dtbd" : [ {"value":"Simulator: <b>\u0026amp;","key":"Bank \u0022A\u0022"} , {"key":"Amount","value":"CHF 100"} ] , "type":"" }`)))
	})
}

func pairs(n int, key, value string) string {
	list := strings.Repeat(fmt.Sprintf(`,{"key":%q,"value":%q}`, key, value), n)
	return `{"type":"t","dtbd":[{"key":"","value":"Simulator: "}` + list + `]}`
}

func TestApprovalLimits(t *testing.T) {
	t.Parallel()
	x := func(n int) string { return strings.Repeat("x", n) }
	const prefix = len("Simulator: ")
	eachWire(t, nil, func(t *testing.T, srv *msstest.Server, c *talker) {
		srv.Script(anna, msstest.Person{Method: msstest.App})
		for name, tt := range map[string]struct {
			good, bad string
		}{
			"pairs":            {pairs(19, "k", "v"), pairs(20, "k", "v")},
			"key":              {pairs(1, x(100), "v"), pairs(1, x(101), "v")},
			"octets":           {pairs(1, strings.Repeat("ä", 50), "v"), pairs(1, strings.Repeat("ä", 51), "v")},
			"value":            {pairs(1, "k", x(2000-prefix-1)), pairs(1, "k", x(2001))},
			"sum":              {pairs(10, "kk", x(190)), pairs(10, "kk", x(198))},
			"type":             {strings.Replace(approval, "payment", x(100), 1), strings.Replace(approval, "payment", x(101), 1)},
			"line":             {approval, strings.Replace(approval, ",", ",\n", 1)},
			"no type":          {approval, strings.Replace(approval, `"type":"payment",`, "", 1)},
			"type of the type": {approval, strings.Replace(approval, `"payment"`, "1", 1)},
			"null":             {approval, strings.Replace(approval, `"CHF 100"`, "null", 1)},
			"number":           {approval, strings.Replace(approval, `"CHF 100"`, "100", 1)},
			"another member":   {approval, strings.Replace(approval, `"type"`, `"extra":1,"type"`, 1)},
			"another in pair":  {approval, strings.Replace(approval, `"key":"Amount"`, `"key":"Amount","x":""`, 1)},
			"twice":            {approval, strings.Replace(approval, `"CHF 100"`, `"CHF 100","value":"CHF 1"`, 1)},
			"other case":       {approval, strings.Replace(approval, `"type"`, `"Type"`, 1)},
			"no pairs":         {approval, `{"type":"t","dtbd":[]}`},
			"no list":          {approval, `{"type":"t","dtbd":{}}`},
			"no JSON":          {approval, "Simulator: pay"},
		} {
			_, f := c.sign(c.askApproval(tt.good))
			require.Nil(t, f, name)
			_, f = c.sign(c.askApproval(tt.bad))
			require.Equal(t, mss.InappropriateData, code(t, etsi.Status{}, f), name)
			require.Equal(t, []string{"INVALID_TXNAPPROVAL_PAYLOAD"}, f.Details, name)
		}
		_, f := c.sign(c.askApproval(strings.Replace(approval, "Simulator: ", "", 1)))
		require.Equal(t, []string{"DTBD matching failed"}, f.Details)

		req := c.askApproval(approval)
		req.DataToBeSigned.Encoding = new("base64")
		_, f = c.sign(req)
		require.Equal(t, mss.InappropriateData, code(t, etsi.Status{}, f))
		for _, profile := range []string{stk, anyLoA} {
			req := c.askApproval(approval)
			req.SignatureProfile.MssURI = profile
			_, f = c.sign(req)
			require.Equal(t, mss.UnsupportedProfile, code(t, etsi.Status{}, f))
		}
	})
}

// TestForgedApprovals: each one differs from the genuine one in what it is named after.
func TestForgedApprovals(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	c := &talker{call(t, srv), jsonWire}
	const one, two = `{"key":"Bank \"A\"","value":"Simulator: <b>&amp;"}`, `{"key":"Amount","value":"CHF 100"}`
	const altered = `{"key":"Amount","value":"CHF 101"}`
	signed := func(version, list string) string {
		text, err := json.Marshal(list)
		require.NoError(t, err)
		plain := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(text))
		return `{"format_version":` + version + `,"content_string":` + plain + `}`
	}
	genuine := signed("1", "["+one+","+two+"]")
	for forge, want := range map[msstest.Forge]string{
		msstest.Genuine:            genuine,
		msstest.ForgePairValue:     signed("1", "["+one+","+altered+"]"),
		msstest.ForgePairOrder:     signed("1", "["+two+","+one+"]"),
		msstest.ForgePairTwice:     signed("1", "["+one+`,{"key":"Amount","value":"CHF 101","value":"CHF 100"}]`),
		msstest.ForgeFormatVersion: signed("2", "["+one+","+two+"]"),
		msstest.ForgeFormatMember:  strings.TrimSuffix(genuine, "}") + `,"amount":"1"}`,
		msstest.ForgeContentTwice: strings.TrimSuffix(signed("1", "["+one+","+altered+"]"), "}") +
			strings.TrimPrefix(genuine, `{"format_version":1`),
		msstest.ForgeText: genuine + " (altered)",
	} {
		srv.Script(anna, msstest.Person{Method: msstest.App, Forge: forge})
		require.Equal(t, want, c.content(c.askApproval(approval)), "%d", forge)
	}
	// Of a plain text there is nothing of it to forge.
	srv.Script(anna, msstest.Person{Method: msstest.App, Forge: msstest.ForgePairValue})
	req := c.ask(anna, synch, device)
	require.Equal(t, req.DataToBeSigned.Value, c.content(req))
	// A single pair.
	srv.Script(anna, msstest.Person{Method: msstest.App, Forge: msstest.ForgePairTwice})
	require.Equal(t, signed("1", `[{"key":"k","value":"Simulator: 2","value":"Simulator: 1"}]`),
		c.content(c.askApproval(`{"type":"","dtbd":[{"key":"k","value":"Simulator: 1"}]}`)))
}
