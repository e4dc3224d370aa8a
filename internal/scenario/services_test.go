package scenario_test

import (
	"encoding/json"
	"strings"

	"github.com/gomss/gomss/internal/scenario"
	"github.com/gomss/gomss/mss"
)

// What the guide's chapter 3 has no sample of, in both forms: location policies (later guides), transaction approvals, the
// services validate and subscriberInfo, receipts that do not come out well, health (section 4.5).

// further are parts of messages as they come from the client and the service.
var further = map[string]map[string]string{
	"": {
		"policy": `
          <mss:Service>
            <mss:Description>
              <mss:mssURI>http://mid.swisscom.ch/as#geofencing</mss:mssURI>
            </mss:Description>
            <mss:GeoFencingReq countrywhitelist="CH" minlocationconfidence="0.7" maxtimestampminutes="10" maxaccuracymeters="100"/>
          </mss:Service>`,
		"validate": `
          <mss:Service>
            <mss:Description>
              <mss:mssURI>http://uri.etsi.org/TS102204/v1.1.2#validate</mss:mssURI>
            </mss:Description>
          </mss:Service>`,
		"subscriber": `
          <mss:Service>
            <mss:Description>
              <mss:mssURI>http://mid.swisscom.ch/as#subscriberInfo</mss:mssURI>
            </mss:Description>
          </mss:Service>`,
		"subscribed": `
                <fi:Description>
                  <mss:mssURI>http://mid.swisscom.ch/as#subscriberInfo</mss:mssURI>
                </fi:Description>
                <ns1:SubscriberInfo xmlns:ns1="http://mid.swisscom.ch/TS102204/as/v1.0"><ns1:Detail id="1901" value="22801"/></ns1:SubscriberInfo>`,
		"contradiction": soapReceipt(`UserAck="false" UserResponse="{&quot;status&quot;:&quot;OK&quot;}"`),
	},
	"rest": {
		"policy": `, {
      "Description": "http://mid.swisscom.ch/as#geofencing",
      "GeoFencingRequest": {
        "countrywhitelist": ["CH"], "minlocationconfidence": "0.7", "maxtimestampminutes": "10", "maxaccuracymeters": "100"
      }
    }`,
		"validate": `, {
      "Description": "http://uri.etsi.org/TS102204/v1.1.2#validate"
    }`,
		"subscriber": `, {
      "Description": "http://mid.swisscom.ch/as#subscriberInfo"
    }`,
		"subscribed": `
      "Description": "http://mid.swisscom.ch/as#subscriberInfo",
      "SubscriberInfo": { "Details": [{ "id": "1901", "value": "22801" }] }`,
		"contradiction": restReceipt(`"false"`, `, "UserResponse": "{ \"status\": \"OK\" }"`),
	},
}

// further adds the scenarios of services.
func (g *guideFlows) further() {
	g.policies()
	g.approvals()
	parts := further[g.f.binding]

	q := g.asking("sync", anyProfile, guideSigned500(simProfile, 1))
	q.Validate, q.Expect.Status = true, 502
	m := g.message(q, simProfile)
	m.Services, m.Status, m.StatusName, m.Signature = parts["validate"], "502", "VALID_SIGNATURE", g.sign(m.Text)
	g.add("validate", "the service validates the signature", one(q), g.written(m))

	q = g.asking("sync", anyProfile, guideSigned500(simProfile, 1))
	q.SubscriberInfo, q.Expect.Network, q.Expect.Subscriber = true, "22801", []scenario.Pair{{Key: "1901", Value: "22801"}}
	m = g.message(q, simProfile)
	m.Services, m.ServiceResponses, m.Signature = parts["subscriber"], parts["subscribed"], g.sign(m.Text)
	g.add("subscriber-info", "the network of the subscription", one(q), g.written(m))

	q = g.asking("sync", anyProfile, guideSigned500(simProfile, 1))
	q.Receipt = &scenario.Receipt{Text: guideReceived, Lang: "en", Ack: true, Expect: unverified("receipt", 1)}
	m = g.message(q, simProfile)
	x := g.signed(m, "", "")
	m.N, m.Text, m.Extension = "2", guideReceived, g.f.parts["receipt"]
	receipt := exchange{request: m.write(g.c.t, g.f.receiptReq)}
	m.Status, m.StatusName, m.Extension = "100", "REQUEST_OK", parts["contradiction"]
	receipt.answer = m.write(g.c.t, g.f.receiptResp)
	g.add("receipt-contradiction", "a receipt acknowledged and not acknowledged", one(q), x, receipt)

	m = g.message(scenario.Signature{Mode: "sync", TransID: "${AP_TransID}", Text: "Heartbeat", Lang: "en", Profile: anyProfile}, "")
	m.MSISDN = "41000000000"
	g.add("health", "the service works", nil, g.refused(m, g.f.signatureReq, mss.WrongParam, "Sender", "Illegal msisdn")).
		Health = &scenario.Outcome{Outcome: "healthy", Requests: 1}
	expect := faultOutcome(mss.InternalError)
	g.add("health-fault", "the service does not work", nil, g.refused(m, g.f.signatureReq, mss.InternalError, "Receiver", "Broken")).
		Health = &expect
}

