package skmidtest

// Misbehaviour is how a server differs from what is documented. All of it is within what clients must take; what they must
// refuse is Person.Forge. The zero value does nothing.
type Misbehaviour struct {
	// Legacy makes answers as servers of years ago made them, which clients must still read: the member sessionId instead
	// of sessionID, an empty result while the state is RUNNING, and algorithm names that begin with a small letter.
	Legacy bool

	// Unknown adds members to all answers that nobody knows. SK announces that new ones may appear at any time.
	Unknown bool
}

// SetMisbehaviour makes the server behave so from now on; nil: as documented.
func (s *Server) SetMisbehaviour(m *Misbehaviour) {
	if m == nil {
		m = new(Misbehaviour)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.misbehave = *m
}

func (s *Server) misbehaviour() Misbehaviour {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.misbehave
}
