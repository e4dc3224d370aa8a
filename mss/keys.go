package mss

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
)

// NoBinding is the session argument of Seal and Open for a handle that belongs to no session: whoever has it can use it.
const NoBinding = "\x00no binding"

// ErrHandle says that a sealed handle cannot be opened here: it is damaged, forged, of another session, scope or kind,
// or sealed with a key that is gone. Which of them is not told.
var ErrHandle = errors.New("mss: handle cannot be opened: it is damaged, or of another key, scope or session")

const (
	handlePrefix   = "gmh1"
	minSecret      = 32
	maxHandle      = 4 << 10 // octets of a sealed transaction
	maxSealed      = 2 << 20 // octets of sealed evidence
	maxSealsPerKey = 1 << 32 // random 96-bit nonces: NIST SP 800-38D 8.3
)

// Keys seals transactions and evidence into text that may leave the process: AES-256-GCM under a key derived from a
// secret, bound to the scope of a service and to the caller's session. The first secret seals, all open; each handle
// names its key, and there is no trial decryption. Rotate a secret before it has sealed 2^32 handles.
//
// Keys is safe for concurrent use.
type Keys struct {
	scope  string
	first  string
	aeads  map[string]cipher.AEAD
	sealed atomic.Uint64
}

// NewKeys makes Keys from secrets of at least 32 random octets each. scope is Transaction.Provider of the service whose
// transactions will be sealed, such as (*mssp.Client).Scope returns; a handle of one scope never opens in another.
func NewKeys(scope string, secrets ...[]byte) (*Keys, error) {
	if scope == "" || len(secrets) == 0 {
		return nil, errors.New("mss: keys: a scope and at least one secret are required")
	}
	k := &Keys{scope: scope, aeads: make(map[string]cipher.AEAD, len(secrets))}
	for i, secret := range secrets {
		if len(secret) < minSecret {
			return nil, fmt.Errorf("mss: keys: secret %d has %d octets; use at least %d random ones", i, len(secret), minSecret)
		}
		kid := keyID(secret)
		aead, err := newAEAD(secret, kid)
		if err != nil {
			return nil, fmt.Errorf("mss: keys: secret %d: %w", i, err)
		}
		if i == 0 {
			k.first = kid
		}
		k.aeads[kid] = aead
	}
	return k, nil
}

// keyID is public and says nothing of the secret that a second preimage search would not.
func keyID(secret []byte) string {
	sum := sha256.Sum256(append([]byte("gomss kid v1\x00"), secret...))
	return hex.EncodeToString(sum[:4])
}

func newAEAD(secret []byte, kid string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "gomss handle v1 aes-256-gcm\x00"+kid, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// Seal encodes and encrypts a *Transaction (at most 4 KiB sealed) or *Evidence. session binds it to the caller's
// session: a cookie's id, never "" (NoBinding says so expressly).
func (k *Keys) Seal(v encoding.BinaryMarshaler, session string) (string, error) {
	kind, scope, limit := sealable(v)
	switch {
	case kind == "":
		return "", fmt.Errorf("mss: seal: %T is neither *Transaction nor *Evidence", v)
	case scope != k.scope:
		return "", errors.New("mss: seal: the value belongs to another service than these keys")
	case session == "":
		return "", errors.New("mss: seal: a session is required; pass mss.NoBinding for none")
	case k.sealed.Add(1) >= maxSealsPerKey:
		return "", errors.New("mss: seal: this key has sealed 2^32 handles; rotate it")
	}
	plain, err := v.MarshalBinary()
	if err != nil {
		return "", err
	}
	sealed := k.aeads[k.first].Seal(nil, nil, plain, additionalData(kind, k.first, k.scope, session))
	handle := handlePrefix + "." + k.first + "." + base64.RawURLEncoding.EncodeToString(sealed)
	if len(handle) > limit {
		return "", fmt.Errorf("mss: seal: %d octets exceed the limit of %d", len(handle), limit)
	}
	return handle, nil
}

// Open decrypts what Seal made into a *Transaction or *Evidence, for the same session. The error is ErrHandle.
func (k *Keys) Open(handle, session string, v encoding.BinaryUnmarshaler) error {
	kind, _, limit := sealable(v)
	if kind == "" {
		return fmt.Errorf("mss: open: %T is neither *Transaction nor *Evidence", v)
	}
	if len(handle) > limit || session == "" {
		return ErrHandle
	}
	prefix, rest, _ := strings.Cut(handle, ".")
	kid, text, _ := strings.Cut(rest, ".")
	aead, ok := k.aeads[kid]
	if prefix != handlePrefix || !ok {
		return ErrHandle
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") { // encoding/base64 skips line ends
		return ErrHandle
	}
	plain, err := aead.Open(nil, nil, sealed, additionalData(kind, kid, k.scope, session))
	if err != nil {
		return ErrHandle
	}
	return v.UnmarshalBinary(plain)
}

// sealable returns the kind, scope and size limit of a value that Keys seals; kind is "" for any other.
func sealable(v any) (kind, scope string, limit int) {
	switch v := v.(type) {
	case *Transaction:
		return "transaction", v.Provider, maxHandle
	case *Evidence:
		return "evidence", v.Transaction.Provider, maxSealed
	}
	return "", "", 0
}

// additionalData is what a handle is bound to beside its content, each part with its length so that none can reach into
// the next.
func additionalData(kind, kid, scope, session string) []byte {
	var b []byte
	for _, s := range []string{"gomss/handle", "1", kind, kid, scope, session} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	return b
}
