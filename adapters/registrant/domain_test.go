package registrant_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/adapters/registrant"
	"github.com/gomss/gomss/adapters/registrant/registranttest"
	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

// collect reads a list to its end.
func collect[T any](t *testing.T, list func(func(T, error) bool)) []T {
	t.Helper()
	var all []T
	for item, err := range list {
		require.NoError(t, err)
		all = append(all, item)
	}
	return all
}

// names returns the names of domains.
func names(domains []registrant.Domain) string {
	var b strings.Builder
	for _, d := range domains {
		b.WriteString(d.Name + " ")
	}
	return b.String()
}

func TestDomains(t *testing.T) {
	t.Parallel()
	srv := registranttest.NewServer(t, nil)
	c, token := login(t, srv)
	domains := collect(t, c.Domains(t.Context(), token, registrant.DomainQuery{}))
	require.Equal(t, "naidis-1.test naidis-2.test naidis-3.test ", names(domains))
	d := domains[0]
	require.Equal(t, []string{"ok"}, d.Statuses)
	require.Equal(t, registrant.Registrar{Name: "Simulated Registrar", Website: "https://registrar.test"}, d.Registrar)
	require.Equal(t, "Kontakt Näidis", d.Registrant.Name.Reveal())
	require.Equal(t, "naidis1@mail.test", d.Registrant.Email.Reveal())
	require.Equal(t, "+372.5550000", d.Registrant.Phone.Reveal())
	require.True(t, d.RegisteredAt.Equal(time.Date(2020, 3, 1, 7, 0, 0, 0, time.UTC)))
	require.Equal(t, 2099, d.ValidTo.Year())
	require.Zero(t, d.OutzoneAt)
	require.Zero(t, d.TransferCode)
	require.False(t, d.Locked())
	require.Equal(t, "naidis-1.test naidis-2.test naidis-3.test naidis-4.test ",
		names(collect(t, c.Domains(t.Context(), token, registrant.DomainQuery{Technical: true}))))

	full, err := c.Domain(t.Context(), token, strings.ToUpper(d.ID))
	require.NoError(t, err)
	require.Equal(t, d.ID, full.ID)
	require.Equal(t, "Mari-Liis Õunapuu", full.Administrative[0].Name.Reveal())
	require.Len(t, full.Technical, 1)
	require.Equal(t, []registrant.Nameserver{
		{Hostname: "ns1.naidis-1.test", IPv4: []string{"192.0.2.1"}, IPv6: []string{"2001:db8::1"}}, {Hostname: "ns2.dns.test"},
	}, full.Nameservers)
	require.Equal(t, []string{"257 3 13 dm90aQ=="}, full.DNSSECKeys)
	require.Equal(t, "naidis"+d.ID[:8], full.TransferCode.Reveal())
	require.Zero(t, full.ForceDeleteDate)

	doomed, err := c.Domain(t.Context(), token, domains[2].ID)
	require.NoError(t, err)
	require.Equal(t, time.Date(2099, 4, 15, 0, 0, 0, 0, time.UTC), doomed.ForceDeleteDate)

	_, err = c.Domain(t.Context(), token, anID)
	require.ErrorIs(t, err, registrant.ErrNotFound)
}

// Lists are read page by page, as far as the caller goes, in either form.
func TestPaging(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ have, size, calls int }{
		"none":            {-1, 0, 1},
		"one page":        {99, 0, 1},
		"a full page":     {100, 0, 2},
		"more":            {250, 0, 3},
		"all at once":     {150, 200, 1},
		"smallest":        {3, 1, 4},
		"largest and one": {201, 200, 2},
	} {
		for _, form := range []registranttest.Misbehaviour{registranttest.Behave, registranttest.BareArrays, registranttest.Objects} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				srv := registranttest.NewServer(t, &registranttest.Options{Domains: tt.have, Contacts: tt.have, Companies: tt.have})
				c, token := login(t, srv, func(cfg *registrant.Config) { cfg.PageSize = tt.size })
				srv.SetMisbehaviour(form)
				want := max(tt.have, 0)

				domains := collect(t, c.Domains(t.Context(), token, registrant.DomainQuery{Technical: true}))
				require.Len(t, domains, want)
				require.Len(t, srv.Requests(), 1+tt.calls)
				contacts := collect(t, c.Contacts(t.Context(), token))
				require.Len(t, contacts, want)
				require.Len(t, srv.Requests(), 1+2*tt.calls)
				companies := collect(t, c.Companies(t.Context(), token))
				require.Len(t, companies, want)
				require.Len(t, srv.Requests(), 1+3*tt.calls)

				seen := make(map[string]bool)
				for _, d := range domains {
					seen[d.ID] = true
				}
				for _, k := range contacts {
					seen[k.ID] = true
				}
				for _, k := range companies {
					seen[k.RegistryNo] = true
				}
				require.Len(t, seen, 3*want, "no item twice")
			})
		}
	}
}

