package skmidtest_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"log"
	"math/big"
	"time"

	"github.com/gomss/gomss/adapters/skmid/skmidtest"
	"github.com/gomss/gomss/transport"
)

// An authentication over real TLS, message by message. An application uses package skmid instead, which also judges the
// certificate.
func Example() {
	srv, err := skmidtest.Start(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	srv.Script("+37250000001", "47101010033", skmidtest.Person{After: 20 * time.Millisecond})

	client, err := transport.New(srv.HTTP())
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	hash := sha256.Sum256([]byte("test"))
	request, err := json.Marshal(map[string]any{
		"relyingPartyName": srv.RelyingPartyName(), "relyingPartyUUID": srv.RelyingPartyUUID(),
		"phoneNumber": "+37250000001", "nationalIdentityNumber": "47101010033",
		"hash": hash[:], "hashType": "SHA256", "language": "ENG", "displayText": "Log in to the shop?",
	})
	if err != nil {
		log.Fatal(err)
	}
	reply, err := client.Do(context.Background(), &transport.Exchange{Path: "/authentication", ContentType: "application/json", Body: request, Prompts: true})
	if err != nil {
		log.Fatal(err)
	}
	var started struct{ SessionID string }
	if err := json.Unmarshal(reply.Body, &started); err != nil {
		log.Fatal(err)
	}
	fmt.Println("the phone shows", srv.Requests()[0].Control)

	reply, err = client.Do(context.Background(), &transport.Exchange{Path: "/authentication/session/" + started.SessionID + "?timeoutMs=60000"})
	if err != nil {
		log.Fatal(err)
	}
	var status struct {
		State, Result string
		Signature     struct {
			Value     []byte
			Algorithm string
		}
		Cert []byte
	}
	if err := json.Unmarshal(reply.Body, &status); err != nil {
		log.Fatal(err)
	}
	cert, err := x509.ParseCertificate(status.Cert)
	if err != nil {
		log.Fatal(err)
	}
	r, s := new(big.Int).SetBytes(status.Signature.Value[:32]), new(big.Int).SetBytes(status.Signature.Value[32:])
	fmt.Println(status.State, status.Result, status.Signature.Algorithm, ecdsa.Verify(cert.PublicKey.(*ecdsa.PublicKey), hash[:], r, s))
	fmt.Println(cert.Subject.SerialNumber, cert.Subject.CommonName)
	fmt.Println("phones rung:", srv.Prompts())
	// Output:
	// the phone shows 5000
	// COMPLETE OK SHA256WithECEncryption true
	// PNOEE-47101010033 MARI,NÄIDIS
	// phones rung: 1
}
