package bankidtest

// Misbehaviour is how a server differs from what is documented. All of it is within what clients must take; what they must
// refuse is Person.Forge. The zero value does nothing.
type Misbehaviour struct {
	// PlainUnauthorized makes the 401 for an unknown client certificate a text that is no JSON, as some report it.
	PlainUnauthorized bool

	// Unknown adds members to all answers that nobody knows. BankID announces that new ones may appear at any time.
	Unknown bool
}

// SetMisbehaviour makes the server behave so from now on; nil: as documented.
func (s *Server) SetMisbehaviour(m *Misbehaviour) {
	if m == nil {
		m = new(Misbehaviour)
	}
	s.misbehave.Store(new(*m)) // the caller's may change
}

func (s *Server) misbehaviour() Misbehaviour { return *s.misbehave.Load() }
