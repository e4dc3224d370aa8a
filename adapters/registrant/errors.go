package registrant

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/gomss/gomss/mss"
)

// What a refusal of the registry means, for errors.Is.
var (
	// ErrNotAllowed: this machine's address may not exchange identities for tokens.
	ErrNotAllowed = errors.New("this machine's address is not on the registry's list: have the registry add it")

	// ErrUnauthorized: the token is damaged, has expired, or the person's name was spelled differently since.
	ErrUnauthorized = errors.New("the registry does not accept the token (expired, or the person logged in elsewhere under " +
		"another spelling of the name): the person must log in again")

	// ErrNotAdministrative: only the registrant and administrative contacts lock and unlock a domain.
	ErrNotAdministrative = errors.New("the person is neither the domain's registrant nor an administrative contact of it")

	// ErrNotFound: there is no such domain or contact, or it is not the person's.
	ErrNotFound = errors.New("the registry knows nothing of this ID that is the person's")

	// ErrNotLockable: the domain has a registry lock already, or is being deleted, transferred or changed.
	ErrNotLockable = errors.New("the domain cannot be locked: it is locked already, or is being deleted, transferred or changed")

	// ErrNotLocked: the domain has no registry lock that its registrant set.
	ErrNotLocked = errors.New("the domain has no lock of its registrant")

	// ErrInvalid: the registry does not take a value; Error.Fields tells which.
	ErrInvalid = errors.New("the registry does not take a value that was sent; Error.Fields tells which")

	// ErrUnavailable: the registry, or the company register behind it, is down.
	ErrUnavailable = errors.New("the registry, or the company register behind it, is not available: try again later")
)

// Error is a refusal of the registry. It unwraps to the reason, where that is known.
//
// Error names the operation, the status and the reason. What the registry said is in Fields, concealed: it may hold
// personal data.
type Error struct {
	Operation string // "exchange", "lock"…
	Status    int    // HTTP status; 200 where the registry reported a failure as success
	Fields    []FieldError
	reason    error
}

// FieldError is what the registry says about one value: at most 8 texts of at most 200 characters, escaped for printing.
type FieldError struct {
	Name  string // the member's name, such as "phone"; "base" for the whole; "" where the registry named none
	Texts []mss.Private
}

// Error names the operation, the status, the reason and the members that it is about.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "registrant: %s: refused with HTTP status %d", e.Operation, e.Status)
	if e.reason != nil {
		b.WriteString(": " + e.reason.Error())
	}
	var names []string
	for _, f := range e.Fields {
		if f.Name != "" && f.Name != "base" {
			names = append(names, f.Name)
		}
	}
	if len(names) > 0 {
		b.WriteString(" (" + strings.Join(names, ", ") + ")")
	}
	return b.String()
}

// Unwrap returns the reason: one of the Err… of this package, or nil.
func (e *Error) Unwrap() error { return e.reason }

// reasonOf tells what a refusal means. Only for 401 the registry's words are looked at: it answers so to a bad token and
// to somebody who may not lock a domain.
func reasonOf(op operation, status int, fields []FieldError) error {
	switch status {
	case http.StatusUnauthorized:
		switch {
		case op == opExchange:
			return ErrNotAllowed
		case (op == opLock || op == opUnlock) && says(fields, "administrative contacts"):
			return ErrNotAdministrative
		}
		return ErrUnauthorized
	case http.StatusNotFound:
		switch op {
		case opDomain, opLock, opUnlock, opContact, opUpdateContact, opNeedUpdate, opUpdateContacts:
			return ErrNotFound
		}
	case http.StatusBadRequest:
		return ErrInvalid
	case http.StatusUnprocessableEntity:
		switch op {
		case opLock:
			return ErrNotLockable
		case opUnlock:
			return ErrNotLocked
		}
		return ErrInvalid
	case http.StatusServiceUnavailable:
		return ErrUnavailable
	}
	return nil
}

func says(fields []FieldError, words string) bool {
	for _, f := range fields {
		for _, t := range f.Texts {
			if strings.Contains(t.Reveal(), words) {
				return true
			}
		}
	}
	return false
}
