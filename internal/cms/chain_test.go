package cms_test

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/internal/cms"
	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/stretchr/testify/require"
)

// policyConstraints is a critical requireExplicitPolicy of 0.
var policyConstraints = pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 36}, Critical: true, Value: []byte{0x30, 3, 0x80, 1, 0}}

// unknownCritical is a critical extension nobody knows.
var unknownCritical = pkix.Extension{Id: asn1.ObjectIdentifier{2, 999, 1}, Critical: true, Value: []byte{5, 0}}

// impostor has the name and key identifier of an authority, and another key.
func impostor(t testing.TB, authority cmstest.Signer) cmstest.Signer {
	t.Helper()
	from, to := validity()
	template := cmstest.Root("", from, to)
	template.RawSubject = authority.Certificate.RawSubject
	template.SubjectKeyId = authority.Certificate.SubjectKeyId
	return issue(t, template, cmstest.Signer{}, testKeys().p521)
}

// TestBadChains: what a cache of issuers that looks at signatures alone lets
// pass is refused, before and after good signatures under the same authorities.
func TestBadChains(t *testing.T) {
	t.Parallel()
	k := testKeys()
	from, to := validity()
	root := issue(t, cmstest.Root("Muster Root CA", from, to), cmstest.Signer{}, k.root)
	authority := func(issuer cmstest.Signer, name string, change func(*x509.Certificate)) cmstest.Signer {
		template := cmstest.Intermediate(name, from, to)
		change(template)
		return issue(t, template, issuer, k.intermediate)
	}
	user := func(issuer cmstest.Signer, change func(*x509.Certificate)) cmstest.Signer {
		template := cmstest.User("MIDCHETEST000010", from, to)
		change(template)
		return issue(t, template, issuer, k.p256)
	}
	as := func(*x509.Certificate) {}
	type bad struct {
		root    cmstest.Signer
		primer  cmstest.Signer // a good signer with issuer above, zero: none can exist
		user    cmstest.Signer
		issuers []cmstest.Signer
		want    string
	}
	issuing := authority(root, "Muster Issuing CA", as)
	tests := map[string]bad{}

	below := authority(issuing, "Muster Below CA", as)
	tests["path length"] = bad{root, user(issuing, as), user(below, as), []cmstest.Signer{below, issuing}, "path length"}

	servers := authority(root, "Muster Server CA", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} })
	tests["extended key usage of an authority"] = bad{root, user(issuing, as), user(servers, as), []cmstest.Signer{servers, issuing}, "extended key usage"}

	template := cmstest.Root("Muster Server Root CA", from, to)
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	serverRoot := issue(t, template, cmstest.Signer{}, k.p384)
	underServer := authority(serverRoot, "Muster Issuing CA", as)
	tests["extended key usage of the root"] = bad{serverRoot, cmstest.Signer{}, user(underServer, as), []cmstest.Signer{underServer}, "extended key usage"}

	constrained := authority(root, "Muster Named CA", func(c *x509.Certificate) {
		c.PermittedEmailAddresses, c.PermittedDNSDomainsCritical = []string{"muster.example"}, true
	})
	mail := func(address string) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.EmailAddresses = []string{address} }
	}
	tests["name constraint"] = bad{root, user(constrained, mail("a@muster.example")), user(constrained, mail("a@other.example")),
		[]cmstest.Signer{constrained}, "name constraints"}

	critical := authority(root, "Muster Odd CA", func(c *x509.Certificate) { c.ExtraExtensions = []pkix.Extension{unknownCritical} })
	tests["critical extension of an authority"] = bad{root, user(issuing, as), user(critical, as), []cmstest.Signer{critical, issuing}, "critical extension that is not known"}
	tests["critical extension of the signer"] = bad{root, user(issuing, as),
		user(issuing, func(c *x509.Certificate) { c.ExtraExtensions = []pkix.Extension{unknownCritical} }), []cmstest.Signer{issuing}, "critical extension that is not known"}

	poor := authority(root, "Muster Poor CA", func(c *x509.Certificate) { c.Policies = nil })
	tests["policy constraint of the signer"] = bad{root, user(poor, as),
		user(poor, func(c *x509.Certificate) { c.ExtraExtensions = []pkix.Extension{policyConstraints} }), []cmstest.Signer{poor}, "policies"}
	strict := authority(root, "Muster Strict CA", func(c *x509.Certificate) { c.ExtraExtensions = []pkix.Extension{policyConstraints} })
	tests["policy constraint of an authority"] = bad{root, user(strict, as),
		user(strict, func(c *x509.Certificate) { c.Policies = nil }), []cmstest.Signer{strict}, "policies"}

	noAuthority := authority(root, "Muster User CA", func(c *x509.Certificate) {
		c.IsCA, c.MaxPathLenZero, c.MaxPathLen = false, false, 0
		c.KeyUsage = x509.KeyUsageDigitalSignature
	})
	tests["issuer that is no authority"] = bad{root, user(issuing, as), user(noAuthority, as), []cmstest.Signer{noAuthority, issuing}, ""}

	noSigning := authority(root, "Muster Idle CA", func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCRLSign })
	tests["issuer that may not sign"] = bad{root, user(issuing, as), user(noSigning, as), []cmstest.Signer{noSigning, issuing}, ""}

	fake := impostor(t, issuing)
	tests["signature of another key"] = bad{root, user(issuing, as), user(fake, as), []cmstest.Signer{issuing}, "ECDSA verification failure"}

	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVerifier(t, test.root)
			o := cmstest.Options{Form: cmstest.BER, Certificates: certificates(test.issuers...)}
			message := sign(t, test.user, o)
			_, err := v.Verify(message, now, isText)
			requireCheck(t, err, "chain", test.want)
			if test.primer.Certificate == nil {
				return
			}
			_, err = v.Verify(sign(t, test.primer, o), now, isText)
			require.NoError(t, err)
			for range 2 {
				_, err = v.Verify(message, now, isText)
				requireCheck(t, err, "chain", test.want)
			}
		})
	}
}

