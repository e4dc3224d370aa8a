package relyingparty

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/gomss/gomss/mss"
)

// Contract is what a customer signs. It is replaced, never changed.
type Contract struct {
	Number, Title, Text string

	Signature *mss.Signature // nil: not signed yet
	Receipt   string         // what became of the receipt on the phone, for the page; "": there is none
	Waiting   bool           // the receipt is on its way
}

// Digest is the SHA-256 of the text.
func (c *Contract) Digest() []byte {
	sum := sha256.Sum256([]byte(c.Text))
	return sum[:]
}

// Paragraphs are the text for the page.
func (c *Contract) Paragraphs() []string { return strings.Split(c.Text, "\n\n") }

// offer makes the contract that a customer is offered.
func offer(customer string) *Contract {
	number := "S-" + strings.TrimPrefix(customer, "C-")
	return &Contract{
		Number: number, Title: "Savings account",
		Text: fmt.Sprintf(`Contract %s: savings account

Bank ACME opens a savings account for customer %s. Interest is 1.25 percent a year, paid on 31 December.

Up to 10,000 francs can be withdrawn in a calendar month. Larger amounts take three months' notice.

Either side can end the contract at the end of a month.`, number, customer),
	}
}

// contractText gives the text out octet by octet: where its digest is signed, this is what has it.
func (s *Site) contractText(w http.ResponseWriter, r *http.Request) {
	v := s.sessions.visit(r)
	if v.Contract == nil {
		redirect(w, "/")
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="contract.txt"`)
	io.WriteString(w, v.Contract.Text)
}

// receiptTime is what a receipt can take: the phone shows it for a minute.
const receiptTime = 2 * time.Minute

// toSign asks whoever is logged in to sign their contract, with the provider that they have logged in with.
func (v Visit) toSign() (*mss.Request, error) {
	if v.Contract == nil || v.Contract.Signature != nil { // they have logged out, or signed, in another tab just now
		return nil, &mss.RequestError{Field: "contract", Reason: "there is none to sign in this session"}
	}
	return v.Provider.Sign(v.user(), v.Contract), nil
}

// signed keeps the signed contract, and has the phone say so where that is possible. The signature of whoever has logged out
// meanwhile is not kept: in earnest it is, with the customer, and not in a session.
func (s *Site) signed(w http.ResponseWriter, r *http.Request, v Visit, sig *mss.Signature) {
	c := *v.Contract
	c.Signature = sig
	if v.Provider.Receipts {
		c.Receipt, c.Waiting = "on its way to the phone", true
	}
	v.Contract = &c
	id := s.sessions.advance(w, r, v)
	if id == "" {
		redirect(w, "/")
		return
	}
	if c.Waiting {
		s.background(func(ctx context.Context) error {
			words := s.receipt(ctx, v.Provider, sig, &c)
			s.sessions.change(id, func(v *Visit) {
				told := c
				told.Receipt, told.Waiting = words, false
				v.Contract = &told
			})
			return nil
		})
	}
	redirect(w, "/contract")
}

// receipt tells the person on the phone, and the page what became of that.
func (s *Site) receipt(ctx context.Context, p *Provider, sig *mss.Signature, c *Contract) string {
	ctx, cancel := context.WithTimeout(ctx, receiptTime)
	defer cancel()
	message := mss.Message{Text: "Bank ACME: thank you, contract " + c.Number + " is signed.", Language: "en", Ack: true}
	answer, err := mss.Receipt(ctx, p.Service, sig, message)
	if err != nil && !mss.MayHaveRung(err) {
		message.Ack = false // not every device acknowledges
		answer, err = mss.Receipt(ctx, p.Service, sig, message)
	}
	if err != nil {
		s.log.Warn("bank: no receipt", "error", err)
		return "could not be sent"
	}
	return receiptWords[answer.Outcome]
}

// receiptWords say what became of a receipt. It is never changed.
var receiptWords = map[mss.ReceiptOutcome]string{
	mss.ReceiptSent:      "sent to the phone",
	mss.ReceiptAccepted:  "read on the phone, and confirmed",
	mss.ReceiptCancelled: "dismissed on the phone",
	mss.ReceiptTimedOut:  "shown on the phone; no key was pressed",
	mss.ReceiptUnheard:   "sent; nothing was heard of the phone",
}
