package registrant

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/gomss/gomss/internal/redact"
	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// judge finds out whether the registry refused. Errors in a body count whatever the status is: the registry reports some
// with 200. A status without such a body is not the registry's word, but a proxy's, or that of another address.
func judge(op operation, r *transport.Reply) error {
	fields, reported := decodeErrors(r.Body)
	switch {
	case reported:
		return &Error{Operation: string(op), Status: r.Status, Fields: fields, reason: reasonOf(op, r.Status, fields)}
	case r.Status == http.StatusOK || r.Status == http.StatusCreated:
		return nil
	case op == opCompanies && r.Status == http.StatusServiceUnavailable && hasMember(r.Body, "companies"):
		// The list is there and empty: the company register is down.
		return &Error{Operation: string(op), Status: r.Status, reason: ErrUnavailable}
	}
	return unreadable(op, r, errors.New("not an answer of the registrant API: check Config.HTTP.URL, which ends before "+basePath))
}

// unreadable is an answer that is not one. Its octets are kept, concealed, but for those of the exchange: they may hold a
// token.
func unreadable(op operation, r *transport.Reply, err error) error {
	e := &mss.TransportError{
		Sent:   mss.Answered,
		Status: r.Status,
		Err:    fmt.Errorf("registrant: %s: answer of %d octets, type %q: %w", op, len(r.Body), redact.Clean(r.ContentType, 40), err),
	}
	if op != opExchange {
		e.Body = mss.Conceal(string(r.Body[:min(len(r.Body), maxKept)]))
	}
	return e
}

const maxKept = 4 << 10 // octets of an answer that cannot be read

func hasMember(body []byte, name string) bool {
	var members map[string]json.RawMessage
	return strictjson.Unmarshal(body, &members) == nil && members[name] != nil
}