// A caller who has seen enough asks for no more; a second round begins anew.
func TestPagingStops(t *testing.T) {
	t.Parallel()
	srv := registranttest.NewServer(t, &registranttest.Options{Domains: 10})
	c, token := login(t, srv, func(cfg *registrant.Config) { cfg.PageSize = 2 })
	list := c.Domains(t.Context(), token, registrant.DomainQuery{})
	require.Len(t, srv.Requests(), 1, "nothing is asked before the first item is")
	for round := range 2 {
		n := 0
		for d, err := range list {
			require.NoError(t, err)
			if n == 0 {
				require.Equal(t, "naidis-1.test", d.Name)
			}
			if n++; n == 3 {
				break
			}
		}
		require.Len(t, srv.Requests(), 1+2*(round+1))
	}
	require.Equal(t, "limit=2&offset=2&simple=true", srv.Requests()[2].Query)
}

// A list without an end is not read for ever.
func TestPagingEnds(t *testing.T) {
	t.Parallel()
	srv := registranttest.NewServer(t, &registranttest.Options{Domains: 10})
	c, token := login(t, srv, func(cfg *registrant.Config) { cfg.PageSize = 2 })
	srv.SetMisbehaviour(registranttest.SamePage)
	n := 0
	var last error
	for _, err := range c.Domains(t.Context(), token, registrant.DomainQuery{}) {
		n++
		last = err
	}
	require.Equal(t, 3, n, "two domains and the error")
	require.ErrorContains(t, last, "the same page again")

	pages := 0
	endless := foreign(t, func(w http.ResponseWriter, r *http.Request) {
		pages++
		_, _ = w.Write([]byte(`[{"registry_no":"` + r.URL.Query().Get("offset") + `"}]`))
	}, func(cfg *registrant.Config) { cfg.PageSize = 1 })
	n = 0
	for _, err := range endless.Companies(t.Context(), restored(t, endless)) {
		n++
		last = err
	}
	require.Equal(t, 1001, n)
	require.ErrorContains(t, last, "does not end")
	require.Equal(t, 1000, pages)
}

// A page is not larger than what was asked for.
func TestPageTooLarge(t *testing.T) {
	t.Parallel()
	calls := 0
	c := foreign(t, func(w http.ResponseWriter, _ *http.Request) {
		if calls++; calls == 1 {
			_, _ = w.Write([]byte(`[{"registry_no":"1"},{"registry_no":"2"},{"registry_no":"3"}]`))
			return
		}
		_, _ = w.Write([]byte(`[]`))
	}, func(cfg *registrant.Config) { cfg.PageSize = 2 })
	for company, err := range c.Companies(t.Context(), restored(t, c)) {
		require.ErrorContains(t, err, "more items")
		require.Zero(t, company)
	}
	require.Equal(t, 1, calls)
}

