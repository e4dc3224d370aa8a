package phones

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/scenario"
	"github.com/gomss/gomss/transport/replay"
	"golang.org/x/tools/txtar"
)

// maxPolls bounds the status queries of a scenario. Earlier ones that were answered "outstanding" are left out.
const maxPolls = 40

// HasScenario reports whether Hub.Scenario is for exchanges of this kind.
func (x *Exchange) HasScenario() bool {
	return x.Provider == mobileIDName && (x.Transaction != "" || x.isRefused())
}

// isRefused reports whether it is a request for a signature that ended with a fault, which names no transaction.
func (x *Exchange) isRefused() bool {
	return x.Operation == etsi.OpSignature.Name && x.Transaction == "" && !isLost(x)
}

// Scenario returns the signature of Mobile ID that an exchange belongs to, with its receipt if it has one, as a text that
// "mss replay FILE.txtar" runs: a txtar archive of the files of a scenario directory, with what must come out. Account,
// number and identifiers are replaced as in any recording (replay.Recorder). The signatures are those of a simulator,
// which its certificates say.
//
// The error says why there is none: the exchange is not there any more, or not about a signature; the signature is not
// decided; an answer was lost; or the requests are not as this module's client makes them.
func (h *Hub) Scenario(ctx context.Context, n int) (string, error) {
	x := h.history.find(n)
	if x == nil {
		return "", errors.New("there is no exchange of this number, or not any more")
	}
	if !x.HasScenario() {
		return "", errors.New("a scenario is of a signature of Mobile ID; this exchange is about something else")
	}
	f, err := h.flow(x)
	if err != nil {
		return "", err
	}
	text, err := h.write(ctx, f)
	if err != nil {
		return "", fmt.Errorf("no scenario can be made of it: %w", err)
	}
	return text, nil
}

// flow is what belongs to one signature, in order.
type flow struct {
	start   *Exchange
	polls   []*Exchange
	receipt *Exchange // nil: none
	request *etsi.SignatureReq
}

// flow collects the exchanges of the transaction that one belongs to, up to its outcome, and its receipt.
func (h *Hub) flow(of *Exchange) (*flow, error) {
	if of.isRefused() {
		_, m := of.decodeRequest()
		req, ok := m.(*etsi.SignatureReq)
		if !ok {
			return nil, errors.New("the request cannot be read")
		}
		return &flow{start: of, request: req}, nil
	}
	f := new(flow)
	decided := false
	for _, x := range h.history.all() {
		if x.Provider != mobileIDName || x.Transaction != of.Transaction {
			continue
		}
		switch op, m := x.decodeRequest(); {
		case op == etsi.OpSignature:
			f.start, f.request = x, m.(*etsi.SignatureReq)
			decided = f.request.MessagingMode == etsi.MessagingModeSynch
		case op == etsi.OpStatusQuery && f.start != nil && !decided && !isLost(x):
			f.polls = append(f.polls, x)
			decided = !isOutstanding(x)
		case op == etsi.OpReceipt && decided && f.receipt == nil:
			f.receipt = x
		}
	}
	switch {
	case f.start == nil:
		return nil, errors.New("its beginning is not in the history any more")
	case !decided:
		return nil, errors.New("the signature is still outstanding, or nobody has fetched it")
	}
	f.polls = f.polls[max(0, len(f.polls)-maxPolls):]
	return f, nil
}

// isLost reports whether nothing was performed (msstest.Misbehaviour.Unavailable): the client asks again.
func isLost(x *Exchange) bool { return x.Status == http.StatusServiceUnavailable }

// isOutstanding reports whether a status query was answered 504.
func isOutstanding(x *Exchange) bool {
	m, ok := x.decodeAnswer(etsi.OpStatusQuery)
	if !ok {
		return false
	}
	code, _ := m.(*etsi.StatusResp).Status.StatusCode.Value.Int()
	return code == 504
}

