package hermod

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"strconv"
)

// provCommand is the command that has the app make a profile and its keys.
type provCommand struct {
	Nonce                string      `json:"nonce"`
	UserID               string      `json:"userid"`
	ResponseSignatureKey string      `json:"responsesignaturekey"`
	ResponseFormat       string      `json:"responseformat"`
	Profile              provProfile `json:"profile"`
}

type provProfile struct {
	ServerName     string          `json:"servername"`
	Name           string          `json:"name"`
	KeyGenRequests []keyGenRequest `json:"keygenrequests"`
}

// keyGenRequest is one key that the app is to make.
type keyGenRequest struct {
	KeyID        string        `json:"keyid"`
	Usage        string        `json:"usage"`
	KeyTypePrios []keyTypePrio `json:"keytypeprios"`
	StoragePrios []string      `json:"storageprios"`
	KeyState     string        `json:"keystate"`
	CertReq      string        `json:"certreq"` // PKCS#10, standard base64
}

type keyTypePrio struct {
	KeyType           string `json:"keytype"`
	KeyLength         string `json:"keylength"` // bits
	ResponseMechanism string `json:"responsemechanism"`
}

// What an enrolment asks for where it leaves something out.
const (
	defaultProfile  = "gomss"
	defaultKeyID    = "signer"
	defaultUsage    = "SIG"
	defaultStorage  = "APP"
	activeKey       = "ACTIVE"
	attestationName = "ATTESTATION"
	nonceOctets     = 32
)

var defaultKeyType = KeyType{Type: "RSA", Bits: minRSABits, Mechanism: "RS256"}

// newProvCommand makes the command of an enrolment that was checked, with a nonce of its own and a template of the request
// for the device to put its key into. What the enrolment leaves out is filled in. jws is what the Hermod calls a JWS.
func newProvCommand(e *Enrollment, serverName, jws string) (*provCommand, error) {
	template, err := newTemplate(e.Subject)
	if err != nil {
		return nil, err
	}
	c := &provCommand{
		Nonce:                newNonce(),
		UserID:               e.User.Reveal(),
		ResponseSignatureKey: attestationName,
		ResponseFormat:       jws,
		Profile:              provProfile{ServerName: serverName, Name: cmp.Or(e.Profile, defaultProfile)},
	}
	keys := e.Keys
	if keys == nil {
		keys = []KeyRequest{{ID: defaultKeyID}}
	}
	for _, k := range keys {
		c.Profile.KeyGenRequests = append(c.Profile.KeyGenRequests, k.command(template))
	}
	return c, nil
}

// command is the request as Hermod writes it.
func (k *KeyRequest) command(template []byte) keyGenRequest {
	r := keyGenRequest{
		KeyID: k.ID, Usage: cmp.Or(k.Usage, defaultUsage), StoragePrios: k.Storage, KeyState: activeKey,
		CertReq: base64.StdEncoding.EncodeToString(template),
	}
	if r.StoragePrios == nil {
		r.StoragePrios = []string{defaultStorage}
	}
	types := k.Types
	if types == nil {
		types = []KeyType{defaultKeyType}
	}
	for _, t := range types {
		r.KeyTypePrios = append(r.KeyTypePrios, keyTypePrio{t.Type, strconv.Itoa(t.Bits), t.Mechanism})
	}
	return r
}

// newNonce returns what binds an answer to its command: it is in the headers of all that the app signs.
func newNonce() string {
	b := make([]byte, nonceOctets)
	_, _ = rand.Read(b) // never fails, says its documentation
	return base64.RawURLEncoding.EncodeToString(b)
}

// certCommand is the command that has the app install the certificates of its keys.
type certCommand struct {
	ProfileID    string            `json:"profileid"`
	Certificates []certInstallment `json:"certificates"`
}

type certInstallment struct {
	KeyID    string `json:"keyid"`
	KeyState string `json:"keystate"`
	Data     string `json:"data"` // DER, standard base64
}

// newCertCommand makes the command that installs certificates by key id, in the order of the keys.
func newCertCommand(p *Provisioning, certificates map[string][]byte) *certCommand {
	c := &certCommand{ProfileID: p.ProfileID}
	for _, k := range p.Keys {
		if der, ok := certificates[k.ID]; ok {
			c.Certificates = append(c.Certificates, certInstallment{k.ID, activeKey, base64.StdEncoding.EncodeToString(der)})
		}
	}
	return c
}
