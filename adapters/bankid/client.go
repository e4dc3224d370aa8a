package bankid

import (
	"context"
	"time"

	"github.com/gomss/gomss/internal/observe"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// Client is one relying party at one BankID environment. It is safe for concurrent use and, but for the connections and the
// time of the last collects, holds nothing that another instance would miss.
type Client struct {
	*Verifier
	cfg     Config
	http    *transport.Client
	env     mss.Environment
	subject string // of our certificate, as signatures have it
	scope   string
	pace    *pacer
}

var _ mss.Service = (*Client)(nil)

// Scope returns what this client's transactions belong to: the kind of service, the environment, the address and the relying
// party. It is Transaction.Provider, and the scope for mss.NewKeys.
func (c *Client) Scope() string { return c.scope }

// Close closes idle connections. Calls under way are not disturbed.
func (c *Client) Close() { c.http.Close() }

// Verify judges an outcome; see Verifier.Verify. The observer is told.
func (c *Client) Verify(ev *mss.Evidence) (*mss.Signature, error) {
	sig, err := c.Verifier.Verify(ev)
	observe.Judged(c.cfg.Observer, ev, sig, err)
	return sig, err
}

// now is the clock of evidence. Its zero would mean "whenever" to crypto/x509 (SEC-13).
func (c *Client) now() (time.Time, error) {
	now := c.cfg.Now()
	if now.IsZero() {
		return now, refuse("Config.Now", "returned the zero time")
	}
	return now, nil
}

// owns refuses a transaction of another service, and one that has no order of this API.
func (c *Client) owns(tx *mss.Transaction) (*state, error) {
	if tx.Provider != c.scope {
		return nil, refuse("Transaction", "was not made by this client's service, environment, address and relying party")
	}
	if !opaquePattern.MatchString(tx.MSSPTransID) {
		return nil, refuse("Transaction.MSSPTransID", "is no reference of an order")
	}
	st, err := decodeState(tx)
	if err != nil {
		return nil, refuse("Transaction.State", err.Error())
	}
	return st, nil
}

// Start makes an order and returns when BankID has taken it. The person then starts the app, with Prompt.Link or Prompt.QR,
// within about 30 seconds; for one who is on the telephone or pays elsewhere, the app has the order by itself. See
// mss.Service.
//
// Request.Display is shown and signed: at most 1500 characters in Base64, or 40,000 for a signing, where it is required.
// Request.Data is the document, of which the digest is signed and not shown; without Data the document is Display. A signature
// is Fresh in any case: AddCode is ignored, as is Language. User.Person restricts who can answer, EndUserIP is required but
// for orders by telephone and for payments elsewhere.
//
// If there is an order for User.Person already, both are gone, and the error is a *mss.Fault with code 406: tell the person,
// and do not try again by yourself.
func (c *Client) Start(ctx context.Context, req *mss.Request) (*mss.Transaction, error) {
	ctx, k := observe.Begin(ctx, c.cfg.Observer, mss.Event{Scope: c.scope, Operation: mss.OpSignature})
	tx, err := c.start(ctx, req, k)
	k.Done(ctx, err)
	return tx, err
}

func (c *Client) start(ctx context.Context, req *mss.Request, k *observe.Call) (*mss.Transaction, error) {
	q, err := c.check(req)
	if err != nil {
		return nil, err
	}
	k.Named(q.transID, "")
	k.Event.Purpose = q.purpose
	var order *orderAnswer
	var started time.Time
	err = c.send(ctx, exchange{
		operation: mss.OpSignature, path: q.endpoint.path, message: &q.order, prompts: true, call: k,
		read: func(body []byte) (code mss.Code, err error) {
			started = time.Now() // the QR code's time counts from here
			order, err = readOrder(body, q.endpoint)
			return mss.StatusRequestOK, err
		},
	})
	if err != nil {
		return nil, err
	}
	k.Named(q.transID, string(order.OrderRef))
	return c.transaction(q, order, started)
}

// transaction is what is kept of an order.
func (c *Client) transaction(q *question, order *orderAnswer, started time.Time) (*mss.Transaction, error) {
	st := newState(q, c.subject)
	st.AutoStart, st.Token, st.Secret = string(order.AutoStart), string(order.Token), string(order.Secret)
	octets, err := st.encode()
	if err != nil {
		return nil, err
	}
	return &mss.Transaction{
		Provider:    c.scope,
		TransID:     q.transID,
		MSSPTransID: string(order.OrderRef),
		Purpose:     q.purpose,
		User:        mss.User{Person: q.person},
		Started:     started,
		Deadline:    started.Add(OrderTime + outcomeGrace),
		PollAt:      started,
		State:       octets,
	}, nil
}
