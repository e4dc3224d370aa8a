package hermod

import (
	"context"

	"github.com/gomss/gomss/internal/observe"
	"github.com/gomss/gomss/mss"
)

// Provision asks a new device for a profile with keys (PROV): MSS_Registration of TS 102 204 without a certificate. It returns
// when the Hermod has taken the command. No device is addressed: show the prompt, which Prompt gives, and the app that opens its
// link or reads its QR code makes the keys. Enrollment.Issue is not looked at.
//
// The transaction can be kept, sealed by Keys: any instance goes on with Provisioned. Errors are those of mss.Service.Start.
func (c *Client) Provision(ctx context.Context, e *Enrollment) (*mss.Transaction, error) {
	ctx, k := observe.Begin(ctx, c.cfg.Observer, mss.Event{Scope: c.scope, Operation: mss.OpRegistration})
	tx, err := c.provision(ctx, e, k)
	k.Done(ctx, err)
	return tx, err
}

// maxExpectation leaves room in a sealed transaction for the user's id, the mailboxes and the link.
const maxExpectation = 1700

func (c *Client) provision(ctx context.Context, e *Enrollment, k *observe.Call) (*mss.Transaction, error) {
	timeout, err := e.check()
	if err != nil {
		return nil, err
	}
	id := newExternalID()
	k.Named(id, "")
	cmd, err := newProvCommand(e, c.cfg.ServerName, c.cfg.Inferred.JWS)
	if err != nil {
		return nil, err
	}
	want, err := cmd.expect() // as VerifyExchange does with a command that was kept
	if err != nil {
		return nil, refuse("Enrollment", err.Error())
	}
	st := &state{Kind: provision, ExternalID: id, Format: formatJWS}
	if st.Expect, err = want.encode(); err != nil || len(st.Expect) > maxExpectation {
		return nil, refuse("Enrollment", "has so many types of keys, or so long a profile, that it does not fit into a sealed transaction")
	}
	return c.command(ctx, &mss.Transaction{TransID: id, User: mss.User{ID: e.User}}, st, provision, cmd, timeout, k)
}

// Provisioned waits for the answer to Provision and judges it: see VerifyProvisioning. Within a day of the answer it can be called
// again, by any instance with the same store. The certification authority is the next to be asked, for the certificate of each of
// the keys' requests, then Certify. What is in between may take days: keep Provisioning.Evidence, and have VerifyProvisioning
// judge it anew.
//
// Errors: a *mss.Fault where there is no profile (407 with the sub-code 4073 if the device said no, 208 if nobody answered), a
// *mss.VerificationError where the answer proves none, and those of mss.Wait. The person may have scanned the code in all of
// them.
func (c *Client) Provisioned(ctx context.Context, tx *mss.Transaction) (*Provisioning, error) {
	return c.awaitProvisioning(ctx, tx, nil)
}

// awaitProvisioning shows the prompt while it waits.
func (c *Client) awaitProvisioning(ctx context.Context, tx *mss.Transaction, show func(mss.Prompt)) (*Provisioning, error) {
	if tx == nil {
		return nil, refuse("Transaction", "is nil")
	}
	if st, err := decodeState(tx); err != nil || st.Kind != provision {
		return nil, refuse("Transaction", "is not one of Provision")
	}
	ev, err := c.await(ctx, tx, show)
	if err != nil {
		return nil, err
	}
	return c.VerifyProvisioning(ev)
}

// await waits for the answer to a command that nobody signs. It may be nil in the evidence: that nobody answered.
func (c *Client) await(ctx context.Context, tx *mss.Transaction, show func(mss.Prompt)) (*mss.Evidence, error) {
	u := &unsigned{Client: c}
	_, err := mss.Wait(ctx, u, tx, show)
	return u.answer, err
}

// unsigned is the service for mss.Wait where the outcome is no signature: it takes the evidence as it comes, for somebody else to
// judge.
type unsigned struct {
	*Client
	answer *mss.Evidence
}

// Verify keeps the evidence.
func (u *unsigned) Verify(ev *mss.Evidence) (*mss.Signature, error) {
	u.answer = ev
	return nil, nil
}
