package hermod_test

import (
	"context"
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
)

func decoded(t testing.TB, v any) string {
	t.Helper()
	s, ok := v.(string)
	require.True(t, ok)
	b, err := base64.StdEncoding.DecodeString(s)
	require.NoError(t, err)
	return string(b)
}

// TestSigning sends what is documented, once, and gets a verified signature.
func TestSigning(t *testing.T) {
	t.Parallel()
	b := new(broker)
	c := newBrokerClient(t, b)
	require.Equal(t, "hermod|test|hermod.example:20400|acme", c.Scope())
	tx := started(t, c, payment())
	require.Equal(t, 1, b.count())
	cmd := b.last()
	require.Equal(t, "/hermod/rest/command/sign", cmd.path)
	require.Equal(t, base64.StdEncoding.EncodeToString([]byte("acme:"+brokerAPIKey)), cmd.apiKey)
	require.Equal(t, "application/json", cmd.contentType)
	require.Equal(t, []any{"@" + aliceID}, cmd.member("commandHeader", "to"))
	require.EqualValues(t, 120, cmd.member("commandHeader", "timeout"))
	require.EqualValues(t, 120, cmd.member("commandHeader", "lifespan"))
	require.Len(t, cmd.doc, 2)

	code := c.Prompt(tx, time.Now()).Code
	require.Len(t, code, 5)
	params := func(names ...string) any { return cmd.member(append([]string{"signCommand", "params"}, names...)...) }
	require.Nil(t, params("description"), "the person reads what they sign")
	require.Equal(t, "Pay 10 EUR to ACME ("+code+")", decoded(t, params("tbs", "0", "data")))
	require.Equal(t, "text/plain", params("tbs", "0", "content_type"))
	require.Equal(t, "base64", params("tbs", "0", "content_encoding"))
	require.Equal(t, "tbs", params("tbs", "0", "key"))
	require.Equal(t, true, params("tbs", "0", "visible"))
	require.Equal(t, map[string]any{"op": "eq", "param": "key.type", "value": "RSA"}, params("filter"))
	require.Equal(t, "jws", params("format"))
	require.Equal(t, "CKM_SHA256_RSA_PKCS", params("mechanism"))

	require.Equal(t, c.Scope(), tx.Provider)
	require.Equal(t, cmd.externalID(), tx.TransID)
	require.Equal(t, "h"+cmd.id(), tx.MSSPTransID)
	require.Equal(t, aliceUser(), tx.User)
	requireOutstanding(t, c, tx)

	require.Equal(t, http.StatusOK, call(t, c, "sign", cmd.signed()))
	ev := outcome(t, c, tx)
	require.Equal(t, ev.Raw, outcome(t, c, tx).Raw, "as often as it is asked for")
	sig, err := c.Verify(ev)
	require.NoError(t, err)
	require.True(t, sig.Verified())
	require.True(t, sig.Fresh)
	require.Equal(t, mss.JWS, sig.Format)
	require.Equal(t, "Pay 10 EUR to ACME ("+code+")", string(sig.Content))
}

// TestAuthentication has a challenge signed that nobody sees, and shows the question.
func TestAuthentication(t *testing.T) {
	t.Parallel()
	b := new(broker)
	c := newBrokerClient(t, b)
	req := login()
	req.TransID, req.AddCode, req.Timeout = "T-my.own_1", true, 45*time.Second
	tx := started(t, c, req)
	cmd := b.last()
	require.Equal(t, "/hermod/rest/command/authenticate", cmd.path)
	require.EqualValues(t, 45, cmd.member("commandHeader", "timeout"))
	require.Equal(t, "T-my.own_1", tx.TransID)
	require.NotEqual(t, tx.TransID, cmd.externalID(), "which nobody else may know")
	require.Equal(t, "Log in to ACME ("+c.Prompt(tx, time.Now()).Code+")", decoded(t, cmd.member("authCommand", "params", "description", "0", "data")))
	require.Equal(t, "requester", cmd.member("authCommand", "params", "description", "0", "key"))
	require.Equal(t, true, cmd.member("authCommand", "params", "description", "0", "visible"))
	require.Equal(t, false, cmd.member("authCommand", "params", "tbs", "0", "visible"))
	require.Equal(t, "application/octet-stream", cmd.member("authCommand", "params", "tbs", "0", "content_type"))
	require.True(t, strings.HasPrefix(string(cmd.tbs()), "gomss hermod authentication 1\n"+cmd.externalID()+"\n"))
	other := started(t, c, login())
	require.NotEqual(t, cmd.tbs(), b.last().tbs())

	require.Equal(t, http.StatusOK, call(t, c, "authenticate", cmd.signed()))
	sig, err := c.Verify(outcome(t, c, tx))
	require.NoError(t, err)
	require.True(t, sig.Fresh)
	require.True(t, strings.HasPrefix(sig.Display.Reveal(), "Log in to ACME ("))
	requireOutstanding(t, c, other)
}

