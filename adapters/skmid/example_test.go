package skmid_test

import (
	"context"
	"crypto"
	"crypto/sha256"
	"errors"
	"fmt"
	"log"

	"github.com/gomss/gomss/adapters/skmid"
	"github.com/gomss/gomss/adapters/skmid/skmidtest"
	"github.com/gomss/gomss/mss"
)

// A login against the simulated service with two of the demo service's persons: one enters the PIN, one cancels. Then the first
// one signs a document.
func Example() {
	srv, err := skmidtest.Start(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	client, err := skmid.New(skmid.Config{
		HTTP:             srv.HTTP(),
		RelyingPartyName: srv.RelyingPartyName(),
		RelyingPartyUUID: srv.RelyingPartyUUID(),
		Anchors:          srv.Anchors(),
	})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	show := func(p mss.Prompt) { fmt.Println("digits on the screen:", len(p.Code)) }
	user := func(phone, code string) (u mss.User) {
		if u.MSISDN, err = mss.ParseMSISDN(phone); err != nil {
			log.Fatal(err)
		}
		if u.Person, err = mss.ParsePersonID("EE", code); err != nil {
			log.Fatal(err)
		}
		return u
	}
	for _, who := range []mss.User{user("+37201100266", "60001019950"), user("+37200000766", "60001019906")} {
		sig, err := mss.Sign(context.Background(), client, &mss.Request{
			Purpose: mss.Authentication, User: who, Display: "Log in to ACME?", Language: "et",
		}, show)
		if errors.Is(err, mss.UserCancel) {
			fmt.Println("the person said no")
			continue
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("logged in:", sig.Signer.ID, sig.Signer.GivenName.Reveal(), sig.Fresh)
	}

	digest := sha256.Sum256([]byte("contract 42"))
	sig, err := mss.Sign(context.Background(), client, &mss.Request{
		Purpose: mss.Signing, User: user("+37200000766", "60001019906"), Display: "Contract 42", Language: "et",
		Data: mss.Digest(crypto.SHA256, digest[:]),
	}, show)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("signed:", sig.Format, len(sig.Value), sig.Signer.Chain[0].KeyUsage == 1<<1)
	// Output:
	// digits on the screen: 4
	// the person said no
	// digits on the screen: 4
	// logged in: PNOEE-60001019906 MARY ÄNN true
	// digits on the screen: 4
	// signed: raw ECDSA 64 true
}

func ExampleVerificationCode() {
	hash := sha256.Sum256([]byte("HACKERMAN_SHA256"))
	code, err := skmid.VerificationCode(hash[:])
	fmt.Println(code, err)
	// Output: 6008 <nil>
}