// TestPathLengths: up to two intermediate authorities, no more.
func TestPathLengths(t *testing.T) {
	t.Parallel()
	k := testKeys()
	from, to := validity()
	issuer := issue(t, cmstest.Root("Muster Root CA", from, to), cmstest.Signer{}, k.root)
	root := issuer
	var above []cmstest.Signer
	for n, name := range []string{"", "Muster A CA", "Muster B CA", "Muster C CA"} {
		if n > 0 {
			template := cmstest.Intermediate(name, from, to)
			template.MaxPathLenZero, template.MaxPathLen = false, 0
			issuer = issue(t, template, issuer, k.intermediate)
			above = append(above, issuer)
		}
		user := issue(t, cmstest.User("MIDCHETEST000011", from, to), issuer, k.p256)
		message := sign(t, user, cmstest.Options{Form: cmstest.BER, Certificates: certificates(above...)})
		v := newVerifier(t, root)
		for range 2 {
			r, err := v.Verify(message, now, isText)
			if n == 3 {
				requireCheck(t, err, "chain", `no certificate of the authority "Muster A CA"`)
				continue
			}
			require.NoError(t, err)
			require.Len(t, r.Chain, n+2)
		}
	}
}

// TestAnchorsAreConfigured: nothing in a message becomes an anchor.
func TestAnchorsAreConfigured(t *testing.T) {
	t.Parallel()
	c := newChain(t, testKeys().p256)
	from, to := validity()
	other := issue(t, cmstest.Root("Anderswo Root CA", from, to), cmstest.Signer{}, testKeys().p384)
	_, err := newVerifier(t, other).Verify(sign(t, c.User, genuine(c)), now, isText)
	requireCheck(t, err, "chain", `no certificate of the authority "Muster Root CA"`)

	// Same name, other key: told apart by the key identifier, unused.
	namesake := issue(t, cmstest.Root("Muster Root CA", from, to), cmstest.Signer{}, testKeys().p384)
	_, err = newVerifier(t, namesake).Verify(sign(t, c.User, genuine(c)), now, isText)
	requireCheck(t, err, "chain", `no certificate of the authority "Muster Root CA"`)
	_, err = newVerifier(t, namesake, c.Root).Verify(sign(t, c.User, genuine(c)), now, isText)
	require.NoError(t, err)

	// An intermediate as anchor ends the path.
	r, err := newVerifier(t, c.Intermediate).Verify(sign(t, c.User, genuine(c)), now, isText)
	require.NoError(t, err)
	require.Equal(t, certificates(c.User, c.Intermediate), r.Chain)

	// A self-issued certificate among the intermediates is not used either.
	v := verifierOf(t, cms.Config{Roots: certificates(other), Intermediates: certificates(c.Intermediate, c.Root)})
	_, err = v.Verify(sign(t, c.User, genuine(c)), now, isText)
	requireCheck(t, err, "chain", `no certificate of the authority "Muster Root CA"`)
}

