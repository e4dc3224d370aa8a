package main

import (
	"context"
	"io"
	"net"
	"sync"
)

// forward passes every connection that l accepts on to target, octet by octet, until ctx ends. It gives the simulator an
// address of the caller's choice; TLS runs through it, and the simulator's certificate is for every loopback address.
func forward(ctx context.Context, l net.Listener, target string) {
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	var under sync.WaitGroup
	defer under.Wait()
	for {
		in, err := l.Accept()
		if err != nil {
			return
		}
		under.Go(func() { join(ctx, in, target) })
	}
}

// join copies both ways until either side ends.
func join(ctx context.Context, in net.Conn, target string) {
	defer in.Close()
	out, err := new(net.Dialer).DialContext(ctx, "tcp", target)
	if err != nil {
		return
	}
	defer out.Close()
	stop := context.AfterFunc(ctx, func() {
		in.Close()
		out.Close()
	})
	defer stop()
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(in, out) // an end of the connection, however it comes, is passed on below
		in.Close()
	})
	_, _ = io.Copy(out, in)
	out.Close()
	back.Wait()
}
