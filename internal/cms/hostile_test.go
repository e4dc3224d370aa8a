package cms_test

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"runtime"
	"slices"
	"testing"

	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/stretchr/testify/require"
)

// exponential is the input that costs Go's PKCS #7 parsers time and memory that
// double with every 40 octets: each SEQUENCE ends inside a child, which is read to
// its own end, and the octets behind the parent are read again.
func exponential(repeat int) []byte {
	gadget := append([]byte{0x30, 6, 0x30, 1, 0x30, 0x30, 1, 0x20, 0x20, 4, 0x1d}, make([]byte, 29)...)
	tail := append([]byte{4}, make([]byte, 65)...)
	return append(bytes.Repeat(gadget, repeat), tail...)
}

// hostile are inputs that are cheap to send and dear to read.
func hostile(t testing.TB) map[string][]byte {
	nested := func(n int) []byte {
		return append(bytes.Repeat([]byte{0x30, 0x80}, n), bytes.Repeat([]byte{0, 0}, n)...)
	}
	return map[string][]byte{
		"exponential, 626 octets":      exponential(14),
		"exponential, 866 octets":      exponential(20),
		"exponential in SEQUENCE":      cmstest.TLV(0x30, exponential(20)),
		"exponential, indefinite":      join([]byte{0x30, 0x80}, exponential(20), []byte{0, 0}),
		"64 KB nested, closed":         nested(16 << 10),
		"4 MB nested, never closed":    bytes.Repeat([]byte{0x30, 0x80}, 2<<20),
		"64 KB nested, never closed":   bytes.Repeat([]byte{0x30, 0x80}, 32<<10),
		"64 KB of values":              join([]byte{0x30, 0x80}, bytes.Repeat([]byte{5, 0}, 32<<10-2), []byte{0, 0}),
		"64 KB of DER values":          cmstest.TLV(0x30, bytes.Repeat([]byte{5, 0}, 32<<10-2)),
		"64 KB of nested DER":          nestedDER(60 << 10),
		"large keys":                   largeKeys(t, 0),
		"large keys, 35 KB":            largeKeys(t, 4<<10),
		"names that cost much to read": manyNames(t),
		"digest algorithms":            manyParts(t, func(p *cmstest.Parts) { p.Digests = slices.Repeat([][]byte{sha(2)}, 4000) }),
		"attributes":                   manyParts(t, func(p *cmstest.Parts) { p.Attributes = slices.Repeat(p.Attributes[:1], 2000) }),
		"unsigned attributes": manyParts(t, func(p *cmstest.Parts) {
			p.Unsigned = slices.Repeat(p.Attributes[:1], 2000)
			p.SignatureAlgorithm = sha(1)
		}),
		"certificates": manyParts(t, func(p *cmstest.Parts) {
			for i := range 8000 {
				p.Certificates = append(p.Certificates, []byte{0x30, 4, 2, 2, byte(i >> 8), byte(i)})
			}
		}),
	}
}

// nestedDER are SEQUENCEs in SEQUENCEs of definite length, n octets in all.
func nestedDER(n int) []byte {
	b := make([]byte, 0, n)
	for rest := n - 4; rest > 0x103; rest -= 4 {
		b = append(b, 0x30, 0x82, byte(rest>>8), byte(rest))
	}
	return append(b, make([]byte, n-len(b))...)
}

// manyParts is a message with changed parts.
func manyParts(t testing.TB, change func(*cmstest.Parts)) []byte {
	c := newChain(t, testKeys().p256)
	o := genuine(c)
	o.BeforeSign = change
	return sign(t, c.User, o)
}

// largeKeys is a message whose signer and issuers have RSA keys of 32768 bits
// with the exponent 2^31-1: half a second for each check of a signature. Each
// certificate is padded with so many octets.
func largeKeys(t testing.TB, padding int) []byte {
	from, to := validity()
	key := thinAir(32768, 1<<31-1)
	certificate := func(template *x509.Certificate) *x509.Certificate {
		template.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 999, 9}, Value: make([]byte, padding)}}
		return keyCertificate(t, template, key)
	}
	signer := cmstest.Signer{Certificate: certificate(cmstest.User("MIDCHETEST000008", from, to)), Key: testKeys().rsa}
	o := cmstest.Options{Form: cmstest.BER}
	for _, name := range []string{"Muster Root CA", "Muster Issuing CA", "Muster Other CA"} {
		o.Certificates = append(o.Certificates, certificate(cmstest.Intermediate(name, from, to)))
	}
	o.AfterSign = func(p *cmstest.Parts) { p.Signature = make([]byte, 4096) }
	return sign(t, signer, o)
}

// manyNames is a message with certificates full of alternative names, which cost
// much memory for few octets.
func manyNames(t testing.TB) []byte {
	c := newChain(t, testKeys().p256)
	from, to := validity()
	o := genuine(c)
	for _, name := range []string{"Muster A CA", "Muster B CA"} {
		template := cmstest.Intermediate(name, from, to)
		template.ExtraExtensions = []pkix.Extension{{
			Id:    asn1.ObjectIdentifier{2, 5, 29, 17},
			Value: cmstest.TLV(0x30, bytes.Repeat([]byte{0x86, 3, 'a', ':', 'b'}, 1450)),
		}}
		o.Certificates = append(o.Certificates, issue(t, template, c.Root, testKeys().p256).Certificate)
	}
	o.Certificates = o.Certificates[1:]
	return sign(t, c.User, o)
}

// TestHostileInput: every such input is refused at little cost. Memory stands
// for work here; no test measures time.
func TestHostileInput(t *testing.T) { // not parallel: it measures allocations
	root := newChain(t, testKeys().p256).Root
	for name, input := range hostile(t) {
		t.Run(name, func(t *testing.T) {
			v := newVerifier(t, root)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r, err := v.Verify(input, now, anyText)
			runtime.ReadMemStats(&after)
			require.Error(t, err)
			require.Nil(t, r)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(2<<20))
			t.Logf("%d octets in, %d allocated: %v", len(input), after.TotalAlloc-before.TotalAlloc, err)
		})
	}
}
