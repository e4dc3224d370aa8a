package scenario_test

import (
	"fmt"
	"strings"

	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/gomss/gomss/internal/scenario"
	"github.com/gomss/gomss/mss"
)

// What stands in the place of the guide's URIs of apps.
const (
	guideReturn   = "acmeapp://signed"
	guideLink     = "mobileid://auth?mobile_auth_redirect_uri=acmeapp%3A%2F%2Fsigned&session_token=fictitious-token&user_id=00000000-0000-4000-8000-000000000000"
	guideLinkXML  = "mobileid://auth?mobile_auth_redirect_uri=acmeapp%3A%2F%2Fsigned&amp;session_token=fictitious-token&amp;user_id=00000000-0000-4000-8000-000000000000"
	authProfile   = "http://mid.swisscom.ch/MID/v1/AuthProfile1"
	guideMSSPID   = "h4iof"
	guideReceived = "Guide: confirmed."
)

// guideFlows makes the scenarios of the guide's samples in one form.
type guideFlows struct {
	c      *catalogue
	f      guideForm
	h      *hierarchy
	signer person
}

func newGuideFlows(c *catalogue, f guideForm) *guideFlows {
	h := newHierarchy(c.t, "Guide", guideNow)
	return &guideFlows{c: c, f: f, h: h, signer: h.person(guideSerial, ecKey(c.t), cmstest.BER)}
}

// all are the samples of chapter 3, in its order, and that of section 6.2. Those that the SOAP catalogue had first are
// made by catalogue.guide.
func (g *guideFlows) all() {
	g.profileTable()
	if g.f.binding == "rest" {
		g.plain()
	}
	g.languages()
	g.geofencing()
	g.app2app()
	g.receipts()
	g.profileQuery()
	g.testNumber()
}

func (g *guideFlows) add(name, about string, signatures []scenario.Signature, exchanges ...exchange) *definition {
	d := g.c.add(name+g.f.suffix, about, signatures, exchanges...)
	d.Now, d.Compare, d.Binding, d.root = guideNow, g.f.compare, g.f.binding, g.h.rootPEM()
	d.Client = scenario.Account{APID: guideAPID, Password: password, Prefix: "Guide: "}
	return d
}

// asking is a question as the guide's samples have it.
func (g *guideFlows) asking(mode, profile string, expect scenario.Outcome) scenario.Signature {
	return scenario.Signature{
		Mode: mode, Purpose: "authentication", TransID: guideTransID, MSISDN: number, Text: guideText, Lang: "en", Profile: profile, Expect: expect,
	}
}

// message is what the messages about a question are made from, with the method used.
func (g *guideFlows) message(q scenario.Signature, used string) message {
	return message{
		Mode: g.f.mode[q.Mode], APID: guideAPID, MSISDN: number, Text: q.Text, Lang: q.Lang, Profile: q.Profile,
		MSSPTransID: guideMSSPID, UsedProfile: used, Status: "500", StatusName: "SIGNATURE", TransID: q.TransID,
	}
}

// sign returns a signature over a text, in the form's way of writing Base64.
func (g *guideFlows) sign(text string) string {
	s := g.signer.sign(text)
	if !g.f.pretty {
		s = strings.ReplaceAll(s, "\n", "")
	}
	return s
}

// signed is a synchronous exchange with a signature.
func (g *guideFlows) signed(m message, services, responses string) exchange {
	m.Services, m.ServiceResponses, m.Signature = g.f.parts[services], responses, g.sign(m.Text)
	return exchange{request: m.write(g.c.t, g.f.signatureReq), answer: m.write(g.c.t, g.f.signatureResp)}
}

// refused is an exchange with a fault, whatever the request is.
func (g *guideFlows) refused(m message, request string, code mss.Code, class, detail string) exchange {
	x := exchange{request: m.write(g.c.t, request)}
	m.Status, m.StatusName, m.FaultClass, m.FaultDetail = fmt.Sprint(int(code)), code.Name(), class, detail
	x.answer = m.write(g.c.t, g.f.fault)
	return x
}

