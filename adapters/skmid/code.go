package skmid

import (
	"errors"
	"fmt"
)

// minCodeInput is the shortest digest of which the service makes a code (SHA-1's length).
const minCodeInput = 20

// VerificationCode returns the four digits that the phone shows for a digest, "0000" to "8191": the first six and the last
// seven bits of what is sent, as one number. Smart-ID's formula is another one. It is an error for fewer than 20 octets.
func VerificationCode(hash []byte) (string, error) {
	if len(hash) < minCodeInput {
		return "", errors.New("skmid: no verification code: a digest has at least 20 octets")
	}
	return fmt.Sprintf("%04d", int(hash[0]&0xFC)<<5|int(hash[len(hash)-1]&0x7F)), nil
}
