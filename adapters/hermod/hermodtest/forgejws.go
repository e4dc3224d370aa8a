package hermodtest

import (
	"bytes"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"slices"
	"strings"
)

// jws is a JWS before it is signed.
type jws struct {
	header  object
	payload []byte
	key     crypto.Signer
}

// sign makes the compact form as a forgery says.
func (j jws) sign(f Forge) (string, error) {
	switch f {
	case ForgeNone:
		j.header = j.header.with("alg", "none")
		return j.input() + ".", nil
	case ForgeHMAC:
		j.header = j.header.with("alg", "HS256")
		mac := hmac.New(sha256.New, spki(j.key.Public()))
		mac.Write([]byte(j.input()))
		return j.input() + "." + segment(mac.Sum(nil)), nil
	case ForgePSS, ForgeSHA1:
		return j.signOtherwise(f)
	case ForgeCrit:
		j.header = append(j.header, member{"crit", []string{"exp"}}, member{"exp", 4_102_444_800})
	case ForgeB64:
		j.header = append(j.header, member{"b64", false}, member{"crit", []string{"b64"}})
		value, err := signJOSE(slices.Concat([]byte(segment(compact(j.header))+"."), j.payload), j.key)
		return j.input() + "." + segment(value), err
	case ForgeHeaderTwice:
		j.header = append(object{{"alg", "none"}}, j.header...)
	}
	text, err := signJWS(j.header, j.payload, j.key)
	if err != nil {
		return "", err
	}
	return misspell(text, f), nil
}

func (j jws) input() string { return segment(compact(j.header)) + "." + segment(j.payload) }

// signOtherwise signs by an algorithm that is not the one agreed upon.
func (j jws) signOtherwise(f Forge) (string, error) {
	key, isRSA := j.key.(*rsa.PrivateKey)
	switch {
	case f == ForgePSS && isRSA:
		j.header = j.header.with("alg", "PS256")
		sum := sha256.Sum256([]byte(j.input()))
		value, err := rsa.SignPSS(rand.Reader, key, crypto.SHA256, sum[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
		return j.input() + "." + segment(value), err
	case f == ForgePSS:
		j.header = j.header.with("alg", "ES384")
		return signJWS(j.header, j.payload, j.key)
	case isRSA:
		j.header = j.header.with("alg", "RS1")
	default:
		j.header = j.header.with("alg", "ES1")
	}
	sum := sha1.Sum([]byte(j.input()))
	value, err := signDigest(sum[:], crypto.SHA1, j.key)
	return j.input() + "." + segment(value), err
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// misspell spoils the text of a compact JWS.
func misspell(text string, f Forge) string {
	parts := strings.Split(text, ".")
	switch last := parts[2]; f {
	case ForgeSignature:
		parts[2] = flip(last)
	case ForgeTwoSegments:
		parts = parts[:2]
	case ForgeMoreSegment:
		parts = append(parts, last)
	case ForgePadding:
		parts[2] += strings.Repeat("=", -len(last)&3)
	case ForgeSpelling: // 256 and 64 octets leave four bits of the last character over
		parts[2] = last[:len(last)-1] + alphabet[strings.IndexByte(alphabet, last[len(last)-1])|1:][:1]
	case ForgeLineEnd:
		parts[2] = last[:64] + "\n" + last[64:]
	case ForgeDetached:
		parts[1] = ""
	case ForgeJSONForm:
		return string(compact(object{{"payload", parts[1]}, {"protected", parts[0]}, {"signature", last}}))
	}
	return strings.Join(parts, ".")
}

// flip changes a bit in the middle of a base64url segment.
func flip(s string) string {
	b := []byte(s)
	i := len(b) / 2
	b[i] = alphabet[strings.IndexByte(alphabet, b[i])^1]
	return string(b)
}

// flipBit changes the last bit of octets.
func flipBit(b []byte) []byte {
	b = bytes.Clone(b)
	b[len(b)-1] ^= 1
	return b
}
