package scenario_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/gomss/gomss/internal/scenario"
	"github.com/gomss/gomss/mss"
)

// definition is a scenario before it is written to its directory.
type definition struct {
	scenario.Scenario
	root      []byte // PEM
	exchanges []exchange
}

type exchange struct {
	request, answer string
	head            string // NN-response.http; "": none
}

// Whom the scenarios are about. There are no such people, and no such bank.
const (
	apID     = "mid://acme.example"
	prefix   = "Bank ACME: "
	text     = prefix + "log in?"
	number   = "41790000001"
	serial   = "MIDCHEACME000001"
	transID  = "h1acme"
	password = "fictitious"

	anyProfile    = "http://mid.swisscom.ch/Any-LoA4"
	simProfile    = "http://mid.swisscom.ch/STK-LoA4"
	deviceProfile = "http://mid.swisscom.ch/Device-LoA4"
)

var now = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

// catalogue makes the scenarios.
type catalogue struct {
	t               *testing.T
	h               *hierarchy
	anna, foreigner person
	list            []definition
}

func newCatalogue(t *testing.T) []definition {
	c := &catalogue{t: t, h: newHierarchy(t, "Scenario", now)}
	c.anna = c.h.person(serial, ecKey(t), cmstest.BER)
	c.foreigner = newHierarchy(t, "Scenario", now).person(serial, ecKey(t), cmstest.BER)
	c.signed()
	c.faults()
	c.statuses()
	c.strangers()
	c.http()
	c.unsent()
	c.guide()
	for _, f := range []guideForm{guideSOAP, guideREST} {
		flows := newGuideFlows(c, f)
		flows.all()
		flows.further()
	}
	return c.list
}

// add completes a scenario with what nearly all have in common.
func (c *catalogue) add(name, about string, signatures []scenario.Signature, exchanges ...exchange) *definition {
	c.list = append(c.list, definition{
		Scenario: scenario.Scenario{
			Name: name, About: about, Now: now, Environment: "simulator", Anchors: []string{"root.pem"},
			Client:     scenario.Account{APID: apID, Password: password, Prefix: prefix},
			Signatures: signatures,
		},
		root:      c.h.rootPEM(),
		exchanges: exchanges,
	})
	return &c.list[len(c.list)-1]
}

// asking is a question by the person's number and for the text that all scenarios share.
func asking(mode string, expect scenario.Outcome) scenario.Signature {
	return scenario.Signature{
		Mode: mode, Purpose: "authentication", MSISDN: number, Text: text, Lang: "en", Profile: anyProfile, Expect: expect,
	}
}

func one(q scenario.Signature) []scenario.Signature { return []scenario.Signature{q} }

// aboutOf returns the message of a question.
func aboutOf(q scenario.Signature) message {
	mode := "synch"
	if q.Mode == "async" {
		mode = "asynchClientServer"
	}
	return message{
		Mode: mode, APID: apID, MSISDN: q.MSISDN, Text: q.Text, Lang: q.Lang, Profile: q.Profile, MSSPTransID: transID,
		Status: "500", StatusName: "SIGNATURE", UsedProfile: simProfile,
	}
}

func signedOutcome(requests int) scenario.Outcome {
	return scenario.Outcome{
		Outcome: "signed", Requests: requests, Verified: true, Status: 500, Signer: serial, Profile: simProfile,
	}
}

func unverified(check string, requests int) scenario.Outcome {
	return scenario.Outcome{Outcome: "unverified", Requests: requests, Check: check}
}

// syncExchange is MSS_Signature and its answer, altered.
func (c *catalogue) syncExchange(q scenario.Signature, alter func(*message)) exchange {
	m := aboutOf(q)
	if alter != nil {
		alter(&m)
	}
	return exchange{request: m.write(c.t, signatureReq), answer: m.write(c.t, signatureResp)}
}

