package hermod

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
)

// challengePrefix begins what is signed to log in. No document may begin with it: the key that logs in may be the one that
// signs, and a signature must say by itself which of the two the person did.
const challengePrefix = "gomss hermod authentication 1\n"

const challengeOctets = 32 // of randomness

// newChallenge returns what the device signs to log in, which is never shown: the prefix, the id of the command and fresh
// randomness, so that no two authentications have one signature.
func newChallenge(externalID string) []byte {
	random := make([]byte, challengeOctets)
	_, _ = rand.Read(random) // never fails, says its documentation
	b := append([]byte(challengePrefix), externalID...)
	return base64.RawURLEncoding.AppendEncode(append(b, '\n'), random)
}

// looksLikeChallenge reports whether somebody's document could be taken for a challenge.
func looksLikeChallenge(tbs []byte) bool { return bytes.HasPrefix(tbs, []byte(challengePrefix)) }

// isChallenge reports whether newChallenge can have made tbs for this command.
func isChallenge(tbs []byte, externalID string) bool {
	rest, ok := bytes.CutPrefix(tbs, []byte(challengePrefix+externalID+"\n"))
	if !ok {
		return false
	}
	random, err := base64.RawURLEncoding.Strict().AppendDecode(nil, rest)
	return err == nil && len(random) == challengeOctets && len(rest) == base64.RawURLEncoding.EncodedLen(challengeOctets)
}
