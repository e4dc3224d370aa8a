package simkit

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gomss/gomss/adapters/bankid/bankidtest"
	"github.com/gomss/gomss/adapters/registrant/registranttest"
	"github.com/gomss/gomss/adapters/skmid/skmidtest"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/tools/internal/privatefile"
)

// The configurations.
const (
	MobileIDConfig   = "mss.yaml"
	SKMobileIDConfig = "skmid.yaml"
	BankIDConfig     = "bankid.yaml"
)

const head = "# Written by \"mss simulate\": a SIMULATOR on this machine, which proves nothing about anybody.\n"

const mobileID = head + `url: %s
environment: simulator
ap_id: %s
prefix: %q
profile: %s
lang: en
cert_file: client.pem
key_file: client.key
tls_roots: tls-root.pem
anchors: anchors.pem
handle_key_file: handle.key
`

const skMobileID = head + `provider: skmid
url: %s
environment: simulator
relying_party_name: %q
relying_party_uuid: %s
lang: en
tls_roots: skmid-tls-root.pem
anchors: skmid-anchors.pem
handle_key_file: handle.key
registrant_url: %s
registrant_roots: registrant-tls-root.pem
`

const bankID = head + `provider: bankid
url: %s
environment: simulator
lang: en
cert_file: client.pem
key_file: client.key
tls_roots: bankid-tls-root.pem
anchors: bankid-anchors.pem
handle_key_file: handle.key
`

// Kit is a directory that is being filled. After the first failure its methods do nothing, and Err says what it was.
type Kit struct {
	dir    string
	client *Client
	err    error
}

// New begins a kit in a directory, which it makes for its owner alone where there is none: the client's certificate and key,
// and a key that seals handles. Files that are there are replaced.
func New(dir string, c *Client) *Kit {
	k := &Kit{dir: dir, client: c}
	if k.err = os.MkdirAll(dir, 0o700); k.err != nil {
		return k
	}
	key, err := c.keyPEM()
	if err != nil {
		k.err = err
		return k
	}
	handleKey := make([]byte, 32)
	_, _ = rand.Read(handleKey) // never fails
	k.write("client.pem", encode(c.Certificate))
	k.write("client.key", key)
	k.write("handle.key", handleKey)
	return k
}

// Err returns what has gone wrong, if anything has.
func (k *Kit) Err() error { return k.err }

// MobileID writes a configuration for a simulated Mobile ID.
func (k *Kit) MobileID(srv *msstest.Server) {
	k.write("tls-root.pem", encode(srv.HTTP().Roots...))
	k.write("anchors.pem", anchors(srv.Anchors()))
	k.write(MobileIDConfig, fmt.Appendf(nil, mobileID, srv.URL(), srv.APID(), srv.Prefix(), mssp.ProfileAny))
}

// SKMobileID writes a configuration for a simulated SK Mobile-ID with the registrant API.
func (k *Kit) SKMobileID(srv *skmidtest.Server, registry *registranttest.Server) {
	k.write("skmid-tls-root.pem", encode(srv.HTTP().Roots...))
	k.write("skmid-anchors.pem", anchors(srv.Anchors()))
	k.write("registrant-tls-root.pem", encode(registry.HTTP().Roots...))
	k.write(SKMobileIDConfig, fmt.Appendf(nil, skMobileID, srv.URL(), srv.RelyingPartyName(), srv.RelyingPartyUUID(), registry.URL()))
}

// BankID writes a configuration for a simulated BankID.
func (k *Kit) BankID(srv *bankidtest.Server) {
	k.write("bankid-tls-root.pem", encode(srv.HTTP().Roots...))
	k.write("bankid-anchors.pem", anchors(srv.Anchors()))
	k.write(BankIDConfig, fmt.Appendf(nil, bankID, srv.URL()))
}

// write writes a file of the kit. Configurations come after what they name.
func (k *Kit) write(name string, data []byte) {
	if k.err != nil {
		return
	}
	k.err = privatefile.Write(filepath.Join(k.dir, name), data)
}

func anchors(a *mss.Anchors) []byte {
	return append(encode(a.Roots()...), encode(a.Intermediates()...)...)
}

func encode(certs ...*x509.Certificate) []byte {
	var b bytes.Buffer
	for _, c := range certs {
		_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}) // a bytes.Buffer takes everything
	}
	return b.Bytes()
}
