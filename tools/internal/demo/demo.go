// Package demo starts the sample relying party together with the phones that its customers hold.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/gomss/gomss/tools/internal/phones"
	"github.com/gomss/gomss/tools/internal/relyingparty"
)

// Options are the settings of a demonstration.
type Options struct {
	Addr   string       // of the relying party: a loopback address with a port; "": a free port of 127.0.0.1
	Dir    string       // where certificates, keys and configurations are written; required
	Seed   uint64       // of the simulators' random choices; 0 draws one
	Logger *slog.Logger // of the relying party; nil: nothing is logged
}

// Demo is a demonstration that runs.
type Demo struct {
	Phones *phones.Hub

	url    string
	site   *relyingparty.Site
	page   *http.Server
	end    context.CancelFunc // ends the requests of page, streams of events among them
	served chan struct{}      // closed when page has ended
}

// Start starts the simulators, the page of the phones and the relying party. Close ends them.
func Start(o Options) (*Demo, error) {
	l, err := listen(o.Addr)
	if err != nil {
		return nil, err
	}
	d := &Demo{url: "http://" + l.Addr().String(), served: make(chan struct{})}
	if err := d.start(o); err != nil {
		l.Close()
		d.closeParts()
		return nil, err
	}
	ctx, end := context.WithCancel(context.Background())
	d.end = end
	d.page = &http.Server{
		BaseContext: func(net.Listener) context.Context { return ctx },
		Handler:     d.site, ReadHeaderTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute,
		MaxHeaderBytes: 16 << 10, ErrorLog: log.New(io.Discard, "", 0), // what strangers send is no news
	}
	go func() {
		defer close(d.served)
		_ = d.page.Serve(l) // returns when Close closes l
	}()
	return d, nil
}

// closeTime is what browsers have to take what they have asked for.
const closeTime = 2 * time.Second

// ErrAddr says that Options.Addr cannot be used.
var ErrAddr = errors.New("not a loopback address with a free port")

func listen(addr string) (net.Listener, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	host, _, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("demo: %w: use 127.0.0.1:PORT", ErrAddr)
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("demo: %w: %w", ErrAddr, err)
	}
	return l, nil
}

func (d *Demo) start(o Options) (err error) {
	if o.Dir, err = filepath.Abs(o.Dir); err != nil {
		return err
	}
	if d.Phones, err = phones.Start(phones.Options{Dir: o.Dir, Seed: o.Seed}); err != nil {
		return err
	}
	secret, err := os.ReadFile(filepath.Join(o.Dir, "handle.key"))
	if err != nil {
		return err
	}
	providers, err := connect(d.Phones, o.Dir, secret)
	if err != nil {
		return err
	}
	d.site, err = relyingparty.New(relyingparty.Options{
		URL: d.url, Providers: providers, Phones: d.Phones.URL(), Logger: o.Logger,
	})
	return err
}

// URL is where the relying party begins.
func (d *Demo) URL() string { return d.url + "/" }

// Close ends everything. It returns when the last request has ended.
func (d *Demo) Close() {
	d.end()
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	if d.page.Shutdown(ctx) != nil { // somebody has a connection and does not ask for anything
		_ = d.page.Close()
	}
	<-d.served
	d.closeParts()
}

func (d *Demo) closeParts() {
	if d.site != nil {
		d.site.Close()
	}
	if d.Phones != nil {
		d.Phones.Close()
	}
}
