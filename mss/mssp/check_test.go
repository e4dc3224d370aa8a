package mssp_test

import (
	"crypto"
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/stretchr/testify/require"
)

// foreignOptions belong to another provider.
type foreignOptions struct{}

func (foreignOptions) Provider() string { return "bankid" }

// TestRequestsRefusedBeforeSending spoils one thing of a good request at a time. Nothing may reach the service.
func TestRequestsRefusedBeforeSending(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{})
	c := newClient(t, srv, nil)
	text := func(s string) func(*mss.Request) { return func(r *mss.Request) { r.Display = srv.Prefix() + s } }
	for name, tt := range map[string]struct {
		spoil func(*mss.Request)
		field string
		says  string
	}{
		"no purpose":              {func(r *mss.Request) { r.Purpose = 0 }, "Purpose", "required"},
		"unknown purpose":         {func(r *mss.Request) { r.Purpose = 3 }, "Purpose", "required"},
		"no number":               {func(r *mss.Request) { r.User = mss.User{} }, "User.MSISDN", "required"},
		"number not parsed":       {func(r *mss.Request) { r.User.MSISDN = mss.MSISDN{Private: mss.Conceal(person)} }, "User.MSISDN", "ParseMSISDN"},
		"test number in disguise": {func(r *mss.Request) { r.User.MSISDN = mss.MSISDN{Private: mss.Conceal("++41700092501")} }, "User.MSISDN", "ParseMSISDN"},
		"fault test number":       {func(r *mss.Request) { r.User.MSISDN = msisdn(t, "41000092401") }, "User.MSISDN", "test number"},
		"EC test number":          {func(r *mss.Request) { r.User.MSISDN = msisdn(t, "+41700092501") }, "User.MSISDN", "AllowTestNumbers"},
		"RSA test number":         {func(r *mss.Request) { r.User.MSISDN = msisdn(t, "41700092502") }, "User.MSISDN", "test number"},
		"heartbeat number":        {func(r *mss.Request) { r.User.MSISDN = msisdn(t, "41000000000") }, "User.MSISDN", "test number"},
		"foreign options":         {func(r *mss.Request) { r.Options = foreignOptions{} }, "Options", "bankid"},
		"profile with a space":    {func(r *mss.Request) { r.Options = mssp.Options{Profile: "http://x y"} }, "Options.Profile", "URI"},
		"no text":                 {func(r *mss.Request) { r.Display = "" }, "Display", "required"},
		"no prefix":               {func(r *mss.Request) { r.Display = "log in?" }, "Display", "107"},
		"prefix in other case":    {func(r *mss.Request) { r.Display = strings.ToUpper(srv.Prefix()) + "x" }, "Display", "107"},
		"text differs from data":  {func(r *mss.Request) { r.Data = mss.Text(srv.Prefix() + "pay") }, "Display", "differs"},
		"digest":                  {func(r *mss.Request) { r.Display = ""; r.Data = mss.Digest(crypto.SHA256, make([]byte, 32)) }, "Data", "text"},
		"tab":                     {text("a\tb"), "Display", "U+0009"},
		"carriage return":         {text("a\r\nb"), "Display", "U+000D"},
		"NUL":                     {text("a\x00"), "Display", "U+0000"},
		"bidi override":           {text("pay \u202e001"), "Display", "U+202E"},
		"zero width space":        {text("a\u200bb"), "Display", "U+200B"},
		"not composed":            {text("e\u0301"), "Display", "form C"},
		"not UTF-8":               {text("\xff"), "Display", "UTF-8"},
		"240 of GSM":              {func(r *mss.Request) { r.Display = srv.Prefix() + strings.Repeat("x", 240-len(srv.Prefix())) }, "Display", "239"},
		"euro counts twice":       {func(r *mss.Request) { r.Display = srv.Prefix() + strings.Repeat("€", 115) }, "Display", "239"},
		"120 beyond GSM":          {func(r *mss.Request) { r.Display = srv.Prefix() + "ç" + strings.Repeat("x", 119-len(srv.Prefix())) }, "Display", "119"},
		"code makes it too long": {func(r *mss.Request) {
			r.AddCode = true
			r.Display = srv.Prefix() + strings.Repeat("x", 235-len(srv.Prefix()))
		}, "Display", "239"},
		"no language":            {func(r *mss.Request) { r.Language = "" }, "Language", "en, de, fr, it"},
		"unknown language":       {func(r *mss.Request) { r.Language = "es" }, "Language", "en, de, fr, it"},
		"too little time":        {func(r *mss.Request) { r.Timeout = 14 * time.Second }, "Timeout", "15 to 300"},
		"too much time":          {func(r *mss.Request) { r.Timeout = 301 * time.Second }, "Timeout", "15 to 300"},
		"half a second":          {func(r *mss.Request) { r.Timeout = 20500 * time.Millisecond }, "Timeout", "whole seconds"},
		"id begins with a digit": {func(r *mss.Request) { r.TransID = "1x" }, "TransID", "NCName"},
		"id with a colon":        {func(r *mss.Request) { r.TransID = "a:b" }, "TransID", "NCName"},
		"id with a space":        {func(r *mss.Request) { r.TransID = "a b" }, "TransID", "NCName"},
		"id too long":            {func(r *mss.Request) { r.TransID = strings.Repeat("a", 65) }, "TransID", "64"},
		"key":                    {func(r *mss.Request) { r.Key = &x509.Certificate{} }, "Key", "nil"},
	} {
		t.Run(name, func(t *testing.T) {
			for mode, sign := range modes {
				req := request(t, srv, person)
				tt.spoil(req)
				_, err := sign(t, c, req)
				var re *mss.RequestError
				require.ErrorAs(t, err, &re, mode)
				require.Equal(t, tt.field, re.Field)
				require.Contains(t, re.Reason, tt.says)
				require.False(t, mss.MayHaveRung(err))
				require.NotContains(t, err.Error(), person)
			}
		})
	}
	_, err := c.Start(t.Context(), nil)
	require.Error(t, err)
	require.Empty(t, srv.Requests(), "nothing was sent")
}

