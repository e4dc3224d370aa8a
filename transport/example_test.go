package transport_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

func Example() {
	// A service, as long as there is none: it asks a person, and answers.
	service := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		question, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "text/xml;charset=UTF-8")
		fmt.Fprintf(w, "<signed>%s</signed>", question)
	}))
	defer service.Close()

	client, err := transport.New(transport.Config{
		URL:   service.URL,
		Roots: []*x509.Certificate{service.Certificate()},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()

	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	reply, err := client.Do(ctx, &transport.Exchange{
		Path:        "/soap/services/MSS_SignaturePort",
		ContentType: "text/xml;charset=UTF-8",
		Body:        []byte("Log in to the shop?"),
		Prompts:     true,
	})
	if err != nil {
		fmt.Println(err, mss.MayHaveRung(err))
		return
	}
	fmt.Println(reply.Status, reply.ContentType)
	fmt.Println(string(reply.Body))
	// Output:
	// 200 text/xml;charset=UTF-8
	// <signed>Log in to the shop?</signed>
}

// A failed exchange says whether the phone may have rung.
func ExampleClient_Do_failure() {
	client, err := transport.New(transport.Config{
		URL: "https://mss.example",
		Base: tripper(func(r *http.Request) (*http.Response, error) {
			io.Copy(io.Discard, r.Body)
			return nil, errors.New("the line is dead")
		}),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = client.Do(context.Background(), &transport.Exchange{Body: []byte("Sign?"), Prompts: true})
	if failure, ok := errors.AsType[*mss.TransportError](err); ok {
		fmt.Println(failure.Sent)
	}
	fmt.Println("may have rung:", mss.MayHaveRung(err))
	// Output:
	// maybe sent
	// may have rung: true
}

func ExampleParsePin() {
	pin, err := transport.ParsePin("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(pin.String()[:11], len(transport.Config{Pins: []transport.Pin{pin}}.Pins))
	// Output: 01:23:45:67 1
}
