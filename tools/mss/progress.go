package main

import (
	"context"
	"fmt"
	"io"
	"net/http/httptrace"
	"os"
	"sync"
	"time"

	"github.com/gomss/gomss/mss"
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
}

func writeStep(w io.Writer, name, format string, args ...any) {
	fmt.Fprintf(w, "%-10s %s\n", name, fmt.Sprintf(format, args...))
}

// show is the callback of mss.Wait.
func (p *progress) show(prompt mss.Prompt) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hint = prompt.Hint
	if !prompt.Link.IsZero() {
		p.clear()
		writeStep(p.code, "link", "%s", prompt.Link.Reveal()) // what it is asked for; it opens the app on this device
	}
	if prompt.Code != "" {
		p.clear()
		writeStep(p.code, "code", "%s: the phone must show the same", prompt.Code)
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
	}
}

func (p *progress) seconds() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	fmt.Fprintf(p.live, "waiting    %.0f s %s", time.Since(p.begun).Seconds(), p.hint)
}

// clear wipes the live line (ECMA-48: EL).
func (p *progress) clear() {
	if p.live != nil {
		fmt.Fprint(p.live, "\r\x1b[K")
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
