package hermodtest

import (
	"context"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
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

// basePath is where the interface begins on its host: the context path and uriBase that a Hermod has by default.
const basePath = "/hermod/rest"

// Server is a simulated Hermod with all its devices. It is safe for concurrent use.
type Server struct {
	options Options
	pki     *pki
	anchors *mss.Anchors
	apiKey  string
	host    string // with port
	fqdn    string // without
	history history

	listener *http.Server  // nil in process
	served   chan struct{} // closed when listener has ended; nil in process
	outbox   outbox

	requests sync.WaitGroup // under way
	commands sync.WaitGroup // that have not ended

	closing context.Context // ends with Close
	end     context.CancelFunc

	mu        sync.Mutex // guards what follows, and every command and device
	closed    bool
	rand      *rand.Rand
	misbehave Misbehaviour
	persons   map[string]Person
	devices   map[string][]*device // by user, newest first
	pending   map[string]*command  // by id: those that nobody has answered
	results   map[lastResult]string
	number    uint64        // of the last command
	keys      int           // RSA keys that were given to devices
	delivered chan struct{} // closed and replaced when a callback was delivered
}

// New starts a server on the loopback interface for one test and closes it when the test ends. It fails the test if there is
// none to be had.
func New(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("hermodtest: seed %s", s.Seed())
	t.Cleanup(s.Close)
	return s
}

// Start starts a server on the loopback interface, for programs. Close ends it.
func Start(o Options) (*Server, error) {
	s, err := newServer(o)
	if err != nil {
		return nil, err
	}
	if err := s.listen(); err != nil {
		return nil, err
	}
	return s, nil
}

// NewInProcess makes a server without a listener: RoundTripper is the way in, and CallbackTo the way out. It keeps time by
// package time alone, so that it works inside a bubble of testing/synctest; make it there. It must be closed.
func NewInProcess(o Options) (*Server, error) {
	s, err := newServer(o)
	if err != nil {
		return nil, err
	}
	s.fqdn = "hermodtest.invalid" // RFC 6761 6.4: no such host, ever
	s.host = s.fqdn + ":20400"
	return s, nil
}

func newServer(o Options) (*Server, error) {
	options, err := o.complete()
	if err != nil {
		return nil, err
	}
	s := &Server{
		options:   options,
		misbehave: options.Misbehaviour,
		rand:      rand.New(rand.NewChaCha8(sha256.Sum256([]byte("hermodtest " + options.Seed)))),
		persons:   map[string]Person{Anyone: {}},
		devices:   make(map[string][]*device),
		pending:   make(map[string]*command),
		results:   make(map[lastResult]string),
		delivered: make(chan struct{}),
	}
	s.number = 10_000 + s.rand.Uint64N(80_000)
	if s.options.ClientKey == "" {
		s.options.ClientKey = s.drawKey()
	}
	if s.options.Callback.Password == "" {
		s.options.Callback.Password = s.drawKey()
	}
	s.apiKey = base64.StdEncoding.EncodeToString([]byte(s.options.ClientID + ":" + s.options.ClientKey))
	if s.pki, err = newPKI(options.Now()); err != nil {
		return nil, err
	}
	if s.anchors, err = mss.NewAnchors(mss.Simulator, []*x509.Certificate{s.pki.root.Certificate}, nil); err != nil {
		return nil, fmt.Errorf("hermodtest: %w", err)
	}
	s.closing, s.end = context.WithCancel(context.Background())
	s.outbox.init(s)
	return s, nil
}

// drawKey draws a secret like those that a Hermod generates: 64 hexadecimal digits.
func (s *Server) drawKey() string { return hex.EncodeToString(s.draw(32)) }

// draw returns octets of the seed. The server's lock is held, or nobody else has the server yet.
func (s *Server) draw(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(s.rand.Uint32())
	}
	return b
}

// drawUUID draws a UUID of version 4 (RFC 9562 5.4). Likewise.
func (s *Server) drawUUID() string {
	b := s.draw(16)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// listen opens the loopback listener.
func (s *Server) listen() error {
	l, err := net.Listen("tcp", s.options.Addr)
	if err != nil {
		return fmt.Errorf("hermodtest: %w", err)
	}
	s.host = l.Addr().String()
	s.fqdn, _, _ = net.SplitHostPort(s.host) // of an address that is in use
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

func (s *Server) tlsConfig() *tls.Config {
	return &tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: []tls.Certificate{s.pki.serverCertificate()},
		NextProtos:   []string{"http/1.1"},
		VerifyConnection: func(tls.ConnectionState) error {
			s.history.Shake()
			return nil
		},
	}
}

// errClosed ends requests that were waiting when the server was closed.
var errClosed = errors.New("hermodtest: the server is closed")

// Close ends the server. Requests and callbacks that are under way end, and commands that nobody has answered are forgotten
// without a callback. It returns when the last one has ended, and may be called twice. A handler of CallbackTo must not call it.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.end()
	if s.listener != nil {
		_ = s.listener.Close() // fails where the listener has failed before; nothing is left to close then
		<-s.served
	}
	s.requests.Wait()
	s.commands.Wait()
	s.outbox.close()
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

// URL returns the whole prefix of the interface: what clients put "/command/sign" behind.
func (s *Server) URL() string { return "https://" + s.host + basePath }

// Seed returns the seed of the server's random choices.
func (s *Server) Seed() string { return s.options.Seed }

// Anchors returns what certificates of Issue are judged by, in the Simulator environment.
func (s *Server) Anchors() *mss.Anchors { return s.anchors }

// AttestationPublicKey returns the key that provisioning responses are signed with, for other pins than AttestationKey.
func (s *Server) AttestationPublicKey() *rsa.PublicKey { return &s.pki.attestation.PublicKey }

// HTTP returns the settings of a client of this server: its address with the root of the server's own certificate, or in
// process the RoundTripper.
func (s *Server) HTTP() transport.Config {
	if s.listener == nil {
		return transport.Config{URL: s.URL(), Base: s.RoundTripper()}
	}
	return transport.Config{URL: s.URL(), Roots: []*x509.Certificate{s.pki.tlsCA.Certificate}}
}

// APIKey returns the header X-Api-Key that commands must carry.
func (s *Server) APIKey() string { return s.apiKey }
