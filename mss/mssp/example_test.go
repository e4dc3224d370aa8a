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
