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
	Outcomes    []Outcome `json:"outcomes"`              // of each question, in order
	Differences []string  `json:"differences,omitempty"` // what came out otherwise than expected, one line each
}

// OK reports whether everything came out as expected.
func (r *Result) OK() bool { return len(r.Differences) == 0 }

// baseURL is never connected to (RFC 6761, 6.4).
const baseURL = "https://replay.invalid"

// Run asks the scenario's questions, one after the other, of a client whose service is the recording. Nothing is
// sent and nothing waited for. An error means that the scenario could not be run, or that ctx ended; whatever else
// differs from the expectations is in the result.
func Run(ctx context.Context, s *Scenario) (*Result, error) {
	player, err := replay.NewPlayer(s.exchanges, replay.Options{Rule: rules[s.Compare], Known: s.known()})
	if err != nil {
		return nil, fmt.Errorf("scenario: %s: %w", s.Name, err)
	}
	client, err := mssp.New(mssp.Config{
		HTTP:             transport.Config{URL: baseURL, Base: player},
		Binding:          bindings[s.Binding],
		APID:             s.Client.APID,
		APPassword:       mss.Conceal(s.Client.Password),
		Prefix:           s.Client.Prefix,
		Anchors:          s.anchors,
		AllowTestNumbers: s.Client.AllowTestNumbers,
		RedirectSchemes:  s.Client.RedirectSchemes,
		Now:              func() time.Time { return s.Now },
	})
	if err != nil {
		return nil, fmt.Errorf("scenario: %s: %w", s.Name, err)
	}
	defer client.Close()
	r := &run{client: client, player: player, result: &Result{Scenario: s.Name}}
	for _, step := range s.steps() {
		if err := r.step(ctx, &step); err != nil {
			return nil, fmt.Errorf("scenario: %s: %s: %w", s.Name, step.at, err)
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
	for _, q := range s.Profiles {
		list = append(list, q.MSISDN)
	}
	for _, q := range s.Signatures {
		list = append(list, q.MSISDN, q.Text, q.Lang, q.Profile, q.TransID, q.App2App, string(q.data().Content))
		if q.Receipt != nil {
			list = append(list, q.Receipt.Text, q.Receipt.Lang)
		}
	}
	return list
}

type run struct {
	client *mssp.Client
	player *replay.Player
	result *Result

	signature *mss.Signature // the last one; nil: it failed
}

func (r *run) differ(format string, args ...any) {
	r.result.Differences = append(r.result.Differences, fmt.Sprintf(format, args...))
}

// step asks one question and compares its outcome.
func (r *run) step(ctx context.Context, s *step) error {
	before := r.player.Requests()
	got, ok, err := s.ask(ctx, r)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if !ok {
		return err
	}
	got.Requests = r.player.Requests() - before
	r.result.Outcomes = append(r.result.Outcomes, got)
	if m, ok := errors.AsType[*replay.Mismatch](err); ok {
		r.differ("%s: %v: correct the file if the client is right, else the client", s.at, m)
		return nil
	}
	differences := s.expect.differences(got)
	for _, d := range differences {
		r.differ("%s: %s: correct expect in scenario.json if the client is right, else the client", s.at, d)
	}
	if len(differences) > 0 && err != nil {
		r.differ("%s: the client's error was: %s", s.at, describe(err))
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
