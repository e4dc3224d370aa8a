package mssp_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
)

// A login against the simulated service: the person cancels the first request and signs the second.
func Example() {
	srv, err := msstest.Start(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()

	client, err := mssp.New(mssp.Config{
		HTTP:     srv.HTTP(),
		APID:     srv.APID(),
		Prefix:   srv.Prefix(),
		Anchors:  srv.Anchors(),
		Defaults: mssp.Options{Profile: mssp.ProfileAny},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	number, err := mss.ParseMSISDN("+41791234567")
	if err != nil {
		log.Fatal(err)
	}
	req := &mss.Request{
		Purpose:  mss.Authentication,
		User:     mss.User{MSISDN: number},
		Display:  srv.Prefix() + "log in?",
		Language: "en",
	}
	for _, person := range []msstest.Person{{Do: msstest.Cancel}, {Do: msstest.Sign, Serial: "MIDCHE0123456789"}} {
		srv.Script("+41791234567", person)
		sig, err := client.SignSync(context.Background(), req)
		if errors.Is(err, mss.UserCancel) {
			fmt.Println("the person said no")
			continue
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(sig.Verified(), sig.Signer.ID, sig.Profile)
		fmt.Printf("%s\n", sig.Content)
	}
	// Output:
	// the person said no
	// true MIDCHE0123456789 http://mid.swisscom.ch/STK-LoA4
	// Simulator: log in?
}

// What goes with a signature, over JSON: the person must be in Switzerland or Liechtenstein, and is told what came of it.
// What they can sign with is asked for first.
func Example_services() {
	srv, err := msstest.Start(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	srv.Script("+41791234567", msstest.Person{Method: msstest.SIM, RecoveryCode: true})

	client, err := mssp.New(mssp.Config{
		HTTP:     srv.HTTP(),
		Binding:  mssp.JSON,
		APID:     srv.APID(),
		Prefix:   srv.Prefix(),
		Anchors:  srv.Anchors(),
		Defaults: mssp.Options{Profile: mssp.ProfileAny},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	ctx := context.Background()
	number, err := mss.ParseMSISDN("+41791234567")
	if err != nil {
		log.Fatal(err)
	}

	profile, err := client.ProfileQuery(ctx, mss.User{MSISDN: number})
	if err != nil {
		log.Fatal(err)
	}
	told := profile.Details.(*mssp.ProfileDetails)
	fmt.Println("SIM card", told.SIM.State, "recovery code", *told.RecoveryCode)

	sig, err := client.SignSync(ctx, &mss.Request{
		Purpose:  mss.Signing,
		User:     mss.User{MSISDN: number},
		Display:  srv.Prefix() + "pay CHF 10 to Anna?",
		Language: "en",
		Options: mssp.Options{Geofencing: &mssp.Geofencing{Policy: &mssp.LocationPolicy{
			Allow: []string{"CH", "LI"}, MinLocationConfidence: mssp.ConfidenceStandard,
		}}},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("signed in", sig.Details.(*mssp.Details).Location.Country)

	answer, err := client.Receipt(ctx, sig, mss.Message{Text: srv.Prefix() + "paid.", Language: "en", Ack: true})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("receipt", answer.Outcome)
	// Output:
	// SIM card ACTIVE recovery code true
	// signed in CH
	// receipt accepted
}
