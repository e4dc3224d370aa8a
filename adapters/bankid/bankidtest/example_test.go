package bankidtest_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log"
	"strings"

	"github.com/gomss/gomss/adapters/bankid/bankidtest"
	"github.com/gomss/gomss/transport"
)

// An identification over real mutual TLS, message by message. An application uses package bankid instead, which also
// judges the signature.
func Example() {
	srv, err := bankidtest.Start(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	srv.Script(bankidtest.Anyone, bankidtest.Person{GivenName: "TOLVAN", Surname: "TOLVANSSON", Manual: true})

	client, err := transport.New(srv.HTTP())
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	post := func(path, body string, answer any) {
		reply, err := client.Do(context.Background(), &transport.Exchange{Path: path, ContentType: "application/json", Body: []byte(body)})
		if err != nil {
			log.Fatal(err)
		}
		if err := json.Unmarshal(reply.Body, answer); err != nil {
			log.Fatal(err)
		}
	}

	var order struct{ OrderRef, QRStartToken, QRStartSecret string }
	post("/auth", `{"endUserIp":"198.51.100.7"}`, &order)

	// What a web page would show in its first second.
	mac := hmac.New(sha256.New, []byte(order.QRStartSecret))
	mac.Write([]byte("0"))
	qr := strings.Join([]string{"bankid", order.QRStartToken, "0", hex.EncodeToString(mac.Sum(nil))}, ".")
	if err := srv.Scan(qr); err != nil {
		log.Fatal(err)
	}

	var outcome struct {
		Status         string
		CompletionData struct {
			User struct{ PersonalNumber, Name string }
		}
	}
	post("/collect", `{"orderRef":"`+order.OrderRef+`"}`, &outcome)
	fmt.Println(outcome.Status, outcome.CompletionData.User.PersonalNumber, outcome.CompletionData.User.Name)
	fmt.Println("persons asked:", srv.Prompts())

	var again struct{ ErrorCode, Details string }
	post("/collect", `{"orderRef":"`+order.OrderRef+`"}`, &again)
	fmt.Println(again.ErrorCode, again.Details)
	// Output:
	// complete 198507099805 TOLVAN TOLVANSSON
	// persons asked: 1
	// invalidParameters No such order
}
