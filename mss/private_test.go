package mss_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

const secretNumber = "+41791234567"

// holder has the secret in every kind of place that a printer may look into.
type holder struct {
	Public  mss.MSISDN
	private mss.MSISDN
	Pointer *mss.Private
	Slice   []mss.Private
	Map     map[mss.MSISDN]mss.Private
	Any     any
}

func newHolder(t *testing.T) *holder {
	t.Helper()
	m, err := mss.ParseMSISDN(secretNumber)
	require.NoError(t, err)
	p := mss.Conceal(secretNumber)
	return &holder{m, m, &p, []mss.Private{p}, map[mss.MSISDN]mss.Private{m: p}, p}
}

func TestPrivateNeverPrints(t *testing.T) {
	t.Parallel()
	h := newHolder(t)
	var out bytes.Buffer
	for _, v := range []any{h, *h, h.Public, h.private, h.Pointer, h.Slice, h.Map, errors.New(fmt.Sprint(h.Public)), &mss.Fault{Code: 105, Reason: *h.Pointer, Details: h.Slice}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p", "%20s", "%-5.3v"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		for _, l := range []*slog.Logger{slog.New(slog.NewJSONHandler(&out, nil)), slog.New(slog.NewTextHandler(&out, nil))} {
			l.Info("x", "v", v)
			l.Info("x", slog.Group("g", "v", v))
		}
		if b, err := json.Marshal(v); err == nil {
			out.Write(b)
		}
		if b, err := xml.Marshal(v); err == nil {
			out.Write(b)
		}
	}
	require.NotContains(t, out.String(), "79123")
	require.NotContains(t, out.String(), fmt.Sprintf("%x", "79123"))
	require.Contains(t, out.String(), "[redacted]")
}

func TestPrivateReveal(t *testing.T) {
	t.Parallel()
	require.Equal(t, "x", mss.Conceal("x").Reveal())
	require.Equal(t, mss.Conceal("x"), mss.Conceal("x"), "comparable")
	var zero mss.Private
	require.True(t, zero.IsZero())
	require.Equal(t, zero, mss.Conceal(""))
	require.Empty(t, zero.Reveal())
	require.Empty(t, fmt.Sprint(zero))
}