// polled are an acknowledgement, a poll without and one with an outcome.
func (g *guideFlows) polled(m message, services, acknowledged string) []exchange {
	start, outstanding, last := m, m, m
	start.Status, start.StatusName, start.Services, start.ServiceResponses = "100", "REQUEST_OK", g.f.parts[services], g.f.parts[acknowledged]
	outstanding.N, outstanding.Status, outstanding.StatusName = "2", "504", "OUTSTANDING_TRANSACTION"
	last.N, last.Signature = "3", g.sign(m.Text)
	return []exchange{
		{request: start.write(g.c.t, g.f.signatureReq), answer: start.write(g.c.t, g.f.signatureResp)},
		{request: outstanding.write(g.c.t, g.f.statusReq), answer: outstanding.write(g.c.t, g.f.statusResp)},
		{request: last.write(g.c.t, g.f.statusReq), answer: last.write(g.c.t, g.f.statusResp)},
	}
}

func guideSigned500(profile string, requests int) scenario.Outcome {
	return scenario.Outcome{Outcome: "signed", Requests: requests, Verified: true, Status: 500, Signer: guideSerial, Profile: profile}
}

func faultOutcome(code mss.Code) scenario.Outcome {
	return scenario.Outcome{Outcome: "fault", Requests: 1, Code: int(code), Name: code.Name()}
}

// plain are sections 3.2.2, 3.2.3 and 3.3.
func (g *guideFlows) plain() {
	q := g.asking("sync", anyProfile, guideSigned500(simProfile, 1))
	g.add("guide-sync", "guide 3.2.2.1 and 3.2.2.2", one(q), g.signed(g.message(q, simProfile), "", ""))

	q.Expect = faultOutcome(mss.WrongParam)
	g.add("guide-sync-fault", "guide 3.2.2.1 and 3.2.2.3", one(q),
		g.refused(g.message(q, ""), g.f.signatureReq, mss.WrongParam, "Sender", "Illegal msisdn"))

	q = g.asking("async", anyProfile, guideSigned500(simProfile, 3))
	g.add("guide-async", "guide 3.2.3.1, 3.2.3.2, 3.3.1 and 3.3.2", one(q), g.polled(g.message(q, simProfile), "", "")...)
}

// profileTable is section 3.2.1.1: four persons, each asked with four profiles.
func (g *guideFlows) profileTable() {
	profiles := []string{authProfile, anyProfile, simProfile, deviceProfile}
	for _, p := range []struct {
		name, about string
		used        []string // by profile; "": the fault
		fault       mss.Code
	}{
		{"none", "neither SIM card nor app", []string{"", "", "", ""}, mss.UnknownClient},
		{"sim", "a SIM card alone", []string{simProfile, simProfile, simProfile, ""}, mss.UnsupportedProfile},
		{"app", "an app alone", []string{deviceProfile, deviceProfile, "", deviceProfile}, mss.UnsupportedProfile},
		{"both", "SIM card and app", []string{simProfile, simProfile, simProfile, deviceProfile}, 0},
	} {
		var signatures []scenario.Signature
		var exchanges []exchange
		for i, profile := range profiles {
			q := g.asking("sync", profile, guideSigned500(p.used[i], 1))
			q.TransID = fmt.Sprintf("REF010112000%d", i)
			if profile == deviceProfile {
				q.Timeout = 80 // the app's own is 40
			}
			m := g.message(q, p.used[i])
			if p.used[i] == "" {
				q.Expect = faultOutcome(p.fault)
				exchanges = append(exchanges, g.refused(m, g.f.signatureReq, p.fault, "Sender", "Not with this profile"))
			} else {
				exchanges = append(exchanges, g.signed(m, "", ""))
			}
			signatures = append(signatures, q)
		}
		g.add("guide-profiles-"+p.name, "guide 3.2.1.1: "+p.about, signatures, exchanges...)
	}
}

// languages is section 3.2.4.1.
func (g *guideFlows) languages() {
	var signatures []scenario.Signature
	var exchanges []exchange
	for i, lang := range []string{"en", "de", "fr", "it"} {
		q := g.asking("sync", anyProfile, guideSigned500(simProfile, 1))
		q.TransID, q.Lang = fmt.Sprintf("REF010112000%d", i), lang
		q.Text = "Guide: " + map[string]string{"en": "confirm?", "de": "bestätigen?", "fr": "confirmer?", "it": "confermare?"}[lang]
		signatures = append(signatures, q)
		exchanges = append(exchanges, g.signed(g.message(q, simProfile), "", ""))
	}
	g.add("guide-userlang", "guide 3.2.4.1: the four languages", signatures, exchanges...)
}

