//go:build browser

package browsertest_test

import "testing"

// TestBadDay: the page switches a service over to its bad days and back, and a client that reads what it knows lives with them.
func TestBadDay(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	services := []struct {
		id, name string
		customer
	}{{"skmid", "SK Mobile-ID", mari}, {"bankid", "BankID", anna}, {"hermod", "Hermod", alice}}
	for _, service := range services {
		s.phones.press(`[data-service="` + service.id + `"] button`)
		s.phones.text(`[data-service="` + service.id + `"] .bad`)
	}
	s.phones.shows("bad day of SK Mobile-ID, BankID, Hermod")
	s.phones.accessible()
	for _, service := range services {
		service.logIn(s, s.bank)
		s.bank.press(`form[action="/logout"] button`)
		s.bank.arrives("/")
	}
	for _, service := range services {
		s.phones.press(`[data-service="` + service.id + `"] button`)
		s.phones.text(`[data-service="` + service.id + `"] .good`)
	}
	s.phones.shows("Services: well")
}
