package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/mss/msstest"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// Most tests wait, for the 5 seconds before a first poll.
	if err := flag.Set("test.parallel", "16"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// result is what one run of the command came to.
type result struct {
	code     int
	out, err string
}

// runMSS runs the command in this process. Whatever it does, it must not print the number or the text.
func runMSS(t *testing.T, args ...string) result {
	t.Helper()
	return runWith(t, t.Context(), nil, nil, args...)
}

func runWith(t *testing.T, ctx context.Context, stdin []byte, env []string, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(ctx, args, bytes.NewReader(stdin), &out, &errs, env)
	for i, arg := range args[:len(args)-1] {
		if arg == "--msisdn" || arg == "--text" {
			require.NotEmpty(t, args[i+1])
			require.NotContains(t, out.String()+errs.String(), args[i+1], "personal data in the output")
		}
	}
	return result{code, out.String(), errs.String()}
}

// report reads the one JSON object that the command printed, and checks its members against the documented ones.
func (r result) report(t *testing.T) *report {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(r.out))
	dec.DisallowUnknownFields()
	rep := new(report)
	require.NoError(t, dec.Decode(rep), "stdout: %s\nstderr: %s", r.out, r.err)
	require.False(t, dec.More(), "one object")
	require.Equal(t, 1, strings.Count(r.out, "\n"), "on one line")

	var members map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(r.out), &members))
	want := map[string]bool{"outcome": true, "verified": true, "environment": true, "status": true}
	for name, present := range map[string]bool{
		"fault":       rep.Outcome == outcomeFault,
		"signer":      rep.Outcome == outcomeSigned,
		"testSigner":  rep.Outcome == outcomeSigned,
		"fresh":       rep.Outcome == outcomeSigned && rep.Transaction != nil,
		"profile":     rep.Outcome == outcomeSigned && rep.Transaction != nil && rep.Signer.Serial != concealed, // where the certificate names no person
		"digest":      rep.Outcome == outcomeSigned && rep.Digest != nil,
		"transaction": rep.Transaction != nil,
		"handle":      rep.Handle != "",
		"error":       rep.Outcome == outcomeUnverified || rep.Outcome == outcomeError,
		// What was asked for beside the signature, where there is one.
		"location":      rep.Outcome == outcomeSigned && rep.Location != nil,
		"locationError": rep.Outcome == outcomeSigned && rep.LocationError != nil,
		"receipt":       (rep.Outcome == outcomeSigned || rep.Outcome == outcomeReceipt) && rep.Receipt != nil,
		"account":       rep.Outcome == outcomeSigned && rep.Account != nil,
		"timeSource":    rep.Outcome == outcomeSigned && rep.TimeSource != "",
		"judgedAt":      rep.Outcome == outcomeSigned && rep.TimeSource != "",
		"reencoded":     rep.Outcome == outcomeSigned && rep.Reencoded,
		"relyingParty":  rep.Outcome == outcomeSigned && rep.TimeSource != "" && rep.Transaction == nil,
	} {
		if present {
			want[name] = true
		}
	}
	got := make(map[string]bool)
	for name := range members {
		got[name] = true
	}
	require.Equal(t, want, got, "members of %s", r.out)
	require.Equal(t, rep.Outcome == outcomeSigned || rep.Outcome == outcomeReceipt, rep.Verified, "verified goes with a signature and nothing else")
	require.Equal(t, rep.Verified, r.code == exitOK)
	return rep
}

// service is a running simulator with the files of `mss simulate`.
type service struct {
	*msstest.Server
	config string
}

func newService(t *testing.T) *service {
	t.Helper()
	id, err := newClientIdentity()
	require.NoError(t, err)
	srv := msstest.NewServer(t, &msstest.Options{Prefix: simulatedPrefix, Clients: []*x509.Certificate{id.cert}})
	dir := t.TempDir()
	require.NoError(t, writeKit(dir, srv, id))
	return &service{srv, configPath(dir)}
}

// edit returns a configuration beside the service's own in which old is replaced.
func (s *service) edit(t *testing.T, old, replacement string) string {
	t.Helper()
	data, err := os.ReadFile(s.config)
	require.NoError(t, err)
	require.Contains(t, string(data), old)
	f, err := os.CreateTemp(filepath.Dir(s.config), "*.yaml")
	require.NoError(t, err)
	_, err = f.WriteString(strings.Replace(string(data), old, replacement, 1))
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return f.Name()
}

