package redact_test

import (
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/redact"
)

func TestDescription(t *testing.T) {
	t.Parallel()
	d := redact.Description{slog.String("id", "a\x1b\"b"), slog.Int("keys", 2), slog.Bool("attested", true)}
	require.Equal(t, `pkg.Device{id:"a\x1b\"b" keys:"2" attested:"true"}`, d.Text("pkg.Device"))
	doc, err := d.JSON()
	require.NoError(t, err)
	require.JSONEq(t, `{"id":"a\u001b\"b","keys":2,"attested":true}`, string(doc))
}
