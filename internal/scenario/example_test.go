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