// TestData signs what is not, or not only, what is read.
func TestData(t *testing.T) {
	t.Parallel()
	sum := sha256.Sum256([]byte("contract"))
	b := new(broker)
	c := newBrokerClient(t, b)
	digest := &mss.Request{Purpose: mss.Signing, User: aliceUser(), Display: "Contract 1", Data: mss.Digest(crypto.SHA256, sum[:]), Options: &jwsOptions}
	tx := started(t, c, digest)
	cmd := b.last()
	require.Equal(t, sum[:], cmd.tbs())
	require.Equal(t, false, cmd.member("signCommand", "params", "tbs", "0", "visible"))
	require.Equal(t, "Contract 1", decoded(t, cmd.member("signCommand", "params", "description", "0", "data")))
	require.Equal(t, 200, call(t, c, "sign", cmd.signed()))
	sig, err := c.Verify(outcome(t, c, tx))
	require.NoError(t, err)
	require.Equal(t, "Contract 1", sig.Display.Reveal())
	require.False(t, sig.Fresh, "nothing that was signed names the command")

	text := &mss.Request{Purpose: mss.Signing, User: aliceUser(), Data: mss.Text("I agree.")}
	started(t, c, text)
	cmd = b.last()
	require.Equal(t, "I agree.", string(cmd.tbs()))
	require.Nil(t, cmd.member("signCommand", "params", "description"))
	require.Equal(t, "pkcs7", cmd.member("signCommand", "params", "format"), "by default")
	text.Display = "ACME asks:"
	started(t, c, text)
	require.Equal(t, "ACME asks:", decoded(t, b.last().member("signCommand", "params", "description", "0", "data")))
}

// foreignOptions are another provider's.
type foreignOptions struct{}

func (foreignOptions) Provider() string { return "other" }

