package skmid_test

import (
	"crypto"
	"crypto/elliptic"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/skmid"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/transport"
)

func TestStartAuthentication(t *testing.T) {
	t.Parallel()
	s := started(nil)
	c := newClient(t, newRealm(t), s)
	seen := map[string]bool{}
	for _, hash := range []crypto.Hash{crypto.SHA256, crypto.SHA256, crypto.SHA384, crypto.SHA512, crypto.SHA512} {
		hashName := hashNames[hash]
		req := authentication(t)
		req.Options, req.AddCode = skmid.Options{Hash: hash}, true
		tx, err := c.Start(t.Context(), req)
		require.NoError(t, err)
		got := s.requests()[len(s.requests())-1]
		require.Equal(t, "POST /mid-api/authentication", got.method+" "+got.path)
		require.Equal(t, "application/json;charset=UTF-8", got.header.Get("Content-Type"))
		digest, err := base64.StdEncoding.DecodeString(got.body["hash"])
		require.NoError(t, err)
		require.Len(t, digest, hash.Size())
		require.False(t, seen[got.body["hash"]], "a challenge is fresh")
		seen[got.body["hash"]] = true
		delete(got.body, "hash")
		require.Equal(t, map[string]string{
			"relyingPartyName": "ACME", "relyingPartyUUID": uuid, "phoneNumber": phoneEE, "nationalIdentityNumber": digits,
			"hashType": hashName, "language": "EST", "displayText": "Log in?", "displayTextFormat": "GSM-7",
		}, got.body)
		code, err := skmid.VerificationCode(digest)
		require.NoError(t, err)
		require.Equal(t, mss.Prompt{Code: code}, c.Prompt(tx, time.Now()))
		require.Equal(t, []string{c.Scope(), session}, []string{tx.Provider, tx.MSSPTransID})
		require.Equal(t, estonian(t), tx.User)
		require.Equal(t, mss.Authentication, tx.Purpose)
		require.Equal(t, 150*time.Second, tx.Deadline.Sub(tx.Started))
		require.Equal(t, tx.Started, tx.PollAt)
		require.NotEmpty(t, tx.TransID)
	}
	require.Empty(t, c.Prompt(&mss.Transaction{}, time.Now()), "of another service")

	req := authentication(t)
	req.Display, req.Language = "", "en-GB"
	_, err := c.Start(t.Context(), req)
	require.NoError(t, err)
	got := s.requests()[len(s.requests())-1].body
	require.Equal(t, "ENG", got["language"])
	require.NotContains(t, got, "displayText")
	require.NotContains(t, got, "displayTextFormat")
	require.Equal(t, "SHA256", got["hashType"])
}

func TestStartSigning(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	s := started(func(*http.Request) *http.Response {
		return reply(200, `{"result":"OK","cert":"`+base64.StdEncoding.EncodeToString(r.sign.cert.Raw)+`","time":"2019-07-23T11:32:01","traceId":"5ffc28098bb14341"}`)
	})
	c := newClient(t, r, s)
	req := signing(t, r.sign, crypto.SHA384)
	req.Display = "Nõustun"
	_, err := c.Start(t.Context(), req)
	require.NoError(t, err)
	require.Len(t, s.requests(), 1, "the certificate was given")
	got := s.requests()[0]
	require.Equal(t, "POST /mid-api/signature", got.method+" "+got.path)
	require.Equal(t, map[string]string{
		"relyingPartyName": "ACME", "relyingPartyUUID": uuid, "phoneNumber": phoneEE, "nationalIdentityNumber": digits,
		"hash": base64.StdEncoding.EncodeToString(req.Data.Content), "hashType": "SHA384",
		"language": "ENG", "displayText": "Nõustun", "displayTextFormat": "UCS-2",
	}, got.body)

	req.Key = nil
	tx, err := c.Start(t.Context(), req)
	require.NoError(t, err)
	require.Len(t, s.requests(), 3)
	got = s.requests()[1]
	require.Equal(t, "POST /mid-api/certificate", got.method+" "+got.path)
	require.Equal(t, map[string]string{
		"relyingPartyName": "ACME", "relyingPartyUUID": uuid, "phoneNumber": phoneEE, "nationalIdentityNumber": digits,
	}, got.body)
	require.Equal(t, "/mid-api/signature", s.requests()[2].path)
	code, err := skmid.VerificationCode(req.Data.Content)
	require.NoError(t, err)
	require.Equal(t, code, c.Prompt(tx, time.Now()).Code)
	keys, err := mss.NewKeys(c.Scope(), make([]byte, 32))
	require.NoError(t, err)
	_, err = keys.Seal(tx, "session")
	require.NoError(t, err)
}

