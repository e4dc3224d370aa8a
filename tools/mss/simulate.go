package main

import (
	"crypto/x509"
	"fmt"
	"os"
	"strings"

	"github.com/gomss/gomss/mss/msstest"
)

// simulateCmd runs the simulator of package msstest for other processes.
type simulateCmd struct {
	Addr string `default:"127.0.0.1:0" placeholder:"127.0.0.1:PORT" help:"Loopback address to listen on; port 0 (default) takes a free one."`
	Dir  string `placeholder:"DIR" help:"Where to write the configuration, certificates and keys; a temporary directory, removed at the end, by default."`
	Seed uint64 `placeholder:"N" help:"Seed of the simulator's random choices; 0 (default) draws one and prints it."`
	Calm bool   `help:"Behave well: without it some answers come late, are lost, say that nothing has happened yet, or are oddly spelled."`
}

// Help is printed before the flags.
func (*simulateCmd) Help() string {
	return `The simulator runs until it is interrupted. It makes keys and certificates of its own, which every client of this project refuses outside the environment "simulator", and writes into the directory what a client needs. Its test numbers work with --allow-test-numbers; other numbers have persons behind them who use the app, cancel a receipt or cannot be located: it prints which.

It speaks both bindings, and misbehaves as services do on bad days, so that a client learns to live with it; the seed that it prints makes a run repeatable.

Examples:

	mss simulate --dir sim &
	mss sign --config sim/mss.yaml --allow-test-numbers --msisdn 41700092501 --text "Bank ACME: log in?"`
}

func (c *simulateCmd) Run(a *app) error {
	dir, removeDir, err := c.directory()
	if err != nil {
		return err
	}
	defer removeDir()
	id, err := newClientIdentity()
	if err != nil {
		return err
	}
	options := &msstest.Options{Addr: c.Addr, Seed: c.Seed, Clients: []*x509.Certificate{id.cert}}
	if !c.Calm {
		options.Misbehave = msstest.DefaultMisbehaviour()
	}
	srv, err := startSimulator(options)
	if err != nil {
		return usagef("--addr: %v; choose another loopback address or port, or port 0", err)
	}
	defer srv.Close()
	if err := writeKit(dir, srv.URL(), srv, id); err != nil {
		return err
	}
	c.explain(a, dir, srv.URL(), srv.Seed())
	<-a.ctx.Done()
	fmt.Fprintln(a.stderr, "mss: simulator ended")
	return nil
}

// directory makes the directory for the kit. Of its own accord it takes a temporary one, and removes that in the end.
func (c *simulateCmd) directory() (dir string, remove func(), err error) {
	if c.Dir != "" {
		if err := os.MkdirAll(c.Dir, 0o700); err != nil {
			return "", nil, usagef("--dir: %v", err)
		}
		return c.Dir, func() {}, nil
	}
	if dir, err = os.MkdirTemp("", "mss-simulate-"); err != nil {
		return "", nil, fmt.Errorf("simulate: %w", err)
	}
	return dir, func() { os.RemoveAll(dir) }, nil
}

// explain says how to use the simulator.
func (c *simulateCmd) explain(a *app, dir, url string, seed uint64) {
	config, manners := configPath(dir), ""
	if !c.Calm {
		manners = "Some answers come late, are lost or oddly spelled, as on a bad day; --calm leaves that out.\n"
	}
	var people strings.Builder
	for _, p := range simulatedPeople {
		fmt.Fprintf(&people, "%s %s\n", p.number, p.does)
	}
	fmt.Fprintf(a.stdout, `SIMULATOR at %s (seed %d)
Configuration, certificates and keys: %s

  mss sign --config %s --allow-test-numbers --msisdn 41700092501 --code --text "%slog in?"

41700092501 signs with an EC key, 41700092502 with RSA; 41000092<code> answers with the fault <code>.
%s%sInterrupt (Ctrl-C) to end.
`, url, seed, dir, config, simulatedPrefix, people.String(), manners)
}
