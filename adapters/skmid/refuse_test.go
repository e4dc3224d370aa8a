package skmid_test

import (
	"crypto"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
)

// forgery alters an answer to an authentication or a signing; check is what must notice.
type forgery struct {
	check string
	alter func(t *testing.T, r *realm, b *body, h crypto.Hash, digest []byte)
}

func value(b *body, change func([]byte) []byte) {
	raw, err := base64.StdEncoding.DecodeString(b.Signature.Value)
	if err != nil {
		panic(err)
	}
	b.Signature.Value = base64.StdEncoding.EncodeToString(change(raw))
}

// by has another holder sign, with the certificate where the answer has one.
func by(p mss.Purpose, holder func(t *testing.T, r *realm) *holder) func(*testing.T, *realm, *body, crypto.Hash, []byte) {
	return func(t *testing.T, r *realm, b *body, h crypto.Hash, digest []byte) {
		*b = *holder(t, r).answer(t, p, h, digest)
	}
}

// changed is a holder of the same key with another certificate.
func changed(change func(*x509.Certificate)) func(*testing.T, *realm, *body, crypto.Hash, []byte) {
	return by(mss.Authentication, func(t *testing.T, r *realm) *holder {
		return r.person(t, mss.Authentication, r.auth.key, change)
	})
}

func subjectIs(n pkix.Name) func(*testing.T, *realm, *body, crypto.Hash, []byte) {
	return changed(func(c *x509.Certificate) { c.Subject = n })
}

func text(b *body, change func(string) string) {
	b.Signature.Value = change(b.Signature.Value)
}

func signatureForgeries() map[string]forgery {
	return map[string]forgery{
		"no signature": {"result", func(_ *testing.T, _ *realm, b *body, _ crypto.Hash, _ []byte) { b.Signature = nil }},
		"no value":     {"signature", func(_ *testing.T, _ *realm, b *body, _ crypto.Hash, _ []byte) { b.Signature.Value = "" }},
		"no result":    {"result", func(_ *testing.T, _ *realm, b *body, _ crypto.Hash, _ []byte) { b.Result = "" }},
		"running":      {"answer", func(_ *testing.T, _ *realm, b *body, _ crypto.Hash, _ []byte) { b.State = "RUNNING" }},
		"state":        {"answer", func(_ *testing.T, _ *realm, b *body, _ crypto.Hash, _ []byte) { b.State = "complete" }},
		"over another hash": {"signature", func(t *testing.T, r *realm, b *body, h crypto.Hash, digest []byte) {
			other := slices.Clone(digest)
			other[len(other)/2] ^= 1
			b.Signature.Value = base64.StdEncoding.EncodeToString(r.auth.signRaw(t, h, other))
		}},
		"over the hash of the hash": {"signature", func(t *testing.T, r *realm, b *body, h crypto.Hash, digest []byte) {
			b.Signature.Value = base64.StdEncoding.EncodeToString(r.auth.signRaw(t, h, sum256(string(digest))))
		}},
		"r and s swapped": {"signature", func(_ *testing.T, _ *realm, b *body, _ crypto.Hash, _ []byte) {
			value(b, func(v []byte) []byte { return append(slices.Clone(v[32:]), v[:32]...) })
		}},
		"DER of another signature": {"signature", func(t *testing.T, r *realm, b *body, h crypto.Hash, _ []byte) {
			value(b, func([]byte) []byte { return der(t, r.auth.signRaw(t, h, sum256("another"))) })
		}},
		"DER with an octet behind": {"signature", func(t *testing.T, _ *realm, b *body, _ crypto.Hash, _ []byte) {
			value(b, func(v []byte) []byte { return append(der(t, v), 0) })
		}},
		"all zero": {"signature", func(_ *testing.T, _ *realm, b *body, _ crypto.Hash, _ []byte) {
			value(b, func(v []byte) []byte { return make([]byte, len(v)) })
		}},
		"an octet less": {"signature", func(_ *testing.T, _ *realm, b *body, _ crypto.Hash, _ []byte) {
			value(b, func(v []byte) []byte { return v[:63] })
		}},
		"an octet more": {"signature", func(_ *testing.T, _ *realm, b *body, _ crypto.Hash, _ []byte) {
			value(b, func(v []byte) []byte { return append(v, 0) })
		}},
		"long": {"signature", func(_ *testing.T, _ *realm, b *body, _ crypto.Hash, _ []byte) {
			value(b, func([]byte) []byte { return make([]byte, 600) })
		}},
		"URL alphabet": {"signature", func(_ *testing.T, _ *realm, b *body, _ crypto.Hash, _ []byte) {
			text(b, func(s string) string { return "_" + s[1:] })
		}},
		"line end inside": {"signature", func(_ *testing.T, _ *realm, b *body, _ crypto.Hash, _ []byte) {
			text(b, func(s string) string { return s[:8] + "\n" + s[8:] })
		}},
		"no padding": {"signature", func(_ *testing.T, _ *realm, b *body, _ crypto.Hash, _ []byte) {
			text(b, func(s string) string { return strings.TrimRight(s, "=") })
		}},

		"algorithm of another hash": {"algorithm", func(_ *testing.T, _ *realm, b *body, _ crypto.Hash, _ []byte) {
			b.Signature.Algorithm = "SHA384WithECEncryption"
		}},
		"algorithm of another key": {"algorithm", func(_ *testing.T, _ *realm, b *body, _ crypto.Hash, _ []byte) {
			b.Signature.Algorithm = "SHA256WithRSAEncryption"
		}},
		"algorithm unknown": {"algorithm", func(_ *testing.T, _ *realm, b *body, _ crypto.Hash, _ []byte) {
			b.Signature.Algorithm = "SHA256WithECDSA"
		}},
		"algorithm missing": {"algorithm", func(_ *testing.T, _ *realm, b *body, _ crypto.Hash, _ []byte) { b.Signature.Algorithm = "" }},
		"SHA-1": {"algorithm", func(_ *testing.T, _ *realm, b *body, _ crypto.Hash, _ []byte) {
			b.Signature.Algorithm = "SHA1WithECEncryption"
		}},
		"RSA signature and EC names": {"algorithm", by(mss.Authentication, func(t *testing.T, r *realm) *holder {
			h := r.person(t, mss.Authentication, rsaKey(), nil)
			return &holder{h.cert, r.auth.key}
		})},
	}
}

