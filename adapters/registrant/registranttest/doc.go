// Package registranttest is a simulated registrant API of the Estonian Internet Foundation for tests, as
// net/http/httptest is a web server for tests.
//
//	srv := registranttest.NewServer(t, nil)
//	client, err := registrant.New(registrant.Config{HTTP: srv.HTTP()})
//
// It listens on the loopback interface with real TLS, behind a certificate that it makes for itself and that carries the
// mark of a simulator: a client that trusts it and nothing else accepts the persons of simulators, too.
//
// # What it does
//
//	POST   /api/v1/registrant/auth/eid                          JSON or a form
//	GET    /api/v1/registrant/domains?limit&offset&simple&tech
//	GET    /api/v1/registrant/domains/{uuid}
//	POST   /api/v1/registrant/domains/{uuid}/registry_lock?extensionsProhibited
//	DELETE /api/v1/registrant/domains/{uuid}/registry_lock
//	GET    /api/v1/registrant/contacts?limit&offset
//	GET    /api/v1/registrant/contacts/{uuid}
//	PATCH  /api/v1/registrant/contacts/{uuid}                   PUT, too
//	GET    /api/v1/registrant/contacts/{uuid}/do_need_update_contacts
//	POST   /api/v1/registrant/contacts/{uuid}/update_contacts
//	GET    /api/v1/registrant/companies?limit&offset
//
// An exchange looks at the caller's address first (401), then for missing members, of which it names the first (422), and
// then makes a token in the registry's own format, good for two hours of package time. Each exchange overwrites the
// person's name, and tokens that hold another one are refused from then on. A damaged token gets 401, and 500 where it
// still decrypts: the real format has no authentication.
//
// Whoever is named in an exchange is given domains, contacts and companies, the same for the same person in every run; all
// of them are fictitious, with names in .test (RFC 6761 6.2). Of the domains the last one has the person as a technical
// contact only (not in the list without tech=true; locking it is refused with 401), and the one before is in forced
// deletion (locking it is refused with 422).
//
// Contacts are checked as far as to produce errors in the registry's shapes: a phone is "+", digits, a dot and digits, an
// e-mail address holds an @, a fax is refused.
//
// # A human decides
//
// Nobody is asked here, so there is nothing outstanding to act upon. Server.SetMisbehaviour changes how the server answers,
// and Options.Exchanged hears of every answer: what a page of simulators switches and shows.
//
// # What it does not
//
// Confirmations (/confirms), CORS and the links of contacts.
package registranttest