// asyncExchanges are MSS_Signature, acknowledged, and as many polls as there are statuses; alter sees all messages but
// the first one.
func (c *catalogue) asyncExchanges(q scenario.Signature, statuses []mss.Code, alter func(poll int, m *message)) []exchange {
	m := aboutOf(q)
	m.Status, m.StatusName = "100", "REQUEST_OK"
	list := []exchange{{request: m.write(c.t, signatureReq), answer: m.write(c.t, signatureResp)}}
	for i, status := range statuses {
		m.N, m.Status, m.StatusName, m.Signature = fmt.Sprint(i+2), fmt.Sprint(int(status)), status.Name(), ""
		if alter != nil {
			alter(i+1, &m)
		}
		list = append(list, exchange{request: m.write(c.t, statusReq), answer: m.write(c.t, statusResp)})
	}
	return list
}

// signed are the scenarios that end with a verified signature.
func (c *catalogue) signed() {
	t := c.t
	q := asking("sync", signedOutcome(1))
	good := func(m *message) { m.Signature = c.anna.sign(text) }
	c.add("sync-ec", "synchronous; ECDSA, CMS in BER; answer in the WSDL's form of wrapper", one(q), c.syncExchange(q, good))

	robert := c.h.person("MIDCHEACME000002", rsaKey(t), cmstest.DER)
	rq := asking("sync", signedOutcome(1))
	rq.MSISDN, rq.Lang, rq.Text, rq.Expect.Signer = "41790000002", "de", prefix+"Überweisung bestätigen?", "MIDCHEACME000002"
	rq.Purpose = "signing"
	c.add("sync-rsa", "synchronous; RSA, CMS in DER; text with umlauts", one(rq),
		c.syncExchange(rq, func(m *message) { m.Signature = robert.sign(rq.Text) }))

	aq := asking("async", signedOutcome(4))
	c.add("async-two-504", "asynchronous; the person takes two polls to answer", one(aq),
		c.asyncExchanges(aq, []mss.Code{504, 504, 500}, func(poll int, m *message) {
			if poll == 3 {
				good(m)
			}
		})...)

	oq := asking("async", scenario.Outcome{Outcome: "outstanding", Requests: 3})
	c.add("async-outstanding", "asynchronous; the person has not answered after two polls", one(oq),
		c.asyncExchanges(oq, []mss.Code{504, 504}, nil)...)

	vq := asking("sync", signedOutcome(1))
	vq.Expect.Status = 502
	c.add("status-502", "the service has validated the signature", one(vq),
		c.syncExchange(vq, func(m *message) { good(m); m.Status, m.StatusName = "502", "VALID_SIGNATURE" }))

	c.add("wrapper-guide-form", "answer in the guide's form of wrapper", one(q),
		exchange{request: c.syncExchange(q, nil).request, answer: c.write(q, guideSignatureResp, good)})
	c.add("rpc-result-and-header", "answer with rpc:result before the message and an empty Header", one(q),
		c.syncExchange(q, func(m *message) { good(m); m.Result, m.Header = rpcResult, emptyHeader }))

	robot := c.h.person("MIDCHEO16P1O6E92", ecKey(t), cmstest.BER)
	tq := asking("sync", signedOutcome(1))
	tq.MSISDN, tq.Expect.Signer = "41700092501", "MIDCHEO16P1O6E92"
	c.add("test-number", "a test number's signature, with test numbers allowed", one(tq),
		c.syncExchange(tq, func(m *message) { m.Signature = robot.sign(text) })).Client.AllowTestNumbers = true

	rejected := asking("sync", unverified("signer", 1))
	c.add("test-signer", "a test number's certificate behind another number", one(rejected),
		c.syncExchange(rejected, func(m *message) { m.Signature = robot.sign(text) }))
}

// write fills in the template of another form of answer.
func (c *catalogue) write(q scenario.Signature, template string, alter func(*message)) string {
	m := aboutOf(q)
	alter(&m)
	return m.write(c.t, template)
}

