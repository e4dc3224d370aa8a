package transport

import (
	"context"
	"net"
	"net/http"
	"net/url"
)

// What tests of other packages' connections need: a network in memory, and a look at the limits.

const (
	DialTimeout      = dialTimeout
	HandshakeTimeout = handshakeTimeout
	IdleTimeout      = idleTimeout
	MaxHeader        = maxHeader
	DefaultMaxBody   = defaultMaxBody
)

var ReadBody = readBody

// SetDial replaces the network under c's present connections.
func SetDial(c *Client, dial func(ctx context.Context, network, addr string) (net.Conn, error)) {
	c.own.current().dialer.dial = dial
}

// ProxyOf tells which proxy a connection to addr would use.
func ProxyOf(c *Client, addr string) (*url.URL, error) { return c.own.current().dialer.proxyFor(addr) }

// AskTunnel is the client's half of CONNECT.
func AskTunnel(conn net.Conn, addr string) (int, error) { return askTunnel(conn, nil, addr) }

// RoundTripper is what Do sends through.
func RoundTripper(c *Client) http.RoundTripper { return c.rt }
