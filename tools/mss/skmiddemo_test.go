package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// demoPersons are what the service's documents say, and the mapping onto TS 102 204: how an authentication ends, and a signing.
var demoPersons = []struct {
	phone, code, native string
	auth, sign          int
}{
	{"+37200000766", "60001019906", "", 500, 500},
	{"+37200000566", "60001018800", "", 500, 500},
	{"+37268000769", "60001017869", "", 500, 500},
	{"+37269930366", "51307149560", "", 500, 500},
	{"+37200001566", "39901019992", "", 500, 500},
	{"+37200001466", "45001019980", "", 500, 500},
	{"+37200001366", "61001019985", "", 500, 500},
	{"+37200017716", "60001017716", "", 500, 500},
	{"+37060000666", "50001018865", "", 500, 500},
	{"+37200000266", "60001019939", "NOT_MID_CLIENT", 105, 422},
	{"+37200000366", "60001019928", "NOT_MID_CLIENT", 105, 422},
	{"+37060000266", "50001018832", "NOT_MID_CLIENT", 105, 422},
	{"+37207110066", "60001019947", "DELIVERY_ERROR", 209, 209},
	{"+37201100266", "60001019950", "USER_CANCELLED", 401, 401},
	{"+37061100266", "50001018854", "USER_CANCELLED", 401, 401},
	{"+37200000666", "60001019961", "SIGNATURE_HASH_MISMATCH", 406, 406},
	{"+37201200266", "60001019972", "SIM_ERROR", 406, 406},
	{"+37061200266", "50001018876", "SIM_ERROR", 406, 406},
	{"+37213100266", "60001019983", "PHONE_ABSENT", 209, 209},
	{"+37266000266", "50001018908", "TIMEOUT", 208, 208},
	{"+37066000266", "50001018908", "TIMEOUT", 208, 208},
}

// TestDemoPersons: every demo person, both purposes, through the command line.
func TestDemoPersons(t *testing.T) {
	t.Parallel()
	digest := strings.Repeat("ab", 32)
	for _, p := range demoPersons {
		for purpose, want := range map[string]int{"auth": p.auth, "sign": p.sign} {
			t.Run(p.phone+" "+purpose, func(t *testing.T) {
				t.Parallel()
				args := []string{"sign", "--provider", "skmid", "--simulate", "--msisdn", p.phone, "--identity", p.code, "--purpose", purpose, "--json"}
				if purpose == "sign" {
					args = append(args, "--hash", digest)
				}
				r := runSKMID(t, args...)
				rep := r.report(t)
				require.Equal(t, want, rep.Status, r.out)
				require.Equal(t, "simulator", rep.Environment)
				if want == 500 {
					require.Equal(t, exitOK, r.code)
					require.True(t, *rep.TestSigner, "nobody")
					require.Equal(t, purpose == "auth", *rep.Fresh)
					require.Regexp(t, `(?m)^code +\d{4}: the phone must show the same$`, r.err)
					return
				}
				require.Equal(t, exitFault, r.code)
				native := p.native
				if want == 422 {
					native = "NOT_FOUND"
				}
				require.Equal(t, native, rep.Fault.Native)
				require.Regexp(t, `^[0-9a-f]{16}$`, rep.Fault.TraceID)
			})
		}
	}
}

// TestManualListsTheDemoPersons: docs/cli.md says the same.
func TestManualListsTheDemoPersons(t *testing.T) {
	t.Parallel()
	table := rows(t, "## SK Mobile-ID")
	require.Len(t, table, len(demoPersons))
	for i, p := range demoPersons {
		outcome, status, exit := "signed", fmt.Sprint(p.auth), "0"
		if p.native != "" {
			outcome, exit = p.native, "3"
		}
		if p.sign != p.auth {
			status += fmt.Sprintf("; %d", p.sign)
		}
		require.Equal(t, []string{p.phone, p.code}, table[i][:2])
		require.True(t, strings.HasPrefix(table[i][2], outcome), p.phone)
		require.Equal(t, []string{status, exit}, table[i][3:])
	}
}
