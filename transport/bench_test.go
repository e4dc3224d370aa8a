package transport_test

import (
	"bytes"
	"crypto/tls"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/transport"
)

// BenchmarkDo times a warm exchange of a signature's size beside the same one by a bare http.Client, in turns on one
// server, and reports the ratio.
func BenchmarkDo(b *testing.B) {
	question, reply := bytes.Repeat([]byte("q"), 1500), bytes.Repeat([]byte("a"), 5000)
	s := newSite(b, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Write(reply)
	})
	bare := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool(s.roots)}}}
	defer bare.CloseIdleConnections()
	byClient := func() {
		req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, s.URL, bytes.NewReader(question))
		require.NoError(b, err)
		resp, err := bare.Do(req)
		require.NoError(b, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(b, err)
		resp.Body.Close()
		require.Len(b, body, len(reply))
	}
	c := s.client(b)
	x := &transport.Exchange{Path: "/soap/services/MSS_SignaturePort", ContentType: "text/xml", Body: question, Prompts: true}
	byDo := func() {
		r, err := c.Do(b.Context(), x)
		require.NoError(b, err)
		require.Len(b, r.Body, len(reply))
	}
	byDo()
	byClient()

	b.Run("bare", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			byClient()
		}
	})
	b.Run("Do", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			byDo()
		}
	})
	b.Run("ratio", func(b *testing.B) {
		var bareTime, doTime time.Duration
		for b.Loop() {
			start := time.Now()
			byClient()
			middle := time.Now()
			byDo()
			bareTime, doTime = bareTime+middle.Sub(start), doTime+time.Since(middle)
		}
		b.ReportMetric(float64(doTime)/float64(bareTime), "Do/bare")
	})
}
