package registrant_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/adapters/registrant"
	"github.com/gomss/gomss/adapters/registrant/registranttest"
	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

// A token is kept by its text and its end, and opens the same registry in another instance.
func TestRestoreToken(t *testing.T) {
	t.Parallel()
	srv := registranttest.NewServer(t, nil)
	_, token := login(t, srv)
	another := client(t, srv)
	again, err := another.RestoreToken(token.Reveal(), token.Expires())
	require.NoError(t, err)
	for _, err := range another.Contacts(t.Context(), again) {
		require.NoError(t, err)
	}
	for name, secret := range map[string]string{
		"empty": "", "padding alone": "==", "blank": "ab cd", "line feed": "abcd\r\nX-Header: 1", "padding within": "ab=cd",
		"not ASCII": "õ", "too long": strings.Repeat("a", 4097),
	} {
		_, err := another.RestoreToken(secret, token.Expires())
		requireRefused(t, err, "Token")
		if len(secret) > 2 {
			require.NotContains(t, err.Error(), secret, name)
		}
	}
	_, err = another.RestoreToken(token.Reveal(), time.Time{})
	requireRefused(t, err, "Token")
}

// A token of another registry is not given away.
func TestTokenOfAnotherRegistry(t *testing.T) {
	t.Parallel()
	_, token := login(t, registranttest.NewServer(t, nil))
	other := registranttest.NewServer(t, nil)
	c := client(t, other)
	for _, bad := range []*registrant.Token{token, nil, new(registrant.Token)} {
		_, err := c.Domain(t.Context(), bad, anID)
		requireRefused(t, err, "Token")
	}
	require.Empty(t, other.Requests())
}

// A token prints when it ends, in every verb, and nothing else.
func TestTokenPrints(t *testing.T) {
	t.Parallel()
	c := client(t, registranttest.NewServer(t, nil))
	token, err := c.RestoreToken("bmFpZGlz", time.Date(2026, 1, 2, 5, 4, 5, 0, time.FixedZone("EET", 7200)))
	require.NoError(t, err)
	const want = `registrant.Token{expires:"2026-01-02T03:04:05Z"}`
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		require.Equal(t, want, fmt.Sprintf(verb, token))
		require.Equal(t, want, fmt.Sprintf(verb, *token))
	}
}

// An expired token is not sent: half a minute before its end, so that no call meets the end under way.
func TestTokenExpires(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	now := start
	clock := func() time.Time { return now }
	srv := registranttest.NewServer(t, &registranttest.Options{Now: clock})
	c := client(t, srv, func(cfg *registrant.Config) { cfg.Now = clock })
	sig := mariLiis().signature(t)
	sig.Evidence.Received = now
	token, err := c.Exchange(t.Context(), sig)
	require.NoError(t, err)
	require.Equal(t, start.Add(2*time.Hour), token.Expires())

	now = start.Add(2*time.Hour - 31*time.Second)
	_, _, err = c.NeedUpdate(t.Context(), token, anID)
	require.NoError(t, err)
	calls := len(srv.Requests())
	now = start.Add(2*time.Hour - 30*time.Second)
	_, err = c.Domain(t.Context(), token, anID)
	require.ErrorIs(t, err, registrant.ErrTokenExpired)
	for _, err := range c.Domains(t.Context(), token, registrant.DomainQuery{}) {
		require.ErrorIs(t, err, registrant.ErrTokenExpired)
	}
	require.Len(t, srv.Requests(), calls)

	// The registry has the last word: one whose clock is ahead refuses.
	late, err := c.RestoreToken(token.Reveal(), start.Add(4*time.Hour))
	require.NoError(t, err)
	now = start.Add(2 * time.Hour)
	_, err = c.Domain(t.Context(), late, anID)
	require.ErrorIs(t, err, registrant.ErrUnauthorized)
}

// Logging in under another spelling ends the tokens of before.
func TestSpellingEndsTokens(t *testing.T) {
	t.Parallel()
	srv := registranttest.NewServer(t, nil)
	c, token := login(t, srv)
	_, again := login(t, srv)
	for _, good := range []*registrant.Token{token, again} {
		_, _, err := c.NeedUpdate(t.Context(), good, anID)
		require.NoError(t, err)
	}
	capitals, latest := login(t, srv, func(cfg *registrant.Config) { cfg.NameCase = registrant.AsCertified })
	_, _, err := c.NeedUpdate(t.Context(), token, anID)
	require.ErrorIs(t, err, registrant.ErrUnauthorized)
	_, _, err = capitals.NeedUpdate(t.Context(), latest, anID)
	require.NoError(t, err)
}

