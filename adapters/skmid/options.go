package skmid

import (
	"crypto"
	"fmt"

	"github.com/gomss/gomss/mss"
)

// Options are the part of a Request that is particular to Mobile-ID.
type Options struct {
	// Hash says how long the challenge of an authentication is: crypto.SHA256, SHA384 or SHA512; 0 is SHA-256. Of a signing,
	// Request.Data says it.
	Hash crypto.Hash
}

// Provider returns "skmid".
func (Options) Provider() string { return "skmid" }

func readOptions(req *mss.Request) (Options, error) {
	if req.Options == nil {
		return Options{}, nil
	}
	o, ok := req.Options.(Options)
	if !ok {
		return Options{}, &mss.RequestError{Field: "Options", Reason: fmt.Sprintf("are %T, of provider %q; use skmid.Options", req.Options, req.Options.Provider())}
	}
	return o, nil
}

// hashNames are what the service calls the hashes that it takes (hashType).
var hashNames = map[crypto.Hash]string{crypto.SHA256: "SHA256", crypto.SHA384: "SHA384", crypto.SHA512: "SHA512"}

// hashOf returns the hash that makes digests of n octets; 0 where the service knows none.
func hashOf(n int) crypto.Hash {
	for h := range hashNames {
		if h.Size() == n {
			return h
		}
	}
	return 0
}
