// Package proof holds the token that only this module can name. It takes one to call a signature verified, so no code
// outside can make a verified signature.
package proof

// Token opens mss.Verified.
type Token struct{ made bool }

// Of returns the token. Its callers are the verifiers of this module.
func Of() Token { return Token{made: true} }

// Valid reports whether the token came from Of.
func (t Token) Valid() bool { return t.made }
