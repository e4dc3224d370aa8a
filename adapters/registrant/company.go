package registrant

import (
	"context"
	"encoding/json"
	"errors"
	"iter"

	"github.com/gomss/gomss/internal/strictjson"
)

// Company is a company that the person represents, as the commercial register names it.
type Company struct {
	Name        string
	RegistryNo  string
	CountryCode string // ISO 3166-1 alpha-3: "EST"
}

// Companies returns the companies that the person represents. Pages are fetched as the caller goes on. An error ends the
// list; it comes with a zero Company. ErrUnavailable: the company register is down, which says nothing about companies.
func (c *Client) Companies(ctx context.Context, t *Token) iter.Seq2[Company, error] {
	return pages(ctx, c, list[Company]{op: opCompanies, path: "/companies", member: "companies", token: t, read: readCompany})
}

func readCompany(raw json.RawMessage) (Company, error) {
	var w struct {
		Name        string `json:"name"`
		RegistryNo  string `json:"registry_no"`
		CountryCode string `json:"country_code"`
	}
	if err := strictjson.Unmarshal(raw, &w); err != nil {
		return Company{}, err
	}
	if w.RegistryNo == "" {
		return Company{}, errors.New("a company without a number")
	}
	return Company{Name: label(w.Name), RegistryNo: label(w.RegistryNo), CountryCode: label(w.CountryCode)}, nil
}
