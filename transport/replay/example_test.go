package replay_test

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"

	"github.com/gomss/gomss/transport/replay"
)

func ExamplePlayer() {
	player, err := replay.NewPlayer([]replay.Exchange{{
		Name:    "01",
		Request: []byte(`<q:Ask xmlns:q="urn:q" id="${ID}"><q:Number>7</q:Number></q:Ask>`),
		Answer:  []byte(`<Told id="${ID}">seven</Told>`),
	}}, replay.Options{})
	if err != nil {
		log.Fatal(err)
	}
	client := &http.Client{Transport: player}
	ask := func(body string) {
		resp, err := client.Post("https://replay.invalid", "text/xml", strings.NewReader(body))
		if err != nil {
			fmt.Println(err)
			return
		}
		defer resp.Body.Close()
		answer, _ := io.ReadAll(resp.Body)
		fmt.Println(string(answer))
	}
	ask(`<Ask xmlns="urn:q" id="A1"><Number>8</Number></Ask>`)
	fmt.Println(player.Done())
	ask(`<Ask xmlns="urn:q" id="A1"><Number>7</Number></Ask>`)
	fmt.Println(player.Done())
	// Output:
	// Post "https://replay.invalid": replay: 01-request.xml: Ask/Number: want "7", got another value of 1 characters, different from character 1 on
	// replay: 1 of 1 recorded requests never came: 01-request.xml
	// <Told id="A1">seven</Told>
	// <nil>
}

func ExampleTrace() {
	service, err := replay.NewPlayer([]replay.Exchange{{
		Name: "01", JSON: true,
		Request: []byte(`{"Ask": {"AP_ID": "${ID}"}}`),
		Answer:  []byte(`{"Told": {"AP_ID": "${ID}", "MSISDN": "41791234567", "StatusMessage": "REQUEST_OK"}}`),
	}}, replay.Options{})
	if err != nil {
		log.Fatal(err)
	}
	var trace bytes.Buffer
	client := &http.Client{Transport: replay.Trace(service, &trace)}
	resp, err := client.Post("https://replay.invalid/ask", "application/json", strings.NewReader(`{"Ask": {"AP_ID": "mid://bank.example"}}`))
	if err != nil {
		log.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	_, messages, _ := strings.Cut(trace.String(), "\n") // the first line tells how long it took
	fmt.Println(messages)
	// Output:
	// request: application/json
	// {
	//   "Ask": {
	//     "AP_ID": "${AP_ID}"
	//   }
	// }
	// answer: application/json; charset=UTF-8
	// {
	//   "Told": {
	//     "AP_ID": "${AP_ID}",
	//     "MSISDN": "1",
	//     "StatusMessage": "REQUEST_OK"
	//   }
	// }
}
