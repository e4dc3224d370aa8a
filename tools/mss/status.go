package main

import (
	"context"
	"fmt"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
)

// statusCmd asks for the outcome of a request that another process has made (MSS_StatusQuery, TS 102 204 clause 7.2).
type statusCmd struct {
	Handle           string `arg:"" help:"What sign --no-wait has printed."`
	Config           string `placeholder:"FILE" help:"Configuration file (YAML): the one that the handle was made with."`
	AllowTestNumbers bool   `help:"Accept signatures of the service's test numbers, behind which there is no person."`
	Wait             bool   `help:"Wait for the outcome instead of asking once."`
	JSON             bool   `name:"json" help:"Print one JSON object."`
}

// Help is printed before the flags.
func (*statusCmd) Help() string {
	return `Exit codes: 0 signed and verified, 2 usage or configuration, 3 fault, 4 verification failed, 5 transport or outcome unknown, 6 not answered yet.

The service gives an outcome for some minutes only. A question sooner than 5 seconds after the request waits until then.

Examples:

	mss status --config mss.yaml gmh1.0a1b2c3d...
	mss status --config mss.yaml --wait --json gmh1.0a1b2c3d...`
}

func (c *statusCmd) Run(a *app) error {
	r := new(report)
	sig, err := c.status(a, r)
	r.judged(sig, err)
	return a.conclude(c.JSON, r, err)
}

func (c *statusCmd) status(a *app, r *report) (*mss.Signature, error) {
	s, err := a.load(c.Config)
	if err != nil {
		return nil, err
	}
	if err := s.require("handle_key_file"); err != nil {
		return nil, err
	}
	acc, err := a.connect(s, s.profile, c.AllowTestNumbers, nil)
	if err != nil {
		return nil, err
	}
	defer acc.Close()
	r.Environment = acc.environment.String()
	tx := new(mss.Transaction)
	if err := acc.keys.Open(c.Handle, mss.NoBinding, tx); err != nil {
		return nil, usagef("HANDLE: %v; use the configuration and key that it was made with", err)
	}
	r.private.add(acc.cfg.APPassword.Reveal()) // the text is not in it
	r.private.addUser(tx.User)
	r.Transaction = &transactionReport{APTransID: tx.TransID, MSSPTransID: tx.MSSPTransID}
	r.asked(tx.User)
	p := a.newProgress(c.JSON)
	p.of(acc.provider, acc.lang)
	defer p.tick()()
	svc := &watched{Service: acc, p: p}
	ctx := p.trace(a.ctx, acc, "what became of MSSP_TransID "+tx.MSSPTransID)
	if c.Wait {
		sig, err := mss.Wait(ctx, svc, tx, p.show)
		return sig, a.interrupted(err)
	}
	if err := sleepUntil(ctx, tx.PollAt); err != nil { // the provider wants not to be asked before
		return nil, a.interrupted(mss.Polled(err))
	}
	st, err := svc.Poll(ctx, tx, 0)
	switch {
	case err != nil:
		return nil, a.interrupted(mss.Polled(err))
	case st.Evidence != nil:
		return acc.Verify(st.Evidence)
	case time.Now().After(tx.Deadline):
		return nil, fmt.Errorf("%w: the deadline has passed", mss.ErrUnknownOutcome)
	}
	return nil, errOutstanding
}

// sleepUntil waits until then, or until ctx ends.
func sleepUntil(ctx context.Context, then time.Time) error {
	timer := time.NewTimer(time.Until(then))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	if ctx.Err() != nil {
		return fmt.Errorf("waiting for the first question: %w", context.Cause(ctx))
	}
	return nil
}

// judged fills in what came of a request: a signature, an error, or nothing yet.
func (r *report) judged(sig *mss.Signature, err error) {
	switch {
	case err == nil:
		r.signed(sig.Proven)
		r.Verified = sig.Verified()
		r.Fresh, r.Status, r.Profile = new(sig.Fresh), int(sig.Asserted.Status), sig.Asserted.Profile
		r.judgedHermod(sig)
		if d, ok := sig.Asserted.Details.(*mssp.Details); ok {
			r.details(d)
		}
	case exitCode(err) == exitOutstanding:
		r.Outcome = outcomeOutstanding
	default:
		r.failed(err)
	}
}