func certificateForgeries() map[string]forgery {
	other := func(serial, country string) func(*testing.T, *realm, *body, crypto.Hash, []byte) {
		return subjectIs(subjectOf(serial, country))
	}
	return map[string]forgery{
		"no certificate":       {"certificate", func(_ *testing.T, _ *realm, b *body, _ crypto.Hash, _ []byte) { b.Cert = "" }},
		"no Base64":            {"certificate", func(_ *testing.T, _ *realm, b *body, _ crypto.Hash, _ []byte) { b.Cert = "*" + b.Cert[1:] }},
		"no certificate's DER": {"certificate", func(_ *testing.T, _ *realm, b *body, _ crypto.Hash, _ []byte) { b.Cert = "AAAA" }},
		"octets behind": {"certificate", func(_ *testing.T, r *realm, b *body, _ crypto.Hash, _ []byte) {
			b.Cert = base64.StdEncoding.EncodeToString(append(slices.Clone(r.auth.cert.Raw), 0))
		}},
		"large": {"certificate", changed(func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 999, 1}, Value: make([]byte, 4096)}}
		})},
		"another curve": {"certificate", by(mss.Authentication, func(t *testing.T, r *realm) *holder {
			return r.person(t, mss.Authentication, generate(elliptic.P224()), nil)
		})},
		"Ed25519": {"certificate", by(mss.Authentication, func(t *testing.T, r *realm) *holder {
			_, key, err := ed25519.GenerateKey(rand.Reader)
			require.NoError(t, err)
			return &holder{r.person(t, mss.Authentication, key, nil).cert, r.auth.key}
		})},
		"another person": {"signer", other("PNOEE-38412319871", "EE")},
		"the same digits in another country (SEC-21)":      {"signer", other("PNOLT-"+digits, "LT")},
		"the same bare digits in another country (SEC-21)": {"signer", other(digits, "LT")},
		"countries that disagree":                          {"signer", other("PNOEE-"+digits, "LT")},
		"bare digits without country":                      {"signer", subjectIs(name(attribute{oidSerial, digits}))},
		"two serial numbers, the right one last (SEC-7)":   {"signer", subjectIs(name(attribute{oidSerial, "PNOEE-38412319871"}, attribute{oidSerial, "PNOEE-" + digits}))},
		"two serial numbers, the same ones":                {"signer", subjectIs(name(attribute{oidSerial, "PNOEE-" + digits}, attribute{oidSerial, "PNOEE-" + digits}))},
		"two countries":                                    {"signer", subjectIs(name(attribute{oidSerial, digits}, attribute{oidCountry, "LT"}, attribute{oidCountry, "EE"}))},
		"two surnames":                                     {"signer", subjectIs(name(attribute{oidSerial, "PNOEE-" + digits}, attribute{oidSN, "A"}, attribute{oidSN, "B"}))},
		"no serial number":                                 {"signer", subjectIs(name(attribute{oidCountry, "EE"}, attribute{oidCN, "JÕEORG,JAAK-KRISTJAN," + digits}))},
		"a demo person, in production":                     {"signer", other("PNOEE-60001019906", "EE")},
		"the signing certificate":                          {"key usage", by(mss.Authentication, func(_ *testing.T, r *realm) *holder { return r.sign })},
		"no key usage":                                     {"key usage", changed(func(c *x509.Certificate) { c.KeyUsage = 0 })},
		"a CA":                                             {"key usage", changed(func(c *x509.Certificate) { c.IsCA = true; c.KeyUsage |= x509.KeyUsageCertSign })},
		"expired": {"chain", changed(func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Now().Add(-48*time.Hour), time.Now().Add(-time.Hour)
		})},
		"not valid yet": {"chain", changed(func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Now().Add(time.Hour), time.Now().Add(48*time.Hour)
		})},
		"for servers": {"chain", changed(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} })},
		"unknown critical extension": {"chain", changed(func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 999, 1}, Critical: true, Value: []byte{5, 0}}}
		})},
		"by a CA of the same name": {"chain", by(mss.Authentication, func(t *testing.T, r *realm) *holder {
			return (&realm{ca: authority(t, r.ca.cert.Subject.CommonName)}).person(t, mss.Authentication, r.auth.key, nil)
		})},
		"by a person of the right CA": {"chain", by(mss.Authentication, func(t *testing.T, r *realm) *holder {
			return (&realm{ca: r.auth}).person(t, mss.Authentication, r.auth.key, nil)
		})},
		"another key pair": {"signature", func(t *testing.T, r *realm, b *body, _ crypto.Hash, _ []byte) {
			b.Cert = base64.StdEncoding.EncodeToString(r.person(t, mss.Authentication, generate(elliptic.P256()), nil).cert.Raw)
		}},
	}
}

