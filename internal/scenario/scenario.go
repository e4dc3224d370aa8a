package scenario

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport/replay"
)

// Scenario is a directory as Load read it. The fields with names in JSON are the members of scenario.json.
type Scenario struct {
	Name string `json:"-"` // base name of the directory

	About       string      `json:"about"`             // one line, for people
	Now         time.Time   `json:"now"`               // the client's clock, which stands still
	Environment string      `json:"environment"`       // production, test or simulator
	Anchors     []string    `json:"anchors"`           // PEM files in the directory; self-issued certificates are roots
	Compare     string      `json:"compare,omitempty"` // "" or "anyWrapper"
	Client      Account     `json:"client"`
	Signatures  []Signature `json:"signatures"`

	anchors   *mss.Anchors
	exchanges []replay.Exchange
}

// Account is what the client is configured with.
type Account struct {
	APID             string `json:"apid"`
	Password         string `json:"password,omitempty"` // AP_PWD
	Prefix           string `json:"prefix"`             // that every text must begin with
	AllowTestNumbers bool   `json:"allowTestNumbers,omitempty"`
}

// Signature is one question to a person and what must come of it.
type Signature struct {
	Mode    string `json:"mode"`              // sync or async
	Purpose string `json:"purpose"`           // authentication or signing
	TransID string `json:"transID,omitempty"` // AP_TransID; "" a random one
	MSISDN  string `json:"msisdn"`
	Text    string `json:"text"`
	Lang    string `json:"lang"`
	Profile string `json:"profile"`
	Timeout int    `json:"timeout,omitempty"` // seconds; 0 the profile's own

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
		return nil, fmt.Errorf("scenario: %s: the signatures expect %d requests, the directory holds %d exchanges", path, n, len(s.exchanges))
	}
	return s, nil
}

// requests is how many requests all signatures together must make.
func (s *Scenario) requests() int {
	n := 0
	for i := range s.Signatures {
		n += s.Signatures[i].Expect.Requests
	}
	return n
}
