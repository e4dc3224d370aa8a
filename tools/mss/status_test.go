package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/stretchr/testify/require"
)

// startSimulate runs `mss simulate` in this process until the test ends and returns what it has printed and its end.
func startSimulate(t *testing.T, args ...string) (printed string, end func() (int, string)) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	var errs bytes.Buffer
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, append([]string{"simulate", "--calm"}, args...), nil, w, &errs, nil)
		w.Close()
	}()
	t.Cleanup(cancel)
	var out bytes.Buffer
	buf := make([]byte, 4096)
	for !strings.Contains(out.String(), "Ctrl-C") {
		n, err := r.Read(buf)
		out.Write(buf[:n])
		require.NoError(t, err, errs.String())
	}
	return out.String(), func() (int, string) {
		cancel()
		return <-code, errs.String()
	}
}

// TestHandle is the way of a request through two processes: one asks, another one fetches the outcome.
func TestHandle(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "sim")
	printed, end := startSimulate(t, "--dir", dir, "--seed", "42")
	require.Contains(t, printed, "seed 42")
	config := configPath(dir)
	require.Contains(t, printed, config)

	sign := []string{"sign", "--config", config, "--allow-test-numbers", "--msisdn", "41700092501", "--text", text, "--code", "--no-wait"}
	r := runMSS(t, append(sign, "--json")...)
	require.Equal(t, exitOutstanding, r.code, r.err)
	rep := r.report(t)
	require.Equal(t, outcomeOutstanding, rep.Outcome)
	require.Equal(t, 100, rep.Status)
	require.NotEmpty(t, rep.Transaction.MSSPTransID)
	require.Regexp(t, "code +[0-9A-Z]{5}", r.err, "shown although a program reads the result")

	status := []string{"status", "--config", config, "--allow-test-numbers"}
	got := runMSS(t, append(status, "--json", rep.Handle)...)
	require.Equal(t, exitOK, got.code, got.out+got.err)
	signed := got.report(t)
	require.Equal(t, rep.Transaction, signed.Transaction)
	require.True(t, *signed.Fresh)
	require.Equal(t, "http://mid.swisscom.ch/STK-LoA4", signed.Profile)

	r = runMSS(t, sign...)
	require.Equal(t, exitOutstanding, r.code)
	require.Regexp(t, `^gmh1\.[0-9a-f]{8}\.[-_0-9A-Za-z]+\n$`, r.out, "the handle alone: $(mss sign --no-wait …)")
	handle := strings.TrimSpace(r.out)
	got = runMSS(t, append(status, "--wait", handle)...)
	require.Equal(t, exitOK, got.code, got.err)
	require.Regexp(t, `(?s)^code .*\nconnected .*\nasked      what became of MSSP_TransID .*\npoll 1     an outcome.*Verified: signed by MIDCHE`, got.out)

	got = runMSS(t, "status", "--config", config, handle)
	require.Equal(t, exitUnverified, got.code, "a test number's signature, without the flag")

	for name, bad := range map[string]string{"damaged": handle[:len(handle)-1], "no handle": "x", "another": "gmh1.00000000.AAAA"} {
		got = runMSS(t, append(status, bad)...)
		require.Equal(t, exitUsage, got.code, name)
		require.Contains(t, got.err, "HANDLE")
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "handle.key"), make([]byte, 32), 0o600))
	got = runMSS(t, append(status, handle)...)
	require.Equal(t, exitUsage, got.code, "another key")

	code, errs := end()
	require.Equal(t, exitOK, code)
	require.Contains(t, errs, "simulator ended")
	got = runMSS(t, "status", "--config", config, "--json", rep.Handle)
	require.Equal(t, exitUsage, got.code, "the key is gone")
}

