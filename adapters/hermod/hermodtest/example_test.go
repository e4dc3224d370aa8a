package hermodtest_test

import (
	"bytes"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/gomss/gomss/adapters/hermod/hermodtest"
)

// A signature, message by message. An application uses package hermod instead, which also judges the result.
func Example() {
	srv, err := hermodtest.NewInProcess(hermodtest.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	if _, err := srv.Enroll("astrid"); err != nil {
		log.Fatal(err)
	}
	srv.CallbackTo(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { fmt.Println("callback:", r.Method, r.URL.Path) }))
	srv.Person(hermodtest.Person{User: "astrid", Delay: 10 * time.Millisecond})

	command := `{"commandHeader":{"to":["@astrid"],"lifespan":60,"timeout":60,"externalId":"my-id"},"signCommand":{"params":{
		"tbs":[{"key":"tbs","content_type":"text/plain","data":"Pay 10?","visible":true}],"format":"jws","mechanism":"CKM_SHA256_RSA_PKCS"}}}`
	req, err := http.NewRequest(http.MethodPost, srv.URL()+"/command/sign", bytes.NewReader([]byte(command)))
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Api-Key", srv.APIKey())
	resp, err := srv.RoundTripper().RoundTrip(req)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(resp.Status, srv.Outstanding()[0].Texts)
	resp.Body.Close()
	for len(srv.Callbacks()) == 0 {
		time.Sleep(time.Millisecond)
	}
	fmt.Println("persons asked:", srv.Prompts())
	// Output:
	// 200 OK [Pay 10?]
	// callback: POST /hermod/rest/callback/sign
	// persons asked: 1
}