// TestValidity: every certificate of the path counts, the anchor too, also when
// the path is remembered.
func TestValidity(t *testing.T) {
	t.Parallel()
	k := testKeys()
	day := 24 * time.Hour
	at := func(days int) time.Time { return now.Add(time.Duration(days) * day) }
	for name, days := range map[string][3][2]int{ // root, intermediate, user
		"root":         {{-1, 1}, {-9, 9}, {-9, 9}},
		"intermediate": {{-9, 9}, {-1, 1}, {-9, 9}},
		"user":         {{-9, 9}, {-9, 9}, {-1, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := issue(t, cmstest.Root("Muster Root CA", at(days[0][0]), at(days[0][1])), cmstest.Signer{}, k.root)
			issuing := issue(t, cmstest.Intermediate("Muster Issuing CA", at(days[1][0]), at(days[1][1])), root, k.intermediate)
			user := func(serial string) []byte {
				u := issue(t, cmstest.User(serial, at(days[2][0]), at(days[2][1])), issuing, k.p256)
				return sign(t, u, cmstest.Options{Form: cmstest.BER, Certificates: certificates(issuing)})
			}
			v := newVerifier(t, root)
			message, second := user("MIDCHETEST000012"), user("MIDCHETEST000013")
			check := func() {
				for _, m := range [][]byte{message, second} {
					_, err := v.Verify(m, at(-2), isText)
					requireCheck(t, err, "chain", "is valid from "+at(-1).Format(time.RFC3339))
					_, err = v.Verify(m, at(1).Add(time.Second), isText)
					requireCheck(t, err, "chain", "not at the time of verification")
				}
			}
			check()
			for _, when := range []time.Time{at(-1), now, at(1)} {
				_, err := v.Verify(message, when, isText)
				require.NoError(t, err)
			}
			check()
		})
	}
}

// TestCandidateIssuers: certificates that pose as the issuer, in front of it and
// behind it. The bound on signature checks holds whatever is remembered.
func TestCandidateIssuers(t *testing.T) {
	t.Parallel()
	k := testKeys()
	from, to := validity()
	c := newChain(t, k.p256)
	poseRoot := impostor(t, c.Root)
	pose := func() *x509.Certificate {
		template := cmstest.Intermediate("Muster Issuing CA", from, to)
		template.SubjectKeyId = c.Intermediate.Certificate.SubjectKeyId
		return issue(t, template, poseRoot, k.p384).Certificate
	}
	message := func(bag ...*x509.Certificate) []byte {
		return sign(t, c.User, cmstest.Options{Form: cmstest.BER, Certificates: bag})
	}
	behind := message(c.Intermediate.Certificate, pose(), pose())
	front := message(pose(), c.Intermediate.Certificate)
	alone := message(pose())
	v := newVerifier(t, c.Root)
	for range 3 { // the second time round the path is remembered
		_, err := v.Verify(alone, now, isText)
		requireCheck(t, err, "chain", "")
		_, err = v.Verify(front, now, isText)
		requireCheck(t, err, "chain", "more than 3 signature checks")
		_, err = v.Verify(behind, now, isText)
		require.NoError(t, err)
	}

	// Without a key identifier to tell them apart, an issuer of another name
	// is no candidate.
	other := issue(t, cmstest.Intermediate("Muster Other CA", from, to), c.Root, k.p384)
	_, err := v.Verify(message(other.Certificate, c.Intermediate.Certificate), now, isText)
	require.NoError(t, err)
}

// TestReissuedIssuer: another certificate of the same authority is another
// issuer, and is verified for itself.
func TestReissuedIssuer(t *testing.T) {
	t.Parallel()
	c := newChain(t, testKeys().p256)
	v := newVerifier(t, c.Root)
	_, err := v.Verify(sign(t, c.User, genuine(c)), now, isText)
	require.NoError(t, err)

	from, to := validity()
	again := issue(t, cmstest.Intermediate("Muster Issuing CA", from, to), c.Root, testKeys().intermediate)
	r, err := v.Verify(sign(t, c.User, cmstest.Options{Form: cmstest.BER, Certificates: certificates(again)}), now, isText)
	require.NoError(t, err)
	require.Equal(t, again.Certificate, r.Chain[1])

	_, err = v.Verify(sign(t, c.User, cmstest.Options{Form: cmstest.BER}), now, isText)
	requireCheck(t, err, "chain", "no certificate of the authority")
}

