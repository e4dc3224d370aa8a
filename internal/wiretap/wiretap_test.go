package wiretap_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/wiretap"
)

func TestListen(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		sent string
		read int64 // octets; the reader stops there
		want int
	}{
		"nothing":      {"", 10, 0},
		"all":          {"hello", 10, 5},
		"the begin":    {"hello", 2, 2},
		"unread":       {"hello", 0, 0},
		"the limit":    {strings.Repeat("x", wiretap.Limit), 1 << 20, wiretap.Limit},
		"one too many": {strings.Repeat("x", wiretap.Limit+1), 1 << 20, wiretap.Limit},
		"a lot":        {strings.Repeat("x", 3*wiretap.Limit), 1 << 20, wiretap.Limit},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			original, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://host.invalid/", strings.NewReader(tt.sent))
			require.NoError(t, err)
			body := original.Body
			r, kept := wiretap.Listen(original)
			require.Equal(t, body, original.Body, "it is not the tap's to change")
			got, err := io.ReadAll(io.LimitReader(r.Body, tt.read))
			require.NoError(t, err)
			require.Equal(t, tt.sent[:min(int(tt.read), len(tt.sent))], string(got), "the reader gets all of it")
			require.Equal(t, tt.sent[:tt.want], string(kept.Kept()))
		})
	}
}

func TestListenWithoutBody(t *testing.T) {
	t.Parallel()
	r, kept := wiretap.Listen(&http.Request{})
	got, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	require.Empty(t, got)
	require.Nil(t, kept.Kept())
}

func TestListenPassesErrorsOn(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	r, kept := wiretap.Listen(&http.Request{Body: io.NopCloser(io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)))})
	_, err := io.ReadAll(r.Body)
	require.ErrorIs(t, err, broken)
	require.Equal(t, "half", string(kept.Kept()))
}

func TestHead(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]int{0: 0, 1: 1, wiretap.Limit: wiretap.Limit, wiretap.Limit + 1: wiretap.Limit} {
		doc := bytes.Repeat([]byte("x"), n)
		head := wiretap.Head(doc)
		require.Len(t, head, want)
		require.Equal(t, want, cap(head), "nobody appends over the rest")
	}
}
