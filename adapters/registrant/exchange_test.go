package registrant_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gomss/gomss/adapters/registrant"
	"github.com/gomss/gomss/adapters/registrant/registranttest"
	"github.com/gomss/gomss/internal/proof"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
	"github.com/stretchr/testify/require"
)

// sent returns the members of the last exchange.
func sent(t *testing.T, srv *registranttest.Server) map[string]string {
	t.Helper()
	requests := srv.Requests()
	require.NotEmpty(t, requests)
	last := requests[len(requests)-1]
	require.Equal(t, "/api/v1/registrant/auth/eid", last.Path)
	require.Equal(t, http.MethodPost, last.Method)
	require.Equal(t, "application/json", last.Header.Get("Content-Type"))
	require.Empty(t, last.Header.Get("Authorization"))
	var members map[string]string
	require.NoError(t, json.Unmarshal(last.Body, &members))
	return members
}

func TestExchange(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		who  func(*who)
		spec registrant.NameCase
		want [4]string // ident, country_code, first_name, last_name
	}{
		"Estonia":         {func(*who) {}, registrant.Capitalised, [4]string{"60001019906", "EE", "Mari-Liis", "Õunapuu"}},
		"as certified":    {func(*who) {}, registrant.AsCertified, [4]string{"60001019906", "EE", "MARI-LIIS", "ÕUNAPUU"}},
		"bare code":       {func(w *who) { w.serial = "60001019906" }, registrant.Capitalised, [4]string{"60001019906", "EE", "Mari-Liis", "Õunapuu"}},
		"without country": {func(w *who) { w.country = "" }, registrant.Capitalised, [4]string{"60001019906", "EE", "Mari-Liis", "Õunapuu"}},
		"Latvia": {func(w *who) { w.serial, w.country = "PNOLV-010117-21234", "LV" }, registrant.Capitalised,
			[4]string{"010117-21234", "LV", "Mari-Liis", "Õunapuu"}},
		"Lithuania, an Estonian's digits": {func(w *who) { w.serial, w.country = "PNOLT-60001019906", "LT" }, registrant.Capitalised,
			[4]string{"60001019906", "LT", "Mari-Liis", "Õunapuu"}},
		"Lithuania, an Estonian's digits, bare code": {func(w *who) { w.serial, w.country = "60001019906", "LT" }, registrant.Capitalised,
			[4]string{"60001019906", "LT", "Mari-Liis", "Õunapuu"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := registranttest.NewServer(t, nil)
			c := client(t, srv, func(cfg *registrant.Config) { cfg.NameCase = tt.spec })
			w := mariLiis()
			tt.who(&w)
			token, err := c.Exchange(t.Context(), w.signature(t))
			require.NoError(t, err)
			require.NotEmpty(t, token.Reveal())
			require.WithinDuration(t, time.Now().Add(2*time.Hour), token.Expires(), time.Minute)
			require.Equal(t, map[string]string{
				"ident": tt.want[0], "country_code": tt.want[1], "first_name": tt.want[2], "last_name": tt.want[3],
			}, sent(t, srv))
		})
	}
}

// Two people with the same digits in two countries are two people.
func TestSameDigits(t *testing.T) {
	t.Parallel()
	srv := registranttest.NewServer(t, nil)
	c := client(t, srv)
	lithuanian := mariLiis()
	lithuanian.serial, lithuanian.country = "PNOLT-60001019906", "LT"
	ids := make(map[string]bool)
	for _, w := range []who{mariLiis(), lithuanian} {
		token, err := c.Exchange(t.Context(), w.signature(t))
		require.NoError(t, err)
		for d, err := range c.Domains(t.Context(), token, registrant.DomainQuery{}) {
			require.NoError(t, err)
			ids[d.ID] = true
		}
	}
	require.Len(t, ids, 6)
}

