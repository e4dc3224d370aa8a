package main

import (
	"fmt"

	"github.com/gomss/gomss/mss"
)

// openEvidence opens what sign --evidence has sealed, with the configuration that it was made with; argument names the file on
// the command line. The account is to be closed; nothing is sent.
func (a *app) openEvidence(provider, config, file, argument string) (*account, *mss.Evidence, error) {
	p, s, err := a.choose(provider, config, false)
	if err != nil {
		return nil, nil, err
	}
	if err := s.require("handle_key_file"); err != nil {
		return nil, nil, err
	}
	sealed, err := readBounded(file, maxEvidence)
	if err != nil {
		return nil, nil, usagef("%s: %v", argument, err)
	}
	acc, err := a.connectTo(p, s, opening{})
	if err != nil {
		return nil, nil, err
	}
	ev := new(mss.Evidence)
	if err := acc.keys.Open(string(sealed), mss.NoBinding, ev); err != nil {
		acc.Close()
		return nil, nil, unproven("evidence", fmt.Errorf("%w; use the configuration and key that it was made with", err))
	}
	return acc, ev, nil
}