func TestStatusOutstandingAndFault(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.Script("41790000001", msstest.Person{Do: msstest.Cancel, After: 79 * time.Second}) // within the 80 that they have
	s.Script("41790000002", msstest.Person{Do: msstest.Cancel})
	ask := func(number string) (handle string) {
		return strings.TrimSpace(runMSS(t, "sign", "--config", s.config, "--msisdn", number, "--text", text, "--no-wait").out)
	}
	handle, declined := ask("41790000001"), ask("41790000002")

	r := runMSS(t, "status", "--config", s.config, "--json", handle)
	require.Equal(t, exitOutstanding, r.code, r.err)
	require.Equal(t, outcomeOutstanding, r.report(t).Outcome)
	tx := new(mss.Transaction)
	require.NoError(t, openAccount(t, s.config).keys.Open(handle, mss.NoBinding, tx))
	require.False(t, time.Now().Before(tx.PollAt), "the first question came when the provider wants it")
	r = runMSS(t, "status", "--config", s.config, handle)
	require.Equal(t, exitOutstanding, r.code)
	require.Contains(t, r.out, "Outstanding")

	late := runMSS(t, "status", "--config", s.config, "--json", s.reseal(t, handle, s.config, func(tx *mss.Transaction) { tx.Deadline = time.Now().Add(-time.Second) }))
	require.Equal(t, exitTransport, late.code, "no answer will come any more")
	require.Equal(t, "unknown", late.report(t).Error.Kind)

	r = runMSS(t, "status", "--config", s.config, "--json", declined)
	require.Equal(t, exitFault, r.code)
	require.Equal(t, "USER_CANCEL", r.report(t).Fault.Name)
	require.Equal(t, 2, s.Prompts())

	s.Close()
	r = runMSS(t, "status", "--config", s.config, "--json", handle)
	require.Equal(t, exitTransport, r.code)
	require.Equal(t, "transport", r.report(t).Error.Kind)
}

// reseal returns a handle of a changed transaction, for the service of a configuration.
func (s *service) reseal(t *testing.T, handle, config string, change func(*mss.Transaction)) string {
	t.Helper()
	tx := new(mss.Transaction)
	require.NoError(t, openAccount(t, s.config).keys.Open(handle, mss.NoBinding, tx))
	acc := openAccount(t, config)
	tx.Provider = acc.Scope()
	change(tx)
	handle, err := acc.keys.Seal(tx, mss.NoBinding)
	require.NoError(t, err)
	return handle
}

func openAccount(t *testing.T, config string) *account {
	t.Helper()
	a := &app{ctx: t.Context(), stderr: io.Discard}
	cfg, err := a.load(config)
	require.NoError(t, err)
	acc, err := a.connect(cfg, "", false, nil)
	require.NoError(t, err)
	t.Cleanup(acc.Close)
	return acc
}

// Who is told that nothing was sent asks again, and the phone rings twice.
func TestStatusNeverSaysThatNothingRang(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.Script("41790000001", msstest.Person{Do: msstest.Ignore})
	handle := strings.TrimSpace(runMSS(t, "sign", "--config", s.config, "--msisdn", "41790000001", "--text", text, "--no-wait").out)
	due := s.reseal(t, handle, s.config, func(tx *mss.Transaction) { tx.PollAt = time.Time{} })
	unreachable := s.edit(t, s.URL(), "https://127.0.0.1:1")
	ended, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("interrupt signal received"))
	for name, tc := range map[string]struct {
		ctx  context.Context
		args []string
		kind string
	}{
		"interrupted before the first question": {ended, []string{"--config", s.config, handle}, "interrupted"},
		"interrupted at the first question":     {ended, []string{"--config", s.config, due}, "interrupted"},
		"interrupted while waiting":             {ended, []string{"--config", s.config, "--wait", handle}, "interrupted"},
		"interrupted at once, and waiting":      {ended, []string{"--config", s.config, "--wait", due}, "interrupted"},
		"no connection":                         {t.Context(), []string{"--config", unreachable, s.reseal(t, due, unreachable, func(*mss.Transaction) {})}, "transport"},
	} {
		t.Run(name, func(t *testing.T) {
			args := append([]string{"status"}, tc.args...)
			begun := time.Now()
			r := runWith(t, tc.ctx, nil, nil, append(args[:len(args)-1:len(args)-1], "--json", args[len(args)-1])...)
			require.Equal(t, exitTransport, r.code, r.err)
			rep := r.report(t)
			require.Equal(t, tc.kind, rep.Error.Kind)
			require.True(t, rep.Error.MayHaveRung)
			require.NotNil(t, rep.Transaction)
			require.Contains(t, rep.Error.Message, "the phone may still ring")
			r = runWith(t, tc.ctx, nil, nil, args...)
			require.Equal(t, exitTransport, r.code)
			require.Contains(t, r.err, "ask the person before")
			require.NotContains(t, r.out+r.err, "nothing was sent")
			if tc.kind == "interrupted" {
				require.NotContains(t, r.out, "poll", "nothing is asked any more")
				require.Less(t, time.Since(begun), 3*time.Second)
			}
		})
	}
}

