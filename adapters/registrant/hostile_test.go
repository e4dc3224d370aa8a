package registrant_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gomss/gomss/adapters/registrant"
	"github.com/gomss/gomss/adapters/registrant/registranttest"
	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

// Whatever a registry does to its answers, every call ends with an error that tells that it was answered.
func TestMisbehaviour(t *testing.T) {
	t.Parallel()
	srv := registranttest.NewServer(t, nil)
	c, token := login(t, srv)
	domain := collect(t, c.Domains(t.Context(), token, registrant.DomainQuery{}))[0].ID
	contact := collect(t, c.Contacts(t.Context(), token))[0].ID
	calls := map[string]func() error{
		"exchange": func() error {
			_, err := c.Exchange(t.Context(), mariLiis().signature(t))
			return err
		},
		"domains": func() error {
			for _, err := range c.Domains(t.Context(), token, registrant.DomainQuery{}) {
				return err
			}
			return nil
		},
		"domain": func() error {
			_, err := c.Domain(t.Context(), token, domain)
			return err
		},
		"contacts": func() error {
			for _, err := range c.Contacts(t.Context(), token) {
				return err
			}
			return nil
		},
		"contact": func() error {
			_, err := c.Contact(t.Context(), token, contact)
			return err
		},
		"update": func() error {
			_, err := c.UpdateContact(t.Context(), token, contact, registrant.ContactUpdate{Publishable: new(true)})
			return err
		},
		"need": func() error {
			_, _, err := c.NeedUpdate(t.Context(), token, contact)
			return err
		},
		"updates": func() error {
			_, err := c.UpdateContacts(t.Context(), token, contact)
			return err
		},
		"companies": func() error {
			for _, err := range c.Companies(t.Context(), token) {
				return err
			}
			return nil
		},
	}
	for what, m := range map[string]registranttest.Misbehaviour{
		"cut": registranttest.Cut, "oversized": registranttest.Oversized, "malformed": registranttest.Malformed,
		"wrong shape": registranttest.WrongShape, "empty": registranttest.Empty,
		"HTML": registranttest.HTML, "redirect": registranttest.Redirect,
	} {
		srv.SetMisbehaviour(m)
		for op, do := range calls {
			before := len(srv.Requests())
			err := do()
			var failed *mss.TransportError
			require.ErrorAs(t, err, &failed, "%s: %s", op, what)
			require.Equal(t, mss.Answered, failed.Sent, "%s: %s", op, what)
			require.Len(t, srv.Requests(), before+1, "%s: %s: sent once, and no redirect is followed", op, what)
		}
	}
	srv.SetMisbehaviour(registranttest.Duplicate)
	for _, op := range []string{"exchange", "domains", "domain", "contact", "update", "need", "updates", "companies"} {
		var failed *mss.TransportError
		require.ErrorAs(t, calls[op](), &failed, op)
	}
	srv.SetMisbehaviour(registranttest.Behave)
	for op, do := range calls {
		require.NoError(t, do(), op)
	}
}

// A call that changes something is sent once, although the connection breaks without an answer.
func TestSentOnce(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	c := foreign(t, func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) > 1 {
			panic(http.ErrAbortHandler)
		}
	})
	for op, do := range operations {
		calls.Store(0)
		require.Error(t, do(t.Context(), t, c), op) // leaves a kept connection
		require.EqualValues(t, 1, calls.Load(), op)
		err := do(t.Context(), t, c) // dies on it
		var failed *mss.TransportError
		require.ErrorAs(t, err, &failed, op)
		require.Equal(t, mss.MaybeSent, failed.Sent, op)
		switch op {
		case "exchange", "lock", "unlock", "update of a contact", "update of contacts":
			require.EqualValues(t, 2, calls.Load(), op)
		}
	}
}

// A registry that does not answer keeps nobody who does not wait.
func TestHold(t *testing.T) {
	t.Parallel()
	srv := registranttest.NewServer(t, nil)
	c, token := login(t, srv)
	srv.SetMisbehaviour(registranttest.Hold)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := c.Domain(ctx, token, anID)
		done <- err
	}()
	require.Eventually(t, func() bool { return len(srv.Requests()) == 2 }, time.Minute, time.Millisecond)
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
}

