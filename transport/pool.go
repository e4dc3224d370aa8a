package transport

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gomss/gomss/mss"
)

const (
	// idleTimeout is how long an unused connection is kept. The Mobile ID service closes its end after 10 s
	// ("Keep-Alive: timeout=10"), and a request written at that moment is lost.
	idleTimeout = 9 * time.Second

	// waitTimeout bounds the wait for one of Config.MaxConns: who asked has something better to do.
	waitTimeout = 10 * time.Second

	maxHeader = 64 << 10 // of an answer
)

// pool is the built-in RoundTripper of one generation: connections that share a client certificate and a TLS session
// cache. Each connection is a http.ClientConn, because a http.Transport repeats requests by itself, goes on dialing
// when nobody waits any more, and opens more connections than it has requests.
//
// The connection used last is used first, so that as few as possible stay warm; a new one is opened only when all are in use:
// there are never more TLS handshakes than exchanges at once, unless connections break. (On a machine so busy that a
// connection's writer is not scheduled for 50 ms, net/http gives the connection up.)
type pool struct {
	dialer *dialer
	slots  chan struct{} // one for each exchange under way; shared by all generations of a client

	mu      sync.Mutex
	idle    []*pooledConn // used last at the end
	retired bool          // keep nothing
}

type pooledConn struct {
	http   *http.ClientConn
	wire   *countedConn
	addr   string
	timer  *time.Timer // closes the connection when it stays idle
	reused bool
}

// RoundTrip sends req once. An error is always a *failure that says whether an octet of req was written. The connection
// goes back to the pool when the answer's body has been read to its end.
func (p *pool) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	c, err := p.acquire(ctx, hostPort(req.URL))
	if err != nil {
		f := explain(ctx, stepDial, err)
		f.sent = mss.NotSent
		return nil, f
	}
	if a, ok := ctx.Value(attemptKey{}).(*attempt); ok {
		a.arm()
	}
	c.wire.begin()
	resp, err := c.http.RoundTrip(inOnePiece(req))
	if err != nil {
		f := c.explain(ctx, err)
		c.http.Close()
		p.release(c)
		if f.stale {
			// What else was kept is as old or older.
			p.closeIdle()
		}
		return nil, f
	}
	resp.Body = &lease{ReadCloser: resp.Body, pool: p, conn: c}
	return resp, nil
}

// inOnePiece returns req with a body that net/http knows to be in memory: it then writes header and body in one TLS record.
// Of any other reader it fears that the first octet takes long, and sends the header ahead.
func inOnePiece(req *http.Request) *http.Request {
	m, ok := req.Body.(*message)
	if !ok {
		return req
	}
	r := *req
	r.Body = m.inMemory()
	return &r
}

// explain tells how an exchange on c failed.
func (c *pooledConn) explain(ctx context.Context, err error) *failure {
	got := c.wire.got.Load()
	sent := mss.MaybeSent
	if c.wire.seal() {
		sent = mss.NotSent
	}
	step := stepRead
	if op, ok := errors.AsType[*net.OpError](err); sent == mss.NotSent || ok && op.Op == "write" {
		step = stepWrite
	}
	if alert := c.wire.refused.Load(); alert != nil {
		err = alert
	}
	f := explain(ctx, step, err)
	f.sent = sent
	switch {
	case ctx.Err() != nil:
	case got == 0:
		f.stale = c.reused
		if f.err == nil {
			f.text = "the connection broke before an answer"
		}
	case got >= maxHeader:
		f.step, f.text, f.err = stepLimit, "the answer's header is longer than 64 KiB", nil
	case f.err == nil:
		f.text = "the answer is not one of HTTP/1.1: check Config.URL"
	}
	return f
}

// acquire waits for a slot and returns a warm connection, or a new one.
func (p *pool) acquire(ctx context.Context, addr string) (*pooledConn, error) {
	if ctx.Err() != nil { // select would choose at random
		return nil, stopped(ctx, stepRequest)
	}
	if err := p.wait(ctx); err != nil {
		return nil, err
	}
	if c := p.takeIdle(addr); c != nil {
		return c, nil
	}
	c, err := p.open(ctx, addr)
	if err != nil {
		<-p.slots
		return nil, err
	}
	return c, nil
}

