package hermodtest

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/gomss/gomss/internal/strictjson"
)

// body is what a command's body may hold. Members that are not known are passed over.
type body struct {
	Header *struct {
		To         []string `json:"to"`
		Lifespan   *int     `json:"lifespan"`
		Timeout    *int     `json:"timeout"`
		ExternalID string   `json:"externalId"`
	} `json:"commandHeader"`
	Prov *provCommand    `json:"provCommand"`
	Cert *certCommand    `json:"certCommand"`
	Auth *signingCommand `json:"authCommand"`
	Sign *signingCommand `json:"signCommand"`
	Ping *pingCommand    `json:"pingCommand"`
}

type provCommand struct {
	Nonce                string `json:"nonce"`
	UserID               string `json:"userid"`
	ResponseSignatureKey string `json:"responsesignaturekey"`
	ResponseFormat       string `json:"responseformat"`
	Profile              struct {
		ServerName     string          `json:"servername"`
		Name           string          `json:"name"`
		KeyGenRequests []keyGenRequest `json:"keygenrequests"`
	} `json:"profile"`
}

type keyGenRequest struct {
	KeyID        string `json:"keyid"`
	Usage        string `json:"usage"`
	KeyTypePrios []struct {
		KeyType           string `json:"keytype"`
		KeyLength         string `json:"keylength"`
		ResponseMechanism string `json:"responsemechanism"`
	} `json:"keytypeprios"`
	StoragePrios []string `json:"storageprios"`
	KeyState     string   `json:"keystate"`
	CertReq      string   `json:"certreq"`
}

type certCommand struct {
	ProfileID    string `json:"profileid"`
	Certificates []struct {
		KeyID    string `json:"keyid"`
		KeyState string `json:"keystate"`
		Data     string `json:"data"`
	} `json:"certificates"`
}

type signingCommand struct {
	Params struct {
		Description []content `json:"description"`
		TBS         []content `json:"tbs"`
		Filter      *struct {
			Op    string `json:"op"`
			Param string `json:"param"`
			Value string `json:"value"`
		} `json:"filter"`
		Format    string `json:"format"`
		Mechanism string `json:"mechanism"`
	} `json:"params"`
}

type content struct {
	ContentEncoding string `json:"content_encoding"`
	ContentType     string `json:"content_type"`
	Data            string `json:"data"`
	Description     string `json:"description"`
	Key             string `json:"key"`
	Visible         bool   `json:"visible"`
}

type pingCommand struct {
	DeviceInfo string `json:"deviceinfo"`
}

// question is a command that was understood.
type question struct {
	kind       kind
	externalID string
	timeout    time.Duration
	user       string // without "@"

	prov  *provCommand
	cert  *certCommand
	certs [][]byte // DER, in the order of cert.Certificates
	ping  *pingCommand

	// Of AUTH and SIGN.
	tbs    []byte
	texts  []string // that the person reads
	format string
	key    Key // that the mechanism and the filter are for
}

// Limits of a command.
const (
	maxSeconds    = 7 * 24 * 60 * 60
	maxText       = 256     // octets of ids and names
	maxContents   = 16      // entries of description
	maxTBS        = 1 << 17 // octets
	maxKeyRequest = 8
)

// read understands a command. The error's text is for developers.
func read(doc []byte, k kind) (*question, error) {
	var b body
	if err := strictjson.Unmarshal(doc, &b); err != nil {
		return nil, errors.New("the body is not the JSON that it should be: " + err.Error())
	}
	q := &question{kind: k}
	if err := q.readHeader(&b); err != nil {
		return nil, err
	}
	commands := map[kind]bool{provision: b.Prov != nil, certificate: b.Cert != nil, authenticate: b.Auth != nil, sign: b.Sign != nil, ping: b.Ping != nil}
	for other, there := range commands {
		if there != (other == k) {
			return nil, errors.New("the body holds " + k.names().command + " and no other command")
		}
	}
	to := b.Header.To
	switch k {
	case provision:
		return q, q.readProvision(b.Prov, to)
	case certificate:
		return q, errors.Join(q.readUser(to), q.readCertificate(b.Cert))
	case ping:
		q.ping = b.Ping
		return q, q.readUser(to)
	case authenticate:
		return q, errors.Join(q.readUser(to), q.readSigning(b.Auth))
	}
	return q, errors.Join(q.readUser(to), q.readSigning(b.Sign))
}

func (q *question) readHeader(b *body) error {
	h := b.Header
	switch {
	case h == nil:
		return errors.New("commandHeader is missing")
	case h.Lifespan == nil || *h.Lifespan < 1 || *h.Lifespan > maxSeconds:
		return errors.New("commandHeader.lifespan is no number of seconds from 1 to a week")
	case h.Timeout == nil || *h.Timeout < 1 || *h.Timeout > maxSeconds:
		return errors.New("commandHeader.timeout is no number of seconds from 1 to a week")
	case len(h.ExternalID) > maxText:
		return errors.New("commandHeader.externalId is longer than 256 octets")
	}
	q.externalID, q.timeout = h.ExternalID, time.Duration(*h.Timeout)*time.Second
	return nil
}

