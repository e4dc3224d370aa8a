package skmidtest_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/skmid/skmidtest"
)

const noSession = "11111111-2222-4333-8444-555555555555"

// requireError checks the form that every error answer has.
func requireError(t *testing.T, a *answer, status int, text string) {
	t.Helper()
	require.Equal(t, status, a.status, "%s", a.body)
	require.Contains(t, a.Error, text)
	requireStamps(t, a)
}

// requireStamps checks what every answer with a body has, but that to a start.
func requireStamps(t *testing.T, a *answer) {
	t.Helper()
	require.Equal(t, "application/json;charset=UTF-8", a.header.Get("Content-Type"))
	at, err := time.Parse("2006-01-02T15:04:05", a.Time)
	require.NoError(t, err, "no zone")
	require.WithinDuration(t, time.Now().UTC(), at, time.Minute)
	require.Regexp(t, regexp.MustCompile(`^[0-9a-f]{16}$`), a.TraceID)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	srv.Script(phone, code, skmidtest.Person{})
	ok := c.ask()
	const badPhone, badCode = "phoneNumber must contain of + and numbers(8-30)", "nationalIdentityNumber must contain of 11 digits"
	const badHash = "hash must be valid Base64 string with length between 44 and 88"
	for name, tt := range map[string]struct {
		body   body
		status int
		text   string
	}{
		"no UUID":                {ok.without("relyingPartyUUID"), 400, "relyingPartyUUID must not be null"},
		"null UUID":              {ok.with("relyingPartyUUID", nil), 400, "relyingPartyUUID must not be null"},
		"no name":                {ok.without("relyingPartyName"), 400, "relyingPartyName must not be null"},
		"malformed UUID":         {ok.with("relyingPartyUUID", "0"), 400, "relyingPartyUUID"},
		"long name":              {ok.with("relyingPartyName", strings.Repeat("x", 110)), 400, "relyingPartyName"},
		"unknown UUID":           {ok.with("relyingPartyUUID", noSession), 401, "Failed to authorize user"},
		"UUID in upper case":     {ok.with("relyingPartyUUID", "0000000A-0000-0000-0000-000000000000"), 400, "relyingPartyUUID"},
		"unknown name":           {ok.with("relyingPartyName", "SOMEBODY"), 401, "Failed to authorize user"},
		"no phone":               {ok.without("phoneNumber"), 400, "phoneNumber must not be null"},
		"phone without plus":     {ok.with("phoneNumber", "0000"), 400, badPhone},
		"short phone":            {ok.with("phoneNumber", "+372519"), 400, badPhone},
		"long phone":             {ok.with("phoneNumber", "+"+strings.Repeat("1", 31)), 400, badPhone},
		"phone with blanks":      {ok.with("phoneNumber", "+372 5000 0001"), 400, badPhone},
		"no code":                {ok.without("nationalIdentityNumber"), 400, "nationalIdentityNumber must not be null"},
		"short code":             {ok.with("nationalIdentityNumber", "0000"), 400, badCode},
		"shorter code":           {ok.with("nationalIdentityNumber", "510"), 400, badCode},
		"code with prefix":       {ok.with("nationalIdentityNumber", "PNOEE-"+code), 400, badCode},
		"no hash":                {ok.without("hash"), 400, "hash must not be null"},
		"hash not Base64":        {ok.with("hash", strings.Repeat("*", 44)), 400, badHash},
		"hash with line break":   {ok.with("hash", ok["hash"].(string)+"\n"), 400, badHash},
		"short hash":             {ok.with("hash", "AAAA"), 400, badHash},
		"long hash":              {ok.with("hash", strings.Repeat("A", 92)), 400, badHash},
		"no hash type":           {ok.without("hashType"), 400, "hashType must not be null"},
		"hash type in lower":     {ok.with("hashType", "sha256"), 400, "Unknown hash type 'sha256'"},
		"SHA-1":                  {ok.with("hashType", "SHA1"), 400, "Unknown hash type"},
		"hash of another length": {ok.with("hashType", "SHA512"), 400, "length of its hashType"},
		"no language":            {ok.without("language"), 400, "language must not be null"},
		"unknown language":       {ok.with("language", "FOO"), 400, "Unknown language 'FOO'"},
		"unknown format":         {ok.with("displayTextFormat", "GSM7"), 400, "displayTextFormat"},
		"long text":              {ok.with("displayText", strings.Repeat("x", 101)), 400, "displayText"},
		"long UCS-2":             {ok.with("displayText", strings.Repeat("õ", 51)).with("displayTextFormat", "UCS-2"), 400, "displayText"},
		"long emoji":             {ok.with("displayText", strings.Repeat("😀", 26)).with("displayTextFormat", "UCS-2"), 400, "displayText"},
		"six extended":           {ok.with("displayText", "[[[]]]"), 400, "extension table"},
		"number for a string":    {ok.with("phoneNumber", 37250000001), 400, "JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, kind := range kinds {
				requireError(t, c.post("/"+kind, tt.body), tt.status, tt.text)
			}
		})
	}
	srv.AssertPrompts(t, 0)
	require.Equal(t, http.StatusOK, c.post("/signature", ok).status)
	srv.AssertPrompts(t, 1)
}

