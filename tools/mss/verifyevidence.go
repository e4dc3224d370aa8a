package main

import (
	"github.com/gomss/gomss/mss"
)

// verifyEvidenceCmd judges sealed evidence of whichever provider: that of the configuration.
type verifyEvidenceCmd struct {
	File   string `arg:"" placeholder:"EVIDENCE" help:"What sign --evidence has written, or an application has sealed with the same key for no session."`
	Config string `placeholder:"FILE" help:"Configuration (YAML) that the evidence was made with: its handle_key_file opens it."`
	JSON   bool   `name:"json" help:"Print one JSON object."`
}

// Help is printed before the flags.
func (*verifyEvidenceCmd) Help() string {
	return `Nothing is sent. Evidence says what was asked and of whom, and what was signed is compared with it. Names, identity codes and texts are not printed.

Evidence that cannot be opened, because it was changed or is of another key or service, is not verified (4).

Exit codes: 0 verified, 2 usage, 3 the person did not sign, 4 verification failed.

Examples:

	mss verify evidence login.evidence --config mss.yaml
	mss verify evidence --config bankid.yaml --json contract.evidence`
}

func (c *verifyEvidenceCmd) Run(a *app) error {
	r := new(report)
	sig, err := c.verify(a, r)
	if err == nil {
		r.judged(sig, nil)
	} else {
		r.failed(err)
		if r.Error != nil {
			r.Error.MayHaveRung = false // nobody was asked
		}
	}
	return a.conclude(c.JSON, r, err)
}

func (c *verifyEvidenceCmd) verify(a *app, r *report) (*mss.Signature, error) {
	acc, ev, err := a.openEvidence("", c.Config, c.File, "EVIDENCE")
	if err != nil {
		return nil, err
	}
	defer acc.Close()
	tx := &ev.Transaction
	r.Environment = acc.environment.String()
	r.private.addUser(tx.User)
	r.Transaction = &transactionReport{APTransID: tx.TransID, MSSPTransID: tx.MSSPTransID}
	r.asked(tx.User)
	return acc.Verify(ev)
}
