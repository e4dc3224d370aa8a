package bankidtest

import (
	"net/netip"
	"regexp"
	"slices"
	"unicode/utf8"
)

// endpoint is one of those that start an order, with what it takes.
type endpoint struct {
	path          string
	signs         bool // funcId Signing, and the signing certificate
	needsVisible  bool
	phone         bool // a telephone call: callInitiator
	payment       bool
	pushed        bool // reaches the person without a token, by a personal number at top level: no QR code, no link
	maxVisible    int  // characters of Base64
	maxNonVisible int
}

// Limits of the visible and the non-visible data, in characters of Base64.
const (
	shortData         = 1500
	longVisibleData   = 40_000
	longInvisibleData = 200_000
)

var endpoints = []*endpoint{
	{path: "/auth", maxVisible: shortData, maxNonVisible: shortData},
	{path: "/sign", signs: true, needsVisible: true, maxVisible: longVisibleData, maxNonVisible: longInvisibleData},
	{path: "/payment", signs: true, payment: true, maxVisible: shortData, maxNonVisible: shortData},
	{path: "/phone/auth", phone: true, pushed: true, maxVisible: shortData, maxNonVisible: shortData},
	{path: "/phone/sign", phone: true, pushed: true, signs: true, needsVisible: true, maxVisible: longVisibleData, maxNonVisible: longInvisibleData},
	{path: "/other/payment", signs: true, payment: true, pushed: true, maxVisible: shortData, maxNonVisible: shortData},
}

// question is a request for an order that has been understood.
type question struct {
	*endpoint
	number     string // that is required; ""
	endUserIP  string
	returnURL  string
	visible    []byte // decoded; nil: none
	format     string
	nonVisible []byte
	wantsRisk  bool
	requirement
}

// read understands a request body; otherwise it says what is wrong with it.
func (ep *endpoint) read(doc []byte, optionalNumber bool) (*question, string) {
	m, bad := parseMembers(doc)
	if m == nil {
		return nil, bad
	}
	q := &question{endpoint: ep}
	q.readUser(m)
	q.readNumber(m, optionalNumber)
	q.readData(m)
	q.readRequirement(m.object("requirement"))
	if ep.payment {
		readTransaction(m)
	}
	m.done()
	return q, *m.bad
}

// readUser takes where the user is, or who calls whom.
func (q *question) readUser(m *members) {
	switch {
	case q.phone:
		if m.choice("callInitiator", "user", "RP") == "" {
			m.refuse("Missing parameter: callInitiator")
		}
	case !q.pushed:
		m.need("endUserIp", &q.endUserIP)
		if ip, err := netip.ParseAddr(q.endUserIP); err != nil || ip.Zone() != "" {
			m.invalid("endUserIp")
		}
		q.returnURL = m.text("returnUrl", 1, 512)
		readDevice(m)
	}
	if !q.phone {
		q.wantsRisk = m.flag("returnRisk")
	}
}

// readNumber takes who is asked where there is no token to pick the order up with.
func (q *question) readNumber(m *members, optional bool) {
	if !q.pushed {
		return
	}
	if m.take("personalNumber", &q.number) {
		m.number("personalNumber", q.number)
	} else if !q.phone || !optional {
		m.refuse("Missing parameter: personalNumber")
	}
}

// readData takes what is shown and what is signed with it.
func (q *question) readData(m *members) {
	q.visible = m.octets("userVisibleData", q.maxVisible)
	if q.visible == nil && q.needsVisible {
		m.refuse("Missing parameter: userVisibleData")
	}
	if !utf8.Valid(q.visible) {
		m.invalid("userVisibleData")
	}
	q.format = m.choice("userVisibleDataFormat", "plaintext", "simpleMarkdownV1")
	q.nonVisible = m.octets("userNonVisibleData", q.maxNonVisible)
}

// domain is what referringDomain may be written with.
var domain = regexp.MustCompile(`^[a-z0-9.-]{3,253}$`)

