package registrant

import (
	"context"
	"net/http"
	"time"

	"github.com/gomss/gomss/transport"
)

const (
	basePath      = "/api/v1/registrant"
	mediaType     = "application/json"
	answerTimeout = 30 * time.Second // the registry asks the company register while the client waits
)

// Client talks to one registry. It is safe for concurrent use.
type Client struct {
	cfg       Config
	http      *transport.Client
	service   string // host and path of the registry
	simulator bool   // the registry is a simulator
	spent     *spent
}

// Close closes idle connections. Calls under way are not disturbed.
func (c *Client) Close() { c.http.Close() }

// operation names a call in errors and decides what a refusal means.
type operation string

const (
	opExchange       operation = "exchange"
	opDomains        operation = "domains"
	opDomain         operation = "domain"
	opLock           operation = "lock"
	opUnlock         operation = "unlock"
	opContacts       operation = "contacts"
	opContact        operation = "contact"
	opUpdateContact  operation = "update of a contact"
	opNeedUpdate     operation = "question for updates"
	opUpdateContacts operation = "update of contacts"
	opCompanies      operation = "companies"
)

// call is one request.
type call struct {
	op     operation
	method string
	path   string // below basePath, with a query
	body   []byte
	token  *Token // nil for the exchange alone
}

// do sends a request and judges the answer: what it returns has status 200 or 201 and reports no error. A call that
// changes something is sent once, whatever happens; a GET possibly twice (transport.Exchange.Prompts).
func (c *Client) do(ctx context.Context, q *call) (*transport.Reply, error) {
	x := &transport.Exchange{
		Path:    basePath + q.path,
		Method:  q.method,
		Accept:  mediaType,
		Body:    q.body,
		Timeout: answerTimeout,
	}
	if q.body != nil {
		x.ContentType = mediaType
	}
	if q.op != opExchange {
		bearer, err := c.bearer(q.token)
		if err != nil {
			return nil, err
		}
		x.Header = http.Header{"Authorization": {bearer}}
	}
	r, err := c.http.Do(ctx, x)
	if err != nil {
		return nil, err
	}
	return r, judge(q.op, r)
}