func TestLimitsThatFit(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{})
	c := newClient(t, srv, nil)
	for name, text := range map[string]string{
		"239 of GSM":                 strings.Repeat("x", 239-len(srv.Prefix())),
		"119 beyond GSM":             "ç" + strings.Repeat("x", 118-len(srv.Prefix())),
		"umlauts, euro and newlines": "Überweisung 5 €\nan Zoë & <Sohn>",
		"capital c cedilla is GSM":   strings.Repeat("Ç", 239-len(srv.Prefix())),
	} {
		req := request(t, srv, person)
		req.Display = srv.Prefix() + text
		sig, err := c.SignSync(t.Context(), req)
		require.NoError(t, err, name)
		require.Equal(t, req.Display, string(sig.Content))
	}
	req := request(t, srv, person)
	req.Display, req.Data = "", mss.Text(srv.Prefix()+"as data")
	_, err := c.SignSync(t.Context(), req)
	require.NoError(t, err)
	req.Language, req.TransID, req.Timeout = "de-CH", "_my.Own-id", 30*time.Second
	_, err = c.SignSync(t.Context(), req)
	require.NoError(t, err)
	require.Equal(t, "_my.Own-id", srv.Requests()[len(srv.Requests())-1].APTransID)
}

func TestInsecureAllowInvisible(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{})
	c := newClient(t, srv, func(cfg *mssp.Config) { cfg.InsecureAllowInvisible = true })
	req := request(t, srv, person)
	req.Display += "\u200b"
	_, err := c.SignSync(t.Context(), req)
	require.NoError(t, err)
	req.Display += "\x07"
	_, err = c.SignSync(t.Context(), req)
	var re *mss.RequestError
	require.ErrorAs(t, err, &re, "what XML cannot carry is refused all the same")
}

