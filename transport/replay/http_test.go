package replay_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/transport/replay"
)

// closing is a body that knows whether it was closed.
type closing struct {
	*strings.Reader
	closed bool
}

func (c *closing) Close() error {
	c.closed = true
	return nil
}

// carried sends a body by the given means. The player must close it in any case.
func carried(t *testing.T, ctx context.Context, p *replay.Player, method, path, contentType, body string) error {
	t.Helper()
	b := &closing{Reader: strings.NewReader(body)}
	r, err := http.NewRequestWithContext(ctx, method, "https://replay.invalid"+path, b)
	require.NoError(t, err)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	resp, err := p.RoundTrip(r)
	require.True(t, b.closed, "http.RoundTripper: must always close the body")
	if err == nil {
		require.NoError(t, resp.Body.Close())
	}
	return err
}

func TestHTTP(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ method, contentType, want string }{
		"SOAP 1.1":            {"POST", "text/xml;charset=UTF-8", ""},
		"SOAP 1.2":            {"POST", "application/soap+xml", ""},
		"upper case":          {"POST", `Application/XML; charset="utf-8"`, ""},
		"GET":                 {"GET", "text/xml", "the method is not POST"},
		"PUT":                 {"PUT", "text/xml", "the method is not POST"},
		"no type":             {"POST", "", "the Content-Type is not one of XML"},
		"malformed type":      {"POST", "text/xml;charset", "the Content-Type is not one of XML"},
		"JSON":                {"POST", "application/json", "the Content-Type is not one of XML"},
		"form":                {"POST", "application/x-www-form-urlencoded", "the Content-Type is not one of XML"},
		"XML in name only":    {"POST", "application/xml-dtd", "the Content-Type is not one of XML"},
		"XML as a parameter":  {"POST", "text/plain;was=text/xml", "the Content-Type is not one of XML"},
		"two types in a line": {"POST", "text/xml, text/plain", "the Content-Type is not one of XML"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlayer(t, replay.Options{}, replay.Exchange{Name: "01", Request: []byte(`<q/>`), Answer: []byte(`<a/>`)})
			err := carried(t, t.Context(), p, c.method, "/path", c.contentType, `<q/>`)
			if c.want == "" {
				require.NoError(t, err)
				require.NoError(t, p.Done())
				return
			}
			require.EqualError(t, err, "replay: 01-request.xml: "+c.want)
			require.Error(t, p.Done())
			require.Equal(t, 1, p.Requests(), "it came")
		})
	}
}

// TestRoutes: what the operations' paths are is not recorded, but each has one.
func TestRoutes(t *testing.T) {
	t.Parallel()
	envelope := func(operation string) string {
		return `<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><` + operation + `/></e:Body></e:Envelope>`
	}
	var exchanges []replay.Exchange
	for i, operation := range []string{"Sign", "Status", "Status"} {
		exchanges = append(exchanges, replay.Exchange{Name: []string{"01", "02", "03"}[i], Request: []byte(envelope(operation)), Answer: []byte(`<a/>`)})
	}
	p := newPlayer(t, replay.Options{}, exchanges...)
	ask := func(operation, path string) error {
		return carried(t, t.Context(), p, http.MethodPost, path, "text/xml", envelope(operation))
	}
	require.Error(t, ask("Other", "/status"), "a request that differs leaves no trace")
	require.NoError(t, ask("Sign", "/sign"))
	require.EqualError(t, ask("Status", "/sign"), "replay: 02-request.xml: a request for Status goes to the URL path of Sign")
	require.NoError(t, ask("Status", "/status"))
	require.EqualError(t, ask("Status", "/sign"), "replay: 03-request.xml: a request for Status goes to another URL path than the one before")
	require.EqualError(t, ask("Status", "/other"), "replay: 03-request.xml: a request for Status goes to another URL path than the one before")
	require.EqualError(t, p.Done(), "replay: 1 of 3 recorded requests never came: 03-request.xml")
	require.NoError(t, ask("Status", "/status"))
	require.NoError(t, p.Done())
}

func TestEndedContext(t *testing.T) {
	t.Parallel()
	p := newPlayer(t, replay.Options{}, replay.Exchange{Name: "01", Request: []byte(`<q/>`), Answer: []byte(`<a/>`)})
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("gone")
	cancel(gone)
	require.ErrorIs(t, carried(t, ctx, p, http.MethodPost, "/path", "text/xml", `<q/>`), gone)

	r, err := http.NewRequest(http.MethodPost, "https://replay.invalid", nil)
	require.NoError(t, err)
	r.Header.Set("Content-Type", "text/xml")
	_, err = p.RoundTrip(r)
	require.ErrorContains(t, err, "the request cannot be read", "no body")
}
