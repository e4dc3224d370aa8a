package registrant_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/gomss/gomss/adapters/registrant"
	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

// operations are all calls, by the name that errors have.
var operations = map[string]func(context.Context, *testing.T, *registrant.Client) error{
	"exchange": func(ctx context.Context, t *testing.T, c *registrant.Client) error {
		_, err := c.Exchange(ctx, mariLiis().signature(t))
		return err
	},
	"domains": func(ctx context.Context, t *testing.T, c *registrant.Client) error {
		for _, err := range c.Domains(ctx, restored(t, c), registrant.DomainQuery{}) {
			if err != nil {
				return err
			}
		}
		return nil
	},
	"domain": func(ctx context.Context, t *testing.T, c *registrant.Client) error {
		_, err := c.Domain(ctx, restored(t, c), anID)
		return err
	},
	"lock": func(ctx context.Context, t *testing.T, c *registrant.Client) error {
		_, err := c.Lock(ctx, restored(t, c), anID, registrant.LockOptions{})
		return err
	},
	"unlock": func(ctx context.Context, t *testing.T, c *registrant.Client) error {
		_, err := c.Unlock(ctx, restored(t, c), anID)
		return err
	},
	"contacts": func(ctx context.Context, t *testing.T, c *registrant.Client) error {
		for _, err := range c.Contacts(ctx, restored(t, c)) {
			if err != nil {
				return err
			}
		}
		return nil
	},
	"contact": func(ctx context.Context, t *testing.T, c *registrant.Client) error {
		_, err := c.Contact(ctx, restored(t, c), anID)
		return err
	},
	"update of a contact": func(ctx context.Context, t *testing.T, c *registrant.Client) error {
		_, err := c.UpdateContact(ctx, restored(t, c), anID, registrant.ContactUpdate{Email: mss.Conceal("uus@mail.test")})
		return err
	},
	"question for updates": func(ctx context.Context, t *testing.T, c *registrant.Client) error {
		_, _, err := c.NeedUpdate(ctx, restored(t, c), anID)
		return err
	},
	"update of contacts": func(ctx context.Context, t *testing.T, c *registrant.Client) error {
		_, err := c.UpdateContacts(ctx, restored(t, c), anID)
		return err
	},
	"companies": func(ctx context.Context, t *testing.T, c *registrant.Client) error {
		for _, err := range c.Companies(ctx, restored(t, c)) {
			if err != nil {
				return err
			}
		}
		return nil
	},
}

// answering is a client of a server that answers everything alike.
func answering(t testing.TB, status int, body string) *registrant.Client {
	t.Helper()
	return foreign(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	})
}

func sentinels() []error {
	return []error{
		registrant.ErrNotAllowed, registrant.ErrUnauthorized, registrant.ErrNotAdministrative, registrant.ErrNotFound,
		registrant.ErrNotLockable, registrant.ErrNotLocked, registrant.ErrInvalid, registrant.ErrUnavailable,
		registrant.ErrTokenExpired,
	}
}

// What a refusal means follows from the operation and the status; of the words only those about locks matter.
func TestReasons(t *testing.T) {
	t.Parallel()
	const (
		plain = `{"errors":[{"base":["Not authorized"]}]}`
		admin = `{"errors":[{"base":["Only administrative contacts can manage registry locks"]}]}`
	)
	for _, tt := range []struct {
		status     int
		body       string
		operations string // "" all others
		want       error  // nil: none of the sentinels
	}{
		{401, plain, "exchange", registrant.ErrNotAllowed},
		{401, plain, "", registrant.ErrUnauthorized},
		{401, admin, "lock, unlock", registrant.ErrNotAdministrative},
		{401, admin, "exchange", registrant.ErrNotAllowed},
		{401, admin, "", registrant.ErrUnauthorized},
		{404, plain, "domain, lock, unlock, contact, update of a contact, question for updates, update of contacts", registrant.ErrNotFound},
		{404, plain, "", nil},
		{422, plain, "lock", registrant.ErrNotLockable},
		{422, plain, "unlock", registrant.ErrNotLocked},
		{422, plain, "", registrant.ErrInvalid},
		{400, plain, "", registrant.ErrInvalid},
		{503, plain, "", registrant.ErrUnavailable},
		{500, plain, "", nil},
		{418, plain, "", nil},
		{200, plain, "", nil},
	} {
		c := answering(t, tt.status, tt.body)
		for op, do := range operations {
			listed := tt.operations == "" || strings.Contains(", "+tt.operations+",", ", "+op+",")
			if !listed || tt.operations == "" && namedElsewhere(op, tt.status, tt.body == admin) {
				continue
			}
			name := fmt.Sprintf("%s, %d", op, tt.status)
			err := do(t.Context(), t, c)
			var refusal *registrant.Error
			require.ErrorAs(t, err, &refusal, name)
			require.Equal(t, tt.status, refusal.Status, name)
			require.Equal(t, op, refusal.Operation, name)
			for _, s := range sentinels() {
				require.Equal(t, s == tt.want, errors.Is(err, s), "%s: %v", name, s)
			}
			require.Contains(t, err.Error(), fmt.Sprint(tt.status))
			require.NotContains(t, err.Error(), "ot authorized")
		}
	}
}