func TestUsageErrors(t *testing.T) {
	t.Parallel()
	sign := func(args ...string) []string {
		return append([]string{"sign", "--msisdn", "41700092501", "--text", "Bank ACME: log in?"}, args...)
	}
	for name, tc := range map[string]struct {
		args []string
		want []string // words of the error: what, and the next step
	}{
		"no command":          {[]string{}, []string{"sign", "mss --help"}},
		"unknown command":     {[]string{"sing"}, []string{"did you mean", "mss --help"}},
		"misspelt flag":       {sign("--tex=x"), []string{"unknown flag --tex, did you mean --text or --txn?", "mss sign --help"}},
		"hyphen":              {[]string{"sign", "--text", "-x"}, []string{"--text: needs a value", "--text=TEXT"}},
		"value of a switch":   {sign("--json=x"), []string{"--json: takes no value"}},
		"text and txn":        {sign("--txn", "x"), []string{"--text and --txn: exclude each other", "mss sign --help"}},
		"not a policy":        {sign("--geofencing=here"), []string{"--geofencing: the value cannot be read; write --geofencing, or --geofencing=POLICY"}},
		"countries in SOAP":   {sign("--simulate", "--geofencing=allow=CH+LI"), []string{"--geofencing: ", "--binding rest", "rule local"}},
		"no handle":           {[]string{"status"}, []string{"expected <handle>", "mss status --help"}},
		"two handles":         {[]string{"status", "x", "y"}, []string{"unexpected argument", "quotes", "mss status --help"}},
		"not a duration":      {sign("--timeout", "x"), []string{"--timeout: the value cannot be read", "--timeout=80s"}},
		"unknown topic":       {[]string{"help", "sing"}, []string{"no command", "mss --help"}},
		"missing flags":       {[]string{"sign"}, []string{"--msisdn", "--text", "mss sign --help"}},
		"unknown flag":        {sign("--wait"), []string{"--wait", "mss sign --help"}},
		"unknown mode":        {sign("--mode", "later"), []string{"--mode", "sync", "async"}},
		"unknown purpose":     {sign("--purpose", "fun"), []string{"--purpose", "authentication", "signing"}},
		"no configuration":    {sign(), []string{"profile", "--profile"}},
		"no url":              {sign("--profile", "http://x"), []string{"url", "MSS_URL"}},
		"simulate and config": {sign("--simulate", "--config", "x"), []string{"--config", "mss simulate"}},
		"simulate, no wait":   {sign("--simulate", "--no-wait"), []string{"ends with this process", "mss simulate"}},
		"sync, no wait":       {sign("--mode", "sync", "--no-wait", "--config", "x"), []string{"--mode async"}},
		"sync with code":      {sign("--mode", "sync", "--code", "--simulate"), []string{"--mode async"}},
		"language":            {sign("--simulate", "--lang", "rm"), []string{"--lang", "en, de, fr, it"}},
		"timeout":             {sign("--simulate", "--timeout", "5s"), []string{"--timeout", "15 to 300"}},
		"profile":             {sign("--simulate", "--profile", "a b"), []string{"--profile", "URI"}},
		"number":              {[]string{"sign", "--simulate", "--msisdn", "0041790000000", "--text", "Bank ACME: x"}, []string{"--msisdn", "00"}},
		"prefix":              {[]string{"sign", "--simulate", "--msisdn", "41700092501", "--text", "log in, please"}, []string{"--text", simulatedPrefix}},
		"status, no config":   {[]string{"status", "gmh1.x.y"}, []string{"handle_key_file"}},
		"simulate for all":    {[]string{"simulate", "--addr", "0.0.0.0:0"}, []string{"--addr", "loopback"}},
		"simulate by name":    {[]string{"simulate", "--addr", "example.com:0"}, []string{"--addr", "loopback"}},
		"simulate, no port":   {[]string{"simulate", "--addr", "127.0.0.1"}, []string{"--addr", "with a port"}},
		"verify, no root":     {[]string{"verify", "--text", "long enough", "x.b64"}, []string{"--root"}},
		"replay nothing":      {[]string{"replay", t.TempDir()}, []string{"scenario.json"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // else a wrong `mss simulate` runs on
			defer cancel()
			var out, errs bytes.Buffer
			require.Equal(t, exitUsage, run(ctx, tc.args, nil, &out, &errs, nil))
			require.Empty(t, out.String())
			for _, want := range tc.want {
				require.Contains(t, errs.String(), want)
			}
			require.NotContains(t, errs.String(), "41700092501")
		})
	}
}

