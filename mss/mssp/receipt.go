package mssp

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/legible"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/mss"
)

// receiptProfile is the only kind of receipt that asks for an acknowledgement (guide section 3.4.1.1).
const receiptProfile = "http://mss.swisscom.ch/synch"

// Receipt shows the person a text on the phone after a signature: MSS_Receipt, which is synchronous and takes up to
// Dialect.ReceiptTime. The signature must be verified, and of a transaction of this client's scope. The text has the rules
// of a text to be signed: the account's prefix, the length, every character visible.
//
// With Message.Ack the answer tells what the person did; the app cannot, so that is refused where the signature came from
// one. An answer that should tell and says nothing is mss.ReceiptUnheard; one that contradicts itself, or says what no
// guide knows, is a *mss.VerificationError with Check "receipt", and the person may have read the text.
//
// The service takes one receipt for a signature, so a second one is refused unsent where this process knows of the first.
// One that was refused before the phone rang (mss.MayHaveRung) does not count. Other errors are a *mss.RequestError, a
// *mss.TransportError or a *mss.Fault.
func (c *Client) Receipt(ctx context.Context, sig *mss.Signature, m mss.Message) (*mss.ReceiptAnswer, error) {
	ctx, k := c.observe(ctx, mss.Event{Operation: mss.OpReceipt, Synchronous: true})
	a, err := c.receipt(ctx, sig, m, k)
	k.done(ctx, err)
	return a, err
}

func (c *Client) receipt(ctx context.Context, sig *mss.Signature, m mss.Message, k *call) (*mss.ReceiptAnswer, error) {
	if err := c.checkSigned(sig); err != nil {
		return nil, err
	}
	if err := c.checkMessage(&m); err != nil {
		return nil, err
	}
	if m.Ack && c.cfg.Dialect.method(sig.Profile) == MethodDevice {
		return nil, &mss.RequestError{Field: "Message.Ack", Reason: "needs a SIM card, and this signature came from the app, which acknowledges nothing: leave it out"}
	}
	now, err := c.now()
	if err != nil {
		return nil, err
	}
	tx, transID := &sig.Evidence.Transaction, newTransID()
	k.named(transID, tx.MSSPTransID)
	k.event.Purpose = tx.Purpose
	key := sha256.Sum256([]byte(c.scope + "|" + tx.MSSPTransID))
	if !c.receipts.Claim(key, transID) {
		return nil, &mss.RequestError{Field: "Signature", Reason: "had its receipt; the service takes one for each signature"}
	}
	a, err := c.sendReceipt(ctx, c.receiptReq(transID, tx, &m, now), m.Ack, k)
	if err != nil && !mss.MayHaveRung(err) {
		c.receipts.Release(key, transID)
	}
	return a, err
}

// checkSigned refuses receipts for what is no success of this client's account: after a failure there is none.
func (c *Client) checkSigned(sig *mss.Signature) error {
	switch {
	case !sig.Verified() || sig.Evidence == nil:
		return &mss.RequestError{Field: "Signature", Reason: "is not verified; there is a receipt for a successful signature only"}
	case sig.Evidence.Transaction.Provider != c.scope:
		return &mss.RequestError{Field: "Signature", Reason: "was not made by this client's service, environment, address and account"}
	case !isTransID(sig.Evidence.Transaction.MSSPTransID):
		return &mss.RequestError{Field: "Signature", Reason: "has no usable MSSP_TransID, by which the service would know it"}
	}
	return checkMSISDN("Signature", sig.Evidence.Transaction.User.MSISDN)
}

// checkMessage checks the text like one to be signed (guide section 3.4.1: prefix and length apply), and the language.
func (c *Client) checkMessage(m *mss.Message) error {
	refused := func(reason string) error { return &mss.RequestError{Field: "Message.Text", Reason: reason} }
	if m.Text == "" {
		return refused("is required")
	}
	if !strings.HasPrefix(m.Text, c.account.Prefix) {
		return refused("does not begin with the prefix of the account, exactly as assigned; the service would refuse it with 107")
	}
	if !c.cfg.InsecureAllowInvisible {
		if err := legible.Check(m.Text); err != nil {
			return refused(err.Error())
		}
	}
	if err := c.cfg.Dialect.CheckText(m.Text); err != nil {
		return refused(err.Error())
	}
	return c.checkPhoneLanguage("Message.Language", primaryLanguage(m.Language))
}

// receiptReq builds MSS_ReceiptReq (TS 102 204 clause 8.6, guide section 3.4.1.1). It says that the signature came.
func (c *Client) receiptReq(transID string, tx *mss.Transaction, m *mss.Message, now time.Time) *etsi.ReceiptReq {
	status := &etsi.Status{StatusCode: etsi.StatusCode{Value: xmlwire.IntegerOf(int(mss.StatusRequestOK))}}
	if m.Ack {
		status.StatusDetail = &etsi.StatusDetail{Items: []etsi.StatusDetailItem{{
			ReceiptRequestExtension: &etsi.ScoReceiptRequestExtension{
				ReceiptMessagingMode: etsi.ScoReceiptMessagingModeSynch,
				UserAck:              new(true),
				ReceiptProfile: &etsi.ScoReceiptProfile{
					Language:          new(strings.ToUpper(primaryLanguage(m.Language))),
					ReceiptProfileURI: new(receiptProfile),
				},
			},
		}}}
	}
	return &etsi.ReceiptReq{
		MessageAbstract: c.abstract(transID, c.wire.Receipt, now),
		MSSPTransID:     tx.MSSPTransID,
		MobileUser:      etsi.MobileUser{MSISDN: new(tx.User.MSISDN.Digits())},
		Status:          status,
		Message:         &etsi.Data{MimeType: new("text/plain"), Encoding: new("UTF-8"), Value: m.Text},
	}
}

func (c *Client) sendReceipt(ctx context.Context, req *etsi.ReceiptReq, ack bool, k *call) (*mss.ReceiptAnswer, error) {
	a, err := c.send(ctx, exchange{
		op:      etsi.OpReceipt,
		url:     c.wire.Endpoints.Receipt,
		message: req,
		prompts: true,
		timeout: c.cfg.Dialect.ReceiptTime + c.cfg.Dialect.Margin,
		text:    "Message.Text",
		call:    k,
	})
	if err != nil {
		return nil, err
	}
	if a.fault != nil {
		return nil, newFault(a.fault, mss.OpReceipt)
	}
	resp := a.message.(*etsi.ReceiptResp)
	if err := c.checkNameless(&resp.MessageAbstract, req.APInfo.APTransID, resp.Status); err != nil {
		return nil, err
	}
	if !ack {
		return &mss.ReceiptAnswer{Outcome: mss.ReceiptSent}, nil // whatever else it says was not asked for
	}
	outcome, err := receiptOutcome(resp.Status.StatusDetail)
	if err != nil {
		return nil, failed("receipt", err, nil)
	}
	return &mss.ReceiptAnswer{Outcome: outcome}, nil
}

// checkNameless holds an answer that names no person against the question, and its status against the only one that means
// that the service did what it was asked (MSS_ReceiptResp and MSS_ProfileResp, TS 102 204 clauses 8.7 and 8.11).
func (c *Client) checkNameless(m *etsi.MessageAbstract, transID string, s etsi.Status) error {
	if err := c.checkEchoed(m, transID, c.account.APID); err != nil {
		return failed("echo", err, nil)
	}
	if code := statusCode(s); code != mss.StatusRequestOK {
		return failed("status", errors.New("what is not refused must be 100 REQUEST_OK; the answer says "+code.Error()), nil)
	}
	return nil
}
