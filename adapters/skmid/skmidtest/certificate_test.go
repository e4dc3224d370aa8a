package skmidtest_test

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/skmid/skmidtest"
	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/mss"
)

// profiles are the forms of certificates: what stands where.
var profiles = []struct {
	profile               skmidtest.Profile
	name                  string
	auth, sign            x509.KeyUsage
	policy                string
	serial, common, order string // serial and common of MARI NÄIDIS
}{
	{skmidtest.ESTEID, "Simulated ESTEID-SK 2015", digitalSignature | keyAgreement, contentCommitment, policy2015, "PNOEE-" + code, "MARI,NÄIDIS", orderNew},
	{skmidtest.ESTEIDMid, "Simulated ESTEID-SK 2015", digitalSignature | keyAgreement, contentCommitment, policy2015, "PNOEE-" + code, "NÄIDIS,MARI," + code, orderNew},
	{skmidtest.ESTEIDOld, "Simulated ESTEID-SK 2015", digitalSignature | keyAgreement, contentCommitment, policy2015, code, "NÄIDIS,MARI," + code, orderOld},
	{skmidtest.EID2016, "Simulated EID-SK 2016", digitalSignature, contentCommitment, policy2016, "PNOEE-" + code, "MARI,NÄIDIS", orderNew},
	{skmidtest.EIDQ2021, "Simulated EID-Q 2021E", digitalSignature, contentCommitment, policy2016, "PNOEE-" + code, "MARI,NÄIDIS", orderNew},
}

const (
	digitalSignature  = x509.KeyUsageDigitalSignature
	keyAgreement      = x509.KeyUsageKeyAgreement
	contentCommitment = x509.KeyUsageContentCommitment

	policy2015 = "1.3.6.1.4.1.10015.3.1.3"
	policy2016 = "1.3.6.1.4.1.10015.18.1"

	orderNew = "2.5.4.6 2.5.4.3 2.5.4.4 2.5.4.42 2.5.4.5"
	orderOld = "2.5.4.6 2.5.4.10 2.5.4.11 2.5.4.4 2.5.4.42 2.5.4.5 2.5.4.3"
)

func TestProfiles(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	for _, tt := range profiles {
		srv.Script(phone, code, skmidtest.Person{Profile: tt.profile})
		auth, sign := c.authCertificate(c.ask()), c.certificateOf(c.ask())
		require.Equal(t, tt.auth, auth.KeyUsage)
		require.Equal(t, tt.sign, sign.KeyUsage)
		require.Equal(t, []string{tt.policy, "0.4.0.2042.1.2"}, policies(auth))
		require.Equal(t, []string{tt.policy, "0.4.0.194112.1.2"}, policies(sign))
		require.False(t, auth.PublicKey.(*ecdsa.PublicKey).Equal(sign.PublicKey), "two key pairs")

		old := tt.profile == skmidtest.ESTEIDOld
		for cert, unit := range map[*x509.Certificate]string{auth: "authentication", sign: "digital signature"} {
			require.NoError(t, verifyChain(srv, cert))
			require.Contains(t, cert.Issuer.CommonName, tt.name)
			require.Equal(t, tt.serial, cert.Subject.SerialNumber)
			require.Equal(t, tt.common, cert.Subject.CommonName)
			require.Equal(t, []string{"EE"}, cert.Subject.Country)
			order, values := names(t, cert)
			require.Equal(t, tt.order, order)
			require.Equal(t, "MARI", values["2.5.4.42"])
			require.Equal(t, "NÄIDIS", values["2.5.4.4"])
			if old {
				require.Equal(t, unit, values["2.5.4.11"])
			}
			require.False(t, cert.IsCA)
			require.False(t, critical(cert, "2.5.29.19"), "basicConstraints")
			require.True(t, critical(cert, "2.5.29.15"), "keyUsage")
		}
		if old {
			require.Equal(t, []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageEmailProtection}, auth.ExtKeyUsage)
			require.True(t, critical(auth, "2.5.29.37"))
		} else {
			require.Empty(t, auth.ExtKeyUsage)
		}
		require.Empty(t, sign.ExtKeyUsage)
	}
}

func policies(c *x509.Certificate) (list []string) {
	for _, p := range c.Policies {
		list = append(list, p.String())
	}
	return list
}

func critical(c *x509.Certificate, id string) bool {
	for _, e := range c.Extensions {
		if e.Id.String() == id {
			return e.Critical
		}
	}
	return false
}

// names returns the attributes of the subject in their order, with the types of string that SK uses.
func names(t *testing.T, c *x509.Certificate) (order string, values map[string]string) {
	t.Helper()
	var rdns []asn1.RawValue
	_, err := asn1.Unmarshal(c.RawSubject, &rdns)
	require.NoError(t, err)
	values = make(map[string]string)
	for _, raw := range rdns {
		var a struct {
			ID    asn1.ObjectIdentifier
			Value asn1.RawValue
		}
		_, err := asn1.Unmarshal(raw.Bytes, &a)
		require.NoError(t, err)
		want := asn1.TagUTF8String
		if s := a.ID.String(); s == "2.5.4.5" || s == "2.5.4.6" {
			want = asn1.TagPrintableString
		}
		require.Equal(t, want, a.Value.Tag, a.ID.String())
		values[a.ID.String()] = string(a.Value.Bytes)
		if order != "" {
			order += " "
		}
		order += a.ID.String()
	}
	return order, values
}

