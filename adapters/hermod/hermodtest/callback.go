package hermodtest

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// patience is how long the receiver of a callback may take.
const patience = 10 * time.Second

// outbox is where callbacks go.
type outbox struct {
	mu       sync.Mutex
	roots    *x509.CertPool // not changed, but replaced
	client   *http.Client   // that trusts them
	url      string         // of the callbacks' prefix; "" for none
	direct   bool           // url is the handler's own, and there is no network to it
	handler  http.Handler   // of CallbackTo
	receiver *http.Server   // that handler is behind; nil: none yet, or in process
	address  string         // of receiver, as a prefix
	served   chan struct{}  // closed when receiver has ended
}

func (o *outbox) init(s *Server) {
	o.roots = x509.NewCertPool()
	o.roots.AddCert(s.pki.tlsCA.Certificate)
	o.connect()
}

// connect makes a client for the roots.
func (o *outbox) connect() {
	if o.client != nil {
		o.client.CloseIdleConnections()
	}
	o.client = &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: o.roots, MinVersion: tls.VersionTLS12}, MaxIdleConnsPerHost: 32},
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// CallbackTo has callbacks go to a handler: over loopback TLS, or in process by a call. It is the callback URL
// "https://127.0.0.1:…/hermod/rest", behind which "/callback/sign" and so on comes. A later call replaces the handler.
func (s *Server) CallbackTo(h http.Handler) {
	o := &s.outbox
	o.mu.Lock()
	defer o.mu.Unlock()
	o.handler, o.direct = h, s.listener == nil
	switch {
	case o.direct:
		o.url = "https://callback.invalid" + basePath
		return
	case o.receiver == nil:
		o.listen(s.pki.serverCertificate())
	}
	o.url = o.address
}

// listen opens the listener that the handler is behind.
func (o *outbox) listen(certificate tls.Certificate) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(fmt.Sprintf("hermodtest: CallbackTo: %v", err)) // there is no loopback interface, or no port of it
	}
	o.address = "https://" + l.Addr().String() + basePath
	o.served = make(chan struct{})
	o.receiver = &http.Server{
		Handler:           http.HandlerFunc(o.receive),
		TLSConfig:         &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate}, NextProtos: []string{"http/1.1"}},
		ReadHeaderTimeout: patience,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	go func() {
		defer close(o.served)
		_ = o.receiver.ServeTLS(l, "", "") // returns when close closes l
	}()
}

func (o *outbox) receive(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	h := o.handler
	o.mu.Unlock()
	h.ServeHTTP(w, r)
}

// SetCallbackURL has callbacks go to a URL of this machine, behind which "/callback/sign" and so on comes: callbackUrl in a
// Hermod's configuration. It is http or https, and https is trusted by the roots, or by that of HTTP. It takes the place
// of CallbackTo.
func (s *Server) SetCallbackURL(prefix string, roots ...*x509.Certificate) error {
	u, err := url.Parse(prefix)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !isLoopbackHost(u.Hostname()) || u.RawQuery != "" {
		return errors.New("hermodtest: SetCallbackURL: is no http or https URL of a loopback address or localhost, without query")
	}
	o := &s.outbox
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(roots) > 0 {
		o.roots = o.roots.Clone()
		for _, c := range roots {
			o.roots.AddCert(c)
		}
		o.connect()
	}
	o.direct, o.url = false, strings.TrimRight(prefix, "/")
	return nil
}

func (o *outbox) close() {
	if o.receiver != nil {
		_ = o.receiver.Close() // fails where the listener has failed before
		<-o.served
	}
	o.client.CloseIdleConnections()
}

// deliver sends a callback and notes what came of it.
func (s *Server) deliver(c *command, record object) {
	b := &Callback{CommandID: c.id, Path: "/callback/" + c.kind.names().segment, Body: pretty(record), user: s.options.Callback.User, password: s.options.Callback.Password}
	if s.misbehaves() == Unknown {
		b.Body = behindBrace(b.Body, unknown)
	}
	f := c.person.Forge
	forgeCallback(f, b)
	switch {
	case f == ForgeNoAuth, s.options.Callback.None:
		b.user, b.password = "", ""
	case f == ForgePassword:
		b.password += "x"
	}
	s.send(b)
}

// Redeliver sends the last callback of a command again, as it was, and returns what the receiver answered. It is false if
// there was none.
func (s *Server) Redeliver(commandID string) (status int, ok bool) {
	b := s.history.last(commandID)
	if b == nil || s.enter() != nil {
		return 0, false
	}
	defer s.requests.Done()
	return s.send(b), true
}

// send sends a callback and returns the status that came back; 0 for none.
func (s *Server) send(b *Callback) int {
	b.Time = time.Now()
	s.history.callback(b)
	status, err := s.outbox.post(s.closing, b)
	s.history.Set(func() { b.Status, b.Err, b.ended = status, err, true })
	s.mu.Lock()
	close(s.delivered)
	s.delivered = make(chan struct{})
	s.mu.Unlock()
	return status
}

var errNowhere = errors.New("hermodtest: there is no callback address: use CallbackTo or SetCallbackURL")

func (o *outbox) post(ctx context.Context, b *Callback) (int, error) {
	o.mu.Lock()
	handler, direct, prefix, client := o.handler, o.direct, o.url, o.client
	o.mu.Unlock()
	if prefix == "" {
		return 0, errNowhere
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, prefix+b.Path, bytes.NewReader(b.Body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	if b.user != "" {
		req.SetBasicAuth(b.user, b.password)
	}
	if direct {
		return call(handler, req), nil
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(resp.Body, maxRequest))
	return resp.StatusCode, err
}

// call has a handler take a request without a network.
func call(h http.Handler, req *http.Request) int {
	req.RequestURI, req.RemoteAddr = req.URL.RequestURI(), "127.0.0.1:20400"
	w := &recorder{header: make(http.Header)}
	h.ServeHTTP(w, req)
	return max(w.status, http.StatusOK)
}

// recorder keeps the status of an answer.
type recorder struct {
	header http.Header
	status int
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return len(b), nil
}
