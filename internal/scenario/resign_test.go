package scenario_test

import (
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/gomss/gomss/internal/scenario"
	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/transport/replay"
)

const (
	replacedSerial = "MIDCHEREPLACED01"
	canaryPassword = "canary-hunter22"
	canaryReturn   = "https://canary-bank.example/back?session=canary-4711"
	canaryReceipt  = "Simulator: canary-receipt"
	canarySerial   = "MIDCHECANARY0001"
)

// liveRun is a run with one question to a person, in one of all the ways to ask.
type liveRun struct {
	t      *testing.T
	rec    *replay.Recorder
	server *msstest.Server
	client *mssp.Client

	anchors      *mss.Anchors // that the recording is written with
	binding      mssp.Binding
	mode         string
	number, text string
	options      mssp.Options
	data         mss.Data
}

// newRun connects to a service that knows p, and records.
func newRun(t *testing.T, p msstest.Person, binding mssp.Binding, mode string, o replay.RecorderOptions) *liveRun {
	t.Helper()
	server := msstest.NewServer(t, nil)
	server.Script(livePerson, p)
	return runAt(t, server, binding, mode, o)
}

// runAt is newRun at a service that is there.
func runAt(t *testing.T, server *msstest.Server, binding mssp.Binding, mode string, o replay.RecorderOptions) *liveRun {
	t.Helper()
	a := &liveRun{t: t, server: server, anchors: server.Anchors(), binding: binding, mode: mode, number: livePerson, text: simulatorText, options: mssp.Options{Profile: anyProfile}}
	o.Dir = filepath.Join(t.TempDir(), "recording")
	cfg := mssp.Config{
		HTTP: a.server.HTTP(), Binding: binding, APID: a.server.APID(), APPassword: mss.Conceal(canaryPassword), Prefix: a.server.Prefix(), Anchors: a.server.Anchors(),
	}
	cfg.HTTP.Wrap = func(base http.RoundTripper) http.RoundTripper {
		a.rec = must(replay.NewRecorder(base, o))
		return a.rec
	}
	a.client = must(mssp.New(cfg))
	t.Cleanup(a.client.Close)
	return a
}

// run asks, and says what was asked and what came of it.
func (a *liveRun) run() *scenario.Scenario {
	a.t.Helper()
	req := &mss.Request{
		Purpose: mss.Signing, User: mss.User{MSISDN: must(mss.ParseMSISDN(a.number))}, Display: a.text, Language: "de", Options: a.options, Data: a.data,
	}
	q := scenario.Signature{
		Mode: a.mode, Purpose: "signing", MSISDN: a.number, Text: a.text, Lang: "de", Profile: a.options.Profile,
		Geofencing: scenario.NewGeofencing(a.options.Geofencing), App2App: a.options.RedirectURI,
	}
	if a.data.MimeType != "" {
		req.Display, q.Text = "", ""
		q.Approval = &scenario.Approval{Type: "canary-payment", Pairs: []scenario.Pair{{Key: "To", Value: "Simulator: canary-Muster"}, {Key: "Amount", Value: "4711.00 CHF"}}}
	}
	sig, err := a.sign(req)
	expect, ok := scenario.NewOutcome(sig, err)
	require.True(a.t, ok, err)
	expect.Requests = a.rec.Exchanges()
	q.Expect, q.Live = expect, sig
	return &scenario.Scenario{
		About: "recorded", Now: time.Now(), Binding: a.binding.String(),
		Client:     scenario.Account{APID: a.server.APID(), Password: canaryPassword, Prefix: a.server.Prefix()},
		Signatures: []scenario.Signature{q},
	}
}

func (a *liveRun) sign(req *mss.Request) (*mss.Signature, error) {
	if a.mode == "sync" {
		return a.client.SignSync(a.t.Context(), req)
	}
	tx, err := a.client.Start(a.t.Context(), req)
	if err != nil {
		return nil, err
	}
	st, err := a.client.Poll(a.t.Context(), tx, 0)
	if err != nil || st.Evidence == nil {
		return nil, err
	}
	return a.client.Verify(st.Evidence)
}