// Whatever falls short is refused before anything is sent.
func TestExchangeRefuses(t *testing.T) {
	t.Parallel()
	edit := func(f func(*mss.Signature)) func(*testing.T) *mss.Signature {
		return func(t *testing.T) *mss.Signature {
			sig := mariLiis().signature(t)
			f(sig)
			return sig
		}
	}
	of := func(f func(*who)) func(*testing.T) *mss.Signature {
		return func(t *testing.T) *mss.Signature {
			w := mariLiis()
			f(&w)
			return w.signature(t)
		}
	}
	// sealed is for what another provider's verifier may have found proven.
	sealed := func(f func(*mss.Signature)) func(*testing.T) *mss.Signature {
		return func(t *testing.T) *mss.Signature { return mss.Verified(edit(f)(t), proof.Of()) }
	}
	received := func(d time.Duration) func(*testing.T) *mss.Signature {
		return edit(func(s *mss.Signature) { s.Evidence.Received = time.Now().Add(d) })
	}
	const (
		signer   = "Signature.Signer"
		at       = "Signature.Evidence.Received"
		provider = "Signature.Evidence.Transaction.Provider"
		purpose  = "Signature.Evidence.Transaction.Purpose"
	)
	for name, tt := range map[string]struct {
		make  func(*testing.T) *mss.Signature
		field string
	}{
		"nil":       {func(*testing.T) *mss.Signature { return nil }, "Signature"},
		"hand-made": {func(t *testing.T) *mss.Signature { return mariLiis().unverified(t, time.Now()) }, "Signature"},
		"zero token": {func(t *testing.T) *mss.Signature {
			return mss.Verified(mariLiis().unverified(t, time.Now()), proof.Token{})
		}, "Signature"},

		"no evidence":     {edit(func(s *mss.Signature) { s.Evidence = nil }), purpose},
		"signing":         {edit(func(s *mss.Signature) { s.Evidence.Transaction.Purpose = mss.Signing }), purpose},
		"no purpose":      {edit(func(s *mss.Signature) { s.Evidence.Transaction.Purpose = 0 }), purpose},
		"not fresh":       {edit(func(s *mss.Signature) { s.Fresh = false }), "Signature.Fresh"},
		"signing key":     {of(func(w *who) { w.usage = x509.KeyUsageContentCommitment }), signer},
		"old":             {received(-5*time.Minute - time.Second), at},
		"never received":  {edit(func(s *mss.Signature) { s.Evidence.Received = time.Time{} }), at},
		"from the future": {received(time.Minute + 10*time.Second), at},

		"test person":      {edit(func(s *mss.Signature) { s.Signer.Test = true }), signer},
		"test environment": {edit(func(s *mss.Signature) { s.Evidence.Transaction.Provider = "skmid|test|mid.example|rp" }), signer},
		"named test":       {edit(func(s *mss.Signature) { s.Evidence.Transaction.Provider = "mssp|named|test|mid.example|rp" }), signer},
		"no environment":   {edit(func(s *mss.Signature) { s.Evidence.Transaction.Provider = "skmid|somewhere|mid.example|production" }), provider},
		"no provider":      {edit(func(s *mss.Signature) { s.Evidence.Transaction.Provider = "" }), provider},

		"replaced":          {edit(func(s *mss.Signature) { s.Signer.Chain = mariLiis().signature(t).Signer.Chain }), "Signature"},
		"no person":         {sealed(func(s *mss.Signature) { s.Signer.Person = mss.PersonID{} }), "Signature.Signer.Person"},
		"no chain":          {sealed(func(s *mss.Signature) { s.Signer.Chain = nil }), signer},
		"nil certificate":   {sealed(func(s *mss.Signature) { s.Signer.Chain = []*x509.Certificate{nil} }), signer},
		"another country":   {of(func(w *who) { w.person = "LT 60001019906" }), signer},
		"another code":      {of(func(w *who) { w.person = "EE 60001018800" }), signer},
		"another's name":    {edit(func(s *mss.Signature) { s.Signer.GivenName = mss.Conceal("JUKU") }), signer},
		"another's surname": {edit(func(s *mss.Signature) { s.Signer.Surname = mss.Conceal("TAMM") }), signer},

		"countries differ":      {of(func(w *who) { w.country = "LT" }), signer},
		"countries differ, LT":  {of(func(w *who) { w.serial, w.country = "PNOLT-60001019906", "EE" }), signer},
		"bare without country":  {of(func(w *who) { w.serial, w.country, w.person = "60001019906", "", "EE 60001019906" }), signer},
		"no serialNumber":       {of(func(w *who) { w.serial = "" }), signer},
		"two serialNumbers":     {of(func(w *who) { w.more = []pkix.AttributeTypeAndValue{attribute(serialNumber, "PNOEE-60001019906")} }), signer},
		"two countries":         {of(func(w *who) { w.more = []pkix.AttributeTypeAndValue{attribute(countryName, "EE")} }), signer},
		"two given names":       {of(func(w *who) { w.more = []pkix.AttributeTypeAndValue{attribute(givenName, "MARI-LIIS")} }), signer},
		"passport":              {of(func(w *who) { w.serial = "PASEE-K0307999" }), signer},
		"identity card":         {of(func(w *who) { w.serial = "IDCEE-AA0000001" }), signer},
		"no given name":         {of(func(w *who) { w.given = "" }), signer},
		"blank surname":         {of(func(w *who) { w.surname = " " }), signer},
		"line feed in a name":   {of(func(w *who) { w.surname = "ÕUNA\nPUU" }), signer},
		"name without an end":   {of(func(w *who) { w.surname = strings.Repeat("Õ", 201) }), signer},
		"short semantic prefix": {of(func(w *who) { w.serial, w.person = "PNOEE-", "EE 60001019906" }), signer},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := registranttest.NewServer(t, nil)
			c := client(t, srv)
			token, err := c.Exchange(t.Context(), tt.make(t))
			requireRefused(t, err, tt.field)
			require.Nil(t, token)
			require.Empty(t, srv.Requests())
			require.NotContains(t, err.Error(), "60001019906")
		})
	}
}

