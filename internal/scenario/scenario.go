package scenario

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport/replay"
)

// Scenario is a directory as Load read it. The fields with names in JSON are the members of scenario.json. Questions are
// asked in the order of the fields.
type Scenario struct {
	Name string `json:"-"` // base name of the directory

	About       string      `json:"about"`             // one line, for people
	Now         time.Time   `json:"now"`               // the client's clock, which stands still
	Environment string      `json:"environment"`       // production, test or simulator
	Anchors     []string    `json:"anchors"`           // PEM files in the directory; self-issued certificates are roots
	Binding     string      `json:"binding,omitempty"` // soap, or "", or rest
	Compare     string      `json:"compare,omitempty"` // "" or "anyWrapper"
	Client      Account     `json:"client"`
	Profiles    []Profile   `json:"profiles,omitempty"`
	Signatures  []Signature `json:"signatures,omitempty"`
	Health      *Outcome    `json:"health,omitempty"` // whether the service works, and what must come of it

	anchors   *mss.Anchors
	exchanges []replay.Exchange
}

// Account is what the client is configured with.
type Account struct {
	APID             string   `json:"apid"`
	Password         string   `json:"password,omitempty"` // AP_PWD
	Prefix           string   `json:"prefix"`             // that every text must begin with
	AllowTestNumbers bool     `json:"allowTestNumbers,omitempty"`
	RedirectSchemes  []string `json:"redirectSchemes,omitempty"` // of App2App
}

// Profile is a question what a person can sign with, and what must come of it.
type Profile struct {
	MSISDN string  `json:"msisdn"`
	Expect Outcome `json:"expect"`
}

// Signature is one question to a person and what must come of it.
type Signature struct {
	Mode     string    `json:"mode"`              // sync or async
	Purpose  string    `json:"purpose"`           // authentication or signing
	TransID  string    `json:"transID,omitempty"` // AP_TransID; "" a random one
	MSISDN   string    `json:"msisdn"`
	Text     string    `json:"text"`
	Approval *Approval `json:"approval,omitempty"` // instead of a text, which is ""
	Lang     string    `json:"lang"`
	Profile  string    `json:"profile"`
	Timeout  int       `json:"timeout,omitempty"` // seconds; 0 the profile's own

	Geofencing     *Geofencing `json:"geofencing,omitempty"` // {} asks for nothing but the location
	App2App        string      `json:"app2app,omitempty"`    // where the app returns to
	Validate       bool        `json:"validate,omitempty"`
	SubscriberInfo bool        `json:"subscriberInfo,omitempty"`

	Expect  Outcome  `json:"expect"`
	Receipt *Receipt `json:"receipt,omitempty"` // after the signature

	// Live is what came of it when it was recorded; nil where that was no signature. Without it none is made anew.
	Live *mss.Signature `json:"-"`
}

// Approval is a transaction approval (mssp.Approval).
type Approval struct {
	Type  string `json:"type"`
	Pairs []Pair `json:"pairs"`
}

// Pair is a name and a value.
type Pair struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Geofencing is a mssp.Geofencing with its policy, where there is a rule.
type Geofencing struct {
	Allow    []string `json:"allow,omitempty"`
	Deny     []string `json:"deny,omitempty"`
	Device   float64  `json:"device,omitempty"`   // least confidence
	Location float64  `json:"location,omitempty"` // least confidence
	Minutes  int      `json:"minutes,omitempty"`  // greatest age
	Accuracy int      `json:"accuracy,omitempty"` // metres
	Local    bool     `json:"local,omitempty"`    // the policy is not sent
}

// Receipt is a text for the phone after the signature, and what must come of it.
type Receipt struct {
	Text   string  `json:"text"`
	Lang   string  `json:"lang"`
	Ack    bool    `json:"ack,omitempty"`
	Expect Outcome `json:"expect"`
}

const fileName = "scenario.json"

// maxFile bounds scenario.json, in octets.
const maxFile = 64 << 10

// Load reads a scenario. Errors name the file and, for scenario.json, the place in it.
func Load(dir string) (*Scenario, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("scenario: %w", err)
	}
	s := &Scenario{Name: filepath.Base(abs)}
	path := filepath.Join(dir, fileName)
	if err := readJSON(path, s); err != nil {
		return nil, err
	}
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("scenario: %s: %w", path, err)
	}
	var files []string
	for _, name := range s.Anchors {
		files = append(files, filepath.Join(dir, name))
	}
	if s.anchors, err = mss.LoadAnchors(environments[s.Environment], files...); err != nil {
		return nil, fmt.Errorf("scenario: %s: %w", path, err)
	}
	if s.exchanges, err = replay.Load(dir); err != nil {
		return nil, fmt.Errorf("scenario: %w", err)
	}
	if n := s.requests(); n != len(s.exchanges) {
		return nil, fmt.Errorf("scenario: %s: the questions expect %d requests, the directory holds %d exchanges", path, n, len(s.exchanges))
	}
	return s, nil
}

// requests is how many requests all questions together must make.
func (s *Scenario) requests() int {
	n := 0
	for _, step := range s.steps() {
		n += step.expect.Requests
	}
	return n
}
