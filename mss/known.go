package mss

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
)

// Use is what a known CA certificate is for.
type Use string

const (
	UseSignature Use = "user signatures"
	UseTLS       Use = "TLS servers"
)

// KnownCertificate is a CA certificate that this module knows by fingerprint. To know one is not to trust it: trust
// comes from the operator's files alone.
type KnownCertificate struct {
	Name        string
	Environment Environment
	Use         Use
	Root        bool
	SHA256      string // of the DER, lower-case hexadecimal
}

var knownCertificates = []KnownCertificate{
	{"SwissSign Gold CA - G2", Production, UseTLS, true, "62dd0be9b9f50a163ea0f8e75c053b1eca57ea55c8688f647c6881f2c8357b95"},
	{"Swisscom Root CA 2", Production, UseSignature, true, "f09b122c7114f4a09bd4ea4f4a99d558b46e4c25cd81140d29c05613914c3841"},
	{"Swisscom Root CA 4", Production, UseSignature, true, "e4e92b4b7330e434c84dd1d5120e68b842b4729f29e72dfe664238612c1835b2"},
	{"Swisscom Rubin CA 3", Production, UseSignature, false, "8f06f4afedd35e23f6665cf4ccf49e3705e0d8214812997a65c7195b234b4450"},
	{"Swisscom Rubin CA 4", Production, UseSignature, false, "e78f6eab60cfc553aee63021d976fce91cc0591d9d30c82905596a3e43e1477e"},

	{"TEST of EE Certification Centre Root CA", Test, UseSignature, true, "8740698fa393e60179e94a18795ea7dba3d081fdc15479a78fc561b42da2c70d"},
	{"TEST of ESTEID-SK 2011", Test, UseSignature, false, "7ef532d928f552651a05c70cb362c37f8e34f20dd263f0f38e3c6360f4625643"},
	{"TEST of ESTEID-SK 2015", Test, UseSignature, false, "2a44120f27cbfe8dca1b062456e62e35aae0e22c77ca344fca2666c46c0ab684"},
	{"TEST of EID-SK 2016", Test, UseSignature, false, "4f7e0bfdbbf45e2d06a971f903b3c017fdcb53138ec5d46e26c81b973dceeade"},
	{"TEST of SK ID Solutions EID-Q 2021E", Test, UseSignature, false, "994477a5a63d1087bbcfa0d6721c401c8e1a778987503b0e202777b3c3cb1ff6"},
}

// KnownCertificates returns the CA certificates that this module knows.
func KnownCertificates() []KnownCertificate {
	return append([]KnownCertificate(nil), knownCertificates...)
}

func known(c *x509.Certificate) (KnownCertificate, bool) {
	sum := sha256.Sum256(c.Raw)
	fingerprint := hex.EncodeToString(sum[:])
	for _, k := range knownCertificates {
		if k.SHA256 == fingerprint {
			return k, true
		}
	}
	return KnownCertificate{}, false
}
