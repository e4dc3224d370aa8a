package mssp_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
)

// The canaries: values that nothing printed may hold.
const (
	canaryNumber   = "41798177261"
	canaryText     = "canary of the text"
	canaryPassword = "canary-of-the-password"
)

// authToken is the secret in an AuthUri of the simulator.
var authToken = regexp.MustCompile(`session_token=([^&]+)`)

// canaryForms are what a signer's serial number and a place look like.
var canaryForms = map[string]*regexp.Regexp{
	"serial number": regexp.MustCompile(`MIDCHE[A-Z0-9]{10}`),
	"place":         regexp.MustCompile(`[^A-Za-z0-9](CH|DE)[^A-Za-z0-9]`),
}

// sink collects everything that is printed.
type sink struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

// print prints values in every way in which a program might.
func (s *sink) print(t *testing.T, values ...any) {
	t.Helper()
	logger := slog.New(slog.NewJSONHandler(s, nil))
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			fmt.Fprintf(s, verb+"\n", v)
		}
		logger.Info("value", "v", v)
		if doc, err := json.Marshal(v); err == nil {
			_, _ = s.Write(doc)
		}
	}
}

// TestCanary runs what the service can do, in both bindings and modes, with planted secrets and everything that prints
// turned on: logs at the lowest level, the observer's log lines, errors, results, in every verb and as JSON. None of them
// holds a number, a text, a password, a link, a place or a key.
func TestCanary(t *testing.T) {
	t.Parallel()
	for name, tc := range bindingCases() {
		if tc.to != "" {
			continue // a test number, which is nobody's
		}
		for mode, sign := range modes {
			for _, binding := range bindings {
				t.Run(fmt.Sprintf("%s/%s/%v", name, mode, binding), func(t *testing.T) {
					t.Parallel()
					printed := new(sink)
					logger := slog.New(slog.NewJSONHandler(printed, &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true}))
					srv, err := msstest.NewInProcess(nil)
					require.NoError(t, err)
					t.Cleanup(srv.Close)
					srv.Script(canaryNumber, tc.who)
					observed := mss.Observers(mss.LogObserver(logger), &mss.Observer{
						Done: func(_ context.Context, e mss.Event) { printed.print(t, e) },
					})
					cfg := config(srv, func(cfg *mssp.Config) {
						cfg.Binding, cfg.Logger, cfg.Observer = binding, logger, observed
						cfg.APPassword = mss.Conceal(canaryPassword)
					})
					c, err := mssp.New(cfg)
					require.NoError(t, err)
					t.Cleanup(c.Close)
					req := request(t, srv, canaryNumber)
					if tc.ask != nil {
						tc.ask(req)
					}
					if req.Display != "" {
						req.Display += canaryText
					}
					link := exercise(t, c, req, sign, printed)
					checkCanaries(t, srv, link, printed.b.String())
				})
			}
		}
	}
}

// exercise asks for everything and prints what comes. It returns the link of App2App, "" where there was none.
func exercise(t *testing.T, c *mssp.Client, req *mss.Request, sign signer, printed *sink) (link string) {
	t.Helper()
	printed.print(t, req, *req, c.Scope())
	tx, err := c.Start(t.Context(), req)
	printed.print(t, tx, err, errors.Unwrap(err))
	if tx != nil {
		prompt := c.Prompt(tx, time.Now())
		link = prompt.Link.Reveal()
		printed.print(t, *tx, prompt)
		st, err := c.Poll(t.Context(), tx, 0)
		printed.print(t, st, err)
	}
	sig, err := sign(t, c, req)
	printed.print(t, sig, err, errors.Unwrap(err))
	if sig != nil {
		printed.print(t, *sig, sig.Details, sig.Evidence, sig.Asserted, sig.Proven, sig.Signer, &sig.Signer)
		answer, err := c.Receipt(t.Context(), sig, mss.Message{Text: "Simulator: " + canaryText, Language: "en"})
		printed.print(t, answer, err)
	}
	p, err := c.ProfileQuery(t.Context(), req.User)
	printed.print(t, p, err)
	if p != nil {
		printed.print(t, *p, p.Details)
	}
	printed.print(t, c.Health(t.Context()))
	return link
}

// checkCanaries looks for the planted values, and for those that the simulator has made: links and keys.
func checkCanaries(t *testing.T, srv *msstest.Server, link, printed string) {
	t.Helper()
	require.NotEmpty(t, printed)
	canaries := map[string]string{
		"number": canaryNumber, "text": canaryText, "password": canaryPassword, "another text": "log in?", "approval": "CHF 10",
	}
	if link != "" {
		canaries["link"] = link
		canaries["session of the link"] = authToken.FindStringSubmatch(link)[1]
	}
	for _, cert := range srv.Anchors().Roots() {
		canaries["certificate"] = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))[40:80]
		key, err := x509.MarshalPKIXPublicKey(cert.PublicKey)
		require.NoError(t, err)
		canaries["key"] = base64.StdEncoding.EncodeToString(key)[60:90]
	}
	for what, value := range canaries {
		require.False(t, strings.Contains(printed, value), what)
	}
	for what, form := range canaryForms {
		require.Empty(t, form.FindAllString(printed, 3), what)
	}
}
