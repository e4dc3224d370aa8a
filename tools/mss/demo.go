package main

import (
	"errors"
	"fmt"
	"log/slog"

	"github.com/gomss/gomss/tools/internal/demo"
)

// demoCmd runs the sample relying party with the phones of its customers.
type demoCmd struct {
	Addr string `default:"127.0.0.1:0" placeholder:"127.0.0.1:PORT" help:"Loopback address of the relying party; port 0 (default) takes a free one."`
	Dir  string `placeholder:"DIR" help:"Where to write configurations, certificates and keys; a temporary directory, removed at the end, by default."`
	Seed uint64 `placeholder:"N" help:"Seed of the simulators' random choices; 0 (default) draws one and prints it."`
}

// Help is printed before the flags.
func (*demoCmd) Help() string {
	return `The demonstration runs until it is interrupted: a small bank to log in to with the browser, simulators of all providers, and a page on which the phones of the bank's customers ring. Open the address that it prints; the bank's first page leads to the phones.

Nothing leaves this machine. Keys and certificates are made anew each time, and every client of this project refuses them outside the environment "simulator". Evidence that the bank gives out can be judged with the configurations in the directory, as long as that is there.

Exit codes: 0 interrupted, 2 usage, or an address or directory that cannot be had.

Examples:

	mss demo
	mss demo --addr 127.0.0.1:8080 --dir demo
	mss verify evidence login.evidence --config demo/mss.yaml`
}

func (c *demoCmd) Run(a *app) error {
	if err := checkLoopback("--addr", c.Addr); err != nil {
		return err
	}
	dir, removeDir, err := (&simulateCmd{Dir: c.Dir}).directory()
	if err != nil {
		return err
	}
	defer removeDir()
	d, err := demo.Start(demo.Options{
		Addr: c.Addr, Dir: dir, Seed: c.Seed, Logger: slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if errors.Is(err, demo.ErrAddr) {
		return usagef("--addr: %v; choose another loopback address or port, or port 0", err)
	}
	if err != nil {
		return err
	}
	defer d.Close()
	fmt.Fprintf(a.stdout, `Open %s

The bank and its customers are SIMULATED (seed %d); the phones are on a page that the bank's links to.
Configurations, certificates and keys: %s
Interrupt (Ctrl-C) to end.
`, d.URL(), d.Phones.Seed(), dir)
	<-a.ctx.Done()
	fmt.Fprintln(a.stderr, "mss: demonstration ended")
	return nil
}
