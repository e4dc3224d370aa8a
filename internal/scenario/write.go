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
	fictitiousAPID     = "mid://acme.example"
	fictitiousPassword = "fictitious"
	fictitiousNumber   = "41790000001"
	fictitiousText     = "log in?"
	fictitiousWord     = "done" // of receipts
	fictitiousReturn   = "https://app.example/return"
	fictitiousSerial   = "MIDCHEREPLACED01" // of the signer
)

const anchorsName = "anchors.pem"

// Write makes a scenario of the exchanges that a recorder has left in its directory: it adds anchors.pem and
// scenario.json, readable by their owner alone, and overwrites neither. The receiver, which it leaves as it is, says what
// was asked of a live client and what came of it; Environment and Anchors are those of anchors.
//
// No more of that is written than the exchanges hold: the account is a fictitious one without a password, AP_TransIDs
// are left to the client, a number stays if it is a test number, and a text if the signature over it was kept. The prefix
// stays if all texts do. Locations and links are those that the recorder has put in the place of the real ones, and a
// location policy, which stays, is held against that. Other questions than signatures and their receipts are refused, and
// so is the network of a subscription.
//
// Where the recorder has dropped a signature that was verified live (Signature.Live), another one takes its place in the
// answer: by a simulator's key, over the fictitious text. Environment and anchors are then the simulator's, and About
// says so. Where it was not verified, or another signature of the recording was kept, which needs the live anchors, what
// must come out is what dropping leads to: nothing is proven. The receipt of such a signature is removed.
func (s *Scenario) Write(rec *replay.Recorder, anchors *mss.Anchors) error {
	if err := s.write(rec, anchors); err != nil {
		return fmt.Errorf("scenario: %w", err)
	}
	return nil
}

func (s *Scenario) write(rec *replay.Recorder, anchors *mss.Anchors) error {
	dir := rec.Dir()
	path := filepath.Join(dir, fileName)
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: there is a scenario already; choose another directory", path)
	}
	exchanges, err := replay.Load(dir)
	if err != nil {
		return err
	}
	out, err := s.copy(anchors)
	if err != nil {
		return err
	}
	if err := out.check(); err != nil {
		return err
	}
	if n := out.requests(); n != len(exchanges) || n == 0 {
		return fmt.Errorf("%s: %d requests were made and %d exchanges recorded: nothing that can be replayed", dir, n, len(exchanges))
	}
	simulator, err := out.resign(rec, exchanges)
	if err != nil {
		return err
	}
	unused, err := out.anonymize(exchanges)
	if err != nil {
		return err
	}
	if err := out.checkFree(s); err != nil {
		return err
	}
	content, err := out.encode()
	if err != nil {
		return err
	}
	if simulator != nil {
		anchors = simulator
		if err := rec.Check(content, out.public()...); err != nil {
			return err
		}
		if err := rewrite(dir, exchanges); err != nil {
			return err
		}
	}
	if err := remove(dir, unused); err != nil {
		return err
	}
	// scenario.json comes last: who sees it finds the rest complete.
	if err := writeNew(filepath.Join(dir, anchorsName), encodePEM(anchors)); err != nil {
		return err
	}
	return writeNew(path, content)
}

// copy copies what is to be written, and refuses what a recording cannot tell.
func (s *Scenario) copy(anchors *mss.Anchors) (*Scenario, error) {
	if s.Profiles != nil || s.Health != nil {
		return nil, errors.New("only signatures and their receipts can be written")
	}
	out := *s
	out.Now, out.Environment, out.Anchors = s.Now.UTC().Truncate(time.Second), anchors.Environment().String(), []string{anchorsName}
	out.Signatures = nil
	for i, q := range s.Signatures {
		if q.SubscriberInfo {
			return nil, fmt.Errorf("signatures[%d].subscriberInfo: cannot be written", i)
		}
		out.Signatures = append(out.Signatures, q.clone())
	}
	return &out, nil
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
		if q.Approval != nil {
			free = append(free, q.Approval.Type)
			for _, p := range q.Approval.Pairs {
				free = append(free, p.Key, p.Value)
			}
		}
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

// rewrite writes the answers anew, into files that are there.
func rewrite(dir string, exchanges []replay.Exchange) error {
	for i := range exchanges {
		if err := os.WriteFile(filepath.Join(dir, exchanges[i].AnswerFile()), exchanges[i].Answer, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// remove removes the files of exchanges.
func remove(dir string, exchanges []replay.Exchange) error {
	for _, x := range exchanges {
		files, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, f := range files {
			if !strings.HasPrefix(f.Name(), x.Name+"-re") { // 02-request.xml, 02-response.xml, 02-response.http
				continue
			}
			if err := os.Remove(filepath.Join(dir, f.Name())); err != nil {
				return err
			}
		}
	}
	return nil
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