// exchanges are all of a flow.
func (f *flow) exchanges() []*Exchange {
	list := append([]*Exchange{f.start}, f.polls...)
	if f.receipt != nil {
		list = append(list, f.receipt)
	}
	return list
}

// write writes the scenario twice: what must come out is what comes out of the first one.
func (h *Hub) write(ctx context.Context, f *flow) (string, error) {
	s, err := h.describe(f)
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "mss-scenario-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	first, err := h.try(ctx, filepath.Join(dir, "first"), s, f)
	if err != nil {
		return "", err
	}
	expect(s, first.Outcomes)
	last := filepath.Join(dir, "last")
	result, err := h.try(ctx, last, s, f)
	if err != nil {
		return "", err
	}
	if !result.OK() {
		return "", errors.New("the requests are not as this module's client makes them: " + strings.Join(result.Differences, "; "))
	}
	return archive(last)
}

// expect expects what has come out.
func expect(s *scenario.Scenario, outcomes []scenario.Outcome) {
	q := &s.Signatures[0]
	for i, o := range outcomes {
		switch i {
		case 0:
			o.Requests = q.Expect.Requests
			q.Expect = o
		case 1:
			q.Receipt.Expect = o
		}
	}
}

// try writes a scenario and runs it.
func (h *Hub) try(ctx context.Context, dir string, s *scenario.Scenario, f *flow) (*scenario.Result, error) {
	exchanges := f.exchanges()
	rec, err := replay.NewRecorder(&player{exchanges}, replay.RecorderOptions{Dir: dir, KeepSignatures: true})
	if err != nil {
		return nil, err
	}
	for _, x := range exchanges {
		if err := send(ctx, rec, x); err != nil {
			return nil, err
		}
	}
	if err := rec.Close(); err != nil {
		return nil, err
	}
	if err := s.Write(rec, h.mobileID.Anchors()); err != nil {
		return nil, err
	}
	written, err := scenario.Load(dir)
	if err != nil {
		return nil, err
	}
	return scenario.Run(ctx, written)
}

// player answers requests with what is in the history.
type player struct{ left []*Exchange }

func (p *player) RoundTrip(r *http.Request) (*http.Response, error) {
	x := p.left[0]
	p.left = p.left[1:]
	if _, err := io.Copy(io.Discard, r.Body); err != nil { // the recorder notes what is read
		return nil, err
	}
	return &http.Response{
		StatusCode: x.Status, Header: http.Header{"Content-Type": {x.AnswerType}}, Request: r,
		Body: io.NopCloser(bytes.NewReader(x.Answer)), ContentLength: int64(len(x.Answer)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}, nil
}

// send sends a request of the history once more.
func send(ctx context.Context, rec *replay.Recorder, x *Exchange) error {
	r, err := http.NewRequestWithContext(ctx, x.Method, "https://replay.invalid"+x.Path, bytes.NewReader(x.Request))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", x.RequestType)
	resp, err := rec.RoundTrip(r)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return errors.Join(err, resp.Body.Close())
}

// archiveHead is the comment of an archive.
const archiveHead = "A signature of a SIMULATOR of Mobile ID. Save it as FILE.txtar and run: mss replay FILE.txtar\n\n"

// archive packs a scenario directory.
func archive(dir string) (string, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	a := &txtar.Archive{Comment: []byte(archiveHead)}
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			return "", err
		}
		if !bytes.HasSuffix(data, []byte("\n")) {
			data = append(data, '\n') // white space after a document, which means nothing
		}
		a.Files = append(a.Files, txtar.File{Name: f.Name(), Data: data})
	}
	text := txtar.Format(a)
	same := func(x, y txtar.File) bool { return x.Name == y.Name && bytes.Equal(x.Data, y.Data) }
	if !slices.EqualFunc(txtar.Parse(text).Files, a.Files, same) {
		return "", errors.New("a text looks like a separator of the archive")
	}
	return string(text), nil
}
