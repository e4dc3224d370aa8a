package mssp

import (
	"sync"
	"time"

	"github.com/gomss/gomss/mss"
)

// outstanding counts the signatures under way, and knows their MSSP_TransIDs and whose phone they are on. Who never comes
// back for an outcome is forgotten at the deadline.
type outstanding struct {
	mu    sync.Mutex
	limit int
	count int                        // reserved, without id
	ids   map[string]*pending        // by MSSP_TransID
	users map[mss.MSISDN]*occupation // phones that ring, or may
}

type pending struct {
	user       mss.MSISDN
	deadline   time.Time
	superseded bool // the same person was asked again since
}

// occupation is what is known of one phone.
type occupation struct {
	reserved int       // requests being sent
	latest   string    // MSSP_TransID of the last one that was accepted
	deadline time.Time // of the latest; zero once it has its outcome
	unheard  time.Time // until when one may be on the phone that failed on the way
}

func (u *occupation) idle(now time.Time) bool {
	return u.reserved == 0 && !now.Before(u.deadline) && !now.Before(u.unheard)
}

func newOutstanding(limit int) *outstanding {
	return &outstanding{limit: limit, ids: make(map[string]*pending), users: make(map[mss.MSISDN]*occupation)}
}

// reserve takes a place. alone refuses where the person has a request already.
func (o *outstanding) reserve(user mss.MSISDN, now time.Time, alone bool) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.full() {
		o.forget(now)
	}
	if o.full() {
		return &mss.RequestError{Field: "Config.MaxOutstanding", Reason: "signatures under way have reached it; wait for some to end"}
	}
	u := o.users[user]
	if u == nil {
		u = new(occupation)
		o.users[user] = u
	}
	if alone && !u.idle(now) {
		return &mss.RequestError{Field: "User.MSISDN", Reason: "has a request outstanding; wait for its outcome", Err: ErrOutstanding}
	}
	u.reserved++
	o.count++
	return nil
}

// full bounds the phones, too: of those that may ring after a failure there is no id.
func (o *outstanding) full() bool { return o.count+len(o.ids) >= o.limit || len(o.users)/2 >= o.limit }

// forget drops what has passed its deadline.
func (o *outstanding) forget(now time.Time) {
	for id, p := range o.ids {
		if now.After(p.deadline) {
			delete(o.ids, id)
		}
	}
	for user, u := range o.users {
		if u.idle(now) {
			delete(o.users, user)
		}
	}
}

// release gives a place back that got no id. until is how long the phone may be busy nevertheless.
func (o *outstanding) release(user mss.MSISDN, until time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.count--
	u := o.users[user]
	u.reserved--
	if until.After(u.unheard) {
		u.unheard = until
	}
	o.tidy(user, u)
}

// tidy drops what is known of a phone that is idle.
func (o *outstanding) tidy(user mss.MSISDN, u *occupation) {
	if u.idle(time.Now()) {
		delete(o.users, user)
	}
}

// enter turns a reserved place into one with an id. It does not, and returns false, where the id is already outstanding:
// two transactions would share one answer.
func (o *outstanding) enter(id string, user mss.MSISDN, now, deadline time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if old, ok := o.ids[id]; ok && now.Before(old.deadline) {
		return false
	}
	o.count--
	u := o.users[user]
	u.reserved--
	if before, ok := o.ids[u.latest]; ok && before.user == user {
		before.superseded = true
	}
	o.ids[id] = &pending{user: user, deadline: deadline}
	u.latest, u.deadline = id, deadline
	return true
}

// leave ends what enter began. It reports whether the person was asked again by this process in the meantime.
func (o *outstanding) leave(id string) (superseded bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	p, ok := o.ids[id]
	if !ok {
		return false
	}
	delete(o.ids, id)
	if u := o.users[p.user]; u != nil && u.latest == id {
		u.deadline = time.Time{}
		o.tidy(p.user, u)
	}
	return p.superseded
}