func TestLock(t *testing.T) {
	t.Parallel()
	srv := registranttest.NewServer(t, nil)
	c, token := login(t, srv)
	domains := collect(t, c.Domains(t.Context(), token, registrant.DomainQuery{Technical: true}))
	free, doomed, foreign := domains[0].ID, domains[2].ID, domains[3].ID

	d, err := c.Lock(t.Context(), token, free, registrant.LockOptions{})
	require.NoError(t, err)
	require.True(t, d.Locked())
	require.WithinDuration(t, time.Now(), d.LockedAt, time.Minute)
	require.Equal(t, []string{"ok", "serverObjUpdateProhibited", "serverDeleteProhibited", "serverTransferProhibited"}, d.Statuses)
	listed := collect(t, c.Domains(t.Context(), token, registrant.DomainQuery{}))
	require.True(t, listed[0].Locked(), "the short form tells by the statuses")
	require.False(t, listed[1].Locked())

	_, err = c.Lock(t.Context(), token, free, registrant.LockOptions{})
	require.ErrorIs(t, err, registrant.ErrNotLockable)
	d, err = c.Unlock(t.Context(), token, free)
	require.NoError(t, err)
	require.False(t, d.Locked())
	require.Equal(t, []string{"ok"}, d.Statuses)
	_, err = c.Unlock(t.Context(), token, free)
	require.ErrorIs(t, err, registrant.ErrNotLocked)

	d, err = c.Lock(t.Context(), token, free, registrant.LockOptions{ProhibitExtensions: true})
	require.NoError(t, err)
	require.Contains(t, d.Statuses, "serverExtensionUpdateProhibited")

	_, err = c.Lock(t.Context(), token, doomed, registrant.LockOptions{})
	require.ErrorIs(t, err, registrant.ErrNotLockable)
	_, err = c.Lock(t.Context(), token, foreign, registrant.LockOptions{})
	require.ErrorIs(t, err, registrant.ErrNotAdministrative)
	_, err = c.Unlock(t.Context(), token, foreign)
	require.ErrorIs(t, err, registrant.ErrNotAdministrative)
	_, err = c.Lock(t.Context(), token, anID, registrant.LockOptions{})
	require.ErrorIs(t, err, registrant.ErrNotFound)
}

// An acknowledgement that does not show what was asked for is none.
func TestLockNotDone(t *testing.T) {
	t.Parallel()
	srv := registranttest.NewServer(t, nil)
	c, token := login(t, srv)
	id := collect(t, c.Domains(t.Context(), token, registrant.DomainQuery{}))[0].ID
	var failed *mss.TransportError
	srv.SetMisbehaviour(registranttest.Silent)
	_, err := c.Lock(t.Context(), token, id, registrant.LockOptions{})
	require.ErrorAs(t, err, &failed)
	require.Equal(t, mss.Answered, failed.Sent)
	srv.SetMisbehaviour(registranttest.Behave)
	_, err = c.Lock(t.Context(), token, id, registrant.LockOptions{})
	require.NoError(t, err)
	srv.SetMisbehaviour(registranttest.Silent)
	_, err = c.Unlock(t.Context(), token, id)
	require.ErrorAs(t, err, &failed)
}

func TestLocked(t *testing.T) {
	t.Parallel()
	for statuses, want := range map[string]bool{
		"serverDeleteProhibited serverTransferProhibited serverUpdateProhibited":       true,
		"ok serverObjUpdateProhibited serverTransferProhibited serverDeleteProhibited": true,
		"serverDeleteProhibited serverTransferProhibited":                              false,
		"serverDeleteProhibited serverUpdateProhibited":                                false,
		"serverTransferProhibited serverUpdateProhibited":                              false,
		"clientDeleteProhibited clientTransferProhibited clientUpdateProhibited":       false,
		"": false,
	} {
		d := registrant.Domain{Statuses: strings.Fields(statuses)}
		require.Equal(t, want, d.Locked(), statuses)
	}
}

// Nothing but a UUID becomes part of an address.
func TestIDs(t *testing.T) {
	t.Parallel()
	srv := registranttest.NewServer(t, nil)
	c, token := login(t, srv)
	for _, id := range []string{
		"", ".", "..", "../contacts", "naidis.test", anID + "/registry_lock", anID + "?x", anID + "#", anID[1:], "x" + anID[1:],
		strings.ReplaceAll(anID, "-", "_"), strings.Replace(anID, "1b", "%2", 1), anID + "\n", strings.Replace(anID, "1", "１", 1),
		"{" + anID + "}",
	} {
		_, err := c.Domain(t.Context(), token, id)
		requireRefused(t, err, "ID")
		_, err = c.Lock(t.Context(), token, id, registrant.LockOptions{})
		requireRefused(t, err, "ID")
		_, err = c.Unlock(t.Context(), token, id)
		requireRefused(t, err, "ID")
		_, err = c.Contact(t.Context(), token, id)
		requireRefused(t, err, "ID")
		_, err = c.UpdateContact(t.Context(), token, id, registrant.ContactUpdate{Name: mss.Conceal("a")})
		requireRefused(t, err, "ID")
		_, _, err = c.NeedUpdate(t.Context(), token, id)
		requireRefused(t, err, "ID")
		_, err = c.UpdateContacts(t.Context(), token, id)
		requireRefused(t, err, "ID")
	}
	require.Len(t, srv.Requests(), 1)
}
