package replay

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// Exchange is one recorded question with its answer.
type Exchange struct {
	Name        string // "01", the number in the names of its files
	JSON        bool   // whether the messages are JSON; otherwise XML
	Request     []byte // with placeholders
	Answer      []byte // as it goes back, once placeholders are filled in
	Status      int    // HTTP status; 0: see the package comment
	ContentType string // "": see the package comment
}

const (
	requestSuffix = "-request"
	answerSuffix  = "-response"
	headSuffix    = answerSuffix + ".http"

	maxExchanges = 99
	maxHead      = 1024 // octets
)

// Load reads the exchanges of a recording, which are numbered from 01 without a gap. A directory without any is empty.
// Files of other names are ignored.
func Load(dir string) ([]Exchange, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	last := 0
	for _, f := range files {
		if m := numbered.FindStringSubmatch(f.Name()); m != nil {
			n, _ := strconv.Atoi(m[1]) // two digits
			last = max(last, n)
		}
	}
	var list []Exchange
	for n := 1; n <= last; n++ {
		x, err := load(dir, number(n))
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w: number the exchanges from 01 without a gap, a request and a response each", err)
		}
		if err != nil {
			return nil, err
		}
		list = append(list, x)
	}
	return list, nil
}

// numbered matches the files of an exchange.
var numbered = regexp.MustCompile(`^([0-9]{2})-(request\.xml|request\.json|response\.xml|response\.json|response\.http)$`)

func load(dir, name string) (x Exchange, err error) {
	x.Name = name
	if x.JSON, err = isRequestJSON(dir, name); err != nil {
		return x, err
	}
	if x.Request, err = readFile(dir, x.requestFile(), maxDocument); err != nil {
		return x, err
	}
	if x.Answer, err = readFile(dir, x.AnswerFile(), maxDocument); err != nil {
		return x, err
	}
	return x, x.readHead(dir)
}

// isRequestJSON tells the form of an exchange by the name of its request, and refuses a request in both.
func isRequestJSON(dir, name string) (bool, error) {
	exists := func(f *form) bool {
		_, err := os.Lstat(filepath.Join(dir, name+requestSuffix+f.extension))
		return err == nil
	}
	if !exists(jsonForm) {
		return false, nil
	}
	if exists(xmlForm) {
		return false, fmt.Errorf("replay: %s: there is a request in both forms, .xml and .json: remove one", filepath.Join(dir, name+requestSuffix))
	}
	return true, nil
}

func (x *Exchange) form() *form {
	if x.JSON {
		return jsonForm
	}
	return xmlForm
}

func (x *Exchange) requestFile() string { return x.Name + requestSuffix + x.form().extension }

// AnswerFile returns the name of the file that holds Answer.
func (x *Exchange) AnswerFile() string { return x.Name + answerSuffix + x.form().extension }

func number(n int) string { return fmt.Sprintf("%02d", n) }

func readFile(dir, name string, limit int64) ([]byte, error) {
	path := filepath.Join(dir, name)
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("replay: %s: larger than %d octets", path, limit)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	return b, nil
}

// readHead reads the two lines of NN-response.http, where there is one.
func (x *Exchange) readHead(dir string) error {
	head, err := readFile(dir, x.Name+headSuffix, maxHead)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimRight(string(head), "\n"), "\n")
	if len(lines) == 2 {
		status, ok := strings.CutPrefix(lines[0], "Status: ")
		contentType, ok2 := strings.CutPrefix(lines[1], "Content-Type: ")
		if n, err := strconv.Atoi(status); ok && ok2 && err == nil && n >= 200 && n <= 599 {
			x.Status, x.ContentType = n, contentType
			return nil
		}
	}
	return fmt.Errorf("replay: %s: want two lines, Status: 200 to 599 and Content-Type", filepath.Join(dir, x.Name+headSuffix))
}

// Signature reports whether the answer bears a signature as it came, and whether it bears what a Recorder puts in the
// place of one.
func (x *Exchange) Signature() (kept, replaced bool) {
	root, err := x.form().parse(x.Answer)
	if err != nil {
		return false, false // a Recorder leaves out what cannot be read
	}
	root.values(func(at place, value string) {
		if at.is(signatureName) && !isBlank(value) {
			kept, replaced = kept || value != replacedSignature, replaced || value == replacedSignature
		}
	})
	return kept, replaced
}

// head is the content of NN-response.http.
func (x *Exchange) head() []byte {
	return fmt.Appendf(nil, "Status: %d\nContent-Type: %s\n", x.Status, x.ContentType)
}

// complete fills in the status and type of an answer that has no file for them.
func (x *Exchange) complete() error {
	if x.ContentType == "" {
		x.ContentType = x.form().contentType
	}
	if x.Status != 0 {
		return nil
	}
	root, err := x.form().parse(x.Answer)
	if err != nil {
		return fmt.Errorf("replay: %s: %w; an answer that is meant to be no %s needs %s", x.AnswerFile(), err, x.form().name, x.Name+headSuffix)
	}
	x.Status = http.StatusOK
	if root.isFault() {
		x.Status = http.StatusInternalServerError
	}
	return nil
}
