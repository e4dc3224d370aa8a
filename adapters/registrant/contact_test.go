package registrant_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/gomss/gomss/adapters/registrant"
	"github.com/gomss/gomss/adapters/registrant/registranttest"
	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

func TestContacts(t *testing.T) {
	t.Parallel()
	srv := registranttest.NewServer(t, nil)
	c, token := login(t, srv)
	contacts := collect(t, c.Contacts(t.Context(), token))
	require.Len(t, contacts, 2)
	k := contacts[0]
	require.Equal(t, "Kontakt Näidis", k.Name.Reveal())
	require.Equal(t, registrant.Ident{Code: mss.Conceal("60001019906"), Type: "priv", CountryCode: "EE"}, k.Ident)
	require.Equal(t, "naidis1@mail.test", k.Email.Reveal())
	require.Equal(t, "+372.5550000", k.Phone.Reveal())
	require.Zero(t, k.Fax)
	require.Equal(t, "Tallinn", k.Address.City.Reveal())
	require.Equal(t, []string{"ok", "linked"}, k.Statuses)
	require.NotZero(t, k.Code)
	require.NotZero(t, k.AuthInfo)

	one, err := c.Contact(t.Context(), token, contacts[1].ID)
	require.NoError(t, err)
	require.Equal(t, &contacts[1], one)
	_, err = c.Contact(t.Context(), token, anID)
	require.ErrorIs(t, err, registrant.ErrNotFound)
}

func TestUpdateContact(t *testing.T) {
	t.Parallel()
	srv := registranttest.NewServer(t, nil)
	c, token := login(t, srv)
	before := collect(t, c.Contacts(t.Context(), token))[0]
	after, err := c.UpdateContact(t.Context(), token, before.ID, registrant.ContactUpdate{
		Name: mss.Conceal("Mari-Liis <Õunapuu>"), Email: mss.Conceal("uus@mail.test"), Phone: mss.Conceal("+372.5551111"),
		Address:  &registrant.Address{Street: mss.Conceal("Uus 2"), City: mss.Conceal("Tartu"), CountryCode: mss.Conceal("EE")},
		Disclose: []string{"name", "email"}, Publishable: new(true),
	})
	require.NoError(t, err)
	require.Equal(t, "Mari-Liis <Õunapuu>", after.Name.Reveal())
	require.Equal(t, "uus@mail.test", after.Email.Reveal())
	require.Equal(t, "Tartu", after.Address.City.Reveal())
	require.Zero(t, after.Address.Zip)
	require.Equal(t, []string{"name", "email"}, after.Disclosed)
	require.True(t, after.Publishable)
	requests := srv.Requests()
	require.Equal(t, http.MethodPatch, requests[len(requests)-1].Method)

	// What is not named stays; an empty list conceals everything.
	after, err = c.UpdateContact(t.Context(), token, before.ID, registrant.ContactUpdate{Disclose: []string{}})
	require.NoError(t, err)
	require.Empty(t, after.Disclosed)
	require.True(t, after.Publishable)
	require.Equal(t, "+372.5551111", after.Phone.Reveal())
	requests = srv.Requests()
	require.JSONEq(t, `{"disclosed_attributes":[]}`, string(requests[len(requests)-1].Body))

	_, err = c.UpdateContact(t.Context(), token, before.ID, registrant.ContactUpdate{Phone: mss.Conceal("5551111"), Email: mss.Conceal("uus")})
	require.ErrorIs(t, err, registrant.ErrInvalid)
	var refusal *registrant.Error
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, []registrant.FieldError{
		{Name: "email", Texts: []mss.Private{mss.Conceal("Email is invalid")}},
		{Name: "phone", Texts: []mss.Private{mss.Conceal("Phone nr is invalid")}},
	}, refusal.Fields)
	require.ErrorContains(t, err, "(email, phone)")
	_, err = c.UpdateContact(t.Context(), token, before.ID, registrant.ContactUpdate{Fax: mss.Conceal("+372.5551111")})
	require.ErrorIs(t, err, registrant.ErrInvalid)
	_, err = c.UpdateContact(t.Context(), token, anID, registrant.ContactUpdate{Publishable: new(false)})
	require.ErrorIs(t, err, registrant.ErrNotFound)
}