// TestStartRefuses: what is wrong with a request is told before anything is sent.
func TestStartRefuses(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	s := &service{}
	c := newClient(t, r, s)
	lithuanian := mss.User{MSISDN: msisdn(t, phoneLT), Person: personID(t, "LT", digits)}
	key := func(change func(*x509.Certificate)) func(*mss.Request) {
		h := r.person(t, mss.Signing, r.sign.key, change)
		return func(req *mss.Request) { *req = *signing(t, h, crypto.SHA256) }
	}
	sign := func(change func(*mss.Request)) func(*mss.Request) {
		return func(req *mss.Request) {
			*req = *signing(t, r.sign, crypto.SHA256)
			change(req)
		}
	}
	for name, tt := range map[string]struct {
		field  string
		change func(*mss.Request)
	}{
		"no purpose":                  {"Purpose", func(q *mss.Request) { q.Purpose = 0 }},
		"no number":                   {"User.MSISDN", func(q *mss.Request) { q.User.MSISDN = mss.MSISDN{} }},
		"a Swiss number":              {"User.MSISDN", func(q *mss.Request) { q.User.MSISDN = msisdn(t, "+41791234567") }},
		"no person":                   {"User.Person", func(q *mss.Request) { q.User.Person = mss.PersonID{} }},
		"wrong check digit":           {"User.Person", func(q *mss.Request) { q.User.Person = personID(t, "EE", "37605030290") }},
		"LT code, EE number (SEC-21)": {"User.Person", func(q *mss.Request) { q.User.Person = lithuanian.Person }},
		"EE code, LT number (SEC-21)": {"User.Person", func(q *mss.Request) { q.User.MSISDN = lithuanian.MSISDN; q.Language = "en" }},
		"a demo person":               {"User.Person", func(q *mss.Request) { q.User.Person = personID(t, "EE", "60001019906") }},
		"no language":                 {"Language", func(q *mss.Request) { q.Language = "" }},
		"German":                      {"Language", func(q *mss.Request) { q.Language = "de" }},
		"Lithuanian to Estonia":       {"Language", func(q *mss.Request) { q.Language = "lt" }},
		"Estonian to Lithuania":       {"Language", func(q *mss.Request) { q.User = lithuanian }},
		"long text":                   {"Display", func(q *mss.Request) { q.Display = strings.Repeat("x", 101) }},
		"emoji":                       {"Display", func(q *mss.Request) { q.Display = "👍" }},
		"data for an authentication":  {"Data", func(q *mss.Request) { q.Data = mss.Digest(crypto.SHA256, make([]byte, 32)) }},
		"key for an authentication":   {"Key", func(q *mss.Request) { q.Key = r.sign.cert }},
		"SHA-1 challenge":             {"Options.Hash", func(q *mss.Request) { q.Options = skmid.Options{Hash: crypto.SHA1} }},
		"options of another service":  {"Options", func(q *mss.Request) { q.Options = mssp.Options{} }},
		"a time":                      {"Timeout", func(q *mss.Request) { q.Timeout = time.Minute }},
		"TransID":                     {"TransID", func(q *mss.Request) { q.TransID = "1" }},
		"TransID of 65":               {"TransID", func(q *mss.Request) { q.TransID = strings.Repeat("T", 65) }},
		"nothing to sign":             {"Data", sign(func(q *mss.Request) { q.Data = mss.Data{} })},
		"a text to sign":              {"Data", sign(func(q *mss.Request) { q.Data = mss.Text("contract") })},
		"SHA-1 to sign":               {"Data", sign(func(q *mss.Request) { q.Data = mss.Digest(crypto.SHA1, make([]byte, 20)) })},
		"31 octets":                   {"Data", sign(func(q *mss.Request) { q.Data.Content = make([]byte, 31) })},
		"a document for its hash":     {"Data", sign(func(q *mss.Request) { q.Data.Content = make([]byte, 64) })},
		"a code into a digest":        {"AddCode", sign(func(q *mss.Request) { q.AddCode = true })},
		"hash twice":                  {"Options.Hash", sign(func(q *mss.Request) { q.Options = skmid.Options{Hash: crypto.SHA256} })},
		"authentication certificate":  {"Key", sign(func(q *mss.Request) { q.Key = r.auth.cert })},
		"composed certificate": {"Key", sign(func(q *mss.Request) {
			q.Key = &x509.Certificate{PublicKey: r.sign.key.Public(), KeyUsage: x509.KeyUsageContentCommitment}
		})},
		"another person's certificate": {"Key", key(func(c *x509.Certificate) { c.Subject = subjectOf("PNOEE-38412319871", "EE") })},
		"of another country (SEC-21)":  {"Key", key(func(c *x509.Certificate) { c.Subject = subjectOf("PNOLT-"+digits, "LT") })},
		"expired certificate": {"Key", key(func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour)
		})},
		"certificate of another CA": {"Key", func(q *mss.Request) { *q = *signing(t, newRealm(t).sign, crypto.SHA256) }},
		"certificate with an odd key": {"Key", func(q *mss.Request) {
			*q = *signing(t, r.person(t, mss.Signing, generate(elliptic.P224()), nil), crypto.SHA256)
		}},
		"certificate too large to keep": {"Key", key(func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 999, 1}, Value: make([]byte, 1900)}}
		})},
	} {
		req := authentication(t)
		tt.change(req)
		_, err := c.Start(t.Context(), req)
		require.Error(t, err, name)
		requireRefused(t, err, tt.field)
		requireSilent(t, err.Error())
	}
	_, err := c.Start(t.Context(), nil)
	requireRefused(t, err, "Request")
	require.Empty(t, s.requests())

	cfg := config(r, s)
	cfg.Now = func() time.Time { return time.Time{} }
	broken, err := skmid.New(cfg)
	require.NoError(t, err)
	_, err = broken.Start(t.Context(), authentication(t))
	requireRefused(t, err, "Config.Now")
	require.Empty(t, s.requests())
}

