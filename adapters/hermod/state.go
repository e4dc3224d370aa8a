package hermod

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"strings"

	"github.com/gomss/gomss/mss"
)

// state is what a transaction must remember beyond its ids: what was sent, so that the answer can be held against it. It is
// Transaction.State, and in a store and in evidence it is sealed or the caller's to protect. A certificate and a few mailbox
// addresses must fit into a sealed transaction of 4 KiB, hence a binary form.
type state struct {
	Kind        commandKind
	ExternalID  string
	Format      string // "jws" or "pkcs7"
	TBS         []byte // SHA-256 of the octets to be signed
	Display     string // what the person reads
	Code        string // of Request.AddCode
	URI         string // starts the client; for the prompt alone, and not in evidence
	Locations   []string
	KeyID       string
	ProfileID   string
	BoxID       string
	Certificate []byte // the enrolled one that must sign, DER
	Expect      []byte // PROV, CERT: what the answer is held against
}

const (
	stateVersion = 1
	maxLocations = 16 // there is no room for more
)

// What state.Format holds: the formats as they are called by default. On the wire Inferred has their names.
const (
	formatJWS   = "jws"
	formatPKCS7 = "pkcs7"
)

var errState = errors.New("the transaction's state is not of this package")

// encode writes the state. The form is versioned.
func (s *state) encode() ([]byte, error) {
	b := []byte{stateVersion, byte(s.Kind)}
	for _, f := range s.fields() {
		switch v := f.(type) {
		case *string:
			b = append(binary.AppendUvarint(b, uint64(len(*v))), *v...)
		case *[]byte:
			b = append(binary.AppendUvarint(b, uint64(len(*v))), *v...)
		}
	}
	prefix := commonPrefix(s.Locations) // they differ in their last part
	b = binary.AppendUvarint(b, uint64(len(s.Locations)))
	b = append(binary.AppendUvarint(b, uint64(len(prefix))), prefix...)
	for _, l := range s.Locations {
		b = append(binary.AppendUvarint(b, uint64(len(l)-len(prefix))), l[len(prefix):]...)
	}
	return b, nil
}

// fields are all but Kind and Locations, in the order of the encoding.
func (s *state) fields() []any {
	return []any{
		&s.ExternalID, &s.Format, &s.TBS, &s.Display, &s.Code, &s.URI, &s.KeyID, &s.ProfileID, &s.BoxID, &s.Certificate, &s.Expect,
	}
}

// decodeState reads a transaction's state. A transaction's purpose goes with the command, and an enrolment has none.
func decodeState(tx *mss.Transaction) (*state, error) {
	r := stateReader{b: tx.State}
	if r.byte() != stateVersion {
		return nil, errState
	}
	s := &state{Kind: commandKind(r.byte())}
	for _, f := range s.fields() {
		switch v := f.(type) {
		case *string:
			*v = string(r.bytes())
		case *[]byte:
			*v = r.bytes()
		}
	}
	r.locations(s)
	if r.bad || len(r.b) != 0 || !s.Kind.known() || s.ExternalID == "" || len(s.TBS) != 0 && len(s.TBS) != sha256.Size {
		return nil, errState
	}
	if s.Kind.purpose() != tx.Purpose {
		return nil, errors.New("the transaction's purpose is not the one that it was started with")
	}
	return s, nil
}

// forEvidence is the transaction without what only the prompt needed.
func (s *state) forEvidence(tx *mss.Transaction) (mss.Transaction, error) {
	rest, t := *s, *tx
	rest.URI = ""
	var err error
	t.State, err = rest.encode()
	return t, err
}

// stateReader reads what encode wrote. The first error sticks.
type stateReader struct {
	b   []byte
	bad bool
}

func (r *stateReader) byte() byte {
	if len(r.b) == 0 {
		r.bad = true
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

func (r *stateReader) number() uint64 {
	n, size := binary.Uvarint(r.b)
	if size <= 0 {
		r.bad = true
		return 0
	}
	r.b = r.b[size:]
	return n
}

func (r *stateReader) bytes() []byte {
	n := r.number()
	if r.bad || n > uint64(len(r.b)) {
		r.bad = true
		return nil
	}
	v := r.b[:n:n]
	r.b = r.b[n:]
	if n == 0 {
		return nil
	}
	return v
}

func (r *stateReader) locations(s *state) {
	n, prefix := r.number(), string(r.bytes())
	if n > maxLocations {
		r.bad = true
	}
	for ; n > 0 && !r.bad; n-- {
		s.Locations = append(s.Locations, prefix+string(r.bytes()))
	}
}

// commonPrefix returns what all strings begin with.
func commonPrefix(list []string) string {
	if len(list) == 0 {
		return ""
	}
	prefix := list[0]
	for _, s := range list[1:] {
		for !strings.HasPrefix(s, prefix) {
			prefix = prefix[:len(prefix)-1]
		}
	}
	return prefix
}