// Exit code 2 says that nothing was sent; a poll that was refused here comes after a request that was.
func TestARefusedPollIsNoUsageError(t *testing.T) {
	t.Parallel()
	refused := &mss.RequestError{Field: "Transaction", Reason: "was not made by this client"}
	r := &report{Transaction: &transactionReport{APTransID: "T"}}
	r.failed(mss.Polled(refused))
	require.Equal(t, exitTransport, exitCode(mss.Polled(refused)))
	require.Equal(t, &errorReport{
		Kind: "unknown", MayHaveRung: true,
		Message: "HANDLE: was not made by this client; the phone may still ring: ask the person before you ask the phone again",
	}, r.Error)
	require.NotNil(t, r.Transaction)

	r.failed(refused)
	require.Equal(t, exitUsage, exitCode(refused))
	require.Equal(t, "usage", r.Error.Kind)
	require.False(t, r.Error.MayHaveRung)
	require.Nil(t, r.Transaction)
}

func TestNoWaitNeedsAKey(t *testing.T) {
	t.Parallel()
	s := newService(t)
	r := runMSS(t, "sign", "--config", s.edit(t, "handle_key_file: handle.key\n", ""), "--msisdn", "41790000001", "--text", text, "--no-wait")
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "handle_key_file")
	require.Zero(t, s.Prompts(), "known before the phone rings")
}

func TestSimulateWritesPrivateFiles(t *testing.T) {
	t.Parallel()
	printed, end := startSimulate(t)
	dir := regexp.MustCompile(`keys: (\S+)`).FindStringSubmatch(printed)[1]
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, e := range entries {
		info, err := e.Info()
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), e.Name())
		names = append(names, e.Name())
	}
	certs, err := mss.LoadCertificates(dir)
	require.NoError(t, err)
	require.Len(t, certs, 16)
	for _, c := range certs { // SEC-15
		require.True(t, simulated.Marked(c), c.Subject.CommonName)
		require.Less(t, time.Until(c.NotAfter), 7*24*time.Hour)
	}
	require.Equal(t, []string{
		"anchors.pem", "bankid-anchors.pem", "bankid-tls-root.pem", "bankid.yaml", "client.key", "client.pem", "handle.key",
		"hermod-anchors.pem", "hermod-device.pem", "hermod-tls-root.pem", "hermod.yaml", "mss.yaml", "registrant-tls-root.pem",
		"skmid-anchors.pem", "skmid-tls-root.pem", "skmid.yaml", "tls-root.pem",
	}, names)
	info, err := os.Stat(dir)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	url := regexp.MustCompile(`https://(127\.0\.0\.1:\d+)`).FindStringSubmatch(printed)[1]

	// A connection on which nothing is said does not keep the simulator from ending.
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, "client.pem"), filepath.Join(dir, "client.key"))
	require.NoError(t, err)
	conn, err := tls.Dial("tcp", url, &tls.Config{
		InsecureSkipVerify:   true,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil },
	})
	require.NoError(t, err)
	defer conn.Close()
	begun := time.Now()
	code, _ := end()
	require.Equal(t, exitOK, code)
	require.Less(t, time.Since(begun), 3*time.Second)
	require.NoDirExists(t, dir, "its own directory goes with it")
}

func TestSimulateReplacesItsFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "client.key"), []byte("old"), 0o644))
	printed, end := startSimulate(t, "--dir", dir, "--addr", "localhost:0")
	require.Contains(t, printed, "https://127.0.0.1:")
	info, err := os.Stat(filepath.Join(dir, "client.key"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	end()
	require.FileExists(t, filepath.Join(dir, "mss.yaml"), "a directory of the caller's stays")

	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	r := runMSS(t, "simulate", "--addr", taken.Addr().String(), "--dir", dir)
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "another loopback address or port")
	r = runMSS(t, "simulate", "--dir", filepath.Join(dir, "client.key", "x"))
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "--dir")
}
