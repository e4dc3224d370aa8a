package skmid

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gomss/gomss/internal/observe"
	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// Client is one relying party at one Mobile-ID service. It is safe for concurrent use and, but for the connections, holds
// nothing that another instance would miss.
type Client struct {
	*Verifier
	cfg   Config
	http  *transport.Client
	scope string
}

var _ mss.Service = (*Client)(nil)

// Scope returns what this client's transactions belong to: the kind of service, the environment, the address and the relying
// party. It is Transaction.Provider, and the scope for mss.NewKeys.
func (c *Client) Scope() string { return c.scope }

// Close closes idle connections. Calls under way are not disturbed.
func (c *Client) Close() { c.http.Close() }

const (
	// sessionTime is how long a session can take: the person has two minutes, and the messages to the phone theirs.
	sessionTime = 150 * time.Second

	// pollGrace is how long after its deadline a transaction, and a handle with it, can still be polled. The service forgets
	// sessions within five minutes.
	pollGrace = 5 * time.Minute

	// The service raises and lowers what is asked for to these; the answer needs time on its way too.
	minHold  = time.Second
	maxHold  = time.Minute
	holdTime = 5 * time.Second
)

// Start asks the person and returns when the service has taken the request, which is about when the phone rings: show
// Prompt.Code at once. Of a signing without Request.Key it first asks for the person's signing certificate; a failure of that is a
// *mss.Fault of mss.OpProfileQuery (422: the person has none), a *mss.RequestError, or a *mss.TransportError that says NotSent:
// no phone rang. See mss.Service.
//
// Request.Display is not signed and may be "". Of a phone's 7-bit alphabet it may have 100 characters, five of them of €[]{}^|~\,
// else 50. AddCode is ignored for an authentication, whose signature is fresh in any case, and refused for a signing.
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
	now, err := c.now()
	if err != nil {
		return nil, err
	}
	if err := c.admit(ctx, req); err != nil {
		return nil, err
	}
	if q.purpose == mss.Signing {
		if err := c.settleKey(ctx, q, now); err != nil {
			return nil, err
		}
	}
	session, err := c.ask(ctx, q, k)
	if err != nil {
		return nil, err
	}
	k.Named(q.transID, session)
	st := state{purpose: q.purpose, digest: q.digest, display: q.display}
	if q.certificate != nil {
		st.certificate = q.certificate.Raw
	}
	started := time.Now() // waiting has nothing to do with the clock that certificates are judged by
	return &mss.Transaction{
		Provider:    c.scope,
		TransID:     q.transID,
		MSSPTransID: session,
		Purpose:     q.purpose,
		User:        q.user,
		Started:     started,
		Deadline:    started.Add(sessionTime),
		PollAt:      started,
		State:       st.encode(),
	}, nil
}

// admit asks the application whether the phone may ring.
func (c *Client) admit(ctx context.Context, req *mss.Request) error {
	if c.cfg.Admit == nil {
		return nil
	}
	if err := c.cfg.Admit(ctx, req); err != nil {
		return &mss.RequestError{Field: "Config.Admit", Reason: "refused the request", Err: err}
	}
	return nil
}

// settleKey has the certificate that will sign there and checked before the phone rings: without it the answer would prove
// nothing.
func (c *Client) settleKey(ctx context.Context, q *question, now time.Time) error {
	fetched := q.certificate == nil
	if fetched {
		var err error
		if q.certificate, err = c.certificate(ctx, q.user, q.transID); err != nil {
			return unrung(err)
		}
	}
	err := c.checkSigner(q, now)
	switch {
	case err == nil:
		return nil
	case fetched:
		return &mss.RequestError{Field: "Key", Reason: "the service gave a signing certificate that cannot be used; no phone rang: " + err.Error(), Err: err}
	}
	return &mss.RequestError{Field: "Key", Reason: "cannot be used: " + err.Error(), Err: err}
}

// checkSigner holds the certificate that is to sign against what Verify will ask of it, and against the room that there is for
// it. It is read anew: a certificate that somebody composed says nothing.
func (c *Client) checkSigner(q *question, now time.Time) error {
	if len(q.certificate.Raw) > maxStateCertificate {
		return failed("certificate", fmt.Errorf("has over %d octets, for which a sealed transaction has no room", maxStateCertificate))
	}
	cert, err := parseCertificate(q.certificate.Raw)
	if err != nil {
		return failed("certificate", err)
	}
	_, _, err = c.identify(cert, mss.Signing, q.user.Person, now)
	return err
}

// unrung says of an error of what came before the prompt that no phone rang, where mss.MayHaveRung could not tell.
func unrung(err error) error {
	if !mss.MayHaveRung(err) {
		return err
	}
	return &mss.RequestError{Field: "Key", Reason: "the signing certificate could not be fetched, and no phone rang: " + err.Error(), Err: err}
}

