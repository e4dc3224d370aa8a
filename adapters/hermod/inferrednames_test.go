package hermod_test

import (
	"bytes"
	"crypto/x509/pkix"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/adapters/hermod/hermodtest"
	"github.com/gomss/gomss/mss"
)

// dialect stands between a client whose table has other names and a simulator: it speaks to each in its own.
type dialect struct {
	next         http.RoundTripper
	toSimulator  *strings.Replacer
	toTheClient  *strings.Replacer
	unknownPaths []string // of commands and callbacks that were not in other names
}

// newDialect renames the two commands of an enrolment.
func newDialect(next http.RoundTripper, table *hermod.Inferred) *dialect {
	table.Provision = hermod.Names{Path: "/v2/new-profile", Callback: "profile-made", Command: "newProfile", Response: "profileMade", Type: "NEW"}
	table.Certificate = hermod.Names{Path: "/v2/install", Callback: "installed", Command: "installIt", Response: "isInstalled", Type: "INST"}
	pairs := []string{
		"/v2/new-profile", "/command/provision", `"newProfile"`, `"provCommand"`, "/callback/profile-made", "/callback/provision",
		`"profileMade"`, `"provResponse"`, `"NEW"`, `"PROV"`,
		"/v2/install", "/command/certificate", `"installIt"`, `"certCommand"`, "/callback/installed", "/callback/certificate",
		`"isInstalled"`, `"certResponse"`, `"INST"`, `"CERT"`,
	}
	back := make([]string, len(pairs))
	for i := 0; i < len(pairs); i += 2 {
		back[i], back[i+1] = pairs[i+1], pairs[i]
	}
	return &dialect{next: next, toSimulator: strings.NewReplacer(pairs...), toTheClient: strings.NewReplacer(back...)}
}

// replaced reads all and renames it.
func replaced(r io.Reader, names *strings.Replacer) (string, error) {
	b, err := io.ReadAll(r)
	return names.Replace(string(b)), err
}

// RoundTrip implements http.RoundTripper.
func (d *dialect) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.Contains(r.URL.Path, "/v2/") {
		d.unknownPaths = append(d.unknownPaths, r.URL.Path)
	}
	body, err := replaced(r.Body, d.toSimulator)
	if err != nil {
		return nil, err
	}
	out := r.Clone(r.Context())
	out.URL.Path, out.Body, out.ContentLength = d.toSimulator.Replace(r.URL.Path), io.NopCloser(strings.NewReader(body)), int64(len(body))
	resp, err := d.next.RoundTrip(out)
	if err != nil {
		return nil, err
	}
	answer, err := replaced(resp.Body, d.toTheClient)
	resp.Body = io.NopCloser(strings.NewReader(answer))
	return resp, err
}

// callbacks renames what the simulator calls back.
func (d *dialect) callbacks(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := replaced(r.Body, d.toTheClient)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		in := httptest.NewRequestWithContext(r.Context(), r.Method, d.toTheClient.Replace(r.URL.Path), bytes.NewReader([]byte(body)))
		in.Header = r.Header
		h.ServeHTTP(w, in)
	})
}

// TestInferredNamesOfEnrolment enrols by other names for PROV and CERT.
func TestInferredNamesOfEnrolment(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, err := hermodtest.NewInProcess(hermodtest.Options{})
		require.NoError(t, err)
		defer srv.Close()
		cfg := srv.Config()
		cfg.Inferred = hermod.DefaultInferred()
		d := newDialect(cfg.HTTP.Base, cfg.Inferred)
		cfg.HTTP.Base = d
		c, err := hermod.New(cfg)
		require.NoError(t, err)
		defer c.Close()
		srv.CallbackTo(d.callbacks(c.Callback()))
		device, err := c.Enroll(t.Context(), &hermod.Enrollment{
			User: aliceUser().ID, Subject: pkix.Name{CommonName: "Alice"}, Issue: srv.Issue,
		}, func(mss.Prompt) {})
		require.NoError(t, err)
		require.True(t, device.Attested)
		require.Empty(t, d.unknownPaths)
	})
}
