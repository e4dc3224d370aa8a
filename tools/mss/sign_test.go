package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/transport/soap"
	"github.com/stretchr/testify/require"
)

const text = "Bank ACME: log in as canary-7f3kq?"

func TestSignSimulated(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"sync", "async"} {
		for number, test := range map[string]bool{"41700092501": true, "+41700092502": false} { // EC and RSA
			t.Run(mode+number, func(t *testing.T) {
				t.Parallel()
				args := []string{"sign", "--simulate", "--msisdn", number, "--text", text, "--mode", mode, "--json"}
				if mode == "async" {
					args = append(args, "--code", "--purpose", "signing", "--lang", "de")
				}
				r := runMSS(t, args...)
				require.Equal(t, exitOK, r.code, r.err)
				rep := r.report(t)
				require.Equal(t, "simulator", rep.Environment)
				require.Equal(t, 500, rep.Status)
				require.Equal(t, "http://mid.swisscom.ch/STK-LoA4", rep.Profile)
				require.Regexp(t, "^MIDCHE[0-9A-Z]{10}$", rep.Signer.Serial)
				require.Contains(t, rep.Signer.Subject, rep.Signer.Serial)
				require.WithinRange(t, rep.Signer.NotAfter, time.Now(), time.Now().Add(7*24*time.Hour))
				require.Equal(t, test, *rep.TestSigner)
				require.Equal(t, mode == "async", *rep.Fresh)
				require.Regexp(t, "^T[0-9A-Z]{26}$", rep.Transaction.APTransID)
				require.Equal(t, mode == "async", rep.Transaction.MSSPTransID != "")
				require.Contains(t, r.err, "SIMULATOR")
			})
		}
	}
}

func TestSignForAReader(t *testing.T) {
	t.Parallel()
	r := runMSS(t, "sign", "--simulate", "--msisdn", "41700092501", "--text", text, "--code")
	require.Equal(t, exitOK, r.code, r.err)
	require.Regexp(t, `(?s)^connected  https://127\.0\.0\.1:\d+ with mutual TLS
asked      the phone, mode async, AP_TransID T\w+
accepted   MSSP_TransID \S+
code       [0-9A-Z]{5}: the phone must show the same
poll 1     an outcome \(\d s\)

Verified: signed by MIDCHEO16P1O6E92
  serial       MIDCHEO16P1O6E92
  subject      \S.*
  valid until  \d{4}-.*Z
  profile      http://mid\.swisscom\.ch/STK-LoA4
  status       500 SIGNATURE
  fresh        yes.*
  test signer  yes.*
  environment  SIMULATOR.*\n$`, r.out)
	require.Contains(t, r.err, "SIMULATOR")
}

func TestSignFaults(t *testing.T) {
	t.Parallel()
	names := map[int]string{
		101: "WRONG_PARAM", 102: "MISSING_PARAM", 103: "WRONG_DATA_LENGTH", 104: "UNAUTHORIZED_ACCESS", 105: "UNKNOWN_CLIENT",
		107: "INAPPROPRIATE_DATA", 108: "INCOMPATIBLE_INTERFACE", 109: "UNSUPPORTED_PROFILE", 208: "EXPIRED_TRANSACTION",
		209: "OTA_ERROR", 401: "USER_CANCEL", 402: "PIN_NR_BLOCKED", 403: "CARD_BLOCKED", 404: "NO_KEY_FOUND",
		406: "PB_SIGNATURE_PROCESS", 422: "NO_CERT_FOUND", 900: "INTERNAL_ERROR",
	}
	require.Len(t, names, 17)
	s := newService(t)
	for code, name := range names {
		for _, mode := range []string{"sync", "async"} {
			t.Run(fmt.Sprint(code, mode), func(t *testing.T) {
				t.Parallel()
				args := []string{"sign", "--msisdn", fmt.Sprintf("+41000092%d", code), "--text", text, "--mode", mode}
				via := []string{"--config", s.config, "--allow-test-numbers"}
				if mode == "sync" {
					via = []string{"--simulate"}
				}
				r := runMSS(t, append(append(args, "--json"), via...)...)
				require.Equal(t, exitFault, r.code, r.err)
				rep := r.report(t)
				require.Equal(t, code, rep.Fault.Code)
				require.Equal(t, code, rep.Status)
				require.Equal(t, name, rep.Fault.Name)
				require.Equal(t, name, rep.Fault.Reason)
				require.NotNil(t, rep.Fault.Details)
				require.NotEmpty(t, rep.Transaction.APTransID)

				r = runMSS(t, append(args, via...)...)
				require.Equal(t, exitFault, r.code)
				require.Contains(t, r.out, fmt.Sprintf("\nNot signed: %d %s", code, name))
				require.Contains(t, r.out, "\n  reason       "+name+"\n")
			})
		}
	}
}

