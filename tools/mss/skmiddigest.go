package main

import (
	"bytes"
	"crypto"
	_ "crypto/sha256" // of hashTypes
	_ "crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"io"
	"os"

	"github.com/gomss/gomss/mss"
)

// hashTypes are the hashes that Mobile-ID takes, by --hash-type.
var hashTypes = map[string]crypto.Hash{"": 0, "sha256": crypto.SHA256, "sha384": crypto.SHA384, "sha512": crypto.SHA512}

// hashOf returns the hash that makes digests of n octets.
func hashOf(n int) (h crypto.Hash, ok bool) {
	for _, h := range hashTypes {
		if h != 0 && h.Size() == n {
			return h, true
		}
	}
	return 0, false
}

// maxDigestFile bounds a file with a digest, in octets: 128 hexadecimal digits and a line's end.
const maxDigestFile = 1 << 10

// parseDigest reads a digest: in hexadecimal, in Base64, or in a file, there as it is or in one of the two. Its length says
// which hash it is of, and hashType, where it is given, must agree.
func parseDigest(value, hashType string) (mss.Data, error) {
	sum, ok := decodeDigest(value)
	if !ok {
		data, err := readBounded(value, maxDigestFile)
		if err != nil {
			return mss.Data{}, usagef("--hash: is no digest of 32, 48 or 64 octets in hexadecimal or Base64, and no file that can be read")
		}
		if sum, ok = decodeDigest(string(bytes.TrimSpace(data))); !ok {
			sum = data
		}
	}
	h, ok := hashOf(len(sum))
	switch {
	case !ok:
		return mss.Data{}, usagef("--hash: the file holds no digest: 32, 48 or 64 octets, as they are, in hexadecimal or in Base64; --file makes a digest")
	case hashType != "" && hashTypes[hashType] != h:
		return mss.Data{}, usagef("--hash-type: is %s, and the digest is as long as one of %v", hashType, h)
	}
	return mss.Digest(h, sum), nil
}

// decodeDigest takes hexadecimal first: what looks like both is far more likely to be that.
func decodeDigest(text string) ([]byte, bool) {
	for _, decode := range []func(string) ([]byte, error){hex.DecodeString, base64.StdEncoding.DecodeString} {
		if sum, err := decode(text); err == nil {
			if _, ok := hashOf(len(sum)); ok {
				return sum, true
			}
		}
	}
	return nil, false
}

// digestFile makes the digest of a file of any size.
func digestFile(name, hashType string) (mss.Data, error) {
	h := crypto.SHA256
	if hashType != "" {
		h = hashTypes[hashType]
	}
	f, err := os.Open(name)
	if err != nil {
		return mss.Data{}, usagef("--file: %v", err)
	}
	defer f.Close()
	sum := h.New()
	if _, err := io.Copy(sum, f); err != nil {
		return mss.Data{}, usagef("--file: %v", err)
	}
	return mss.Digest(h, sum.Sum(nil)), nil
}
