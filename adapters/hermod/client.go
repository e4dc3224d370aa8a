package hermod

import (
	"context"
	"crypto/sha256"
	"errors"
	"sync"
	"time"

	"github.com/gomss/gomss/internal/observe"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// Client is one API user of one Hermod. It is safe for concurrent use. What is outstanding is in Config.Store, and who has enrolled
// in Config.Registry: another instance with the same ones can go on with everything.
type Client struct {
	*Verifier
	cfg    Config
	http   *transport.Client
	scope  string
	apiKey string // value of X-Api-Key

	codeless sync.Once // a warning
}

var _ mss.Service = (*Client)(nil)

// Scope returns what this client's transactions belong to: the kind of service, the environment, the address and the API user.
// It is Transaction.Provider, and the scope for mss.NewKeys.
func (c *Client) Scope() string { return c.scope }

// Close closes idle connections. Calls under way are not disturbed.
func (c *Client) Close() { c.http.Close() }

// Verify judges an outcome of this client's Scope; see Verifier.Verify, which judges those of other Hermods and API users too. The
// observer is told.
func (c *Client) Verify(ev *mss.Evidence) (*mss.Signature, error) {
	var sig *mss.Signature
	err := c.checkScope(ev)
	if err == nil {
		sig, err = c.Verifier.Verify(ev)
	}
	observe.Judged(c.cfg.Observer, ev, sig, err)
	return sig, err
}

// VerifyProvisioning judges the outcome of a PROV command of this client's Scope; see Verifier.VerifyProvisioning.
func (c *Client) VerifyProvisioning(ev *mss.Evidence) (*Provisioning, error) {
	if err := c.checkScope(ev); err != nil {
		return nil, err
	}
	return c.Verifier.VerifyProvisioning(ev)
}

// checkScope refuses evidence of another client's: its users are not this one's, whatever they are called.
func (c *Client) checkScope(ev *mss.Evidence) error {
	if ev == nil || ev.Transaction.Provider == c.scope { // nil is for the Verifier to refuse
		return nil
	}
	return keep(failed("evidence", errors.New("is of another Hermod, environment or API user than this client's")), ev)
}

// now is the clock of evidence. Its zero would mean "whenever" to crypto/x509 (SEC-13).
func (c *Client) now() (time.Time, error) {
	now := c.cfg.Now()
	if now.IsZero() {
		return now, refuse("Config.Now", "returned the zero time")
	}
	return now, nil
}

func refuse(field, reason string) *mss.RequestError {
	return &mss.RequestError{Field: field, Reason: reason}
}

// Start asks the person and returns when the Hermod has put the command into the mailboxes of their devices. The answer comes to
// Callback. See mss.Service.
//
// Request.User.ID is required and must have an enrolled device with a certificate in Config.Registry; Request.Key names one of
// several. For an authentication Display is what the person reads, and a fresh challenge is signed. For a signing it is Display
// that is read and signed, or Data: with mss.Text the person reads it, and Display beside it if there is one; of mss.Digest the
// person reads Display alone, which is not signed. Texts have at most 16 KiB. AddCode appends its code to what is signed, or for an
// authentication to Display. Timeout is 15 seconds to 30 minutes, 0 is 2 minutes. Language and EndUserIP are ignored.
//
// Nothing is sent where Config.Store fails to record it: a *mss.RequestError. If it fails after the Hermod has accepted, the error
// is mss.ErrUnknownOutcome.
func (c *Client) Start(ctx context.Context, req *mss.Request) (*mss.Transaction, error) {
	ctx, k := observe.Begin(ctx, c.cfg.Observer, mss.Event{Scope: c.scope, Operation: mss.OpSignature})
	tx, err := c.start(ctx, req, k)
	k.Done(ctx, err)
	return tx, err
}

func (c *Client) start(ctx context.Context, req *mss.Request, k *observe.Call) (*mss.Transaction, error) {
	q, err := check(req)
	if err != nil {
		return nil, err
	}
	k.Event.TransID, k.Event.Purpose = q.transID, q.purpose
	now, err := c.now()
	if err != nil {
		return nil, err
	}
	if err := c.admit(ctx, req); err != nil {
		return nil, err
	}
	st := &state{ExternalID: newExternalID(), Format: q.format, Display: q.display, Code: q.code}
	if err := c.settleKey(ctx, st, q.user, q.purpose, req.Key, now); err != nil {
		return nil, err
	}
	if q.purpose == mss.Signing && q.code == "" { // SEC-2
		c.codeless.Do(func() {
			c.cfg.Logger.Warn("hermod: the signed text names no transaction, so signatures are not Fresh; set Request.AddCode")
		})
	}
	kind, tbs := sign, q.tbs
	if q.purpose == mss.Authentication {
		kind, tbs = authenticate, newChallenge(st.ExternalID)
	}
	sum := sha256.Sum256(tbs)
	st.TBS = sum[:]
	tx := &mss.Transaction{TransID: q.transID, Purpose: q.purpose, User: mss.User{ID: q.user}}
	return c.command(ctx, tx, st, kind, q.params(tbs, c.cfg.Inferred), q.timeout, k)
}

// admit asks the application whether a device may be addressed.
func (c *Client) admit(ctx context.Context, req *mss.Request) error {
	if c.cfg.Admit == nil {
		return nil
	}
	if err := c.cfg.Admit(ctx, req); err != nil {
		return &mss.RequestError{Field: "Config.Admit", Reason: "refused the request", Err: err}
	}
	return nil
}
