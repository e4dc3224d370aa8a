package mssp_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/stretchr/testify/require"
)

const returnTo = "https://bank.example/back?session=kept-secret"

func appRequest(t *testing.T, srv *msstest.Server, redirect string) *mss.Request {
	t.Helper()
	req := request(t, srv, person)
	req.Options = mssp.Options{Profile: mssp.ProfileDevice, RedirectURI: redirect}
	return req
}

// TestApp2App follows the link of the prompt to the outcome.
func TestApp2App(t *testing.T) {
	t.Parallel()
	for _, binding := range everyBinding {
		srv := msstest.NewServer(t, nil)
		srv.Script(person, msstest.Person{Method: msstest.App})
		var sent []string
		c := newClient(t, srv, func(cfg *mssp.Config) {
			cfg.Binding = binding
			cfg.RedirectSchemes = []string{"BankAcme"}
			wiretap(&sent)(cfg)
		})
		for _, redirect := range []string{returnTo, "bankacme://back", "BANKACME:/back"} {
			tx, err := c.Start(t.Context(), appRequest(t, srv, redirect))
			require.NoError(t, err)
			require.Contains(t, sent[len(sent)-1], redirect)
			prompt := c.Prompt(tx, time.Now())
			require.True(t, strings.HasPrefix(prompt.Link.Reveal(), "mobileid://auth?mobile_auth_redirect_uri="))
			require.NotContains(t, fmt.Sprintf("%v %+v %#v", prompt, prompt, tx), "session_token")
			st, err := c.Poll(t.Context(), tx, 0)
			require.NoError(t, err)
			require.NotContains(t, string(st.Evidence.Transaction.State), "session_token", "evidence does not keep the session")
			_, err = c.Verify(st.Evidence)
			require.NoError(t, err)
		}
		tx, err := c.Start(t.Context(), request(t, srv, person))
		require.NoError(t, err)
		require.True(t, c.Prompt(tx, time.Now()).Link.IsZero(), "nothing was asked")
	}
}

func TestRedirectsRefusedBeforeSending(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{Method: msstest.SIM | msstest.App})
	careless := []string{"bankacme", "javascript", "data", "file", "http", "vbscript", "blob", "about", ""}
	c := newClient(t, srv, func(cfg *mssp.Config) { cfg.RedirectSchemes = careless })
	for redirect, says := range map[string]string{
		"https://bank.example/" + strings.Repeat("&", 500): "too long",
		"/back":                                            "absolute",
		"bank.example/back":                                "absolute",
		"//bank.example/back":                              "absolute",
		"otherapp://back":                                  "Config.RedirectSchemes",
		"bankacmex://back":                                 "Config.RedirectSchemes",
		"mobileid://auth":                                  "Config.RedirectSchemes",
		"http://bank.example/back":                         "never",
		"javascript:alert(1)":                              "never",
		"JavaScript:alert(1)":                              "never",
		"vbscript:x":                                       "never",
		"data:text/html,x":                                 "never",
		"FILE:///etc/passwd":                               "never",
		"blob:https://bank.example/1":                      "never",
		"about:blank":                                      "never",
		"https:///back":                                    "host",
		"https:back":                                       "host",
		"https://:443/back":                                "host",
		"https://bank.example@evil.test/":                  "user's name",
		"https://a:b@bank.example/":                        "user's name",
		"bankacme://a@back":                                "user's name",
		"https://bank.example/a b":                         "character",
		"https://bank.example/\n":                          "character",
		" https://bank.example/":                           "character",
		"https://bank.example/\x00":                        "character",
		"https://bank.example/\"x":                         "character",
		"https://bank.example/<x>":                         "character",
		`https://bank.example\@evil.test`:                  "character",
		"https://bänk.example/":                            "character",
		"https://bank.example/%zz":                         "no URI",
		"https://[::1/":                                    "no URI",
		"https://bank.example/" + strings.Repeat("x", 980): "too long",
	} {
		_, err := c.Start(t.Context(), appRequest(t, srv, redirect))
		re, ok := errors.AsType[*mss.RequestError](err)
		require.True(t, ok, "%q: %v", redirect, err)
		require.Equal(t, "Options.RedirectURI", re.Field)
		require.Contains(t, re.Reason, says, "%q", redirect)
		require.NotContains(t, err.Error(), "bank.example")
	}
	req := appRequest(t, srv, returnTo)
	for _, profile := range []string{mssp.ProfileSIM, mssp.ProfileAny} {
		req.Options = mssp.Options{Profile: profile, RedirectURI: returnTo}
		_, err := c.Start(t.Context(), req)
		require.ErrorContains(t, err, "ProfileDevice", "a SIM card opens no app")
	}
	_, err := c.SignSync(t.Context(), appRequest(t, srv, returnTo))
	require.ErrorContains(t, err, "asynchronous")
	require.Empty(t, srv.Requests(), "nothing was sent")

	_, err = c.Start(t.Context(), appRequest(t, srv, "https://bank.example/"+strings.Repeat("x", 979)))
	require.NoError(t, err, "1000 octets are allowed")
}

// TestLinksOfTheService has the service answer with links that a person must not be sent to.
func TestLinksOfTheService(t *testing.T) {
	t.Parallel()
	refused := func(c *mssp.Client, srv *msstest.Server) {
		t.Helper()
		_, err := c.Start(t.Context(), appRequest(t, srv, returnTo))
		ve, ok := errors.AsType[*mss.VerificationError](err)
		require.True(t, ok, "%v", err)
		require.Equal(t, "app2app", ve.Check)
		require.NotContains(t, err.Error(), "session")
	}
	for _, binding := range everyBinding {
		for _, forge := range []msstest.Forge{msstest.ForgeLinkHTTP, msstest.ForgeLinkScript} {
			srv := msstest.NewServer(t, nil)
			srv.Script(person, msstest.Person{Method: msstest.App, ForgeAck: forge})
			refused(newClient(t, srv, func(cfg *mssp.Config) { cfg.Binding = binding }), srv)
		}
	}
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{Method: msstest.App})
	refused(newClient(t, srv, rewriting(func(_ string, _ *http.Response, body string) string {
		return cut(body, "<mss:StatusDetail", "</mss:StatusDetail>")
	})), srv)
}
