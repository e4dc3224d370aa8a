package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/transport/replay"
)

// clone copies what anonymize changes.
func (q Signature) clone() Signature {
	if q.Approval != nil {
		q.Approval = &Approval{q.Approval.Type, slices.Clone(q.Approval.Pairs)}
	}
	if q.Receipt != nil {
		q.Receipt = new(*q.Receipt)
	}
	if q.Expect.Location != nil {
		q.Expect.Location = new(*q.Expect.Location)
	}
	return q
}

// anonymize replaces what the exchanges do not hold. All of them have placeholders there, so that one account, person
// and text will do. It returns the exchanges that cannot be replayed: those of a receipt whose signature was dropped.
func (s *Scenario) anonymize(exchanges []replay.Exchange) (unused []replay.Exchange, err error) {
	kept := make(map[string]bool) // texts, which one placeholder may stand for in several requests
	for i := range s.Signatures {
		q := &s.Signatures[i]
		n := q.Expect.Requests
		if err := q.anonymize(exchanges[:n], kept, s.Now); err != nil {
			return nil, fmt.Errorf("signatures[%d]: %w", i, err)
		}
		exchanges = exchanges[n:]
		if q.Receipt == nil {
			continue
		}
		n = q.Receipt.Expect.Requests
		if q.Expect.Outcome != outcomeSigned { // and it was: a receipt needs a signature
			if i < len(s.Signatures)-1 {
				return nil, fmt.Errorf("signatures[%d].receipt: the signature was dropped, and without it there is no receipt; keep it", i)
			}
			unused, q.Receipt = exchanges[:n], nil
		}
		exchanges = exchanges[n:]
	}
	s.Client.APID, s.Client.RedirectSchemes = fictitiousAPID, nil
	if s.Client.Password != "" && bindings[s.Binding] == mssp.JSON {
		s.Client.Password = fictitiousPassword // the JSON form leaves out what is empty
	} else {
		s.Client.Password = ""
	}
	for i := range s.Signatures {
		if q := &s.Signatures[i]; !kept[q.display()] {
			q.conceal()
			s.Client.Prefix = ""
		}
	}
	for i := range s.Signatures {
		if m := s.Signatures[i].Receipt; m != nil {
			m.Text = s.Client.Prefix + fictitiousWord
		}
	}
	return unused, nil
}

// display is what the person was shown.
func (q *Signature) display() string {
	if q.Approval != nil {
		return string(q.data().Content)
	}
	return q.Text
}

// conceal puts another text in the place of what the person was shown.
func (q *Signature) conceal() {
	if q.Approval != nil {
		q.Approval = &Approval{Pairs: []Pair{{"Text", fictitiousText}}}
		return
	}
	q.Text = fictitiousText
}

// anonymize replaces all but what the person was shown, which it notes if a signature over it was kept.
func (q *Signature) anonymize(exchanges []replay.Exchange, shown map[string]bool, now time.Time) error {
	q.TransID = ""
	if !replay.Public("MSISDN", q.MSISDN) {
		q.MSISDN = fictitiousNumber
	}
	langs := []*string{&q.Lang}
	if q.Receipt != nil {
		langs = append(langs, &q.Receipt.Lang)
	}
	for _, lang := range langs {
		*lang, _, _ = strings.Cut(*lang, "-") // the rest of a language tag is not sent
		if !replay.Public("UserLang", *lang) {
			return errors.New("lang: is no language of two letters")
		}
	}
	for _, profile := range []string{q.Profile, q.Expect.Profile} {
		if profile != "" && !replay.Public("mssURI", profile) {
			return errors.New("profile: is not a published one, which a recording does not keep")
		}
	}
	q.anonymizeServices(exchanges, now)
	for i := range exchanges {
		kept, replaced := exchanges[i].Signature()
		if kept {
			shown[q.display()] = true
		}
		if replaced && q.Expect.judgedSignature() {
			q.unverified(checkReplaced)
		}
	}
	return nil
}

// unverified expects that a check fails.
func (q *Signature) unverified(check string) {
	q.Expect = Outcome{Outcome: outcomeUnverified, Requests: q.Expect.Requests, Check: check, Link: q.Expect.Link}
}

// anonymizeServices puts in the place of what additional services answered what the recorder has put there.
func (q *Signature) anonymizeServices(exchanges []replay.Exchange, now time.Time) {
	if q.App2App != "" {
		q.App2App = fictitiousReturn
	}
	q.Expect.Link = ""
	if len(exchanges) > 0 && bytes.Contains(exchanges[0].Answer, []byte(replay.ReplacedLink)) {
		q.Expect.Link = replay.ReplacedLink
	}
	l := q.Expect.Location
	if l == nil {
		return
	}
	l.Country = replay.ReplacedCountry
	if l.Accuracy != nil {
		*l = Location{l.Country, new(float64(replay.ReplacedAccuracy)), l.At, l.DeviceConfidence, l.LocationConfidence}
	}
	if l.At != "" {
		l.At = replay.ReplacedTime.Format(time.RFC3339Nano)
	}
	l.DeviceConfidence, l.LocationConfidence = replay.ReplacedConfidence, replay.ReplacedConfidence
	if g := q.Geofencing.option(); g != nil && g.Policy != nil && g.Policy.Check(l.location(), now) != nil {
		q.unverified("geofencing")
	}
}

// checkReplaced is the check that fails on what a Recorder puts in the place of a signature. It is the first one that
// looks at the signature.
const checkReplaced = "ber"

// judgedSignature reports whether an outcome is due to the signature itself and not to what comes before it in an answer.
func (o Outcome) judgedSignature() bool {
	return o.Outcome == outcomeSigned || o.Outcome == outcomeUnverified && !slices.Contains([]string{"echo", "status", "profile", "app2app"}, o.Check)
}
