//go:build browser

package browsertest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// A check of accessibility that finds nothing anywhere would be worth nothing.
func TestAxeFindsFaults(t *testing.T) {
	t.Parallel()
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(`<!doctype html><html lang="en"><title>A page</title><p>Who are you? <input></p></html>`))
	}))
	defer page.Close()
	b := newProfile(t).first
	b.open(page.URL)
	b.shows("Who are you?")
	found := map[string]string{}
	for _, f := range b.findings() {
		found[f.ID] = f.Impact
	}
	require.Equal(t, "critical", found["label"], "%v", found)
}