// What a request may have.
func TestAccepted(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	srv.Script(phone, code, skmidtest.Person{})
	srv.Script("+37060000001", code, skmidtest.Person{})
	for name, tt := range map[string]struct {
		change         func(body) body
		text, language string
	}{
		"no text":        {func(b body) body { return b }, "", "ENG"},
		"name in lower":  {func(b body) body { return b.with("relyingPartyName", "demo") }, "", "ENG"},
		"unknown member": {func(b body) body { return b.with("new", map[string]any{"x": 1}) }, "", "ENG"},
		"GSM-7": {func(b body) body {
			return b.with("displayText", "Nõustun € äöü").with("displayTextFormat", "GSM-7")
		}, "N ustun € äöü", "ENG"},
		"longest GSM-7": {func(b body) body { return b.with("displayText", "[]{}€"+strings.Repeat("x", 95)) }, "[]{}€" + strings.Repeat("x", 95), "ENG"},
		"longest UCS-2": {func(b body) body {
			return b.with("displayText", strings.Repeat("õ", 50)).with("displayTextFormat", "UCS-2")
		}, strings.Repeat("õ", 50), "ENG"},
		"Estonian":        {func(b body) body { return b.with("language", "EST") }, "", "EST"},
		"Lithuanian":      {func(b body) body { return b.with("language", "LIT") }, "", "ENG"},
		"Russian":         {func(b body) body { return b.with("language", "RUS") }, "", "RUS"},
		"LIT to +370":     {func(b body) body { return b.with("language", "LIT").with("phoneNumber", "+37060000001") }, "", "LIT"},
		"EST to +370":     {func(b body) body { return b.with("language", "EST").with("phoneNumber", "+37060000001") }, "", "ENG"},
		"null for a text": {func(b body) body { return b.with("displayText", nil) }, "", "ENG"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, "OK", c.outcome(authentication, tt.change(c.ask())).result(t))
			list := srv.Requests()
			start := list[len(list)-2]
			require.Equal(t, tt.text, start.Text)
			require.Equal(t, tt.language, start.Language)
		})
	}
}

// /certificate takes the first four members and judges them as a start does.
func TestCertificateRequest(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	srv.Script(phone, code, skmidtest.Person{})
	four := c.ask().without("hash").without("hashType").without("language")
	a := c.post("/certificate", four)
	require.Equal(t, "OK", a.result(t))
	requireStamps(t, a)
	requireError(t, c.post("/certificate", four.with("relyingPartyUUID", noSession)), 401, "Failed to authorize user")
	requireError(t, c.post("/certificate", four.without("phoneNumber")), 400, "phoneNumber must not be null")
	requireError(t, c.post("/certificate", four.with("nationalIdentityNumber", "1")), 400, "11 digits")
	srv.AssertPrompts(t, 0)
}

func TestBodies(t *testing.T) {
	t.Parallel()
	_, c := inProcess(t, nil)
	post := func(contentType, content string) *answer {
		a, err := c.do(t.Context(), http.MethodPost, "/authentication", contentType, []byte(content))
		require.NoError(t, err)
		return a
	}
	for _, content := range []string{"", "[]", "{", `"x"`, `{"hash":"a","hash":"b"}`, `{"hash":"a","Hash":"b"}`, "{} {}"} {
		requireError(t, post("application/json", content), 400, "")
	}
	good, err := json.Marshal(c.ask())
	require.NoError(t, err)
	require.Equal(t, 200, post("application/json", string(good)).status)
	for _, again := range []string{"hash", "Hash", `h\u0061sh`} { // each followed by the one in order
		requireError(t, post("application/json", `{"`+again+`":"AAAA",`+string(good[1:])), 400, "JSON")
	}
	requireError(t, post("application/json", `{"hash":"`+strings.Repeat("A", 1<<20)+`"}`), 413, "")
	requireError(t, post("", "{}"), 415, "")
	requireError(t, post("text/plain", "{}"), 415, "")
	requireError(t, post("application/json; charset=utf-8", "{}"), 400, "must not be null")
}

