package msstest

import (
	"context"
	"strings"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/mss"
)

// Times of a receipt (guide section 3.4.1.2), and until when one is taken after the signature, which is not published.
const (
	receiptShown  = 60 * time.Second
	receiptLost   = 80 * time.Second
	receiptWindow = 5 * time.Minute
)

// receiptProfile is the only kind of receipt.
const receiptProfile = "http://mss.swisscom.ch/synch"

// receipt is what a phone shows after a signature.
type receipt struct {
	person         Person // as scripted when it came
	text, language string
	came           time.Time
	appointment
	action ReceiptAction // what the person will have done when due
}

// shown reports whether the person has it before them.
func (rc *receipt) shown(now time.Time) bool {
	return rc != nil && now.Before(rc.due) && rc.action != ReceiptUnheard
}

// receipt is the operation MSS_Receipt (TS 102 204 clause 8.6). It waits for the person, and tells what they did where
// the request has the extension.
func (s *Server) receipt(ctx context.Context, req *etsi.ReceiptReq) (answer, error) {
	digits, f := readNumber(&req.MobileUser)
	if f == nil {
		f = s.checkReceipt(req)
	}
	if f != nil {
		return answer{fault: f}, nil
	}
	extension := receiptExtension(req)
	rc, f := s.beginReceipt(req, digits, extension)
	if f != nil {
		return answer{fault: f}, nil
	}
	if err := s.await(ctx, &rc.appointment); err != nil {
		return answer{}, err
	}
	forge := rc.person.Forge
	resp := &etsi.ReceiptResp{MessageAbstract: abstract(&req.MessageAbstract), Status: status(mss.StatusRequestOK)}
	if extension != nil {
		told := s.reaction(rc).tell()
		forge.receipt(told)
		addDetail(&resp.Status, etsi.StatusDetailItem{ReceiptResponseExtension: told})
	}
	forge.echo(&resp.MessageAbstract, nil)
	return answer{message: resp, forge: forge}, nil
}

// checkReceipt checks what does not depend on the signature.
func (s *Server) checkReceipt(req *etsi.ReceiptReq) *etsi.Fault {
	if req.SignedReceipt != nil {
		return refuse(mss.WrongParam, "SignedReceipt is not offered")
	}
	if x := receiptExtension(req); x != nil {
		if x.ReceiptMessagingMode != etsi.ScoReceiptMessagingModeSynch {
			return refuse(mss.WrongParam, "ReceiptMessagingMode is not synch")
		}
		if p := x.ReceiptProfile; p != nil {
			if p.ReceiptProfileURI != nil && *p.ReceiptProfileURI != receiptProfile {
				return refuse(mss.WrongParam, "ReceiptProfileURI is not "+receiptProfile)
			}
			if p.Language != nil && !isLanguage(*p.Language) {
				return refuse(mss.WrongParam, "Language is none of EN, DE, FR and IT")
			}
		}
	}
	if req.Message == nil {
		return refuse(mss.MissingParam, "Message is missing")
	}
	return s.checkText(req.Message)
}

func receiptExtension(req *etsi.ReceiptReq) *etsi.ScoReceiptRequestExtension {
	if req.Status == nil || req.Status.StatusDetail == nil {
		return nil
	}
	for _, item := range req.Status.StatusDetail.Items {
		if item.ReceiptRequestExtension != nil {
			return item.ReceiptRequestExtension
		}
	}
	return nil
}

// beginReceipt lets the phone ring once more for a signature, and returns whom it rings at. The guide has no code of its
// own for a second receipt or for one without a signature: both name a transaction that does not await one, a wrong
// parameter. The extension, which the app does not know, is nil where the request has none.
func (s *Server) beginReceipt(req *etsi.ReceiptReq, digits string, extension *etsi.ScoReceiptRequestExtension) (*receipt, *etsi.Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sub, ok := s.subscribers[digits]
	if !ok {
		return nil, refuseUser(mss.UnknownClient, *req.MobileUser.MSISDN)
	}
	now := time.Now()
	if code := sub.refusal(now); code != 0 {
		return nil, refuseUser(code, *req.MobileUser.MSISDN)
	}
	tx, ok := s.transactions.get(req.MSSPTransID, now)
	switch {
	case !ok:
		return nil, refuse(mss.WrongParam, "MSSP_TransID is unknown")
	case !sameNumber(tx.msisdn, *req.MobileUser.MSISDN):
		return nil, refuse(mss.WrongParam, "MSISDN is not that of the transaction")
	case tx.outstanding(now) || tx.code != 0:
		return nil, refuse(mss.WrongParam, "The transaction has no signature")
	case tx.receipt != nil:
		return nil, refuse(mss.WrongParam, "The signature has had its receipt")
	case now.Sub(tx.due) > receiptWindow:
		return nil, refuse(mss.ExpiredTransaction, "The signature is too old for a receipt")
	case extension != nil && tx.method == App:
		return nil, refuse(mss.WrongParam, "ReceiptRequestExtension is for SIM cards only")
	}
	tx.receipt = newReceipt(sub.person, req, extension, now)
	s.history.Set(func() { s.history.receipts++ })
	return tx.receipt, nil
}

// newReceipt settles what the person will have done, and when, as the receipt comes. Only ActReceipt can change it.
func newReceipt(p Person, req *etsi.ReceiptReq, extension *etsi.ScoReceiptRequestExtension, now time.Time) *receipt {
	rc := &receipt{person: p, text: strings.Clone(req.Message.Value), came: now}
	if extension != nil && extension.ReceiptProfile != nil {
		rc.language = strings.Clone(strings.ToUpper(value(extension.ReceiptProfile.Language)))
	}
	action, after := p.read()
	rc.action, rc.due = action, now.Add(after)
	return rc
}

// reaction returns what was done with a receipt that is over.
func (s *Server) reaction(rc *receipt) ReceiptAction {
	s.mu.Lock()
	defer s.mu.Unlock()
	return rc.action
}

// read is what a person will have done with a receipt, and after what time.
func (p *Person) read() (ReceiptAction, time.Duration) {
	switch {
	case p.Receipt == ReceiptUnheard, p.NoNetwork:
		return ReceiptUnheard, receiptLost
	case p.Receipt == ReceiptTimeout || p.ReceiptAfter >= receiptShown:
		return ReceiptTimeout, receiptShown
	}
	return p.Receipt, p.ReceiptAfter
}

// tell puts what was done in the words of the service. A cancelled receipt is a success, too.
func (a ReceiptAction) tell() *etsi.ScoReceiptResponseExtension {
	x := &etsi.ScoReceiptResponseExtension{
		ReceiptMessagingMode: new(etsi.ScoReceiptMessagingModeSynch),
		UserAck:              new(a != ReceiptUnheard),
	}
	switch a {
	case ReceiptOK:
		x.UserResponse = new(`{"status":"OK"}`)
	case ReceiptCancel:
		x.UserResponse, x.FaultMessage = new(`{"status":"CANCEL"}`), new(detailCancel)
	case ReceiptTimeout:
		x.UserResponse, x.FaultMessage = new(`{"status":"TIMEOUT"}`), new("Timeout waiting response")
	}
	return x
}
