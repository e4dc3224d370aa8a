package registrant

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/gomss/gomss/mss"
)

// ErrTokenExpired says that a token's two hours are over; nothing was sent. There is no renewal: the person logs in again.
var ErrTokenExpired = errors.New("registrant: the token has expired: the person must log in again")

// expiryMargin is how long before its end a token counts as expired, so that no call begins that cannot end.
const expiryMargin = 30 * time.Second

const maxToken = 4096 // octets

// Token opens the registry in the name of one person, to whoever holds it. It prints redacted in every verb, log and
// encoding. It belongs to the registry that made it: clients of another one refuse it.
type Token struct {
	secret  mss.Private
	expires time.Time
	service string // of the client that got it
}

// Expires returns the end of the token's validity.
func (t *Token) Expires() time.Time { return t.expires }

// Reveal returns the token itself, for a store of sessions; Client.RestoreToken reads it back. Whoever calls it answers
// for where it goes.
func (t *Token) Reveal() string { return t.secret.Reveal() }

// RestoreToken makes a Token of what Token.Reveal and Token.Expires returned. It must have come from this client's
// registry: to any other it would be given away.
func (c *Client) RestoreToken(secret string, expires time.Time) (*Token, error) {
	t, err := c.newToken(secret, expires)
	if err != nil {
		return nil, refused("Token", err.Error())
	}
	return t, nil
}

// newToken accepts what can be sent in a header (RFC 6750 2.1).
func (c *Client) newToken(secret string, expires time.Time) (*Token, error) {
	body := strings.TrimRight(secret, "=")
	if body == "" || len(secret) > maxToken || strings.ContainsFunc(body, isNotToken) {
		return nil, errors.New("there is no token, or none of a bearer token's form (RFC 6750)")
	}
	if expires.IsZero() {
		return nil, errors.New("a token without an end is none")
	}
	return &Token{secret: mss.Conceal(secret), expires: expires, service: c.service}, nil
}

func isNotToken(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-._~+/", r)
}

// bearer returns the header of a call with t, if it may be sent.
func (c *Client) bearer(t *Token) (string, error) {
	if t == nil || t.secret.IsZero() {
		return "", refused("Token", "is missing: Exchange makes one")
	}
	if t.service != c.service {
		return "", refused("Token", "belongs to another registry")
	}
	now, err := c.now()
	if err != nil {
		return "", err
	}
	if !now.Before(t.expires.Add(-expiryMargin)) {
		return "", ErrTokenExpired
	}
	return "Bearer " + t.secret.Reveal(), nil
}

// String returns the end of the token's validity.
func (t Token) String() string {
	return fmt.Sprintf("registrant.Token{expires:%q}", t.expires.UTC().Format(time.RFC3339))
}

// Format writes String, whatever the verb and flags are.
func (t Token) Format(s fmt.State, _ rune) { fmt.Fprint(s, t.String()) }

// LogValue is the end of the token's validity, for log/slog.
func (t Token) LogValue() slog.Value { return slog.GroupValue(slog.Time("expires", t.expires)) }

// MarshalText is String, for logs as JSON; it cannot be read back.
func (t Token) MarshalText() ([]byte, error) { return []byte(t.String()), nil }