// geofencing is section 3.2.4.2.
func (g *guideFlows) geofencing() {
	asking := func(expect scenario.Outcome) scenario.Signature {
		q := g.asking("sync", authProfile, expect)
		q.Geofencing = new(scenario.Geofencing)
		return q
	}
	located := guideSigned500(deviceProfile, 1)
	located.Location = &scenario.Location{
		Country: "CH", Accuracy: new(16.0), At: "2015-01-01T10:59:30Z", DeviceConfidence: 1, LocationConfidence: 1,
	}
	q := asking(located)
	g.add("guide-geofencing", "guide 3.2.4.2, 3.2.4.2.1 and 3.2.4.2.2", one(q),
		g.signed(g.message(q, deviceProfile), "geofencing", g.f.parts["location"]))

	var signatures []scenario.Signature
	var exchanges []exchange
	failed := func(i, code int) exchange {
		expect := guideSigned500(deviceProfile, 1)
		expect.LocationError = code
		q := asking(expect)
		q.TransID = fmt.Sprintf("REF01011200%02d", i)
		signatures = append(signatures, q)
		return g.signed(g.message(q, deviceProfile), "geofencing", fmt.Sprintf(g.f.parts["no location"], code))
	}
	x := failed(0, 100)
	x.answer = strings.NewReplacer("errorcode", "errorCode", "errormessage", "errorMessage", "wording varies", "Geofencing is off").Replace(x.answer)
	g.add("guide-geofencing-error", "guide 3.2.4.2.1 and 3.2.4.2.3", signatures, x)

	signatures = nil
	for i, code := range []int{100, 101, 102, 103, 104, 105, 106, 120, 121, 122, 123, 200, 201} {
		exchanges = append(exchanges, failed(i, code))
	}
	g.add("guide-geofencing-codes", "guide 3.2.4.2.4: every error code", signatures, exchanges...)
}

// app2app is section 3.2.4.3.
func (g *guideFlows) app2app() {
	q := g.asking("async", deviceProfile, guideSigned500(deviceProfile, 3))
	q.App2App, q.Timeout, q.Expect.Link = guideReturn, 80, guideLink
	d := g.add("guide-app2app", "guide 3.2.4.3, 3.2.4.3.1 and 3.2.4.3.2", one(q), g.polled(g.message(q, deviceProfile), "app2app", "link")...)
	d.Client.RedirectSchemes = []string{"acmeapp"}

	q.Mode, q.Expect = "sync", scenario.Outcome{Outcome: "error", Kind: "request", Field: "Options.RedirectURI"}
	d = g.add("guide-app2app-sync", "guide 3.2.4.3: App2App in synchronous mode; nothing is sent", one(q))
	d.Client.RedirectSchemes = []string{"acmeapp"}
}

// receipts are section 3.4.
func (g *guideFlows) receipts() {
	for _, r := range []struct{ name, about, outcome string }{
		{"accepted", "the person pressed OK", "accepted"},
		{"cancelled", "the person cancelled it", "cancelled"},
		{"timeout", "shown, and no key pressed", "timed out"},
		{"unheard", "nothing was heard of the phone", "unheard"},
		{"app", "with the app, without the extension", "sent"},
	} {
		profile, used, extension := anyProfile, simProfile, g.f.parts["receipt"]
		if r.name == "app" {
			profile, used, extension = deviceProfile, deviceProfile, ""
		}
		q := g.asking("sync", profile, guideSigned500(used, 1))
		q.Timeout = 80
		q.Receipt = &scenario.Receipt{
			Text: guideReceived, Lang: "en", Ack: r.outcome != "sent", Expect: scenario.Outcome{Outcome: "receipt", Requests: 1, Receipt: r.outcome},
		}
		m := g.message(q, used)
		x := g.signed(m, "", "")
		m.N, m.Text, m.Extension = "2", guideReceived, extension
		receipt := exchange{request: m.write(g.c.t, g.f.receiptReq)}
		m.Status, m.StatusName, m.Extension = "100", "REQUEST_OK", g.f.receipt[r.outcome]
		receipt.answer = m.write(g.c.t, g.f.receiptResp)
		g.add("guide-receipt-"+r.name, "guide 3.4.1.1 and 3.4.1.2: "+r.about, one(q), x, receipt)
	}
}

// testNumber is the sample of section 6.2, whose code has no underscore in JSON.
func (g *guideFlows) testNumber() {
	m := message{APID: guideAPID, MSISDN: "41000092401", Subcode: "401"}
	d := g.add("guide-test-number", "guide 6.2: a profile query for a test number", nil,
		g.refused(m, g.f.profileReq, mss.UserCancel, "Receiver", "Cancelled by the person"))
	d.Profiles = []scenario.Profile{{MSISDN: m.MSISDN, Expect: faultOutcome(mss.UserCancel)}}
}
