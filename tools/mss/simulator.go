package main

import (
	"fmt"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
)

// What the simulated services of sign --simulate and of mss simulate have in common.
const (
	simulatedPrefix  = "Bank ACME: "
	simulatedProfile = mssp.ProfileAny
	simulatedLang    = "en"
)

// connectSimulator starts a simulated service in this process, on the loopback interface, and makes a client of it: the
// way to it is the real one, through TLS and in either binding, where rec may listen. done ends both.
func (a *app) connectSimulator(profile string, binding mssp.Binding, rec *recording) (acc *account, done func(), err error) {
	srv, err := msstest.Start(&msstest.Options{Prefix: simulatedPrefix})
	if err != nil {
		return nil, nil, fmt.Errorf("--simulate: %w", err)
	}
	cfg := mssp.Config{
		HTTP: srv.HTTP(), APID: srv.APID(), Prefix: srv.Prefix(), Anchors: srv.Anchors(),
		Defaults: mssp.Options{Profile: profile}, Binding: binding, AllowTestNumbers: true,
	}
	client, err := rec.connect(&cfg)
	if err != nil {
		srv.Close()
		return nil, nil, fmt.Errorf("--simulate: %w", err)
	}
	done = func() {
		client.Close()
		srv.Close()
	}
	acc = &account{Client: client, url: srv.URL(), lang: simulatedLang, environment: mss.Simulator, cfg: cfg}
	fmt.Fprintln(a.stderr, "SIMULATOR: the service and the phone are simulated in this process; nothing here proves anything")
	return acc, done, nil
}