func TestSessionsOfKindsAreApart(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	srv.Script(phone, code, skmidtest.Person{})
	for i, kind := range kinds {
		path := c.start(kind, c.ask())
		id := path[strings.LastIndex(path, "/")+1:]
		requireError(t, c.get("/"+kinds[1-i]+"/session/"+id), 404, "Session does not exist")
		a := c.get(path)
		require.Equal(t, "OK", a.result(t))
		requireStamps(t, a)
	}
}

func TestUnknownSession(t *testing.T) {
	t.Parallel()
	_, c := inProcess(t, nil)
	for _, kind := range kinds {
		requireError(t, c.get("/"+kind+"/session/"+noSession), 404, "Session does not exist")
		requireError(t, c.get("/"+kind+"/session/foo"), 400, "Invalid format for sessionId='foo'")
		requireError(t, c.get("/"+kind+"/session/"), 400, "Invalid format for sessionId=''")
		requireError(t, c.get("/"+kind+"/session/"+noSession+"?timeoutMs=soon"), 400, "timeoutMs")
	}
}

func TestVerbs(t *testing.T) {
	t.Parallel()
	_, c := inProcess(t, nil)
	for path, allowed := range map[string]string{
		"/authentication": "POST, OPTIONS", "/signature": "POST, OPTIONS", "/certificate": "POST, OPTIONS", "/version": "GET, OPTIONS",
		"/authentication/session/" + noSession: "GET, OPTIONS", "/signature/session/" + noSession: "GET, OPTIONS",
	} {
		for _, method := range []string{"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"} {
			if strings.Contains(allowed, method) {
				continue
			}
			a, err := c.do(t.Context(), method, path, "", nil)
			require.NoError(t, err)
			requireError(t, a, 405, "")
			require.Equal(t, allowed, a.header.Get("Allow"))
		}
		a, err := c.do(t.Context(), http.MethodOptions, path, "", nil)
		require.NoError(t, err)
		require.Equal(t, 200, a.status)
		require.Equal(t, allowed, a.header.Get("Allow"))
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	_, c := inProcess(t, nil)
	for _, path := range []string{"", "/", "/authentication/", "/authentication/session", "/Authentication", "/../version"} {
		requireError(t, c.get(path), 404, "")
	}
	a := c.get("/version")
	require.Equal(t, 200, a.status)
	require.Equal(t, "text/plain;charset=UTF-8", a.header.Get("Content-Type"))
	require.True(t, bytes.HasPrefix(a.body, []byte("Version: ")))
}

// Answers as of years ago, and answers as of years to come.
func TestOtherAges(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]*skmidtest.Options{"today": nil, "legacy": {Legacy: true}, "future": {Unknown: true}, "both": {Legacy: true, Unknown: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, c := inProcess(t, o)
			srv.Script(phone, code, skmidtest.Person{Polls: 1})
			legacy, future := o != nil && o.Legacy, o != nil && o.Unknown
			a := c.post("/authentication", c.ask())
			require.Equal(t, legacy, bytes.Contains(a.body, []byte(`"sessionId"`)))
			require.Equal(t, !legacy, bytes.Contains(a.body, []byte(`"sessionID"`)))
			bodies := []*answer{a}
			running := c.get("/authentication/session/" + a.SessionID)
			require.Equal(t, "RUNNING", running.State)
			require.Equal(t, legacy, running.Result != nil)
			ended := c.get("/authentication/session/" + a.SessionID)
			require.Empty(t, usual(srv, authentication).session(ended, nil))
			require.Equal(t, legacy, ended.Signature.Algorithm == "sha256WithECEncryption")
			bodies = append(bodies, running, ended, c.post("/certificate", c.ask()), c.post("/certificate", nil))
			for _, b := range bodies {
				require.Equal(t, future, bytes.Contains(b.body, []byte(`"unknown"`)), "%s", b.body)
			}
		})
	}
}

func TestAgreedRelyingParty(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, &skmidtest.Options{RelyingPartyName: "Näide OÜ", RelyingPartyUUID: "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"})
	srv.Script(phone, code, skmidtest.Person{})
	require.Equal(t, "Näide OÜ", srv.RelyingPartyName())
	require.Equal(t, "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", srv.RelyingPartyUUID())
	require.Equal(t, 200, c.post("/signature", c.ask().with("relyingPartyName", "NÄIDE OÜ")).status)
	requireError(t, c.post("/signature", c.ask().with("relyingPartyName", "DEMO").with("relyingPartyUUID", "00000000-0000-0000-0000-000000000000")), 401, "")
}
