package account

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"

	"github.com/gomss/gomss/mss"
)

// Config is a Binder's policy. With nothing but a store the first serial number is stored and a change is refused.
type Config struct {
	Store SerialStore // required

	// RequireKnown refuses accounts for which nothing is stored (ErrNotEnrolled) instead of storing the signer.
	RequireKnown bool

	// InsecureAcceptChange stores the new serial number in place of the old one and lets the person in (Replaced).
	InsecureAcceptChange bool

	// InsecureWarnOnly lets the person in and keeps the old serial number (Differs).
	InsecureWarnOnly bool

	// InsecureAllowTestSigners binds accounts to a provider's test persons (Signer.Test) too.
	InsecureAllowTestSigners bool

	Logger *slog.Logger // of warnings about changes that an Insecure policy let through; nil: none
}

// Binder compares the signers of logins with those that are stored. It is safe for concurrent use.
type Binder struct {
	cfg Config
}

// New checks the policy. A nil store and two Insecure policies on a change are refused.
func New(cfg Config) (*Binder, error) {
	if cfg.Store == nil {
		return nil, errors.New("account: Config.Store: is nil; use NewSQL, or a Memory in tests")
	}
	if cfg.InsecureAcceptChange && cfg.InsecureWarnOnly {
		return nil, errors.New("account: Config: InsecureAcceptChange replaces what InsecureWarnOnly keeps; set one")
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Binder{cfg: cfg}, nil
}

// Outcome is what the comparison came to.
type Outcome int

const (
	Known    Outcome = iota + 1 // the signer is the one who is stored
	Enrolled                    // nothing was stored, the signer is now; of logins at the same time each may say so
	Replaced                    // another one was stored, the signer is now (InsecureAcceptChange)
	Differs                     // another one is stored, and stays so (InsecureWarnOnly)
)

// String returns "known", "enrolled", "replaced" or "differs".
func (o Outcome) String() string {
	switch o {
	case Known:
		return "known"
	case Enrolled:
		return "enrolled"
	case Replaced:
		return "replaced"
	case Differs:
		return "differs"
	}
	return "Outcome(" + strconv.Itoa(int(o)) + ")"
}

// Result is what Bind found. It holds no personal data.
type Result struct {
	Outcome Outcome
	Scope   string // of the comparison: kind of service and environment
}

// Bind compares the signer with the one who is stored for the account, and stores the signer where nothing is stored.
// account is the application's ID of the account, 1 to MaxAccount octets of UTF-8 without control characters, and never
// the telephone number.
//
// Let nobody in unless the error is nil. It is ErrNotVerified, ErrTestSigner, ErrNotEnrolled or a *MismatchError where
// the policy refuses, ErrConflict where two changes met, and the store's error where that fails. Nothing is written
// before the signature has passed.
func (b *Binder) Bind(ctx context.Context, account string, sig *mss.Signature) (*Result, error) {
	k, serial, err := b.admit(account, sig)
	if err != nil {
		return nil, err
	}
	stored, ok, err := b.cfg.Store.Serial(ctx, k)
	if err != nil {
		return nil, fmt.Errorf("account: reading the stored serial number: %w", err)
	}
	outcome := Known
	if !ok {
		if b.cfg.RequireKnown {
			return nil, ErrNotEnrolled
		}
		if stored, err = b.cfg.Store.Store(ctx, k, serial); err != nil {
			return nil, fmt.Errorf("account: storing the first serial number: %w", err)
		}
		outcome = Enrolled
	}
	if fold(stored) != serial {
		if outcome, err = b.changed(ctx, k, stored, serial); err != nil {
			return nil, err
		}
	}
	return &Result{outcome, k.Scope}, nil
}

// admit decides whether a signature may be compared at all, and under what.
func (b *Binder) admit(account string, sig *mss.Signature) (k Key, serial string, err error) {
	if !sig.Verified() {
		return k, "", ErrNotVerified
	}
	if sig.Signer.Test && !b.cfg.InsecureAllowTestSigners {
		return k, "", ErrTestSigner
	}
	k.Account = account
	if k.Scope, err = Scope(sig); err != nil {
		return k, "", err
	}
	if err := k.check(); err != nil {
		return k, "", err
	}
	for _, u := range []mss.User{sig.Evidence.Transaction.User, sig.Asserted.User} {
		if !u.MSISDN.IsZero() && strings.TrimLeft(account, "+0") == u.MSISDN.Digits() { // no country code begins with 0
			return k, "", errors.New("account: the account ID is the telephone number, and numbers are given to other people: " +
				"use an ID that stays with the customer")
		}
	}
	serial = fold(sig.Signer.ID)
	return k, serial, check("signer's ID", serial, MaxSerial)
}

// changed decides about a signer who is not the one who is stored.
func (b *Binder) changed(ctx context.Context, k Key, stored, serial string) (Outcome, error) {
	switch {
	case b.cfg.InsecureAcceptChange:
		replaced, err := b.cfg.Store.Replace(ctx, k, stored, serial)
		if err != nil {
			return 0, fmt.Errorf("account: replacing the serial number: %w", err)
		}
		if !replaced { // by somebody else, at the same time
			return 0, ErrConflict
		}
		b.cfg.Logger.WarnContext(ctx, "account: the serial number has changed and was replaced: InsecureAcceptChange", "scope", k.Scope)
		return Replaced, nil
	case b.cfg.InsecureWarnOnly:
		b.cfg.Logger.WarnContext(ctx, "account: the serial number has changed, the old one is kept: InsecureWarnOnly", "scope", k.Scope)
		return Differs, nil
	}
	return 0, &MismatchError{Scope: k.Scope}
}

// Rebind replaces the serial number that is stored for an account, after the operator has found out by other means that
// the new one is the customer's. old is what the operator takes for stored: if anything else is stored, or nothing,
// nothing is changed and the error is ErrConflict. Case does not matter. Config's policies on changes do not apply.
func (b *Binder) Rebind(ctx context.Context, k Key, old, new string) error {
	if err := k.check(); err != nil {
		return err
	}
	if err := check("new serial number", new, MaxSerial); err != nil {
		return err
	}
	stored, ok, err := b.cfg.Store.Serial(ctx, k)
	if err != nil {
		return fmt.Errorf("account: reading the stored serial number: %w", err)
	}
	if !ok || fold(stored) != fold(old) {
		return ErrConflict
	}
	replaced, err := b.cfg.Store.Replace(ctx, k, stored, fold(new))
	if err != nil {
		return fmt.Errorf("account: replacing the serial number: %w", err)
	}
	if !replaced {
		return ErrConflict
	}
	return nil
}