// wait takes a slot.
func (p *pool) wait(ctx context.Context) error {
	select {
	case p.slots <- struct{}{}:
		return nil
	default:
	}
	timer := time.NewTimer(waitTimeout)
	defer timer.Stop()
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-timer.C:
		return &failure{step: stepWait, text: "all connections stayed in use for " + waitTimeout.String() + ": raise Config.MaxConns"}
	case <-ctx.Done():
		return stopped(ctx, stepWait)
	}
}

func (p *pool) takeIdle(addr string) *pooledConn {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := len(p.idle) - 1; i >= 0; i-- {
		c := p.idle[i]
		if c.addr != addr {
			continue
		}
		p.idle = slices.Delete(p.idle, i, i+1)
		c.timer.Stop()
		if c.http.Err() == nil { // else the server has closed it
			c.reused = true
			return c
		}
	}
	return nil
}

func (p *pool) open(ctx context.Context, addr string) (*pooledConn, error) {
	wire, err := p.dialer.open(ctx, addr)
	if err != nil {
		return nil, err
	}
	factory := &http.Transport{
		DialTLSContext:         func(context.Context, string, string) (net.Conn, error) { return wire, nil },
		MaxResponseHeaderBytes: maxHeader,
	}
	conn, err := factory.NewClientConn(ctx, "https", addr)
	if err != nil {
		wire.Close()
		return nil, err
	}
	return &pooledConn{http: conn, wire: wire, addr: addr}, nil
}

// release ends an exchange: c is kept if its answer was read to the end, closed otherwise.
func (p *pool) release(c *pooledConn) {
	defer func() { <-p.slots }()
	if !p.keep(c) {
		c.http.Close()
	}
}

func (p *pool) keep(c *pooledConn) bool {
	if c.http.Available() == 0 {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.retired {
		return false
	}
	c.wire.end()
	if c.timer == nil {
		c.timer = time.AfterFunc(idleTimeout, func() { p.expire(c) })
	} else {
		c.timer.Reset(idleTimeout)
	}
	if len(p.idle) >= cap(p.slots) { // connections to several hosts
		p.idle[0].timer.Reset(0)
	}
	p.idle = append(p.idle, c)
	return true
}

// expire closes c unless an exchange has taken it in the meantime.
func (p *pool) expire(c *pooledConn) {
	p.mu.Lock()
	i := slices.Index(p.idle, c)
	if i >= 0 {
		p.idle = slices.Delete(p.idle, i, i+1)
	}
	p.mu.Unlock()
	if i >= 0 {
		c.http.Close()
	}
}

func (p *pool) closeIdle() {
	p.mu.Lock()
	idle := p.idle
	p.idle = nil
	p.mu.Unlock()
	for _, c := range idle {
		c.timer.Stop()
		c.http.Close()
	}
}

// retire closes what is idle now, and each other connection when its exchange ends.
func (p *pool) retire() {
	p.mu.Lock()
	p.retired = true
	p.mu.Unlock()
	p.closeIdle()
}

// lease is an answer's body that gives its connection back at the end, or when it is closed.
type lease struct {
	io.ReadCloser
	pool *pool
	conn *pooledConn
	over atomic.Bool
}

func (l *lease) Read(p []byte) (int, error) {
	n, err := l.ReadCloser.Read(p)
	if err != nil {
		l.end()
	}
	return n, err
}

func (l *lease) Close() error {
	err := l.ReadCloser.Close()
	l.end()
	return err
}

func (l *lease) end() {
	if l.over.CompareAndSwap(false, true) {
		l.pool.release(l.conn)
	}
}

// hostPort is where a connection for u goes to.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = "443"
	}
	return net.JoinHostPort(u.Hostname(), port)
}