// faults are all fault codes in answer to MSS_Signature, by the numbers that yield them, and some in answer to a poll.
func (c *catalogue) faults() {
	outcome := func(f faultCode, requests int) scenario.Outcome {
		return scenario.Outcome{Outcome: "fault", Requests: requests, Code: int(f.code), Name: f.code.Name()}
	}
	for _, f := range faultCodes {
		q := asking("sync", outcome(f, 1))
		q.MSISDN = fmt.Sprintf("41000092%03d", int(f.code))
		c.add(fmt.Sprintf("fault-%d", int(f.code)), "synchronous; "+f.code.Name(), one(q),
			exchange{request: c.syncExchange(q, nil).request, answer: f.answer(q.MSISDN)}).Client.AllowTestNumbers = true
	}
	for _, code := range []mss.Code{104, 208, 209, 401, 402, 406} {
		f := faultOf(code)
		q := asking("async", outcome(f, 3))
		list := c.asyncExchanges(q, []mss.Code{504, 500}, nil)
		list[2].answer = f.answer(number)
		c.add(fmt.Sprintf("async-fault-%d", int(code)), "asynchronous; "+f.code.Name()+" in answer to the second poll", one(q), list...)
	}
	f := faultOf(mss.UnknownClient)
	q := asking("async", outcome(f, 1))
	c.add("async-refused", "asynchronous; the request itself is refused", one(q),
		exchange{request: c.asyncExchanges(q, nil, nil)[0].request, answer: f.answer(number)})
}

// statuses are answers that are no faults and no signatures either.
func (c *catalogue) statuses() {
	for _, code := range []mss.Code{mss.StatusRevokedCertificate, mss.StatusInvalidSignature} {
		name := code.Name()
		q := asking("sync", scenario.Outcome{Outcome: "fault", Requests: 1, Code: int(code), Name: name})
		c.add(fmt.Sprintf("status-%d", int(code)), "synchronous; HTTP 200 and a signature, yet "+name, one(q),
			c.syncExchange(q, func(m *message) {
				m.Signature, m.Status, m.StatusName = c.anna.sign(text), fmt.Sprint(int(code)), name
			}))
	}
	q := asking("async", scenario.Outcome{Outcome: "fault", Requests: 2, Code: 503, Name: "INVALID_SIGNATURE"})
	c.add("async-status-503", "asynchronous; INVALID_SIGNATURE in answer to a poll", one(q),
		c.asyncExchanges(q, []mss.Code{503}, func(_ int, m *message) { m.Signature = c.anna.sign(text) })...)
	q = asking("sync", unverified("status", 1))
	c.add("status-500-without-signature", "SIGNATURE without a signature", one(q), c.syncExchange(q, nil))
}

// strangers are answers that prove something else than what was asked for.
func (c *catalogue) strangers() {
	good := func(m *message) { m.Signature = c.anna.sign(text) }
	for _, s := range []struct {
		name, about, check string
		alter              func(*message)
	}{
		{"echo-transid", "answer to another message", "echo", func(m *message) { m.EchoTransID = "TSOMEBODYELSE" }},
		{"echo-msisdn", "answer about another person", "echo", func(m *message) { m.EchoMSISDN = "41790000009" }},
		{"echo-apid", "answer to another account", "echo", func(m *message) { m.EchoAPID = "mid://other.example" }},
		{"other-text", "signature over another text", "content", func(m *message) { m.Signature = c.anna.sign(prefix + "pay 9999?") }},
		{"foreign-anchor", "signature under another root of the same name", "chain", func(m *message) { m.Signature = c.foreigner.sign(text) }},
	} {
		q := asking("sync", unverified(s.check, 1))
		c.add(s.name, s.about, one(q), c.syncExchange(q, func(m *message) { good(m); s.alter(m) }))
	}

	q := asking("async", unverified("echo", 2))
	c.add("async-echo-transid", "answer to another poll", one(q),
		c.asyncExchanges(q, []mss.Code{500}, func(_ int, m *message) { good(m); m.EchoTransID = "${AP_TransID}" })...)

	q = asking("sync", unverified("profile", 1))
	q.Profile = simProfile
	c.add("method-mismatch", "the SIM card was asked for, the app answered", one(q),
		c.syncExchange(q, func(m *message) { good(m); m.UsedProfile = deviceProfile }))
	q.Mode = "async"
	m := aboutOf(q)
	m.Status, m.StatusName, m.UsedProfile = "100", "REQUEST_OK", deviceProfile
	c.add("async-method-mismatch", "the SIM card was asked for, the acknowledgement names the app", one(q),
		exchange{request: m.write(c.t, signatureReq), answer: m.write(c.t, signatureResp)})

	c.repeated()
}

