package main

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/http/httptrace"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

const (
	answerTime = 10 * time.Second // for an exchange that rings nobody (guide section 3.1)
	maxSkew    = 5 * time.Minute  // as package mssp warns of it
)

// connection reaches the service once, by a GET without meaning: name, TCP, TLS in both directions and the clock.
func (c *checkup) connection() []finding {
	cfg, err := c.s.http()
	if err != nil {
		return []finding{failing("docs/cli.md explains every key", "%s", words(err))}
	}
	client, err := transport.New(cfg)
	if err != nil {
		return []finding{failing("docs/cli.md explains every key", "%s", inKeys(err.Error()))}
	}
	defer client.Close()
	way := new(wayThere)
	reply, err := client.Do(way.trace(c.a.ctx), &transport.Exchange{Timeout: answerTime})
	all := way.findings(c.s.proxy != "")
	if err != nil {
		return append(all, unreachable(err, c.s.proxy != ""))
	}
	all = append(all, found("TLS: the server's certificate leads to tls_roots, and the server took the client certificate (HTTP %d)", reply.Status))
	return append(all, clock(reply.Date, time.Now())...)
}

// clock compares the server's time with ours.
func clock(server, now time.Time) []finding {
	if server.IsZero() {
		return nil
	}
	skew := now.Sub(server).Round(time.Second)
	if skew.Abs() > maxSkew {
		return []finding{doubtful("set this machine's clock (NTP): the service judges requests by their time", "clock: %v away from the server's", skew)}
	}
	return []finding{found("clock: within %v of the server's", maxSkew)}
}

// health asks for the service's own heartbeat, for which no phone rings.
func (c *checkup) health() []finding {
	acc, err := c.a.connect(c.s, c.s.profile, false, nil)
	if err != nil {
		return []finding{failing("docs/cli.md explains every key", "%s", words(err))}
	}
	defer acc.Close()
	switch err := mss.Health(c.a.ctx, acc); {
	case err == nil:
		return []finding{found("heartbeat: the service works, and knows this account")}
	case errors.Is(err, errors.ErrUnsupported):
		return nil
	default:
		return []finding{failing("give the operator the fingerprint of mss cert show and the AP_ID, if it is a fault of access", "heartbeat: %s", inKeys(words(err)))}
	}
}

// wayThere notes how far a connection came. The hooks may be called at once for several addresses.
type wayThere struct {
	mu        sync.Mutex
	addresses int  // that the name has; 0: none was looked up
	connected bool // TCP
}

func (w *wayThere) trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSDone: func(info httptrace.DNSDoneInfo) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.addresses = len(info.Addrs)
		},
		ConnectDone: func(_, _ string, err error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.connected = w.connected || err == nil
		},
	})
}

func (w *wayThere) findings(byProxy bool) (all []finding) {
	w.mu.Lock()
	defer w.mu.Unlock()
	peer := "the service"
	if byProxy {
		peer = "the proxy"
	}
	if w.addresses > 0 {
		all = append(all, found("DNS: the name of %s has %d addresses", peer, w.addresses))
	}
	if w.connected {
		all = append(all, found("TCP: %s was reached", peer))
	}
	return all
}

// unreachable says what a failed exchange means and what to do.
func unreachable(err error, byProxy bool) finding {
	what, next := err.Error(), remedy(err)
	if e, ok := errors.AsType[*mss.TransportError](err); ok {
		what = e.Err.Error()
	}
	if step, _, _ := strings.Cut(what, ": "); byProxy && (step == "dial" || step == "proxy") {
		next = "check proxy, and that it lets this machine through to the host in url"
	}
	return failing(next, "%s", inKeys(what))
}

// remedy is the next step after a connection that failed. The provider's own table tells a timeout (no route, or a
// proxy is needed) from a refusal (reached, but this address is not allow-listed).
func remedy(err error) string {
	var timeout net.Error
	switch {
	case isA[*net.DNSError](err):
		return "check the host in url; inside a company the proxy may have to resolve it: set proxy"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "ask the provider to allow-list the address that this machine has on the internet"
	case isA[x509.HostnameError](err):
		return "set server_name to the name in the server's certificate, such as mobileid.swisscom.com"
	case isA[x509.UnknownAuthorityError](err):
		return "set tls_roots to the root that the provider publishes; keep proxies that replace certificates out of the way"
	case isA[x509.CertificateInvalidError](err):
		return "check this machine's clock, then ask the provider"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "open the route in the firewall, or set proxy"
	}
	return "check url, proxy and the client certificate; the operator can see why a certificate was refused"
}

// inKeys names the keys of the configuration for the fields of transport.Config.
func inKeys(text string) string {
	return strings.NewReplacer(
		"Config.Proxy.Username and Password", "proxy_username and proxy_password_file",
		"Config.Proxy.URL", "proxy", "Config.Proxy", "proxy", "Config.ServerName", "server_name",
		"Config.Roots", "tls_roots", "Config.Pins", "pins", "Config.Identity", "cert_file or pkcs12_file", "Config.URL", "url",
	).Replace(text)
}
