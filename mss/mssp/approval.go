package mssp

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/gomss/gomss/internal/legible"
	"github.com/gomss/gomss/mss"
)

// mimeApproval is the type of a transaction approval (guide v3.11 and later).
const mimeApproval = "application/vnd.mobileid.txn-approval"

// Limits of a transaction approval, in octets of UTF-8.
const (
	maxApprovalType  = 100
	maxApprovalPairs = 20
	maxApprovalKey   = 100
	maxApprovalText  = 2000 // of a value, and of all keys and values together
)

// Pair is one line of a transaction approval: "Amount", "12.50 CHF". It prints as "[redacted]".
type Pair struct{ Key, Value string }

// Format writes "[redacted]", whatever the verb and flags are.
func (Pair) Format(s fmt.State, _ rune) { fmt.Fprint(s, concealedText) }

// LogValue is "[redacted]", for log/slog.
func (Pair) LogValue() slog.Value { return slog.StringValue(concealedText) }

// MarshalText is "[redacted]", for encoding/json. Its parts are the fields.
func (Pair) MarshalText() ([]byte, error) { return []byte(concealedText), nil }

// Approval makes a transaction approval for Request.Data: a list of names and values that the person sees in the app and
// signs, in their order. It needs a profile of the app, such as ProfileDevice, and an empty Request.Display. The value of
// the first pair must begin with the prefix of the account; Request.AddCode appends its code there.
//
// At most 20 pairs; a key has 1 to 100 octets, and all keys and values together have 2000. kind is for the service and the
// app, at most 100 octets, and is not signed: what matters of it belongs into a pair.
func Approval(kind string, pairs ...Pair) mss.Data {
	return mss.Data{MimeType: mimeApproval, Encoding: "UTF-8", Content: appendApproval(nil, kind, pairs)}
}

// ParseApproval reads a transaction approval from a file, in the form in which the service takes it, white space and line
// breaks between the parts allowed:
//
//	{"type": "Payment", "dtbd": [
//	  {"key": "To", "value": "Bank ACME: Muster AG"},
//	  {"key": "Amount", "value": "12.50 CHF"}
//	]}
//
// A member that is unknown, missing or there twice is an error. Limits and prefix are checked with the request.
func ParseApproval(doc []byte) (mss.Data, error) {
	kind, pairs, err := decodeApproval(doc)
	if err != nil {
		return mss.Data{}, fmt.Errorf("mssp: transaction approval: %w", err)
	}
	return Approval(kind, pairs...), nil
}

// checkApproval takes a transaction approval from Data. It is written anew, in one line, however the caller wrote it.
func (c *Client) checkApproval(q *question, req *mss.Request) error {
	if req.Display != "" {
		return &mss.RequestError{Field: "Display", Reason: "must be empty with a transaction approval: the app shows its pairs"}
	}
	if c.cfg.Dialect.method(q.profile) != MethodDevice {
		return &mss.RequestError{Field: "Options.Profile", Reason: "must be one of the app for a transaction approval, such as mssp.ProfileDevice"}
	}
	if err := c.takeApproval(q, req); err != nil {
		return &mss.RequestError{Field: "Data", Reason: err.Error()}
	}
	return nil
}

func (c *Client) takeApproval(q *question, req *mss.Request) error {
	if req.Data.Hash != 0 || req.Data.Encoding != "UTF-8" {
		return errors.New("is no transaction approval: make it with mssp.Approval or mssp.ParseApproval")
	}
	kind, pairs, err := decodeApproval(req.Data.Content)
	if err != nil {
		return err
	}
	if len(pairs) == 0 {
		return errors.New("has no pair: the person must read what they sign")
	}
	if !strings.HasPrefix(pairs[0].Value, c.account.Prefix) {
		return errors.New("does not begin, in the first pair's value, with the prefix of the account; the service would refuse it with 107")
	}
	if !c.cfg.InsecureAllowInvisible {
		if err := checkLegible(kind, pairs); err != nil {
			return err
		}
	}
	if req.AddCode {
		q.code = newCode()
		pairs[0].Value = withCode(pairs[0].Value, q.code)
	}
	if err := checkApprovalSize(kind, pairs); err != nil {
		return err
	}
	q.mimeType, q.text, q.approval = mimeApproval, string(appendApproval(nil, kind, pairs)), pairs
	return nil
}

// checkLegible refuses characters that cannot be seen. A key and the type are one line, so that they cannot look like more
// pairs than there are.
func checkLegible(kind string, pairs []Pair) error {
	check := func(where, text string, lines bool) error {
		if err := legible.Check(text); err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
		if !lines && strings.Contains(text, "\n") {
			return errors.New(where + ": has more than one line")
		}
		return nil
	}
	if err := check("type", kind, false); err != nil {
		return err
	}
	for i, p := range pairs {
		if err := check(fmt.Sprintf("key of pair %d", i+1), p.Key, false); err != nil {
			return err
		}
		if err := check(fmt.Sprintf("value of pair %d", i+1), p.Value, true); err != nil {
			return err
		}
	}
	return nil
}

func checkApprovalSize(kind string, pairs []Pair) error {
	if len(kind) > maxApprovalType {
		return fmt.Errorf("has a type of %d octets; at most %d are allowed", len(kind), maxApprovalType)
	}
	if len(pairs) > maxApprovalPairs {
		return fmt.Errorf("has %d pairs; at most %d are allowed", len(pairs), maxApprovalPairs)
	}
	sum := 0
	for i, p := range pairs {
		if p.Key == "" || len(p.Key) > maxApprovalKey {
			return fmt.Errorf("has a key of %d octets in pair %d; 1 to %d are allowed", len(p.Key), i+1, maxApprovalKey)
		}
		sum += len(p.Key) + len(p.Value)
	}
	if sum > maxApprovalText {
		return fmt.Errorf("has keys and values of %d octets in all; at most %d are allowed", sum, maxApprovalText)
	}
	return nil
}

// digestPairs returns the SHA-256 of the pairs, each part behind its length, so that no two lists have the same octets.
func digestPairs(pairs []Pair) [sha256.Size]byte {
	var b []byte
	for _, p := range pairs {
		for _, part := range []string{p.Key, p.Value} {
			b = binary.BigEndian.AppendUint32(b, uint32(len(part)))
			b = append(b, part...)
		}
	}
	return sha256.Sum256(b)
}
