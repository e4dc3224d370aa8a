package main

import (
	"fmt"
	"strings"

	"github.com/gomss/gomss/internal/scenario"
)

// replayCmd runs recorded flows against the client, with the recording in place of the service.
type replayCmd struct {
	Dir []string `arg:"" help:"Scenario directories: scenario.json and the recorded exchanges. Or files that the phone page of mss simulate makes of a signature (FILE.txtar)."`
}

// Help is printed before the flags.
func (*replayCmd) Help() string {
	return `A scenario is a recorded flow and what must come out of it. No network is used, and nothing is waited for.

Exit codes: 0 all as recorded, 1 at least one differs, 2 one could not be read.

Examples:

	mss replay testdata/scenarios/*
	mss replay login.txtar
	mss sign --simulate --msisdn 41700092501 --text "Bank ACME: log in?" --record recorded && mss replay recorded`
}

func (c *replayCmd) Run(a *app) error {
	different := 0
	for _, dir := range c.Dir {
		s, err := loadScenario(dir)
		if err != nil {
			return usagef("%v", err)
		}
		result, err := scenario.Run(a.ctx, s)
		if err != nil {
			return a.interrupted(usagef("%s: %v", s.Name, err))
		}
		verdict := "ok"
		if !result.OK() {
			verdict = "differs"
			different++
		}
		fmt.Fprintf(a.stdout, "%-7s %s: %s\n", verdict, s.Name, outcomes(result.Outcomes))
		for _, d := range result.Differences {
			fmt.Fprintf(a.stdout, "        %s\n", d)
		}
	}
	if different > 0 {
		return fmt.Errorf("%d of %d scenarios differ: %w", different, len(c.Dir), errDifferent)
	}
	return nil
}

// outcomes is what came out of a scenario, in one line.
func outcomes(list []scenario.Outcome) string {
	texts := make([]string, len(list))
	for i, o := range list {
		texts[i] = o.String()
	}
	return strings.Join(texts, "; ")
}
