package transport

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Limits of the single steps of a new connection. The caller's context bounds the whole exchange.
const (
	dialTimeout      = 15 * time.Second // name resolution and TCP; CONNECT has as much again
	handshakeTimeout = 10 * time.Second
)

// dialer opens connections of one generation: TCP, CONNECT where there is a proxy, TLS.
type dialer struct {
	dial       func(ctx context.Context, network, addr string) (net.Conn, error)
	proxy      func(*http.Request) (*url.URL, error) // the proxy for a request, with its user; nil: none
	tls        *tls.Config
	serverName string // instead of the host of addr
}

// open returns a connection to addr (host:port) that is ready for HTTP. No octet of a request has been written when it
// fails, so every error is a failure that says so.
func (d *dialer) open(ctx context.Context, addr string) (*countedConn, error) {
	proxy, err := d.proxyFor(addr)
	if err != nil {
		return nil, err
	}
	target := addr
	if proxy != nil {
		target = proxyAddr(proxy)
	}
	raw, err := d.tcp(ctx, target)
	if err != nil {
		return nil, err
	}
	if proxy != nil {
		if err := connect(ctx, raw, proxy, addr); err != nil {
			raw.Close()
			return nil, err
		}
	}
	conn, err := d.handshake(ctx, raw, addr)
	if err != nil {
		raw.Close()
		return nil, err
	}
	return &countedConn{Conn: conn}, nil
}

func (d *dialer) tcp(ctx context.Context, addr string) (net.Conn, error) {
	limited, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	conn, err := d.dial(limited, "tcp", addr)
	if err != nil {
		return nil, explain(ctx, stepDial, err)
	}
	return conn, nil
}

func (d *dialer) handshake(ctx context.Context, raw net.Conn, addr string) (*tls.Conn, error) {
	conf := d.tls.Clone()
	if conf.ServerName = d.serverName; conf.ServerName == "" {
		// addr was made by net.JoinHostPort.
		conf.ServerName, _, _ = net.SplitHostPort(addr)
	}
	limited, cancel := context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	conn := tls.Client(raw, conf)
	if err := conn.HandshakeContext(limited); err != nil {
		return nil, explain(ctx, stepTLS, err)
	}
	return conn, nil
}
