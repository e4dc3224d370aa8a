package registranttest

// Seal and Open make and read tokens.
func Seal(key string, ident *string, username, expiresAt string) (string, error) {
	return seal(key, claims{ident, username, expiresAt})
}

func Open(key, token string) (ident *string, username, expiresAt string, err error) {
	c, err := open(key, token)
	return c.Ident, c.Username, c.ExpiresAt, err
}

var ErrCipher, ErrJSON = errCipher, errJSON
