package skmid

import (
	"crypto/sha512"
	"encoding/binary"
	"errors"

	"github.com/gomss/gomss/mss"
)

// state is what a transaction must remember beyond its ids: what was asked, so that the answer can be held against it. It is
// Transaction.State. The signing certificate is in it because the answer to a signing has none and evidence must verify in
// ten years; so the form is binary: in Base64 a certificate would not fit into a sealed handle of 4 KiB.
type state struct {
	purpose     mss.Purpose
	digest      []byte // that was sent
	display     string
	certificate []byte // DER of the signing certificate; empty for an authentication
}

const (
	stateVersion = 1

	// maxStateCertificate bounds the signing certificate, in octets. Genuine ones have 950 (EID-Q 2021E) to 1,600 (ESTEID-SK
	// 2015) with an EC key and 200 more with an RSA key. A sealed handle holds 2,990 octets of transaction, of which ids,
	// address and text take up to 750.
	maxStateCertificate = 2200
)

var errState = errors.New("the transaction's state is not of this package")

func (s *state) encode() []byte {
	b := []byte{stateVersion, byte(s.purpose), byte(len(s.digest))}
	b = append(b, s.digest...)
	b = append(binary.AppendUvarint(b, uint64(len(s.display))), s.display...)
	return append(b, s.certificate...)
}

// decodeState reads a transaction's state. Its purpose must be the transaction's: the two decide where is polled and what is
// checked.
func decodeState(tx *mss.Transaction) (*state, error) {
	b := tx.State
	if len(b) < 3 || b[0] != stateVersion || b[2] > sha512.Size || hashOf(int(b[2])) == 0 || len(b) < 3+int(b[2]) {
		return nil, errState
	}
	s := &state{purpose: mss.Purpose(b[1]), digest: b[3 : 3+int(b[2])]}
	b = b[3+int(b[2]):]
	n, size := binary.Uvarint(b)
	if size <= 0 || n > uint64(len(b)-size) {
		return nil, errState
	}
	s.display, s.certificate = string(b[size:size+int(n)]), b[size+int(n):]
	switch {
	case s.purpose != tx.Purpose:
		return nil, errors.New("the transaction's purpose is not the one that it was started with")
	case s.purpose == mss.Authentication && len(s.certificate) == 0, s.purpose == mss.Signing && len(s.certificate) > 0:
		return s, nil
	}
	return nil, errState
}
