package main

import (
	"context"
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

// recording makes a scenario of what sign does. Its methods on nil record nothing.
type recording struct {
	options  replay.RecorderOptions
	recorder *replay.Recorder
}

// newRecording looks at the directory before the phone rings. What is not empty is not touched: it may be a scenario.
func (c *signCmd) newRecording() (*recording, error) {
	if c.Record == "" {
		return nil, nil
	}
	switch files, err := os.ReadDir(c.Record); {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, usagef("--record: %v", err)
	case len(files) > 0:
		return nil, usagef("--record: %s is not empty; choose another directory, which need not exist", c.Record)
	}
	return &recording{options: replay.RecorderOptions{Dir: c.Record, KeepSignatures: c.KeepSignature}}, nil
}

// connect makes a client whose exchanges are recorded, where there is a recording.
func (rec *recording) connect(cfg *mssp.Config) (*mssp.Client, error) {
	if rec == nil {
		return mssp.New(*cfg)
	}
	var failed error
	cfg.HTTP.Wrap = func(base http.RoundTripper) http.RoundTripper {
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

// finish completes the scenario and says on standard error where it is. It changes nothing of what sign came to: a
// signature is no less verified because a disk is full.
func (rec *recording) finish(a *app, acc *account, mode string, req *mss.Request, text string, sig *mss.Signature, err error) {
	if rec == nil {
		return
	}
	failed := rec.write(acc, mode, req, text, sig, err)
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

// write adds to the exchanges what was asked and what came of it.
func (rec *recording) write(acc *account, mode string, req *mss.Request, text string, sig *mss.Signature, err error) error {
	if failed := rec.recorder.Close(); failed != nil {
		return failed
	}
	outcome, ok := scenario.NewOutcome(sig, err)
	if !ok {
		return errors.New("there was no outcome")
	}
	outcome.Requests = rec.recorder.Exchanges()
	cfg := acc.cfg
	s := &scenario.Scenario{
		About: "recorded by mss sign", Now: time.Now(),
		Client: scenario.Account{
			APID: cfg.APID, Password: cfg.APPassword.Reveal(), Prefix: cfg.Prefix, AllowTestNumbers: cfg.AllowTestNumbers,
		},
		Signatures: []scenario.Signature{{
			Mode: mode, Purpose: req.Purpose.String(), MSISDN: req.User.MSISDN.Digits(), Text: text, Lang: req.Language,
			Profile: cfg.Defaults.Profile, Timeout: int(req.Timeout / time.Second), Expect: outcome,
		}},
	}
	return s.Write(rec.options.Dir, cfg.Anchors)
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