// What an exchange answers must be a bearer token that can be sent and is not over.
func TestTokenAnswers(t *testing.T) {
	t.Parallel()
	future := time.Now().Add(2 * time.Hour).UTC().Format("2006-01-02 15:04:05")
	good := `{"access_token":"bmFpZGlz==","expires_at":"` + future + ` UTC","type":"Bearer"}`
	for name, tt := range map[string]struct {
		status int
		body   string
		good   bool
	}{
		"200":             {200, good, true},
		"201":             {201, good, true},
		"unknown members": {200, strings.Replace(good, `{`, `{"more":[1],`, 1), true},

		"202":               {202, good, false},
		"500":               {500, good, false},
		"302":               {302, good, false},
		"no token":          {200, strings.Replace(good, "bmFpZGlz==", "", 1), false},
		"no member":         {200, strings.Replace(good, "access_token", "token", 1), false},
		"null":              {200, strings.Replace(good, `"bmFpZGlz=="`, "null", 1), false},
		"number":            {200, strings.Replace(good, `"bmFpZGlz=="`, "1", 1), false},
		"two headers":       {200, strings.Replace(good, "bmFpZGlz==", `a\r\nX: y`, 1), false},
		"another type":      {200, strings.Replace(good, "Bearer", "MAC", 1), false},
		"no type":           {200, strings.Replace(good, "type", "kind", 1), false},
		"another zone":      {200, strings.Replace(good, " UTC", " EET", 1), false},
		"an offset":         {200, strings.Replace(good, " UTC", " +0200", 1), false},
		"RFC 3339":          {200, strings.Replace(good, future+" UTC", "2099-01-02T03:04:05Z", 1), false},
		"no end":            {200, strings.Replace(good, "expires_at", "expires_in", 1), false},
		"over":              {200, strings.Replace(good, future, "2018-07-13 11:30:51", 1), false},
		"errors beside it":  {200, strings.Replace(good, `{`, `{"errors":[{"base":["no"]}],`, 1), false},
		"error beside it":   {200, strings.Replace(good, `{`, `{"error":"no",`, 1), false},
		"empty errors":      {200, strings.Replace(good, `{`, `{"errors":[],`, 1), false},
		"twice":             {200, strings.Replace(good, `{`, `{"access_token":"other",`, 1), false},
		"twice, by case":    {200, strings.Replace(good, `{`, `{"Access_Token":"other",`, 1), false},
		"twice, by escape":  {200, strings.Replace(good, `{`, `{"access\u005ftoken":"other",`, 1), false},
		"data behind":       {200, good + good, false},
		"not UTF-8":         {200, strings.Replace(good, "Bearer", "Bearer\xff", 1), false},
		"array":             {200, "[" + good + "]", false},
		"null document":     {200, "null", false},
		"empty":             {200, "", false},
		"page of a proxy":   {200, "<html></html>", false},
		"too long":          {200, strings.Replace(good, "bmFpZGlz==", strings.Repeat("a", 4097), 1), false},
		"deep":              {200, strings.Repeat("[", 100) + strings.Repeat("]", 100), false},
		"larger than a MiB": {200, strings.Replace(good, `{`, `{"padding":"`+strings.Repeat("x", 1<<20)+`",`, 1), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := foreign(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tt.status)
				_, _ = w.Write([]byte(tt.body))
			})
			token, err := c.Exchange(t.Context(), mariLiis().signature(t))
			if tt.good {
				require.NoError(t, err)
				require.Equal(t, "bmFpZGlz==", token.Reveal())
				return
			}
			require.Error(t, err)
			require.Nil(t, token)
			require.NotContains(t, err.Error(), "bmFpZGlz")
			var failed *mss.TransportError
			if name != "errors beside it" && name != "error beside it" && name != "empty errors" {
				require.ErrorAs(t, err, &failed)
				require.Equal(t, mss.Answered, failed.Sent)
				require.Zero(t, failed.Body, "it may hold a token")
			}
		})
	}
}
