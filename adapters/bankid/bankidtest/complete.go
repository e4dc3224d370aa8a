package bankidtest

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
)

// completed is what collect answers with a signature.
type completed struct {
	OrderRef string      `json:"orderRef"`
	Status   string      `json:"status,omitempty"`
	Data     *completion `json:"completionData,omitempty"`
}

type completion struct {
	User      user    `json:"user"`
	Device    device  `json:"device"`
	IssueDate string  `json:"bankIdIssueDate"`
	StepUp    *stepUp `json:"stepUp,omitempty"`
	Signature string  `json:"signature,omitempty"`
	OCSP      string  `json:"ocspResponse,omitempty"`
	Risk      string  `json:"risk,omitempty"`
}

type user struct {
	Number    string `json:"personalNumber"`
	Name      string `json:"name"`
	GivenName string `json:"givenName"`
	Surname   string `json:"surname"`
}

type device struct {
	IP  string `json:"ipAddress"`
	UHI string `json:"uhi"`
}

type stepUp struct {
	MRTD bool `json:"mrtd"`
}

// complete makes the signature and the answer with it.
func (s *Server) complete(e *order) (*reply, error) {
	p, f := &e.person, e.person.Forge
	who, err := s.pki.signer(p, e.kind(), f)
	if err != nil {
		return nil, err
	}
	document, err := s.sign(e, who)
	if err != nil {
		return nil, err
	}
	signature := base64.StdEncoding.EncodeToString([]byte(document))
	if f == ForgeBase64 {
		signature = signature[:100] + "-_" + signature[102:]
	}
	confirmed, err := s.ocsp(who, signature, f)
	if err != nil {
		return nil, err
	}
	data := &completion{
		User:      user{p.Number, p.name(), p.GivenName, p.Surname},
		Device:    device{e.deviceIP(), p.uhi()},
		IssueDate: p.IssueDate,
		StepUp:    &stepUp{e.mrtd},
		Signature: signature,
		OCSP:      base64.StdEncoding.EncodeToString(confirmed),
	}
	if data.IssueDate == "" {
		data.IssueDate = s.pki.made.UTC().Format("2006-01-02")
	}
	if e.wantsRisk && p.Risk != RiskUnknown {
		data.Risk = p.Risk
	}
	answer := &completed{e.ref, "complete", data}
	answer.forge(f)
	return s.jsonReply(http.StatusOK, answer), nil
}

// forge makes the answer contradict itself or the order.
func (a *completed) forge(f Forge) {
	switch f {
	case ForgeUser:
		a.Data.User = user{otherNumber(a.Data.User.Number), "OTTO ANNANSSON", "OTTO", "ANNANSSON"}
	case ForgeOrderRef:
		a.OrderRef = "ffffffff-ffff-4fff-bfff-ffffffffffff"
	case ForgeMRTD:
		a.Data.StepUp.MRTD = false
	case ForgeNoStepUp:
		a.Data.StepUp = nil
	case ForgeNoSignature:
		a.Data.Signature = ""
	case ForgeOCSPMissing:
		a.Data.OCSP = ""
	case ForgeNoCompletion:
		a.Data = nil
	case ForgeStatus:
		a.Status = "somethingNew"
	case ForgeNoStatus:
		a.Status = ""
	}
}

// deviceIP is where the app is.
func (e *order) deviceIP() string {
	switch {
	case e.person.IP != "":
		return e.person.IP
	case e.endUserIP != "":
		return e.endUserIP
	}
	return "192.0.2.1" // RFC 5737
}

// uhi names the person's device.
func (p *Person) uhi() string {
	name := "uhi " + p.Number
	if p.Card > 0 {
		name += " " + strconv.Itoa(p.Card)
	}
	h := sha256.Sum256([]byte(name))
	return base64.StdEncoding.EncodeToString(h[:21])
}
