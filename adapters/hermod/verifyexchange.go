package hermod

import (
	"errors"
	"strings"
	"time"

	"github.com/gomss/gomss/mss"
)

// Exchange is a stored enrolment: the bodies of the two commands, and of the callbacks that answered them.
type Exchange struct {
	ProvCommand, ProvResponse []byte
	CertCommand, CertResponse []byte    // both nil where the enrolment came no further
	At                        time.Time // certificates are judged at it; not zero
}

// VerifyExchange judges a stored enrolment as VerifyProvisioning and Certify judge a live one, as far as documents go: nobody
// can say whether the callbacks were authenticated, whether the commands were sent as they are stored, and that no other answers
// came. Where VerifierConfig.Hosts is nil, the Hermod is believed to be the one that it says it is.
//
// All errors are *mss.VerificationError. The checks are, in their order,
//
//	time                    Exchange.At is given
//	provision command       ProvCommand is a PROV command
//	answer … request attributes
//	                        ProvResponse is the answer to it: those of VerifyProvisioning
//	certificate command     CertCommand is a CERT command to the same user, for keys of the same profile
//	certificate             each of its certificates is one, of an RSA key
//	certificate key         of the request's
//	certificate subject     for the request's name
//	certificate validity    valid at Exchange.At
//	certificate usage       for signing or logging in, and no authority's
//	installation answer     CertResponse is a command record
//	installation command    of this command
//	installation result     a success
//	installation destination
//	                        of the profile and from the mailbox that the provisioning named
//	installation host       and from a configured host
//	chain                   the anchors issued the certificates
//
// where "result" wraps a *mss.Fault. The chain is last, so that an exchange that fails nowhere else but there is one of which
// only the issuer is not known.
func (v *Verifier) VerifyExchange(x *Exchange) (*Provisioning, error) {
	if x == nil || x.At.IsZero() {
		return nil, failed("time", errors.New("certificates are judged at Exchange.At, which is zero"))
	}
	p, r, err := v.exchangedKeys(x)
	if err != nil || x.CertCommand == nil && x.CertResponse == nil {
		return p, err
	}
	if err := v.exchangedCertificates(x, p, r); err != nil {
		return nil, err
	}
	return p, nil
}

// exchangedKeys judges the first half.
func (v *Verifier) exchangedKeys(x *Exchange) (*Provisioning, *record, error) {
	command := new(provCommand)
	header, err := readCommand(x.ProvCommand, v.cfg.Inferred.Provision.Command, command)
	if err != nil {
		return nil, nil, failed("provision command", err)
	}
	e, err := command.expect()
	if err != nil {
		return nil, nil, failed("provision command", err)
	}
	user, err := mss.ParseUserID(e.UserID)
	if err != nil {
		return nil, nil, failed("provision command", errors.New("userid: is no identifier"))
	}
	r, _, err := v.storedAnswer(x.ProvResponse, provision, header.ExternalID)
	if err != nil {
		return nil, nil, err
	}
	p, err := v.provisioned(r, e, v.exchangeHost(r))
	if err != nil {
		return nil, nil, err
	}
	p.User = user
	return p, r, nil
}

// exchangedCertificates judges the second half. first is the record of the first.
func (v *Verifier) exchangedCertificates(x *Exchange, p *Provisioning, first *record) error {
	header, list, err := readCertCommand(x.CertCommand, v.cfg.Inferred.Certificate.Command, p)
	if err != nil {
		return failed("certificate command", err)
	}
	for i := range list {
		if list[i].leaf, err = list[i].key.checkCertificate(list[i].der, x.At); err != nil {
			return err
		}
	}
	r, d, err := v.storedAnswer(x.CertResponse, certificate, header.ExternalID)
	if err == nil {
		err = checkInstalled(r, d, &state{ProfileID: p.ProfileID, BoxID: p.BoxID}, v.exchangeHost(first))
	}
	if err != nil {
		return ofInstallation(err)
	}
	for i := range list {
		if _, err := v.issuedBy(list[i].key, list[i].leaf, x.At); err != nil {
			return err
		}
	}
	return nil
}

// storedAnswer reads a record that was stored. What the Hermod answered to the command at once was not: the messages of the command
// are those that the record names itself.
func (v *Verifier) storedAnswer(doc []byte, kind commandKind, externalID string) (*record, *destination, error) {
	if err := checkDocument(doc); err != nil {
		return nil, nil, failed("answer", err)
	}
	r, err := readRecord(doc, kind, v.cfg.Inferred)
	if err != nil {
		return nil, nil, failed("answer", err)
	}
	st := &state{Kind: kind, ExternalID: externalID}
	for _, d := range r.Destinations {
		st.Locations = append(st.Locations, d.Location)
	}
	d, err := v.checkAnswer(r, &mss.Transaction{MSSPTransID: transIDPrefix + r.CommandID}, st)
	if f, ok := errors.AsType[*mss.Fault](err); ok {
		err = failed("result", f)
	}
	return r, d, err
}

// exchangeHost knows the configured hosts, or else the one that the Hermod called itself by in the first answer.
func (v *Verifier) exchangeHost(first *record) func(string) bool {
	return func(host string) bool {
		if len(v.cfg.Hosts) == 0 {
			return strings.EqualFold(host, first.FQDN)
		}
		return v.isHost(host, "")
	}
}

// ofInstallation tells the checks of the second answer from those of the first.
func ofInstallation(err error) error {
	if f, ok := errors.AsType[*mss.VerificationError](err); ok {
		return failed("installation "+f.Check, f.Err)
	}
	return err
}