// TestVerifyRefuses: what does not prove who signed what is refused, by the check that is for it.
func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	for kind, forgeries := range map[string]map[string]forgery{"signature": signatureForgeries(), "certificate": certificateForgeries()} {
		for name, f := range forgeries {
			t.Run(kind+"/"+name, func(t *testing.T) {
				t.Parallel()
				ev := genuine(t, r)
				st, err := r.open(t, ev)
				require.NoError(t, err)
				b := r.auth.answer(t, mss.Authentication, crypto.SHA256, st)
				f.alter(t, r, b, crypto.SHA256, st)
				ev.Raw = b.bytes(t)
				sig, err := newVerifier(t, r.anchors).Verify(ev)
				require.Nil(t, sig)
				requireFailed(t, err, f.check)
				requireSilent(t, err.Error())
				var failed *mss.VerificationError
				require.ErrorAs(t, err, &failed)
				require.Same(t, ev, failed.Evidence)
			})
		}
	}
}

// requireSilent: an error holds nothing of the person.
func requireSilent(t testing.TB, text string) {
	t.Helper()
	for _, secret := range []string{digits, phoneEE[1:], "JÕEORG", "JAAK", "38412319871"} {
		require.NotContains(t, text, secret)
	}
}

// genuine is the evidence of an authentication that verifies.
func genuine(t testing.TB, r *realm) *mss.Evidence {
	t.Helper()
	_, ev := evidence(t, r, authentication(t), func(h crypto.Hash, digest []byte) []byte {
		return r.auth.answer(t, mss.Authentication, h, digest).bytes(t)
	})
	return ev
}

// open returns the digest that the evidence is about.
func (r *realm) open(t testing.TB, ev *mss.Evidence) ([]byte, error) {
	t.Helper()
	sig, err := newVerifier(t, r.anchors).Verify(ev)
	if err != nil {
		return nil, err
	}
	return sig.Content, nil
}

// TestVerifyEachBit: no bit of a signature can change.
func TestVerifyEachBit(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	for keyName, key := range map[string]crypto.Signer{"EC": ecKey(), "RSA": rsaKey()} {
		t.Run(keyName, func(t *testing.T) {
			t.Parallel()
			v, h := newVerifier(t, r.anchors), r.person(t, mss.Authentication, key, nil)
			digest := sum256("challenge")
			b := h.answer(t, mss.Authentication, crypto.SHA256, digest)
			raw, err := base64.StdEncoding.DecodeString(b.Signature.Value)
			require.NoError(t, err)
			judge := func() error {
				_, err := v.VerifySession(b.bytes(t), mss.Authentication, mss.Digest(crypto.SHA256, digest), nil, time.Now())
				return err
			}
			require.NoError(t, judge())
			for bit := range 8 * len(raw) {
				raw[bit/8] ^= 1 << (bit % 8)
				b.Signature.Value = base64.StdEncoding.EncodeToString(raw)
				requireFailed(t, judge(), "signature")
				raw[bit/8] ^= 1 << (bit % 8)
			}
		})
	}
}
