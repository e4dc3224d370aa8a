package bankid_test

import (
	"context"
	"fmt"
	"log"
	"net/netip"
	"time"

	"github.com/gomss/gomss/adapters/bankid"
	"github.com/gomss/gomss/adapters/bankid/bankidtest"
	"github.com/gomss/gomss/mss"
)

// A login, against a simulator in this process. The person reads the QR code at once.
func Example() {
	srv, err := bankidtest.NewInProcess(&bankidtest.Options{CollectFreely: true})
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	srv.Script(bankidtest.Anyone, bankidtest.Person{Manual: true})
	client, err := bankid.New(bankid.Config{
		HTTP: srv.HTTP(), Anchors: srv.Anchors(),
		Pace: time.Millisecond, // so that this example takes no time; the service wants 2 s
	})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	req := &mss.Request{Purpose: mss.Authentication, EndUserIP: netip.MustParseAddr("192.0.2.7"), Display: "Log in to ACME"}
	texts, scanned := bankid.DefaultMessages(), false
	sig, err := mss.Sign(context.Background(), client, req, func(p mss.Prompt) {
		if scanned {
			return
		}
		fmt.Println(texts.Text(bankid.MessageID(p.Hint, bankid.ByQR), "sv"))
		scanned = srv.Scan(p.QR.Reveal()) == nil // in earnest: a picture, anew each second
	})
	if err != nil {
		fmt.Println(texts.Text(bankid.FaultMessageID(err, bankid.ByQR), "sv"))
		return
	}
	fmt.Println(sig.Verified(), sig.Fresh, sig.Format)
	// Output:
	// Öppna BankID-appen.
	// true true XMLDSig
}

// What a page shows beside the code, by the hint of the last poll.
func ExampleMessageID() {
	texts := bankid.DefaultMessages()
	texts["RFA9"] = bankid.Message{SV: "Legitimera dig i appen.", EN: "Identify yourself in the app."}
	for _, hint := range []string{"outstandingTransaction", "userSign", "somethingNew"} {
		id := bankid.MessageID(hint, bankid.ByQR)
		fmt.Println(id, texts.Text(id, "en"))
	}
	// Output:
	// RFA1 Open the BankID app.
	// RFA9 Identify yourself in the app.
	// RFA21 Your request is being processed.
}
