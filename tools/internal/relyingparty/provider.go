package relyingparty

import (
	"html/template"
	"maps"
	"net/http"
	"net/url"

	"github.com/gomss/gomss/mss"
)

// Provider is one way to log in: a service, and what people are asked before it can be used.
type Provider struct {
	ID   string // of a few small letters, for addresses: "mobileid"
	Name string // as people call it: "Mobile ID"
	Note string // whom it is for

	Service mss.Service
	Keys    *mss.Keys // of the scope of Service; seal what is outstanding, and evidence
	Verify  []string  // the command line that verifies such evidence, but for the file; nil: there is none

	Fields   []Field   // of the form
	Examples []Example // what can be typed into it here

	User     func(url.Values) (mss.User, error)     // reads the form
	Login    func(mss.User, string) *mss.Request    // asks somebody to log in, with a text
	Sign     func(mss.User, *Contract) *mss.Request // asks somebody to sign a contract
	Hint     func(hint, language string) string     // the text of a Prompt.Hint; nil: a general one
	Receipts bool                                   // the service can tell people something on the phone (mss.Receipt)
	Callback http.Handler                           // of answers that come by themselves, to be mounted where the provider sends them; nil: none do

	ScanHints []string // at which the QR code still waits for the app; nil: at all

	RestartIf func(error) bool // see login.Config; nil: no order is started again
}

// Field is an input of a form.
type Field struct {
	Name, Label, Hint string
	Type              string // "tel" or "text"
	Mode              string // of the keyboard on a phone: "tel", "numeric" or "text"
	Choices           []Choice
	Optional          bool
}

// Choice is an option of a Field that is a list.
type Choice struct{ Value, Label string }

// Example fills a form.
type Example struct {
	Label  string
	Values url.Values
}

// Query is that of the front page with the form filled in.
func (e Example) Query(p *Provider) template.URL {
	q := url.Values{"with": {p.ID}}
	maps.Copy(q, e.Values)
	return template.URL(q.Encode())
}