// The parser quotes what it does not understand; a text without quotes, or that begins with a hyphen, is just that.
func TestParserQuotesNothingPersonal(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"sign", "--msisdn", "41700092501", "--text", "Bank", "ACME:", "secret"},
		{"sign", "--text", "Bank", "--msisdn", "41700092501", "41700092502"},
		{"sign", "--mode=41700092501"},
		{"sign", "--timeout", "41700092501"},
		{"verify", "--at", "41700092501", "--text", "a"},
		{"simulate", "--seed=secret"},
		{"sign", "--msisdn", "-41700092501"},
		{"sign", "--msisdn41700092501"},
		{"sign", "--msisdn=41700092501", "-41700092502"},
		{"sign", "--41700092501=x"},
		{"sign", "--text", "-secret pay"},
		{"sign", "--text", "--secret"},
		{"sign", "-secret"},
		{"sign", "--secret pay"},
		{"sign", "--secret, did you mean ACME?"},
		{"sign", "--pay-to-the-secret-account"},
		{"sign", "--purpose", `secret"ACME`},
		{"sign", "--mode", "se\ncret\x00 must be 41700092501"},
		{"sign", "--code=secret"},
		{"sign", "--text", "a", "--msisdn", "1", `secret"`},
		{`secret"`},
		{"--secret pay"},
		{"status", "x", "secret\n"},
		{"help", "sign", "secret"},
	} {
		var out, errs bytes.Buffer
		require.Equal(t, exitUsage, run(t.Context(), args, nil, &out, &errs, nil))
		for _, part := range []string{"secret", "cret", "ACME", "4170009250", `"`} {
			require.NotContains(t, errs.String(), part, "%q", args)
		}
		require.Contains(t, errs.String(), "--help")
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	top := runMSS(t, "--help")
	require.Equal(t, exitOK, top.code)
	require.Equal(t, top, runMSS(t, "help"))
	for i := range reflect.TypeFor[commands]().NumField() {
		name := strings.ToLower(reflect.TypeFor[commands]().Field(i).Name)
		require.Contains(t, top.out, "\n  "+name, "the list of commands")
		r := runMSS(t, name, "--help")
		require.Equal(t, exitOK, r.code)
		require.Equal(t, r, runMSS(t, "help", name))
		if name != "version" && name != "help" {
			require.Contains(t, r.out, "Examples:\n\n    mss "+name)
			require.Contains(t, r.out, "mss "+name)
		}
	}
}

// Who does not get the object must not take the exit code for it.
func TestUnwritableResult(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	require.NoError(t, err)
	require.NoError(t, r.Close())
	defer w.Close()
	var errs bytes.Buffer
	args := []string{"sign", "--simulate", "--mode", "sync", "--msisdn", "41700092501", "--text", text, "--json"}
	require.Equal(t, exitTransport, run(t.Context(), args, nil, w, &errs, nil))
	require.Contains(t, errs.String(), "writing the result")
}

// TestBinary runs the command as its users do.
func TestBinary(t *testing.T) {
	t.Parallel()
	bin := filepath.Join(t.TempDir(), "mss")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin, ".").CombinedOutput()
	require.NoError(t, err, string(out))
	for _, tc := range []struct {
		args []string
		code int
		out  string
	}{
		{[]string{"--help"}, exitOK, "Exit codes"},
		{[]string{"sign", "--help"}, exitOK, "mss sign --simulate"},
		{[]string{"version"}, exitOK, "mss "},
		{[]string{"sign"}, exitUsage, "--msisdn"},
		{[]string{"sign", "--simulate", "--mode", "sync", "--msisdn", "+41700092501", "--text", "Bank ACME: log in?"}, exitOK, "MIDCHEO16P1O6E92"},
		{[]string{"sign", "--simulate", "--msisdn", "41000092105", "--text", "Bank ACME: log in?"}, exitFault, "105 UNKNOWN_CLIENT"},
	} {
		cmd := exec.CommandContext(t.Context(), bin, tc.args...)
		out, _ := cmd.CombinedOutput() // the code says what came of it
		require.Equal(t, tc.code, cmd.ProcessState.ExitCode(), "%s: %s", tc.args, out)
		require.Contains(t, string(out), tc.out)
	}
}