// receive lets a receipt follow.
func (a *liveRun) receive(s *scenario.Scenario) {
	a.t.Helper()
	q := &s.Signatures[0]
	answer, err := a.client.Receipt(a.t.Context(), q.Live, mss.Message{Text: canaryReceipt, Language: "de"})
	require.NoError(a.t, err)
	expect, ok := scenario.NewReceiptOutcome(answer.Outcome.String(), nil)
	require.True(a.t, ok)
	expect.Requests = a.rec.Exchanges() - q.Expect.Requests
	q.Receipt = &scenario.Receipt{Text: canaryReceipt, Lang: "de", Expect: expect}
}

// replayed writes the scenario and runs it, and returns what came out.
func (a *liveRun) replayed(s *scenario.Scenario) (*scenario.Scenario, []scenario.Outcome) {
	a.t.Helper()
	require.NoError(a.t, a.rec.Close())
	require.NoError(a.t, s.Write(a.rec, a.anchors))
	read := must(scenario.Load(a.rec.Dir()))
	result, err := scenario.Run(a.t.Context(), read)
	require.NoError(a.t, err)
	require.Empty(a.t, result.Differences)
	return read, result.Outcomes
}

var base64Signature = regexp.MustCompile(`Base64Signature(?:>|": ")([A-Za-z0-9+/=\s]+)[<"]`)

// files returns all that is in the directory, and the signatures, decoded, by the names of their files.
func (a *liveRun) files() (content map[string]string, signatures map[string][]byte) {
	a.t.Helper()
	content, signatures = make(map[string]string), make(map[string][]byte)
	for _, f := range must(os.ReadDir(a.rec.Dir())) {
		require.Equal(a.t, os.FileMode(0o600), must(f.Info()).Mode().Perm(), f.Name())
		content[f.Name()] = string(must(os.ReadFile(filepath.Join(a.rec.Dir(), f.Name()))))
		if m := base64Signature.FindStringSubmatch(content[f.Name()]); m != nil {
			signatures[f.Name()] = must(base64.StdEncoding.DecodeString(m[1]))
		}
	}
	return content, signatures
}

