package hermod_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"log"
	"time"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/adapters/hermod/hermodtest"
	"github.com/gomss/gomss/mss"
)

// authority is a certification authority in this process. One that is in earnest keeps its key in hardware, and knows who the
// person is before it is asked.
type authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func newAuthority(name string) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(10, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &authority{key, cert}, err
}

// issue is a hermod.IssueFunc. The request was verified; what is in the certificate beside its key and name is the authority's to
// say.
func (a *authority) issue(_ context.Context, csr *x509.CertificateRequest) ([]*x509.Certificate, error) {
	now := time.Now()
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		RawSubject: csr.RawSubject, // octet by octet: Subject would be encoded anew
		NotBefore:  now.Add(-time.Minute), NotAfter: now.AddDate(1, 0, 0),
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
	}, a.cert, csr.PublicKey, a.key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return []*x509.Certificate{cert, a.cert}, err
}

// Alice's app becomes an enrolled device, with a certificate of an authority in this process.
func ExampleClient_Enroll() {
	srv, err := hermodtest.Start(hermodtest.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	ca, err := newAuthority("Example Users CA")
	if err != nil {
		log.Fatal(err)
	}
	cfg := srv.Config()
	if cfg.Anchors, err = mss.NewAnchors(mss.Test, []*x509.Certificate{ca.cert}, nil); err != nil {
		log.Fatal(err)
	}
	client, err := hermod.New(cfg)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	srv.CallbackTo(client.Callback()) // which an application mounts at its callback URL

	alice, err := mss.ParseUserID("alice")
	if err != nil {
		log.Fatal(err)
	}
	var prompts int
	device, err := client.Enroll(context.Background(), &hermod.Enrollment{
		User: alice, Subject: pkix.Name{Country: []string{"SE"}, CommonName: "Alice Example"}, Profile: "Example Bank", Issue: ca.issue,
	}, func(p mss.Prompt) {
		if prompts++; prompts == 1 {
			fmt.Println("a QR code for the app:", !p.QR.IsZero())
		}
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("attested:", device.Attested)
	for _, k := range device.Keys {
		fmt.Println(k.ID, k.Mechanism, k.Chain[0].Issuer.CommonName)
	}
	profile, err := client.ProfileQuery(context.Background(), mss.User{ID: alice})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("can sign with:", len(profile.Certificates), "key")
	// Output:
	// a QR code for the app: true
	// attested: true
	// signer RS256 Example Users CA
	// can sign with: 1 key
}
