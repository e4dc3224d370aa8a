package inprocess_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/inprocess"
)

func TestRoundTripper(t *testing.T) {
	t.Parallel()
	asked := 0
	rt := inprocess.RoundTripper(func(r *http.Request) (*http.Response, error) {
		asked++
		return inprocess.Response(r, http.StatusTeapot, http.Header{"X": {"y"}}, []byte("half"), asked > 1), nil
	})
	closed := 0
	request := func(ctx context.Context) *http.Request {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://host.invalid/", closing{strings.NewReader("x"), &closed})
		require.NoError(t, err)
		return r
	}

	a, err := rt.RoundTrip(request(t.Context()))
	require.NoError(t, err)
	require.Equal(t, "418 I'm a teapot", a.Status)
	require.Equal(t, "y", a.Header.Get("X"))
	require.NotEmpty(t, a.Header.Get("Date"))
	body, err := io.ReadAll(a.Body)
	require.NoError(t, err)
	require.Equal(t, "half", string(body))

	a, err = rt.RoundTrip(request(t.Context()))
	require.NoError(t, err)
	body, err = io.ReadAll(a.Body)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.Equal(t, "half", string(body))

	why := errors.New("had enough")
	over, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	_, err = rt.RoundTrip(request(over))
	require.ErrorIs(t, err, why)
	_, err = rt.RoundTrip(&http.Request{})
	require.ErrorContains(t, err, "no URL")
	require.Equal(t, 2, asked)
	require.Equal(t, 3, closed, "a RoundTripper closes the body, whatever happens")
}

type closing struct {
	io.Reader
	times *int
}

func (c closing) Close() error { *c.times++; return nil }