// TestStartCertificate: without a usable certificate no phone rings, and the error says so.
func TestStartCertificate(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	cert := func(h *holder) string {
		return `{"result":"OK","cert":"` + base64.StdEncoding.EncodeToString(h.cert.Raw) + `"}`
	}
	for name, tt := range map[string]struct {
		status int
		answer string
		code   mss.Code
	}{
		"not found":        {200, `{"result":"NOT_FOUND","traceId":"5ffc28098bb14341"}`, mss.NoCertFound},
		"not active":       {200, `{"result":"NOT_ACTIVE"}`, mss.NoCertFound},
		"new result":       {200, `{"result":"WHATEVER"}`, mss.InternalError},
		"no result":        {200, `{"cert":"AAAA"}`, mss.InternalError},
		"not authorised":   {401, `{"error":"Failed to authorize user"}`, mss.UnauthorizedAccess},
		"broken":           {500, `{"error":"Internal error"}`, mss.InternalError},
		"no service":       {404, ``, 0},
		"no certificate":   {200, `{"result":"OK"}`, 0},
		"not Base64":       {200, `{"result":"OK","cert":"*"}`, 0},
		"not DER":          {200, `{"result":"OK","cert":"AAAA"}`, 0},
		"member twice":     {200, `{"result":"OK","Result":"OK"}`, 0},
		"the other key's":  {200, cert(r.auth), 0},
		"another person's": {200, cert(r.person(t, mss.Signing, r.sign.key, func(c *x509.Certificate) { c.Subject = subjectOf("PNOLT-"+digits, "LT") })), 0},
		"of an unknown CA": {200, cert(newRealm(t).sign), 0},
		"too large to be kept": {200, cert(r.person(t, mss.Signing, r.sign.key, func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 999, 1}, Value: make([]byte, 2000)}}
		})), 0},
	} {
		s := &service{respond: func(*http.Request, map[string]string) *http.Response { return reply(tt.status, tt.answer) }}
		req := signing(t, r.sign, crypto.SHA256)
		req.Key = nil
		_, err := newClient(t, r, s).Start(t.Context(), req)
		require.Error(t, err, name)
		require.Len(t, s.requests(), 1, name)
		require.False(t, mss.MayHaveRung(err), "%s: %v", name, err)
		if tt.code != 0 {
			require.ErrorIs(t, err, tt.code, name)
		}
		requireSilent(t, err.Error())
	}
}