// Every certificate has the mark, lives less than 7 days and leads to the root, by way of the issuing CAs.
func TestEveryCertificateIsMarkedAndShortLived(t *testing.T) {
	t.Parallel()
	srv := skmidtest.NewServer(t, nil)
	c := call(t, srv)
	a := srv.Anchors()
	require.Equal(t, mss.Simulator, a.Environment())
	require.Len(t, a.Roots(), 1)
	require.Len(t, a.Intermediates(), 3)
	roots, intermediates := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(a.Roots()[0])
	all := append([]*x509.Certificate{srv.Certificate(), srv.HTTP().Roots[0], a.Roots()[0]}, a.Intermediates()...)
	for _, ca := range a.Intermediates() {
		require.True(t, ca.IsCA && ca.MaxPathLenZero)
		intermediates.AddCert(ca)
	}
	for _, tt := range profiles {
		for _, key := range []skmidtest.Key{skmidtest.P256, skmidtest.P384, skmidtest.RSA} {
			srv.Script(phone, code, skmidtest.Person{Profile: tt.profile, Key: key})
			for _, cert := range []*x509.Certificate{c.authCertificate(c.ask()), c.certificateOf(c.ask())} {
				_, err := cert.Verify(x509.VerifyOptions{Roots: roots, Intermediates: intermediates, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
				require.NoError(t, err)
				all = append(all, cert)
			}
		}
	}
	for _, cert := range all {
		require.True(t, simulated.Marked(cert), cert.Subject.String())
		require.Less(t, cert.NotAfter.Sub(cert.NotBefore), 7*24*time.Hour)
	}
	for _, cert := range all { // the CA of the server's own certificate is none of persons
		if cert.IsCA && !cert.Equal(srv.HTTP().Roots[0]) {
			require.Error(t, srv.Certificate().CheckSignatureFrom(cert))
		}
	}
}

// Certificates of one server are nothing to another one.
func TestServersAreStrangers(t *testing.T) {
	t.Parallel()
	_, c := inProcess(t, nil)
	other, _ := inProcess(t, nil)
	require.Error(t, verifyChain(other, c.authCertificate(c.askFor("+37200000766", "60001019906"))))
}

func TestCountries(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	for _, tt := range []struct {
		phone, code, country, serial, old, c string
	}{
		{phone, code, "", "PNOEE-" + code, code, "EE"},
		{"+37060000001", code, "", "PNOLT-" + code, code, "LT"},
		{phone, code, "LT", "PNOLT-" + code, code, "LT"},
		{"+37120000001", "01011721234", "LV", "PNOLV-010117-21234", "010117-21234", "LV"},
	} {
		srv.Script(tt.phone, tt.code, skmidtest.Person{Country: tt.country})
		cert := c.certificateOf(c.askFor(tt.phone, tt.code))
		require.Equal(t, tt.serial, cert.Subject.SerialNumber)
		require.Equal(t, []string{tt.c}, cert.Subject.Country)
		srv.Script(tt.phone, tt.code, skmidtest.Person{Country: tt.country, Profile: skmidtest.ESTEIDOld})
		cert = c.certificateOf(c.askFor(tt.phone, tt.code))
		require.Equal(t, tt.old, cert.Subject.SerialNumber)
		require.Equal(t, "NÄIDIS,MARI,"+tt.old, cert.Subject.CommonName)
		require.Equal(t, []string{tt.c}, cert.Subject.Country)
	}
}

// Keys stay until there is another SIM card; certificates say what the script says.
func TestCards(t *testing.T) {
	t.Parallel()
	for _, key := range []skmidtest.Key{skmidtest.P256, skmidtest.RSA} {
		t.Run(fmt.Sprint(key), func(t *testing.T) {
			t.Parallel()
			srv, c := inProcess(t, nil)
			srv.Script(phone, code, skmidtest.Person{Key: key})
			first := c.certificateOf(c.ask())
			require.True(t, first.Equal(c.certificateOf(c.ask())), "the same ever after")
			srv.Script(phone, code, skmidtest.Person{Key: key, GivenName: "MARI,A", Surname: "ŽÕÜ"})
			renamed := c.certificateOf(c.ask())
			require.Equal(t, first.RawSubjectPublicKeyInfo, renamed.RawSubjectPublicKeyInfo)
			require.Equal(t, "MARI,A,ŽÕÜ", renamed.Subject.CommonName)
			srv.Script(phone, code, skmidtest.Person{Key: key, Card: 1})
			require.NotEqual(t, first.RawSubjectPublicKeyInfo, c.certificateOf(c.ask()).RawSubjectPublicKeyInfo)
		})
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	for key, bits := range map[skmidtest.Key]int{skmidtest.P256: 256, skmidtest.P384: 384, skmidtest.RSA: 2048} {
		srv.Script(phone, code, skmidtest.Person{Key: key})
		for _, cert := range []*x509.Certificate{c.authCertificate(c.ask()), c.certificateOf(c.ask())} {
			switch public := cert.PublicKey.(type) {
			case *ecdsa.PublicKey:
				require.Equal(t, bits, public.Params().BitSize)
			case *rsa.PublicKey:
				require.Equal(t, bits, public.N.BitLen())
			default:
				t.Fatalf("a %T", public)
			}
		}
	}
}
