package scenario_test

import (
	"context"
	"fmt"
	"log"

	"github.com/gomss/gomss/internal/scenario"
)

func Example() {
	s, err := scenario.Load("../../testdata/scenarios/async-fault-401")
	if err != nil {
		log.Fatal(err)
	}
	r, err := scenario.Run(context.Background(), s)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Scenario, r.OK())
	for _, o := range r.Outcomes {
		fmt.Println(o)
	}
	// Output:
	// async-fault-401 true
	// fault, code 401, name USER_CANCEL, requests 3
}

// A receipt is a question of its own, after its signature.
func Example_receipt() {
	s, err := scenario.Load("../../testdata/scenarios/guide-receipt-cancelled-rest")
	if err != nil {
		log.Fatal(err)
	}
	r, err := scenario.Run(context.Background(), s)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Scenario, r.OK())
	for _, o := range r.Outcomes {
		fmt.Println(o)
	}
	// Output:
	// guide-receipt-cancelled-rest true
	// signed, verified true, status 500, signer MIDCHEGUIDE00001, profile http://mid.swisscom.ch/STK-LoA4, requests 1
	// receipt, receipt cancelled, requests 1
}