func TestProfileQuery(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	answer := `{"result":"OK","cert":"` + base64.StdEncoding.EncodeToString(r.sign.cert.Raw) + `"}`
	s := &service{respond: func(*http.Request, map[string]string) *http.Response { return reply(200, answer) }}
	c := newClient(t, r, s)
	p, err := mss.ProfileQuery(t.Context(), c, estonian(t))
	require.NoError(t, err)
	require.Equal(t, [][]*x509.Certificate{{r.sign.cert}}, p.Certificates)

	answer = `{"result":"NOT_FOUND","traceId":"5ffc28098bb14341"}`
	_, err = c.ProfileQuery(t.Context(), estonian(t))
	var fault *mss.Fault
	require.ErrorAs(t, err, &fault)
	require.Equal(t, mss.Fault{Code: mss.NoCertFound, Operation: mss.OpProfileQuery, Native: "NOT_FOUND", TraceID: "5ffc28098bb14341"}, *fault)

	answer = `{"result":"OK"}`
	_, err = c.ProfileQuery(t.Context(), estonian(t))
	requireFailed(t, err, "certificate")
	_, err = c.ProfileQuery(t.Context(), mss.User{MSISDN: msisdn(t, phoneEE)})
	requireRefused(t, err, "User.Person")
	require.Len(t, s.requests(), 3)
}

// TestStartSendsOnce: whatever happens to the connection, a start goes out once. A certificate may be asked for again.
func TestStartSendsOnce(t *testing.T) {
	t.Parallel()
	for name, breakOff := range map[string]func(t *testing.T, w http.ResponseWriter){
		"closed":             func(t *testing.T, w http.ResponseWriter) { hijack(t, w, "") },
		"closed in the head": func(t *testing.T, w http.ResponseWriter) { hijack(t, w, "HTTP/1.1 200 OK\r\nContent-Le") },
		"closed in the body": func(t *testing.T, w http.ResponseWriter) {
			hijack(t, w, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{\"sessionID\":")
		},
		"500": func(_ *testing.T, w http.ResponseWriter) { w.WriteHeader(500) },
		"503": func(_ *testing.T, w http.ResponseWriter) { w.WriteHeader(503) },
		"307": func(_ *testing.T, w http.ResponseWriter) {
			w.Header().Set("Location", "/mid-api/authentication")
			w.WriteHeader(307)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var starts atomic.Int32
			srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/mid-api/certificate" {
					w.Header().Set("Content-Type", "application/json")
					_, _ = w.Write([]byte(`{"result":"NOT_FOUND"}`))
					return
				}
				starts.Add(1)
				breakOff(t, w)
			}))
			t.Cleanup(srv.Close)
			cfg := config(newRealm(t), nil)
			cfg.HTTP = transport.Config{URL: srv.URL + "/mid-api", Roots: []*x509.Certificate{srv.Certificate()}, ServerName: "example.com"}
			c, err := skmid.New(cfg)
			require.NoError(t, err)
			t.Cleanup(c.Close)
			_, err = c.ProfileQuery(t.Context(), estonian(t)) // leaves a connection that net/http might think stale
			require.ErrorIs(t, err, mss.NoCertFound)
			_, err = c.Start(t.Context(), authentication(t))
			require.Error(t, err)
			require.True(t, mss.MayHaveRung(err))
			require.EqualValues(t, 1, starts.Load())
		})
	}
}

