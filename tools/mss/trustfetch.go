package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/tools/internal/privatefile"
)

// trustFetchCmd downloads anchors. This is the one place where the system's roots are trusted, for the download alone:
// what is believed in the end is the fingerprint.
type trustFetchCmd struct {
	Provider string `enum:"swisscom" default:"swisscom" placeholder:"swisscom" help:"Whose anchors; swisscom is the only provider with an address yet, and the default."`
	Out      string `required:"" placeholder:"FILE" help:"Where to write them (PEM), for the key anchors of the configuration."`
	Force    bool   `help:"Overwrite the file."`
	Proxy    string `placeholder:"URL" help:"Proxy for the download, http://host:port. None is taken from the environment."`
	JSON     bool   `name:"json" help:"Print one JSON array of what was written."`

	source source // zero: the CAs' own addresses
}

// Help is printed before the flags.
func (*trustFetchCmd) Help() string {
	return `The roots of user signatures come from the CA's own address, and each must have the fingerprint that mss trust list shows; else nothing is written. The root of the server's certificate (SwissSign Gold CA - G2, for tls_roots) is not among them: mss trust check tells whether a file is it.

Exit codes: 0 written, 2 usage, or the file exists, 4 a certificate is not the known one, 5 no answer, or not with a certificate.

Examples:

	mss trust fetch --out anchors.pem
	mss trust fetch --out anchors.pem --force --proxy http://proxy.example:3128`
}

// Limits of one download.
const (
	maxDownload  = 64 << 10 // octets; a root has about 3 KiB
	maxRedirects = 3
	downloadTime = 30 * time.Second
)

// source is where certificates come from. Tests have their own.
type source struct {
	roots *x509.CertPool // what the https server's certificate leads to; nil: the system's
	certs []wanted       // nil: the known certificates that have an address
}

// wanted is one certificate to download.
type wanted struct {
	mss.KnownCertificate
	address string
}

func (c *trustFetchCmd) Run(a *app) error {
	if _, err := os.Lstat(c.Out); err == nil && !c.Force {
		return usagef("--out: %s exists; --force overwrites it", c.Out)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return usagef("--out: %v", err)
	}
	client, err := c.client()
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	certs, reports, err := c.fetch(a, client)
	if err != nil {
		return err
	}
	if err := writePublic(c.Out, certificatesPEM(certs...)); err != nil {
		return usagef("--out: %v", err)
	}
	if c.JSON {
		return a.printJSON(reports)
	}
	for _, r := range reports {
		fmt.Fprintf(a.stdout, "%s\n", r)
		line(a.stdout, "SHA-256", r.SHA256)
	}
	_, err = fmt.Fprintf(a.stdout, "written to %s\n", c.Out)
	return err
}

// fetch downloads all or nothing.
func (c *trustFetchCmd) fetch(a *app, client *http.Client) (certs []*x509.Certificate, reports []knownReport, err error) {
	for _, w := range c.source.wanted() {
		cert, err := w.fetch(a.ctx, client)
		if err != nil {
			fmt.Fprintf(a.stderr, "mss: %s: %s: %v; nothing was written\n", w.Name, w.address, errors.Unwrap(err))
			return nil, nil, printedError{err}
		}
		certs, reports = append(certs, cert), append(reports, newKnownReport(w.KnownCertificate))
	}
	return certs, reports, nil
}

// wanted lists what to download.
func (s source) wanted() []wanted {
	list := s.certs
	if list == nil {
		for _, k := range mss.KnownCertificates() {
			if address := origins[k.SHA256].address; address != "" {
				list = append(list, wanted{k, address})
			}
		}
	}
	return list
}

// client makes the one client that may use the system's roots. It follows redirects on the same host alone, and asks no
// proxy but the flag's.
func (c *trustFetchCmd) client() (*http.Client, error) {
	t := &http.Transport{
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: c.source.roots},
		TLSHandshakeTimeout:    10 * time.Second,
		MaxResponseHeaderBytes: 16 << 10,
	}
	if c.Proxy != "" {
		u, err := url.Parse(c.Proxy)
		if err != nil || u.Scheme != "http" || u.Hostname() == "" || u.User != nil || strings.Trim(u.Path, "/") != "" {
			return nil, usagef("--proxy: must be http://host:port")
		}
		t.Proxy = http.ProxyURL(u)
	}
	return &http.Client{Transport: t, Timeout: downloadTime, CheckRedirect: sameHost}, nil
}

// errElsewhere is a redirect that is not followed.
var errElsewhere = errors.New("redirected to another host")

func sameHost(next *http.Request, before []*http.Request) error {
	switch first := before[0].URL; {
	case next.URL.Scheme != first.Scheme || next.URL.Host != first.Host:
		return errElsewhere
	case len(before) > maxRedirects:
		return errors.New("redirected too often")
	}
	return nil
}

// fetch downloads the certificate and accepts it only if it is the known one.
func (w wanted) fetch(ctx context.Context, client *http.Client) (*x509.Certificate, error) {
	data, err := download(ctx, client, w.address)
	if err != nil {
		return nil, &mss.TransportError{Err: err}
	}
	certs, err := mss.ParseCertificates(data)
	if err != nil || len(certs) != 1 {
		return nil, &mss.TransportError{Err: errors.New("the answer is not one certificate: a proxy's page, perhaps")}
	}
	if _, ok := knownBy(certs[0], []mss.KnownCertificate{w.KnownCertificate}); !ok {
		return nil, &mss.VerificationError{Check: "fingerprint", Err: errors.New("this is not the certificate that mss knows by this name")}
	}
	return certs[0], nil
}

func download(ctx context.Context, client *http.Client, address string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return nil, failed.Err // without the address, which may be one that the server has named
	}
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("HTTP %d", resp.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxDownload+1))
	if err == nil && len(data) > maxDownload {
		err = fmt.Errorf("the answer has more than %d octets", maxDownload)
	}
	return data, err
}

// writePublic writes a file that everybody may read, as a whole or not at all.
func writePublic(name string, data []byte) error {
	if err := privatefile.Write(name, data); err != nil {
		return err
	}
	return os.Chmod(name, 0o644)
}
