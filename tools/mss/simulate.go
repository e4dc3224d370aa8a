package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/tools/internal/phones"
	"github.com/gomss/gomss/tools/internal/simkit"
)

// simulateCmd runs the simulators of package phones for other processes.
type simulateCmd struct {
	Addr     string `default:"127.0.0.1:0" placeholder:"127.0.0.1:PORT" help:"Loopback address of the simulated Mobile ID; port 0 (default) takes a free one."`
	Page     string `default:"127.0.0.1:0" placeholder:"127.0.0.1:PORT" help:"Loopback address of the page with the phones; port 0 (default) takes a free one."`
	Callback string `placeholder:"URL" help:"Where the simulated Hermod sends its callbacks: http or https on this machine, what hermod.Client.Callback is reached by."`
	Dir      string `placeholder:"DIR" help:"Where to write configurations, certificates and keys; a temporary directory, removed at the end, by default."`
	Seed     uint64 `placeholder:"N" help:"Seed of the simulators' random choices; 0 (default) draws one and prints it."`
	Calm     bool   `help:"Behave well: without it some answers of Mobile ID come late, are lost, say that nothing has happened yet, or are oddly spelled. The page can change it."`
}

// Help is printed before the flags.
func (*simulateCmd) Help() string {
	return `The simulators of all providers, Mobile ID, SK Mobile-ID with the registrant API, BankID and Hermod, run until they are interrupted. They make keys and certificates of their own, which every client of this project refuses outside the environment "simulator", and write into the directory what clients need.

A page shows the phones: what each of them asks its owner, with buttons to sign, cancel, block the PIN, lose the network or change the SIM card, and a history of all messages. Whoever has its address, with the token in it, can press them. A signature of Mobile ID in the history can be copied as a scenario, which mss replay runs. Tests press the same buttons under /api (docs/cli.md).

The test numbers of Mobile ID work with --allow-test-numbers, and nobody needs to press anything for them; other numbers have persons behind them who use the app, cancel a receipt or cannot be located: it prints which. Mobile ID speaks both bindings, and misbehaves as services do on bad days, so that a client learns to live with it; the seed that it prints makes a run repeatable. The page begins and ends bad days of each service.

Exit codes: 0 interrupted, 2 usage, or an address or directory that cannot be had.

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
	if err := checkLoopback("--page", c.Page); err != nil {
		return err
	}
	if err := checkLoopback("--addr", c.Addr); err != nil {
		return err
	}
	people := make(map[string]msstest.Person)
	for _, p := range simulatedPeople {
		people[p.number] = p.person
	}
	hub, err := phones.Start(phones.Options{
		Addr: c.Page, MobileIDAddr: c.Addr, Dir: dir, Prefix: simulatedPrefix, People: people, Misbehave: !c.Calm, Seed: c.Seed,
		HermodCallback: c.Callback,
	})
	if err != nil {
		return usagef("--addr, --page, --callback or --dir: %v; choose another loopback address or port, or port 0, and a directory that can be written", err)
	}
	defer hub.Close()
	c.explain(a, dir, hub)
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

// explain says how to use the simulators.
func (c *simulateCmd) explain(a *app, dir string, hub *phones.Hub) {
	manners := ""
	if !c.Calm {
		manners = "Some answers of Mobile ID come late, are lost or oddly spelled, as on a bad day; --calm leaves that out.\n"
	}
	var list strings.Builder
	for _, h := range hub.Handsets() {
		fmt.Fprintf(&list, "  %-13s %-20s %s", h.Provider, h.Device, h.Number)
		if h.Identity != "" {
			fmt.Fprintf(&list, " with --identity %s", h.Identity)
		}
		list.WriteByte('\n')
	}
	var people strings.Builder
	for _, p := range simulatedPeople {
		fmt.Fprintf(&people, "%s %s\n", p.number, p.does)
	}
	sign := "  mss sign --config " + configPath(dir)
	fmt.Fprintf(a.stdout, `SIMULATOR of all providers (seed %d)
Phones: %s

%s
Configurations, certificates and keys: %s

%s --msisdn +41790000021 --code --text "%slog in?"

Mobile ID is at %s. Without the page:

%s --allow-test-numbers --msisdn 41700092501 --code --text "%[6]slog in?"

41700092501 signs with an EC key, 41700092502 with RSA; 41000092<code> answers with the fault <code>.
%[9]s%[10]sInterrupt (Ctrl-C) to end.
`, hub.Seed(), hub.URL(), list.String(), dir, sign, simulatedPrefix, hub.MobileID().HTTP.URL, sign, people.String(), manners)
}

// configPath is the configuration of Mobile ID in a kit.
func configPath(dir string) string { return filepath.Join(dir, simkit.MobileIDConfig) }

// checkLoopback refuses addresses that others reach: whoever reaches a simulator makes signatures with it.
func checkLoopback(flag, addr string) error {
	host, _, err := net.SplitHostPort(addr)
	ip := net.ParseIP(host)
	if err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return usagef("%s: must be a loopback address (127.0.0.1, [::1] or localhost) with a port; port 0 takes a free one", flag)
	}
	return nil
}