// TestForgedAnswers lets a simulated service answer as no service may.
func TestForgedAnswers(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for name, tc := range map[string]struct {
		forge msstest.Forge
		code  int
		says  string
	}{
		"transaction":    {msstest.ForgeTransID, exitUnverified, "echo"},
		"number":         {msstest.ForgeMSISDN, exitUnverified, "echo"},
		"account":        {msstest.ForgeAPID, exitUnverified, "echo"},
		"text":           {msstest.ForgeText, exitUnverified, "content"},
		"anchor":         {msstest.ForgeAnchor, exitUnverified, "chain"},
		"policy":         {msstest.ForgePolicy, exitUnverified, "signer"},
		"serial":         {msstest.ForgeSerial, exitUnverified, "signer"},
		"two serials":    {msstest.ForgeSerials, exitUnverified, "signer"},
		"expired":        {msstest.ForgeExpired, exitUnverified, "chain"},
		"SHA-1":          {msstest.ForgeSHA1, exitUnverified, "algorithm"},
		"no signature":   {msstest.ForgeNoSignature, exitUnverified, "status"},
		"invalid":        {msstest.ForgeStatus503, exitFault, "INVALID_SIGNATURE"},
		"proxy's page":   {msstest.ForgeHTML502, exitTransport, "HTTP 502"},
		"refusing proxy": {msstest.ForgeHTML403, exitTransport, "HTTP 403"},
		"success as 500": {msstest.ForgeSuccess500, exitTransport, "500"},
		"cut":            {msstest.ForgeTruncated, exitTransport, "closed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			number := fmt.Sprintf("417900000%02d", tc.forge)
			s.Script(number, msstest.Person{Forge: tc.forge})
			args := []string{"sign", "--config", s.config, "--mode", "sync", "--msisdn", number, "--text", text}
			r := runMSS(t, append(args, "--json")...)
			require.Equal(t, tc.code, r.code, r.out+r.err)
			require.Contains(t, r.out, tc.says)
			rep := r.report(t)
			require.Equal(t, map[int]string{
				exitUnverified: outcomeUnverified, exitFault: outcomeFault, exitTransport: outcomeError,
			}[tc.code], rep.Outcome)
			require.NotEmpty(t, rep.Transaction.APTransID)
			if tc.code == exitUnverified {
				require.Equal(t, "verification", rep.Error.Kind)
				require.True(t, rep.Error.MayHaveRung)
				r = runMSS(t, args...)
				require.Contains(t, r.err, "do not let anybody in")
				require.NotContains(t, r.out, "Verified")
			}
		})
	}
}

// Another process has no memory of what was accepted; the code in the text refuses the old signature all the same.
func TestCodeRefusesAnOldSignature(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.Script("41790000001", msstest.Person{Forge: msstest.ForgeReplay})
	args := []string{"sign", "--config", s.config, "--msisdn", "41790000001", "--text", text, "--code", "--json"}
	require.Equal(t, exitOK, runMSS(t, args...).code)
	r := runMSS(t, args...)
	require.Equal(t, exitUnverified, r.code)
	require.Contains(t, r.out, "content")
}

func TestTransportFailures(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for name, tc := range map[string]struct {
		config string
		says   string
	}{
		"nobody listens":   {s.edit(t, s.URL(), "https://127.0.0.1:1"), "refused"},
		"not the TLS root": {s.edit(t, "tls_roots: tls-root.pem", "tls_roots: anchors.pem"), "TLS"},
		"not the pin":      {s.edit(t, "lang: en", "lang: en\npins: "+strings.Repeat("ab", 32)), "Pins"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, mode := range []string{"sync", "async"} {
				args := []string{"sign", "--config", tc.config, "--msisdn", "41790000001", "--text", text, "--mode", mode}
				r := runMSS(t, append(args, "--json")...)
				require.Equal(t, exitTransport, r.code)
				rep := r.report(t)
				require.Equal(t, outcomeError, rep.Outcome)
				require.Equal(t, "transport", rep.Error.Kind)
				require.False(t, rep.Error.MayHaveRung)
				require.Contains(t, rep.Error.Message, tc.says)

				r = runMSS(t, args...)
				require.Equal(t, exitTransport, r.code)
				require.Contains(t, r.err, "nothing was sent")
				require.Empty(t, r.out, "no step was taken")
			}
		})
	}
	require.Zero(t, s.Prompts())
}

