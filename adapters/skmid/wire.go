package skmid

import (
	"encoding/base64"
	"errors"
	"regexp"
	"strings"

	"github.com/gomss/gomss/internal/redact"
	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/mss"
)

// maxAnswer bounds an answer, in octets; genuine ones have 3,000.
const maxAnswer = 64 << 10

// party and person are what all requests begin with.
type party struct {
	Name string `json:"relyingPartyName"`
	UUID string `json:"relyingPartyUUID"`
}

type person struct {
	Phone string `json:"phoneNumber"`
	Code  string `json:"nationalIdentityNumber"`
}

// certificateRequest is POST /certificate.
type certificateRequest struct {
	party
	person
}

// startRequest is POST /authentication and POST /signature.
type startRequest struct {
	party
	person
	Hash     string `json:"hash"` // Base64
	HashType string `json:"hashType"`
	Language string `json:"language"`
	Text     string `json:"displayText,omitempty"`
	Format   string `json:"displayTextFormat,omitempty"`
}

// Answers. Members that are not known are passed over: the service adds some at any time.
type (
	startAnswer struct {
		SessionID string `json:"sessionID"` // "sessionId" of old servers is read as well
	}

	certificateAnswer struct {
		Result  string `json:"result"`
		Cert    string `json:"cert"`
		TraceID string `json:"traceId"`
	}

	sessionAnswer struct {
		State     string           `json:"state"`
		Result    string           `json:"result"`
		Signature *signatureAnswer `json:"signature"`
		Cert      string           `json:"cert"`
		TraceID   string           `json:"traceId"`
	}

	signatureAnswer struct {
		Value     string `json:"value"`
		Algorithm string `json:"algorithm"`
	}

	errorAnswer struct {
		Error   string `json:"error"`
		TraceID string `json:"traceId"`
	}
)

const (
	stateRunning  = "RUNNING"
	stateComplete = "COMPLETE"
	resultOK      = "OK"
)

// readSession reads the status of a session. The state decides: result is "" or absent while it is RUNNING.
func readSession(body []byte) (*sessionAnswer, error) {
	if len(body) > maxAnswer {
		return nil, errors.New("the answer is longer than 64 KiB")
	}
	a := new(sessionAnswer)
	if err := strictjson.Unmarshal(body, a); err != nil {
		return nil, err
	}
	if a.State != stateRunning && a.State != stateComplete {
		return nil, errors.New("the answer's state is neither RUNNING nor COMPLETE")
	}
	return a, nil
}

// paths are where a session is started, and below which it is found: two name spaces.
var paths = map[mss.Purpose]string{mss.Authentication: "/authentication", mss.Signing: "/signature"}

// sessionPattern is wider than the UUIDs that were seen, and still safe in a path.
var sessionPattern = regexp.MustCompile(`^[A-Za-z0-9-]{8,64}$`)

// tracePattern is wider than the 16 hexadecimal digits that were seen.
var tracePattern = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)

// traceID returns the reference for support, "" where it has not the form of one.
func traceID(s string) string {
	if tracePattern.MatchString(s) {
		return s
	}
	return ""
}

const maxNative = 64 // characters of a result that is kept

func native(s string) string { return redact.Clean(s, maxNative) }

// decodeBase64 reads standard Base64 with padding and nothing else: encoding/base64 would pass over line ends.
func decodeBase64(s string, limit int) ([]byte, error) {
	if base64.StdEncoding.DecodedLen(len(s)) > limit+2 {
		return nil, errors.New("is longer than any genuine one")
	}
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || strings.ContainsAny(s, "\r\n") {
		return nil, errors.New("is not Base64")
	}
	if len(b) == 0 {
		return nil, errors.New("is missing")
	}
	return b, nil
}
