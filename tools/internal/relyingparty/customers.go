package relyingparty

import (
	"cmp"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/account"
	"github.com/gomss/gomss/mss/catalogue"
)

// customers are the bank's own records of people, in memory. Who asks to log in is a customer from then on; an earnest bank
// knows its customers before.
type customers struct {
	mu      sync.Mutex
	numbers map[string]string // by whom a login asks for
}

// maxCustomers bounds the records. They are not forgotten: the next customer would get the number of another one.
const maxCustomers = 10_000

// asked returns the number of the customer as whom somebody wants to log in: by what was typed, or where that was nothing by
// who came. It says nothing about who they are: account.Binder does. The key of an account is never a telephone number, which
// is somebody else's one day. "" is nobody's: there are too many customers.
func (c *customers) asked(sig *mss.Signature) string {
	u := sig.Evidence.Transaction.User
	kind, _, _ := strings.Cut(sig.Evidence.Transaction.Provider, "|")
	key := kind + "|" + cmp.Or(u.Person.Reveal(), sig.Signer.Person.Reveal(), u.MSISDN.Reveal(), u.ID.Reveal(), sig.Signer.ID)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.numbers[key] == "" && len(c.numbers) < maxCustomers {
		c.numbers[key] = fmt.Sprintf("C-%d", 1001+len(c.numbers))
	}
	return c.numbers[key]
}

// refusal is a login that was genuine, and not by the person who is known for the account. It waits for a proof of another
// kind.
type refusal struct {
	key    account.Key
	known  string // the serial number that is known
	serial string // of who came
	code   string // in the letter
	until  time.Time
	tries  int
}

const (
	maxTries   = 3         // how many codes can be tried
	letterTime = time.Hour // in earnest as long as a letter takes, and kept with the customer
)

// errNotFresh refuses a login with a signature that names no login: an older one would have passed as well.
var errNotFresh = errors.New("the signature was not made for this login alone")

// letter returns the refusal whose letter can be answered; nil: there is none, or it is too late.
func (v Visit) letter() *refusal {
	if v.refusal == nil || v.refusal.tries == maxTries || time.Now().After(v.refusal.until) {
		return nil
	}
	return v.refusal
}

// newLetter has a letter with a code sent to the address that is known of the customer.
func newLetter() (code string) { return rand.Text()[:8] }

// refuse lets nobody in, and where the signer is not the one who is known, offers another way to prove who they are. Nobody is
// logged in by that way either: it puts the new serial number in the place of the old one, and then they log in.
func (s *Site) refuse(w http.ResponseWriter, r *http.Request, customer string, sig *mss.Signature, err error) {
	s.log.Warn("bank: a genuine signature was refused", "error", err)
	v := Visit{apology: catalogue.Default().ForPerson(err, "en")}
	if scope, scopeErr := account.Scope(sig); scopeErr == nil && catalogue.Key(err) == "account.changed" {
		key := account.Key{Scope: scope, Account: customer}
		if known, ok, err := s.serials.Serial(r.Context(), key); ok && err == nil {
			v.refusal = &refusal{key: key, known: known, serial: sig.Signer.ID, code: newLetter(), until: time.Now().Add(letterTime)}
			v.apology = ""
		}
	}
	s.sessions.renew(w, r, v)
	redirect(w, "/refused")
}

// rebind takes the code of the letter.
func (s *Site) rebind(w http.ResponseWriter, r *http.Request) {
	given := strings.ToUpper(strings.TrimSpace(r.PostFormValue("code")))
	refused := s.sessions.try(r)
	switch {
	case refused == nil:
		redirect(w, "/")
	case subtle.ConstantTimeCompare([]byte(given), []byte(refused.code)) == 1:
		s.replace(w, r, refused)
	case refused.tries == maxTries:
		s.sessions.renew(w, r, Visit{})
		s.problem(w, http.StatusForbidden, "That was not the code, for the third time. Please log in again: we send you another letter.")
	default:
		redirect(w, "/refused")
	}
}

// try counts a code before it is compared, so that many at one time are no more than maxTries. It returns nil where none can be
// tried.
func (s *sessions) try(r *http.Request) (counted *refusal) {
	s.change(s.id(r), func(v *Visit) {
		if refused := v.letter(); refused != nil {
			next := *refused
			next.tries++
			v.refusal, counted = &next, &next
		}
	})
	return counted
}

// replace binds the account to who has brought the code, in the place of who was known when the letter was sent: one that
// somebody keeps for later does not undo what has happened since.
func (s *Site) replace(w http.ResponseWriter, r *http.Request, refused *refusal) {
	err := s.binder.Rebind(r.Context(), refused.key, refused.known, refused.serial)
	switch {
	case err == nil:
		s.sessions.renew(w, r, Visit{})
		redirect(w, "/?again=1")
	case errors.Is(err, account.ErrConflict):
		s.sessions.renew(w, r, Visit{})
		s.problem(w, http.StatusForbidden, "This letter is not valid any more. Please log in again.")
	default:
		s.log.Error("bank: a serial number was not replaced", "error", err)
		s.problem(w, http.StatusServiceUnavailable, "This does not work at the moment. Please try again later.")
	}
}
