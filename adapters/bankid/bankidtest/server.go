package bankidtest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gomss/gomss/internal/journal"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// basePath is where the interface begins on its host.
const basePath = "/rp/v6.0"

// Server is a simulated BankID service. It is safe for concurrent use.
type Server struct {
	options  Options
	pki      *pki
	anchors  *mss.Anchors
	identity *transport.Identity
	url      string
	history  journal.Log[Request]
	listener *http.Server  // nil in process
	served   chan struct{} // closed when listener has ended; nil in process

	misbehave atomic.Pointer[Misbehaviour]

	requests sync.WaitGroup // under way

	mu      sync.Mutex // guards what follows, and every order
	closed  bool
	pauses  map[chan struct{}]struct{} // of answers that are late; closed by Close
	rand    *rand.Rand
	persons map[string]Person // by personal number; "" is anyone
	faults  map[string][]Fault
	orders  map[string]*order // by reference: those that can be collected
	asked   map[string]*order // by the personal number that they require: the last one
	began   []*order          // as they began, those that are over cut off
	prompts int
}

// NewServer starts a server on the loopback interface for one test and closes it when the test ends. It fails the test
// if there is none to be had.
func NewServer(t testing.TB, o *Options) *Server {
	t.Helper()
	s, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("bankidtest: seed %d", s.Seed())
	t.Cleanup(s.Close)
	return s
}

// Start starts a server on the loopback interface, for programs. Close ends it.
func Start(o *Options) (*Server, error) {
	s, err := newServer(o)
	if err != nil {
		return nil, err
	}
	if err := s.listen(); err != nil {
		return nil, err
	}
	return s, nil
}

// NewInProcess makes a server without a listener and without a goroutine: RoundTripper is the way in. It keeps time by
// package time alone, so that it works inside a bubble of testing/synctest; make it there, because its certificates are
// valid from when it was made.
func NewInProcess(o *Options) (*Server, error) {
	s, err := newServer(o)
	if err != nil {
		return nil, err
	}
	s.url = "https://bankidtest.invalid" + basePath // RFC 6761 6.4: no such host, ever
	return s, nil
}

func newServer(o *Options) (*Server, error) {
	options, err := o.complete()
	if err != nil {
		return nil, err
	}
	s := &Server{
		options: options,
		rand:    rand.New(rand.NewPCG(options.Seed, 0)),
		pauses:  make(map[chan struct{}]struct{}),
		persons: make(map[string]Person),
		faults:  make(map[string][]Fault),
		orders:  make(map[string]*order),
		asked:   make(map[string]*order),
	}
	s.SetMisbehaviour(&Misbehaviour{options.PlainUnauthorized, options.Unknown})
	if s.pki, err = newPKI(time.Now()); err != nil {
		return nil, err
	}
	if s.identity, err = s.pki.identity(); err != nil {
		return nil, err
	}
	if s.anchors, err = mss.NewAnchors(mss.Simulator, []*x509.Certificate{s.pki.root.Certificate}, nil); err != nil {
		return nil, fmt.Errorf("bankidtest: %w", err)
	}
	s.Script(Anyone, Person{})
	return s, nil
}

// listen opens the loopback listener.
func (s *Server) listen() error {
	l, err := net.Listen("tcp", s.options.Addr)
	if err != nil {
		return fmt.Errorf("bankidtest: %w", err)
	}
	s.url = "https://" + l.Addr().String() + basePath
	s.served = make(chan struct{})
	var conns atomic.Uint64
	s.listener = &http.Server{
		Handler:           http.HandlerFunc(s.serve),
		TLSConfig:         s.tlsConfig(),
		Protocols:         new(http.Protocols),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       time.Minute,
		ErrorLog:          log.New(io.Discard, "", 0), // refused handshakes are what tests ask for
		ConnContext: func(ctx context.Context, _ net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, conns.Add(1))
		},
	}
	s.listener.Protocols.SetHTTP1(true)
	go func() {
		defer close(s.served)
		_ = s.listener.ServeTLS(l, "", "") // returns when Close closes l
	}()
	return nil
}

// tlsConfig demands a client certificate and leaves judging it to the requests: an unknown one is answered 401.
func (s *Server) tlsConfig() *tls.Config {
	return &tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: []tls.Certificate{s.pki.serverCertificate()},
		NextProtos:   []string{"http/1.1"},
		ClientAuth:   tls.RequireAnyClientCert,
		VerifyConnection: func(tls.ConnectionState) error {
			s.history.Shake()
			return nil
		},
	}
}

// errClosed ends requests that were waiting when the server was closed.
var errClosed = errors.New("bankidtest: the server is closed")

// Close ends the server. Requests that are under way end without an answer if they wait. It returns when the last one has
// ended, and may be called twice.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	for wake := range s.pauses {
		close(wake)
	}
	clear(s.pauses) // Close may be called twice
	s.mu.Unlock()
	if s.listener != nil {
		_ = s.listener.Close() // fails where the listener has failed before; nothing is left to close then
		<-s.served
	}
	s.requests.Wait()
}

// enter admits a request unless the server is closed; s.requests.Done must follow.
func (s *Server) enter() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errClosed
	}
	s.requests.Add(1)
	return nil
}

// URL returns the address of the interface: what clients put "/auth" behind.
func (s *Server) URL() string { return s.url }

// Seed returns the seed of the server's random choices.
func (s *Server) Seed() uint64 { return s.options.Seed }

// Anchors returns what signatures of this server's persons are judged by, in the Simulator environment: the signing root
// alone. The CAs between come with each signature. It has nothing to do with the root of the TLS certificate.
func (s *Server) Anchors() *mss.Anchors { return s.anchors }

// Certificate returns the certificate that the server shows in TLS, for pins.
func (s *Server) Certificate() *x509.Certificate { return s.pki.server.Certificate }

// RelyingParty returns the client certificate of HTTP. In process, orders are taken as coming with it.
func (s *Server) RelyingParty() *x509.Certificate { return s.pki.client.Certificate }

// RelyingPartyName returns what signatures say of the relying party: the subject of RelyingParty as srvInfo/name has it.
func (s *Server) RelyingPartyName() string { return subjectText(s.pki.client.Certificate) }

// HTTP returns the settings of a client of this server: its address with the client certificate and the root of the
// server's own certificate, or in process the RoundTripper.
func (s *Server) HTTP() transport.Config {
	if s.listener == nil {
		return transport.Config{URL: s.url, Base: s.RoundTripper()}
	}
	return transport.Config{URL: s.url, Identity: s.identity, Roots: []*x509.Certificate{s.pki.tlsCA.Certificate}}
}
