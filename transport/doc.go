// Package transport carries the octets of an exchange with a mobile signature service over mutual TLS, within limits.
// It knows no message: what the octets say is the business of transport/soap and transport/rest.
//
//	identity, err := transport.LoadIdentityPEM("cert.pem", "key.pem")
//	…
//	client, err := transport.New(transport.Config{
//		URL:      "https://mobileid.example",
//		Identity: identity,
//		Roots:    roots, // never the system's, unless UseSystemRoots says so
//	})
//	…
//	reply, err := client.Do(ctx, &transport.Exchange{
//		Path:        "/soap/services/MSS_SignaturePort",
//		ContentType: "text/xml;charset=UTF-8",
//		Body:        envelope,
//		Prompts:     true, // a phone rings
//	})
//
// # The phone rings once
//
// An exchange with Prompts is sent at most once: after whatever error, through whatever RoundTripper, on HTTP/1.1 and
// HTTP/2. Redirects are not followed but returned. When the exchange fails, [mss.TransportError] tells by count, never
// by an error's text, whether it may have been sent:
//
//   - NotSent: no octet of the request was written. Sending it again cannot make a phone ring twice.
//   - MaybeSent: octets were written and no answer came. Ask the person before asking the phone again.
//   - Answered: an HTTP status came, but its body was cut, too long or compressed.
//
// Other exchanges (status and profile queries) are sent a second time, once, if a kept connection turns out to be dead.
//
// # Trust
//
// TLS 1.2 is the least. The server's certificate leads to Config.Roots, is made for the URL's host or Config.ServerName, and
// its chain holds one of Config.Pins if there are any. Of the client's certificates the end-entity one is sent, alone,
// whatever authorities the server names. [Identity.Reload] takes a new one into use without a restart.
//
// # Limits
//
// Time is bounded by the caller's context, and in addition: 15 s for TCP, 15 s for a proxy's CONNECT, 10 s for the TLS
// handshake. Unused connections are closed after 9 s. An answer has at most 64 KiB of header and Config.MaxBody octets of
// body, uncompressed. Nothing runs in the background but the kept connections.
//
// HTTP/1.1 is spoken, which is what the services document; another protocol can be had with Config.Base.
package transport
