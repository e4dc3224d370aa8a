package hermodtest

import (
	"errors"
	"slices"
	"time"
)

// Act is what a person does when their device asks something.
type Act int

const (
	Sign     Act = iota // what is asked: takes the profile, shows face or finger, enters the PIN
	Cancel              // presses cancel: code 401
	Ignore              // does nothing, until the command's timeout
	BlockPIN            // types wrong PINs until it is blocked: code 402
	Lock                // has a device whose profile is locked: code 403
	NoKey               // has deleted the profile in the app: code 404
	Reject              // the app fails with code 500, which nobody knows
	Fail                // the app's message is refused: responseHeader.status 500, without a code
	Ask                 // waits for a human: Server.Outstanding and Server.Act
	acts
)

// code is what a device answers. No code but 0 is published.
func (a Act) code() int {
	switch a {
	case Cancel:
		return 401
	case BlockPIN:
		return 402
	case Lock:
		return 403
	case NoKey:
		return 404
	case Reject:
		return 500
	}
	return 0
}

// Timing is when and how often callbacks come.
type Timing int

const (
	// InTime is after the command's own answer, once.
	InTime Timing = iota

	// Early is before the command's own answer is written. A device that does not answer by itself (Ignore, Ask) is InTime.
	Early

	// Twice is InTime, and then the same again.
	Twice

	// Contrary is InTime, and then another outcome for the same command: the person has cancelled.
	Contrary

	// OutOfOrder is when the callback of another command was delivered, and at the latest just before the command's timeout.
	OutOfOrder

	// Late is after the timeout: first comes the callback that the time is up, then the device's answer.
	Late

	// Overdue is after the timeout as well, but without a callback that says so.
	Overdue

	// Lost is never, also when the time is up.
	Lost

	timings
)

// Key is a kind of key.
type Key int

const (
	RSA  Key = iota // 2048 bits, CKM_SHA256_RSA_PKCS, RS256
	P256            // CKM_ECDSA_SHA256, ES256
	keyKinds
)

// Anyone is Person.User of those who are not scripted by name.
const Anyone = ""

// Person is somebody with the app, and what they do with it. The zero value does all that is asked.
type Person struct {
	User     string        // without "@"; "" is Anyone
	Do       Act           // when their device asks
	Callback Timing        // of the callbacks
	Delay    time.Duration // until they act, or with Late and Overdue after the timeout; 0: 20 ms, with Overdue 30 s
	Forge    Forge         // what is wrong with the answer

	// NoNetwork: their devices are out of reach. What they show already cannot be answered, what comes waits unseen in its
	// mailbox, and no code is scanned. Once they are found again a human decides, as with Ask; what was scripted is not done.
	NoNetwork bool

	Key    Key // that Server.Enroll makes; a command says itself which one it wants
	Device int // which of their devices answers: 0 is the newest
	Boxes  int // mailboxes without a device, which commands are also delivered to; up to 8
}

const (
	defaultDelay   = 20 * time.Millisecond // of a person who acts at once: enough for the command's answer to come first
	defaultOverdue = 30 * time.Second      // after the timeout: longer than an application server should wait
	maxBoxes       = 8
)

func (p Person) complete() (Person, error) {
	if p.Delay == 0 {
		p.Delay = defaultDelay
		if p.Callback == Overdue {
			p.Delay = defaultOverdue
		}
	}
	switch {
	case p.Do < Sign || p.Do >= acts:
		return p, errors.New("hermodtest: Person.Do is no Act constant")
	case p.Callback < InTime || p.Callback >= timings:
		return p, errors.New("hermodtest: Person.Callback is no Timing constant")
	case p.Forge < Genuine || p.Forge >= forges:
		return p, errors.New("hermodtest: Person.Forge is no Forge constant")
	case p.Key < RSA || p.Key >= keyKinds:
		return p, errors.New("hermodtest: Person.Key is no Key constant")
	case p.Delay < 0 || p.Device < 0:
		return p, errors.New("hermodtest: Person.Delay or Person.Device is negative")
	case p.Boxes < 0 || p.Boxes > maxBoxes:
		return p, errors.New("hermodtest: Person.Boxes is not 0 to 8")
	}
	return p, nil
}

// Person sets what somebody does from now on; commands that have begun go on as they were, but for NoNetwork. Devices are kept.
// It panics if the fields contradict each other, as that is a mistake in the test.
func (s *Server) Person(p Person) {
	p, err := p.complete()
	if err != nil {
		panic(err.Error())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.persons[p.User] = p
	for _, c := range s.pending {
		c.person.NoNetwork = c.person.NoNetwork && s.isAway(c) // what has waited is delivered
	}
}

// isAway reports whether the devices that a command is for are out of reach. The server's lock is held.
func (s *Server) isAway(c *command) bool { return s.find(c.question.user).NoNetwork }

// find returns a user's script. The server's lock is held.
func (s *Server) find(user string) Person {
	p, ok := s.persons[user]
	if !ok {
		p = s.persons[Anyone]
	}
	p, _ = p.complete() // was checked when it came
	if p.NoNetwork {
		p.Do = Ask
	}
	return p
}

// Outstanding is a question that a device shows, or that waits for being scanned.
type Outstanding struct {
	ID     string   // of the command
	Type   string   // "PROV", "AUTH", "SIGN", …
	User   string   // without "@"
	Title  string   // of a profile that is offered
	Texts  []string // that the person reads, in order
	ToScan bool     // no app has it yet: see Server.Scan
	Until  time.Time
}

// Outstanding returns what nobody has answered, in the order in which it came, but for what waits in mailboxes until the person
// is in reach (Person.NoNetwork). A profile that no app has scanned yet is on another screen, and always there.
func (s *Server) Outstanding() []Outstanding {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []*command
	for _, c := range s.pending {
		if c.kind == provision || !c.person.NoNetwork {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b *command) int { return int(a.number) - int(b.number) })
	var out []Outstanding
	for _, c := range list {
		out = append(out, c.outstanding())
	}
	return out
}

// Act has a human decide what the person does, whatever the script says. It reports whether anything came of it: nothing does
// where the command is not outstanding any more, or the person out of reach (Person.NoNetwork). A profile that no app has
// scanned yet is scanned by that. Ignore and Ask are no decisions.
func (s *Server) Act(id string, a Act) bool {
	if a < Sign || a >= acts || a == Ignore || a == Ask {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.pending[id]
	if !ok || s.isAway(c) {
		return false
	}
	delete(s.pending, id) // a second decision comes too late
	c.decided <- a        // has room for one
	return true
}

// Scan is an app that reads a plugout URI, from a QR code or a link. It returns the id of the command that waits there.
// A token works once, and none while the person is out of reach (Person.NoNetwork).
func (s *Server) Scan(uri string) (id string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.pending {
		if s.isAway(c) {
			continue
		}
		for i := range c.destinations {
			if d := &c.destinations[i]; d.uri == uri && !d.scanned {
				d.scanned, c.scanned = true, true
				return c.id, true
			}
		}
	}
	return "", false
}
