package scenario

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport/replay"
)

// What stands in a scenario for what a recording does not hold. There is no such account and no such person.
const (
	fictitiousAPID   = "mid://acme.example"
	fictitiousNumber = "41790000001"
	fictitiousText   = "log in?"
)

const anchorsName = "anchors.pem"

// Write makes a scenario of the exchanges that a replay.Recorder has left in dir: it adds anchors.pem and scenario.json,
// readable by their owner alone, and overwrites neither. The receiver, which it leaves as it is, says what was asked of
// a live client and what came of it; Environment and Anchors are those of anchors.
//
// No more of that is written than the exchanges hold: the account is a fictitious one without a password, AP_TransIDs
// are left to the client, a number stays if it is a test number, and a text if the signature over it was kept. The prefix
// stays if all texts do. Where a signature was dropped, what must come out is what that leads to: nothing is proven.
func (s *Scenario) Write(dir string, anchors *mss.Anchors) error {
	path := filepath.Join(dir, fileName)
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("scenario: %s: there is a scenario already; choose another directory", path)
	}
	exchanges, err := replay.Load(dir)
	if err != nil {
		return fmt.Errorf("scenario: %w", err)
	}
	out := *s
	out.Now, out.Environment, out.Anchors = s.Now.UTC().Truncate(time.Second), anchors.Environment().String(), []string{anchorsName}
	out.Signatures = slices.Clone(s.Signatures)
	if err := out.check(); err != nil {
		return fmt.Errorf("scenario: %w", err)
	}
	if n := out.requests(); n != len(exchanges) || n == 0 {
		return fmt.Errorf("scenario: %s: %d requests were made and %d exchanges recorded: nothing that can be replayed", dir, n, len(exchanges))
	}
	if err := out.anonymize(exchanges); err != nil {
		return fmt.Errorf("scenario: %w", err)
	}
	if err := out.checkFree(s); err != nil {
		return fmt.Errorf("scenario: %w", err)
	}
	content, err := out.encode()
	if err != nil {
		return fmt.Errorf("scenario: %w", err)
	}
	// scenario.json comes last: who sees it finds the rest complete.
	if err := writeNew(filepath.Join(dir, anchorsName), encodePEM(anchors)); err != nil {
		return fmt.Errorf("scenario: %w", err)
	}
	if err := writeNew(path, content); err != nil {
		return fmt.Errorf("scenario: %w", err)
	}
	return nil
}

// anonymize replaces what the exchanges do not hold. All of them have placeholders there, so that one account, person
// and text will do.
func (s *Scenario) anonymize(exchanges []replay.Exchange) error {
	kept := make(map[string]bool) // texts, which one placeholder may stand for in several requests
	for i := range s.Signatures {
		q := &s.Signatures[i]
		if err := q.anonymize(exchanges[:q.Expect.Requests], kept); err != nil {
			return fmt.Errorf("signatures[%d]: %w", i, err)
		}
		exchanges = exchanges[q.Expect.Requests:]
	}
	s.Client.APID, s.Client.Password = fictitiousAPID, ""
	for i := range s.Signatures {
		if q := &s.Signatures[i]; !kept[q.Text] {
			q.Text, s.Client.Prefix = fictitiousText, ""
		}
	}
	return nil
}

// anonymize replaces all but the text, which it notes if a signature over it was kept.
func (q *Signature) anonymize(exchanges []replay.Exchange, texts map[string]bool) error {
	q.TransID = ""
	if !replay.Public("MSISDN", q.MSISDN) {
		q.MSISDN = fictitiousNumber
	}
	q.Lang, _, _ = strings.Cut(q.Lang, "-") // the rest of a language tag is not sent
	if !replay.Public("UserLang", q.Lang) {
		return errors.New("lang: is no language of two letters")
	}
	for _, profile := range []string{q.Profile, q.Expect.Profile} {
		if profile != "" && !replay.Public("mssURI", profile) {
			return errors.New("profile: is not a published one, which a recording does not keep")
		}
	}
	for i := range exchanges {
		kept, replaced := exchanges[i].Signature()
		if kept {
			texts[q.Text] = true
		}
		if replaced && q.Expect.judgedSignature() {
			q.Expect = Outcome{Outcome: outcomeUnverified, Requests: q.Expect.Requests, Check: checkReplaced}
		}
	}
	return nil
}

// checkReplaced is the check that fails on what a Recorder puts in the place of a signature. It is the first one that
// looks at the signature.
const checkReplaced = "ber"

// judgedSignature reports whether an outcome is due to the signature itself and not to what comes before it in an answer.
func (o Outcome) judgedSignature() bool {
	return o.Outcome == outcomeSigned || o.Outcome == outcomeUnverified && !slices.Contains([]string{"echo", "status", "profile"}, o.Check)
}

// checkFree refuses free text that repeats the live account or a person's number: a text stays on the word of a service
// that claims a signature over it.
func (s *Scenario) checkFree(live *Scenario) error {
	secrets := []string{live.Client.APID, live.Client.Password}
	for _, q := range live.Signatures {
		if !replay.Public("MSISDN", q.MSISDN) {
			secrets = append(secrets, strings.TrimPrefix(q.MSISDN, "+"))
		}
	}
	free := []string{s.About, s.Client.Prefix}
	for _, q := range s.Signatures {
		free = append(free, q.Text)
	}
	for _, secret := range secrets {
		if secret != "" && slices.ContainsFunc(free, func(text string) bool { return strings.Contains(text, secret) }) {
			return errors.New("a text repeats the account or the person's number: not written")
		}
	}
	return nil
}

func (s *Scenario) encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(s)
	return b.Bytes(), err
}

func encodePEM(anchors *mss.Anchors) []byte {
	var b bytes.Buffer
	for _, c := range slices.Concat(anchors.Roots(), anchors.Intermediates()) {
		_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}) // a bytes.Buffer takes everything
	}
	return b.Bytes()
}

// writeNew makes a file that only its owner can read. It overwrites nothing.
func writeNew(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}
