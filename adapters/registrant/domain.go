package registrant

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/mss"
)

// Domain is a domain in which the person has a role. Names of persons and what only the registrant may know print
// redacted. What Domains leaves out, Domain has.
type Domain struct {
	ID       string // UUID
	Name     string
	Statuses []string // of EPP and the registry's own: "ok", "serverDeleteProhibited"…

	Registrar  Registrar
	Registrant Party

	RegisteredAt, ValidTo time.Time
	OutzoneAt             time.Time // when it leaves the DNS; zero: it is not about to

	// What follows Domain, Lock and Unlock tell, and Domains does not.

	LockedAt                  time.Time // when its registrant locked it; zero: they did not
	Administrative, Technical []Party
	Nameservers               []Nameserver
	DNSSECKeys                []string // flags, protocol, algorithm and key
	DeleteDate                time.Time
	ForceDeleteDate           time.Time
	TransferCode              mss.Private // lets another registrar take the domain over
}

// Registrar is who the domain was registered with.
type Registrar struct {
	Name, Website string
}

// Party is a person or a company with a role in a domain.
type Party struct {
	ID    string // UUID of the contact
	Name  mss.Private
	Email mss.Private
	Phone mss.Private
}

// Nameserver is a server of a domain's zone, with its addresses where the registry has them.
type Nameserver struct {
	Hostname   string
	IPv4, IPv6 []string
}

// Locked reports whether nobody may change, transfer or delete the domain. Whether that is its registrant's lock or one of
// the registry itself, LockedAt tells. The registry has two names for the first of the statuses, an older and a newer one.
func (d *Domain) Locked() bool {
	has := func(status string) bool { return slices.Contains(d.Statuses, status) }
	return has("serverDeleteProhibited") && has("serverTransferProhibited") &&
		(has("serverUpdateProhibited") || has("serverObjUpdateProhibited"))
}

// DomainQuery narrows or widens Client.Domains.
type DomainQuery struct {
	Technical bool // those domains, too, in which the person is a technical contact and nothing else
}

// Domains returns the domains in which the person is the registrant or an administrative contact, or represents the
// company that is. Pages are fetched as the caller goes on. An error ends the list; it comes with a zero Domain.
func (c *Client) Domains(ctx context.Context, t *Token, q DomainQuery) iter.Seq2[Domain, error] {
	query := url.Values{"simple": {"true"}}
	if q.Technical {
		query.Set("tech", "true")
	}
	return pages(ctx, c, list[Domain]{
		op: opDomains, path: "/domains", member: "domains", query: query, token: t, read: readDomain,
	})
}

// Domain returns one domain with everything that the registry tells about it. ErrNotFound: there is none with this ID in
// which the person has a role.
func (c *Client) Domain(ctx context.Context, t *Token, id string) (*Domain, error) {
	return c.domain(ctx, t, opDomain, http.MethodGet, id, "")
}

// LockOptions is what a registry lock forbids beside the usual: changes of registrant, contacts and nameservers, transfer,
// deletion.
type LockOptions struct {
	ProhibitExtensions bool // changes of DNSSEC keys, too
}

// Lock puts the registrant's lock on a domain and returns it as it is then. It is sent once; after a *mss.TransportError
// other than NotSent ask for the domain before locking again. ErrNotLockable, ErrNotAdministrative, ErrNotFound.
func (c *Client) Lock(ctx context.Context, t *Token, id string, o LockOptions) (*Domain, error) {
	query := ""
	if o.ProhibitExtensions {
		query = "?extensionsProhibited=true"
	}
	return c.domain(ctx, t, opLock, http.MethodPost, id, "/registry_lock"+query)
}

// Unlock takes the registrant's lock from a domain and returns it as it is then. It is sent once, as Lock is.
// ErrNotLocked, ErrNotAdministrative, ErrNotFound.
func (c *Client) Unlock(ctx context.Context, t *Token, id string) (*Domain, error) {
	return c.domain(ctx, t, opUnlock, http.MethodDelete, id, "/registry_lock")
}

func (c *Client) domain(ctx context.Context, t *Token, op operation, method, id, tail string) (*Domain, error) {
	id, err := parseID(id)
	if err != nil {
		return nil, err
	}
	q := &call{op: op, method: method, path: "/domains/" + id + tail, token: t}
	return object(ctx, c, q, func(raw json.RawMessage) (*Domain, error) {
		d, err := readDomain(raw)
		switch {
		case err != nil:
			return nil, err
		case d.ID != id:
			return nil, errors.New("the answer is about another domain")
		case op == opLock && (d.LockedAt.IsZero() || !d.Locked()):
			return nil, errors.New("the answer does not show the domain locked")
		case op == opUnlock && !d.LockedAt.IsZero():
			return nil, errors.New("the answer still shows the domain locked")
		}
		return &d, nil
	})
}

// party and the other types in lower case are the registry's JSON.
type party struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
	Phone string `json:"phone"`
}

func (p party) public() Party {
	return Party{ID: label(p.ID), Name: mss.Conceal(p.Name), Email: mss.Conceal(p.Email), Phone: mss.Conceal(p.Phone)}
}

func parties(list []party) []Party {
	var all []Party
	for _, p := range list {
		all = append(all, p.public())
	}
	return all
}

type domain struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Statuses  []string `json:"statuses"`
	Registrar struct {
		Name    string `json:"name"`
		Website string `json:"website"`
	} `json:"registrar"`
	Registrant      party    `json:"registrant"`
	RegisteredAt    moment   `json:"registered_at"`
	ValidTo         moment   `json:"valid_to"`
	OutzoneAt       moment   `json:"outzone_at"`
	LockedAt        moment   `json:"locked_by_registrant_at"`
	AdminContacts   []party  `json:"admin_contacts"`
	TechContacts    []party  `json:"tech_contacts"`
	DNSSECKeys      []string `json:"dnssec_keys"`
	DeleteDate      moment   `json:"delete_date"`
	ForceDeleteDate moment   `json:"force_delete_date"`
	TransferCode    string   `json:"transfer_code"`
	Nameservers     []struct {
		Hostname string   `json:"hostname"`
		IPv4     []string `json:"ipv4"`
		IPv6     []string `json:"ipv6"`
	} `json:"nameservers"`
}

func readDomain(raw json.RawMessage) (Domain, error) {
	var w domain
	if err := strictjson.Unmarshal(raw, &w); err != nil {
		return Domain{}, err
	}
	if !isUUID(w.ID) || w.Name == "" {
		return Domain{}, errors.New("a domain without a UUID or without a name")
	}
	d := Domain{
		ID: strings.ToLower(w.ID), Name: label(w.Name), Statuses: labels(w.Statuses),
		Registrar:    Registrar{Name: label(w.Registrar.Name), Website: label(w.Registrar.Website)},
		Registrant:   w.Registrant.public(),
		RegisteredAt: w.RegisteredAt.at, ValidTo: w.ValidTo.at, OutzoneAt: w.OutzoneAt.at, LockedAt: w.LockedAt.at,
		Administrative: parties(w.AdminContacts), Technical: parties(w.TechContacts),
		DNSSECKeys: labels(w.DNSSECKeys), DeleteDate: w.DeleteDate.at, ForceDeleteDate: w.ForceDeleteDate.at,
		TransferCode: mss.Conceal(w.TransferCode),
	}
	for _, n := range w.Nameservers {
		d.Nameservers = append(d.Nameservers, Nameserver{Hostname: label(n.Hostname), IPv4: labels(n.IPv4), IPv6: labels(n.IPv6)})
	}
	return d, nil
}