// TestResign: what a person has signed is replayed with a signature of a simulator's in the form of the live one, and
// nothing of the person is left.
func TestResign(t *testing.T) {
	t.Parallel()
	location := &msstest.Location{Country: "LI", Accuracy: 1234.5, DeviceConfidence: 0.95, LocationConfidence: 0.85}
	people := map[string]struct {
		person msstest.Person
		key    x509.PublicKeyAlgorithm
	}{
		"EC, BER":  {msstest.Person{Serial: canarySerial, Method: msstest.App, Location: location}, x509.ECDSA},
		"EC, DER":  {msstest.Person{Serial: canarySerial, Method: msstest.App, Location: location, Form: msstest.DER}, x509.ECDSA},
		"RSA, BER": {msstest.Person{Serial: canarySerial, Method: msstest.App, Location: location, Key: msstest.RSA}, x509.RSA},
		"RSA, DER": {msstest.Person{Serial: canarySerial, Method: msstest.App, Location: location, Key: msstest.RSA, Form: msstest.DER}, x509.RSA},
	}
	asks := map[string]func(a *liveRun){
		"text":       func(*liveRun) {},
		"geofencing": func(a *liveRun) { a.options.Geofencing = new(mssp.Geofencing) },
		"approval": func(a *liveRun) {
			a.options.Profile = deviceProfile
			a.data = mssp.Approval("canary-payment", mssp.Pair{Key: "To", Value: "Simulator: canary-Muster"}, mssp.Pair{Key: "Amount", Value: "4711.00 CHF"})
		},
		"app2app": func(a *liveRun) {
			if a.mode == "async" {
				a.options.Profile, a.options.RedirectURI = deviceProfile, canaryReturn
			}
		},
	}
	for who, p := range people {
		for what, change := range asks {
			for _, binding := range []mssp.Binding{mssp.SOAP, mssp.JSON} {
				for mode, requests := range map[string]int{"sync": 1, "async": 2} {
					t.Run(strings.Join([]string{who, what, binding.String(), mode}, "/"), func(t *testing.T) {
						t.Parallel()
						a := newRun(t, p.person, binding, mode, replay.RecorderOptions{})
						a.anchors = production(t)
						change(a)
						s := a.run()
						a.receive(s)
						live := s.Signatures[0].Live
						require.Equal(t, canarySerial, live.Signer.ID)

						read, outcomes := a.replayed(s)
						require.Equal(t, "signed", outcomes[0].Outcome)
						require.True(t, outcomes[0].Verified)
						require.Equal(t, replacedSerial, outcomes[0].Signer)
						require.Equal(t, requests, outcomes[0].Requests)
						require.Equal(t, s.Signatures[0].Receipt.Expect, outcomes[1], "the receipt stays")
						require.Equal(t, what == "geofencing", outcomes[0].Location != nil)
						require.Equal(t, "simulator", read.Environment)
						require.Equal(t, "recorded; signed anew with a simulator's keys, over another text: the person's signature was dropped", read.About)
						require.Equal(t, canarySerial, s.Signatures[0].Expect.Signer, "the receiver stays as it is")

						content, signatures := a.files()
						require.Len(t, signatures, 1)
						for file, cms := range signatures {
							require.Regexp(t, map[string]string{"sync": `^01-response\.`, "async": `^02-response\.`}[mode], file)
							require.Equal(t, live.Value[1] == 0x80, cms[1] == 0x80, "BER stays BER, and DER DER")
							signed := []byte("log in?")
							if what == "approval" {
								signed = []byte(`{"format_version":1,"content_string":"[{\"key\":\"Text\",\"value\":\"log in?\"}]"}`)
							}
							a.judge(cms, signed, p.key)
							content["CMS in "+file] = string(cms)
						}
						for _, c := range live.Signer.Chain {
							requireNowhere(t, content, string(c.Raw), string(c.RawSubject), base64.StdEncoding.EncodeToString(c.Raw)[:40])
						}
						requireNowhere(t, content, livePerson, simulatorText, "canary", "CANARY", "Muster", "4711", a.server.APID(), a.server.Prefix(), `"LI"`, "1234.5", "0.95", "session_token",
							live.Evidence.Transaction.TransID, live.Evidence.Transaction.MSSPTransID)
					})
				}
			}
		}
	}
}

// judge verifies a signature by the anchors of the directory, and what it is made with.
func (a *liveRun) judge(cms, content []byte, key x509.PublicKeyAlgorithm) {
	a.t.Helper()
	anchors := must(mss.LoadAnchors(mss.Simulator, filepath.Join(a.rec.Dir(), "anchors.pem")))
	require.Len(a.t, anchors.Roots(), 1)
	for _, live := range []*mss.Anchors{a.anchors, a.server.Anchors()} {
		require.NotEqual(a.t, live.Roots()[0].Raw, anchors.Roots()[0].Raw, "the anchors are of its own")
	}
	doc, err := must(mssp.NewVerifier(mssp.VerifierConfig{Anchors: anchors})).VerifyCMS(cms, content, time.Now())
	require.NoError(a.t, err)
	require.Equal(a.t, replacedSerial, doc.Signer.ID)
	require.Equal(a.t, key, doc.Signer.Chain[0].PublicKeyAlgorithm)
	for _, c := range doc.Signer.Chain {
		require.True(a.t, simulated.Marked(c), "nobody believes it")
	}
}

// production returns anchors of real persons' certificates, as somebody has who records.
func production(t *testing.T) *mss.Anchors {
	t.Helper()
	root := must(cmstest.Issue(cmstest.Root("Genuine Root CA", now.AddDate(-1, 0, 0), now.AddDate(9, 0, 0)), cmstest.Signer{}, ecKey(t)))
	return must(mss.NewAnchors(mss.Production, []*x509.Certificate{root.Certificate}, nil))
}

func requireNowhere(t *testing.T, content map[string]string, values ...string) {
	t.Helper()
	for name, text := range content {
		for _, v := range values {
			require.False(t, strings.Contains(text, v), "%s holds %q", name, v)
		}
	}
}

