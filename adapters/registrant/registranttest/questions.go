package registranttest

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	maxLimit = 200
	isoMilli = "2006-01-02T15:04:05.000Z07:00"
)

// page reads limit and offset.
func (q *question) page() (limit, offset int, refusal *reply) {
	limit = maxLimit
	if s := q.query.Get("limit"); s != "" {
		limit, _ = strconv.Atoi(s) // 0, as in Ruby, and so out of range
	}
	offset, _ = strconv.Atoi(q.query.Get("offset"))
	switch {
	case limit < 1 || limit > maxLimit:
		return 0, 0, failure(http.StatusBadRequest, "limit", "parameter is out of range")
	case offset < 0:
		return 0, 0, failure(http.StatusBadRequest, "offset", "parameter is out of range")
	case q.misbehave == SamePage:
		offset = 0
	}
	return limit, offset, nil
}

func cut[T any](list []T, limit, offset int) []T {
	rest := list[min(offset, len(list)):]
	return append([]T{}, rest[:min(limit, len(rest))]...)
}

// list answers with a page: of contacts an array, of companies an object.
func list[T any](q *question, name string, all []T) *reply {
	limit, offset, refusal := q.page()
	if refusal != nil {
		return refusal
	}
	items := cut(all, limit, offset)
	if q.misbehave == Objects || name == "companies" && q.misbehave != BareArrays {
		return ok(map[string]any{name: items, "total": len(all), "count": len(all)})
	}
	return ok(items)
}

func (q *question) domains() *reply {
	visible := q.person.domains
	if q.query.Get("tech") != "true" {
		visible = slices.DeleteFunc(slices.Clone(visible), func(d *domain) bool { return d.technical })
	}
	limit, offset, refusal := q.page()
	if refusal != nil {
		return refusal
	}
	var items []any
	for _, d := range cut(visible, limit, offset) {
		if q.query.Get("simple") == "true" {
			items = append(items, d)
		} else {
			items = append(items, q.detail(d))
		}
	}
	if items == nil {
		items = []any{}
	}
	if q.misbehave == BareArrays {
		return ok(items)
	}
	return ok(map[string]any{"total": len(q.person.domains), "count": len(visible), "domains": items})
}

// detail is the long form of a domain.
func (q *question) detail(d *domain) *detail {
	self := party{Name: q.person.username, ID: q.person.uuid("contact", 0), Email: "naidis1@mail.test"}
	full := &detail{
		domain: *d, LockedAt: d.lockedAt, TransferCode: "naidis" + d.ID[:8], NamePuny: d.Name, Period: 1, PeriodUnit: "y",
		AdminContacts: []party{self}, TechContacts: []party{self},
		PendingJSON: map[string]string{}, StatusNotes: map[string]string{},
		Nameservers: []nameserver{{"ns1." + d.Name, []string{"192.0.2.1"}, []string{"2001:db8::1"}}, {"ns2.dns.test", []string{}, []string{}}},
		DNSSECKeys:  []string{"257 3 13 dm90aQ=="},
	}
	if d.technical {
		full.AdminContacts = []party{{Name: "Keegi Teine", ID: q.person.uuid("stranger", 0), Email: "teine@mail.test"}}
	}
	if slices.Contains(d.Statuses, "serverForceDelete") {
		full.ForceDeleteDate = new("2099-04-15")
	}
	return full
}

func (q *question) find(id string) *domain {
	for _, d := range q.person.domains {
		if d.ID == id {
			return d
		}
	}
	return nil
}

func (q *question) domain(id string) *reply {
	if d := q.find(id); d != nil {
		return ok(q.detail(d))
	}
	return failure(http.StatusNotFound, "base", "Domain not found")
}

// lock puts the registrant's lock on a domain or takes it away.
func (q *question) lock(id string) *reply {
	d := q.find(id)
	switch {
	case d == nil:
		return failure(http.StatusNotFound, "base", "Domain not found")
	case d.technical:
		return failure(http.StatusUnauthorized, "base", "Only administrative contacts can manage registry locks")
	case q.method == http.MethodDelete && d.lockedAt == nil:
		return failure(http.StatusUnprocessableEntity, "base", "Domain is not locked")
	case q.method == http.MethodPost && (d.lockedAt != nil || slices.Contains(d.Statuses, "serverForceDelete")):
		return failure(http.StatusUnprocessableEntity, "base", "Domain cannot be locked")
	case q.misbehave == Silent:
		return ok(q.detail(d))
	case q.method == http.MethodDelete:
		d.lockedAt, d.Statuses = nil, d.unlocked
		return ok(q.detail(d))
	}
	d.lockedAt, d.unlocked = new(q.server.options.Now().UTC().Format(isoMilli)), d.Statuses
	d.Statuses = append(slices.Clone(d.Statuses), "serverObjUpdateProhibited", "serverDeleteProhibited", "serverTransferProhibited")
	if q.query.Get("extensionsProhibited") == "true" {
		d.Statuses = append(d.Statuses, "serverExtensionUpdateProhibited")
	}
	return ok(q.detail(d))
}

func (q *question) findContact(id string) *contact {
	for _, c := range q.person.contacts {
		if c.ID == id {
			return c
		}
	}
	return nil
}

func (q *question) contact(id string) *reply {
	if c := q.findContact(id); c != nil {
		return ok(c)
	}
	return failure(http.StatusNotFound, "base", "Contact not found")
}

var phone = regexp.MustCompile(`^\+[0-9]{1,3}\.[0-9]{1,14}$`)

func (q *question) updateContact(id string) *reply {
	c := q.findContact(id)
	if c == nil {
		return failure(http.StatusNotFound, "base", "Contact not found")
	}
	var u struct {
		Name, Email, Phone string
		Fax                *string
		Address            *address
		Disclosed          *[]string `json:"disclosed_attributes"`
		Publishable        *bool     `json:"registrant_publishable"`
	}
	if json.Unmarshal(q.body, &u) != nil {
		return &reply{http.StatusBadRequest, map[string]any{"status": 400, "error": "Bad Request"}}
	}
	if u.Fax != nil {
		return failure(http.StatusBadRequest, "address", "Fax processing is disabled and therefore cannot be updated")
	}
	errors := make(map[string][]string)
	if u.Phone != "" && !phone.MatchString(u.Phone) {
		errors["phone"] = []string{"Phone nr is invalid"}
	}
	if u.Email != "" && !strings.Contains(u.Email, "@") {
		errors["email"] = []string{"Email is invalid"}
	}
	if len(errors) > 0 {
		return invalid(errors)
	}
	for to, value := range map[*string]string{&c.Name: u.Name, &c.Email: u.Email, &c.Phone: u.Phone} {
		if strings.TrimSpace(value) != "" {
			*to = value
		}
	}
	if u.Address != nil {
		c.Address = *u.Address
	}
	if u.Disclosed != nil {
		c.Disclosed = *u.Disclosed
	}
	if u.Publishable != nil {
		c.Publishable = *u.Publishable
	}
	return ok(c)
}

func (q *question) updateContacts() *reply {
	changed := q.person.misnamed()
	for _, c := range changed {
		c.Name = q.person.username
	}
	return ok(map[string]any{"message": "get it", "contacts": changed})
}
