package scenario_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/gomss/gomss/internal/simulated"
)

// mark is what every certificate of the scenarios carries: nobody must ever believe one of them (SEC-15).
var mark = pkix.Extension{Id: simulated.OID, Value: []byte{0x05, 0x00}}

// hierarchy issues the certificates of the scenarios that take place at one time. They are valid for three days before
// and after it.
type hierarchy struct {
	t             *testing.T
	at, from, to  time.Time
	root, issuing cmstest.Signer
}

func newHierarchy(t *testing.T, name string, at time.Time) *hierarchy {
	h := &hierarchy{t: t, at: at, from: at.AddDate(0, 0, -3), to: at.AddDate(0, 0, 3)}
	h.root = h.issue(cmstest.Root(name+" Root CA", h.from, h.to), cmstest.Signer{}, ecKey(t))
	h.issuing = h.issue(cmstest.Intermediate(name+" Issuing CA", h.from, h.to), h.root, ecKey(t))
	return h
}

func (h *hierarchy) issue(template *x509.Certificate, issuer cmstest.Signer, key crypto.Signer) cmstest.Signer {
	template.ExtraExtensions = append(template.ExtraExtensions, mark)
	s, err := cmstest.Issue(template, issuer, key)
	require.NoError(h.t, err)
	return s
}

// person is somebody who signs.
type person struct {
	h       *hierarchy
	signer  cmstest.Signer
	options cmstest.Options
}

func (h *hierarchy) person(serial string, key crypto.Signer, form cmstest.Form) person {
	signer := h.issue(cmstest.User(serial, h.from, h.to), h.issuing, key)
	options := cmstest.Options{Form: form, Certificates: []*x509.Certificate{h.issuing.Certificate, h.root.Certificate}}
	if form == cmstest.DER {
		options.SigningTime = h.at
	}
	return person{h, signer, options}
}

// sign returns a signature in Base64, in lines.
func (p person) sign(text string) string {
	cms, err := cmstest.Sign([]byte(text), p.signer, p.options)
	require.NoError(p.h.t, err)
	b64 := base64.StdEncoding.EncodeToString(cms)
	var lines strings.Builder
	for ; len(b64) > 76; b64 = b64[76:] {
		lines.WriteString(b64[:76] + "\n")
	}
	return lines.String() + b64
}

func (h *hierarchy) rootPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: h.root.Certificate.Raw})
}

func ecKey(t *testing.T) crypto.Signer {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}

func rsaKey(t *testing.T) crypto.Signer {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	return key
}
