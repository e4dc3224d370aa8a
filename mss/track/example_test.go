package track_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/mss/track"
)

// A login whose form is sent twice, on two instances of an application: the phone rings once, and the instance that did not
// start the login finishes it.
func Example() {
	srv, err := msstest.NewInProcess(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	srv.Script("+41791234567", msstest.Person{Do: msstest.Sign, Serial: "MIDCHE0123456789"})
	dialect := mssp.Swisscom()
	dialect.Poll = time.Millisecond // so that this example takes no time; the service wants 5 s
	client, err := mssp.New(mssp.Config{
		HTTP: srv.HTTP(), APID: srv.APID(), Prefix: srv.Prefix(), Anchors: srv.Anchors(),
		Dialect: dialect, Defaults: mssp.Options{Profile: mssp.ProfileAny},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	secret := make([]byte, 32) // in earnest: the same in all instances
	rand.Read(secret)
	keys, err := mss.NewKeys(client.Scope(), secret)
	if err != nil {
		log.Fatal(err)
	}
	store := new(track.Memory) // in earnest: one that the instances share
	var instances [2]*track.Tracker
	for i := range instances {
		if instances[i], err = track.New(track.Config{Service: client, Store: store, Keys: keys}); err != nil {
			log.Fatal(err)
		}
	}
	number, err := mss.ParseMSISDN("+41791234567")
	if err != nil {
		log.Fatal(err)
	}

	ctx := context.Background()
	id := track.NewID()          // in the form
	const browser = "session-17" // the browser's session with the application
	for _, tracker := range instances {
		err := tracker.Start(ctx, id, browser, &mss.Request{
			Purpose: mss.Authentication, User: mss.User{MSISDN: number},
			Display: srv.Prefix() + "log in?", AddCode: true, Language: "en",
		})
		if errors.Is(err, track.ErrExists) {
			fmt.Println("it was sent before")
		} else if err != nil {
			log.Fatal(err)
		}
	}

	_, _, err = instances[1].Look(ctx, id, "session-18")
	fmt.Println("another browser:", err)
	sig, err := instances[1].Wait(ctx, id, browser)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(sig.Verified(), sig.Fresh, sig.Signer.ID)
	fmt.Println("prompts:", srv.Prompts())
	// Output:
	// it was sent before
	// another browser: track: there is no such record, or no longer
	// true true MIDCHE0123456789
	// prompts: 1
}