func hijack(t *testing.T, w http.ResponseWriter, text string) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	defer func(c net.Conn) { _ = c.Close() }(conn)
	_, _ = conn.Write([]byte(text))
}

// TestStartAnswers: what the service answers to a start, by HTTP status and body.
func TestStartAnswers(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	for name, tt := range map[string]struct {
		status int
		answer string
		code   mss.Code // of a fault; 0: a transport error
		rung   bool
	}{
		"parameter":             {400, `{"error":"phoneNumber must contain of + and numbers(8-30)","time":"2025-02-23T17:31:23","traceId":"d2206fd3aedc3aee"}`, 101, false},
		"account":               {401, `{"error":"Failed to authorize user","traceId":"d2206fd3aedc3aee"}`, 104, false},
		"without a body":        {401, ``, 104, false},
		"verb":                  {405, `Method Not Allowed`, 108, false},
		"rate":                  {429, ``, 900, true},
		"internal":              {500, `{"error":"Internal error","traceId":"d2206fd3aedc3aee"}`, 900, true},
		"unavailable":           {503, `<html>`, 900, true},
		"maintenance":           {580, ``, 900, true},
		"members twice":         {500, `{"traceId":"d2206fd3aedc3aee","traceID":"x"}`, 900, true},
		"forbidden":             {403, ``, 0, true},
		"no service":            {404, `{"error":"Session does not exist"}`, 0, true},
		"elsewhere":             {302, ``, 0, true},
		"accepted":              {202, `{"sessionID":"` + session + `"}`, 0, true},
		"no session":            {200, `{}`, 0, true},
		"empty session":         {200, `{"sessionID":""}`, 0, true},
		"a session with a path": {200, `{"sessionID":"../certificate?x=1"}`, 0, true},
		"a long session":        {200, `{"sessionID":"` + strings.Repeat("a", 65) + `"}`, 0, true},
		"sessions":              {200, `{"sessionID":"` + session + `","sessionId":"` + session + `"}`, 0, true},
		"an array":              {200, `["` + session + `"]`, 0, true},
		"no JSON":               {200, `OK`, 0, true},
		"nothing":               {200, ``, 0, true},
	} {
		s := &service{respond: func(*http.Request, map[string]string) *http.Response { return reply(tt.status, tt.answer) }}
		_, err := newClient(t, r, s).Start(t.Context(), authentication(t))
		require.Error(t, err, name)
		require.Len(t, s.requests(), 1, name)
		require.Equal(t, tt.rung, mss.MayHaveRung(err), "%s: %v", name, err)
		requireSilent(t, err.Error())
		require.NotContains(t, err.Error(), "phoneNumber", "native text is not shown")
		if tt.code == 0 {
			var broken *mss.TransportError
			require.ErrorAs(t, err, &broken, name)
			require.Equal(t, tt.status, broken.Status)
			continue
		}
		var fault *mss.Fault
		require.ErrorAs(t, err, &fault, name)
		require.Equal(t, tt.code, fault.Code, name)
		require.Equal(t, strings.Contains(tt.answer, `"traceId":"d2206fd3aedc3aee"`) && name != "members twice", fault.TraceID == "d2206fd3aedc3aee", name)
	}
	old := &service{respond: func(*http.Request, map[string]string) *http.Response {
		return reply(200, `{"sessionId":"`+session+`","more":[1]}`)
	}}
	tx, err := newClient(t, r, old).Start(t.Context(), authentication(t))
	require.NoError(t, err, "an old server's spelling, and a member that nobody knows")
	require.Equal(t, session, tx.MSSPTransID)
	page := &service{respond: func(*http.Request, map[string]string) *http.Response {
		r := reply(200, `{"sessionID":"`+session+`"}`)
		r.Header.Set("Content-Type", "text/html")
		return r
	}}
	_, err = newClient(t, r, page).Start(t.Context(), authentication(t))
	require.ErrorContains(t, err, "not JSON")
}
