package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/gomss/gomss/internal/scenario"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/transport/replay"
)

// recording writes a trace of what sign does, makes a scenario of it, or both. Its methods on nil record nothing.
type recording struct {
	trace    *os.File               // nil: none
	options  replay.RecorderOptions // without Dir no scenario is made
	recorder *replay.Recorder

	scenario *scenario.Scenario // what was asked and what came of it
	failed   error              // why there is none
}

// newRecording looks at file and directory before the phone rings. What is there already is not touched.
func (c *signCmd) newRecording() (*recording, error) {
	if c.Record == "" && c.Trace == "" {
		return nil, nil
	}
	if err := c.checkRecordDir(); err != nil {
		return nil, err
	}
	rec := &recording{options: replay.RecorderOptions{Dir: c.Record, KeepSignatures: c.KeepSignature}}
	if c.Trace != "" {
		f, err := os.OpenFile(c.Trace, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return nil, usagef("--trace: %v", err)
		}
		rec.trace = f
	}
	return rec, nil
}

// checkRecordDir refuses a directory that is not empty: it may be a scenario.
func (c *signCmd) checkRecordDir() error {
	if c.Record == "" {
		return nil
	}
	switch files, err := os.ReadDir(c.Record); {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return usagef("--record: %v", err)
	case len(files) > 0:
		return usagef("--record: %s is not empty; choose another directory, which need not exist", c.Record)
	}
	return nil
}

// records reports whether a scenario is made.
func (rec *recording) records() bool { return rec != nil && rec.options.Dir != "" }

// close ends the trace.
func (rec *recording) close() {
	if rec != nil && rec.trace != nil {
		rec.trace.Close() // what it says is for reading only
	}
}

// connect makes a client whose exchanges are traced and recorded, where that was asked for.
func (rec *recording) connect(cfg *mssp.Config) (*mssp.Client, error) {
	if rec == nil {
		return mssp.New(*cfg)
	}
	var failed error
	cfg.HTTP.Wrap = func(base http.RoundTripper) http.RoundTripper {
		if rec.trace != nil {
			base = replay.Trace(base, rec.trace)
		}
		if !rec.records() {
			return base
		}
		rec.recorder, failed = replay.NewRecorder(base, rec.options)
		if failed != nil {
			return base // of a client that nobody gets
		}
		return rec.recorder
	}
	client, err := mssp.New(*cfg)
	if failed != nil {
		if client != nil {
			client.Close()
		}
		return nil, usagef("--record: %v", failed)
	}
	return client, err
}

// asked notes what was asked and what came of it. text is what the person was shown; of a transaction approval, what was
// appended to its first value.
func (rec *recording) asked(acc *account, mode string, req *mss.Request, text string, sig *mss.Signature, err error) {
	if !rec.records() {
		return
	}
	outcome, ok := scenario.NewOutcome(sig, err)
	if !ok {
		rec.failed = errors.New("there was no outcome")
		return
	}
	outcome.Requests = rec.recorder.Exchanges()
	cfg, options := acc.cfg, req.Options.(mssp.Options)
	q := scenario.Signature{
		Mode: mode, Purpose: req.Purpose.String(), MSISDN: req.User.MSISDN.Digits(), Text: text, Lang: req.Language,
		Profile: cfg.Defaults.Profile, Timeout: int(req.Timeout / time.Second),
		Geofencing: scenario.NewGeofencing(options.Geofencing), App2App: options.RedirectURI,
		Expect: outcome, Live: sig,
	}
	if req.Data.MimeType != "" {
		q.Text, q.Approval = "", newApproval(req.Data, text)
	}
	rec.scenario = &scenario.Scenario{
		About: "recorded by mss sign", Now: time.Now(),
		Client: scenario.Account{
			APID: cfg.APID, Password: cfg.APPassword.Reveal(), Prefix: cfg.Prefix, AllowTestNumbers: cfg.AllowTestNumbers,
			RedirectSchemes: cfg.RedirectSchemes,
		},
		Signatures: []scenario.Signature{q},
	}
	if cfg.Binding != mssp.SOAP {
		rec.scenario.Binding = cfg.Binding.String()
	}
}

// newApproval reads a transaction approval as mssp.ParseApproval has made it. suffix belongs to the first value.
func newApproval(data mss.Data, suffix string) *scenario.Approval {
	var doc struct {
		Type string          `json:"type"`
		DTBD []scenario.Pair `json:"dtbd"`
	}
	_ = json.Unmarshal(data.Content, &doc) // of our own making
	if len(doc.DTBD) > 0 {
		doc.DTBD[0].Value += suffix
	}
	return &scenario.Approval{Type: doc.Type, Pairs: doc.DTBD}
}

// received notes a receipt: what the person was told, and what is reported of it or the error.
func (rec *recording) received(m mss.Message, told *receiptReport, err error) {
	if !rec.records() || rec.scenario == nil {
		return
	}
	said := ""
	if err == nil {
		said = told.Outcome
	}
	outcome, ok := scenario.NewReceiptOutcome(said, err)
	if !ok {
		rec.failed = errors.New("there was no outcome of the receipt")
		return
	}
	q := &rec.scenario.Signatures[0]
	outcome.Requests = rec.recorder.Exchanges() - q.Expect.Requests
	q.Receipt = &scenario.Receipt{Text: m.Text, Lang: m.Language, Ack: m.Ack, Expect: outcome}
}

// finish completes the scenario and says on standard error where it is. It changes nothing of what sign came to: a
// signature is no less verified because a disk is full.
func (rec *recording) finish(a *app, acc *account) {
	if !rec.records() {
		return
	}
	failed := rec.write(acc)
	var played string
	if failed == nil {
		played, failed = rec.play(a)
	}
	if failed != nil {
		fmt.Fprintf(a.stderr, "mss: warning: the recording in %s cannot be replayed: %v\n", rec.options.Dir, failed)
		return
	}
	fmt.Fprintf(a.stderr, "mss: recorded in %s: %s; run it with: mss replay %[1]s\n", rec.options.Dir, played)
}

// write adds the scenario to the exchanges.
func (rec *recording) write(acc *account) error {
	if failed := rec.recorder.Close(); failed != nil {
		return failed
	}
	if rec.failed != nil {
		return rec.failed
	}
	return rec.scenario.Write(rec.recorder, acc.cfg.Anchors)
}

// play runs the scenario and returns what came out: a recording that does not come out as it says is worth a warning now.
func (rec *recording) play(a *app) (string, error) {
	s, err := scenario.Load(rec.options.Dir)
	if err != nil {
		return "", err
	}
	result, err := scenario.Run(context.WithoutCancel(a.ctx), s)
	if err != nil {
		return "", err
	}
	if !result.OK() {
		return "", fmt.Errorf("it comes out differently: %s", strings.Join(result.Differences, "; "))
	}
	return outcomes(result.Outcomes), nil
}
