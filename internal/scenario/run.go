package scenario

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/transport"
	"github.com/gomss/gomss/transport/replay"
)

// Result is what came out of a run.
type Result struct {
	Scenario    string    `json:"scenario"`              // Scenario.Name
	Outcomes    []Outcome `json:"outcomes"`              // of each signature, in order
	Differences []string  `json:"differences,omitempty"` // what came out otherwise than expected, one line each
}

// OK reports whether everything came out as expected.
func (r *Result) OK() bool { return len(r.Differences) == 0 }

// baseURL is never connected to (RFC 6761, 6.4).
const baseURL = "https://replay.invalid"

// Run asks for the scenario's signatures, one after the other, of a client whose service is the recording. Nothing is
// sent and nothing waited for. An error means that the scenario could not be run, or that ctx ended; whatever else
// differs from the expectations is in the result.
func Run(ctx context.Context, s *Scenario) (*Result, error) {
	player, err := replay.NewPlayer(s.exchanges, replay.Options{Rule: rules[s.Compare], Known: s.known()})
	if err != nil {
		return nil, fmt.Errorf("scenario: %s: %w", s.Name, err)
	}
	client, err := mssp.New(mssp.Config{
		HTTP:             transport.Config{URL: baseURL, Base: player},
		APID:             s.Client.APID,
		APPassword:       mss.Conceal(s.Client.Password),
		Prefix:           s.Client.Prefix,
		Anchors:          s.anchors,
		AllowTestNumbers: s.Client.AllowTestNumbers,
		Now:              func() time.Time { return s.Now },
	})
	if err != nil {
		return nil, fmt.Errorf("scenario: %s: %w", s.Name, err)
	}
	defer client.Close()
	r := &run{client: client, player: player, result: &Result{Scenario: s.Name}}
	for i := range s.Signatures {
		if err := r.signature(ctx, i, &s.Signatures[i]); err != nil {
			return nil, fmt.Errorf("scenario: %s: signatures[%d]: %w", s.Name, i, err)
		}
	}
	if err := player.Done(); err != nil {
		r.differ("%v: the client stopped early", err)
	}
	return r.result, nil
}

// known are the values that scenario.json itself holds, which an error may quote.
func (s *Scenario) known() []string {
	list := []string{s.Client.APID, s.Client.Password}
	for _, q := range s.Signatures {
		list = append(list, q.MSISDN, q.Text, q.Lang, q.Profile, q.TransID)
	}
	return list
}

type run struct {
	client *mssp.Client
	player *replay.Player
	result *Result
}

func (r *run) differ(format string, args ...any) {
	r.result.Differences = append(r.result.Differences, fmt.Sprintf(format, args...))
}

// signature asks for one signature and compares its outcome.
func (r *run) signature(ctx context.Context, i int, q *Signature) error {
	before := r.player.Requests()
	sig, err := r.ask(ctx, q)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	got, ok := NewOutcome(sig, err)
	if !ok {
		return err
	}
	got.Requests = r.player.Requests() - before
	r.result.Outcomes = append(r.result.Outcomes, got)
	if m, ok := errors.AsType[*replay.Mismatch](err); ok {
		r.differ("signatures[%d]: %v: correct the file if the client is right, else the client", i, m)
		return nil
	}
	differences := q.Expect.differences(got)
	for _, d := range differences {
		r.differ("signatures[%d]: %s: correct expect in scenario.json if the client is right, else the client", i, d)
	}
	if len(differences) > 0 && err != nil {
		r.differ("signatures[%d]: the client's error was: %s", i, describe(err))
	}
	return nil
}

// describe writes a client's error, with the player's own below it where transport leaves that to Unwrap.
func describe(err error) string {
	s := err.Error()
	if t, ok := errors.AsType[*mss.TransportError](err); ok {
		if inner := errors.Unwrap(t.Err); inner != nil {
			s += ": " + inner.Error()
		}
	}
	return s
}

// ask makes the client ask. No signature and no error means that there is no answer yet.
func (r *run) ask(ctx context.Context, q *Signature) (*mss.Signature, error) {
	req, err := q.request()
	if err != nil {
		return nil, err
	}
	if q.Mode == modeSync {
		return r.client.SignSync(ctx, req)
	}
	return r.signAsync(ctx, req, q.Expect.Requests-1)
}

// signAsync asks, and polls at most so many times. Without an outcome by then the signature is nil.
func (r *run) signAsync(ctx context.Context, req *mss.Request, polls int) (*mss.Signature, error) {
	tx, err := r.client.Start(ctx, req)
	if err != nil {
		return nil, err
	}
	for range polls {
		st, err := r.client.Poll(ctx, tx, 0)
		if err != nil {
			return nil, err
		}
		if st.Evidence != nil {
			return r.client.Verify(st.Evidence)
		}
	}
	return nil, nil
}

// request is what the client is asked. Its error is a *mss.RequestError, like the client's own.
func (q *Signature) request() (*mss.Request, error) {
	number, err := mss.ParseMSISDN(q.MSISDN)
	if err != nil {
		return nil, err
	}
	return &mss.Request{
		TransID:  q.TransID,
		Purpose:  purposes[q.Purpose],
		User:     mss.User{MSISDN: number},
		Display:  q.Text,
		Language: q.Lang,
		Timeout:  time.Duration(q.Timeout) * time.Second,
		Options:  mssp.Options{Profile: q.Profile},
	}, nil
}
