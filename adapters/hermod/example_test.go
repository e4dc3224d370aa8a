package hermod_test

import (
	"context"
	"fmt"
	"log"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/adapters/hermod/hermodtest"
	"github.com/gomss/gomss/mss"
)

// A login and a payment by somebody who has enrolled, against a simulator in this process.
func Example() {
	srv, err := hermodtest.NewInProcess(hermodtest.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	cfg := srv.Config()
	cfg.Registry = hermod.NewMemoryRegistry()
	device, err := srv.Enroll("alice@acme.example") // in earnest: Client.Enroll
	if err != nil {
		log.Fatal(err)
	}
	if err := cfg.Registry.Put(context.Background(), device); err != nil {
		log.Fatal(err)
	}
	client, err := hermod.New(cfg)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	srv.CallbackTo(client.Callback()) // in earnest: mux.Handle("/hermod/callback/", client.Callback())

	user := mss.User{ID: device.User}
	for _, req := range []*mss.Request{
		{Purpose: mss.Authentication, User: user, Display: "Log in to ACME"},
		{Purpose: mss.Signing, User: user, Display: "Pay 10 EUR to Shop", Options: hermod.Options{Format: mss.JWS}},
	} {
		sig, err := mss.Sign(context.Background(), client, req, func(mss.Prompt) {})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(req.Purpose, sig.Verified(), sig.Fresh, sig.Format, sig.Signer.ID)
	}
	// Output:
	// authentication true true CMS HERMOD-alice@acme.example
	// signing true false JWS HERMOD-alice@acme.example
}

// A link leads an app to a mailbox. It is a secret, and prints without its token.
func ExampleParsePlugout() {
	p, err := hermod.ParsePlugout("com.nexusgroup.plugout:///?url=https%3a%2f%2fhermod.example%2Fhermod%2Frest%2Fms%2F7d5c&token=9f3b")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(p)
	fmt.Println(p.BoxID())
	// Output:
	// com.nexusgroup.plugout:///?url=[redacted, at hermod.example]&token=[redacted]
	// 7d5c
}
