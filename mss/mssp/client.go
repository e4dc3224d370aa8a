package mssp

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/claims"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// Client is one application's account at one Mobile Signature Service Provider. It is safe for concurrent use and, but
// for the connections, holds nothing that another instance would miss.
type Client struct {
	*Verifier
	cfg         Config
	account     Account
	http        *transport.Client
	codec       *codec
	wire        Wire
	service     string // the scope without the account
	scope       string
	outstanding *outstanding
	receipts    *claims.Memory // MSSP_TransIDs that had their receipt
	codeless    *onceWarning
}

var _ mss.Service = (*Client)(nil)

// Scope returns what this client's transactions belong to: the kind of service, the environment, the address and the
// account. It is Transaction.Provider, and the scope for mss.NewKeys.
func (c *Client) Scope() string { return c.scope }

// Close closes idle connections. Calls under way are not disturbed.
func (c *Client) Close() { c.http.Close() }

// Start asks the person: MSS_Signature in asynchronous mode. See mss.Service.
func (c *Client) Start(ctx context.Context, req *mss.Request) (*mss.Transaction, error) {
	ctx, k := c.observe(ctx, mss.Event{Operation: mss.OpSignature})
	tx, err := c.start(ctx, req, k)
	k.done(ctx, err)
	return tx, err
}

func (c *Client) start(ctx context.Context, req *mss.Request, k *call) (*mss.Transaction, error) {
	q, now, err := c.begin(ctx, req, k)
	if err != nil {
		return nil, err
	}
	entered, busy := false, time.Now().Add(q.timeout) // should a hook panic: a place must not be lost
	defer func() {
		if !entered {
			c.outstanding.release(q.user, busy)
		}
	}()
	tx, err := c.ask(ctx, q, now, k)
	if err != nil {
		busy = q.unheard(err)
		return nil, err
	}
	if entered = c.outstanding.enter(tx.MSSPTransID, q.user, tx.Started, tx.Deadline); !entered {
		busy = tx.Deadline // it was accepted
		return nil, failed("echo", errors.New("the service gave the MSSP_TransID of another transaction that is still outstanding"), nil)
	}
	return tx, nil
}

// begin checks a request and takes a place for it; what holds the place must release it.
func (c *Client) begin(ctx context.Context, req *mss.Request, k *call) (*question, time.Time, error) {
	q, err := c.check(req)
	if err != nil {
		return nil, time.Time{}, err
	}
	k.named(q.transID, "")
	k.event.Purpose = q.purpose
	if k.event.Synchronous && q.options.RedirectURI != "" {
		return nil, time.Time{}, &mss.RequestError{Field: "Options.RedirectURI", Reason: "needs the asynchronous mode: the link must be shown before the person can sign; use Start"}
	}
	now, err := c.now()
	if err != nil {
		return nil, time.Time{}, err
	}
	if err := c.outstanding.reserve(q.user, time.Now(), c.cfg.OneAtATime); err != nil {
		return nil, time.Time{}, err
	}
	admitted := false
	defer func() {
		if !admitted {
			c.outstanding.release(q.user, time.Time{})
		}
	}()
	if err := c.admit(ctx, q); err != nil {
		return nil, time.Time{}, err
	}
	if q.code == "" {
		c.codeless.warn(c.cfg.Logger, "mssp: the signed text names no transaction, so signatures are not Fresh; set Request.AddCode")
	}
	admitted = true
	return q, now, nil
}

// unheard returns until when the phone may be busy with a request that failed with err; zero if it never rang.
func (q *question) unheard(err error) time.Time {
	if !mss.MayHaveRung(err) {
		return time.Time{}
	}
	return time.Now().Add(q.timeout)
}

func (c *Client) ask(ctx context.Context, q *question, now time.Time, k *call) (*mss.Transaction, error) {
	a, err := c.send(ctx, exchange{
		op:      etsi.OpSignature,
		url:     c.wire.Endpoints.Signature,
		message: c.signatureReq(q, modeAsync, now),
		prompts: true,
		timeout: c.cfg.Dialect.AnswerTimeout,
		text:    "Display",
		call:    k,
	})
	if err != nil {
		return nil, err
	}
	if a.fault != nil {
		return nil, newFault(a.fault, mss.OpSignature)
	}
	resp := a.message.(*etsi.SignatureResp)
	if err := c.checkEcho(&resp.MessageAbstract, &resp.MobileUser, echo{q.transID, c.account.APID, q.user}); err != nil {
		return nil, failed("echo", err, nil)
	}
	if code := statusCode(resp.Status); code != mss.StatusRequestOK {
		return nil, failed("status", errors.New("an asynchronous request must be acknowledged with 100 REQUEST_OK; the answer says "+code.Error()), nil)
	}
	if !isTransID(resp.MSSPTransID) {
		return nil, failed("echo", errors.New("the acknowledgement has no usable MSSP_TransID"), nil)
	}
	st := q.state()
	st.Method = strings.Clone(profileURI(resp.SignatureProfile)) // the document holds our password
	if err := c.checkMethod(st.Asked, st.Method); err != nil {
		return nil, failed("profile", err, nil)
	}
	if st.Link, err = appLink(q, resp); err != nil {
		return nil, failed("app2app", err, nil)
	}
	started := time.Now() // waiting has nothing to do with the clock that certificates are judged by
	return &mss.Transaction{
		Provider:    c.scope,
		TransID:     q.transID,
		MSSPTransID: strings.Clone(resp.MSSPTransID),
		Purpose:     q.purpose,
		User:        mss.User{MSISDN: q.user},
		Started:     started,
		Deadline:    started.Add(q.timeout + c.cfg.Dialect.Margin),
		PollAt:      started.Add(c.cfg.Dialect.Poll),
		State:       st.encode(),
	}, nil
}

