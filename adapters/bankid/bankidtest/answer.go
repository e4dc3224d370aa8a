package bankidtest

import (
	"encoding/json"
	"net/http"
	"time"
)

// jsonReply writes an answer.
func (s *Server) jsonReply(status int, v any) *reply {
	doc, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings, booleans and structs of them
	}
	if s.misbehaviour().Unknown {
		doc = behindBrace(doc, `"somethingNew":{"of":["tomorrow",7]}`)
	}
	return newReply(status, typeJSON, doc)
}

// behindBrace puts members in front of an object's others.
func behindBrace(doc []byte, members string) []byte {
	if len(doc) > len("{}") {
		members += ","
	}
	return append([]byte("{"+members), doc[1:]...)
}

// start begins an order.
func (s *Server) start(c call, ep *endpoint) (*reply, error) {
	q, bad := ep.read(c.doc, s.options.OptionalNumber)
	if bad != "" {
		return s.invalid(bad), nil
	}
	s.history.Set(func() {
		c.note.Number, c.note.EndUserIP, c.note.ReturnURL = q.number, q.endUserIP, q.returnURL
		c.note.Visible, c.note.NonVisible = q.visible, q.nonVisible
	})
	e := s.begin(q, c)
	if e == nil {
		return s.errorReply(http.StatusBadRequest, "alreadyInProgress", "Order already in progress for pno"), nil
	}
	s.history.Set(func() { c.note.OrderRef = e.ref })
	return s.spoil(c.ctx, e.person.ForgeStart, s.jsonReply(http.StatusOK, struct {
		OrderRef       string `json:"orderRef"`
		AutoStartToken string `json:"autoStartToken,omitempty"`
		QRStartToken   string `json:"qrStartToken,omitempty"`
		QRStartSecret  string `json:"qrStartSecret,omitempty"`
	}{e.ref, e.autoStart, e.qrToken, e.qrSecret}))
}

// begin begins an order. There is none if the person that it requires has one that is pending: both come to nothing.
func (s *Server) begin(q *question, c call) *order {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.forget(now)
	if other := s.asked[q.number]; other != nil && other.pending(now) {
		s.count(other, now)
		other.acted, other.act = now, "cancelled"
		return nil
	}
	e := s.newOrder(q, s.personOf(q.number), now)
	e.relyingName, e.displayName = subjectText(c.from), subjectName(c.from)
	s.orders[e.ref] = e
	if q.number != "" {
		s.asked[q.number] = e
	}
	s.began = append(s.began, e)
	return e
}

// reference reads the body of collect and cancel.
func reference(doc []byte) (ref, bad string) {
	m, bad := parseMembers(doc)
	if m == nil {
		return "", bad
	}
	m.need("orderRef", &ref)
	m.done()
	return ref, *m.bad
}

const noOrder = "No such order"

// status is what collect answers while there is no signature.
type status struct {
	OrderRef string `json:"orderRef"`
	Status   string `json:"status"`
	Hint     string `json:"hintCode"`
}

// collect answers how an order stands. A final answer is given once.
func (s *Server) collect(c call) (*reply, error) {
	ref, bad := reference(c.doc)
	if bad != "" {
		return s.invalid(bad), nil
	}
	s.history.Set(func() { c.note.OrderRef = ref })
	e, act, hint, refusal := s.look(ref)
	switch {
	case refusal != nil:
		return refusal, nil
	case hint != "":
		return s.jsonReply(http.StatusOK, status{ref, "pending", hint}), nil
	}
	answer, err := s.outcome(e, act)
	if err != nil {
		return nil, err
	}
	return s.spoil(c.ctx, e.person.Forge, answer)
}

// look returns how an order stands: a hint while it is pending, and then once what it came to.
func (s *Server) look(ref string) (e *order, act Act, hint string, refusal *reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if e = s.find(ref, now); e == nil {
		return nil, "", "", s.invalid(noOrder)
	}
	if !s.options.CollectFreely && now.Sub(e.collected) < collectPace {
		return nil, "", "", s.errorReply(http.StatusTooManyRequests, "tooManyRequests", "An order is collected once a second at most")
	}
	e.collected = now
	if e.pending(now) {
		return e, "", e.hint(now), nil
	}
	_, act = e.ending()
	s.end(e, now)
	return e, act, "", nil
}

// outcome is the final answer.
func (s *Server) outcome(e *order, act Act) (*reply, error) {
	if act == Sign {
		return s.complete(e)
	}
	return s.jsonReply(http.StatusOK, status{e.ref, "failed", act.hint()}), nil
}

// cancel ends a pending order.
func (s *Server) cancel(c call) (*reply, error) {
	ref, bad := reference(c.doc)
	if bad != "" {
		return s.invalid(bad), nil
	}
	s.history.Set(func() { c.note.OrderRef = ref })
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	e := s.find(ref, now)
	if e == nil || !e.pending(now) {
		return s.invalid(noOrder), nil
	}
	s.end(e, now)
	return s.jsonReply(http.StatusOK, struct{}{}), nil
}
