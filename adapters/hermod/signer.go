package hermod

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/gomss/gomss/mss"
)

// Attributes of a subject (X.520).
var (
	oidSurname   = asn1.ObjectIdentifier{2, 5, 4, 4}
	oidGivenName = asn1.ObjectIdentifier{2, 5, 4, 42}
)

// newSigner names the person whose certificate was enrolled for a user. A certificate of Hermod's need hold no name; where it
// holds one, it is taken from its own attribute, never from the CN, and crypto/x509's habit of taking the last of several is
// not followed (SEC-7).
func newSigner(user mss.UserID, chain []*x509.Certificate) (mss.Signer, error) {
	s := mss.Signer{ID: signerID(user), Chain: chain}
	for _, a := range []struct {
		oid   asn1.ObjectIdentifier
		value *mss.Private
		name  string
	}{{oidGivenName, &s.GivenName, "givenName"}, {oidSurname, &s.Surname, "surname"}} {
		n, value := 0, ""
		for _, name := range chain[0].Subject.Names {
			if name.Type.Equal(a.oid) {
				value, _ = name.Value.(string)
				n++
			}
		}
		if n > 1 || n == 1 && value == "" {
			return mss.Signer{}, errors.New("the certificate's subject has more than one " + a.name + ", or one that is no text")
		}
		*a.value = mss.Conceal(value)
	}
	return s, nil
}

// maxSignerID is what account.MaxSerial allows, in octets.
const maxSignerID = 128

// signerID is the key of a user's account: "HERMOD-" and the user's id at the Hermod, in which every octet but small letters,
// digits and ".", "_", "@", "-" is %XX. So two users have different keys also where they are compared without regard to case,
// as package account does. A key that would be too long is "HERMOD#" and the SHA-256 of the id.
func signerID(user mss.UserID) string {
	id := user.Reveal()
	var b strings.Builder
	b.WriteString("HERMOD-")
	for i := range len(id) {
		c := id[i]
		if 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || strings.IndexByte("._@-", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	if b.Len() > maxSignerID {
		sum := sha256.Sum256([]byte(id))
		return "HERMOD#" + hex.EncodeToString(sum[:])
	}
	return b.String()
}
