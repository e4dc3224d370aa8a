package bankid

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"

	"github.com/gomss/gomss/internal/redact"
	"github.com/gomss/gomss/internal/strictjson"
)

// endpoint is what an order is made with.
type endpoint struct {
	path       string
	signing    bool // the signature says Signing
	phone      bool // the person is on the telephone
	ip         bool // endUserIp is required
	tokens     bool // the answer has what link and QR code are made of
	visible    int  // limits, in characters of Base64
	nonVisible int
}

// Limits of userVisibleData and userNonVisibleData, in characters of Base64. They are those of an authentication, and of a
// signing.
const (
	maxShort          = 1500
	maxLongVisible    = 40_000
	maxLongNonVisible = 200_000
)

var (
	authEndpoint         = endpoint{path: "/auth", ip: true, tokens: true, visible: maxShort, nonVisible: maxShort}
	signEndpoint         = endpoint{path: "/sign", signing: true, ip: true, tokens: true, visible: maxLongVisible, nonVisible: maxLongNonVisible}
	phoneAuthEndpoint    = endpoint{path: "/phone/auth", phone: true, visible: maxShort, nonVisible: maxShort}
	phoneSignEndpoint    = endpoint{path: "/phone/sign", phone: true, signing: true, visible: maxLongVisible, nonVisible: maxLongNonVisible}
	paymentEndpoint      = endpoint{path: "/payment", signing: true, ip: true, tokens: true, visible: maxShort, nonVisible: maxShort}
	otherPaymentEndpoint = endpoint{path: "/other/payment", signing: true, visible: maxShort, nonVisible: maxShort}
)

// orderRequest is the body of every order; members that do not go with its endpoint are left out.
type orderRequest struct {
	EndUserIP      string              `json:"endUserIp,omitempty"`
	CallInitiator  string              `json:"callInitiator,omitempty"`
	PersonalNumber string              `json:"personalNumber,omitempty"`
	Transaction    *visibleTransaction `json:"userVisibleTransaction,omitempty"`
	RiskFlags      []string            `json:"riskFlags,omitempty"`
	Visible        []byte              `json:"userVisibleData,omitempty"`
	Format         string              `json:"userVisibleDataFormat,omitempty"`
	NonVisible     []byte              `json:"userNonVisibleData,omitempty"`
	ReturnURL      string              `json:"returnUrl,omitempty"`
	ReturnRisk     bool                `json:"returnRisk,omitempty"`
	App            *appData            `json:"app,omitempty"`
	Web            *webData            `json:"web,omitempty"`
	Requirement    *requirement        `json:"requirement,omitempty"`
}

type appData struct {
	Identifier string `json:"appIdentifier,omitempty"`
	OS         string `json:"deviceOS,omitempty"`
	Model      string `json:"deviceModelName,omitempty"`
	Device     string `json:"deviceIdentifier,omitempty"`
}

type webData struct {
	Device    string `json:"deviceIdentifier,omitempty"`
	Domain    string `json:"referringDomain,omitempty"`
	UserAgent string `json:"userAgent,omitempty"`
}

type requirement struct {
	PersonalNumber string   `json:"personalNumber,omitempty"`
	PinCode        bool     `json:"pinCode,omitempty"`
	MRTD           bool     `json:"mrtd,omitempty"`
	CardReader     string   `json:"cardReader,omitempty"`
	Policies       []string `json:"certificatePolicies,omitempty"`
	Risk           string   `json:"risk,omitempty"`
}

// orderReference is the body of collect and cancel.
type orderReference struct {
	OrderRef string `json:"orderRef"`
}

// text is a member that is read where it is a string, and "" where it is anything else.
type text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) != nil {
		s = ""
	}
	*t = text(s)
	return nil
}

// Answers. Members that are not known are passed over: BankID adds some, and values of those that are known, at any time.
type (
	orderAnswer struct {
		OrderRef  text `json:"orderRef"`
		AutoStart text `json:"autoStartToken"`
		Token     text `json:"qrStartToken"`
		Secret    text `json:"qrStartSecret"`
	}

	statusAnswer struct {
		OrderRef text `json:"orderRef"`
		Status   text `json:"status"`
		Hint     text `json:"hintCode"`
	}

	errorAnswer struct {
		Code    text `json:"errorCode"`
		Details text `json:"details"`
	}
)

// How an order stands.
const (
	statusPending  = "pending"
	statusFailed   = "failed"
	statusComplete = "complete"
)

// opaquePattern is wider than the UUIDs that orderRef and the tokens are, and still safe in a link and a QR code.
var opaquePattern = regexp.MustCompile(`^[A-Za-z0-9._~-]{8,128}$`)

// readOrder reads the answer to an order.
func readOrder(body []byte, e endpoint) (*orderAnswer, error) {
	a := new(orderAnswer)
	if err := strictjson.Unmarshal(body, a); err != nil {
		return nil, err
	}
	values := []text{a.OrderRef}
	if e.tokens {
		values = append(values, a.AutoStart, a.Token, a.Secret)
	} else {
		a.AutoStart, a.Token, a.Secret = "", "", ""
	}
	for _, v := range values {
		if !opaquePattern.MatchString(string(v)) {
			return nil, errors.New("the answer has no usable orderRef, or no usable tokens")
		}
	}
	return a, nil
}

// readStatus reads the answer of collect. A status that is not known is no outcome.
func readStatus(body []byte, orderRef string) (*statusAnswer, error) {
	a := new(statusAnswer)
	if err := strictjson.Unmarshal(body, a); err != nil {
		return nil, err
	}
	if string(a.OrderRef) != orderRef {
		return nil, errors.New("the answer is about another order")
	}
	return a, nil
}

// maxNative is how many characters of a hint or error code are kept.
const maxNative = 64

// native is a hint or error code as it came, where it can be one.
func native(s text) string { return redact.Clean(strings.TrimSpace(string(s)), maxNative) }