// readUser reads commandHeader.to of commands for somebody's mailboxes.
func (q *question) readUser(to []string) error {
	if len(to) != 1 {
		return errors.New("commandHeader.to does not have one address")
	}
	user, ok := strings.CutPrefix(to[0], "@")
	if !ok || user == "" || user == "tmp" || len(user) > 4*maxText {
		return errors.New(`commandHeader.to is not "@" and a user`)
	}
	q.user = user
	return nil
}

// readProvision: a new profile goes to a temporary mailbox, which to names or leaves out.
func (q *question) readProvision(p *provCommand, to []string) error {
	q.prov, q.user = p, p.UserID
	switch {
	case len(to) > 1 || len(to) == 1 && to[0] != "@tmp":
		return errors.New("commandHeader.to is not @tmp")
	case p.Nonce == "" || len(p.Nonce) > maxText:
		return errors.New("provCommand.nonce has not 1 to 256 octets")
	case p.UserID == "" || len(p.UserID) > 4*maxText:
		return errors.New("provCommand.userid is missing or too long")
	case p.ResponseSignatureKey != "ATTESTATION":
		return errors.New("provCommand.responsesignaturekey is not ATTESTATION")
	case p.ResponseFormat != "jws":
		return errors.New("provCommand.responseformat is not jws")
	case p.Profile.Name == "" || len(p.Profile.Name) > maxText, len(p.Profile.ServerName) > maxText:
		return errors.New("provCommand.profile: name is missing, or a name is longer than 256 octets")
	case len(p.Profile.KeyGenRequests) == 0 || len(p.Profile.KeyGenRequests) > maxKeyRequest:
		return errors.New("provCommand.profile.keygenrequests has not 1 to 8 entries")
	}
	seen := make(map[string]bool)
	for i := range p.Profile.KeyGenRequests {
		r := &p.Profile.KeyGenRequests[i]
		if err := r.check(); err != nil {
			return err
		}
		if seen[r.KeyID] {
			return errors.New("provCommand.profile.keygenrequests: a keyid comes twice")
		}
		seen[r.KeyID] = true
	}
	return nil
}

func (r *keyGenRequest) check() error {
	_, templateErr := readTemplate(r.CertReq)
	_, keyErr := r.choose()
	switch {
	case r.KeyID == "" || len(r.KeyID) > maxText, r.Usage == "", r.KeyState == "":
		return errors.New("provCommand.profile.keygenrequests: keyid, usage or keystate is missing")
	case !slices.Contains(r.StoragePrios, "APP"):
		return errors.New("provCommand.profile.keygenrequests: storageprios does not offer APP")
	case templateErr != nil:
		return templateErr
	}
	return keyErr
}

func (q *question) readCertificate(c *certCommand) error {
	q.cert = c
	if c.ProfileID == "" || len(c.Certificates) == 0 || len(c.Certificates) > maxKeyRequest {
		return errors.New("certCommand: profileid is missing, or certificates has not 1 to 8 entries")
	}
	for _, e := range c.Certificates {
		der, err := base64.StdEncoding.Strict().DecodeString(e.Data)
		if err != nil || len(der) == 0 || e.KeyID == "" {
			return errors.New("certCommand.certificates: keyid is missing, or data is no standard Base64")
		}
		q.certs = append(q.certs, der)
	}
	return nil
}

// mechanisms are params.mechanism with the keys that they are of.
var mechanisms = map[string]Key{"CKM_SHA256_RSA_PKCS": RSA, "CKM_ECDSA_SHA256": P256}

// keyTypes are the values of key.type.
var keyTypes = [keyKinds]string{RSA: "RSA", P256: "EC"}

func (q *question) readSigning(c *signingCommand) error {
	p := &c.Params
	key, ok := mechanisms[p.Mechanism]
	switch {
	case !ok:
		return errors.New("params.mechanism is not known")
	case p.Format != "jws" && p.Format != "pkcs7":
		return errors.New("params.format is neither jws nor pkcs7")
	case len(p.TBS) != 1:
		return errors.New("params.tbs does not have one entry") // nobody knows how several are put together
	case len(p.Description) > maxContents:
		return errors.New("params.description has more than 16 entries")
	case p.Filter != nil && (p.Filter.Op != "eq" || p.Filter.Param != "key.type" || p.Filter.Value != keyTypes[key]):
		return errors.New("params.filter is not key.type eq the type of the mechanism's key")
	}
	q.format, q.key = p.Format, key
	for _, e := range slices.Concat(p.Description, p.TBS) {
		octets, err := e.octets()
		if err != nil {
			return err
		}
		if e.Visible && strings.HasPrefix(e.ContentType, "text/plain") {
			q.texts = append(q.texts, string(octets))
		}
		q.tbs = octets // the last one is params.tbs
	}
	if len(q.tbs) == 0 || len(q.tbs) > maxTBS {
		return errors.New("params.tbs has not 1 octet to 128 KiB")
	}
	return nil
}

func (c *content) octets() ([]byte, error) {
	if c.Key == "" || c.ContentType == "" {
		return nil, errors.New("params: an entry has no key or content_type")
	}
	if c.ContentEncoding == "" {
		return []byte(c.Data), nil
	}
	b, err := base64.StdEncoding.Strict().DecodeString(c.Data)
	if err != nil || c.ContentEncoding != "base64" || strings.ContainsAny(c.Data, "\r\n") {
		return nil, errors.New("params: the data of an entry is no standard Base64, or content_encoding is not base64")
	}
	return b, nil
}
