package main

import (
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
)

// TestSimulateAllProviders: the configurations that mss simulate writes work, and the API presses the buttons.
func TestSimulateAllProviders(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "sim")
	printed, _ := startSimulate(t, "--dir", dir)
	m := regexp.MustCompile(`Phones: (http://127\.0\.0\.1:\d+)/\?token=([A-Z2-7]+)`).FindStringSubmatch(printed)
	require.Len(t, m, 3, printed)
	press := func(handset, action string) {
		require.Eventually(t, func() bool {
			body := strings.NewReader(`{"action":"` + action + `"}`)
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, m[1]+"/api/handsets/"+handset+"/actions", body)
			if err != nil {
				return false
			}
			r.Header.Set("Authorization", "Bearer "+m[2])
			c := new(http.Client)
			defer c.CloseIdleConnections()
			resp, err := c.Do(r)
			if err != nil {
				return false
			}
			defer resp.Body.Close()
			_, _ = io.Copy(io.Discard, resp.Body)
			return resp.StatusCode == http.StatusOK
		}, time.Minute, 50*time.Millisecond)
	}
	for handset, tt := range map[string]struct {
		config  string
		args    []string
		actions []string
	}{
		"mobileid-sim": {"mss.yaml", []string{"--mode", "sync", "--msisdn", "+41790000021"}, []string{"sign"}},
		"mobileid-app": {"mss.yaml", []string{"--mode", "sync", "--binding", "rest", "--msisdn", "+41790000022"}, []string{"sign"}},
		"skmid-ee":     {"skmid.yaml", []string{"--msisdn", "+37250000021", "--identity", "47101010033"}, []string{"sign"}},
		"skmid-lt":     {"skmid.yaml", []string{"--msisdn", "+37060000021", "--identity", "37101010021"}, []string{"sign"}},
		"bankid":       {"bankid.yaml", []string{"--personal-number", "198507099805", "--ip", "127.0.0.1"}, []string{"scan", "sign"}},
	} {
		t.Run(handset, func(t *testing.T) {
			t.Parallel()
			go func() {
				for _, a := range tt.actions {
					press(handset, a)
				}
			}()
			args := append([]string{"sign", "--config", filepath.Join(dir, tt.config), "--json"}, tt.args...)
			r := runMSS(t, append(args, "--text", text)...)
			require.Equal(t, exitOK, r.code, r.err)
			require.Contains(t, r.out, `"environment":"simulator"`)
		})
	}
	// What production trusts cannot be what a simulator has made (SEC-15).
	for _, name := range []string{"anchors.pem", "skmid-anchors.pem", "bankid-anchors.pem", "hermod-anchors.pem"} {
		_, err := mss.LoadAnchors(mss.Simulator, filepath.Join(dir, name))
		require.NoError(t, err, name)
		for _, e := range []mss.Environment{mss.Production, mss.Test} {
			_, err := mss.LoadAnchors(e, filepath.Join(dir, name))
			require.Error(t, err, "%s as %s", name, e)
		}
	}
}

// TestSimulateExplains: what is printed names whoever answers without the page, and says what comes of a bad day.
func TestSimulateExplains(t *testing.T) {
	t.Parallel()
	printed, end := startSimulate(t)
	for _, p := range simulatedPeople {
		require.Contains(t, printed, "\n"+p.number+" "+p.does+"\n")
	}
	require.NotContains(t, printed, "bad day", "--calm")
	code, _ := end()
	require.Equal(t, exitOK, code)

	printed, _ = startSimulate(t, "--calm=false")
	require.Contains(t, printed, "as on a bad day; --calm leaves that out.\nInterrupt")
}

func TestSimulateAddresses(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--page", "0.0.0.0:0"}, {"--page", "127.0.0.1"}, {"--callback", "https://bank.example/hermod"}, {"--callback", "ftp://127.0.0.1/"}} {
		r := runMSS(t, append([]string{"simulate"}, args...)...)
		require.Equal(t, exitUsage, r.code, args)
		require.Contains(t, r.err, args[0])
	}
}