func TestUpdateContactRefuses(t *testing.T) {
	t.Parallel()
	srv := registranttest.NewServer(t, nil)
	c, token := login(t, srv)
	long := mss.Conceal(strings.Repeat("õ", 256))
	for name, u := range map[string]registrant.ContactUpdate{
		"ContactUpdate":          {},
		"ContactUpdate.name":     {Name: mss.Conceal(" ")},
		"ContactUpdate.email":    {Email: mss.Conceal("a@b\r\n")},
		"ContactUpdate.phone":    {Phone: long},
		"ContactUpdate.fax":      {Fax: mss.Conceal("\xff")},
		"ContactUpdate.Address":  {Address: &registrant.Address{State: long}},
		"ContactUpdate.Disclose": {Disclose: []string{"name", "Mari-Liis"}},
	} {
		_, err := c.UpdateContact(t.Context(), token, anID, u)
		requireRefused(t, err, name)
	}
	require.Len(t, srv.Requests(), 1)
}

func TestUpdateContacts(t *testing.T) {
	t.Parallel()
	srv := registranttest.NewServer(t, nil)
	c, token := login(t, srv)
	id := collect(t, c.Contacts(t.Context(), token))[0].ID
	need, n, err := c.NeedUpdate(t.Context(), token, id)
	require.NoError(t, err)
	require.True(t, need)
	require.Equal(t, 2, n)
	n, err = c.UpdateContacts(t.Context(), token, id)
	require.NoError(t, err)
	require.Equal(t, 2, n)
	need, n, err = c.NeedUpdate(t.Context(), token, id)
	require.NoError(t, err)
	require.False(t, need)
	require.Zero(t, n)
	for _, k := range collect(t, c.Contacts(t.Context(), token)) {
		require.Equal(t, "Mari-Liis Õunapuu", k.Name.Reveal())
	}
}

func TestCompanies(t *testing.T) {
	t.Parallel()
	srv := registranttest.NewServer(t, nil)
	c, token := login(t, srv)
	require.Equal(t, []registrant.Company{{"Näidis 1 OÜ", "90000001", "EST"}, {"Näidis 2 OÜ", "90000002", "EST"}},
		collect(t, c.Companies(t.Context(), token)))

	srv.SetMisbehaviour(registranttest.RegisterDown)
	n := 0
	for company, err := range c.Companies(t.Context(), token) {
		require.ErrorIs(t, err, registrant.ErrUnavailable)
		require.Zero(t, company)
		n++
	}
	require.Equal(t, 1, n)
}

// What every call sends: its method, its address, the token, and a body where there is one.
func TestRequests(t *testing.T) {
	t.Parallel()
	type line struct{ method, uri, body string }
	var got line
	var header http.Header
	c := foreign(t, func(w http.ResponseWriter, r *http.Request) {
		var body json.RawMessage
		_ = json.NewDecoder(r.Body).Decode(&body)
		got, header = line{r.Method, r.RequestURI, string(body)}, r.Header
	})
	const base = "/api/v1/registrant"
	for op, want := range map[string]line{
		"domains":              {"GET", base + "/domains?limit=100&offset=0&simple=true", ""},
		"domain":               {"GET", base + "/domains/" + anID, ""},
		"lock":                 {"POST", base + "/domains/" + anID + "/registry_lock", ""},
		"unlock":               {"DELETE", base + "/domains/" + anID + "/registry_lock", ""},
		"contacts":             {"GET", base + "/contacts?limit=100&offset=0", ""},
		"contact":              {"GET", base + "/contacts/" + anID, ""},
		"update of a contact":  {"PATCH", base + "/contacts/" + anID, `{"email":"uus@mail.test"}`},
		"question for updates": {"GET", base + "/contacts/" + anID + "/do_need_update_contacts", ""},
		"update of contacts":   {"POST", base + "/contacts/" + anID + "/update_contacts", ""},
		"companies":            {"GET", base + "/companies?limit=100&offset=0", ""},
	} {
		require.Error(t, operations[op](t.Context(), t, c))
		require.Equal(t, want, got)
		require.Equal(t, []string{"Bearer bmFpZGlz"}, header["Authorization"], op)
		require.Equal(t, "application/json", header.Get("Accept"))
		if want.body != "" {
			require.Equal(t, "application/json", header.Get("Content-Type"))
		}
	}
}
