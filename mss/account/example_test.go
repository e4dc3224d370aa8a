package account_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/account"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
)

// A customer logs in twice. Then somebody else has the telephone number, and the operator rebinds the account once they
// know that it is the same customer, who activated the service anew.
func Example() {
	srv, err := msstest.Start(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	client, err := mssp.New(mssp.Config{
		HTTP: srv.HTTP(), APID: srv.APID(), Prefix: srv.Prefix(), Anchors: srv.Anchors(),
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
	ctx := context.Background()

	store := new(account.Memory) // in earnest: account.NewSQL
	binder, err := account.New(account.Config{Store: store})
	if err != nil {
		log.Fatal(err)
	}
	login := func(customer string) error {
		sig, err := client.SignSync(ctx, &mss.Request{
			Purpose: mss.Authentication, User: mss.User{MSISDN: number},
			Display: srv.Prefix() + "log in?", Language: "en",
		})
		if err != nil {
			return err
		}
		res, err := binder.Bind(ctx, customer, sig)
		if err != nil {
			return err
		}
		fmt.Println(res.Outcome, res.Scope)
		return nil
	}

	for _, serial := range []string{"MIDCHE0123456789", "MIDCHE0123456789", "MIDCHE9876543210"} {
		srv.Script("+41791234567", msstest.Person{Do: msstest.Sign, Serial: serial})
		if err := login("customer-4711"); errors.Is(err, account.ErrMismatch) {
			fmt.Println("refused: another person, or the same one activated anew")
		} else if err != nil {
			log.Fatal(err)
		}
	}
	key := account.Key{Scope: "mssp|swisscom|simulator", Account: "customer-4711"}
	if err := binder.Rebind(ctx, key, "MIDCHE0123456789", "MIDCHE9876543210"); err != nil {
		log.Fatal(err)
	}
	if err := login("customer-4711"); err != nil {
		log.Fatal(err)
	}
	// Output:
	// enrolled mssp|swisscom|simulator
	// known mssp|swisscom|simulator
	// refused: another person, or the same one activated anew
	// known mssp|swisscom|simulator
}
