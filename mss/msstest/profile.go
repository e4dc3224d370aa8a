package msstest

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"
	"strings"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/mss"
)

// What Params can ask for (guide section 3.5.1.1).
const (
	paramDevices      = "sscds"
	paramState        = "state"
	paramCertificates = "certs"
	paramPIN          = "pinstatus"
	paramCard         = "carddetails"
	paramRecovery     = "rcstatus"
	paramActivation   = "aastatus"
)

var knownParams = []string{
	paramDevices, paramState, paramCertificates, paramPIN, paramCard, paramRecovery, paramActivation,
}

// params are the values of one request.
type params []string

func (p params) ask(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return slices.Contains(p, name) })
}

// profileQuery is the operation MSS_ProfileQuery (TS 102 204 clause 8.10). No phone rings.
func (s *Server) profileQuery(req *etsi.ProfileReq) answer {
	digits, f := readNumber(&req.MobileUser)
	if f != nil {
		return answer{fault: f}
	}
	asked, f := readParams(req)
	if f != nil {
		return answer{fault: f}
	}
	d, code, err := s.describe(digits, asked)
	switch {
	case err != nil:
		return refusal(mss.InternalError, err.Error())
	case code != 0:
		return answer{fault: refuseUser(code, *req.MobileUser.MSISDN)}
	}
	resp := &etsi.ProfileResp{MessageAbstract: abstract(&req.MessageAbstract), Status: status(mss.StatusRequestOK)}
	resp.MajorVersion, resp.MinorVersion = req.MajorVersion, req.MinorVersion
	for _, uri := range d.profiles {
		resp.SignatureProfile = append(resp.SignatureProfile, etsi.MssURI{MssURI: uri})
	}
	if d.extension != nil {
		addDetail(&resp.Status, etsi.StatusDetailItem{ProfileQueryExtension: d.extension})
	}
	d.forge.echo(&resp.MessageAbstract, nil)
	return answer{message: resp, forge: d.forge}
}

// readParams reads what is asked for. The older elements beside Params were never documented and are refused.
func readParams(req *etsi.ProfileReq) (params, *etsi.Fault) {
	var p params
	for _, item := range req.Items {
		if item.GetAutoActivation != nil || item.GetServerSideSignature != nil || item.GetRecoveryCodeCreated != nil ||
			item.GetCertificates != nil || item.Any != nil {
			return nil, refuse(mss.WrongParam, "only Params is offered")
		}
		p = append(p, item.Params...)
	}
	if len(p) > 0 && req.MajorVersion != "2" {
		return nil, refuse(mss.IncompatibleInterface, "Params needs version 2/0")
	}
	for _, name := range p {
		if !slices.Contains(knownParams, name) {
			return nil, refuse(mss.WrongParam, "Params has an unknown value")
		}
	}
	return p, nil
}

// description is what there is to say of a person.
type description struct {
	profiles  []string
	extension *etsi.McsProfileQueryExtension // nil: nothing but profiles was asked for
	forge     Forge
}

// describe returns what a person has, as far as it was asked for, or the fault that they are not to be described.
func (s *Server) describe(digits string, asked params) (*description, mss.Code, error) {
	s.mu.Lock()
	sub, ok := s.subscribers[digits]
	if !ok {
		s.mu.Unlock()
		return nil, mss.UnknownClient, nil
	}
	now := time.Now()
	person, active, code := sub.person, sub.active(now), sub.refusal(now)
	d := &description{profiles: sub.profiles(now), forge: person.Forge}
	s.mu.Unlock()
	if code != 0 {
		return nil, code, nil
	}
	if len(asked) == 0 {
		return d, 0, nil
	}
	d.extension = new(etsi.McsProfileQueryExtension)
	if asked.ask(paramRecovery, paramActivation) {
		d.extension.MobileUser = person.user(asked)
	}
	if !asked.ask(paramDevices, paramState, paramCertificates, paramPIN, paramCard) {
		return d, 0, nil
	}
	d.extension.Sscds = new(etsi.McsSscds)
	for _, m := range []Method{SIM, App} {
		if person.Method&m == 0 {
			continue
		}
		device, err := s.device(sub, person, m, active&m != 0, asked)
		if err != nil {
			return nil, 0, err
		}
		if m == SIM {
			d.extension.Sscds.Sim = device
		} else {
			d.extension.Sscds.App = []etsi.McsSscd{*device}
		}
	}
	return d, 0, nil
}

func (p *Person) user(asked params) *etsi.McsMobileUser {
	u := new(etsi.McsMobileUser)
	if asked.ask(paramRecovery) {
		u.RecoveryCodeCreated = new(p.RecoveryCode)
	}
	if asked.ask(paramActivation) {
		u.AutoActivation = new(p.AutoActivation)
	}
	return u
}

// device describes a SIM card or an app.
func (s *Server) device(sub *subscriber, p Person, m Method, active bool, asked params) (*etsi.McsSscd, error) {
	state, d := etsi.McsSscdStateINACTIVE, new(etsi.McsSscd)
	if active {
		state = etsi.McsSscdStateACTIVE
	}
	if asked.ask(paramState) {
		d.State = &state
	}
	if asked.ask(paramPIN) {
		d.PinStatus = &etsi.McsPinStatus{Blocked: new(p.PINBlocked&m != 0)}
	}
	if asked.ask(paramCard) && m == SIM {
		d.CardDetails = &etsi.McsCardDetails{MCC: &p.Card.MCC, MNC: &p.Card.MNC, Network: &p.Card.Network}
	}
	if asked.ask(paramCertificates) {
		c, err := sub.certificate(s.pki, p, m)
		if err != nil {
			return nil, err
		}
		c.State, c.Algorithm = &state, new(p.Key.algorithm())
		d.MobileUserCertificate = []etsi.McsMobileUserCertificate{*c}
	}
	return d, nil
}

func (k Key) algorithm() string {
	if k == RSA {
		return etsi.McsAlgorithmRSA
	}
	return etsi.McsAlgorithmEC
}

// certificate is the chain of the certificate that signs, from the user's to the root's.
func (sub *subscriber) certificate(p *pki, person Person, m Method) (*etsi.McsMobileUserCertificate, error) {
	sub.signing.Lock()
	defer sub.signing.Unlock()
	cred, err := sub.credential(p, kindOf(person, m))
	if err != nil {
		return nil, err
	}
	c := new(etsi.McsMobileUserCertificate)
	for _, cert := range append([]*x509.Certificate{cred.Certificate}, cred.issuers...) {
		name, err := subjectName(cert)
		if err != nil {
			return nil, err
		}
		c.Items = append(c.Items, etsi.McsMobileUserCertificateItem{X509Certificate: cert.Raw},
			etsi.McsMobileUserCertificateItem{X509SubjectName: &name})
	}
	return c, nil
}

// subjectName is a subject as the service writes it: RFC 4514 in lower case.
func subjectName(cert *x509.Certificate) (string, error) {
	var name pkix.RDNSequence
	_, err := asn1.Unmarshal(cert.RawSubject, &name)
	return strings.ToLower(name.String()), err
}
