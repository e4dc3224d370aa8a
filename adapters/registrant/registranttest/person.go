package registranttest

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
)

// person is whom the registry knows: what they have, as it goes over the wire.
type person struct {
	ident     string // "EE-60001019906"
	username  string // of the last exchange
	domains   []*domain
	contacts  []*contact
	companies []*company
}

type party struct {
	Name  string `json:"name"`
	ID    string `json:"id"`
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
}

type registrar struct {
	Name    string `json:"name"`
	Website string `json:"website"`
}

// domain has the members of the short form; detail has the others.
type domain struct {
	ID                  string    `json:"id"`
	Name                string    `json:"name"`
	RegisteredAt        string    `json:"registered_at"`
	ValidTo             string    `json:"valid_to"`
	OutzoneAt           *string   `json:"outzone_at"`
	Statuses            []string  `json:"statuses"`
	VerificationAskedAt *string   `json:"registrant_verification_asked_at"`
	Registrar           registrar `json:"registrar"`
	Registrant          party     `json:"registrant"`

	technical bool     // the person is a technical contact and nothing else
	lockedAt  *string  // nil: not locked
	unlocked  []string // the statuses without the lock
}

type detail struct {
	domain
	LockedAt        *string           `json:"locked_by_registrant_at"`
	AdminContacts   []party           `json:"admin_contacts"`
	TechContacts    []party           `json:"tech_contacts"`
	TransferCode    string            `json:"transfer_code"`
	NamePuny        string            `json:"name_puny"`
	Period          int               `json:"period"`
	PeriodUnit      string            `json:"period_unit"`
	DeleteDate      *string           `json:"delete_date"`
	ForceDeleteDate *string           `json:"force_delete_date"`
	PendingJSON     map[string]string `json:"pending_json"`
	StatusNotes     map[string]string `json:"status_notes"`
	Nameservers     []nameserver      `json:"nameservers"`
	DNSSECKeys      []string          `json:"dnssec_keys"`
}

type nameserver struct {
	Hostname string   `json:"hostname"`
	IPv4     []string `json:"ipv4"`
	IPv6     []string `json:"ipv6"`
}

type contact struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Code        string   `json:"code"`
	Ident       ident    `json:"ident"`
	Email       string   `json:"email"`
	Phone       string   `json:"phone"`
	Fax         *string  `json:"fax"`
	Address     address  `json:"address"`
	AuthInfo    string   `json:"auth_info"`
	Statuses    []string `json:"statuses"`
	Disclosed   []string `json:"disclosed_attributes"`
	Publishable bool     `json:"registrant_publishable"`
}

type ident struct {
	Code        string `json:"code"`
	Type        string `json:"type"`
	CountryCode string `json:"country_code"`
}

type address struct {
	Street      string `json:"street"`
	Zip         string `json:"zip"`
	City        string `json:"city"`
	State       string `json:"state"`
	CountryCode string `json:"country_code"`
}

type company struct {
	Name        string `json:"name"`
	RegistryNo  string `json:"registry_no"`
	CountryCode string `json:"country_code"`
}

const (
	registered = "2020-03-01T09:00:00.000+02:00"
	until      = "2099-03-01T09:00:00.000+02:00"
)

// newPerson makes what a person has, the same for the same person.
func newPerson(id string, o *Options) *person {
	p := &person{ident: id}
	country, code, _ := strings.Cut(id, "-")
	for i := range o.Contacts {
		p.contacts = append(p.contacts, &contact{
			ID: p.uuid("contact", i), Name: "Kontakt Näidis", Code: fmt.Sprintf("REGISTRAR%d:%X", i+1, p.digest("code", i)[:4]),
			Ident: ident{code, "priv", country}, Email: fmt.Sprintf("naidis%d@mail.test", i+1), Phone: fmt.Sprintf("+372.5550%03d", i),
			Address:  address{"Näidise 1", "10101", "Tallinn", "Harjumaa", "EE"},
			AuthInfo: fmt.Sprintf("%x", p.digest("auth", i)[:8]), Statuses: []string{"ok", "linked"}, Disclosed: []string{},
		})
	}
	for i := range o.Companies {
		p.companies = append(p.companies, &company{fmt.Sprintf("Näidis %d OÜ", i+1), fmt.Sprintf("9%07d", i+1), "EST"})
	}
	for i := range o.Domains {
		p.domains = append(p.domains, p.newDomain(i, o.Domains))
	}
	return p
}

func (p *person) newDomain(i, n int) *domain {
	d := &domain{
		ID: p.uuid("domain", i), Name: fmt.Sprintf("naidis-%d.test", i+1), RegisteredAt: registered, ValidTo: until,
		Statuses:   []string{"ok"},
		Registrar:  registrar{"Simulated Registrar", "https://registrar.test"},
		Registrant: party{Name: "Kontakt Näidis", ID: p.uuid("contact", 0), Email: "naidis1@mail.test", Phone: "+372.5550000"},
	}
	switch {
	case n > 1 && i == n-1:
		d.technical = true
		d.Registrant = party{Name: "Keegi Teine", ID: p.uuid("stranger", 0), Email: "teine@mail.test", Phone: "+372.5559999"}
	case n > 2 && i == n-2:
		d.Statuses = []string{"serverForceDelete", "serverRenewProhibited"}
	}
	return d
}

// digest is the source of what looks random.
func (p *person) digest(kind string, i int) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "registranttest %s %s %d", p.ident, kind, i))
	return sum[:]
}

func (p *person) uuid(kind string, i int) string {
	b := p.digest(kind, i)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:16])
}

// misnamed returns the contacts that have another name than the person, whatever the case.
func (p *person) misnamed() []*contact {
	return slices.DeleteFunc(slices.Clone(p.contacts), func(c *contact) bool {
		return strings.EqualFold(c.Name, p.username)
	})
}