func TestInterrupted(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for mode, number := range map[string]string{"sync": "41790000001", "async": "41790000002"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			s.Script(number, msstest.Person{Do: msstest.Ignore})
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			go func() { // once the phone has rung
				asked := func(r msstest.Request) bool { return r.MSISDN == number && r.MSSPTransID != "" }
				for ctx.Err() == nil && !slices.ContainsFunc(s.Requests(), asked) {
					time.Sleep(10 * time.Millisecond)
				}
				cancel(errors.New("interrupt signal received"))
			}()
			r := runWith(t, ctx, nil, nil, "sign", "--config", s.config, "--msisdn", number, "--text", text, "--mode", mode, "--json")
			require.Equal(t, exitTransport, r.code, r.err)
			rep := r.report(t)
			require.Equal(t, "interrupted", rep.Error.Kind)
			require.True(t, rep.Error.MayHaveRung)
			require.Contains(t, rep.Error.Message, "the phone may still ring")
			require.NotEmpty(t, rep.Transaction.APTransID)
		})
	}
}

// evil is a service that refuses everything, in words of the test's.
func evil(t *testing.T, s *service, reason string, details ...string) (config string) {
	t.Helper()
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fault, err := soap.AppendFault(nil, &etsi.Fault{
			Code: "Receiver", Subcodes: []xmlwire.Name{{Space: etsi.NSMSS, Local: "_401"}},
			Reason: reason, Lang: "en", Details: details,
			PortalURL: "http://portal.example/?msisdn=41790000001",
		})
		if err != nil {
			panic(err)
		}
		w.Header().Set("Content-Type", "application/soap+xml")
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = w.Write(fault)
	}))
	t.Cleanup(srv.Close)
	dir := filepath.Dir(s.config)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "evil.pem"), certificatesPEM(srv.Certificate()), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "password"), []byte("hunter2"), 0o600))
	config = s.edit(t, s.URL(), srv.URL)
	data, err := os.ReadFile(config)
	require.NoError(t, err)
	data = bytes.Replace(data, []byte("tls-root.pem"), []byte("evil.pem\nap_password_file: password"), 1)
	require.NoError(t, os.WriteFile(config, data, 0o600))
	return config
}

// A service may repeat the number, the text and worse in its own words.
func TestServicesWordsAreConcealed(t *testing.T) {
	t.Parallel()
	lines := text + "\nCanary ü" + strings.Repeat("x", 60)
	config := evil(t, newService(t), "said 41790000001",
		"+41790000001 read: "+lines, "\u202egpj", "knows hunter2", strings.Repeat("y", 150)+lines, strings.Repeat("z", 190)+"+41790000001")
	args := []string{"sign", "--config", config, "--msisdn", "41790000001", "--text", lines}
	rep := runMSS(t, append(args, "--json")...).report(t)
	require.Nil(t, rep.Error)
	require.Equal(t, &faultReport{
		Code: 401, Name: "USER_CANCEL", Reason: "said [redacted]",
		Details: []string{
			"[redacted] read: [redacted]", `\u{202E}gpj`, "knows [redacted]",
			strings.Repeat("y", 150) + "[redacted]…", strings.Repeat("z", 190) + "[redacted]…",
		},
	}, rep.Fault)
	r := runMSS(t, args...)
	require.Equal(t, exitFault, r.code)
	for _, secret := range []string{"4179", "anary", "log in", "hunter"} {
		require.NotContains(t, r.out+r.err, secret)
	}
}

// Another process knows the number from the handle, but not the text.
func TestStatusConcealsTheNumber(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.Script("41790000001", msstest.Person{Do: msstest.Ignore})
	config := evil(t, s, "said 41790000001", "hunter2", "+41790000001")
	handle := strings.TrimSpace(runMSS(t, "sign", "--config", s.config, "--msisdn", "41790000001", "--text", text, "--no-wait").out)
	handle = s.reseal(t, handle, config, func(tx *mss.Transaction) { tx.PollAt = time.Time{} })
	f := runMSS(t, "status", "--config", config, "--json", handle).report(t).Fault
	require.Equal(t, "said [redacted]", f.Reason)
	require.Equal(t, []string{"[redacted]", "[redacted]"}, f.Details)
}

