package registrant_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gomss/gomss/adapters/registrant"
	"github.com/gomss/gomss/adapters/registrant/registranttest"
	"github.com/gomss/gomss/internal/proof"
	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// who is a person as a certificate names them. The zero fields are of Mari-Liis.
type who struct {
	serial, country string
	given, surname  string
	more            []pkix.AttributeTypeAndValue // attributes beside
	usage           x509.KeyUsage
	marked          bool // a simulator's certificate

	person string // that the verifier read, "EE 60001019906"; "": of the serial
}

var (
	serialNumber = asn1.ObjectIdentifier{2, 5, 4, 5}
	countryName  = asn1.ObjectIdentifier{2, 5, 4, 6}
	surnameName  = asn1.ObjectIdentifier{2, 5, 4, 4}
	givenName    = asn1.ObjectIdentifier{2, 5, 4, 42}

	personKey = sync.OnceValues(func() (*ecdsa.PrivateKey, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) })
	challenge atomic.Int64
)

func mariLiis() who {
	return who{serial: "PNOEE-60001019906", country: "EE", given: "MARI-LIIS", surname: "ÕUNAPUU", usage: x509.KeyUsageDigitalSignature}
}

func attribute(oid asn1.ObjectIdentifier, value string) pkix.AttributeTypeAndValue {
	return pkix.AttributeTypeAndValue{Type: oid, Value: value}
}

// certificate issues a certificate to a person; an empty field leaves the attribute out.
func (w who) certificate(t testing.TB) *x509.Certificate {
	t.Helper()
	var name pkix.RDNSequence
	add := func(a pkix.AttributeTypeAndValue) { name = append(name, pkix.RelativeDistinguishedNameSET{a}) }
	for _, a := range []pkix.AttributeTypeAndValue{
		attribute(countryName, w.country), attribute(surnameName, w.surname), attribute(givenName, w.given), attribute(serialNumber, w.serial),
	} {
		if a.Value != "" {
			add(a)
		}
	}
	for _, a := range w.more {
		add(a)
	}
	subject, err := asn1.Marshal(name)
	require.NoError(t, err)
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), RawSubject: subject, KeyUsage: w.usage,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	if w.marked {
		tmpl.ExtraExtensions = []pkix.Extension{{Id: simulated.OID, Value: []byte{5, 0}}}
	}
	key, err := personKey()
	require.NoError(t, err)
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return cert
}

// unverified is a signature as anybody can compose it, over a challenge of its own.
func (w who) unverified(t testing.TB, received time.Time) *mss.Signature {
	t.Helper()
	country, code := "EE", "60001019906"
	if len(w.serial) > 6 && w.serial[5] == '-' {
		country, code = w.serial[3:5], w.serial[6:]
	} else if w.serial != "" {
		country, code = w.country, w.serial
	}
	if w.person != "" {
		country, code = w.person[:2], w.person[3:]
	}
	person, err := mss.ParsePersonID(country, code)
	require.NoError(t, err)
	return &mss.Signature{
		Proven: mss.Proven{
			Signer: mss.Signer{
				ID: person.Reveal(), Person: person, GivenName: mss.Conceal(w.given), Surname: mss.Conceal(w.surname),
				Chain: []*x509.Certificate{w.certificate(t)},
			},
			Format:  mss.RawECDSA,
			Content: big.NewInt(challenge.Add(1)).FillBytes(make([]byte, 32)),
		},
		Fresh: true,
		Evidence: &mss.Evidence{
			Transaction: mss.Transaction{Provider: "skmid|production|mid.example|rp", Purpose: mss.Authentication},
			Received:    received,
		},
	}
}

// signature is one as a verifier makes it, received now.
func (w who) signature(t testing.TB) *mss.Signature {
	t.Helper()
	return mss.Verified(w.unverified(t, time.Now()), proof.Of())
}

// client makes a client of a simulated registry.
func client(t testing.TB, srv *registranttest.Server, change ...func(*registrant.Config)) *registrant.Client {
	t.Helper()
	cfg := registrant.Config{HTTP: srv.HTTP()}
	for _, f := range change {
		f(&cfg)
	}
	c, err := registrant.New(cfg)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// login makes a client and a token of Mari-Liis.
func login(t testing.TB, srv *registranttest.Server, change ...func(*registrant.Config)) (*registrant.Client, *registrant.Token) {
	t.Helper()
	c := client(t, srv, change...)
	token, err := c.Exchange(t.Context(), mariLiis().signature(t))
	require.NoError(t, err)
	return c, token
}

// foreign makes a client of a server that is no simulator.
func foreign(t testing.TB, h http.HandlerFunc, change ...func(*registrant.Config)) *registrant.Client {
	t.Helper()
	srv := httptest.NewTLSServer(h)
	t.Cleanup(srv.Close)
	cfg := registrant.Config{HTTP: transport.Config{URL: srv.URL, Roots: []*x509.Certificate{srv.Certificate()}}}
	for _, f := range change {
		f(&cfg)
	}
	c, err := registrant.New(cfg)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// restored is a token that a client takes for one of its registry's.
func restored(t testing.TB, c *registrant.Client) *registrant.Token {
	t.Helper()
	token, err := c.RestoreToken("bmFpZGlz", time.Now().Add(time.Hour))
	require.NoError(t, err)
	return token
}

// requireRefused checks that a call was refused unsent, for the sake of a field.
func requireRefused(t *testing.T, err error, field string) {
	t.Helper()
	var refusal *mss.RequestError
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, field, refusal.Field)
}

const anID = "1b3ee442-e8fe-4922-9492-8fcb9dccc69c"

// signIn is a login of Mari-Liis.
func signIn() *mss.Signature { return mariLiis().signature(panicking{}) }

// panicking stands for the test that an example does not have: whatever fails panics.
type panicking struct{ testing.TB }

func (panicking) Helper() {}
