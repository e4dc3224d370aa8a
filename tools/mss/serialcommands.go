package main

import (
	"errors"
	"fmt"
	"iter"
	"regexp"
	"strings"

	binding "github.com/gomss/gomss/mss/account"
	"github.com/gomss/gomss/tools/internal/serialdb"
)

// serialListCmd lists everything.
type serialListCmd struct{ serialFlags }

// Help is printed before the flags.
func (*serialListCmd) Help() string {
	return `A line for each: account, scope (kind of service and environment), serial number, and since when it is stored.

Exit codes: 0 done, also where nothing is stored; 2 usage or configuration.

Examples:

	mss serial list --store serials.db
	mss serial list --config mss.yaml --json`
}

func (c *serialListCmd) Run(a *app) error {
	return c.run(a, func(store *serialdb.Store) (*serialReport, error) {
		return newSerialReport(serialListed, store.All(a.ctx))
	})
}

// serialShowCmd lists what is stored for one account.
type serialShowCmd struct {
	Account string `arg:"" help:"The application's ID of the account."`
	serialFlags
}

// Help is printed before the flags.
func (*serialShowCmd) Help() string {
	return `Exit codes: 0 done; 2 nothing is stored for the account, usage or configuration.

Examples:

	mss serial show customer-4711 --store serials.db`
}

func (c *serialShowCmd) Run(a *app) error {
	return c.run(a, func(store *serialdb.Store) (*serialReport, error) {
		r, err := newSerialReport(serialListed, store.Of(a.ctx, c.Account))
		if err == nil && len(r.Serials) == 0 {
			err = errNothingStored
		}
		return r, err
	})
}

// errNothingStored does not repeat the account.
// mobileIDSerial is the form of the serial numbers of Mobile ID, in any case (guide section 4.2).
var mobileIDSerial = regexp.MustCompile(`^(?i:MIDCHE[0-9A-Z]{10})$`)

var errNothingStored = usagef("ACCOUNT: nothing is stored for it; mss serial list shows what is")

// serialRebindCmd replaces a serial number after the operator has found out who the person is.
type serialRebindCmd struct {
	Account string `arg:"" help:"The application's ID of the account."`
	Old     string `required:"" placeholder:"SERIAL" help:"The serial number that is stored now; in any case."`
	New     string `required:"" placeholder:"SERIAL" help:"The serial number of the customer's new certificate."`
	Scope   string `placeholder:"SCOPE" help:"Where: kind of service and environment, as mss serial show has it. Needed only where there are several."`
	serialFlags
}

// Help is printed before the flags.
func (*serialRebindCmd) Help() string {
	return `For a customer who has activated the service anew, once you know by other means than their telephone that it is them. If another serial number is stored than --old, nothing is changed.

Exit codes: 0 done; 2 nothing is stored for the account, usage or configuration; 4 another serial number is stored.

Examples:

	mss serial rebind customer-4711 --store serials.db --old MIDCHE0123456789 --new MIDCHE9876543210`
}

func (c *serialRebindCmd) Run(a *app) error {
	return c.run(a, func(store *serialdb.Store) (*serialReport, error) {
		k, err := serialKey(a, store, c.Account, c.Scope)
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(k.Scope, "mssp|swisscom|") && !mobileIDSerial.MatchString(c.New) {
			return nil, usagef("--new: is no serial number of Mobile ID, MIDCHE and ten letters or digits: the account would be locked")
		}
		b, err := binding.New(binding.Config{Store: store})
		if err != nil {
			return nil, err
		}
		err = b.Rebind(a.ctx, k, c.Old, c.New)
		switch {
		case errors.Is(err, binding.ErrConflict):
			return nil, fmt.Errorf("--old: %w", err)
		case err != nil:
			return nil, usagef("%s", strings.TrimPrefix(err.Error(), "account: "))
		}
		return newSerialReport(serialRebound, only(store.Of(a.ctx, c.Account), k.Scope))
	})
}

// serialForgetCmd removes a serial number.
type serialForgetCmd struct {
	Account string `arg:"" help:"The application's ID of the account."`
	Scope   string `placeholder:"SCOPE" help:"Where: kind of service and environment, as mss serial show has it. Needed only where there are several."`
	serialFlags
}

// Help is printed before the flags.
func (*serialForgetCmd) Help() string {
	return `For accounts that end. The next login of the account would be a first one, whoever has the telephone then: for a customer who stays use rebind.

Exit codes: 0 done; 2 nothing is stored for the account, usage or configuration.

Examples:

	mss serial forget customer-4711 --store serials.db`
}

func (c *serialForgetCmd) Run(a *app) error {
	return c.run(a, func(store *serialdb.Store) (*serialReport, error) {
		k, err := serialKey(a, store, c.Account, c.Scope)
		if err != nil {
			return nil, err
		}
		r, err := newSerialReport(serialForgotten, only(store.Of(a.ctx, c.Account), k.Scope))
		if err != nil {
			return nil, err
		}
		if err := store.Forget(a.ctx, k); err != nil {
			return nil, usagef("--store: %v", err)
		}
		return r, nil
	})
}

// serialKey finds the one key that is meant: an account's with the scope, or the only one that it has.
func serialKey(a *app, store *serialdb.Store, account, scope string) (binding.Key, error) {
	r, err := newSerialReport(serialListed, store.Of(a.ctx, account))
	if err != nil {
		return binding.Key{}, err
	}
	var scopes []string
	for _, e := range r.Serials {
		if scope == "" || e.Scope == scope {
			scopes = append(scopes, e.Scope)
		}
	}
	switch len(scopes) {
	case 0:
		return binding.Key{}, errNothingStored
	case 1:
		return binding.Key{Scope: scopes[0], Account: account}, nil
	}
	return binding.Key{}, usagef("--scope: is needed, the account has serial numbers in %s", strings.Join(scopes, ", "))
}

// only leaves out the entries of other scopes.
func only(entries iter.Seq2[binding.Entry, error], scope string) iter.Seq2[binding.Entry, error] {
	return func(yield func(binding.Entry, error) bool) {
		for e, err := range entries {
			if (err != nil || e.Scope == scope) && !yield(e, err) {
				return
			}
		}
	}
}
