package hermod

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/gomss/gomss/internal/strictjson"
)

// record is a command record: the answer to a command at once, and the body of a callback.
type record struct {
	CommandID, ExternalID, CommandType, State, FQDN string

	Destinations []destination
	Header       *responseHeader // nil: no device has answered
	Response     *response       // nil: likewise
}

// destination is a mailbox that the command was put into.
type destination struct {
	To       string
	BID      string // the mailbox
	URI      string // starts the client for it; secret
	MID      string // the message
	PID      string // the profile; "" where none is known yet
	Location string // the message's address, for devices alone
}

// responseHeader says which message was answered.
type responseHeader struct {
	InReplyTo string
	Status    int
}

type response struct {
	Code   int
	Result *result // nil: there is none
}

type result struct{ ContentType, Data string }

// Limits of a record.
const (
	maxRecord       = 512 << 10 // octets
	maxName         = 256       // of names and ids
	maxAddress      = 2 << 10   // of URIs
	maxDestinations = 1 << 10   // more would not fit into maxRecord, with the members that they have
)

// A number becomes part of an MSSP_TransID.
var commandIDPattern = regexp.MustCompile(`^[0-9]{1,20}$`)

// readRecord reads a command record. Members that are not known are passed over, and kept in the raw answer. Errors name the
// member, or the line where it is no JSON, and never what stands there.
func readRecord(body []byte, kind commandKind, t *Inferred) (*record, error) {
	if len(body) > maxRecord {
		return nil, fmt.Errorf("is longer than %d octets", maxRecord)
	}
	if err := strictjson.Check(body); err != nil {
		return nil, inLine(body, err)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil || members == nil {
		return nil, errors.New("is JSON, but no object")
	}
	m := recordReader{members: members}
	r := &record{
		CommandID: m.text("commandId", maxName), ExternalID: m.text("externalId", maxName), CommandType: m.text("commandType", maxName),
		State: m.text("state", maxName), FQDN: m.text("fqdn", maxName),
	}
	r.Destinations = m.destinations()
	r.Header = m.header()
	r.Response = m.response(t.names(kind).Response)
	if m.err == nil && !commandIDPattern.MatchString(r.CommandID) {
		m.err = errors.New("commandId: is missing, or no number of 1 to 20 digits in a string")
	}
	if m.err != nil {
		return nil, m.err
	}
	return r, nil
}

// recordReader reads members of an object. The first error sticks.
type recordReader struct {
	path    string
	members map[string]json.RawMessage
	err     error
}

func (m *recordReader) fail(name, reason string) {
	if m.err == nil {
		m.err = errors.New(m.path + name + ": " + reason)
	}
}

// has reports whether there is a member, and it is not null.
func (m *recordReader) has(name string) bool {
	v, ok := m.members[name]
	return ok && string(bytes.TrimSpace(v)) != "null"
}

// text reads a string; "" where there is none.
func (m *recordReader) text(name string, limit int) (s string) {
	if !m.has(name) {
		return ""
	}
	if json.Unmarshal(m.members[name], &s) != nil {
		m.fail(name, "is no string")
	}
	if len(s) > limit {
		m.fail(name, fmt.Sprintf("is longer than %d octets", limit))
		return ""
	}
	return s
}

// number reads an integer, which must be there.
func (m *recordReader) number(name string) (n int) {
	if !m.has(name) || json.Unmarshal(m.members[name], &n) != nil {
		m.fail(name, "is missing, or no integer")
	}
	return n
}

// object reads a member that is an object; nil where there is none.
func (m *recordReader) object(name string) *recordReader {
	if !m.has(name) {
		return nil
	}
	o := &recordReader{path: m.path + name + "."}
	if json.Unmarshal(m.members[name], &o.members) != nil {
		m.fail(name, "is no object")
		return nil
	}
	return o
}

// adopt takes over the error of a member's reader.
func (m *recordReader) adopt(o *recordReader) {
	if m.err == nil {
		m.err = o.err
	}
}

func (m *recordReader) destinations() (list []destination) {
	var raw []json.RawMessage
	if !m.has("destinations") {
		return nil
	}
	if json.Unmarshal(m.members["destinations"], &raw) != nil {
		m.fail("destinations", "is no array")
		return nil
	}
	if len(raw) > maxDestinations {
		m.fail("destinations", fmt.Sprintf("has more than %d entries", maxDestinations))
		return nil
	}
	for i, v := range raw {
		o := recordReader{path: fmt.Sprintf("%sdestinations[%d].", m.path, i)}
		if json.Unmarshal(v, &o.members) != nil || o.members == nil {
			m.fail(fmt.Sprintf("destinations[%d]", i), "is no object")
			return nil
		}
		list = append(list, destination{
			To: o.text("to", 4*maxName), BID: o.text("bid", maxName), URI: o.text("uri", maxAddress), MID: o.text("mid", maxName),
			PID: o.text("pid", maxName), Location: o.text("location", maxAddress),
		})
		m.adopt(&o)
	}
	return list
}

func (m *recordReader) header() *responseHeader {
	o := m.object("responseHeader")
	if o == nil {
		return nil
	}
	defer func() { m.adopt(o) }()
	return &responseHeader{InReplyTo: o.text("inReplyTo", maxAddress), Status: o.number("status")}
}

func (m *recordReader) response(name string) *response {
	o := m.object(name)
	if o == nil {
		return nil
	}
	defer func() { m.adopt(o) }()
	r := &response{Code: o.number("code")}
	if p := o.object("result"); p != nil {
		r.Result = &result{ContentType: p.text("contenttype", maxName), Data: p.text("data", maxRecord)}
		o.adopt(p)
	}
	return r
}

// inLine says in which line of a document an error of strictjson is, which tells an offset.
func inLine(body []byte, err error) error {
	_, at, _ := strings.Cut(err.Error(), "offset ")
	digits, _, _ := strings.Cut(at, ":")
	offset, notThere := strconv.Atoi(digits)
	if notThere != nil {
		return err
	}
	line := 1 + bytes.Count(body[:min(max(offset-1, 0), len(body))], []byte("\n"))
	return fmt.Errorf("line %d: %w", line, err)
}
