package transport_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

func TestDo(t *testing.T) {
	t.Parallel()
	type seen struct {
		method, path, query, body, proto string
		header                           http.Header
		length                           int64
	}
	got := make(chan seen, 1)
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- seen{r.Method, r.URL.Path, r.URL.RawQuery, string(body), r.Proto, r.Header, r.ContentLength}
		w.Header().Set("Content-Type", "application/soap+xml;charset=utf-8")
		w.Header().Set("Date", "Tue, 02 Jul 2024 08:53:10 GMT")
		w.WriteHeader(http.StatusInternalServerError)
		io.WriteString(w, "<fault/>")
	})
	c := s.client(t, func(cfg *transport.Config) { cfg.URL += "/soap/" })

	reply, err := c.Do(t.Context(), &transport.Exchange{
		Path: "/services/MSS_SignaturePort", ContentType: "text/xml;charset=UTF-8", Accept: "text/xml", Body: []byte("<ask/>"), Prompts: true,
	})
	require.NoError(t, err)
	require.Equal(t, &transport.Reply{
		Status: 500, ContentType: "application/soap+xml;charset=utf-8", Body: []byte("<fault/>"),
		Date: time.Date(2024, 7, 2, 8, 53, 10, 0, time.UTC),
	}, reply)
	r := <-got
	require.Equal(t, seen{"POST", "/soap/services/MSS_SignaturePort", "", "<ask/>", "HTTP/1.1", r.header, 6}, r)
	require.Equal(t, http.Header{
		"Content-Type": {"text/xml;charset=UTF-8"}, "Accept": {"text/xml"}, "Accept-Encoding": {"identity"},
		"User-Agent": {"gomss"}, "Content-Length": {"6"},
	}, r.header)

	_, err = c.Do(t.Context(), &transport.Exchange{Path: "/session/1?timeoutMs=1000"})
	require.NoError(t, err)
	r = <-got
	require.Equal(t, "GET /soap/session/1 timeoutMs=1000", r.method+" "+r.path+" "+r.query)
	require.Empty(t, r.body)

	_, err = c.Do(t.Context(), &transport.Exchange{Path: s.URL + "/other"})
	require.NoError(t, err)
	require.Equal(t, "/other", (<-got).path)

	_, err = c.Do(t.Context(), &transport.Exchange{})
	require.NoError(t, err)
	require.Equal(t, "/soap", (<-got).path)
}

func TestDoWithoutUsableDate(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) { w.Header()["Date"] = []string{"yesterday"} })
	reply, err := s.client(t).Do(t.Context(), poll())
	require.NoError(t, err)
	require.True(t, reply.Date.IsZero())
}

func TestDoRefusesExchange(t *testing.T) {
	t.Parallel()
	s := newSite(t, answer)
	c := s.client(t)
	long := strings.Repeat("x", 257)
	for name, tc := range map[string]struct {
		x     transport.Exchange
		field string
	}{
		"relative":           {transport.Exchange{Path: "sign"}, "Exchange.Path"},
		"host by user":       {transport.Exchange{Path: "@other.example/sign"}, "Exchange.Path"},
		"http":               {transport.Exchange{Path: "http://other.example/"}, "Exchange.Path"},
		"user":               {transport.Exchange{Path: "https://me:secret@other.example/"}, "Exchange.Path"},
		"fragment":           {transport.Exchange{Path: "/sign#secret"}, "Exchange.Path"},
		"absolute, fragment": {transport.Exchange{Path: "https://other.example/#secret"}, "Exchange.Path"},
		"no URL":             {transport.Exchange{Path: "/%zz?secret"}, "Exchange.Path"},
		"prompt, no body":    {transport.Exchange{Path: "/sign", Prompts: true}, "Exchange.Prompts"},
		"header injection":   {transport.Exchange{ContentType: "text/xml\r\nX: secret", Body: []byte("x")}, "Exchange.ContentType"},
		"long type":          {transport.Exchange{ContentType: long, Body: []byte("x")}, "Exchange.ContentType"},
		"method":             {transport.Exchange{Method: "TRACE"}, "Exchange.Method"},
		"get with a body":    {transport.Exchange{Method: "GET", Body: []byte("x")}, "Exchange.Method"},
		"own header":         {transport.Exchange{Header: http.Header{"Host": {"other"}}}, "Exchange.Header"},
		"not canonical":      {transport.Exchange{Header: http.Header{"host": {"other"}}}, "Exchange.Header"},
		"header name":        {transport.Exchange{Header: http.Header{"X:": {"other"}}}, "Exchange.Header"},
		"header value":       {transport.Exchange{Header: http.Header{"Authorization": {"Bearer\r\nsecret"}}}, "Exchange.Header"},
		"long header":        {transport.Exchange{Header: http.Header{"Authorization": {strings.Repeat("a", 8193)}}}, "Exchange.Header"},
		"long accept":        {transport.Exchange{Accept: long}, "Exchange.Accept"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.Do(t.Context(), &tc.x)
			requireFailure(t, err, mss.NotSent)
			require.ErrorContains(t, err, tc.field)
			require.NotContains(t, err.Error(), "secret")
			require.NotContains(t, err.Error(), "other")
		})
	}
	require.Zero(t, s.requests.Load())
}

func TestMethods(t *testing.T) {
	t.Parallel()
	got := make(chan string, 1)
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- r.Method + " " + r.Header.Get("Authorization") + " " + string(body)
	})
	c := s.client(t)
	for _, tc := range []struct {
		x    transport.Exchange
		want string
	}{
		{transport.Exchange{Header: http.Header{"Authorization": {"Bearer token"}}}, "GET Bearer token "},
		{transport.Exchange{Body: []byte("x")}, "POST  x"},
		{transport.Exchange{Method: "POST"}, "POST  "},
		{transport.Exchange{Method: "PATCH", Body: []byte("x")}, "PATCH  x"},
		{transport.Exchange{Method: "DELETE"}, "DELETE  "},
	} {
		_, err := c.Do(t.Context(), &tc.x)
		require.NoError(t, err)
		require.Equal(t, tc.want, <-got)
	}
}

func TestRedirectIsReturned(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		elsewhere := newSite(t, answer)
		s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			http.Redirect(w, r, elsewhere.URL, status)
		})
		reply, err := s.client(t).Do(t.Context(), prompt())
		require.NoError(t, err)
		require.Equal(t, status, reply.Status)
		require.EqualValues(t, 1, s.requests.Load())
		require.Zero(t, elsewhere.handshakes.Load(), "the client certificate went elsewhere")
	}
}
