package main

import (
	"bufio"
	"bytes"
	"context"
	"html"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/tools/internal/demo"
	"github.com/gomss/gomss/tools/internal/demo/demotest"
	"github.com/gomss/gomss/tools/internal/phones"
	"github.com/stretchr/testify/require"
)

// TestDemo: one command prints one address, and ends when it is interrupted.
func TestDemo(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	out, in := io.Pipe()
	var errs bytes.Buffer
	ended := make(chan int, 1)
	dir := filepath.Join(t.TempDir(), "demo")
	go func() {
		code := run(ctx, []string{"demo", "--dir", dir, "--seed", "7"}, nil, in, &errs, nil)
		in.Close()
		ended <- code
	}()
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n')
	require.NoError(t, err)
	require.Regexp(t, `^Open http://127\.0\.0\.1:[0-9]+/\n$`, first)
	rest := make(chan string, 1)
	go func() {
		text, _ := io.ReadAll(lines)
		rest <- string(text)
	}()
	b := demotest.New(t, strings.TrimSpace(strings.TrimPrefix(first, "Open ")), nil)
	front := b.Get("/")
	for _, name := range []string{"Mobile ID", "SK Mobile-ID", "BankID", "Open the phones"} {
		require.Contains(t, front.Text(), name)
	}
	info, err := os.Stat(filepath.Join(dir, "handle.key"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	interrupt()
	require.Equal(t, exitOK, <-ended)
	text := <-rest
	require.NotContains(t, text, "http", "one address")
	require.Contains(t, text, "SIMULATED (seed 7)")
	require.Contains(t, text, dir)
	require.Equal(t, "mss: demonstration ended\n", errs.String())
}

func TestDemoUsage(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"demo", "--addr", "0.0.0.0:0"}, {"demo", "--addr", "bank.example:80"}, {"demo", "--dir", "/dev/null/x"},
	} {
		r := runMSS(t, args...)
		require.Equal(t, exitUsage, r.code, args)
		require.Contains(t, r.err, args[1])
	}
}

// command is the command line that the bank's pages show.
var command = regexp.MustCompile(`(?s)<pre><code>mss (.*?)</code></pre>`)

// TestVerifyWhatTheBankGivesOut: what the relying party gives out is verified by the command line that it shows, for each provider and
// both purposes; what was changed is not.
func TestVerifyWhatTheBankGivesOut(t *testing.T) {
	t.Parallel()
	d, err := demo.Start(demo.Options{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(d.Close)
	for _, tt := range []struct {
		provider, handset, who string
		form                   url.Values
	}{
		{"mobileid", "mobileid-sim", "MIDCHESANDRA0000", url.Values{"number": {"+41790000021"}}},
		{"sk", "skmid-ee", "the person who was asked", url.Values{"country": {"EE"}, "number": {"+37250000021"}, "person": {"47101010033"}}},
		{"hermod", "hermod", "the person who was asked", url.Values{"user": {"alice"}}},
		{"bankid", "bankid", "nobody in particular was asked", url.Values{}},
	} {
		t.Run(tt.provider, func(t *testing.T) {
			t.Parallel()
			b := demotest.New(t, d.URL(), nil)
			confirm := func() {
				require.Eventually(t, func() bool {
					d.Phones.Press(tt.handset, "", phones.Scan)
					return d.Phones.Press(tt.handset, "", phones.Sign)
				}, time.Minute, 20*time.Millisecond)
			}
			wait := b.Submit(b.Get("/?with="+tt.provider), "/start", tt.form)
			confirm()
			login := b.Wait(wait)
			require.Equal(t, "/me", login.Path, login.Text())
			wait = b.Submit(b.Get("/contract"), "/start", nil)
			confirm()
			contract := b.WaitFor(wait, "/contract")
			require.Contains(t, contract.Text(), "Signed")

			for name, page := range map[string]demotest.Page{"login": login, "contract": contract} {
				m := command.FindStringSubmatch(page.Body)
				require.NotNil(t, m, name)
				args := strings.Fields(html.UnescapeString(m[1]))
				require.Equal(t, "verify", args[0])
				file := len(args) - 1
				require.Equal(t, name+".evidence", args[file])
				sealed := b.Get("/evidence/" + name).Body
				args[file] = filepath.Join(t.TempDir(), args[file])
				require.NoError(t, os.WriteFile(args[file], []byte(sealed), 0o600))
				r := runMSS(t, args...)
				require.Equal(t, exitOK, r.code, r.out+r.err)
				require.Contains(t, r.out, "Verified")
				require.Contains(t, r.out, "SIMULATOR")
				if name == "login" {
					require.Contains(t, r.out, tt.who)
				}
				for _, typed := range tt.form {
					require.NotContains(t, r.out+r.err, typed[0]+"\n")
				}
				rep := runMSS(t, append(args, "--json")...).report(t)
				require.True(t, rep.Verified)
				require.Equal(t, "simulator", rep.Environment)

				changed := []byte(sealed)
				changed[len(changed)/2] ^= 1
				require.NoError(t, os.WriteFile(args[file], changed, 0o600))
				require.Equal(t, exitUnverified, runMSS(t, args...).code, "changed")
			}
		})
	}
}

func TestVerifyHermodUsage(t *testing.T) {
	t.Parallel()
	srv := newService(t)
	ca, key := writeFile(t, certificatesPEM(srv.Anchors().Roots()...)), writeFile(t, make([]byte, 32))
	args := func(url, id, key, ca, file string) []string {
		return []string{"verify", "hermod", "--url", url, "--client-id", id, "--handle-key", key, "--anchors", ca, file}
	}
	const url = "https://127.0.0.1/hermod/rest"
	for name, tt := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no flags":   {[]string{"verify", "hermod", "x"}, exitUsage, "--anchors"},
		"no URL":     {args("x", "acme", key, ca, "x"), exitUsage, "--url"},
		"bad id":     {args(url, "a:b", key, ca, "x"), exitUsage, "--client-id"},
		"no key":     {args(url, "acme", "none", ca, "x"), exitUsage, "--handle-key"},
		"short key":  {args(url, "acme", writeFile(t, []byte("x")), ca, "x"), exitUsage, "--handle-key"},
		"no anchors": {args(url, "acme", key, "none", "x"), exitUsage, "--anchors"},
		"real":       {append(args(url, "acme", key, ca, "x"), "--environment", "production"), exitUsage, "never mix"},
		"no file":    {args(url, "acme", key, ca, "none"), exitUsage, "EVIDENCE"},
		"garbage":    {args(url, "acme", key, ca, writeFile(t, []byte("x"))), exitUnverified, "cannot be opened"},
	} {
		r := runMSS(t, tt.args...)
		require.Equal(t, tt.code, r.code, "%s: %s", name, r.out+r.err)
		require.Contains(t, r.err, tt.says, name)
		require.NotContains(t, r.out, "Verified", name)
	}
}

func TestVerifyEvidenceUsage(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"no file":          {"verify", "evidence"},
		"no configuration": {"verify", "evidence", "x.evidence"},
		"none such":        {"verify", "evidence", "x.evidence", "--config", "none.yaml"},
	} {
		require.Equal(t, exitUsage, runMSS(t, args...).code, name)
	}
}