// Answers that are JSON, and not what was asked for.
func TestWrongAnswers(t *testing.T) {
	t.Parallel()
	const other = "2198affc-7479-499d-9eae-b0611ec2fb49"
	domain := func(change ...string) string {
		return strings.NewReplacer(change...).Replace(`{"id":"` + anID + `","name":"naidis.test","statuses":["ok"],"valid_to":"2099-01-01T00:00:00.000+02:00"}`)
	}
	contact := func(change ...string) string {
		return strings.NewReplacer(change...).Replace(`{"id":"` + anID + `","name":"Kontakt","statuses":["ok"],"ident":{"code":"1"}}`)
	}
	many := strings.TrimSuffix(strings.Repeat(`{"registry_no":"1"},`, 101), ",")
	for _, tt := range []struct {
		op, body string
		good     bool
	}{
		{"domain", domain(), true},
		{"domain", domain(anID, strings.ToUpper(anID)), true},
		{"domain", domain(`"2099-01-01T00:00:00.000+02:00"`, "null"), true},
		{"domain", domain(`"2099-01-01T00:00:00.000+02:00"`, `""`), true},
		{"domain", domain(anID, other), false},
		{"domain", domain(anID, "1"), false},
		{"domain", domain("naidis.test", ""), false},
		{"domain", domain(`["ok"]`, `"ok"`), false},
		{"domain", domain(`["ok"]`, `[{}]`), false},
		{"domain", domain("2099-01-01T00:00:00.000+02:00", "tomorrow"), false},
		{"domain", domain(`"2099-01-01T00:00:00.000+02:00"`, "4070908800"), false},
		{"domain", domain(`"naidis.test"`, `"naidis.test","Name":"teine.test"`), false},
		{"domain", "[" + domain() + "]", false},
		{"domain", "null", false},
		{"domain", "{}", false},
		{"domain", `{"domain":` + domain() + `}`, false},
		{"domains", `{"domains":[` + domain() + `]}`, true},
		{"domains", `{"domains":[]}`, true},
		{"domains", "[]", true},
		{"domains", `{"domains":null}`, false},
		{"domains", `{"Domains":[]}`, false},
		{"domains", `{"domains":{}}`, false},
		{"domains", `{"domains":[` + domain() + `,1]}`, false},
		{"domains", `{"domains":[` + domain() + `,{}]}`, false},
		{"domains", `{"total":0,"count":0}`, false},
		{"domains", "null", false},
		{"domains", `"[]"`, false},
		{"contact", contact(), true},
		{"contact", contact(anID, other), false},
		{"contact", contact(anID, ""), false},
		{"contact", contact(`{"code":"1"}`, "[]"), false},
		{"contact", contact(`"Kontakt"`, "1"), false},
		{"contacts", "[" + contact() + "]", true},
		{"contacts", "[" + contact() + ",[]]", false},
		{"contacts", contact(), false},
		{"update of a contact", contact(), true},
		{"update of a contact", contact(anID, other), false},
		{"question for updates", `{"update_contacts":true,"counter":3}`, true},
		{"question for updates", `{"update_contacts":false}`, true},
		{"question for updates", `{"counter":3}`, false},
		{"question for updates", `{"update_contacts":null,"counter":3}`, false},
		{"question for updates", `{"update_contacts":"true","counter":3}`, false},
		{"question for updates", `{"update_contacts":true,"counter":-1}`, false},
		{"question for updates", `{"update_contacts":true,"counter":99999999999999999999}`, false},
		{"update of contacts", `{"message":"get it","contacts":[{},{}]}`, true},
		{"update of contacts", `{"message":"get it","contacts":null}`, true},
		{"update of contacts", `{"message":"get it","contacts":"2"}`, false},
		{"update of contacts", `[]`, false},
		{"companies", `{"companies":[{"registry_no":"1"}]}`, true},
		{"companies", `{"companies":[{"name":"Näidis OÜ"}]}`, false},
		{"companies", `{"companies":[` + many + `]}`, false},
	} {
		err := operations[tt.op](t.Context(), t, answering(t, 200, tt.body))
		name := fmt.Sprintf("%s: %.200s", tt.op, tt.body)
		if tt.good {
			require.NoError(t, err, name)
			continue
		}
		var failed *mss.TransportError
		require.ErrorAs(t, err, &failed, name)
		require.Equal(t, mss.Answered, failed.Sent)
		for _, word := range []string{"naidis", "tomorrow", "4070908800", anID} {
			require.NotContains(t, err.Error(), word)
		}
	}
}

// What may be printed cannot steer a terminal.
func TestLabels(t *testing.T) {
	t.Parallel()
	c := answering(t, 200, `{"id":"`+anID+`","name":"\u001b[31mnaidis\u202e.test","statuses":["ok\u0007"],"dnssec_keys":["`+strings.Repeat("x", 300)+`"]}`)
	d, err := c.Domain(t.Context(), restored(t, c), anID)
	require.NoError(t, err)
	require.Equal(t, `\u{001B}[31mnaidis\u{202E}.test`, d.Name)
	require.Equal(t, []string{`ok\u{0007}`}, d.Statuses)
	require.Equal(t, strings.Repeat("x", 255)+"…", d.DNSSECKeys[0])
}
