package mss

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
)

// Message is a text for the person's phone after a signature (MSS_ReceiptReq, TS 102 204 clause 8.6). It prints without the
// text.
type Message struct {
	Text     string // with whatever prefix the provider assigned
	Language string // of Text (BCP 47)
	Ack      bool   // ask the person to acknowledge it
}

// ReceiptOutcome is what the provider says became of a receipt. That a phone showed it is proven by none of them.
type ReceiptOutcome int

const (
	ReceiptSent      ReceiptOutcome = iota + 1 // accepted by the service; no acknowledgement was asked for
	ReceiptAccepted                            // the person pressed OK
	ReceiptCancelled                           // the person cancelled it
	ReceiptTimedOut                            // shown, and no key pressed
	ReceiptUnheard                             // an acknowledgement was asked for and none heard of; unknown whether it was shown
)

var receiptOutcomes = [...]string{
	ReceiptSent: "sent", ReceiptAccepted: "accepted", ReceiptCancelled: "cancelled", ReceiptTimedOut: "timed out", ReceiptUnheard: "unheard",
}

// String returns "sent", "accepted", "cancelled", "timed out" or "unheard".
func (o ReceiptOutcome) String() string {
	if o < ReceiptSent || o > ReceiptUnheard {
		return "ReceiptOutcome(" + strconv.Itoa(int(o)) + ")"
	}
	return receiptOutcomes[o]
}

// ReceiptAnswer is the service's answer to a receipt.
type ReceiptAnswer struct {
	Outcome ReceiptOutcome
}

// Profile is what a person's subscription can do (MSS_ProfileResp, TS 102 204 clause 8.10): the provider's word, of which
// nothing is verified. It says much about a person and prints as "[redacted]".
type Profile struct {
	SignatureProfiles []string              // URIs of what the person can sign with
	Certificates      [][]*x509.Certificate // one chain a key, leaf first; not verified, and maybe not in use
	Details           any                   // the provider's own, *mssp.ProfileDetails; nil
}

// Receipt tells the person the outcome on the phone, where the service can (TS 102 204 clause 7.3). It takes a verified
// signature, so there is none after a failure. The phone rings, so it is sent once; after an error MayHaveRung tells
// whether the person may have read it.
func Receipt(ctx context.Context, svc Service, sig *Signature, m Message) (*ReceiptAnswer, error) {
	s, err := ability[interface {
		Receipt(context.Context, *Signature, Message) (*ReceiptAnswer, error)
	}](svc, OpReceipt)
	if err != nil {
		return nil, err
	}
	return s.Receipt(ctx, sig, m)
}

// ProfileQuery asks what the person can sign with, where the service can tell (TS 102 204 clause 7.5). No phone rings,
// whatever the error.
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
	}](svc, OpHealth)
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

func (m Message) describe() description {
	return description{slog.String("language", m.Language), slog.Bool("ack", m.Ack)}
}

// Format writes what is not the text, whatever the verb and flags are.
func (m Message) Format(s fmt.State, _ rune) { fmt.Fprint(s, m.describe().text("mss.Message")) }

// LogValue is what is not the text, for log/slog.
func (m Message) LogValue() slog.Value { return slog.GroupValue(m.describe()...) }

// MarshalJSON writes what is not the text, for logs.
func (m Message) MarshalJSON() ([]byte, error) { return m.describe().json() }

// Format writes "[redacted]", whatever the verb and flags are.
func (p Profile) Format(s fmt.State, _ rune) { fmt.Fprint(s, redacted) }

// LogValue is "[redacted]", for log/slog.
func (p Profile) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText is "[redacted]", for encoding/json and encoding/xml.
func (p Profile) MarshalText() ([]byte, error) { return []byte(redacted), nil }
