package registrant

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/mss"
)

// maxSkew is how far the clock of the machine that received a signature may be ahead of this one's.
const maxSkew = time.Minute

// Exchange gets a token for the person who has signed. What it demands of sig the package's comment tells; where sig falls
// short the error is a *mss.RequestError that names the field, and nothing was sent.
//
// The registry's refusals are of type *Error: ErrNotAllowed where this machine's address is not on its list.
func (c *Client) Exchange(ctx context.Context, sig *mss.Signature) (*Token, error) {
	now, err := c.now()
	if err != nil {
		return nil, err
	}
	id, err := c.admit(sig, now)
	if err != nil {
		return nil, err
	}
	key := fingerprint(sig)
	if !c.spent.claim(key, now, sig.Evidence.Received.Add(c.cfg.MaxAge+maxSkew)) {
		return nil, refused("Signature", "has been exchanged already, or too many others have: one login, one exchange")
	}
	token, err := c.exchange(ctx, id)
	if err != nil {
		c.spent.release(key)
		return nil, err
	}
	return token, nil
}

// admit decides whether a signature is good for an exchange, and whose it is.
func (c *Client) admit(sig *mss.Signature, now time.Time) (*identity, error) {
	switch {
	case !sig.Verified():
		return nil, refused("Signature", "is not verified: exchange only what Service.Verify returned")
	case sig.Evidence == nil || sig.Evidence.Transaction.Purpose != mss.Authentication:
		return nil, refused("Signature.Evidence.Transaction.Purpose", "is not Authentication: a signed document is no login")
	case !sig.Fresh:
		return nil, refused("Signature.Fresh", "is false: an older signature would have served as well")
	case sig.Signer.Person.IsZero():
		return nil, refused("Signature.Signer.Person", "is empty: the registry knows people by their national identity code")
	}
	if err := c.admitEnvironment(sig); err != nil {
		return nil, err
	}
	switch age := now.Sub(sig.Evidence.Received); {
	case age > c.cfg.MaxAge:
		return nil, refused("Signature.Evidence.Received", "is too long ago: ask the person to log in again")
	case age < -maxSkew:
		return nil, refused("Signature.Evidence.Received", "is in the future: check the clocks")
	}
	id, err := identify(&sig.Signer)
	if err != nil {
		return nil, refused("Signature.Signer", err.Error())
	}
	return id, nil
}

// admitEnvironment keeps robots and simulators out of a registry of people. The environment is the second or third part of
// a provider's scope, behind its kind and perhaps a name.
func (c *Client) admitEnvironment(sig *mss.Signature) error {
	const provider = "Signature.Evidence.Transaction.Provider"
	parts := strings.Split(sig.Evidence.Transaction.Provider, "|")
	in := func(e mss.Environment) bool {
		return slices.Contains(parts[1:min(len(parts), 3)], e.String())
	}
	switch production, test, simulator := in(mss.Production), in(mss.Test), in(mss.Simulator); {
	case (simulator || isSimulated(sig.Signer.Chain)) && !c.simulator:
		return refused(provider, "is a simulator: its persons are exchanged at a simulator only")
	case (test || sig.Signer.Test) && !c.cfg.AllowTestPersons:
		return refused("Signature.Signer", "is of a test environment, where nobody is a person; Config.AllowTestPersons is for the registry's test API")
	case !production && !test && !simulator:
		return refused(provider, "names no environment: keep Signature.Evidence as it came")
	}
	return nil
}

// isSimulated reports whether a certificate of the chain is marked as a simulator's (SEC-15).
func isSimulated(chain []*x509.Certificate) bool {
	return slices.ContainsFunc(chain, func(c *x509.Certificate) bool { return c != nil && simulated.Marked(c) })
}

func refused(field, reason string) error { return &mss.RequestError{Field: field, Reason: reason} }

// exchange names the person and reads the token. The country is always said: without one the registry assumes Estonia.
func (c *Client) exchange(ctx context.Context, id *identity) (*Token, error) {
	body, err := json.Marshal(map[string]string{
		"ident":        id.ident,
		"first_name":   c.cfg.NameCase.spell(id.givenName),
		"last_name":    c.cfg.NameCase.spell(id.surname),
		"country_code": id.country,
	})
	if err != nil {
		return nil, refused("Signature.Signer", "the names cannot be written as JSON")
	}
	r, err := c.do(ctx, &call{op: opExchange, method: http.MethodPost, path: "/auth/eid", body: body})
	if err != nil {
		return nil, err
	}
	token, err := c.readToken(r.Body)
	if err != nil {
		return nil, unreadable(opExchange, r, err)
	}
	return token, nil
}

// expiryLayout is the registry's own form of a time (strftime "%F %T %Z"). The zone is spelled out: for a layout with
// "MST" package time takes every three letters for a zone, at offset 0.
const expiryLayout = "2006-01-02 15:04:05 UTC"

// readToken reads the answer to an exchange. Its status says nothing: failures come with 200, successes with 200 or 201.
func (c *Client) readToken(body []byte) (*Token, error) {
	var answer struct {
		AccessToken string `json:"access_token"`
		ExpiresAt   string `json:"expires_at"`
		Type        string `json:"type"`
	}
	if err := strictjson.Unmarshal(body, &answer); err != nil {
		return nil, err
	}
	if answer.Type != "Bearer" {
		return nil, errors.New("the token's type is not Bearer")
	}
	expires, err := time.Parse(expiryLayout, answer.ExpiresAt)
	if err != nil {
		return nil, errors.New("expires_at is not a time of the form 2018-07-13 11:30:51 UTC")
	}
	now, err := c.now()
	if err != nil {
		return nil, err
	}
	if !now.Before(expires) {
		return nil, errors.New("the token has expired already: check this machine's clock")
	}
	return c.newToken(answer.AccessToken, expires)
}
