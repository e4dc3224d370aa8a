package bankid_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"

	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/stretchr/testify/require"
)

var criticalUnknown = pkix.Extension{Id: asn1.ObjectIdentifier{2, 999, 7}, Critical: true, Value: []byte{5, 0}}

// serialOf is an attribute serialNumber of a subject.
func serialOf(number string) pkix.AttributeTypeAndValue {
	return pkix.AttributeTypeAndValue{Type: asn1.ObjectIdentifier{2, 5, 4, 5}, Value: number}
}

// withPublicKey certifies a number that looks like an RSA key. Nobody can sign with it, nor gets to check.
func (b *bank) withPublicKey(t testing.TB, bits, exponent int) cmstest.Signer {
	n := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
	return certify(t, b.personTemplate("Signing"), b.customer, &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n.SetBit(n, 0, 1), E: exponent}})
}

// elliptic certifies an EC key.
func (b *bank) elliptic(t testing.TB) cmstest.Signer {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return certify(t, b.personTemplate("Signing"), b.customer, key)
}
