package skmidtest

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"
)

// Answers, member by member in the order of the real ones.

type startAnswer struct {
	SessionID string   `json:"sessionID,omitzero"`
	LegacyID  string   `json:"sessionId,omitzero"`
	Unknown   *unknown `json:"unknown,omitzero"`
}

type statusAnswer struct {
	State     string           `json:"state,omitzero"`
	Result    *Result          `json:"result,omitzero"`
	Signature *signatureAnswer `json:"signature,omitzero"`
	Cert      string           `json:"cert,omitzero"`
	Time      string           `json:"time"`
	TraceID   string           `json:"traceId"`
	Unknown   *unknown         `json:"unknown,omitzero"`
}

type signatureAnswer struct {
	Value     string   `json:"value"`
	Algorithm string   `json:"algorithm"`
	Unknown   *unknown `json:"unknown,omitzero"`
}

type certificateAnswer struct {
	Result  string   `json:"result,omitzero"`
	Cert    string   `json:"cert,omitzero"`
	Time    string   `json:"time"`
	TraceID string   `json:"traceId"`
	Unknown *unknown `json:"unknown,omitzero"`
}

type errorAnswer struct {
	Error   string   `json:"error"`
	Time    string   `json:"time"`
	TraceID string   `json:"traceId"`
	Unknown *unknown `json:"unknown,omitzero"`
}

type unknown struct {
	Numbers []int `json:"numbers"`
}

// extra returns the member that Misbehaviour.Unknown adds.
func (s *Server) extra() *unknown {
	if !s.misbehaviour().Unknown {
		return nil
	}
	return &unknown{[]int{1, 2, 3}}
}

// stamp is a time as the service writes it: without a zone, so that it is no time of RFC 3339.
func stamp() string { return time.Now().UTC().Format("2006-01-02T15:04:05") }

const typeJSON = "application/json;charset=UTF-8"

func jsonReply(status int, answer any) *reply {
	doc, err := json.Marshal(answer)
	if err != nil {
		panic(err) // the types are those of this file
	}
	return newReply(status, typeJSON, doc)
}

func (s *Server) errorReply(status int, text string) *reply {
	return jsonReply(status, errorAnswer{text, stamp(), s.traceID(), s.extra()})
}

func (s *Server) startReply(e *session) *reply {
	a := startAnswer{SessionID: e.id, Unknown: s.extra()}
	switch e.person.ForgeStart {
	case ForgeNoSession:
		a.SessionID = ""
	case ForgeSessionPath:
		a.SessionID = "../../signature/session/" + e.id + "?timeoutMs=1#"
	}
	if s.misbehaviour().Legacy {
		a.SessionID, a.LegacyID = "", a.SessionID
	}
	return jsonReply(http.StatusOK, a)
}

// runningReply is the answer while nothing has happened.
func (s *Server) runningReply() *reply {
	a := s.status("RUNNING")
	if s.misbehaviour().Legacy {
		a.Result = new(Result(""))
	}
	return jsonReply(http.StatusOK, a)
}

func (s *Server) status(state string) *statusAnswer {
	return &statusAnswer{State: state, Time: stamp(), TraceID: s.traceID(), Unknown: s.extra()}
}

// outcomeReply is the answer when a session has ended, or should have.
func (s *Server) outcomeReply(e *session) (*reply, error) {
	a := s.status("COMPLETE")
	a.Result = new(s.resultOf(e))
	if *a.Result == OK {
		made, err := e.sign()
		if err != nil {
			return nil, err
		}
		s.attach(a, e, made)
	}
	switch e.person.Forge {
	case ForgeRunning:
		a.State = "RUNNING"
	case ForgeState:
		a.State = "FINISHED"
	case ForgeNoState:
		a.State = ""
	case ForgeNoResult:
		a.Result = nil
	}
	return jsonReply(http.StatusOK, a), nil
}

// attach adds the signature, and in authentication the certificate: that of a signature is at /certificate.
func (s *Server) attach(a *statusAnswer, e *session, made *signed) {
	f := e.person.Forge
	if f != ForgeNoSignature {
		a.Signature = &signatureAnswer{base64.StdEncoding.EncodeToString(made.value), made.algorithm, s.extra()}
		if s.misbehaviour().Legacy {
			a.Signature.Algorithm = legacyAlgorithm(made.algorithm)
		}
		if f == ForgeBase64 {
			a.Signature.Value = "*" + a.Signature.Value[1:]
		}
	}
	if e.kind == authentication && f != ForgeNoCertificate {
		a.Cert = base64.StdEncoding.EncodeToString(made.certificate.Raw)
	}
}

// certificateReply is the answer of /certificate.
func (s *Server) certificateReply(sub *subscriber, p Person) (*reply, error) {
	a := certificateAnswer{Result: "NOT_FOUND", Time: stamp(), TraceID: s.traceID(), Unknown: s.extra()}
	if p.Result != NotClient {
		c, err := sub.certificate(s.pki, p, signing, p.certificateForge())
		if err != nil {
			return nil, err
		}
		a.Result, a.Cert = "OK", base64.StdEncoding.EncodeToString(c.Raw)
	}
	switch p.ForgeCertificate {
	case ForgeNoCertificate:
		a.Cert = ""
	case ForgeNoResult:
		a.Result = ""
	}
	return jsonReply(http.StatusOK, a), nil
}