func TestTransIDs(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{})
	c := newClient(t, srv, nil)
	for range 8 {
		_, err := modes["async"](t, c, request(t, srv, person))
		require.NoError(t, err)
	}
	seen := map[string]bool{}
	for _, r := range srv.Requests() {
		require.Regexp(t, `^T[A-Z2-7]{26}$`, r.APTransID, "128 random bits")
		require.False(t, seen[r.APTransID], "every message has its own")
		seen[r.APTransID] = true
	}
	require.Len(t, seen, 16)
}

func TestMaxOutstanding(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	c := newClient(t, srv, func(cfg *mssp.Config) { cfg.MaxOutstanding = 2 })
	start := func(number string) (*mss.Transaction, error) {
		srv.Script(number, msstest.Person{After: time.Minute})
		return c.Start(t.Context(), request(t, srv, number))
	}
	_, err := start("41790000001")
	require.NoError(t, err)
	_, err = start("41790000002")
	require.NoError(t, err)
	_, err = start("41790000003")
	var re *mss.RequestError
	require.ErrorAs(t, err, &re)
	require.Equal(t, "Config.MaxOutstanding", re.Field)
	srv.AssertPrompts(t, 2)
}

func TestPlacesAreGivenBack(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{})
	c := newClient(t, srv, func(cfg *mssp.Config) { cfg.MaxOutstanding = 1; cfg.AllowTestNumbers = true })
	for range 3 {
		for _, sign := range modes {
			_, err := sign(t, c, request(t, srv, person))
			require.NoError(t, err)
			_, err = sign(t, c, request(t, srv, "41000092105"))
			require.ErrorIs(t, err, mss.UnknownClient)
		}
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	for name, tt := range map[string]struct {
		spoil func(*mssp.Config)
		says  string
	}{
		"no AP_ID":             {func(c *mssp.Config) { c.APID = "" }, "APID"},
		"AP_ID with a space":   {func(c *mssp.Config) { c.APID = "a b" }, "APID"},
		"AP_ID with a bar":     {func(c *mssp.Config) { c.APID = "a|b" }, "APID"},
		"no anchors":           {func(c *mssp.Config) { c.Anchors = nil }, "Anchors"},
		"no TLS roots":         {func(c *mssp.Config) { c.HTTP.Roots = nil }, "Roots"},
		"negative outstanding": {func(c *mssp.Config) { c.MaxOutstanding = -1 }, "MaxOutstanding"},
		"bad policy": {func(c *mssp.Config) {
			c.Dialect = mssp.Swisscom()
			c.Dialect.Policies = []string{"x"}
		}, "Policies"},
	} {
		_, err := mssp.New(config(srv, tt.spoil))
		require.ErrorContains(t, err, tt.says, name)
	}
	c := newClient(t, srv, func(c *mssp.Config) { c.Defaults = mssp.Options{} })
	_, err := c.Start(t.Context(), request(t, srv, person))
	var re *mss.RequestError
	require.ErrorAs(t, err, &re, "there is no default profile")
	require.Equal(t, "Options.Profile", re.Field)
	req := request(t, srv, person)
	req.Options = mssp.Options{Profile: mssp.ProfileSIM}
	srv.Script(person, msstest.Person{})
	_, err = c.Start(t.Context(), req)
	require.NoError(t, err)
}

func TestZeroClockIsRefused(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	c := newClient(t, srv, func(cfg *mssp.Config) { cfg.Now = func() time.Time { return time.Time{} } })
	_, err := c.Start(t.Context(), request(t, srv, person))
	var re *mss.RequestError
	require.ErrorAs(t, err, &re, "crypto/x509 would take zero as whenever")
	require.Equal(t, "Config.Now", re.Field)
	require.Empty(t, srv.Requests())
}
