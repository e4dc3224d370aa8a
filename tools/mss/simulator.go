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

// simulatedPeople are the persons of a simulated service, beside its test numbers: what needs an app, or somebody for whom
// things go wrong, can be tried as well. Nobody else has these numbers.
var simulatedPeople = []struct {
	number, does string
	person       msstest.Person
}{
	{"41790000001", "signs in the app: --txn and --app2app", msstest.Person{Method: msstest.App, Key: msstest.RSA}},
	{"41790000002", "has SIM card and app, and a recovery code", msstest.Person{Method: msstest.SIM | msstest.App, RecoveryCode: true}},
	{"41790000003", "signs in the app, and has location turned off", msstest.Person{Method: msstest.App, LocationError: int(mssp.GeofencingDeviceOff)}},
	{"41790000004", "signs, and cancels receipts", msstest.Person{Receipt: msstest.ReceiptCancel}},
	{"41790000005", "has a SIM card that their first signature activates", msstest.Person{Inactive: msstest.SIM, AutoActivation: true}},
}

// startSimulator starts a simulated service with its people.
func startSimulator(o *msstest.Options) (*msstest.Server, error) {
	o.Prefix = simulatedPrefix
	srv, err := msstest.Start(o)
	if err != nil {
		return nil, err
	}
	for _, p := range simulatedPeople {
		srv.Script(p.number, p.person)
	}
	return srv, nil
}

// connectSimulator starts a simulated service in this process, on the loopback interface, and makes a client of it: the
// way to it is the real one, through TLS and in either binding, where rec may listen. done ends both.
func (a *app) connectSimulator(profile string, binding mssp.Binding, rec *recording) (acc *account, done func(), err error) {
	srv, err := startSimulator(new(msstest.Options))
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
	acc = &account{client: client, provider: msspProvider(), url: srv.URL(), lang: simulatedLang, environment: mss.Simulator, cfg: cfg}
	a.warnSimulated()
	return acc, done, nil
}

func (a *app) warnSimulated() {
	fmt.Fprintln(a.stderr, "SIMULATOR: the service and the phone are simulated in this process; nothing here proves anything")
}