// Prompt returns the comparison code of Request.AddCode and the link of App2App, where there are such; the text itself is
// on the phone.
func (c *Client) Prompt(tx *mss.Transaction, _ time.Time) mss.Prompt {
	st, err := decodeState(tx)
	if err != nil {
		return mss.Prompt{}
	}
	return mss.Prompt{Code: st.Code, Link: mss.Conceal(st.Link)}
}

// pollGrace is how long after its deadline a transaction, and a handle with it, can still be polled: who restarts must be
// able to fetch an outcome.
const pollGrace = 10 * time.Minute

// Poll asks for the outcome once: MSS_StatusQuery. This kind of service answers at once and ignores hold. Faults 101 to
// 104 and 106 to 108 are about the question and are the error; any other is an outcome.
//
// Its errors are marked with mss.Polled: the phone rang before.
func (c *Client) Poll(ctx context.Context, tx *mss.Transaction, _ time.Duration) (*mss.Status, error) {
	ctx, k := c.observe(ctx, mss.Event{Operation: mss.OpStatusQuery, Purpose: tx.Purpose})
	st, err := c.poll(ctx, tx, k)
	k.done(ctx, err)
	return st, mss.Polled(err)
}

func (c *Client) poll(ctx context.Context, tx *mss.Transaction, k *call) (*mss.Status, error) {
	if tx.Provider != c.scope {
		return nil, &mss.RequestError{Field: "Transaction", Reason: "was not made by this client's service, environment, address and account"}
	}
	k.named(tx.TransID, tx.MSSPTransID)
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
	query := func() etsi.Message {
		st.QueryID = newTransID()
		return c.statusReq(st.QueryID, tx.MSSPTransID, now)
	}
	a, err := c.send(ctx, exchange{
		op:      etsi.OpStatusQuery,
		url:     c.wire.Endpoints.StatusQuery,
		message: query(),
		renew:   query,
		timeout: c.cfg.Dialect.AnswerTimeout,
		text:    "Transaction",
		call:    k,
	})
	if err != nil {
		return nil, err
	}
	outstanding, err := c.isOutstanding(a, st.QueryID, tx)
	if err != nil {
		return nil, err
	}
	k.polled(ctx, tx, outstanding)
	if outstanding {
		return &mss.Status{After: c.cfg.Dialect.Poll}, nil
	}
	again := c.outstanding.leave(tx.MSSPTransID)
	st.Superseded = again && c.cfg.Dialect.method(st.Method) != MethodSIM // which refuses the new request, and keeps the old
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
	err := c.checkEcho(&resp.MessageAbstract, &resp.MobileUser, echo{queryID, c.account.APID, tx.User.MSISDN})
	if err == nil {
		err = checkTransaction(newOutcome(resp, state{}).transID, tx)
	}
	if err != nil {
		return false, failed("echo", err, nil)
	}
	return true, nil
}

// Verify judges an outcome; see Verifier.Verify. The observer is told.
func (c *Client) Verify(ev *mss.Evidence) (*mss.Signature, error) {
	sig, err := c.Verifier.Verify(ev)
	c.judged(ev, sig, err)
	return sig, err
}

// SignSync asks the person and waits for the answer in one call: MSS_Signature in synchronous mode. The connection stays
// open for as long as the person has, plus a margin; there is no transaction that another instance could take over, and
// when the connection breaks the outcome is unknown (mss.MayHaveRung). A code of Request.AddCode makes the signature fresh,
// but nobody can show it in time to be compared. App2App is refused. Errors are those of mss.Sign.
func (c *Client) SignSync(ctx context.Context, req *mss.Request) (*mss.Signature, error) {
	ctx, k := c.observe(ctx, mss.Event{Operation: mss.OpSignature, Synchronous: true})
	sig, err := c.signSync(ctx, req, k)
	k.done(ctx, err)
	return sig, err
}

func (c *Client) signSync(ctx context.Context, req *mss.Request, k *call) (*mss.Signature, error) {
	q, now, err := c.begin(ctx, req, k)
	if err != nil {
		return nil, err
	}
	busy := time.Now().Add(q.timeout) // should a hook panic
	defer func() { c.outstanding.release(q.user, busy) }()
	started := time.Now()
	a, err := c.send(ctx, exchange{
		op:      etsi.OpSignature,
		url:     c.wire.Endpoints.Signature,
		message: c.signatureReq(q, modeSync, now),
		prompts: true,
		timeout: q.timeout + c.cfg.Dialect.Margin,
		text:    "Display",
		call:    k,
	})
	if err != nil {
		busy = q.unheard(err)
		return nil, err
	}
	busy = time.Time{}
	tx := &mss.Transaction{
		Provider: c.scope,
		TransID:  q.transID,
		Purpose:  q.purpose,
		User:     mss.User{MSISDN: q.user},
		Started:  started,
		Deadline: started.Add(q.timeout + c.cfg.Dialect.Margin),
	}
	tx.MSSPTransID = a.transID() // for the receipt
	st := q.state()
	st.Sync, st.QueryID = true, q.transID
	ev, err := c.evidence(tx, st, a)
	if err != nil {
		return nil, err
	}
	sig, err := c.judge(ev, st, a)
	c.judged(ev, sig, err)
	return sig, err
}

// evidence packs a terminal answer. The state keeps the id of the message that it answers and drops what only the prompt
// needed.
func (c *Client) evidence(tx *mss.Transaction, st state, a *answer) (*mss.Evidence, error) {
	now, err := c.now()
	if err != nil {
		return nil, err
	}
	st.Code, st.Link = "", ""
	st.JSON = c.cfg.Binding == JSON
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