// TestResignNothing: what was not verified live is never signed, whatever the caller says, and no receipt keeps it alive.
func TestResignNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		person msstest.Person
		change func(s *scenario.Scenario)
		want   scenario.Outcome
	}{
		"another text":  {msstest.Person{Forge: msstest.ForgeText}, nil, scenario.Outcome{Outcome: "unverified", Check: "ber"}},
		"other anchors": {msstest.Person{Forge: msstest.ForgeAnchor}, nil, scenario.Outcome{Outcome: "unverified", Check: "ber"}},
		"another echo":  {msstest.Person{Forge: msstest.ForgeTransID}, nil, scenario.Outcome{Outcome: "unverified", Check: "echo"}},
		"cancelled":     {msstest.Person{Do: msstest.Cancel}, nil, scenario.Outcome{Outcome: "fault", Code: 401, Name: "USER_CANCEL"}},
		"no signature":  {msstest.Person{Forge: msstest.ForgeStatus503}, nil, scenario.Outcome{Outcome: "fault", Code: 503, Name: "INVALID_SIGNATURE"}},
		"said to be signed": {msstest.Person{Forge: msstest.ForgeText}, func(s *scenario.Scenario) {
			s.Signatures[0].Expect = signedOutcome(s.Signatures[0].Expect.Requests)
		}, scenario.Outcome{Outcome: "unverified", Check: "ber"}},
		"composed": {msstest.Person{}, func(s *scenario.Scenario) {
			live := s.Signatures[0].Live
			s.Signatures[0].Live = &mss.Signature{Proven: live.Proven, Asserted: live.Asserted, Evidence: live.Evidence}
		}, scenario.Outcome{Outcome: "unverified", Check: "ber"}},
		"none": {msstest.Person{}, func(s *scenario.Scenario) { s.Signatures[0].Live = nil }, scenario.Outcome{Outcome: "unverified", Check: "ber"}},
		"distrust": {msstest.Person{}, func(s *scenario.Scenario) {
			s.Signatures[0].Expect = unverified("chain", s.Signatures[0].Expect.Requests)
		}, scenario.Outcome{Outcome: "unverified", Check: "ber"}},
	} {
		for _, binding := range []mssp.Binding{mssp.SOAP, mssp.JSON} {
			for _, mode := range []string{"sync", "async"} {
				t.Run(strings.Join([]string{name, binding.String(), mode}, "/"), func(t *testing.T) {
					t.Parallel()
					a := newRun(t, c.person, binding, mode, replay.RecorderOptions{})
					s := a.run()
					if c.change != nil {
						c.change(s)
					}
					read, outcomes := a.replayed(s)
					want := c.want
					want.Requests = a.rec.Exchanges()
					require.Equal(t, []scenario.Outcome{want}, outcomes)
					require.Equal(t, "recorded", read.About)
					content, signatures := a.files()
					for _, cms := range signatures {
						require.Equal(t, "replaced", string(cms))
					}
					require.Equal(t, a.server.Anchors().Roots()[0].Raw, must(mss.LoadAnchors(mss.Simulator, filepath.Join(a.rec.Dir(), "anchors.pem"))).Roots()[0].Raw)
					requireNowhere(t, content, livePerson, simulatorText, "canary", "REPLACED")
				})
			}
		}
	}
}

// TestResignOutstanding: a run that ended without an answer stays one.
func TestResignOutstanding(t *testing.T) {
	t.Parallel()
	a := newRun(t, msstest.Person{Do: msstest.Ignore}, mssp.SOAP, "async", replay.RecorderOptions{})
	read, outcomes := a.replayed(a.run())
	require.Equal(t, []scenario.Outcome{{Outcome: "outstanding", Requests: 2}}, outcomes)
	require.Equal(t, "recorded", read.About)
}

// TestResignKeeps: with the person's signature there is nothing to make anew.
func TestResignKeeps(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"sync", "async"} {
		a := newRun(t, msstest.Person{Serial: canarySerial}, mssp.SOAP, mode, replay.RecorderOptions{KeepSignatures: true})
		s := a.run()
		a.receive(s)
		live := s.Signatures[0].Live.Value
		read, outcomes := a.replayed(s)
		require.Equal(t, canarySerial, outcomes[0].Signer)
		require.Equal(t, "recorded", read.About)
		require.Equal(t, simulatorText, read.Signatures[0].Text)
		_, signatures := a.files()
		require.Len(t, signatures, 1)
		for _, cms := range signatures {
			require.Equal(t, live, cms)
		}
	}
}

