package phones

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// historyLimit bounds how many exchanges are kept; the oldest are forgotten first. With bodies of wiretap.Limit at most they
// take 128 MiB at the very most.
const historyLimit = 1000

// maxHead bounds what is kept of a path, and of a content type, in octets: no provider's are nearly as long.
const maxHead = 512

// Exchange is a request that reached a simulator, with its answer. It is not changed once it is in the history.
type Exchange struct {
	N           int       `json:"n"` // counts from 1
	Time        time.Time `json:"time"`
	Provider    string    `json:"provider"`
	Method      string    `json:"method"`
	Path        string    `json:"path"`
	Operation   string    `json:"operation"`
	Transaction string    `json:"transaction,omitempty"` // the provider's id of what it is about
	Outgoing    bool      `json:"outgoing,omitempty"`    // from the simulator to the relying party: a callback
	Status      int       `json:"status"`

	RequestType string `json:"requestType,omitempty"`
	Request     []byte `json:"-"`
	AnswerType  string `json:"answerType,omitempty"`
	Answer      []byte `json:"-"`
}

// RequestText is the request as a person reads it.
func (x *Exchange) RequestText() string { return pretty(x.RequestType, x.Request) }

// AnswerText is the answer as a person reads it.
func (x *Exchange) AnswerText() string { return pretty(x.AnswerType, x.Answer) }

// wire is an exchange as all simulators tell of it. They keep wiretap.Limit of a body.
type wire struct {
	Method, Path string
	RequestType  string
	Request      []byte
	Status       int
	ContentType  string
	Answer       []byte
}

// record keeps an exchange. describe says what it is about.
func (h *Hub) record(provider string, w wire, describe func(*Exchange)) {
	x := &Exchange{
		Time: time.Now(), Provider: provider, Method: head(w.Method), Path: head(w.Path), Status: w.Status,
		RequestType: head(w.RequestType), Request: w.Request, AnswerType: head(w.ContentType), Answer: w.Answer,
	}
	describe(x)
	h.history.add(x)
}

// head is the beginning of a text.
func head(s string) string { return strings.Clone(s[:min(len(s), maxHead)]) }

// history is what has gone over the wire.
type history struct {
	mu   sync.Mutex
	last int
	list []*Exchange
}

// add numbers an exchange and keeps it.
func (h *history) add(x *Exchange) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last++
	x.N = h.last
	if len(h.list) == historyLimit {
		h.list = slices.Delete(h.list, 0, historyLimit/10)
	}
	h.list = append(h.list, x)
}

// all returns the exchanges, oldest first.
func (h *history) all() []*Exchange {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.list)
}

// find returns one; nil where there is none, or not any more.
func (h *history) find(n int) *Exchange {
	h.mu.Lock()
	defer h.mu.Unlock()
	i, ok := slices.BinarySearchFunc(h.list, n, func(x *Exchange, n int) int { return x.N - n })
	if !ok {
		return nil
	}
	return h.list[i]
}