// namedElsewhere reports whether an operation has a row of its own for a status.
func namedElsewhere(op string, status int, admin bool) bool {
	switch status {
	case 401:
		return op == "exchange" || admin && (op == "lock" || op == "unlock")
	case 404:
		return op != "exchange" && op != "domains" && op != "contacts" && op != "companies"
	case 422:
		return op == "lock" || op == "unlock"
	}
	return false
}

// All shapes in which the registry and its documentation report errors.
func TestErrorShapes(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		body string
		want string // name: text, text; name: …
	}{
		"array of objects":   {`{"errors":[{"base":["Domain not found"]},{"limit":["parameter is out of range"]}]}`, "base: Domain not found; limit: parameter is out of range"},
		"object":             {`{"errors":{"phone":["Phone nr is invalid","too short"],"email":["Email is invalid"]}}`, "email: Email is invalid; phone: Phone nr is invalid, too short"},
		"single":             {`{"error":"Not authorized"}`, ": Not authorized"},
		"text by itself":     {`{"errors":[{"base":"Domain not found"}]}`, "base: Domain not found"},
		"both":               {`{"errors":[{"base":["one"]}],"error":"two"}`, "base: one; : two"},
		"unknown name":       {`{"errors":[{"MARI-LIIS 60001019906":["no"]}]}`, "unknown: no"},
		"long name":          {`{"errors":[{"` + strings.Repeat("a", 41) + `":["no"]}]}`, "unknown: no"},
		"escapes":            {`{"error":"\u001b[31mred\u202e"}`, `: \u{001B}[31mred\u{202E}`},
		"long":               {`{"error":"` + strings.Repeat("õ", 300) + `"}`, ": " + strings.Repeat("õ", 200) + "…"},
		"no words":           {`{"errors":[]}`, ""},
		"numbers":            {`{"errors":[1,2]}`, ""},
		"number":             {`{"error":1}`, ""},
		"true":               {`{"errors":true}`, ""},
		"nested":             {`{"errors":[{"base":[["no"]]}]}`, "base: "},
		"beside other words": {`{"status":404,"error":"Not Found","errors":null}`, ": Not Found"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := operations["domain"](t.Context(), t, answering(t, 400, tt.body))
			var refusal *registrant.Error
			require.ErrorAs(t, err, &refusal)
			var fields []string
			for _, f := range refusal.Fields {
				var texts []string
				for _, text := range f.Texts {
					texts = append(texts, text.Reveal())
				}
				fields = append(fields, f.Name+": "+strings.Join(texts, ", "))
			}
			require.Equal(t, tt.want, strings.Join(fields, "; "))
		})
	}
}

// What is kept of a refusal is bounded.
func TestErrorBounds(t *testing.T) {
	t.Parallel()
	many := `{"errors":[` + strings.Repeat(`{"base":["a","a","a","a","a","a","a","a","a"]},`, 99) + `{"base":[]}],"error":"b"}`
	var members []string
	for i := range 99 {
		members = append(members, fmt.Sprintf(`"m%s":["x"]`, strings.Repeat("a", i%38)+string(rune('b'+i/38))))
	}
	wide := `{"errors":{` + strings.Join(members, ",") + `}}`
	for name, body := range map[string]string{"long": many, "wide": wide} {
		err := operations["domain"](t.Context(), t, answering(t, 400, body))
		var refusal *registrant.Error
		require.ErrorAs(t, err, &refusal, name)
		require.Len(t, refusal.Fields, 16, name)
		for _, f := range refusal.Fields {
			require.LessOrEqual(t, len(f.Texts), 8, name)
		}
		require.Less(t, len(err.Error()), 2000, name)
	}
}

// An answer that is not the registry's is no refusal of it, whatever its status.
func TestNotTheRegistry(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"page": "<html>kinni</html>", "empty": "", "array": "[]", "text": `"errors"`, "no errors": `{"message":"no"}`, "null": `{"errors":null}`,
		"errors twice": `{"errors":[],"Errors":[]}`, "cut": `{"errors":[{"base":["Dom`,
	} {
		for _, status := range []int{204, 302, 401, 403, 404, 422, 500, 502, 503} {
			if status == 204 && body != "" {
				continue // has no body
			}
			c := answering(t, status, body)
			for op, do := range operations {
				err := do(t.Context(), t, c)
				var failed *mss.TransportError
				require.ErrorAs(t, err, &failed, "%s %s %d", op, name, status)
				require.Equal(t, mss.Answered, failed.Sent)
				require.Equal(t, status, failed.Status)
				require.NotContains(t, err.Error(), "kinni")
				for _, s := range sentinels() {
					require.NotErrorIs(t, err, s)
				}
				if op != "exchange" {
					require.Equal(t, body, failed.Body.Reveal())
				}
			}
		}
	}
}
