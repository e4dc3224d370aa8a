package account

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gomss/gomss/mss"
)

// The bounds of what is stored, in octets. Binder keeps them, so that a store need not.
const (
	MaxScope   = 128
	MaxAccount = 255
	MaxSerial  = 128
)

// Key is what a serial number is stored under. It prints its scope alone.
type Key struct {
	Scope   string // kind of service and environment; see Scope
	Account string // the application's ID of the account; never a telephone number
}

// Scope returns the scope that a signature is compared in: Transaction.Provider up to and including the environment,
// "mssp|swisscom|production". Host and AP_ID are not part of it: they may change while the person's identity does not.
//
// A provider's scope is its kind, then perhaps a name, then the environment. A signature without evidence, or whose
// scope does not name exactly one environment there, is refused.
func Scope(sig *mss.Signature) (string, error) {
	if sig == nil || sig.Evidence == nil {
		return "", errors.New("account: the signature has no evidence, which names the provider: keep Signature.Evidence as it came")
	}
	parts := strings.Split(sig.Evidence.Transaction.Provider, "|")
	end := 0
	for i := 1; i < min(len(parts), 3); i++ {
		if !isEnvironment(parts[i]) {
			continue
		}
		if end != 0 {
			return "", errors.New("account: the provider's scope names two environments; give the dialect or host another name")
		}
		end = i + 1
	}
	if end == 0 || parts[0] == "" {
		return "", errors.New("account: the provider's scope names no environment: it must begin with its kind, then perhaps a name, then the environment")
	}
	return strings.Join(parts[:end], "|"), nil
}

func isEnvironment(s string) bool {
	for _, e := range []mss.Environment{mss.Production, mss.Test, mss.Simulator} {
		if s == e.String() {
			return true
		}
	}
	return false
}

func (k Key) check() error {
	if err := check("scope", k.Scope, MaxScope); err != nil {
		return err
	}
	return check("account ID", k.Account, MaxAccount)
}

// check bounds one text. Control characters are refused: no database keeps all of them, and no operator sees them.
func check(name, s string, limit int) error {
	switch {
	case s == "" || len(s) > limit:
		return fmt.Errorf("account: the %s has %d octets; 1 to %d are allowed", name, len(s), limit)
	case !utf8.ValidString(s):
		return fmt.Errorf("account: the %s is not UTF-8", name)
	case strings.ContainsFunc(s, unicode.IsControl):
		return fmt.Errorf("account: the %s holds a control character", name)
	}
	return nil
}

// fold returns a serial number in the case that certificates have it in: other sources, such as profile queries and
// hands, write the letters a to z small. Nothing but ASCII is folded, so no two other characters fall together.
func fold(serial string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, serial)
}

// Format writes the scope, whatever the verb and flags are.
func (k Key) Format(s fmt.State, _ rune) { fmt.Fprintf(s, "account.Key{scope:%q}", k.Scope) }

// LogValue is the scope, for log/slog.
func (k Key) LogValue() slog.Value { return slog.GroupValue(slog.String("scope", k.Scope)) }

// MarshalJSON writes the scope, for logs.
func (k Key) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"scope": k.Scope})
}
