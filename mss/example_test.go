package mss_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
)

// A login, and what is said to the person where nobody is let in. This one has not activated the service.
func Example() {
	srv, err := msstest.Start(nil) // in place of a real service
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	srv.Script("+41791234567", msstest.Person{Fault: mss.NoKeyFound})
	service, err := mssp.New(mssp.Config{
		HTTP: srv.HTTP(), APID: srv.APID(), Prefix: srv.Prefix(), Anchors: srv.Anchors(),
		Defaults: mssp.Options{Profile: mssp.ProfileAny},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer service.Close()

	number, err := mss.ParseMSISDN("+41791234567")
	if err != nil {
		log.Fatal(err)
	}
	sig, err := mss.Sign(context.Background(), service, &mss.Request{
		Purpose: mss.Authentication, User: mss.User{MSISDN: number},
		Display: srv.Prefix() + "log in?", AddCode: true, Language: "en",
	}, func(p mss.Prompt) { fmt.Println("Compare with your phone:", p.Code) })
	switch {
	case err == nil:
		fmt.Println("Welcome,", sig.Signer.ID)
	case errors.Is(err, mss.UserCancel):
		fmt.Println("You have declined, or asked again elsewhere.")
	case mss.MayHaveRung(err):
		fmt.Println("Has your phone asked you? Wait a minute before you try again.")
	default:
		fmt.Println(err)
	}
	// Output: mss: 404 NO_KEY_FOUND: the person has not activated the service: refer to the provider's portal
}

// A handle lets another instance go on with a transaction; it opens only in the session that it was sealed for.
func ExampleKeys() {
	keys, err := mss.NewKeys("mssp|swisscom|production|mss.example|mid://acme", []byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		panic(err)
	}
	tx := &mss.Transaction{Provider: "mssp|swisscom|production|mss.example|mid://acme", TransID: "T1", MSSPTransID: "h4iof"}
	handle, err := keys.Seal(tx, "session-7")
	if err != nil {
		panic(err)
	}

	var elsewhere mss.Transaction
	fmt.Println(keys.Open(handle, "session-8", &elsewhere))
	fmt.Println(keys.Open(handle, "session-7", &elsewhere), elsewhere.MSSPTransID)
	// Output:
	// mss: handle cannot be opened: it is damaged, or of another key, scope or session
	// <nil> h4iof
}

// Codes are errors: ask for the ones that matter to you.
func ExampleCode() {
	err := error(&mss.Fault{Code: mss.UserCancel})
	fmt.Println(errors.Is(err, mss.UserCancel), mss.MayHaveRung(err))
	fmt.Println(err)
	// Output:
	// true true
	// mss: 401 USER_CANCEL: the person declined, or a newer request took this one's place
}

// A number prints redacted wherever it ends up.
func ExampleMSISDN() {
	n, err := mss.ParseMSISDN("+41791234567")
	fmt.Println(n, err)
	fmt.Printf("%+v\n", mss.User{MSISDN: n})
	fmt.Println(n.Reveal())
	// Output:
	// [redacted] <nil>
	// {MSISDN:[redacted] Person: ID:}
	// +41791234567
}
