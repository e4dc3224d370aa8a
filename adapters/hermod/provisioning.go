package hermod

import (
	"crypto/rsa"
	"crypto/subtle"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/gomss/gomss/internal/redact"
	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/mss"
)

// Provisioning is what a device's answer to a PROV command has proved: it holds the keys, and asks for certificates of the name
// it was told to. It prints its number of keys alone.
type Provisioning struct {
	User        mss.UserID // whom the command named
	ProfileID   string     // which the device gave to the profile
	ProfileName string     // as it was asked for
	BoxID       string     // of the device's mailbox
	Keys        []ProvisionedKey
	Device      DeviceInfo
	Attested    bool          // a pinned attestation key vouches for the app
	Evidence    *mss.Evidence // nil after VerifyExchange
}

// ProvisionedKey is a key that the device has made.
type ProvisionedKey struct {
	ID        string                   // as it was asked for
	Mechanism string                   // that the key signed its JWS with, by RFC 7518: "RS256"
	CSR       *x509.CertificateRequest // signed by the key; for the certification authority
}

// DeviceInfo is what the app says of its device: its word, and personal data.
type DeviceInfo struct {
	// At most 128 characters of the app's, of which those that could steer a screen are written as \u{…}; zero where it says
	// nothing.
	OperatingSystem, Name, Model mss.Private
}

// maxDeviceText bounds what an app says of its device, in characters.
const maxDeviceText = 128

// key returns the key of an id; nil where there is none.
func (p *Provisioning) key(id string) *ProvisionedKey {
	i := slices.IndexFunc(p.Keys, func(k ProvisionedKey) bool { return k.ID == id })
	if i < 0 {
		return nil
	}
	return &p.Keys[i]
}

// provResult is the payload of the JWS in the answer.
type provResult struct {
	DeviceInfo struct {
		OperatingSystem string `json:"operatingsystem"`
		Name            string `json:"name"`
		Model           string `json:"model"`
	} `json:"deviceinfo"`
	Profile struct {
		SignedKeys []string `json:"signedkeys"`
		ServerName string   `json:"servername"`
		Name       string   `json:"name"`
		UserID     string   `json:"userid"`
		ID         string   `json:"id"`
		BoxURL     string   `json:"boxurl"`
	} `json:"profile"`
}

// VerifyProvisioning judges the outcome of a PROV command, as often as wanted. No certificate is judged: there is none yet.
//
// It returns a *mss.Fault where the device made no profile and a *mss.VerificationError where the answer does not prove what
// it claims. The checks of the latter are, in their order,
//
//	evidence               the evidence is of a PROV command of this kind of service
//	answer                 it is a command record: strict JSON, with the members that a record has
//	command                of this command: commandId, externalId and commandType
//	result                 which a device has answered, with a result
//	destination            from one of the mailboxes that the command was put into
//	format                 the result is a compact JWS
//	header                 its header is strict JSON, with an algorithm that is accepted and no extension
//	attestation            the key in it is a pinned attestation key
//	attestation signature  which signed the JWS
//	nonce                  its nonce is the command's
//	host                   its fqdn is the record's, and one of the configured hosts
//	profile                the payload is of the user, the server and the profile that were asked for
//	mailbox                it names a profile, and a mailbox on a configured host
//	keys                   it has exactly the keys that were asked for
//
// and then, for each key,
//
//	key header             its JWS has the nonce, the key's id and an algorithm that was asked for
//	key                    it is of a type that was asked for, for the use that was asked for
//	possession             it signed its JWS
//	request                its PKCS#10 request is one, signed with SHA-256 or better
//	request key            by the same key, which is new
//	request subject        for exactly the name that was asked for, octet by octet
//	request attributes     and with nothing else.
func (v *Verifier) VerifyProvisioning(ev *mss.Evidence) (*Provisioning, error) {
	st, err := v.openEnrolment(ev, provision)
	if err != nil {
		return nil, keep(err, ev)
	}
	e, err := decodeExpectation(st.Expect)
	if err == nil && e.UserID != ev.Transaction.User.ID.Reveal() {
		err = errors.New("is of another user than the command")
	}
	if err != nil {
		return nil, keep(failed("evidence", err), ev)
	}
	r, _, err := v.openAnswer(ev, st)
	if err != nil {
		return nil, keep(err, ev)
	}
	p, err := v.provisioned(r, e, func(host string) bool { return v.isHost(host, ev.Transaction.Provider) })
	if err != nil {
		return nil, keep(err, ev)
	}
	p.User, p.Evidence = ev.Transaction.User.ID, ev
	return p, nil
}

// provisioned judges a record that is of the command and a success (steps A4 to E). ours knows the names of the Hermod's hosts.
func (v *Verifier) provisioned(r *record, e *expectation, ours func(host string) bool) (*Provisioning, error) {
	j, err := v.openResult(r)
	if err != nil {
		return nil, err
	}
	key, attested, err := v.cfg.Attestation.attest(j)
	if err != nil {
		return nil, err
	}
	if !sameText(j.header.Nonce, e.Nonce) {
		return nil, failed("nonce", errors.New("the JWS is not of this command: its header has another nonce"))
	}
	if err := checkHost(j, r, ours); err != nil {
		return nil, failed("host", err)
	}
	payload := new(provResult)
	if err := strictjson.Unmarshal(j.payload, payload); err != nil {
		return nil, failed("profile", fmt.Errorf("the payload: %w", err))
	}
	p, err := payload.judge(e, ours)
	if err != nil {
		return nil, err
	}
	p.Attested = attested
	p.Keys, err = readKeys(payload.Profile.SignedKeys, e, key)
	return p, err
}