// TestResignBeside: beside a signature that was kept, and is judged by the live anchors, none is made anew.
func TestResignBeside(t *testing.T) {
	t.Parallel()
	const robot = "41700092501"
	a := newRun(t, msstest.Person{Serial: canarySerial}, mssp.SOAP, "sync", replay.RecorderOptions{})
	s := a.run()
	exchange := func(name string) string { return string(must(os.ReadFile(filepath.Join(a.rec.Dir(), name)))) }
	put(t, a.rec.Dir(), "02-request.xml", exchange("01-request.xml"))
	put(t, a.rec.Dir(), "02-response.xml", strings.Replace(exchange("01-response.xml"), "cmVwbGFjZWQ=", "a2VwdA==", 1))
	s.Signatures = append(s.Signatures, s.Signatures[0])
	s.Signatures[1].MSISDN, s.Signatures[1].Live = robot, nil
	require.NoError(t, s.Write(a.rec, a.server.Anchors()))
	read := must(scenario.Load(a.rec.Dir()))
	require.Equal(t, "recorded", read.About)
	require.Equal(t, unverified("ber", 1), read.Signatures[0].Expect)
	_, signatures := a.files()
	require.Equal(t, map[string][]byte{"01-response.xml": []byte("replaced"), "02-response.xml": []byte("kept")}, signatures)
}

// TestResignRefuses: a signature that is not in the recording is not made up.
func TestResignRefuses(t *testing.T) {
	t.Parallel()
	a := newRun(t, msstest.Person{}, mssp.JSON, "sync", replay.RecorderOptions{})
	s := a.run()
	put(t, a.rec.Dir(), "01-response.json", `{"MSS_SignatureResp": {}}`)
	require.ErrorContains(t, s.Write(a.rec, a.anchors), "there is no signature in it that was replaced")
	content, _ := a.files()
	require.NotContains(t, content, "scenario.json")
}

// TestResignLooks: the recorder looks at what is written beside the exchanges.
func TestResignLooks(t *testing.T) {
	t.Parallel()
	a := newRun(t, msstest.Person{Serial: canarySerial}, mssp.JSON, "sync", replay.RecorderOptions{})
	s := a.run()
	s.About = "recorded: " + simulatorText
	before, _ := a.files()
	require.EqualError(t, s.Write(a.rec, a.server.Anchors()), "scenario: replay: a value that must be replaced is still in it: not written")
	after, _ := a.files()
	require.Equal(t, before, after, "nothing is written")
}

// TestResignAlike: what a person had may be what stands for it.
func TestResignAlike(t *testing.T) {
	t.Parallel()
	for prefix, texts := range map[string][]string{"log ": {"log in?", "log in"}, "2026-": {now.Format(time.RFC3339)}, "sign": {"sign", "signing"}} {
		server := msstest.NewServer(t, &msstest.Options{APID: "mid://acme.example", Prefix: prefix})
		server.Script(number, msstest.Person{})
		for _, text := range texts {
			a := runAt(t, server, mssp.JSON, "sync", replay.RecorderOptions{})
			a.number, a.text = number, text
			s := a.run()
			s.Now = now
			_, outcomes := a.replayed(s)
			require.Equal(t, replacedSerial, outcomes[0].Signer, text)
		}
	}
}

// TestResignTwice: two signatures over the same text differ, even of the same second.
func TestResignTwice(t *testing.T) {
	t.Parallel()
	a := newRun(t, msstest.Person{Form: msstest.DER, Key: msstest.RSA}, mssp.SOAP, "sync", replay.RecorderOptions{})
	s := a.run()
	a.receive(s)
	before := a.rec.Exchanges()
	second := a.run().Signatures[0]
	second.Expect.Requests -= before
	s.Signatures = append(s.Signatures, second)
	read, outcomes := a.replayed(s)
	require.Len(t, outcomes, 3)
	for _, i := range []int{0, 2} {
		require.Equal(t, replacedSerial, outcomes[i].Signer)
	}
	require.Equal(t, 1, strings.Count(read.About, "anew"))
}
