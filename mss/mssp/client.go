package mssp

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// Client is one application's account at one Mobile Signature Service Provider. It is safe for concurrent use and, but
// for the connections, holds nothing that another instance would miss.
type Client struct {
	*Verifier
	cfg         Config
	http        *transport.Client
	endpoints   Endpoints
	scope       string
	outstanding *outstanding
	codeless    onceWarning
}

var _ mss.Service = (*Client)(nil)

// Scope returns what this client's transactions belong to: the kind of service, the environment, the address and the
// account. It is Transaction.Provider, and the scope for mss.NewKeys.
func (c *Client) Scope() string { return c.scope }

// Close closes idle connections. Calls under way are not disturbed.
func (c *Client) Close() { c.http.Close() }

// Start asks the person: MSS_Signature in asynchronous mode. See mss.Service.
func (c *Client) Start(ctx context.Context, req *mss.Request) (*mss.Transaction, error) {
	q, now, err := c.begin(req)
	if err != nil {
		return nil, err
	}
	tx, err := c.start(ctx, q, now)
	if err != nil {
		c.outstanding.release()
		return nil, err
	}
	if !c.outstanding.enter(tx.MSSPTransID, tx.Started, tx.Deadline) {
		return nil, failed("echo", errors.New("the service gave the MSSP_TransID of another transaction that is still outstanding"), nil)
	}
	return tx, nil
}

// begin checks a request and takes a place for it.
func (c *Client) begin(req *mss.Request) (*question, time.Time, error) {
	q, err := c.check(req)
	if err != nil {
		return nil, time.Time{}, err
	}
	now, err := c.now()
	if err != nil {
		return nil, time.Time{}, err
	}
	if !c.outstanding.reserve(time.Now()) {
		return nil, time.Time{}, &mss.RequestError{Field: "Config.MaxOutstanding", Reason: "signatures under way have reached it; wait for some to end"}
	}
	if q.code == "" {
		c.codeless.warn(c.cfg.Logger, "mssp: the signed text names no transaction, so signatures are not Fresh; set Request.AddCode")
	}
	return q, now, nil
}

func (c *Client) start(ctx context.Context, q *question, now time.Time) (*mss.Transaction, error) {
	a, err := c.send(ctx, exchange{
		op:      etsi.OpSignature,
		url:     c.endpoints.Signature,
		message: c.signatureReq(q, modeAsync, now),
		prompts: true,
		timeout: c.cfg.Dialect.AnswerTimeout,
	})
	if err != nil {
		return nil, err
	}
	if a.fault != nil {
		return nil, newFault(a.fault, mss.OpSignature)
	}
	resp := a.message.(*etsi.SignatureResp)
	if err := c.checkEcho(&resp.MessageAbstract, &resp.MobileUser, echo{q.transID, c.cfg.APID, q.user}); err != nil {
		return nil, failed("echo", err, nil)
	}
	if code := statusCode(resp.Status); code != mss.StatusRequestOK {
		return nil, failed("status", errors.New("an asynchronous request must be acknowledged with 100 REQUEST_OK; the answer says "+code.Error()), nil)
	}
	if !isTransID(resp.MSSPTransID) {
		return nil, failed("echo", errors.New("the acknowledgement has no usable MSSP_TransID"), nil)
	}
	st := q.state()
	st.Method = profileURI(resp.SignatureProfile)
	if err := c.checkMethod(st.Asked, st.Method); err != nil {
		return nil, failed("profile", err, nil)
	}
	started := time.Now() // waiting has nothing to do with the clock that certificates are judged by
	return &mss.Transaction{
		Provider:    c.scope,
		TransID:     q.transID,
		MSSPTransID: strings.Clone(resp.MSSPTransID), // the document holds our password
		Purpose:     q.purpose,
		User:        mss.User{MSISDN: q.user},
		Started:     started,
		Deadline:    started.Add(q.timeout + c.cfg.Dialect.Margin),
		PollAt:      started.Add(c.cfg.Dialect.Poll),
		State:       st.encode(),
	}, nil
}

// Prompt returns the comparison code of Request.AddCode, if there is one; the text itself is on the phone.
func (c *Client) Prompt(tx *mss.Transaction, _ time.Time) mss.Prompt {
	st, err := decodeState(tx)
	if err != nil {
		return mss.Prompt{}
	}
	return mss.Prompt{Code: st.Code}
}

// pollGrace is how long after its deadline a transaction, and a handle with it, can still be polled: who restarts must be
// able to fetch an outcome.
const pollGrace = 10 * time.Minute

// Poll asks for the outcome once: MSS_StatusQuery. This kind of service answers at once and ignores hold. Faults 101 to
// 104 and 106 to 108 are about the question and are the error; any other is an outcome.
//
// Its errors are marked with mss.Polled: the phone rang before.
func (c *Client) Poll(ctx context.Context, tx *mss.Transaction, _ time.Duration) (*mss.Status, error) {
	st, err := c.poll(ctx, tx)
	return st, mss.Polled(err)
}

