package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/gomss/gomss/internal/redact"
	"github.com/gomss/gomss/mss"
	binding "github.com/gomss/gomss/mss/account" // the name is taken here
	"github.com/gomss/gomss/tools/internal/serialdb"
)

// serialCmd deals with the serial numbers that accounts are bound to. What sign --account does to them follows the
// strict policy; changes by hand are here.
type serialCmd struct {
	List   serialListCmd   `cmd:"" help:"List all accounts and their serial numbers."`
	Show   serialShowCmd   `cmd:"" help:"Show the serial numbers of an account."`
	Rebind serialRebindCmd `cmd:"" help:"Replace the serial number of an account."`
	Forget serialForgetCmd `cmd:"" help:"Remove the serial number of an account."`
}

// Help is printed before the commands.
func (*serialCmd) Help() string {
	return `sign --account stores the serial number of an account's first signer and refuses every other one later. Serial numbers and accounts are personal data: these commands print them.

Examples:

	mss serial list --store serials.db
	mss serial rebind customer-4711 --config mss.yaml --old MIDCHE0123456789 --new MIDCHE9876543210`
}

// serialFlags name a store. Commands embed them.
type serialFlags struct {
	Store  string `placeholder:"FILE" help:"Store (SQLite). Else the key serials of the configuration."`
	Config string `placeholder:"FILE" help:"Configuration file (YAML)."`
	JSON   bool   `name:"json" help:"Print one JSON object."`
}

// open opens the store, which must exist.
func (f *serialFlags) open(a *app) (*serialdb.Store, error) {
	path, err := a.serialsPath(f.Store, f.Config)
	if err != nil {
		return nil, err
	}
	store, err := serialdb.Open(a.ctx, path)
	if err != nil {
		return nil, usagef("--store: %v", err)
	}
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
		fmt.Fprintf(a.stderr, "mss: warning: others can read %s: chmod 600 it\n", path)
	}
	return store, nil
}

// serialsPath returns the store that a flag names, else the configuration.
func (a *app) serialsPath(flag, config string) (string, error) {
	if flag != "" {
		return flag, nil
	}
	s, err := a.load(config)
	if err != nil {
		return "", err
	}
	return s.serials, s.require("serials")
}

// run opens the store and does something with it. Errors are printed as those of sign are.
func (f *serialFlags) run(a *app, do func(*serialdb.Store) (*serialReport, error)) error {
	report, err := f.with(a, do)
	if err != nil {
		return a.concludeSerial(f.JSON, err)
	}
	if f.JSON {
		return a.printJSON(report)
	}
	return report.human(a)
}

func (f *serialFlags) with(a *app, do func(*serialdb.Store) (*serialReport, error)) (r *serialReport, err error) {
	store, err := f.open(a)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return do(store)
}

// concludeSerial prints an error. No phone is part of these commands.
func (a *app) concludeSerial(asJSON bool, err error) error {
	r := new(report)
	r.failed(err)
	r.Error.MayHaveRung = false
	return a.conclude(asJSON, r, err)
}

// serialReport is what --json prints. Its members are documented in docs/cli.md.
type serialReport struct {
	Outcome string        `json:"outcome"` // listed, rebound, forgotten
	Serials []serialEntry `json:"serials"` // as they are now; of forget, as they were
}

type serialEntry struct {
	Account  string    `json:"account"`
	Scope    string    `json:"scope"`
	Serial   string    `json:"serial"`
	StoredAt time.Time `json:"storedAt"`
}

func newSerialReport(outcome string, entries iter.Seq2[binding.Entry, error]) (*serialReport, error) {
	r := &serialReport{Outcome: outcome, Serials: []serialEntry{}}
	for e, err := range entries {
		if err != nil {
			return nil, usagef("--store: %v", err)
		}
		r.Serials = append(r.Serials, serialEntry{e.Account, e.Scope, e.Serial, e.StoredAt})
	}
	return r, nil
}

// human prints a line for each serial number, after what was done.
func (r *serialReport) human(a *app) error {
	switch r.Outcome {
	case serialRebound:
		fmt.Fprintln(a.stdout, "Rebound. Stored now:")
	case serialForgotten:
		fmt.Fprintln(a.stdout, "Forgotten. Stored until now:")
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, e := range r.Serials {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", redact.Clean(e.Account, binding.MaxAccount), redact.Clean(e.Scope, binding.MaxScope),
			redact.Clean(e.Serial, binding.MaxSerial), e.StoredAt.Format(time.RFC3339))
	}
	return w.Flush()
}

// The outcomes of the commands.
const (
	serialListed    = "listed"
	serialRebound   = "rebound"
	serialForgotten = "forgotten"
)

// bindAccount holds a verified signature against the signer that the account had before, in the store of path, which is
// created where it is missing. A changed signer is refused, and so is the production service's robot, whatever
// --allow-test-numbers says of the signature: it is nobody's account.
//
// Whatever fails, the phone has rung, and whose account it is is not proven: the error is a *mss.VerificationError.
func bindAccount(ctx context.Context, path, account string, sig *mss.Signature) (*binding.Result, error) {
	res, err := tryBindAccount(ctx, path, account, sig)
	if err != nil {
		e := &mss.VerificationError{Check: "serial", Err: err}
		if sig != nil {
			e.Evidence = sig.Evidence
		}
		return nil, e
	}
	return res, nil
}

// checkStore opens the store, which is created where it is missing.
func checkStore(ctx context.Context, path string) error {
	store, err := serialdb.Create(ctx, path)
	if err != nil {
		return err
	}
	return store.Close()
}

func tryBindAccount(ctx context.Context, path, account string, sig *mss.Signature) (res *binding.Result, err error) {
	scope, err := binding.Scope(sig)
	if err != nil {
		return nil, err
	}
	store, err := serialdb.Create(ctx, path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	b, err := binding.New(binding.Config{
		Store:                    store,
		InsecureAllowTestSigners: !strings.HasSuffix(scope, "|"+mss.Production.String()),
	})
	if err != nil {
		return nil, err
	}
	return b.Bind(ctx, account, sig)
}
