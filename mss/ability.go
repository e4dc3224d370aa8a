package mss

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
)

// Message is a text for the person's phone after a signature (MSS_ReceiptReq, TS 102 204 clause 8.6).
type Message struct {
	Text     string
	Language string // BCP 47
	Ack      bool   // ask the person to acknowledge
}

// ReceiptOutcome is what became of a receipt. That a phone showed it is not proven by any of them.
type ReceiptOutcome int

const (
	ReceiptSent      ReceiptOutcome = iota + 1 // accepted by the service; no acknowledgement was asked for
	ReceiptAccepted                            // the person pressed OK
	ReceiptCancelled                           // the person cancelled it
	ReceiptTimedOut                            // shown, and no key pressed
	ReceiptUnheard                             // nothing was heard; unknown whether it was shown
)

// ReceiptAnswer is the service's answer to a receipt.
type ReceiptAnswer struct {
	Outcome ReceiptOutcome
}

// Profile is what a person's subscription can do (MSS_ProfileResp, TS 102 204 clause 8.10).
type Profile struct {
	SignatureProfiles []string
	Certificates      [][]*x509.Certificate // one chain a key, leaf first; as the provider says, not verified
	Details           any                   // the provider's own; nil
}

// Receipt tells the person the outcome on the phone, where the service can (TS 102 204 clause 7.3). It takes a verified
// signature, so there is none after a failure.
func Receipt(ctx context.Context, svc Service, sig *Signature, m Message) (*ReceiptAnswer, error) {
	s, err := ability[interface {
		Receipt(context.Context, *Signature, Message) (*ReceiptAnswer, error)
	}](svc, OpReceipt)
	if err != nil {
		return nil, err
	}
	return s.Receipt(ctx, sig, m)
}

// ProfileQuery asks what the person can sign with, where the service can tell (TS 102 204 clause 7.5). No phone rings.
func ProfileQuery(ctx context.Context, svc Service, u User) (*Profile, error) {
	s, err := ability[interface {
		ProfileQuery(context.Context, User) (*Profile, error)
	}](svc, OpProfileQuery)
	if err != nil {
		return nil, err
	}
	return s.ProfileQuery(ctx, u)
}

// Cancel takes the request off the phone, where the service can.
func Cancel(ctx context.Context, svc Service, tx *Transaction) error {
	s, err := ability[interface {
		Cancel(context.Context, *Transaction) error
	}](svc, "cancel")
	if err != nil {
		return err
	}
	return s.Cancel(ctx, tx)
}

// Health asks whether the service works, without asking a person.
func Health(ctx context.Context, svc Service) error {
	s, err := ability[interface {
		Health(context.Context) error
	}](svc, "health")
	if err != nil {
		return err
	}
	return s.Health(ctx)
}

// ability finds T in svc or in what svc wraps, as errors.As does with errors.
func ability[T any](svc Service, name string) (T, error) {
	for svc != nil {
		if s, ok := svc.(T); ok {
			return s, nil
		}
		w, ok := svc.(interface{ Unwrap() Service })
		if !ok {
			break
		}
		svc = w.Unwrap()
	}
	var zero T
	return zero, fmt.Errorf("mss: %s: this service has no such operation: %w", name, errors.ErrUnsupported)
}
