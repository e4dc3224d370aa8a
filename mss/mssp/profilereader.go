package mssp

import (
	"crypto/x509"
	"fmt"
	"strings"

	"github.com/gomss/gomss/etsi"
)

// Bounds of what a profile query tells.
const (
	maxDevices             = 16
	maxActivations         = 16      // of a device
	maxChain               = 4       // certificates of one key
	maxProfileCertificates = 64      // of all devices together
	maxCertificate         = 8 << 10 // octets; one with an 8192-bit RSA key has 3000
	maxSubject             = 1 << 10 // octets
)

// profileReader reads a ProfileQueryExtension. After an error it reads on without effect; err is the first one.
type profileReader struct {
	err          error
	certificates int // seen so far
}

func (r *profileReader) fail(path, reason string) {
	if r.err == nil {
		r.err = fmt.Errorf("%s: %s", path, reason)
	}
}

func (r *profileReader) details(x *etsi.McsProfileQueryExtension) *ProfileDetails {
	d := &ProfileDetails{
		Certificates:        r.list("", x.MobileUserCertificate),
		AutoActivation:      x.AutoActivation,
		RecoveryCode:        x.RecoveryCodeCreated,
		ServerSideSignature: x.ServerSideSignature,
	}
	if u := x.MobileUser; u != nil {
		d.AutoActivation = r.flag("AutoActivation", d.AutoActivation, u.AutoActivation)
		d.RecoveryCode = r.flag("RecoveryCodeCreated", d.RecoveryCode, u.RecoveryCodeCreated)
		d.ServerSideSignature = r.flag("ServerSideSignature", d.ServerSideSignature, u.ServerSideSignature)
	}
	if x.Sscds == nil {
		return d
	}
	if x.Sscds.Sim != nil {
		d.SIM = new(r.device("Sscds/Sim", x.Sscds.Sim))
	}
	if len(x.Sscds.App) > maxDevices {
		r.fail("Sscds/App", fmt.Sprintf("more than %d", maxDevices))
		return d
	}
	for i := range x.Sscds.App {
		d.Apps = append(d.Apps, r.device(fmt.Sprintf("Sscds/App[%d]", i+1), &x.Sscds.App[i]))
	}
	return d
}

// flag merges the older place of a flag, a child of the extension, with the newer one, an attribute of its MobileUser.
func (r *profileReader) flag(name string, older, newer *bool) *bool {
	if newer == nil {
		return older
	}
	if older != nil && *older != *newer {
		r.fail(name, "told twice, and not the same")
	}
	return newer
}

func (r *profileReader) device(path string, s *etsi.McsSscd) Device {
	d := Device{
		State:        word(s.State),
		Card:         card(s.CardDetails),
		Certificates: r.list(path+"/", s.MobileUserCertificate),
	}
	if s.PinStatus != nil {
		d.PINBlocked = s.PinStatus.Blocked
	}
	if len(s.Activation) > maxActivations {
		r.fail(path+"/Activation", fmt.Sprintf("more than %d", maxActivations))
		return d
	}
	for _, a := range s.Activation {
		d.Activations = append(d.Activations, Activation{Name: word(a.Name), Success: a.Success})
	}
	return d
}

// unknownMCC is what the service writes for a card that it does not know, with the network code 00 and the name "Unknown
// network". No country has it (ITU-T E.212).
const unknownMCC = "000"

func card(c *etsi.McsCardDetails) *Card {
	if c == nil {
		return nil
	}
	d := Card{MCC: word(c.MCC), MNC: word(c.MNC), Network: word(c.Network)}
	if d.MCC == unknownMCC || d.MCC == "" && d.MNC == "" && d.Network == "" {
		return nil
	}
	return &d
}

// list reads the certificates of a device, or of none.
func (r *profileReader) list(prefix string, in []etsi.McsMobileUserCertificate) (out []Certificate) {
	if len(in) > maxProfileCertificates {
		r.fail(prefix+"MobileUserCertificate", fmt.Sprintf("more than %d", maxProfileCertificates))
		return nil
	}
	for i := range in {
		path := fmt.Sprintf("%sMobileUserCertificate[%d]", prefix, i+1)
		c := Certificate{State: word(in[i].State), Algorithm: word(in[i].Algorithm)}
		c.Chain, c.Subjects = r.chain(path, in[i].Items)
		out = append(out, c)
	}
	return out
}

// chain reads certificates, each followed by its subject's name or not, from the person's to the root's. Size and number
// are bounded before a certificate is parsed.
func (r *profileReader) chain(path string, items []etsi.McsMobileUserCertificateItem) (chain []*x509.Certificate, subjects []string) {
	named := true // there is no certificate yet that a name could belong to
	for _, item := range items {
		name := item.X509SubjectName
		switch {
		case r.err != nil:
			return nil, nil
		case name == nil && len(chain) == maxChain:
			r.fail(path, fmt.Sprintf("more than %d certificates in a chain", maxChain))
		case name == nil:
			at := fmt.Sprintf("%s/X509Certificate[%d]", path, len(chain)+1)
			chain, subjects = append(chain, r.certificate(at, item.X509Certificate)), append(subjects, "")
			named = false
		case named:
			r.fail(path, "a subject name without a certificate before it")
		case len(*name) > maxSubject:
			r.fail(path, fmt.Sprintf("a subject name of more than %d octets", maxSubject))
		default:
			subjects[len(subjects)-1] = strings.Clone(*name)
			named = true
		}
	}
	return chain, subjects
}

// certificate parses one. The reason why it cannot be parsed may quote it, and is not told.
func (r *profileReader) certificate(path string, der []byte) *x509.Certificate {
	r.certificates++
	switch {
	case r.certificates > maxProfileCertificates:
		r.fail(path, fmt.Sprintf("more than %d certificates in the answer", maxProfileCertificates))
	case len(der) > maxCertificate:
		r.fail(path, fmt.Sprintf("longer than %d octets", maxCertificate))
	default:
		c, err := x509.ParseCertificate(der)
		if err != nil {
			r.fail(path, "no certificate that can be read (RFC 5280)")
		}
		return c
	}
	return nil
}
