package main

import (
	"encoding/json"
	"fmt"

	"github.com/gomss/gomss/mss"
)

// healthCmd asks whether the service works, by the heartbeat of the operator's guide. No phone rings.
type healthCmd struct {
	Binding  string `enum:"soap,rest," default:"" placeholder:"soap|rest" help:"Form of the messages. Else the key binding; soap."`
	Simulate bool   `help:"Use a simulated service in this process; needs no configuration."`
	Config   string `placeholder:"FILE" help:"Configuration file (YAML)."`
	JSON     bool   `name:"json" help:"Print one JSON object."`
}

// Help is printed before the flags.
func (*healthCmd) Help() string {
	return `Exit codes: 0 healthy, 2 usage or configuration, 3 a fault other than the one that says healthy, 5 transport.

It takes the whole way: network, TLS, client certificate, account, service.

Examples:

	mss health --simulate
	mss health --config mss.yaml --json`
}

func (c *healthCmd) Run(a *app) error {
	r := &report{title: "Not healthy"}
	if err := c.ask(a, r); err != nil {
		r.failed(err)
		return a.conclude(c.JSON, r, err)
	}
	if c.JSON {
		return json.NewEncoder(a.stdout).Encode(struct {
			Outcome     string `json:"outcome"`
			Environment string `json:"environment"`
		}{"healthy", r.Environment})
	}
	_, err := fmt.Fprintf(a.stdout, "healthy: %s\n", r.Environment)
	return err
}

func (c *healthCmd) ask(a *app, r *report) error {
	acc, done, err := a.open(c.Simulate, c.Config, c.Binding)
	if err != nil {
		return err
	}
	defer done()
	r.Environment = acc.environment.String()
	r.private.add(acc.cfg.APPassword.Reveal())
	return a.interrupted(mss.Health(a.ctx, acc))
}

// open makes a client that signs nothing: of the simulator, or of the configuration.
func (a *app) open(simulate bool, config, binding string) (*account, func(), error) {
	return a.openFor("", simulate, config, binding)
}

// openFor does so for the provider that a flag names; "" for that of the configuration, or the default one.
func (a *app) openFor(provider string, simulate bool, config, binding string) (*account, func(), error) {
	p, s, err := a.choose(provider, config, simulate)
	if err != nil {
		return nil, nil, err
	}
	o := opening{binding: binding}
	if s != nil {
		o.profile = s.profile
	}
	return a.openWith(p, s, o)
}
