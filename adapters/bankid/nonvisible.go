package bankid

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"

	"github.com/gomss/gomss/mss"
)

// nonVisible is what userNonVisibleData says, as JSON: the only part of a signature by which a relying party can tell that it
// was made for this order. There is no orderRef in a signature, and the nonce that BankID puts there we never see otherwise.
type nonVisible struct {
	Nonce    []byte        `json:"nonce"` // 24 random octets
	TransID  string        `json:"transaction"`
	Document *documentHash `json:"document,omitempty"` // what the person agrees to; none where nothing was shown
	Payment  []byte        `json:"payment,omitempty"`  // SHA-256 of userVisibleTransaction as it was sent
	Data     []byte        `json:"data,omitempty"`     // the caller's
}

// documentHash is the hash of a document.
type documentHash struct {
	Hash   string `json:"hash"` // "SHA-256"
	Digest []byte `json:"digest"`
}

const ownNonceLength = 24 // octets

func newNonce() []byte {
	b := make([]byte, ownNonceLength)
	_, _ = rand.Read(b) // never fails
	return b
}

// documentOf is the hash of what is signed: the caller's digest, the SHA-256 of their document, or of the text.
func documentOf(req *mss.Request) *documentHash {
	switch {
	case !req.Data.IsZero() && req.Data.Hash != 0:
		return &documentHash{documentHashes[req.Data.Hash], req.Data.Content}
	case !req.Data.IsZero():
		return sha256Of(req.Data.Content)
	case req.Display != "":
		return sha256Of([]byte(req.Display))
	}
	return nil
}

func sha256Of(doc []byte) *documentHash {
	sum := sha256.Sum256(doc)
	return &documentHash{"SHA-256", sum[:]}
}

// octets are what is signed.
func (n *nonVisible) octets() ([]byte, error) { return json.Marshal(n) }

// documentHashes are what a document's digest may be made with.
var documentHashes = map[crypto.Hash]string{crypto.SHA256: "SHA-256", crypto.SHA384: "SHA-384", crypto.SHA512: "SHA-512"}
