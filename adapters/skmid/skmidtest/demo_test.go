package skmidtest_test

import (
	"crypto/rsa"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/skmid/skmidtest"
)

// The test persons of SK's demo environment, with what its users' own tests expect of them.
var demo = []struct {
	phone, code string
	result      skmidtest.Result
	serial      string // where there is a certificate
}{
	{"+37200000766", "60001019906", "OK", "PNOEE-60001019906"},
	{"+37200000566", "60001018800", "OK", "PNOEE-60001018800"},
	{"+37268000769", "60001017869", "OK", "PNOEE-60001017869"},
	{"+37269930366", "51307149560", "OK", "PNOEE-51307149560"},
	{"+37200001566", "39901019992", "OK", "39901019992"},
	{"+37200001466", "45001019980", "OK", "PNOEE-45001019980"},
	{"+37200001366", "61001019985", "OK", "61001019985"},
	{"+37200017716", "60001017716", "OK", "PNOEE-60001017716"},
	{"+37060000666", "50001018865", "OK", "PNOLT-50001018865"},
	{"+37200000266", "60001019939", "NOT_MID_CLIENT", ""},
	{"+37200000366", "60001019928", "NOT_MID_CLIENT", ""},
	{"+37060000266", "50001018832", "NOT_MID_CLIENT", ""},
	{"+37207110066", "60001019947", "DELIVERY_ERROR", "PNOEE-60001019947"},
	{"+37201100266", "60001019950", "USER_CANCELLED", "PNOEE-60001019950"},
	{"+37061100266", "50001018854", "USER_CANCELLED", "PNOLT-50001018854"},
	{"+37200000666", "60001019961", "SIGNATURE_HASH_MISMATCH", "PNOEE-60001019961"},
	{"+37201200266", "60001019972", "SIM_ERROR", "PNOEE-60001019972"},
	{"+37061200266", "50001018876", "SIM_ERROR", "PNOLT-50001018876"},
	{"+37213100266", "60001019983", "PHONE_ABSENT", "PNOEE-60001019983"},
	{"+37266000266", "50001018908", "TIMEOUT", "PNOEE-50001018908"},
	{"+37066000266", "50001018908", "TIMEOUT", "PNOLT-50001018908"},
}

func TestDemoPersons(t *testing.T) {
	t.Parallel()
	for _, tt := range demo {
		t.Run(tt.phone, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv, c := inProcess(t, nil)
				ask := c.askFor(tt.phone, tt.code)
				for _, kind := range kinds {
					a := c.outcome(kind, ask)
					require.Equal(t, string(tt.result), a.result(t))
					require.Equal(t, tt.result == "OK", a.Signature != nil)
					require.Equal(t, tt.result == "OK" && kind == authentication, a.Cert != "")
				}
				rings := 2
				if tt.serial == "" {
					rings = 0
					a := c.post("/certificate", ask)
					require.Equal(t, "NOT_FOUND", a.result(t))
					require.Empty(t, a.Cert)
				} else {
					require.Equal(t, tt.serial, c.certificateOf(ask).Subject.SerialNumber)
				}
				srv.AssertPrompts(t, rings)
			})
		})
	}
}

func TestDemoPersonWithRSA(t *testing.T) {
	t.Parallel()
	_, c := inProcess(t, nil)
	cert := c.authCertificate(c.askFor("+37200001566", "39901019992"))
	require.IsType(t, new(rsa.PublicKey), cert.PublicKey)
}

// Whoever has no Mobile-ID, and who holds another person's phone, is found out only by the status.
func TestNobody(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	for _, b := range []body{c.ask(), c.askFor("+37200000766", code), c.askFor(phone, "60001019906")} {
		for _, kind := range kinds {
			require.Equal(t, "NOT_MID_CLIENT", c.outcome(kind, b).result(t))
		}
		require.Equal(t, "NOT_FOUND", c.post("/certificate", b).result(t))
	}
	srv.AssertPrompts(t, 0)
}

// TIMEOUT with a time is a service that knows sooner, as no test should wait for two minutes without need.
func TestDemoPersonCanBeChanged(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	srv.Script("+37266000266", "50001018908", skmidtest.Person{Result: skmidtest.Timeout, After: 1})
	require.Equal(t, "TIMEOUT", c.outcome(authentication, c.askFor("+37266000266", "50001018908")).result(t))
	srv.Script("+37266000266", "50001018908", skmidtest.Person{})
	require.Equal(t, "OK", c.outcome(authentication, c.askFor("+37266000266", "50001018908")).result(t))
}
