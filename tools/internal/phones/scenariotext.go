package phones

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/scenario"
	"github.com/gomss/gomss/transport/replay"
)

const mimeApproval = "application/vnd.mobileid.txn-approval"

// describe says what a client was asked that has sent the requests. What must come out is provisional.
func (h *Hub) describe(f *flow) (*scenario.Scenario, error) {
	req := f.request
	if req.MobileUser.MSISDN == nil || req.SignatureProfile == nil || req.AdditionalServices == nil {
		return nil, errors.New("the request is incomplete")
	}
	q := scenario.Signature{
		Mode: "async", Purpose: "authentication", MSISDN: *req.MobileUser.MSISDN, Text: req.DataToBeSigned.Value,
		Profile: req.SignatureProfile.MssURI,
		Expect:  scenario.Outcome{Outcome: "signed", Verified: true, Status: 500, Signer: "MIDCHE", Profile: req.SignatureProfile.MssURI, Requests: 1 + len(f.polls)},
	}
	if req.MessagingMode == etsi.MessagingModeSynch {
		q.Mode = "sync"
	}
	if req.TimeOut != nil {
		q.Timeout, _ = req.TimeOut.Int()
	}
	if m := req.DataToBeSigned.MimeType; m != nil && *m == mimeApproval {
		var doc struct {
			Type string          `json:"type"`
			DTBD []scenario.Pair `json:"dtbd"`
		}
		if err := json.Unmarshal([]byte(q.Text), &doc); err != nil {
			return nil, errors.New("the transaction approval cannot be read")
		}
		q.Text, q.Approval = "", &scenario.Approval{Type: doc.Type, Pairs: doc.DTBD}
	}
	for i := range req.AdditionalServices.Service {
		if err := readService(&q, &req.AdditionalServices.Service[i]); err != nil {
			return nil, err
		}
	}
	if f.receipt != nil {
		q.Receipt = readReceipt(f.receipt)
	}
	s := &scenario.Scenario{
		About: "copied from the phone page of a simulator", Now: f.start.Time,
		Client: scenario.Account{
			APID: req.APInfo.APID, Password: req.APInfo.APPWD, Prefix: h.mobileID.Prefix(),
			AllowTestNumbers: replay.Public("MSISDN", q.MSISDN),
		},
		Signatures: []scenario.Signature{q},
	}
	if isJSON(f.start.RequestType) {
		s.Binding = "rest"
	}
	return s, nil
}

// readService reads an additional service.
func readService(q *scenario.Signature, s *etsi.AdditionalService) error {
	_, name, _ := strings.Cut(s.Description.MssURI, "#")
	var item etsi.AdditionalServiceItem
	if len(s.Items) > 0 {
		item = s.Items[0]
	}
	switch {
	case name == "userLang" && item.UserLang != nil:
		q.Lang = strings.ToLower(item.UserLang.Value)
	case name == "validate":
		q.Validate = true
	case name == "subscriberInfo":
		q.SubscriberInfo = true
	case name == "app2app" && item.App2App != nil:
		q.App2App = item.App2App.RedirectUri
	case name == "geofencing" && len(s.Items) == 0:
		q.Geofencing = new(scenario.Geofencing)
	case name == "geofencing" && item.GeoFencingReq != nil:
		return readPolicy(q, item.GeoFencingReq)
	default:
		return errors.New("the request asks for something that no scenario has")
	}
	return nil
}

// readPolicy reads a location policy. The service has refused one that cannot be read.
func readPolicy(q *scenario.Signature, r *etsi.GeoFencingReq) (err error) {
	list := func(s *string) []string {
		if s == nil {
			return nil
		}
		return strings.Split(*s, ",")
	}
	number := func(s *string) float64 {
		if s == nil {
			return 0
		}
		f, bad := strconv.ParseFloat(*s, 64)
		err = errors.Join(err, bad)
		return f
	}
	q.Geofencing = &scenario.Geofencing{
		Allow: list(r.Countrywhitelist), Deny: list(r.Countryblacklist),
		Device: number(r.Mindeviceconfidence), Location: number(r.Minlocationconfidence),
		Minutes: int(number(r.Maxtimestampminutes)), Accuracy: int(number(r.Maxaccuracymeters)),
	}
	return err
}

// readReceipt reads what was shown after the signature.
func readReceipt(x *Exchange) *scenario.Receipt {
	_, m := x.decodeRequest()
	req := m.(*etsi.ReceiptReq)
	r := &scenario.Receipt{Lang: "en", Expect: scenario.Outcome{Outcome: "receipt", Receipt: "sent", Requests: 1}}
	if req.Message != nil {
		r.Text = req.Message.Value
	}
	if req.Status == nil || req.Status.StatusDetail == nil {
		return r
	}
	for _, item := range req.Status.StatusDetail.Items {
		if e := item.ReceiptRequestExtension; e != nil {
			r.Ack = true
			if e.ReceiptProfile != nil && e.ReceiptProfile.Language != nil {
				r.Lang = strings.ToLower(*e.ReceiptProfile.Language)
			}
		}
	}
	return r
}
