package hermod_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"strings"

	"github.com/stretchr/testify/require"
)

// setMember changes a member.
func setMember(name string, value any) func(object) { return func(o object) { o[name] = value } }

// subMember changes a member of a member.
func subMember(outer, name string, value any) func(object) {
	return func(o object) { o[outer].(object)[name] = value }
}

func inResult(name string, value any) func(object) {
	return func(o object) { o["provResponse"].(object)["result"].(object)[name] = value }
}

func cut(o object, name string, n int) { o[name] = o[name].([]any)[:n] }

// unanswered is what the Hermod answers to the command at once.
func unanswered(o object) {
	for _, name := range []string{"responseHeader", "provResponse", "certResponse"} {
		delete(o, name)
	}
	o["state"] = "IN_PROGRESS"
}

// addDestination puts another mailbox before the one that answers.
func addDestination(o object) {
	more := object{"to": "x", "bid": "x", "mid": "x", "pid": "x", "location": fixtureBase + "x/x", "uri": "x"}
	o["destinations"] = append([]any{more}, o["destinations"].([]any)...)
}

func withoutExternalID(d *emulator) {
	d.command = func(o object) { delete(o["commandHeader"].(object), "externalId") }
	d.record = func(o object) { delete(o, "externalId") }
}

// swapIDs puts each key's id into the header of the other one.
func swapIDs(d *emulator) {
	d.keys[0].header, d.keys[1].header = setMember("kid", d.keys[1].id), setMember("kid", d.keys[0].id)
}

// macWithPublicKey is the old trick: the public key as the secret of a MAC.
func macWithPublicKey(d *emulator) {
	d.header = setMember("alg", "HS256")
	d.compact = func(s string) string {
		signed := s[:strings.LastIndexByte(s, '.')]
		der, err := x509.MarshalPKIXPublicKey(d.attestation.Public())
		require.NoError(d.t, err)
		mac := hmac.New(sha256.New, der)
		mac.Write([]byte(signed))
		return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	}
}

// segment changes one of a JWS.
func segment(i int, edit func(string) string) func(string) string {
	return func(s string) string {
		parts := strings.Split(s, ".")
		parts[i] = edit(parts[i])
		return strings.Join(parts, ".")
	}
}

// otherSpelling sets a bit behind the last octet of the signature, which a decoder passes over.
func otherSpelling(s string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, s[len(s)-1])
	return s[:len(s)-1] + alphabet[last+1:last+2]
}

func modulus(name string, zeros int) string {
	return base64.RawURLEncoding.EncodeToString(append(make([]byte, zeros), fixtureKeys()[name].N.Bytes()...))
}

func unb64url(s string) string {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}
