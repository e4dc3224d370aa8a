package hermod

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/gomss/gomss/mss"
)

// Names are what the API calls one command.
type Names struct {
	Path     string // of the command, behind the prefix: "/command/sign"
	Callback string // last segment of the path that its callbacks come to: "sign"
	Command  string // member that holds the command: "signCommand"
	Response string // member that holds the response: "signResponse"
	Type     string // commandType of its records: "SIGN"
}

// Inferred is what this package had to conclude about the API from examples, since the whole of it is not published. Each entry
// is inferred, in full or in part, and can be replaced by what the documentation of an installation says: take
// DefaultInferred, change it, and configure it in Config and VerifierConfig alike. It must not be changed after that.
type Inferred struct {
	// Provision, Certificate, Authenticate, Sign and Ping are the commands. Paths are documented; inferred are the callbacks'
	// last segments behind another prefix than the documented one, "authResponse", "signResponse" and "pingResponse",
	// "AUTH" and "PING", and the ping command.
	Provision, Certificate, Authenticate, Sign, Ping Names

	// Done is the state of a command that a device has answered: "COMPLETED". That there is no other is inferred.
	Done []string

	// Running are the states of a command that is not over, whatever else its record holds: "IN_PROGRESS". Inferred is that
	// there is no other. A state that is in none of the lists is running where the record has no response and no
	// responseHeader, and a failure otherwise.
	Running []string

	// Expired are the states of a command whose time is up. All are inferred: that there is a callback is documented, its
	// form is not.
	Expired []string

	// StatusOK is the responseHeader.status of a device that answered: 200. Inferred is that no other is.
	StatusOK int

	// Codes are the codes of a response that is no success, as codes of TS 102 204. All are inferred: no code but 0 is
	// published. What is not here is mss.PBSignatureProcess (406), with the code in Fault.Native.
	Codes map[int]mss.Code

	// JWS and PKCS7 are params.format, and the contenttype of results. "pkcs7" as a request and "jws" as a result are
	// documented; inferred is that both are called the same in both directions.
	JWS, PKCS7 string

	// PKCS7Octets returns the DER of a result in PKCS7. nil: the data is standard Base64 of it, which is inferred.
	PKCS7Octets func(data string) ([]byte, error)

	// JWSContent returns what was signed from the payload of a result in JWS. nil: the payload is the octets to be signed,
	// which is inferred.
	JWSContent func(payload []byte) ([]byte, error)

	// RSA is params.mechanism, and KeyType the value of params.filter for the parameter key.type: both are documented for a
	// signing in PKCS7, and inferred for all else.
	RSA, KeyType string
}

// DefaultInferred returns a new table of what is concluded from the published examples.
func DefaultInferred() *Inferred {
	return &Inferred{
		Provision:    Names{"/command/provision", "provision", "provCommand", "provResponse", "PROV"},
		Certificate:  Names{"/command/certificate", "certificate", "certCommand", "certResponse", "CERT"},
		Authenticate: Names{"/command/authenticate", "authenticate", "authCommand", "authResponse", "AUTH"},
		Sign:         Names{"/command/sign", "sign", "signCommand", "signResponse", "SIGN"},
		Ping:         Names{"/command/ping", "ping", "pingCommand", "pingResponse", "PING"},
		Done:         []string{"COMPLETED"},
		Running:      []string{"IN_PROGRESS"},
		Expired:      []string{"TIMEOUT", "TIMED_OUT", "EXPIRED"},
		StatusOK:     200,
		Codes: map[int]mss.Code{
			401: mss.UserCancel,
			402: mss.PinBlocked,
			403: mss.CardBlocked,
			404: mss.NoKeyFound,
			408: mss.ExpiredTransaction,
		},
		JWS:     "jws",
		PKCS7:   "pkcs7",
		RSA:     "CKM_SHA256_RSA_PKCS",
		KeyType: "RSA",
	}
}

// names are those of one command.
func (t *Inferred) names(k commandKind) Names {
	switch k {
	case provision:
		return t.Provision
	case certificate:
		return t.Certificate
	case authenticate:
		return t.Authenticate
	case sign:
		return t.Sign
	case ping:
		return t.Ping
	}
	return Names{}
}

// kind returns the command whose callbacks come to a path with this last segment; 0 for none.
func (t *Inferred) kind(segment string) commandKind {
	for _, k := range commandKinds {
		if t.names(k).Callback == segment {
			return k
		}
	}
	return 0
}

// formatName is params.format for what state.Format holds, and the contenttype that the result should have.
func (t *Inferred) formatName(format string) string {
	if format == formatJWS {
		return t.JWS
	}
	return t.PKCS7
}

// code is what a response's code means, when it is not 0.
func (t *Inferred) code(n int) mss.Code {
	if c, ok := t.Codes[n]; ok {
		return c
	}
	return mss.PBSignatureProcess
}

var (
	pathPattern    = regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)+$`)
	segmentPattern = regexp.MustCompile(`^[A-Za-z0-9._~-]+$`)
)

// check refuses a table that would send a command astray, or take a failure for a success.
func (t *Inferred) check() error {
	seen := make(map[string]bool)
	for _, k := range commandKinds {
		n := t.names(k)
		switch {
		case !pathPattern.MatchString(n.Path):
			return fmt.Errorf("hermod: Config.Inferred: %q is no path of a command", n.Path)
		case !segmentPattern.MatchString(n.Callback), seen[n.Callback]:
			return fmt.Errorf("hermod: Config.Inferred: %q is no path segment of a callback, or of another command's as well", n.Callback)
		case n.Command == "", n.Response == "", n.Type == "", n.Command == "commandHeader":
			return fmt.Errorf("hermod: Config.Inferred: a name of the command at %q is missing", n.Path)
		}
		seen[n.Callback] = true
	}
	if len(t.Done) == 0 || t.JWS == "" || t.PKCS7 == "" || t.JWS == t.PKCS7 || t.RSA == "" || t.KeyType == "" || t.StatusOK == 0 {
		return errors.New("hermod: Config.Inferred: an entry is empty; begin with DefaultInferred")
	}
	states := slices.Concat(t.Done, t.Running, t.Expired)
	slices.Sort(states)
	if len(slices.Compact(states)) != len(t.Done)+len(t.Running)+len(t.Expired) || slices.Contains(states, "") {
		return errors.New("hermod: Config.Inferred: a state stands in two lists, or is empty")
	}
	for n, c := range t.Codes {
		if n == 0 || c < 101 || c >= 500 && c < 600 { // TS 102 204 clause 8.6: up to 100 and 5xx are no faults
			return fmt.Errorf("hermod: Config.Inferred.Codes: %d: does not stand for the code of a fault", n)
		}
	}
	return nil
}