// ask makes the phone ring, once.
func (c *Client) ask(ctx context.Context, q *question, k *observe.Call) (session string, err error) {
	err = c.send(ctx, exchange{
		operation: mss.OpSignature,
		path:      paths[q.purpose],
		message: startRequest{
			party:    c.party(),
			person:   person{Phone: q.user.MSISDN.Reveal(), Code: q.code},
			Hash:     base64.StdEncoding.EncodeToString(q.digest),
			HashType: hashNames[hashOf(len(q.digest))],
			Language: q.language,
			Text:     q.display,
			Format:   q.format,
		},
		prompts: true,
		timeout: answerTime,
		call:    k,
		read: func(body []byte) (mss.Code, error) {
			var a startAnswer
			if err := strictjson.Unmarshal(body, &a); err != nil {
				return 0, err
			}
			if !sessionPattern.MatchString(a.SessionID) {
				return 0, errors.New("the acknowledgement has no usable sessionID")
			}
			session = strings.Clone(a.SessionID)
			return mss.StatusRequestOK, nil
		},
	})
	return session, err
}

func (c *Client) party() party { return party{c.cfg.RelyingPartyName, c.cfg.RelyingPartyUUID} }

// Prompt returns the verification code, which the phone shows as well. It does not change.
func (c *Client) Prompt(tx *mss.Transaction, _ time.Time) mss.Prompt {
	st, err := decodeState(tx)
	if err != nil {
		return mss.Prompt{}
	}
	code, err := VerificationCode(st.digest)
	if err != nil {
		return mss.Prompt{}
	}
	return mss.Prompt{Code: code}
}

// Poll asks for the status once. The service keeps the question open for hold, at least a second and at most a minute, and
// answers at once when the state changes. A session that it does not know any more is a *mss.Fault with code 208.
//
// Of two polls at the same time for one transaction the older is answered with "running" at once: have one under way. All must
// leave by the address that the transaction was started from. Errors are marked with mss.Polled: the phone rang before.
func (c *Client) Poll(ctx context.Context, tx *mss.Transaction, hold time.Duration) (*mss.Status, error) {
	ctx, k := observe.Begin(ctx, c.cfg.Observer, mss.Event{Scope: c.scope, Operation: mss.OpStatusQuery, Purpose: tx.Purpose})
	st, err := c.poll(ctx, tx, hold, k)
	k.Done(ctx, err)
	return st, mss.Polled(err)
}

func (c *Client) poll(ctx context.Context, tx *mss.Transaction, hold time.Duration, k *observe.Call) (*mss.Status, error) {
	if tx.Provider != c.scope {
		return nil, &mss.RequestError{Field: "Transaction", Reason: "was not made by this client's service, environment, address and relying party"}
	}
	k.Named(tx.TransID, tx.MSSPTransID)
	if time.Now().After(tx.Deadline.Add(pollGrace)) {
		return nil, &mss.RequestError{Field: "Transaction.Deadline", Reason: "has passed long ago; the service keeps no session for so long"}
	}
	if _, err := decodeState(tx); err != nil {
		return nil, &mss.RequestError{Field: "Transaction.State", Reason: err.Error()}
	}
	if !sessionPattern.MatchString(tx.MSSPTransID) {
		return nil, &mss.RequestError{Field: "Transaction.MSSPTransID", Reason: "is no id of a session"}
	}
	wait := min(max(hold, minHold), maxHold)
	begun := time.Now()
	var raw []byte
	err := c.send(ctx, exchange{
		operation: mss.OpStatusQuery,
		path:      paths[tx.Purpose] + "/session/" + tx.MSSPTransID + "?timeoutMs=" + strconv.FormatInt(wait.Milliseconds(), 10),
		timeout:   wait + holdTime,
		call:      k,
		read: func(body []byte) (code mss.Code, err error) {
			raw = body
			return statusCode(body)
		},
	})
	if err != nil {
		return nil, err
	}
	k.Polled(ctx, tx)
	if k.Event.Code == mss.StatusOutstanding {
		return &mss.Status{After: pause(hold, time.Since(begun))}, nil
	}
	now, err := c.now()
	if err != nil {
		return nil, err
	}
	return &mss.Status{Evidence: &mss.Evidence{Transaction: *tx, Received: now, Raw: raw}}, nil
}

// statusCode returns how a session stands: 504 outstanding, 500 signed, or the code of its fault.
func statusCode(body []byte) (mss.Code, error) {
	a, err := readSession(body)
	switch {
	case err != nil:
		return 0, err
	case a.State == stateRunning:
		return mss.StatusOutstanding, nil
	case a.Result == resultOK:
		return mss.StatusSignature, nil
	}
	return sessionFault(a).Code, nil
}

// pause is the time until the next poll. After a question that was kept open it is none; a service that answers sooner than it
// documents, or is to, is given a second.
func pause(hold, took time.Duration) time.Duration {
	if hold < minHold || took < minHold {
		return minHold
	}
	return 0
}

// Verify judges an outcome; see Verifier.Verify. The observer is told.
func (c *Client) Verify(ev *mss.Evidence) (*mss.Signature, error) {
	sig, err := c.Verifier.Verify(ev)
	observe.Judged(c.cfg.Observer, ev, sig, err)
	return sig, err
}

// now is the clock by which certificates are judged. Its zero would mean "whenever" to crypto/x509 (SEC-13).
func (c *Client) now() (time.Time, error) {
	now := c.cfg.Now()
	if now.IsZero() {
		return now, &mss.RequestError{Field: "Config.Now", Reason: "returned the zero time"}
	}
	return now, nil
}