// TestRefusals sends nothing of what could not be honoured.
func TestRefusals(t *testing.T) {
	t.Parallel()
	sum := sha256.Sum256(nil)
	user := func(s string) func(*mss.Request) {
		return func(r *mss.Request) { r.User.ID = mss.UserID{Private: mss.Conceal(s)} }
	}
	for name, tc := range map[string]struct {
		edit  func(*mss.Request)
		field string
		code  mss.Code
	}{
		"no purpose":              {func(r *mss.Request) { r.Purpose = 0 }, "Purpose", 0},
		"no user":                 {func(r *mss.Request) { r.User = mss.User{} }, "User.ID", mss.UnknownClient},
		"an address":              {user("@alice"), "User.ID", mss.FiComMalformedUserID},
		"a mailbox for all":       {user("tmp"), "User.ID", mss.FiComMalformedUserID},
		"a user with controls":    {user("a\nb"), "User.ID", mss.FiComMalformedUserID},
		"a stranger":              {user("bob.example"), "User.ID", mss.UnknownClient},
		"no text":                 {func(r *mss.Request) { r.Display = "" }, "Display", 0},
		"an invisible text":       {func(r *mss.Request) { r.Display = "a\u202eb" }, "Display", 0},
		"a long text":             {func(r *mss.Request) { r.Display = strings.Repeat("a", 16<<10+1) }, "Display", 0},
		"like a challenge":        {func(r *mss.Request) { r.Display = "gomss hermod authentication 1\nx" }, "Display", 0},
		"data like a challenge":   {func(r *mss.Request) { r.Data = mss.Text("gomss hermod authentication 1\nx") }, "Data", 0},
		"data of an unknown type": {func(r *mss.Request) { r.Data = mss.Data{MimeType: "application/pdf", Content: []byte("%PDF")} }, "Data", 0},
		"data in Latin-1": {func(r *mss.Request) {
			r.Data = mss.Data{MimeType: "text/plain", Encoding: "ISO-8859-1", Content: []byte("a")}
		}, "Data", 0},
		"a digest without words": {func(r *mss.Request) {
			r.AddCode, r.Display, r.Data = false, "", mss.Digest(crypto.SHA256, sum[:])
		}, "Display", 0},
		"a digest with a code":     {func(r *mss.Request) { r.Data = mss.Digest(crypto.SHA256, sum[:]) }, "AddCode", 0},
		"a short digest":           {func(r *mss.Request) { r.Data = mss.Digest(crypto.SHA256, sum[:31]) }, "Data", 0},
		"a weak digest":            {func(r *mss.Request) { r.Data = mss.Digest(crypto.SHA1, sum[:20]) }, "Data", 0},
		"data to log in with":      {func(r *mss.Request) { r.Purpose, r.Data = mss.Authentication, mss.Text("a") }, "Data", 0},
		"nothing to log in with":   {func(r *mss.Request) { r.Purpose, r.Display = mss.Authentication, "" }, "Display", 0},
		"foreign options":          {func(r *mss.Request) { r.Options = foreignOptions{} }, "Options", 0},
		"nil options":              {func(r *mss.Request) { r.Options = (*hermod.Options)(nil) }, "Options", 0},
		"an unknown format":        {func(r *mss.Request) { r.Options = hermod.Options{Format: mss.XMLDSig} }, "Options.Format", 0},
		"no time":                  {func(r *mss.Request) { r.Timeout = time.Second }, "Timeout", 0},
		"too much time":            {func(r *mss.Request) { r.Timeout = time.Hour }, "Timeout", 0},
		"half a second":            {func(r *mss.Request) { r.Timeout = 30*time.Second + 1 }, "Timeout", 0},
		"a TransID with a blank":   {func(r *mss.Request) { r.TransID = "a b" }, "TransID", 0},
		"a TransID with a digit":   {func(r *mss.Request) { r.TransID = "1a" }, "TransID", 0},
		"a long TransID":           {func(r *mss.Request) { r.TransID = strings.Repeat("a", 65) }, "TransID", 0},
		"another's key":            {func(r *mss.Request) { r.Key = brokerCA().cert }, "Key", mss.NoKeyFound},
		"what fits into no handle": {func(r *mss.Request) { r.Data, r.Display = mss.Text("a"), strings.Repeat("a", 2000) }, "Display", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := new(broker)
			c := newBrokerClient(t, b)
			req := payment()
			tc.edit(req)
			_, err := c.Start(t.Context(), req)
			r, ok := errors.AsType[*mss.RequestError](err)
			require.True(t, ok, "%v", err)
			require.Equal(t, tc.field, r.Field)
			require.False(t, mss.MayHaveRung(err))
			require.Equal(t, tc.code != 0, r.Err != nil)
			if tc.code != 0 {
				require.ErrorIs(t, err, tc.code)
			}
			require.Zero(t, b.count())
		})
	}
	c := newBrokerClient(t, new(broker))
	_, err := c.Start(t.Context(), nil)
	require.ErrorContains(t, err, "is nil")
}

// TestHooks asks the application, the clock and the registry before anything is sent.
func TestHooks(t *testing.T) {
	t.Parallel()
	no := errors.New("no")
	for name, tc := range map[string]struct {
		edit  func(*hermod.Config)
		field string
		err   error
	}{
		"not admitted": {func(c *hermod.Config) { c.Admit = func(context.Context, *mss.Request) error { return no } }, "Config.Admit", no},
		"no time":      {func(c *hermod.Config) { c.Now = func() time.Time { return time.Time{} } }, "Config.Now", nil},
		"no registry":  {func(c *hermod.Config) { c.Registry = failingRegistry{c.Registry, no} }, "Config.Registry", no},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := new(broker)
			_, err := newBrokerClient(t, b, tc.edit).Start(t.Context(), payment())
			r, ok := errors.AsType[*mss.RequestError](err)
			require.True(t, ok, "%v", err)
			require.Equal(t, tc.field, r.Field)
			if tc.err != nil {
				require.ErrorIs(t, err, tc.err)
			}
			require.Zero(t, b.count())
		})
	}
}

type failingRegistry struct {
	hermod.Registry
	err error
}

func (f failingRegistry) Devices(context.Context, mss.UserID) ([]*hermod.Device, error) {
	return nil, f.err
}

