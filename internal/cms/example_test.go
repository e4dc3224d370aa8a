package cms_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/gomss/gomss/internal/cms"
	"github.com/gomss/gomss/internal/cms/cmstest"
)

func Example() {
	// What a provider does: a chain, and a message signed by its user.
	key := func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			panic(err)
		}
		return k
	}
	now := time.Now()
	chain, err := cmstest.NewChain("Muster", now, cmstest.Keys{Root: key(), Intermediate: key(), User: key()})
	if err != nil {
		panic(err)
	}
	message, err := cmstest.Sign([]byte("Log in to Muster AG?"), chain.User, cmstest.Options{
		Form:         cmstest.BER,
		Certificates: []*x509.Certificate{chain.Intermediate.Certificate},
	})
	if err != nil {
		panic(err)
	}

	// What a client does.
	verifier, err := cms.New(cms.Config{
		Roots:       []*x509.Certificate{chain.Root.Certificate},
		ExtKeyUsage: x509.ExtKeyUsageClientAuth,
	})
	if err != nil {
		panic(err)
	}
	for _, sent := range []string{"Log in to Muster AG?", "Pay CHF 1000?"} {
		result, err := verifier.Verify(message, now, func(content []byte) error {
			if string(content) != sent {
				return errors.New("signed something else")
			}
			return nil
		})
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%q by %s\n", result.Content, result.Chain[0].Subject.SerialNumber)
	}
	// Output:
	// "Log in to Muster AG?" by MIDCHESIM0000001
	// cms: content: signed something else
}
