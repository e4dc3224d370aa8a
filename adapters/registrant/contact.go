package registrant

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"strings"

	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/mss"
)

// Contact is the record of a person or a company that domains refer to. A person has one with each registrar. What tells
// who it is prints redacted.
type Contact struct {
	ID       string      // UUID
	Code     mss.Private // the registrar's handle
	Name     mss.Private
	Ident    Ident
	Email    mss.Private
	Phone    mss.Private // "+372.5551234"
	Fax      mss.Private
	Address  Address
	AuthInfo mss.Private // lets a registrar see and change the record
	Statuses []string

	Disclosed   []string // what the public directory shows: "name", "email", "phone"
	Publishable bool     // the person lets the directory show it
}

// Ident is how the registry knows who a contact is.
type Ident struct {
	Code        mss.Private // national identity code, registry number or date of birth
	Type        string      // "priv", "org" or "birthday"
	CountryCode string      // ISO 3166-1 alpha-2
}

// Address is a postal address.
type Address struct {
	Street, Zip, City, State, CountryCode mss.Private
}

// Contacts returns the person's contacts and those of the companies that they represent. Pages are fetched as the caller
// goes on. An error ends the list; it comes with a zero Contact.
func (c *Client) Contacts(ctx context.Context, t *Token) iter.Seq2[Contact, error] {
	return pages(ctx, c, list[Contact]{op: opContacts, path: "/contacts", member: "contacts", token: t, read: readContact})
}

// Contact returns one contact. ErrNotFound: there is none with this ID that is the person's.
func (c *Client) Contact(ctx context.Context, t *Token, id string) (*Contact, error) {
	return c.contact(ctx, t, opContact, http.MethodGet, id, nil)
}

func (c *Client) contact(ctx context.Context, t *Token, op operation, method, id string, body []byte) (*Contact, error) {
	id, err := parseID(id)
	if err != nil {
		return nil, err
	}
	q := &call{op: op, method: method, path: "/contacts/" + id, body: body, token: t}
	return object(ctx, c, q, func(raw json.RawMessage) (*Contact, error) {
		k, err := readContact(raw)
		if err != nil {
			return nil, err
		}
		if k.ID != id {
			return nil, errors.New("the answer is about another contact")
		}
		return &k, nil
	})
}

type address struct {
	Street      string `json:"street"`
	Zip         string `json:"zip"`
	City        string `json:"city"`
	State       string `json:"state"`
	CountryCode string `json:"country_code"`
}

type contact struct {
	ID    string `json:"id"`
	Code  string `json:"code"`
	Name  string `json:"name"`
	Ident struct {
		Code        string `json:"code"`
		Type        string `json:"type"`
		CountryCode string `json:"country_code"`
	} `json:"ident"`
	Email       string   `json:"email"`
	Phone       string   `json:"phone"`
	Fax         string   `json:"fax"`
	Address     address  `json:"address"`
	AuthInfo    string   `json:"auth_info"`
	Statuses    []string `json:"statuses"`
	Disclosed   []string `json:"disclosed_attributes"`
	Publishable bool     `json:"registrant_publishable"`
}

func readContact(raw json.RawMessage) (Contact, error) {
	var w contact
	if err := strictjson.Unmarshal(raw, &w); err != nil {
		return Contact{}, err
	}
	if !isUUID(w.ID) {
		return Contact{}, errors.New("a contact without a UUID")
	}
	return Contact{
		ID: strings.ToLower(w.ID), Code: mss.Conceal(w.Code), Name: mss.Conceal(w.Name),
		Ident: Ident{Code: mss.Conceal(w.Ident.Code), Type: label(w.Ident.Type), CountryCode: label(w.Ident.CountryCode)},
		Email: mss.Conceal(w.Email), Phone: mss.Conceal(w.Phone), Fax: mss.Conceal(w.Fax),
		Address: Address{
			Street: mss.Conceal(w.Address.Street), Zip: mss.Conceal(w.Address.Zip), City: mss.Conceal(w.Address.City),
			State: mss.Conceal(w.Address.State), CountryCode: mss.Conceal(w.Address.CountryCode),
		},
		AuthInfo: mss.Conceal(w.AuthInfo), Statuses: labels(w.Statuses),
		Disclosed: labels(w.Disclosed), Publishable: w.Publishable,
	}, nil
}