func (c *Client) poll(ctx context.Context, tx *mss.Transaction) (*mss.Status, error) {
	if tx.Provider != c.scope {
		return nil, &mss.RequestError{Field: "Transaction", Reason: "was not made by this client's service, environment, address and account"}
	}
	if time.Now().After(tx.Deadline.Add(pollGrace)) {
		return nil, &mss.RequestError{Field: "Transaction.Deadline", Reason: "has passed long ago; the service keeps no outcome for so long"}
	}
	st, err := decodeState(tx)
	if err != nil {
		return nil, &mss.RequestError{Field: "Transaction.State", Reason: err.Error()}
	}
	now, err := c.now()
	if err != nil {
		return nil, err
	}
	st.QueryID = newTransID()
	a, err := c.send(ctx, exchange{
		op:      etsi.OpStatusQuery,
		url:     c.endpoints.StatusQuery,
		message: c.statusReq(st.QueryID, tx.MSSPTransID, now),
		timeout: c.cfg.Dialect.AnswerTimeout,
	})
	if err != nil {
		return nil, err
	}
	outstanding, err := c.isOutstanding(a, st.QueryID, tx)
	if err != nil {
		return nil, err
	}
	if outstanding {
		return &mss.Status{After: c.cfg.Dialect.Poll}, nil
	}
	c.outstanding.leave(tx.MSSPTransID)
	ev, err := c.evidence(tx, st, a)
	if err != nil {
		return nil, err
	}
	return &mss.Status{Evidence: ev}, nil
}

// isOutstanding reports whether an answer to a poll says that the person has not answered yet. Its error is a fault
// about the question, or an answer to somebody else's.
func (c *Client) isOutstanding(a *answer, queryID string, tx *mss.Transaction) (bool, error) {
	if a.fault != nil {
		if f := newFault(a.fault, mss.OpStatusQuery); aboutQuestion(f.Code) {
			return false, f
		}
		return false, nil
	}
	resp := a.message.(*etsi.StatusResp)
	switch statusCode(resp.Status) {
	case mss.StatusRequestOK, mss.StatusUserSign, mss.StatusOutstanding:
	default:
		return false, nil
	}
	if err := c.checkEcho(&resp.MessageAbstract, &resp.MobileUser, echo{queryID, c.cfg.APID, tx.User.MSISDN}); err != nil {
		return false, failed("echo", err, nil)
	}
	return true, nil
}

// SignSync asks the person and waits for the answer in one call: MSS_Signature in synchronous mode. The connection stays
// open for as long as the person has, plus a margin; there is no transaction that another instance could take over, and
// when the connection breaks the outcome is unknown (mss.MayHaveRung). A code of Request.AddCode makes the signature fresh,
// but nobody can show it in time to be compared. Errors are those of mss.Sign.
func (c *Client) SignSync(ctx context.Context, req *mss.Request) (*mss.Signature, error) {
	q, now, err := c.begin(req)
	if err != nil {
		return nil, err
	}
	defer c.outstanding.release()
	started := time.Now()
	a, err := c.send(ctx, exchange{
		op:      etsi.OpSignature,
		url:     c.endpoints.Signature,
		message: c.signatureReq(q, modeSync, now),
		prompts: true,
		timeout: q.timeout + c.cfg.Dialect.Margin,
	})
	if err != nil {
		return nil, err
	}
	st := q.state()
	st.Sync, st.QueryID = true, q.transID
	ev, err := c.evidence(&mss.Transaction{
		Provider: c.scope,
		TransID:  q.transID,
		Purpose:  q.purpose,
		User:     mss.User{MSISDN: q.user},
		Started:  started,
		Deadline: started.Add(q.timeout + c.cfg.Dialect.Margin),
	}, st, a)
	if err != nil {
		return nil, err
	}
	return c.judge(ev, st, a)
}

// evidence packs a terminal answer. The state keeps the id of the message that it answers and drops what only the prompt
// needed.
func (c *Client) evidence(tx *mss.Transaction, st state, a *answer) (*mss.Evidence, error) {
	now, err := c.now()
	if err != nil {
		return nil, err
	}
	st.Code = ""
	ev := &mss.Evidence{Transaction: *tx, Received: now, Raw: a.raw}
	ev.Transaction.State = st.encode()
	return ev, nil
}

// now is the clock by which certificates are judged. Its zero would mean "whenever" to crypto/x509 (SEC-13).
func (c *Client) now() (time.Time, error) {
	now := c.cfg.Now()
	if now.IsZero() {
		return now, &mss.RequestError{Field: "Config.Now", Reason: "returned the zero time"}
	}
	return now, nil
}
