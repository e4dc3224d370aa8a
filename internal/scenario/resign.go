package scenario

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"time"

	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport/replay"
)

// resignedAbout is what About says of a recording whose signatures are not the live ones.
const resignedAbout = "; signed anew with a simulator's keys, over another text: the person's signature was dropped"

// resign puts a signature of a simulator's into every answer whose own was verified live and dropped by the recorder. In
// what it changes, in the receiver and the exchanges, it is then as if that had been recorded. It returns the simulator's
// anchors; nil: there is nothing to sign anew.
func (s *Scenario) resign(rec *replay.Recorder, exchanges []replay.Exchange) (*mss.Anchors, error) {
	answers := s.resignable(exchanges)
	if len(answers) == 0 {
		return nil, nil
	}
	pki, err := newAuthorities(s.Now)
	if err != nil {
		return nil, err
	}
	s.About += resignedAbout
	s.Environment, s.Client.Prefix = mss.Simulator.String(), ""
	for i, answer := range answers {
		q := &s.Signatures[i]
		q.conceal()
		q.Expect.Signer = fictitiousSerial
		// Two signatures over the same text must differ, or the second one looks like the first replayed.
		cms, err := pki.sign(q.signed(), q.Live, s.Now.Add(-time.Duration(i)*time.Second))
		if err != nil {
			return nil, err
		}
		if err := rec.Resign(answer, cms, s.public()...); err != nil {
			return nil, err
		}
	}
	return mss.NewAnchors(mss.Simulator, []*x509.Certificate{pki.root.Certificate}, nil)
}

// resignable returns the answers to sign anew, by the index of their question: the last one of each, which was verified.
// There are none where another signature was kept: a scenario has one environment.
func (s *Scenario) resignable(exchanges []replay.Exchange) map[int]*replay.Exchange {
	for i := range exchanges {
		if kept, _ := exchanges[i].Signature(); kept {
			return nil
		}
	}
	answers := make(map[int]*replay.Exchange)
	next := 0
	for i := range s.Signatures {
		q := &s.Signatures[i]
		next += q.Expect.Requests
		if q.Expect.Outcome == outcomeSigned && q.Live.Verified() && next > 0 {
			answers[i] = &exchanges[next-1]
		}
		if q.Receipt != nil {
			next += q.Receipt.Expect.Requests
		}
	}
	return answers
}

// public are the values of a scenario that is signed anew that are its own, whatever was recorded.
func (s *Scenario) public() []string {
	list := []string{
		fictitiousAPID, fictitiousPassword, fictitiousNumber, fictitiousText, fictitiousWord, fictitiousReturn, fictitiousSerial,
		resignedAbout, s.Now.Format(time.RFC3339),
	}
	for _, q := range s.Signatures {
		list = append(list, q.Mode, q.Purpose)
	}
	return list
}

// signed is what a person signs: the text, or of a transaction approval the pairs as text, without the type.
func (q *Signature) signed() []byte {
	if q.Approval == nil {
		return []byte(q.Text)
	}
	pairs, _ := json.Marshal(q.Approval.Pairs) // strings always can be written
	doc, _ := json.Marshal(struct {
		FormatVersion int    `json:"format_version"`
		ContentString string `json:"content_string"`
	}{1, string(pairs)})
	return doc
}

// authorities are a simulator's, made for one recording. Nobody keeps the keys.
type authorities struct {
	from, to      time.Time // three days before the recording and after it
	root, issuing cmstest.Signer
}

func newAuthorities(at time.Time) (a *authorities, err error) {
	a = &authorities{from: at.AddDate(0, 0, -3), to: at.AddDate(0, 0, 3)}
	if a.root, err = issue(cmstest.Root("Replaced Root CA", a.from, a.to), cmstest.Signer{}, x509.ECDSA); err == nil {
		a.issuing, err = issue(cmstest.Intermediate("Replaced Issuing CA", a.from, a.to), a.root, x509.ECDSA)
	}
	return a, err
}

// issue makes a key and its certificate, with the mark by which nobody believes it (SEC-15).
func issue(template *x509.Certificate, issuer cmstest.Signer, algorithm x509.PublicKeyAlgorithm) (cmstest.Signer, error) {
	key, err := newKey(algorithm)
	if err != nil {
		return cmstest.Signer{}, err
	}
	template.ExtraExtensions = []pkix.Extension{{Id: simulated.OID, Value: []byte{0x05, 0x00}}}
	return cmstest.Issue(template, issuer, key)
}

func newKey(algorithm x509.PublicKeyAlgorithm) (crypto.Signer, error) {
	if algorithm == x509.RSA {
		return rsa.GenerateKey(rand.Reader, 2048)
	}
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
}

// sign signs as the live signature was made: with an EC or RSA key, in BER or DER. Of that one it takes nothing else.
func (a *authorities) sign(content []byte, live *mss.Signature, at time.Time) ([]byte, error) {
	user, err := issue(cmstest.User(fictitiousSerial, a.from, a.to), a.issuing, live.Signer.Chain[0].PublicKeyAlgorithm)
	if err != nil {
		return nil, err
	}
	o := cmstest.Options{Certificates: []*x509.Certificate{a.issuing.Certificate, a.root.Certificate}, SigningTime: at}
	if isBER(live.Value) {
		o.Form, o.SigningTime = cmstest.BER, time.Time{}
	}
	return cmstest.Sign(content, user, o)
}

// isBER reports whether a message has an indefinite length (X.690, 8.1.3.6), which DER has not (10.1).
func isBER(message []byte) bool { return len(message) > 1 && message[1] == 0x80 }
