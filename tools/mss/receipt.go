package main

import (
	"cmp"
	"os"

	"github.com/gomss/gomss/mss"
)

// receiptCmd tells a person the outcome of what they have signed (MSS_Receipt, TS 102 204 clause 7.3).
type receiptCmd struct {
	Evidence         string `required:"" placeholder:"FILE" help:"What sign --evidence has written."`
	Text             string `required:"" placeholder:"TEXT" help:"What the person reads; begins with the assigned prefix."`
	Lang             string `placeholder:"LANG" help:"Language of the text: en, de, fr, it. Else the key lang."`
	Ack              bool   `help:"Ask the person to acknowledge it, and wait; SIM cards only."`
	Config           string `placeholder:"FILE" help:"Configuration file (YAML): the one that was signed with."`
	AllowTestNumbers bool   `help:"Accept signatures of the service's test numbers, behind which there is no person."`
	JSON             bool   `name:"json" help:"Print one JSON object."`
}

// Help is printed before the flags.
func (*receiptCmd) Help() string {
	return `Exit codes: 0 accepted by the service, whatever the person did with it; 2 usage or configuration, 3 fault, 4 the signature does not verify, 5 transport or outcome unknown.

A receipt follows a verified signature, once, within the minutes for which the service knows the transaction. It rings the phone, so it is never sent twice.

Examples:

	mss receipt --config mss.yaml --evidence paid.evidence --text "Bank ACME: paid." --ack
	mss sign --config mss.yaml --msisdn 41791234567 --text "Bank ACME: pay?" --evidence paid.evidence`
}

func (c *receiptCmd) Run(a *app) error {
	r := &report{title: "No receipt"}
	r.private.add(c.Text)
	err := c.receipt(a, r)
	if err != nil {
		r.failed(err)
	}
	return a.conclude(c.JSON, r, err)
}

func (c *receiptCmd) receipt(a *app, r *report) error {
	s, err := a.load(c.Config)
	if err != nil {
		return err
	}
	if err := s.require("handle_key_file"); err != nil {
		return err
	}
	acc, err := a.connect(s, s.profile, c.AllowTestNumbers, nil)
	if err != nil {
		return err
	}
	defer acc.Close()
	r.Environment = acc.environment.String()
	r.private.add(acc.cfg.APPassword.Reveal())
	ev, err := acc.readEvidence(c.Evidence)
	if err != nil {
		return err
	}
	tx := &ev.Transaction
	r.private.add(tx.User.MSISDN.Reveal(), tx.User.MSISDN.Digits())
	r.Transaction = &transactionReport{APTransID: tx.TransID, MSSPTransID: tx.MSSPTransID}
	sig, err := acc.Verify(ev)
	if err != nil {
		return err
	}
	r.Verified = sig.Verified()
	lang := cmp.Or(c.Lang, acc.lang)
	p := a.newProgress(c.JSON)
	defer p.tick()()
	return a.sendReceipt(acc, sig, mss.Message{Text: c.Text, Language: lang, Ack: c.Ack}, r, p)
}

// sendReceipt sends a receipt and reports what the person did with it.
func (a *app) sendReceipt(acc *account, sig *mss.Signature, m mss.Message, r *report, p *progress) error {
	p.step("receipt", "for MSSP_TransID %s", sig.Evidence.Transaction.MSSPTransID)
	answer, err := mss.Receipt(a.ctx, acc, sig, m)
	if err != nil {
		return a.interrupted(err)
	}
	r.Receipt = &receiptReport{Outcome: answer.Outcome.String()}
	if r.Outcome == "" {
		r.Outcome = outcomeReceipt
	}
	return nil
}

// maxEvidence bounds an evidence file: an answer of 1 MiB, sealed.
const maxEvidence = 2 << 20

// readEvidence opens what writeEvidence has written.
func (acc *account) readEvidence(file string) (*mss.Evidence, error) {
	sealed, err := readBounded(file, maxEvidence)
	if err != nil {
		return nil, usagef("--evidence: %v", err)
	}
	ev := new(mss.Evidence)
	if err := acc.keys.Open(string(sealed), mss.NoBinding, ev); err != nil {
		return nil, usagef("--evidence: %v; use the configuration and key that it was made with", err)
	}
	return ev, nil
}

// writeEvidence seals the evidence of a signature into a new file. What a person has signed is not lost for want of a disk.
func (acc *account) writeEvidence(file string, ev *mss.Evidence) error {
	sealed, err := acc.keys.Seal(ev, mss.NoBinding)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(sealed)
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}
