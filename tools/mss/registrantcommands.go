package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/gomss/gomss/adapters/registrant"
	"github.com/gomss/gomss/internal/redact"
)

// The outcomes of the commands.
const (
	registrantLogin    = "login"
	registrantDomains  = "domains"
	registrantLocked   = "locked"
	registrantUnlocked = "unlocked"
)

// registrantExits are the exit codes of all of them.
const registrantExits = `Exit codes: 0 done, 2 usage or configuration, 3 the person did not log in, or the registry refuses, 4 verification failed, 5 transport or outcome unknown.

`

type registrantLoginCmd struct{ registrantFlags }

// Help is printed before the flags.
func (*registrantLoginCmd) Help() string {
	return `Shows that Mobile-ID, the registry and the way to both work. The token is thrown away.

` + registrantExits + `Examples:

	mss registrant login --simulate --msisdn +37200000766 --identity 60001019906
	mss registrant login --config mobileid-ee.yaml --msisdn +37200000766 --identity 60001019906 --json`
}

func (c *registrantLoginCmd) Run(a *app) error {
	return c.run(a, func(s *registrantSession) (*registrantReport, error) { return s.report(registrantLogin), nil })
}

type registrantDomainsCmd struct {
	registrantFlags
	Technical bool `help:"Also the domains in which the person is a technical contact and nothing else."`
}

// Help is printed before the flags.
func (*registrantDomainsCmd) Help() string {
	return registrantExits + `Examples:

	mss registrant domains --simulate --msisdn +37200000766 --identity 60001019906
	mss registrant domains --config mobileid-ee.yaml --msisdn +37200000766 --identity 60001019906 --json`
}

func (c *registrantDomainsCmd) Run(a *app) error {
	return c.run(a, func(s *registrantSession) (*registrantReport, error) {
		r := s.report(registrantDomains)
		for d, err := range s.Domains(a.ctx, s.token, registrant.DomainQuery{Technical: c.Technical}) {
			if err != nil {
				return nil, a.interrupted(newRegistryError("domains", err))
			}
			r.Domains = append(r.Domains, newDomainReport(&d))
		}
		return r, nil
	})
}

type registrantLockCmd struct {
	registrantFlags
	Domain             string `arg:"" help:"Name of the domain, or its id."`
	ProhibitExtensions bool   `help:"Forbid changes of DNSSEC keys, too."`
}

// Help is printed before the flags.
func (*registrantLockCmd) Help() string {
	return `Nobody can change, transfer or delete a locked domain until the registrant or an administrative contact unlocks it. It is asked for once: after code 5 look at the domains before you lock again.

` + registrantExits + `Examples:

	mss registrant lock --config mobileid-ee.yaml --msisdn +37200000766 --identity 60001019906 company.ee`
}

func (c *registrantLockCmd) Run(a *app) error {
	return c.change(a, c.Domain, "lock", registrantLocked, func(ctx context.Context, s *registrantSession, id string) (*registrant.Domain, error) {
		return s.Lock(ctx, s.token, id, registrant.LockOptions{ProhibitExtensions: c.ProhibitExtensions})
	})
}

type registrantUnlockCmd struct {
	registrantFlags
	Domain string `arg:"" help:"Name of the domain, or its id."`
}

// Help is printed before the flags.
func (*registrantUnlockCmd) Help() string {
	return registrantExits + `Examples:

	mss registrant unlock --config mobileid-ee.yaml --msisdn +37200000766 --identity 60001019906 company.ee`
}

func (c *registrantUnlockCmd) Run(a *app) error {
	return c.change(a, c.Domain, "unlock", registrantUnlocked, func(ctx context.Context, s *registrantSession, id string) (*registrant.Domain, error) {
		return s.Unlock(ctx, s.token, id)
	})
}

// change changes one domain, once, and reports it as it is then.
func (f *registrantFlags) change(a *app, name, step, outcome string, do func(context.Context, *registrantSession, string) (*registrant.Domain, error)) error {
	return f.run(a, func(s *registrantSession) (*registrantReport, error) {
		d, err := s.domain(a, name)
		if err != nil {
			return nil, err
		}
		if d, err = do(a.ctx, s, d.ID); err != nil {
			return nil, a.interrupted(newRegistryError(step, err))
		}
		r := s.report(outcome)
		r.Domains = append(r.Domains, newDomainReport(d))
		return r, nil
	})
}

// registrantReport is what --json prints. Its members are documented in docs/cli.md. The token is none of them.
type registrantReport struct {
	Outcome     string         `json:"outcome"` // login, domains, locked, unlocked
	Environment string         `json:"environment"`
	Expires     time.Time      `json:"expires"` // of the login
	Domains     []domainReport `json:"domains"` // of lock and unlock, the one as it is now
}

type domainReport struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Locked    bool      `json:"locked"`
	LockedAt  time.Time `json:"lockedAt,omitzero"` // by the registrant
	Statuses  []string  `json:"statuses"`
	Registrar string    `json:"registrar"`
	ValidTo   time.Time `json:"validTo,omitzero"`
}

func (s *registrantSession) report(outcome string) *registrantReport {
	return &registrantReport{Outcome: outcome, Environment: s.environment, Expires: s.token.Expires().UTC(), Domains: []domainReport{}}
}

func newDomainReport(d *registrant.Domain) domainReport {
	r := domainReport{
		ID: redact.Clean(d.ID, 64), Name: redact.Clean(d.Name, 255), Locked: d.Locked(), LockedAt: d.LockedAt, Statuses: []string{},
		Registrar: redact.Clean(d.Registrar.Name, 100), ValidTo: d.ValidTo,
	}
	for _, status := range d.Statuses {
		r.Statuses = append(r.Statuses, redact.Clean(status, 64))
	}
	return r
}

// human prints a line for each domain, after what was done.
func (r *registrantReport) human(out io.Writer) error {
	fmt.Fprintf(out, "\n%s\n", map[string]string{
		registrantLogin: "Logged in", registrantDomains: "Domains:", registrantLocked: "Locked:", registrantUnlocked: "Unlocked:",
	}[r.Outcome])
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, d := range r.Domains {
		lock := "open"
		if d.Locked {
			lock = "locked"
		}
		valid := ""
		if !d.ValidTo.IsZero() {
			valid = "until " + d.ValidTo.Format(time.DateOnly)
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\n", d.Name, lock, valid, d.Registrar, strings.Join(d.Statuses, " "))
	}
	if len(r.Domains) == 0 && r.Outcome == registrantDomains {
		fmt.Fprintln(w, "  none")
	}
	if err := w.Flush(); err != nil {
		return err
	}
	line(out, "environment", cmp.Or(map[string]string{"simulator": "SIMULATOR: proves nothing about anybody"}[r.Environment], r.Environment))
	return nil
}
