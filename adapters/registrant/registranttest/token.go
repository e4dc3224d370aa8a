package registranttest

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"errors"
	"time"
)

const (
	keyLength = 32
	validity  = 2 * time.Hour

	// timeLayout is the registry's strftime "%F %T %Z" for a time in UTC.
	timeLayout = "2006-01-02 15:04:05 UTC"
)

// claims are what is in a token, in the order of the registry's.
type claims struct {
	Ident     *string `json:"user_ident"` // "EE-60001019906"
	Username  string  `json:"user_username"`
	ExpiresAt string  `json:"expires_at"`
}

var (
	errCipher = errors.New("registranttest: not a token of this key")
	errJSON   = errors.New("registranttest: the token decrypts to something else than JSON")
)

// seal makes a token as the registry does: AES-256-CBC with an initialisation vector of zeros, PKCS #7 padding, no
// authentication, and Base64 for URLs with padding. Equal claims make equal tokens.
func seal(key string, c claims) (string, error) {
	plain, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	block, err := aes.NewCipher([]byte(key[:keyLength]))
	if err != nil {
		return "", err
	}
	n := aes.BlockSize - len(plain)%aes.BlockSize
	for range n {
		plain = append(plain, byte(n))
	}
	cipher.NewCBCEncrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(plain, plain)
	return base64.URLEncoding.EncodeToString(plain), nil
}

// open reads a token. errCipher: it does not decrypt; errJSON: it does, to nothing sensible.
func open(key, token string) (c claims, err error) {
	data, err := base64.URLEncoding.DecodeString(token)
	if err != nil || len(data) == 0 || len(data)%aes.BlockSize != 0 {
		return c, errCipher
	}
	block, err := aes.NewCipher([]byte(key[:keyLength]))
	if err != nil {
		return c, errCipher
	}
	cipher.NewCBCDecrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(data, data)
	n := int(data[len(data)-1])
	if n < 1 || n > aes.BlockSize {
		return c, errCipher
	}
	for _, b := range data[len(data)-n:] {
		if int(b) != n {
			return c, errCipher
		}
	}
	if json.Unmarshal(data[:len(data)-n], &c) != nil {
		return c, errJSON
	}
	return c, nil
}
