package replay

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
)

// RecorderOptions are a Recorder's settings.
type RecorderOptions struct {
	// Dir is where the files go. It is made if it does not exist; a recording that is in it already is an error.
	Dir string

	// KeepSignatures keeps the signatures of persons, with their certificates and the text that they signed. Without it
	// only those of test numbers are kept, behind which there is nobody, and in a recording with a person's number none.
	KeepSignatures bool
}

// Recorder is a http.RoundTripper that passes requests on and writes down what went to and fro, without what is
// personal or secret. Recording never changes an exchange: what cannot be written down is left out, and Close tells.
//
// What may be kept is a list: the names of elements, attributes and members; values that are numbers of the protocol, words of
// the standard, published URIs, or test numbers. In requests all else becomes a placeholder, in answers the placeholder
// of what is echoed or a fictitious value of the same form. A last look before writing refuses a message in which a value
// that was to be replaced is found again. Of HTTP only the status and the content type are kept.
type Recorder struct {
	base http.RoundTripper
	dir  string

	mu       sync.Mutex
	scrub    *scrubber
	written  int
	problems []error
}

// NewRecorder puts a recorder around base. It goes into transport.Config.Wrap.
func NewRecorder(base http.RoundTripper, o RecorderOptions) (*Recorder, error) {
	if base == nil {
		return nil, errors.New("replay: a Recorder needs a RoundTripper to pass requests on to")
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	if old, err := Load(o.Dir); err != nil {
		return nil, err
	} else if len(old) > 0 {
		return nil, fmt.Errorf("replay: %s: there is a recording in it; choose another directory", o.Dir)
	}
	return &Recorder{base: base, dir: o.Dir, scrub: newScrubber(o.KeepSignatures)}, nil
}

// RoundTrip passes the request on. The exchange is written down when the answer's body is closed.
func (rec *Recorder) RoundTrip(r *http.Request) (*http.Response, error) {
	return listen(rec.base, r, func(o *overheard) {
		if err := rec.record(o); err != nil {
			rec.problem(err)
		}
	})
}

// Exchanges returns how many have been written down.
func (rec *Recorder) Exchanges() int {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return rec.written
}

// Close returns what could not be written down, or nil. It does not stop the recorder.
func (rec *Recorder) Close() error {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return errors.Join(rec.problems...)
}

// maxProblems bounds what Close tells: a service may be out of reach for long.
const maxProblems = 20

// problem notes what went wrong. No text of an exchange goes into it.
func (rec *Recorder) problem(err error) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if len(rec.problems) < maxProblems {
		rec.problems = append(rec.problems, fmt.Errorf("replay: recording: %w", err))
	}
}

// record writes one exchange.
func (rec *Recorder) record(o *overheard) error {
	if o.answer == nil {
		return errors.New("an exchange without an answer: left out")
	}
	f := formOf(o.requestType)
	request, err := o.question.parse(f)
	if err != nil {
		return fmt.Errorf("a request that cannot be read: left out: %w", err)
	}
	answer, err := o.answer.parse(f)
	if err != nil {
		rec.mu.Lock()
		defer rec.mu.Unlock()
		return fmt.Errorf("an answer with HTTP status %d that cannot be read: left out: %w", o.status, rec.scrub.explain(request, err))
	}
	return rec.write(request, answer, &Exchange{JSON: f == jsonForm, Status: o.status, ContentType: keptType(o.answerType)})
}

// write replaces and checks, and then writes. The request's file, which makes the exchange exist, comes last.
func (rec *Recorder) write(request, answer *node, x *Exchange) error {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if rec.written == maxExchanges {
		return fmt.Errorf("there are %d exchanges already: left out", maxExchanges)
	}
	if err := rec.scrub.message(request, answer, x); err != nil {
		return err
	}
	x.Name = number(rec.written + 1)
	for _, file := range []struct {
		name    string
		content []byte
	}{{x.Name + headSuffix, x.head()}, {x.AnswerFile(), x.Answer}, {x.requestFile(), x.Request}} {
		if err := writeFile(filepath.Join(rec.dir, file.name), file.content); err != nil {
			return err
		}
	}
	rec.written++
	return nil
}

// writeFile makes a file that only its owner can read. It overwrites nothing.
func writeFile(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}