// repeated are scenarios of two signatures, of which the second answer is the first one's in part.
func (c *catalogue) repeated() {
	first, second := asking("sync", signedOutcome(1)), asking("sync", unverified("replay", 1))
	cms := c.anna.sign(text)
	again := func(n string) func(*message) {
		return func(m *message) { m.N, m.Signature, m.MSSPTransID = n, cms, transID+n }
	}
	c.add("replayed-cms", "the second answer carries the first one's signature", []scenario.Signature{first, second},
		c.syncExchange(first, again("")), c.syncExchange(second, again("2")))

	first, second = asking("async", scenario.Outcome{Outcome: "outstanding", Requests: 1}), asking("async", unverified("echo", 1))
	exchanges := c.asyncExchanges(first, nil, nil)
	m := aboutOf(second)
	m.N, m.Status, m.StatusName = "2", "100", "REQUEST_OK"
	exchanges = append(exchanges, exchange{request: m.write(c.t, signatureReq), answer: m.write(c.t, signatureResp)})
	c.add("transid-reused", "the second acknowledgement has the MSSP_TransID that is still outstanding",
		[]scenario.Signature{first, second}, exchanges...)
}

// http are answers whose HTTP status and body disagree, or that are not the service's.
func (c *catalogue) http() {
	transport := func(status int) scenario.Outcome {
		return scenario.Outcome{Outcome: "error", Requests: 1, Kind: "transport", HTTP: status}
	}
	head := func(status int, contentType string) string {
		return fmt.Sprintf("Status: %d\nContent-Type: %s\n", status, contentType)
	}
	const soap = "application/soap+xml;charset=utf-8"

	q := asking("sync", transport(200))
	c.add("http-200-with-fault", "a fault with HTTP status 200", one(q),
		exchange{c.syncExchange(q, nil).request, faultOf(401).answer(number), head(200, soap)})

	q = asking("sync", transport(500))
	x := c.syncExchange(q, func(m *message) { m.Signature = c.anna.sign(text) })
	x.head = head(500, soap)
	c.add("http-500-with-success", "a good signature with HTTP status 500", one(q), x)

	q = asking("sync", transport(502))
	c.add("http-502-html", "a proxy's error page", one(q),
		exchange{c.syncExchange(q, nil).request, "<html><body>Bad Gateway<br></body></html>\n", head(502, "text/html")})

	q = asking("sync", transport(200))
	x = c.syncExchange(q, func(m *message) { m.Signature = c.anna.sign(text) })
	x.answer, x.head = strings.Replace(x.answer, "<m:Status ", "<m:Status/><m:Status ", 1), head(200, soap)
	c.add("two-statuses", "an answer with two Status elements", one(q), x)
}

// unsent are requests that the client refuses by itself.
func (c *catalogue) unsent() {
	refused := func(field string) scenario.Outcome {
		return scenario.Outcome{Outcome: "error", Kind: "request", Field: field}
	}
	q := asking("sync", refused("User.MSISDN"))
	q.MSISDN = "41700092501"
	c.add("test-number-refused", "a test number, without test numbers allowed: nothing is sent", one(q))

	q = asking("async", refused("Display"))
	q.Text = "log in?"
	c.add("prefix-missing", "a text without the assigned prefix: nothing is sent", one(q))
}
