package main

import (
	"context"
	"fmt"
	"io"
	"net/http/httptrace"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/login"
)

// progress tells the person at the keyboard what happens while the person at the phone is waited for. It is safe for
// concurrent use: the connection reports from goroutines of its own.
type progress struct {
	mu    sync.Mutex
	steps io.Writer // a line for each step
	code  io.Writer // where the code goes whatever happens: a code that nobody sees protects nobody
	live  io.Writer // a line that is written over each second; nil where stderr is no terminal
	begun time.Time
	hint  string
	link  mss.Private // that was shown

	stage func(hint string) (text string, scan bool) // of the provider; nil: none
	text  string                                     // of the stage, as it was shown
	block string                                     // the QR code that stands on the terminal, above the live line
}

// of has hints said in the provider's words.
func (p *progress) of(service *provider, lang string) {
	if service.stage != nil {
		p.stage = func(hint string) (string, bool) { return service.stage(hint, lang) }
	}
}

// newProgress writes steps among the results of a reader, or, where a program reads the results, to a terminal.
func (a *app) newProgress(forProgram bool) *progress {
	p := &progress{steps: a.stdout, code: a.stdout, begun: time.Now()}
	if isTerminal(a.stderr) {
		p.live = a.stderr
	}
	if forProgram {
		p.steps, p.code = io.Discard, a.stderr
		if p.live != nil {
			p.steps = a.stderr
		}
	}
	return p
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// step writes a line.
func (p *progress) step(name, format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	writeStep(p.steps, name, format, args...)
	p.redraw()
}

func writeStep(w io.Writer, name, format string, args ...any) {
	fmt.Fprintf(w, "%-10s %s\n", name, fmt.Sprintf(format, args...))
}

// show is the callback of mss.Wait.
func (p *progress) show(prompt mss.Prompt) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hint = prompt.Hint
	p.clear()
	defer p.redraw()
	if !prompt.Link.IsZero() && prompt.Link != p.link {
		p.link = prompt.Link
		writeStep(p.code, "link", "%s", prompt.Link.Reveal()) // what it is asked for; it opens the app on this device
	}
	if prompt.Code != "" {
		writeStep(p.code, "code", "%s: the phone must show the same", prompt.Code)
	}
	if p.stage == nil {
		return
	}
	text, scan := p.stage(prompt.Hint)
	if text != p.text {
		p.text = text
		writeStep(p.steps, "person", "%s", text)
	}
	p.block = ""
	if scan && p.live != nil {
		p.block = login.QRTerminal(prompt.QR.Reveal()) // elsewhere it could not be refreshed, and holds for a second
	}
}

// trace reports when the first request of ctx is on its way; asked says what it asks.
func (p *progress) trace(ctx context.Context, acc *account, asked string) context.Context {
	tls := "TLS"
	if acc.provider.clientCert {
		tls = "mutual TLS"
	}
	var once sync.Once
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(info httptrace.WroteRequestInfo) {
		if info.Err != nil {
			return
		}
		once.Do(func() {
			p.step("connected", "%s with %s", acc.url, tls)
			p.step("asked", "%s", asked)
		})
	}})
}

// tick counts the seconds on a terminal until the function that it returns is called.
func (p *progress) tick() (stop func()) {
	if p.live == nil {
		return func() {}
	}
	done := make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() {
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				p.seconds()
			}
		}
	})
	return func() {
		close(done)
		running.Wait()
		p.mu.Lock()
		defer p.mu.Unlock()
		p.clear()
		p.block = ""
	}
}

func (p *progress) seconds() {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(p.live, "\r\x1b[Kwaiting    %.0f s %s", time.Since(p.begun).Seconds(), p.hint)
}

// clear wipes the live line, and the QR code above it (ECMA-48: EL, CUU, ED).
func (p *progress) clear() {
	switch {
	case p.live == nil:
	case p.block == "":
		fmt.Fprint(p.live, "\r\x1b[K")
	default:
		fmt.Fprintf(p.live, "\r\x1b[%dA\x1b[J", strings.Count(p.block, "\n"))
	}
}

// redraw puts the QR code back below what was written.
func (p *progress) redraw() {
	if p.block != "" {
		fmt.Fprint(p.live, p.block)
	}
}

// watched is a service whose polls are reported.
type watched struct {
	mss.Service
	p     *progress
	polls int
}

func (w *watched) Poll(ctx context.Context, tx *mss.Transaction, hold time.Duration) (*mss.Status, error) {
	st, err := w.Service.Poll(ctx, tx, hold)
	w.polls++
	result := "the person has not answered yet"
	switch {
	case err != nil:
		result = "failed"
	case st.Evidence != nil:
		result = "an outcome"
	}
	w.p.step(fmt.Sprintf("poll %d", w.polls), "%s (%.0f s)", result, time.Since(w.p.begun).Seconds())
	return st, err
}