// TestAnswers maps what a Hermod, or something before it, answers to a command. It is sent once in any case.
func TestAnswers(t *testing.T) {
	t.Parallel()
	record := func(edit func(map[string]any)) func(*sent) *http.Response {
		return func(c *sent) *http.Response { return says(200, c.record(edit)) }
	}
	plain := func(status int, doc string) func(*sent) *http.Response {
		return func(*sent) *http.Response { return says(status, doc) }
	}
	for name, tc := range map[string]struct {
		respond func(*sent) *http.Response
		code    mss.Code // of a fault; 0: a transport error
		text    string   // in the error
		rang    bool
	}{
		"400": {plain(400, `{"error":"Bad Request","message":"no `+aliceID+`"}`), 101, "101", false},
		"401": {plain(401, ``), 104, "104", false},
		"403": {plain(403, `<html>`), 104, "104", false},
		"404": {plain(404, `{}`), 108, "108", false},
		"405": {plain(405, `{}`), 108, "108", false},
		"413": {plain(413, `{}`), 103, "103", false},
		"415": {plain(415, `{}`), 108, "108", false},
		"500": {plain(500, `{}`), 900, "900", true},
		"502": {plain(502, `{}`), 900, "900", true},
		"429": {plain(429, `{}`), 0, "busy", true},
		"503": {plain(503, `{}`), 0, "busy", true},
		"302": {plain(302, ``), 0, "redirect", true},
		"407": {plain(407, ``), 0, "proxy", true},
		"418": {plain(418, ``), 0, "not an answer", true},
		"not JSON": {func(*sent) *http.Response {
			r := says(200, `<html>`)
			r.Header.Set("Content-Type", "text/html")
			return r
		}, 0, "not JSON", true},
		"broken JSON":         {plain(200, "{\n\"commandId\":}"), 0, "line 2", true},
		"a member twice":      {func(c *sent) *http.Response { return says(200, strings.Replace(c.record(), `{`, `{"STATE":"x",`, 1)) }, 0, "command record", true},
		"no commandId":        {record(func(r map[string]any) { delete(r, "commandId") }), 0, "commandId", true},
		"a commandId in hex":  {record(func(r map[string]any) { r["commandId"] = "0x1" }), 0, "commandId", true},
		"a number":            {record(func(r map[string]any) { r["commandId"] = 18092 }), 0, "commandId: is no string", true},
		"another externalId":  {record(func(r map[string]any) { r["externalId"] = "x" }), 0, "externalId", true},
		"another commandType": {record(func(r map[string]any) { r["commandType"] = "PROV" }), 0, "commandType", true},
		"no destination":      {record(func(r map[string]any) { r["destinations"] = []any{} }), 105, "105", false},
		"no destinations":     {record(func(r map[string]any) { delete(r, "destinations") }), 105, "105", false},
		"no location":         {record(func(r map[string]any) { r["destinations"] = []any{map[string]any{"bid": "b"}} }), 0, "location", true},
		"too many":            {record(func(r map[string]any) { r["destinations"] = make([]map[string]any, 1025) }), 0, "destinations: has more than 1024", true},
		"signed already":      {func(c *sent) *http.Response { return says(200, c.signed()) }, 0, "is over", true},
		"declined already":    {func(c *sent) *http.Response { return says(200, c.final(401, nil)) }, 401, "401", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &broker{respond: tc.respond}
			c := newBrokerClient(t, b)
			_, err := c.Start(t.Context(), payment())
			require.ErrorContains(t, err, tc.text)
			require.NotContains(t, err.Error(), aliceID)
			if f, ok := errors.AsType[*mss.Fault](err); ok {
				require.Equal(t, tc.code, f.Code)
				require.Equal(t, mss.OpSignature, f.Operation)
			} else {
				require.Zero(t, tc.code)
				x, ok := errors.AsType[*mss.TransportError](err)
				require.True(t, ok, "%T", err)
				require.Equal(t, mss.Answered, x.Sent)
			}
			require.Equal(t, tc.rang, mss.MayHaveRung(err))
			require.Equal(t, 1, b.count())
			cmd := b.last()
			want := http.StatusOK // it may be in a mailbox
			if !tc.rang {
				want = http.StatusNotFound // its record is gone
			}
			require.Equal(t, want, call(t, c, "sign", cmd.signed()))
		})
	}
}

// TestReason keeps the Hermod's words, bounded and concealed.
func TestReason(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"timestamp":1,"status":400,"error":"Bad Request","message":"no such \u001b thing"}`: `no such \u{001B} thing`,
		`{"error":"Bad Request"}`: "Bad Request",
		`{"error":{"a":1}}`:       "",
		`[]`:                      "",
		`{"message":"` + strings.Repeat("a", 300) + `"}`: strings.Repeat("a", 200) + "…",
	} {
		c := newBrokerClient(t, &broker{respond: func(*sent) *http.Response { return says(400, body) }})
		_, err := c.Start(t.Context(), payment())
		f, ok := errors.AsType[*mss.Fault](err)
		require.True(t, ok)
		require.Equal(t, want, f.Reason.Reveal())
		require.Equal(t, "HTTP 400", f.Native)
	}
}