// openResult takes the JWS out of a record (steps A4 and B5).
func (v *Verifier) openResult(r *record) (*compactJWS, error) {
	if r.Response.Result == nil {
		return nil, failed("result", errors.New("is a success, but there is no profile"))
	}
	if r.Response.Result.ContentType != v.cfg.Inferred.JWS {
		return nil, failed("format", errors.New("the contenttype of the result is not that of a JWS, which was asked for"))
	}
	j, err := splitJWS(r.Response.Result.Data, maxJWS)
	if err != nil {
		return nil, failed("format", err)
	}
	if err := j.readHeader(); err != nil {
		return nil, failed("header", err)
	}
	return j, nil
}

// checkHost compares what the Hermod is called by the app, by itself and by the configuration (step B9).
func checkHost(j *compactJWS, r *record, ours func(string) bool) error {
	switch {
	case j.header.FQDN == "" || !strings.EqualFold(j.header.FQDN, r.FQDN):
		return errors.New("the app answered another host than the one that calls back: the fqdn of the JWS and of the record differ")
	case !ours(r.FQDN):
		return errors.New("the fqdn is none of Config.Hosts")
	}
	return nil
}

// judge holds the profile against what was asked for (steps C10 and C11).
func (p *provResult) judge(e *expectation, ours func(string) bool) (*Provisioning, error) {
	switch {
	case p.Profile.UserID != e.UserID:
		return nil, failed("profile", errors.New("is of another user than was asked for"))
	case p.Profile.ServerName != e.ServerName:
		return nil, failed("profile", errors.New("has another servername than was asked for"))
	case p.Profile.Name != e.ProfileName:
		return nil, failed("profile", errors.New("has another name than was asked for"))
	case !isDeviceID(p.Profile.ID):
		return nil, failed("mailbox", fmt.Errorf("the profile's id is not 1 to %d visible ASCII characters", maxDeviceID))
	}
	box, err := boxID(p.Profile.BoxURL, ours)
	if err != nil {
		return nil, failed("mailbox", err)
	}
	return &Provisioning{
		ProfileID: p.Profile.ID, ProfileName: p.Profile.Name, BoxID: box,
		Device: DeviceInfo{said(p.DeviceInfo.OperatingSystem), said(p.DeviceInfo.Name), said(p.DeviceInfo.Model)},
	}, nil
}

// said is what an app says of its device, made safe to show.
func said(s string) mss.Private { return mss.Conceal(redact.Clean(s, maxDeviceText)) }

var uuidPattern = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

// boxID returns the id of the mailbox at an address, which is data: nothing is ever fetched from it (SEC-17).
func boxID(address string, ours func(string) bool) (string, error) {
	u, err := url.Parse(address)
	if err != nil || len(address) > maxAddress {
		return "", errors.New("boxurl is no URL")
	}
	switch {
	case u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "", errors.New("boxurl is no https URL of a host and a path alone")
	case !ours(u.Hostname()):
		return "", errors.New("boxurl is on a host that is none of Config.Hosts")
	}
	id := u.Path[strings.LastIndexByte(u.Path, '/')+1:]
	if !uuidPattern.MatchString(id) {
		return "", errors.New("the last segment of boxurl is no UUID")
	}
	return id, nil
}

// readKeys judges the keys (steps C12, D and E), each by itself. They come back in the order in which they were asked for.
func readKeys(nested []string, e *expectation, attestation *rsa.PublicKey) ([]ProvisionedKey, error) {
	if len(nested) != len(e.Keys) {
		return nil, failed("keys", fmt.Errorf("signedkeys has %d entries, where %d keys were asked for", len(nested), len(e.Keys)))
	}
	found := make(map[string]*compactJWS)
	for i, compact := range nested {
		j, err := parseJWS(compact, maxNestedJWS)
		if err != nil {
			return nil, failed("key header", fmt.Errorf("signedkeys[%d]: %w", i, err))
		}
		switch {
		case e.key(j.header.KeyID) == nil:
			return nil, failed("keys", fmt.Errorf("signedkeys[%d]: its kid is that of no key that was asked for", i))
		case found[j.header.KeyID] != nil:
			return nil, failed("keys", fmt.Errorf("signedkeys[%d]: a second key of the same kid", i))
		}
		found[j.header.KeyID] = j
	}
	keys := make([]ProvisionedKey, len(e.Keys))
	for i := range e.Keys {
		k, err := readKey(found[e.Keys[i].ID], &e.Keys[i], e.Nonce, attestation)
		if err != nil {
			return nil, err
		}
		keys[i] = *k
	}
	return keys, nil
}

// sameText compares in constant time.
func sameText(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
