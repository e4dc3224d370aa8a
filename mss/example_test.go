package mss_test

import (
	"errors"
	"fmt"

	"github.com/gomss/gomss/mss"
)

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
