package registrant_test

import (
	"context"
	"crypto/x509"
	"fmt"
	"log"

	"github.com/gomss/gomss/adapters/registrant"
	"github.com/gomss/gomss/adapters/registrant/registranttest"
	"github.com/gomss/gomss/mss"
)

// A person who has logged in with Mobile-ID lists their domains and puts a lock on the first one.
func Example() {
	srv, err := registranttest.Start(nil) // in earnest: the registry
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	client, err := registrant.New(registrant.Config{HTTP: srv.HTTP()})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	ctx := context.Background()

	sig := signIn() // in earnest: mss.Sign with a client of adapters/skmid
	token, err := client.Exchange(ctx, sig)
	if err != nil {
		log.Fatal(err)
	}
	var first string
	for domain, err := range client.Domains(ctx, token, registrant.DomainQuery{}) {
		if err != nil {
			log.Fatal(err)
		}
		if first == "" {
			first = domain.ID
		}
		fmt.Println(domain.Name, domain.Statuses, domain.Registrant.Name)
	}
	domain, err := client.Lock(ctx, token, first, registrant.LockOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(domain.Name, "locked:", domain.Locked())

	// What nobody verified opens nothing.
	_, err = client.Exchange(ctx, &mss.Signature{Proven: mss.Proven{Signer: mss.Signer{Chain: []*x509.Certificate{}}}})
	fmt.Println(err)
	// Output:
	// naidis-1.test [ok] [redacted]
	// naidis-2.test [ok] [redacted]
	// naidis-3.test [serverForceDelete serverRenewProhibited] [redacted]
	// naidis-1.test locked: true
	// mss: request: Signature: is not verified: exchange only what Service.Verify returned
}
