package registrant

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/mss"
)

// ContactUpdate is what is to be changed of a contact. A zero field stays as it is: the registry cannot be told to empty
// one of the texts.
type ContactUpdate struct {
	Name, Email, Phone, Fax mss.Private // at most 255 characters; a phone as "+372.5551234"

	Address *Address // all of it; refused where the registry keeps no addresses

	// Disclose is what the public directory shows: "name", "email", "phone". nil leaves it, an empty list shows nothing. Of a
	// company nothing can be concealed.
	Disclose []string

	Publishable *bool // whether the person lets the directory show it
}

// UpdateContact changes one contact, tells its registrar, and returns it as it is then. It is sent once; after a
// *mss.TransportError other than NotSent ask for the contact before changing it again. ErrInvalid: Error.Fields tells
// which values; ErrNotFound.
func (c *Client) UpdateContact(ctx context.Context, t *Token, id string, u ContactUpdate) (*Contact, error) {
	body, err := u.encode()
	if err != nil {
		return nil, err
	}
	return c.contact(ctx, t, opUpdateContact, http.MethodPatch, id, body)
}

func (u *ContactUpdate) encode() ([]byte, error) {
	members := make(map[string]any)
	for name, v := range map[string]mss.Private{"name": u.Name, "email": u.Email, "phone": u.Phone, "fax": u.Fax} {
		if v.IsZero() {
			continue
		}
		if !isText(v.Reveal()) || strings.TrimSpace(v.Reveal()) == "" {
			return nil, refused("ContactUpdate."+name, "is blank, longer than 255 characters, or holds control characters")
		}
		members[name] = v.Reveal()
	}
	if a := u.Address; a != nil {
		w := address{a.Street.Reveal(), a.Zip.Reveal(), a.City.Reveal(), a.State.Reveal(), a.CountryCode.Reveal()}
		for _, v := range []string{w.Street, w.Zip, w.City, w.State, w.CountryCode} {
			if !isText(v) {
				return nil, refused("ContactUpdate.Address", "has a part that is longer than 255 characters, or holds control characters")
			}
		}
		members["address"] = w
	}
	if u.Disclose != nil {
		for _, name := range u.Disclose {
			if fieldName(name) != name {
				return nil, refused("ContactUpdate.Disclose", "names what is no attribute, such as name, email and phone")
			}
		}
		members["disclosed_attributes"] = u.Disclose
	}
	if u.Publishable != nil {
		members["registrant_publishable"] = *u.Publishable
	}
	if len(members) == 0 {
		return nil, refused("ContactUpdate", "changes nothing")
	}
	body, err := json.Marshal(members)
	if err != nil {
		return nil, refused("ContactUpdate", "cannot be written as JSON")
	}
	return body, nil
}

func isText(s string) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= maxLabel && !strings.ContainsFunc(s, unicode.IsControl)
}

// NeedUpdate asks how many of the person's contacts have another name than the one the person logged in with, and
// whether UpdateContacts should be called. The ID is that of one of the contacts.
func (c *Client) NeedUpdate(ctx context.Context, t *Token, id string) (need bool, count int, err error) {
	id, err = parseID(id)
	if err != nil {
		return false, 0, err
	}
	type answer struct {
		Need  *bool `json:"update_contacts"`
		Count int   `json:"counter"`
	}
	q := &call{op: opNeedUpdate, method: http.MethodGet, path: "/contacts/" + id + "/do_need_update_contacts", token: t}
	a, err := object(ctx, c, q, func(raw json.RawMessage) (a answer, err error) {
		if err = strictjson.Unmarshal(raw, &a); err == nil && (a.Need == nil || a.Count < 0) {
			err = errors.New("it does not say whether contacts need an update")
		}
		return a, err
	})
	if err != nil {
		return false, 0, err
	}
	return *a.Need, a.Count, nil
}

// UpdateContacts writes the name that the person logged in with, spelled by Config.NameCase, into all of their contacts,
// and returns how many the registry says it has changed. It is sent once, as UpdateContact is.
func (c *Client) UpdateContacts(ctx context.Context, t *Token, id string) (int, error) {
	id, err := parseID(id)
	if err != nil {
		return 0, err
	}
	q := &call{op: opUpdateContacts, method: http.MethodPost, path: "/contacts/" + id + "/update_contacts", token: t}
	return object(ctx, c, q, func(raw json.RawMessage) (int, error) {
		var answer struct {
			Contacts []json.RawMessage `json:"contacts"`
		}
		err := strictjson.Unmarshal(raw, &answer)
		return len(answer.Contacts), err
	})
}