// readDevice takes what the relying party knows of the device that shows its page: app or web, but not both.
func readDevice(m *members) {
	app, web := m.object("app"), m.object("web")
	if app != nil {
		if web != nil {
			m.refuse("Invalid parameter: app and web exclude each other")
		}
		if len(app.raw) == 0 {
			m.invalid("app")
		}
		for _, name := range []string{"appIdentifier", "deviceOS", "deviceModelName", "deviceIdentifier"} {
			app.text(name, 1, 256)
		}
		app.done()
	}
	if web != nil {
		web.text("deviceIdentifier", 1, 64)
		if s := web.text("referringDomain", 3, 253); s != "" && !domain.MatchString(s) {
			m.invalid("referringDomain")
		}
		web.text("userAgent", 1, 256)
		web.done()
	}
}

// requirement is how an order may be answered.
type requirement struct {
	policies []string
	mrtd     bool
	risk     string // the highest that is taken
}

// policy is an OID, of which an asterisk may stand for what follows the fourth position.
var policy = regexp.MustCompile(`^\d+(\.\d+)+$|^\d+(\.\d+){3,}\.\*$`)

func (q *question) readRequirement(m *members) {
	if m == nil {
		return
	}
	m.flag("pinCode")
	m.choice("cardReader", "class1", "class2")
	if m.take("certificatePolicies", &q.policies) && (len(q.policies) == 0 || slices.ContainsFunc(q.policies, func(s string) bool { return !policy.MatchString(s) })) {
		m.invalid("certificatePolicies")
	}
	if !q.phone {
		q.mrtd = m.flag("mrtd")
		q.risk = m.choice("risk", "low", "moderate")
	}
	if !q.pushed && m.take("personalNumber", &q.number) {
		m.number("personalNumber", q.number)
	}
	m.done()
}

// number checks a personal or coordination number.
func (m *members) number(name, value string) {
	if !isNumber(value) {
		m.invalid(name)
	}
}

// isNumber reports whether a number has 12 digits, of which the last is the check digit of the nine before it
// (Luhn, over the number without its century).
func isNumber(s string) bool {
	if len(s) != 12 {
		return false
	}
	sum := 0
	for i, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
		if i < 2 {
			continue
		}
		d := int(c - '0')
		if i%2 == 0 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return sum%10 == 0
}

// riskFlags are what a relying party may say about a payment.
var riskFlags = []string{"newCard", "newCustomer", "newRecipient", "highRiskRecipient", "largeAmount", "foreignCurrency",
	"cryptoCurrencyPurchase", "moneyTransfer", "overseasTransaction", "recurringPayment", "suspiciousPaymentPattern", "other"}

var (
	amount   = regexp.MustCompile(`^\d+(,\d+)?$`)
	currency = regexp.MustCompile(`^[A-Z]{3}$`)
)

// readTransaction takes what is paid.
func readTransaction(m *members) {
	var flags []string
	if m.take("riskFlags", &flags) && slices.ContainsFunc(flags, func(s string) bool { return !slices.Contains(riskFlags, s) }) {
		m.invalid("riskFlags")
	}
	t := m.object("userVisibleTransaction")
	if t == nil {
		m.refuse("Missing parameter: userVisibleTransaction")
		return
	}
	kind := t.choice("transactionType", "card", "npa")
	if kind == "" {
		m.invalid("transactionType")
	}
	if recipient := t.object("recipient"); recipient == nil {
		m.refuse("Missing parameter: recipient")
	} else {
		recipient.need("name", new(string))
		recipient.done()
	}
	t.text("riskWarning", 1, 256)
	money := t.object("money")
	if (money == nil) != (kind == "npa") {
		m.invalid("money")
	}
	if money != nil {
		money.matches("amount", amount)
		money.matches("currency", currency)
		money.done()
	}
	t.done()
}

// matches takes a required string of a form.
func (m *members) matches(name string, form *regexp.Regexp) {
	var s string
	if m.need(name, &s); !form.MatchString(s) {
		m.invalid(name)
	}
}
