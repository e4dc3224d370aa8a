package registrant_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/gomss/gomss/adapters/registrant"
	"github.com/gomss/gomss/adapters/registrant/registranttest"
	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

// paper collects everything that is printed.
type paper struct{ bytes.Buffer }

// print prints values in every way in which a program might.
func (p *paper) print(values ...any) {
	logger := slog.New(slog.NewJSONHandler(&p.Buffer, nil))
	plain := slog.New(slog.NewTextHandler(&p.Buffer, nil))
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			fmt.Fprintf(p, verb+"\n", v)
		}
		logger.Info("value", "v", v)
		plain.Info("value", "v", v)
		if doc, err := json.Marshal(v); err == nil {
			p.Write(doc)
		}
		if doc, err := xml.Marshal(v); err == nil {
			p.Write(doc)
		}
	}
}

// TestCanary does everything there is, prints whatever comes back, and looks for names, codes, addresses and secrets.
func TestCanary(t *testing.T) {
	t.Parallel()
	printed := new(paper)
	logger := slog.New(slog.NewJSONHandler(&printed.Buffer, &slog.HandlerOptions{Level: slog.LevelDebug}))
	srv := registranttest.NewServer(t, nil)
	c := client(t, srv, func(cfg *registrant.Config) { cfg.Logger, cfg.AllowTestPersons = logger, true })
	ctx := t.Context()

	sig := mariLiis().signature(t)
	token, err := c.Exchange(ctx, sig)
	require.NoError(t, err)
	printed.print(token, *token, []*registrant.Token{token}, map[string]any{"t": *token}, struct{ T *registrant.Token }{token}, err)
	_, err = c.Exchange(ctx, sig)
	printed.print(err)
	stranger := mariLiis()
	stranger.person = "LT 60001019906"
	_, err = c.Exchange(ctx, stranger.signature(t))
	printed.print(err)

	domains := collect(t, c.Domains(ctx, token, registrant.DomainQuery{}))
	contacts := collect(t, c.Contacts(ctx, token))
	printed.print(domains, contacts, domains[0], &contacts[0])
	d, err := c.Domain(ctx, token, domains[0].ID)
	require.NoError(t, err)
	printed.print(d, *d)
	_, err = c.Unlock(ctx, token, d.ID)
	printed.print(err)
	update := registrant.ContactUpdate{Name: mss.Conceal("Mari-Liis Õunapuu"), Phone: mss.Conceal("60001019906")}
	_, err = c.UpdateContact(ctx, token, contacts[0].ID, update)
	printed.print(update, err)
	update.Phone = mss.Conceal("\n60001019906")
	_, err = c.UpdateContact(ctx, token, contacts[0].ID, update)
	printed.print(err)

	const words = "Mari-Liis Õunapuu, 60001019906, has no right"
	for _, status := range []int{200, 400, 401, 404, 422, 500} {
		for _, body := range []string{
			`{"errors":[{"base":["` + words + `"]}]}`, `{"errors":{"` + words + `":["` + words + `"]}}`, `{"error":"` + words + `"}`,
			words, `{"access_token":"` + token.Reveal() + `","expires_at":"` + words + `","type":"Bearer"}`, `{"name":"` + words + `"}`,
			`{"id":"` + anID + `","name":"x","valid_to":"` + words + `"}`, `{"` + words + `":1,"` + words + `":2}`,
		} {
			bad := answering(t, status, body)
			for _, do := range operations {
				err := do(ctx, t, bad)
				printed.print(err)
				for wrapped := err; wrapped != nil; {
					printed.print(wrapped)
					inner, ok := wrapped.(interface{ Unwrap() error })
					if !ok {
						break
					}
					wrapped = inner.Unwrap()
				}
			}
		}
	}

	text := printed.String()
	require.NotEmpty(t, text)
	for what, value := range map[string]string{
		"token": token.Reveal(), "part of the token": token.Reveal()[:20], "restored token": "bmFpZGlz", "token in hexadecimal": fmt.Sprintf("%x", token.Reveal())[:20],
		"given name": "Mari-Liis", "certified name": "MARI-LIIS", "surname": "Õunapuu", "code": "60001019906", "contact": "Kontakt", "e-mail": "naidis1@mail",
		"phone": "+372.555", "street": "Näidise", "handle": contacts[0].Code.Reveal(), "auth info": contacts[0].AuthInfo.Reveal(),
		"transfer code": d.TransferCode.Reveal(), "words": "has no right",
	} {
		require.NotEmpty(t, value, what)
		require.False(t, strings.Contains(text, value), what)
	}
	require.True(t, strings.Contains(text, "naidis-1.test"), "names of domains are no secret")
}