// TestWithoutKeyIdentifier: names alone do where a certificate does not say which
// key has signed it.
func TestWithoutKeyIdentifier(t *testing.T) {
	t.Parallel()
	k := testKeys()
	from, to := validity()
	unnamed := cmstest.Root("", from, to)
	root := issue(t, unnamed, cmstest.Signer{}, k.root)
	without := func(s cmstest.Signer) cmstest.Signer {
		c := *s.Certificate
		c.SubjectKeyId = nil
		return cmstest.Signer{Certificate: &c, Key: s.Key}
	}
	issuing := issue(t, cmstest.Intermediate("Muster Issuing CA", from, to), without(root), k.intermediate)
	user := issue(t, cmstest.User("MIDCHETEST000014", from, to), without(issuing), k.p256)
	require.Empty(t, user.Certificate.AuthorityKeyId)
	message := sign(t, user, cmstest.Options{Certificates: certificates(issuing)})
	_, err := newVerifier(t, root).Verify(message, now, isText)
	require.NoError(t, err)

	// And the other way: an anchor that has no identifier of its own.
	template := *unnamed
	template.BasicConstraintsValid, template.IsCA, template.SerialNumber = false, false, big.NewInt(1)
	template.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 19}, Critical: true, Value: []byte{0x30, 3, 1, 1, 0xff}}}
	raw, err := x509.CreateCertificate(rand.Reader, &template, &template, k.root.Public(), k.root)
	require.NoError(t, err)
	old, err := x509.ParseCertificate(raw)
	require.NoError(t, err)
	require.Empty(t, old.SubjectKeyId)
	reissued := issue(t, cmstest.Intermediate("Muster Issuing CA", from, to), root, k.intermediate)
	require.NotEmpty(t, reissued.Certificate.AuthorityKeyId)
	_, err = newVerifier(t, cmstest.Signer{Certificate: old}).Verify(sign(t, user, cmstest.Options{Certificates: certificates(reissued)}), now, isText)
	require.NoError(t, err)

	// The errors name what there is to name.
	other := newChain(t, k.p256).Root
	_, err = newVerifier(t, other).Verify(message, now, isText)
	requireCheck(t, err, "chain", `no certificate of the authority "O=Simulated MSSP,C=CH" is among`)
	_, err = newVerifier(t, other).Verify(sign(t, user, cmstest.Options{}), now, isText)
	requireCheck(t, err, "chain", `no certificate of the authority "Muster Issuing CA" is among`)
}

// TestRepeatedName: no name is on a path twice, the signer's included: x509 sees
// that only while it verifies the whole path.
func TestRepeatedName(t *testing.T) {
	t.Parallel()
	c := newChain(t, testKeys().p256)
	from, to := validity()
	template := cmstest.User("MIDCHETEST000015", from, to)
	template.RawSubject = c.Root.Certificate.RawSubject
	user := issue(t, template, c.Intermediate, testKeys().root)
	v := newVerifier(t, c.Root)
	for range 2 {
		_, err := v.Verify(sign(t, user, genuine(c)), now, isText)
		requireCheck(t, err, "chain", `no certificate of the authority "Muster Root CA"`)
		_, err = v.Verify(sign(t, c.User, genuine(c)), now, isText)
		require.NoError(t, err)
	}
}

// TestErrorsAreBounded: an error quotes little of a hostile name.
func TestErrorsAreBounded(t *testing.T) {
	t.Parallel()
	k := testKeys()
	c := newChain(t, k.p256)
	from, to := validity()
	template := cmstest.Root(strings.Repeat("\u202e\x1b[2J", 1000), from, to)
	template.SubjectKeyId = make([]byte, 65)
	issuer := issue(t, template, cmstest.Signer{}, k.intermediate)
	user := issue(t, cmstest.User("MIDCHETEST000016", from, to), issuer, k.p256)
	_, err := newVerifier(t, c.Root).Verify(sign(t, user, cmstest.Options{}), now, isText)
	requireCheck(t, err, "chain", `no certificate of the authority "\u202e\x1b[2J`)
	require.NotContains(t, err.Error(), "key identifier")
	require.NotContains(t, err.Error(), "\x1b")
	require.Less(t, len(err.Error()), 1000)
}

// TestRepeatedConfiguration: a certificate configured twice is one candidate.
func TestRepeatedConfiguration(t *testing.T) {
	t.Parallel()
	c := newChain(t, testKeys().p256)
	from, to := validity()
	user := issue(t, cmstest.User("MIDCHETEST000017", from, to), impostor(t, c.Intermediate), testKeys().p256)
	v := verifierOf(t, cms.Config{
		Roots:         certificates(c.Root, c.Root),
		Intermediates: certificates(c.Intermediate, c.Intermediate),
	})
	_, err := v.Verify(sign(t, user, genuine(c)), now, isText)
	requireCheck(t, err, "chain", "ECDSA verification failure")
	_, err = v.Verify(sign(t, c.User, genuine(c)), now, isText)
	require.NoError(t, err)
}