// Ages are measured by Config.Now, up to and including the limit.
func TestExchangeAge(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	clock := func() time.Time { return now }
	srv := registranttest.NewServer(t, &registranttest.Options{Now: clock})
	for name, tt := range map[string]struct {
		maxAge, age time.Duration
		good        bool
	}{
		"at the limit":         {0, 5 * time.Minute, true},
		"beyond":               {0, 5*time.Minute + 1, false},
		"shorter":              {time.Minute, time.Minute, true},
		"beyond the shorter":   {time.Minute, time.Minute + 1, false},
		"a clock that is fast": {0, -time.Minute, true},
		"a clock of tomorrow":  {0, -time.Minute - 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := client(t, srv, func(cfg *registrant.Config) { cfg.MaxAge, cfg.Now = tt.maxAge, clock })
			sig := mariLiis().signature(t)
			sig.Evidence.Received = now.Add(-tt.age)
			_, err := c.Exchange(t.Context(), sig)
			if tt.good {
				require.NoError(t, err)
			} else {
				requireRefused(t, err, "Signature.Evidence.Received")
			}
		})
	}
	c := client(t, srv, func(cfg *registrant.Config) { cfg.Now = func() time.Time { return time.Time{} } })
	_, err := c.Exchange(t.Context(), mariLiis().signature(t))
	requireRefused(t, err, "Config.Now")
}

// Test persons need the option; a simulator's persons need a simulator.
func TestEnvironments(t *testing.T) {
	t.Parallel()
	test := mariLiis().signature(t)
	test.Signer.Test = true
	test.Evidence.Transaction.Provider = "skmid|test|mid.example|rp"
	marked := mariLiis()
	marked.marked = true
	simulated := marked.signature(t)
	simulated.Evidence.Transaction.Provider = "skmid|simulator|127.0.0.1|rp"
	disguised := marked.signature(t) // by its provider of production
	unmarked := mariLiis().signature(t)
	unmarked.Evidence.Transaction.Provider = "skmid|simulator|127.0.0.1|rp"

	srv := registranttest.NewServer(t, nil)
	allowing := client(t, srv, func(cfg *registrant.Config) { cfg.AllowTestPersons = true })
	_, err := allowing.Exchange(t.Context(), test)
	require.NoError(t, err)
	c := client(t, srv)
	for _, sig := range []*mss.Signature{simulated, disguised, unmarked} {
		_, err = c.Exchange(t.Context(), sig)
		require.NoError(t, err)
	}

	people := foreign(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") },
		func(cfg *registrant.Config) { cfg.AllowTestPersons = true })
	based, err := registrant.New(registrant.Config{HTTP: transport.Config{URL: "https://registry.invalid", Base: canned{status: 200}}})
	require.NoError(t, err)
	mixed := client(t, srv, func(cfg *registrant.Config) { cfg.HTTP.UseSystemRoots = true })
	for _, sig := range []*mss.Signature{simulated, disguised, unmarked} {
		_, err = people.Exchange(t.Context(), sig)
		requireRefused(t, err, "Signature.Evidence.Transaction.Provider")
		_, err = mixed.Exchange(t.Context(), sig)
		requireRefused(t, err, "Signature.Evidence.Transaction.Provider")
		_, err = based.Exchange(t.Context(), sig)
		requireRefused(t, err, "Signature.Evidence.Transaction.Provider")
	}
}

