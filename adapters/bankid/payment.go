package bankid

import (
	"crypto/sha256"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/gomss/gomss/internal/legible"
	"github.com/gomss/gomss/mss"
)

// Kinds of Payment.
const (
	CardPayment       = "card" // the purchase by card that it confirms
	NonPaymentAccount = "npa"  // without an amount
)

// Payment is what the app shows of a payment. It prints without what it holds.
type Payment struct {
	Type      string // CardPayment, which "" is, or NonPaymentAccount
	Recipient string // its name: one line of at most 256 octets

	// Amount is digits with at most one comma among them ("10,00"), and Currency three capitals (ISO 4217). Neither goes
	// with NonPaymentAccount.
	Amount, Currency string

	// RiskWarning is what the app warns the person of: one line of at most 256 octets, whose values and limit BankID does
	// not publish. RiskFlags are what its assessment is told of:
	// newCard, newCustomer, newRecipient, highRiskRecipient, largeAmount, foreignCurrency, cryptoCurrencyPurchase,
	// moneyTransfer, overseasTransaction, recurringPayment, suspiciousPaymentPattern, other.
	RiskWarning string
	RiskFlags   []string
}

// String returns the type alone.
func (Payment) String() string { return "bankid.Payment" }

// GoString is String: %#v reveals nothing either.
func (p Payment) GoString() string { return p.String() }

// MarshalText is String, for encoding/json and encoding/xml.
func (p Payment) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

const maxLine = 256 // octets; BankID's own limits are not known

var (
	amountPattern   = regexp.MustCompile(`^[0-9]{1,18}(,[0-9]{1,6})?$`)
	currencyPattern = regexp.MustCompile(`^[A-Z]{3}$`)

	risks = []string{
		"newCard", "newCustomer", "newRecipient", "highRiskRecipient", "largeAmount", "foreignCurrency", "cryptoCurrencyPurchase",
		"moneyTransfer", "overseasTransaction", "recurringPayment", "suspiciousPaymentPattern", "other",
	}
)

// visibleTransaction is userVisibleTransaction on the wire.
type visibleTransaction struct {
	Type        string    `json:"transactionType"`
	Recipient   recipient `json:"recipient"`
	Money       *money    `json:"money,omitempty"`
	RiskWarning string    `json:"riskWarning,omitempty"`
}

type recipient struct {
	Name string `json:"name"`
}

type money struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

// digest is the SHA-256 of the transaction as it is sent.
func (t *visibleTransaction) digest() ([]byte, error) {
	doc, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(doc)
	return sum[:], nil
}

// wire checks a payment.
func (p *Payment) wire() (*visibleTransaction, error) {
	t := &visibleTransaction{Type: p.Type, Recipient: recipient{p.Recipient}, RiskWarning: p.RiskWarning}
	if t.Type == "" {
		t.Type = CardPayment
	}
	if p.Recipient == "" || !isLine(p.Recipient) {
		return nil, paymentError("Recipient", "is required: one line of 1 to 256 octets, visible characters")
	}
	switch t.Type {
	case CardPayment:
		if !amountPattern.MatchString(p.Amount) {
			return nil, paymentError("Amount", "is digits with at most one comma among them, such as 10,00")
		}
		if !currencyPattern.MatchString(p.Currency) {
			return nil, paymentError("Currency", "is three capitals (ISO 4217), such as SEK")
		}
		t.Money = &money{p.Amount, p.Currency}
	case NonPaymentAccount:
		if p.Amount != "" || p.Currency != "" {
			return nil, paymentError("Amount", "does not go with npa, nor does Currency")
		}
	default:
		return nil, paymentError("Type", "is neither card nor npa")
	}
	return t, p.checkRisks()
}

func (p *Payment) checkRisks() error {
	if p.RiskWarning != "" && !isLine(p.RiskWarning) {
		return paymentError("RiskWarning", "is not one line of at most 256 octets, visible characters")
	}
	for i, f := range p.RiskFlags {
		if !slices.Contains(risks, f) || slices.Contains(p.RiskFlags[:i], f) {
			return paymentError("RiskFlags", "hold what is none of the risks that BankID knows, or one twice")
		}
	}
	return nil
}

// isLine reports whether a text is one line that a person can read.
func isLine(s string) bool {
	return len(s) <= maxLine && !strings.Contains(s, "\n") && legible.Check(s) == nil
}

func paymentError(field, reason string) error {
	return &mss.RequestError{Field: "Options.Payment." + field, Reason: reason}
}
