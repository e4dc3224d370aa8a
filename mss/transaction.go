package mss

import (
	"fmt"
	"time"
)

// Transaction is a request that the provider accepted and the person has not answered: plain data, so that any
// instance of an application can go on with it. It holds personal data and secrets and leaves the process only sealed
// by Keys.
type Transaction struct {
	// Provider is the scope of the service that made it: its kind, environment, address and account. Other services
	// refuse the transaction.
	Provider string

	TransID     string // AP_TransID, ours
	MSSPTransID string // MSSP_TransID, the provider's
	Purpose     Purpose
	User        User
	Started     time.Time
	Deadline    time.Time // no answer will come after it
	PollAt      time.Time // not to be polled before
	State       []byte    // the service's own: digest of what was sent, profile, prompt secrets
}

// Prompt is what the person must see on the screen at one moment.
type Prompt struct {
	Code    string        // to be compared with the phone; "" where there is none
	Hint    string        // the provider's word on where the person is
	Link    Private       // opens the signing app on this device
	QR      Private       // text of a QR code for the signing app
	Refresh time.Duration // ask again after this; 0: the prompt will not change
}

// Status is the answer to one poll.
type Status struct {
	Evidence *Evidence     // the outcome; nil: still outstanding
	Hint     string        // the provider's word on where the person is
	After    time.Duration // do not poll again before this
}

// Evidence is a terminal answer as it arrived. Store it first, then have it judged: some providers give it only once.
// Nothing in it is believed before Service.Verify.
type Evidence struct {
	Transaction Transaction // without what only the prompt needed
	Received    time.Time   // certificates are judged at this time
	Raw         []byte      // the provider's answer, without our password; bounded by the transport
}

// MarshalBinary encodes the transaction, secrets and all, for Keys. The form is versioned.
func (t *Transaction) MarshalBinary() ([]byte, error) {
	return t.append([]byte{encodingVersion}), nil
}

// UnmarshalBinary reads what MarshalBinary wrote.
func (t *Transaction) UnmarshalBinary(b []byte) error {
	r := newReader(b)
	v := readTransaction(r)
	if err := r.end(); err != nil {
		return fmt.Errorf("mss: transaction: %w", err)
	}
	*t = v
	return nil
}

// MarshalBinary encodes the evidence for storage. The form is versioned; it holds personal data.
func (e *Evidence) MarshalBinary() ([]byte, error) {
	b := e.Transaction.append([]byte{encodingVersion})
	b = appendTime(b, e.Received)
	return appendBytes(b, e.Raw), nil
}

// UnmarshalBinary reads what MarshalBinary wrote.
func (e *Evidence) UnmarshalBinary(b []byte) error {
	r := newReader(b)
	v := Evidence{Transaction: readTransaction(r), Received: r.time(), Raw: r.bytes()}
	if err := r.end(); err != nil {
		return fmt.Errorf("mss: evidence: %w", err)
	}
	*e = v
	return nil
}

func (t *Transaction) append(b []byte) []byte {
	for _, s := range []string{t.Provider, t.TransID, t.MSSPTransID, t.User.MSISDN.Reveal(), t.User.Person.Reveal(), t.User.ID.Reveal()} {
		b = appendBytes(b, s)
	}
	b = append(b, byte(t.Purpose))
	for _, at := range []time.Time{t.Started, t.Deadline, t.PollAt} {
		b = appendTime(b, at)
	}
	return appendBytes(b, t.State)
}

func readTransaction(r *reader) (t Transaction) {
	for _, s := range []*string{&t.Provider, &t.TransID, &t.MSSPTransID} {
		*s = string(r.bytes())
	}
	for _, p := range []*Private{&t.User.MSISDN.Private, &t.User.Person.Private, &t.User.ID.Private} {
		*p = Conceal(string(r.bytes()))
	}
	t.Purpose = Purpose(r.byte())
	for _, at := range []*time.Time{&t.Started, &t.Deadline, &t.PollAt} {
		*at = r.time()
	}
	t.State = r.bytes()
	return t
}