// One signature gives one token, also when it is a copy that is exchanged, or many at a time.
func TestOneExchange(t *testing.T) {
	t.Parallel()
	srv := registranttest.NewServer(t, nil)
	c := client(t, srv)
	sig := mariLiis().signature(t)
	var group sync.WaitGroup
	results := make(chan error, 16)
	for i := range cap(results) {
		again := new(*sig)
		again.Value = []byte{byte(i)} // another value of the same signature
		mss.Verified(again, proof.Of())
		group.Go(func() {
			_, err := c.Exchange(t.Context(), again)
			results <- err
		})
	}
	group.Wait()
	close(results)
	tokens := 0
	for err := range results {
		if err == nil {
			tokens++
		} else {
			requireRefused(t, err, "Signature")
		}
	}
	require.Equal(t, 1, tokens)
	require.Len(t, srv.Requests(), 1)

	next := mariLiis().signature(t)
	next.Signer.Chain = sig.Signer.Chain
	_, err := c.Exchange(t.Context(), mss.Verified(next, proof.Of()))
	require.NoError(t, err, "the next login of the same person")
}

// An exchange that failed may be repeated with the same signature.
func TestExchangeAgain(t *testing.T) {
	t.Parallel()
	srv := registranttest.NewServer(t, nil)
	c := client(t, srv)
	sig := mariLiis().signature(t)
	srv.SetMisbehaviour(registranttest.NoToken)
	_, err := c.Exchange(t.Context(), sig)
	require.Error(t, err)
	srv.SetMisbehaviour(registranttest.Behave)
	_, err = c.Exchange(t.Context(), sig)
	require.NoError(t, err)
}

// What is remembered is bounded; what could not be exchanged any more anyway makes room.
func TestExchangeMemory(t *testing.T) {
	t.Parallel()
	srv := registranttest.NewServer(t, nil)
	full := client(t, srv)
	full.FillSpent(registrant.MaxSpent, func(int) int64 { return time.Now().Add(time.Hour).Unix() })
	_, err := full.Exchange(t.Context(), mariLiis().signature(t))
	requireRefused(t, err, "Signature")

	old := client(t, srv)
	old.FillSpent(registrant.MaxSpent, func(i int) int64 { return time.Now().Add(time.Duration(i%2*2-1) * time.Hour).Unix() })
	_, err = old.Exchange(t.Context(), mariLiis().signature(t))
	require.NoError(t, err)
}

func TestExchangeRefusedByRegistry(t *testing.T) {
	t.Parallel()
	srv := registranttest.NewServer(t, &registranttest.Options{Allowed: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}})
	_, err := client(t, srv).Exchange(t.Context(), mariLiis().signature(t))
	require.ErrorIs(t, err, registrant.ErrNotAllowed)
	require.NotErrorIs(t, err, registrant.ErrUnauthorized)

	srv = registranttest.NewServer(t, nil)
	srv.SetMisbehaviour(registranttest.NoToken)
	_, err = client(t, srv).Exchange(t.Context(), mariLiis().signature(t))
	var refusal *registrant.Error
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, http.StatusOK, refusal.Status)
	require.Equal(t, "Cannot create generate session token", refusal.Fields[0].Texts[0].Reveal())

	srv.SetMisbehaviour(registranttest.Created)
	_, err = client(t, srv).Exchange(t.Context(), mariLiis().signature(t))
	require.NoError(t, err)
	requests := srv.Requests()
	require.Equal(t, http.StatusCreated, requests[len(requests)-1].Status)
}
