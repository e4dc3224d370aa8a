package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"syscall"

	"github.com/gomss/gomss/mss"
)

// The steps of an exchange, as an error names them.
const (
	stepRequest = "request"       // the exchange itself is not valid
	stepWait    = "wait"          // for one of Config.MaxConns
	stepDial    = "dial"          // name resolution and TCP
	stepProxy   = "proxy"         // CONNECT
	stepTLS     = "TLS handshake" // up to the client's end of it
	stepWrite   = "write"         // the request
	stepRead    = "read"          // the answer
	stepLimit   = "limit"         // the answer is larger than allowed
	stepCaller  = "round trip"    // Config.Base or Config.Wrap
)

// failure is what a *mss.TransportError wraps: the step, what happened in it, and what to do. The text is this
// package's own, whatever err says: errors of net/http quote the answer, and those of crypto/x509 certificate subjects.
type failure struct {
	step  string
	text  string
	err   error    // for errors.Is and errors.As; nil where its text could hold octets of an answer
	sent  mss.Sent // by the count of octets; zero: not counted
	stale bool     // a kept connection broke before the first octet of an answer
}

func (f *failure) Error() string { return f.step + ": " + f.text }

func (f *failure) Unwrap() error { return f.err }

// explain turns what went wrong in a step into a failure. A ctx that is done explains everything: whatever err says
// is then its consequence.
func explain(ctx context.Context, step string, err error) *failure {
	if known, ok := errors.AsType[*failure](err); ok {
		return known
	}
	if ctx.Err() != nil {
		return stopped(ctx, step)
	}
	f := &failure{step: step, err: err}
	switch step {
	case stepDial:
		f.text = dialSymptom(err)
	case stepProxy:
		f.text = "no answer to CONNECT, or not one of HTTP: " + connSymptom(err) + "; check Config.Proxy.URL"
	case stepTLS:
		f.text = tlsSymptom(err)
	case stepWrite, stepRead:
		f.text = exchangeSymptom(err)
		f.err = connCause(err)
	default:
		f.text = "Config.Base or Config.Wrap failed; errors.Unwrap gives its error"
	}
	return f
}

// stopped is the failure of a step in which the caller's context ended. Both its error and its cause are wrapped.
func stopped(ctx context.Context, step string) *failure {
	if errors.Is(context.Cause(ctx), errAnswerTime) {
		return &failure{step: step, err: errAnswerTime, text: "no answer in time"}
	}
	f := &failure{step: step, err: ctx.Err()}
	if cause := context.Cause(ctx); !errors.Is(cause, f.err) {
		f.err = errors.Join(f.err, cause)
	}
	f.text = "canceled by the caller"
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		f.text = "the caller's deadline passed"
		switch step {
		case stepDial:
			f.text += " before the server's address answered: " + hintNoRoute
		case stepWait:
			f.text += " while all connections were in use: raise Config.MaxConns"
		case stepRead:
			f.text += " before the answer was complete"
		}
	}
	return f
}

const (
	hintNoRoute  = "no route to it, a firewall, or a proxy is needed (Config.Proxy)"
	hintIdentity = "the client certificate is missing (Config.Identity), or not the one registered with the provider"
)

func dialSymptom(err error) string {
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns):
		return "the host name cannot be resolved: check Config.URL and DNS; behind a proxy set Config.Proxy"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused: the server was reached; its provider has perhaps not allow-listed this address"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "no answer within " + dialTimeout.String() + ": " + hintNoRoute
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return "unreachable: " + hintNoRoute
	}
	return connSymptom(err)
}

func tlsSymptom(err error) string {
	var (
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &authority):
		return "the server's certificate does not lead to Config.Roots: a wrong root, or a proxy that replaces certificates"
	case errors.As(err, &host):
		return "the server's certificate is for another name: set Config.ServerName where the URL holds an IP address"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the server's certificate has expired or is not valid yet: check this machine's clock"
	case errors.As(err, &invalid):
		return "the server's certificate is not valid for this use"
	case errors.Is(err, errPins):
		return "no certificate in the server's verified chain is one of Config.Pins: a new certificate, or not the provider"
	case errors.Is(err, errKeyPins):
		return "the server's key is none of Config.KeyPins: a new key, or not the provider"
	case errors.As(err, &record):
		return "the peer does not speak TLS: check the host and port of Config.URL, and the proxy"
	case errors.Is(err, context.DeadlineExceeded):
		return "no end within " + handshakeTimeout.String()
	}
	if alert, ok := remoteAlert(err); ok {
		return "the server refused with " + alert + ": " + hintIdentity
	}
	return connSymptom(err)
}

// remoteAlert returns the words of the TLS alert that the peer sent. They come from crypto/tls's own table.
func remoteAlert(err error) (string, bool) {
	op, ok := errors.AsType[*net.OpError](err)
	if !ok || op.Op != "remote error" {
		return "", false
	}
	return "\"" + op.Err.Error() + "\"", true
}

func exchangeSymptom(err error) string {
	if alert, ok := remoteAlert(err); ok {
		// TLS 1.3 has the client's certificate judged only after the client has finished its handshake (RFC 8446 2).
		return "the server ended the connection with " + alert + " after the certificates: " + hintIdentity
	}
	return connSymptom(err)
}

// connSymptom says how a connection broke.
func connSymptom(err error) string {
	var timeout net.Error
	switch {
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "connection reset by the peer"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "connection closed by the peer"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time"
	}
	return "connection failed"
}

// connCause returns the part of err that says how a connection broke, or nil.
func connCause(err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op
	}
	for _, known := range []error{io.EOF, io.ErrUnexpectedEOF} {
		if errors.Is(err, known) {
			return known
		}
	}
	return nil
}
