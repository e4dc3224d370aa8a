package registrant

import (
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"

	"github.com/gomss/gomss/mss"
)

// maxSpent bounds how many signatures are remembered: more logins than that within Config.MaxAge, 200 in a second, are
// refused.
const maxSpent = 1 << 16

// spent remembers the signatures that were exchanged, for as long as they could be exchanged again.
type spent struct {
	mu sync.Mutex
	m  map[[32]byte]time.Time // until when
}

func newSpent() *spent { return &spent{m: make(map[[32]byte]time.Time)} }

// fingerprint identifies a signature by what was signed and by whom, not by its value: of an ECDSA signature anybody can
// make a second one.
func fingerprint(sig *mss.Signature) [32]byte {
	h := sha256.New()
	for _, part := range [][]byte{sig.Signer.Chain[0].Raw, sig.Content} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write(part)
	}
	return [32]byte(h.Sum(nil))
}

// claim notes a signature; false means that it is noted already, or that there is no room.
func (s *spent) claim(key [32]byte, now, until time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, ok := s.m[key]; ok && now.Before(t) {
		return false
	}
	if len(s.m) >= maxSpent {
		for k, t := range s.m {
			if !now.Before(t) {
				delete(s.m, k)
			}
		}
		if len(s.m) >= maxSpent {
			return false
		}
	}
	s.m[key] = until
	return true
}

// release forgets a signature that gave no token.
func (s *spent) release(key [32]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.m, key)
}
