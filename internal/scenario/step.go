package scenario

import (
	"context"
	"fmt"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
)

// step is one question.
type step struct {
	at       string // in scenario.json
	expect   *Outcome
	outcomes []string // that it can have

	// ask makes the client ask. ok is false where the error is no outcome.
	ask func(ctx context.Context, r *run) (o Outcome, ok bool, err error)
}

// failures are outcomes that every question can have.
var failures = []string{outcomeFault, outcomeUnverified, outcomeError}

// steps are the questions in their order: what people can sign with, signatures, each with its receipt, health.
func (s *Scenario) steps() []step {
	var list []step
	for i := range s.Profiles {
		p := &s.Profiles[i]
		list = append(list, step{fmt.Sprintf("profiles[%d]", i), &p.Expect, append([]string{outcomeProfile}, failures...), p.ask})
	}
	for i := range s.Signatures {
		q := &s.Signatures[i]
		at := fmt.Sprintf("signatures[%d]", i)
		list = append(list, step{at, &q.Expect, append([]string{outcomeSigned, outcomeOutstanding}, failures...), q.ask})
		if q.Receipt != nil {
			list = append(list, step{at + ".receipt", &q.Receipt.Expect, append([]string{outcomeReceipt}, failures...), q.Receipt.ask})
		}
	}
	if s.Health != nil {
		list = append(list, step{"health", s.Health, append([]string{outcomeHealthy}, failures...), askHealth})
	}
	return list
}

func (p *Profile) ask(ctx context.Context, r *run) (Outcome, bool, error) {
	number, err := mss.ParseMSISDN(p.MSISDN)
	var answer *mss.Profile
	if err == nil {
		answer, err = r.client.ProfileQuery(ctx, mss.User{MSISDN: number})
	}
	o, ok := newProfileOutcome(answer, err)
	return o, ok, err
}

func (q *Signature) ask(ctx context.Context, r *run) (Outcome, bool, error) {
	sig, link, err := q.sign(ctx, r)
	r.signature = sig
	o, ok := NewOutcome(sig, err)
	o.Link = link
	return o, ok, err
}

func (m *Receipt) ask(ctx context.Context, r *run) (Outcome, bool, error) {
	answer, err := r.client.Receipt(ctx, r.signature, mss.Message{Text: m.Text, Language: m.Lang, Ack: m.Ack})
	said := ""
	if err == nil {
		said = answer.Outcome.String()
	}
	o, ok := NewReceiptOutcome(said, err)
	return o, ok, err
}

func askHealth(ctx context.Context, r *run) (Outcome, bool, error) {
	err := r.client.Health(ctx)
	o, ok := newHealthOutcome(err)
	return o, ok, err
}

// sign asks for a signature. In asynchronous mode it polls as often as is expected; no signature and no error by then mean
// that there is no answer yet.
func (q *Signature) sign(ctx context.Context, r *run) (sig *mss.Signature, link string, err error) {
	req, err := q.request()
	if err != nil {
		return nil, "", err
	}
	if q.Mode == modeSync {
		sig, err := r.client.SignSync(ctx, req)
		return sig, "", err
	}
	tx, err := r.client.Start(ctx, req)
	if err != nil {
		return nil, "", err
	}
	link = r.client.Prompt(tx, time.Now()).Link.Reveal()
	for range q.Expect.Requests - 1 {
		st, err := r.client.Poll(ctx, tx, 0)
		if err != nil {
			return nil, link, err
		}
		if st.Evidence != nil {
			sig, err := r.client.Verify(st.Evidence)
			return sig, link, err
		}
	}
	return nil, link, nil
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
		Data:     q.data(),
		Language: q.Lang,
		Timeout:  time.Duration(q.Timeout) * time.Second,
		Options: mssp.Options{
			Profile: q.Profile, Geofencing: q.Geofencing.option(), RedirectURI: q.App2App, Validate: q.Validate, SubscriberInfo: q.SubscriberInfo,
		},
	}, nil
}

func (q *Signature) data() mss.Data {
	if q.Approval == nil {
		return mss.Data{}
	}
	var pairs []mssp.Pair
	for _, p := range q.Approval.Pairs {
		pairs = append(pairs, mssp.Pair(p))
	}
	return mssp.Approval(q.Approval.Type, pairs...)
}

// NewGeofencing writes what a client is asked about the location; nil: nothing.
func NewGeofencing(g *mssp.Geofencing) *Geofencing {
	switch {
	case g == nil:
		return nil
	case g.Policy == nil:
		return &Geofencing{Local: g.Local}
	}
	p := g.Policy
	return &Geofencing{
		Allow: p.Allow, Deny: p.Deny, Device: p.MinDeviceConfidence, Location: p.MinLocationConfidence,
		Minutes: int(p.MaxAge / time.Minute), Accuracy: p.MaxAccuracy, Local: g.Local,
	}
}

// option is what the client is asked about the location; nil: nothing.
func (g *Geofencing) option() *mssp.Geofencing {
	if g == nil {
		return nil
	}
	p := &mssp.LocationPolicy{
		Allow: g.Allow, Deny: g.Deny, MinDeviceConfidence: g.Device, MinLocationConfidence: g.Location,
		MaxAge: time.Duration(g.Minutes) * time.Minute, MaxAccuracy: g.Accuracy,
	}
	if len(g.Allow)+len(g.Deny) == 0 && g.Device == 0 && g.Location == 0 && g.Minutes == 0 && g.Accuracy == 0 {
		p = nil
	}
	return &mssp.Geofencing{Policy: p, Local: g.Local}
}