func TestTheTextWithItsCodeIsPrivate(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.Script("41790000001", msstest.Person{Do: msstest.Ignore})
	var steps bytes.Buffer
	a, r := &app{ctx: t.Context(), stdout: io.Discard, stderr: &steps}, new(report)
	c := &signCmd{MSISDN: "41790000001", Text: text, Config: s.config, Purpose: "signing", Mode: "async", Code: true, NoWait: true}
	_, err := c.sign(a, r)
	require.ErrorIs(t, err, errOutstanding)
	code := regexp.MustCompile(`code +(\w{5}):`).FindStringSubmatch(steps.String())
	require.Len(t, code, 2)
	require.Contains(t, r.private, text+" ("+code[1]+")")
	require.Contains(t, r.private, "41790000001")
}

func TestConceal(t *testing.T) {
	t.Parallel()
	var p private
	p.add("+41790000001", "41790000001", " Bank:\r\nlog in? ", " Bank:\r\nlog in?  (7F3KQ)", "pw", "")
	for words, want := range map[string]string{
		"":                                      "",
		"nothing":                               "nothing",
		"0041790000001":                         "00[redacted]",
		`a  Bank:\u{000D}\u{000A}log in? b`:     "a [redacted]b",
		`a Bank:\u{000D}\u{000A}log in?`:        "a[redacted]",
		"a Bank: log in?":                       "a [redacted]",
		`Bank:\u{000D}\u{000A}log in?  (7F3KQ)`: "[redacted]",
		"Bank: log in? (7F3KQ).":                "[redacted].",
		"Bank: log…":                            "[redacted]…",
		"Bank: l…":                              "[redacted]…",
		"Bank:…":                                "Bank:…",
		"41790000001+41790000001":               "[redacted]",
		"x 417900…":                             "x [redacted]…",
		"x 41790…":                              "x 41790…",
		"ends with p…":                          "ends with [redacted]…",
		"Zürich pw":                             "Zürich [redacted]",
	} {
		require.Equal(t, want, p.conceal(words), words)
	}
}

// A name in a certificate must not steer the terminal that it is printed on.
func TestSubjectsAreCleaned(t *testing.T) {
	t.Parallel()
	leaf := &x509.Certificate{Subject: pkix.Name{CommonName: "\x1b[2J\u202ename"}}
	r := new(report)
	r.signed(mss.Proven{Signer: mss.Signer{ID: "MIDCHE0123456789", Chain: []*x509.Certificate{leaf}}})
	require.Equal(t, `CN=\u{001B}[2J\u{202E}name`, r.Signer.Subject)
}

func TestTheCommandNeverSetsInsecureThings(t *testing.T) {
	t.Parallel()
	r := runMSS(t, "sign", "--simulate", "--msisdn", "41700092501", "--text", "Bank ACME: a\u200bb?", "--json")
	require.Equal(t, exitUsage, r.code, "text that cannot be seen")
	require.Nil(t, r.report(t).Transaction, "nothing was sent")
	s := newService(t)
	r = runMSS(t, "sign", "--config", s.config, "--msisdn", "41700092501", "--text", text)
	require.Equal(t, exitUsage, r.code, "a simulator's configuration does not allow test numbers")
	require.Contains(t, r.err, "--allow-test-numbers")
	require.Zero(t, s.Prompts())
}

func TestProgressOnATerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var steps, live bytes.Buffer
		p := &progress{steps: &steps, code: &steps, live: &live, begun: time.Now()}
		stop := p.tick()
		p.show(mss.Prompt{Code: "7F3KQ", Hint: "on the phone"})
		time.Sleep(2500 * time.Millisecond)
		stop()
		require.Equal(t, "code       7F3KQ: the phone must show the same\n", steps.String())
		const wipe = "\r\x1b[K"
		require.Equal(t, wipe+wipe+"waiting    1 s on the phone"+wipe+"waiting    2 s on the phone"+wipe, live.String())
	})
	p := (&app{stdout: new(bytes.Buffer), stderr: new(bytes.Buffer)}).newProgress(true)
	require.Nil(t, p.live, "a buffer is no terminal")
	p.tick()()
	p.step("asked", "x")
	p.show(mss.Prompt{Code: "7F3KQ"})
	require.Contains(t, fmt.Sprint(p.code), "7F3KQ", "the code is shown whatever happens")
}
