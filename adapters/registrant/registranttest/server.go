package registranttest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/gomss/gomss/transport"
)

// Server is a simulated registrant API. It is safe for concurrent use.
type Server struct {
	options  Options
	url      string
	ca       *x509.Certificate
	listener *http.Server
	served   chan struct{} // closed when listener has ended
	closing  context.Context
	end      context.CancelFunc // ends requests that are held

	requests sync.WaitGroup // under way

	mu        sync.Mutex // guards what follows, and every person
	closed    bool
	misbehave Misbehaviour
	persons   map[string]*person // by "EE-60001019906"
	history   []Request
}

// NewServer starts a server for one test and closes it when the test ends. It fails the test if there is none to be had.
func NewServer(t testing.TB, o *Options) *Server {
	t.Helper()
	s, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// Start starts a server, for programs. Close ends it.
func Start(o *Options) (*Server, error) {
	options, err := o.complete()
	if err != nil {
		return nil, err
	}
	ca, cert, err := newPKI(time.Now())
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", options.Addr)
	if err != nil {
		return nil, fmt.Errorf("registranttest: %w", err)
	}
	s := &Server{
		options: options,
		url:     "https://" + l.Addr().String(),
		ca:      ca,
		served:  make(chan struct{}),
		persons: make(map[string]*person),
	}
	s.closing, s.end = context.WithCancel(context.Background())
	s.listener = &http.Server{
		Handler:           http.HandlerFunc(s.serve),
		TLSConfig:         &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{cert}, NextProtos: []string{"http/1.1"}},
		Protocols:         new(http.Protocols),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0), // refused handshakes are what tests ask for
	}
	s.listener.Protocols.SetHTTP1(true)
	go func() {
		defer close(s.served)
		_ = s.listener.ServeTLS(l, "", "") // returns when Close closes l
	}()
	return s, nil
}

// Close ends the server and all requests under way. It returns when the last one has ended, and may be called twice.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.end()
	_ = s.listener.Close() // fails where the listener has failed before; nothing is left to close then
	<-s.served
	s.requests.Wait()
}

// URL returns the address of the API, without a path.
func (s *Server) URL() string { return s.url }

// HTTP returns the settings of a client of this server: its address and the root of its certificate.
func (s *Server) HTTP() transport.Config {
	return transport.Config{URL: s.url, Roots: []*x509.Certificate{s.ca}}
}
