//go:build browser

package browsertest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gomss/gomss/tools/internal/demo"
	"github.com/stretchr/testify/require"
)

// stage is a demonstration of its own, and a person at a browser: the bank in one tab, the phones in another.
type stage struct {
	t      *testing.T
	dir    string // certificates and configurations
	demo   *demo.Demo
	person *profile
	bank   *tab
	phones *tab
}

func newStage(t *testing.T) *stage {
	t.Helper()
	dir := t.TempDir()
	d, err := demo.Start(demo.Options{Dir: dir, Seed: 7})
	require.NoError(t, err)
	t.Cleanup(d.Close)
	s := &stage{t: t, dir: dir, demo: d, person: newProfile(t)}
	s.bank, s.phones = s.person.first, s.person.tab()
	s.bank.open(d.URL())
	s.phones.open(d.Phones.URL())
	return s
}

// customer is somebody who has a handset, and how they log in.
type customer struct {
	handset string // id
	way     string // id of the provider
	fields  map[string]string
	signer  string
}

// The customers of the demonstration.
var (
	sandra = customer{"mobileid-sim", "mobileid", map[string]string{"#number": "+41 79 000 00 21"}, "MIDCHESANDRA0000"}
	reto   = customer{"mobileid-app", "mobileid", map[string]string{"#number": "+41790000022"}, "MIDCHERETOBE0000"}
	mari   = customer{"skmid-ee", "sk", map[string]string{"#number": "+37250000021", "#person": "47101010033"}, "PNOEE-47101010033"}
	jonas  = customer{"skmid-lt", "sk", map[string]string{"#number": "+37060000021", "#person": "37101010021"}, "PNOLT-37101010021"}
	anna   = customer{"bankid", "bankid", map[string]string{"#person": "198507099805"}, "PNOSE-198507099805"}
	alice  = customer{"hermod", "hermod", map[string]string{"#user": "alice"}, "HERMOD-alice"}
)

// choose goes from the first page to the form of a provider, and fills it in.
func (c customer) choose(s *stage, b *tab) {
	b.t.Helper()
	b.open(s.demo.URL())
	b.press(fmt.Sprintf(`a[href="/?with=%s"]`, c.way))
	b.shows("Log in with")
	if c.way == "sk" {
		b.choose("#country", strings.ToUpper(strings.TrimPrefix(c.handset, "skmid-")))
	}
	for field, value := range c.fields {
		b.fill(field, value)
	}
}

// begin logs in as far as the page that waits.
func (c customer) begin(s *stage, b *tab) {
	b.t.Helper()
	c.choose(s, b)
	b.press("form.card button")
	b.arrives("/login/" + c.way + "/wait")
}

// logIn logs in, and presses what there is to press on the phone.
func (c customer) logIn(s *stage, b *tab) {
	b.t.Helper()
	c.begin(s, b)
	c.confirm(s)
	b.arrives("/me")
	require.Equal(b.t, c.signer, b.text("[data-signer]"))
}

// confirm signs what the phone shows.
func (c customer) confirm(s *stage) {
	s.t.Helper()
	if c.way == "bankid" {
		c.presses(s, "scan")
	}
	c.presses(s, "sign")
}

// presses presses a button of the handset.
func (c customer) presses(s *stage, action string) { s.t.Helper(); s.phones.press(c.button(action)) }

// button selects a button of the handset.
func (c customer) button(action string) string {
	return c.part(fmt.Sprintf(`[data-action="%s"]`, action))
}

// part selects something on the handset.
func (c customer) part(selector string) string {
	return fmt.Sprintf(`[data-handset="%s"] %s`, c.handset, selector)
}

// rung counts how often the phones of a provider were asked something: requests that the service has accepted.
func (s *stage) rung(operation string) (n int) {
	for _, x := range s.demo.Phones.History() {
		if x.Operation == operation && x.Status < 300 {
			n++
		}
	}
	return n
}