// written is a synchronous exchange of a message as it is.
func (g *guideFlows) written(m message) exchange {
	return exchange{request: m.write(g.c.t, g.f.signatureReq), answer: m.write(g.c.t, g.f.signatureResp)}
}

// policies are location policies: satisfied, violated, decided here alone, and one that SOAP cannot carry.
func (g *guideFlows) policies() {
	located := guideSigned500(deviceProfile, 1)
	located.Location = &scenario.Location{
		Country: "CH", Accuracy: new(16.0), At: "2015-01-01T10:59:30Z", DeviceConfidence: 1, LocationConfidence: 1,
	}
	policy := &scenario.Geofencing{Allow: []string{"CH"}, Location: 0.7, Minutes: 10, Accuracy: 100}
	add := func(name, about, part, response string, p *scenario.Geofencing, expect scenario.Outcome) {
		q := g.asking("sync", anyProfile, expect)
		q.Geofencing = p
		m := g.message(q, deviceProfile)
		m.Services, m.ServiceResponses, m.Signature = part, response, g.sign(m.Text)
		g.add(name, about, one(q), g.written(m))
	}
	sent, here := further[g.f.binding]["policy"], g.f.parts["location"]
	abroad := strings.NewReplacer(`"CH"`, `"LI"`).Replace(here)
	add("policy", "a location policy, satisfied", sent, here, policy, located)
	add("policy-violated", "a location policy that the service should have enforced", sent, abroad, policy, unverified("geofencing", 1))
	add("policy-local", "a location policy that is not sent, violated", g.f.parts["geofencing"], abroad,
		&scenario.Geofencing{Deny: []string{"FR", "LI"}, Local: true}, unverified("geofencing", 1))
	if g.f.binding == "rest" {
		several := *policy
		several.Allow = []string{"CH", "LI"}
		add("policy-countries", "a location policy with two countries", strings.Replace(sent, `["CH"]`, `["CH", "LI"]`, 1), here, &several, located)
		return
	}
	q := g.asking("sync", anyProfile, scenario.Outcome{Outcome: "error", Kind: "request", Field: "Options.Geofencing.Policy"})
	q.Geofencing = &scenario.Geofencing{Allow: []string{"CH", "LI"}}
	g.add("policy-countries", "a location policy with two countries, whose form is not known: nothing is sent", one(q))
}

// approvals are transaction approvals: signed as asked, and with another amount.
func (g *guideFlows) approvals() {
	signed := func(amount string) string {
		content, err := json.Marshal([]scenario.Pair{{Key: "To", Value: "Guide: Muster AG"}, {Key: "Amount", Value: amount}})
		if err != nil {
			g.c.t.Fatal(err)
		}
		doc, err := json.Marshal(struct {
			Version int    `json:"format_version"`
			Content string `json:"content_string"`
		}{1, string(content)})
		if err != nil {
			g.c.t.Fatal(err)
		}
		return g.sign(string(doc))
	}
	add := func(name, about, signature string, expect scenario.Outcome) {
		q := g.asking("sync", deviceProfile, expect)
		q.Text, q.Timeout = "", 80
		q.Approval = &scenario.Approval{Type: "Payment", Pairs: []scenario.Pair{{Key: "To", Value: "Guide: Muster AG"}, {Key: "Amount", Value: "12.50 CHF"}}}
		m := g.message(q, deviceProfile)
		m.MimeType = "application/vnd.mobileid.txn-approval"
		m.Text = `{"type":"Payment","dtbd":[{"key":"To","value":"Guide: Muster AG"},{"key":"Amount","value":"12.50 CHF"}]}`
		if g.f.binding == "rest" {
			m.Text = strings.ReplaceAll(m.Text, `"`, `\"`)
		}
		m.Signature = signature
		g.add(name, about, one(q), g.written(m))
	}
	add("approval", "a transaction approval", signed("12.50 CHF"), guideSigned500(deviceProfile, 1))
	add("approval-other", "a transaction approval with another amount", signed("1250.00 CHF"), unverified("content", 1))
}
