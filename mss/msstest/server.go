package msstest

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

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// Server is a simulated Mobile Signature Service Provider. It is safe for concurrent use.
type Server struct {
	options  Options
	pki      *pki
	identity *transport.Identity
	anchors  *mss.Anchors
	url      string
	history  history
	listener *http.Server  // nil in process
	served   chan struct{} // closed when listener has ended; nil in process

	requests sync.WaitGroup // under way

	mu           sync.Mutex // guards what follows, and every subscriber and transaction
	closed       bool
	misbehave    *Misbehaviour              // nil: none; not changed, but replaced
	pauses       map[chan struct{}]struct{} // of requests that let time pass; closed by Close
	rand         *rand.Rand
	subscribers  map[string]*subscriber // by digits of the telephone number
	transactions ledger[string, *transaction]
	triplets     ledger[triplet, struct{}]
}

// NewServer starts a server on the loopback interface for one test and closes it when the test ends. It fails the test
// if there is none to be had.
func NewServer(t testing.TB, o *Options) *Server {
	t.Helper()
	s, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("msstest: seed %d", s.Seed())
	t.Cleanup(s.Close)
	return s
}

// Start starts a server on the loopback interface, for programs. Close ends it.
func Start(o *Options) (*Server, error) {
	s, err := newServer(o)
	if err != nil {
		return nil, err
	}
	cert, key, err := s.pki.clientPEM()
	if err != nil {
		return nil, fmt.Errorf("msstest: %w", err)
	}
	if s.identity, err = transport.IdentityFromPEM(cert, key); err != nil {
		return nil, fmt.Errorf("msstest: %w", err)
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
	s.url = "https://msstest.invalid" // RFC 6761 6.4: no such host, ever
	return s, nil
}

func newServer(o *Options) (*Server, error) {
	options, err := o.complete()
	if err != nil {
		return nil, err
	}
	s := &Server{
		options:     options,
		misbehave:   options.Misbehave,
		rand:        rand.New(rand.NewPCG(options.Seed, 0)),
		pauses:      make(map[chan struct{}]struct{}),
		subscribers: make(map[string]*subscriber),
	}
	if s.pki, err = newPKI(time.Now()); err != nil {
		return nil, err
	}
	s.anchors, err = mss.NewAnchors(mss.Simulator, []*x509.Certificate{s.pki.root.Certificate}, []*x509.Certificate{s.pki.intermediate.Certificate})
	if err != nil {
		return nil, fmt.Errorf("msstest: %w", err)
	}
	for number, p := range testPersons {
		s.Script(number, p)
	}
	return s, nil
}

// listen opens the loopback listener. Like the real service it speaks HTTP/1.1 and keeps an idle connection for 10 s.
func (s *Server) listen() error {
	l, err := net.Listen("tcp", s.options.Addr)
	if err != nil {
		return fmt.Errorf("msstest: %w", err)
	}
	s.url = "https://" + l.Addr().String()
	s.served = make(chan struct{})
	var conns atomic.Uint64
	s.listener = &http.Server{
		Handler:           http.HandlerFunc(s.serve),
		TLSConfig:         s.tlsConfig(),
		Protocols:         new(http.Protocols),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       10 * time.Second,
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

// tlsConfig demands a client certificate and leaves judging it to the requests: the real service completes the handshake
// and answers fault 104. The CA that it names as acceptable is that of the persons, which issued no client certificate: a
// client that sends a certificate of an acceptable CA only sends none, and gets no handshake.
func (s *Server) tlsConfig() *tls.Config {
	stranger := x509.NewCertPool()
	stranger.AddCert(s.pki.root.Certificate)
	return &tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: []tls.Certificate{s.pki.serverCertificate()},
		NextProtos:   []string{"http/1.1"},
		ClientAuth:   tls.RequireAnyClientCert,
		ClientCAs:    stranger,
		VerifyConnection: func(tls.ConnectionState) error {
			s.history.Shake()
			return nil
		},
	}
}

// errClosed ends requests that were waiting when the server was closed.
var errClosed = errors.New("msstest: the server is closed")

// Close ends the server. Requests that wait for a person end without an answer. It returns when the last one has ended,
// and may be called twice.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	for _, e := range s.transactions.entries {
		e.value.interrupt()
		if rc := e.value.receipt; rc != nil {
			rc.interrupt()
		}
	}
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

// URL returns the address of the service, without a path.
func (s *Server) URL() string { return s.url }

// APID returns the AP_ID that requests must carry.
func (s *Server) APID() string { return s.options.APID }

// Prefix returns what every text must begin with.
func (s *Server) Prefix() string { return s.options.Prefix }

// Seed returns the seed of the server's random choices.
func (s *Server) Seed() uint64 { return s.options.Seed }

// Anchors returns what signatures of this server's persons are judged by, in the Simulator environment.
func (s *Server) Anchors() *mss.Anchors { return s.anchors }

// HTTP returns the settings of a client of this server: its address with the client certificate and the root of the
// server's own certificate, or in process the RoundTripper.
func (s *Server) HTTP() transport.Config {
	if s.listener == nil {
		return transport.Config{URL: s.url, Base: s.RoundTripper()}
	}
	return transport.Config{URL: s.url, Identity: s.identity, Roots: []*x509.Certificate{s.pki.tlsCA.Certificate}}
}
