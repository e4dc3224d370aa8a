package transport

import (
	"crypto/tls"
	"errors"
	"math"
	"net"
	"sync/atomic"
)

// countedConn counts the octets of HTTP on one TLS connection, because "nothing was sent" decides whether a phone may
// be rung again, and an error's text cannot tell (SEC-1).
//
// It counts above TLS: handshake records, session tickets and the closing alert are no part of a request. An octet
// that TLS took but whose record was not written completely is not counted either: without its authentication tag the
// peer cannot read a record.
type countedConn struct {
	*tls.Conn
	written atomic.Int64                // octets of the present request; sealed: none was written, none will be
	got     atomic.Int64                // octets of the present answer
	busy    atomic.Bool                 // an exchange is under way
	refused atomic.Pointer[net.OpError] // the alert with which the peer ended the connection
}

const sealed = math.MinInt64

var errSealed = errors.New("transport: the exchange was given up before it was written")

// begin starts the count of a new exchange.
func (c *countedConn) begin() {
	c.written.Store(0)
	c.got.Store(0)
	c.busy.Store(true)
}

// end says that the exchange is over and its answer complete.
func (c *countedConn) end() { c.busy.Store(false) }

// seal reports whether no octet of the request was written. If so it also sees to it that none ever is: net/http writes
// from a goroutine of its own, which may be late.
func (c *countedConn) seal() bool { return c.written.CompareAndSwap(0, sealed) }

func (c *countedConn) Write(p []byte) (int, error) {
	// The octets are counted before they are written, so that seal fails while a write is under way.
	for {
		before := c.written.Load()
		if before == sealed {
			return 0, errSealed
		}
		if c.written.CompareAndSwap(before, before+int64(len(p))) {
			break
		}
	}
	n, err := c.Conn.Write(p)
	if n < len(p) {
		c.written.Add(int64(n - len(p)))
	}
	return n, err
}

func (c *countedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.got.Add(int64(n))
	if err != nil {
		c.noteAlert(err)
	}
	return n, err
}

// noteAlert keeps an alert that the peer sent. net/http reads in a goroutine of its own, which closes the connection
// then; a write under way fails by that, and its error would be all that is left of the reason.
func (c *countedConn) noteAlert(err error) {
	if _, ok := remoteAlert(err); ok {
		op, _ := errors.AsType[*net.OpError](err)
		c.refused.CompareAndSwap(nil, op)
	}
}

// Close ends an idle connection with TLS's closing alert. In the midst of an exchange it cuts the connection: the
// exchange has failed anyway, and the alert could wait up to five seconds for a peer that reads nothing.
func (c *countedConn) Close() error {
	if c.busy.Load() {
		return c.NetConn().Close()
	}
	return c.Conn.Close()
}
