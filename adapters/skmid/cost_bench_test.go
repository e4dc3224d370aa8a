package skmid_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/skmid"
	"github.com/gomss/gomss/adapters/skmid/skmidtest"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// costServer is the environment variable that turns the test binary into a simulator, so that the CPU time of the
// benchmark's process is the client's alone.
const costServer = "SKMID_COST_SERVER"

// costService is what the simulator tells of itself: DER certificates.
type costService struct {
	URL, Name, UUID string
	TLS, Root       []byte
	Issuing         [][]byte
}

// serveCost runs until its standard input ends.
func serveCost() {
	srv, err := skmidtest.Start(nil)
	if err != nil {
		panic(err)
	}
	defer srv.Close()
	srv.Script(phoneEE, digits, skmidtest.Person{})
	s := costService{
		URL: srv.URL(), Name: srv.RelyingPartyName(), UUID: srv.RelyingPartyUUID(),
		TLS: srv.HTTP().Roots[0].Raw, Root: srv.Anchors().Roots()[0].Raw,
	}
	for _, c := range srv.Anchors().Intermediates() {
		s.Issuing = append(s.Issuing, c.Raw)
	}
	if err := json.NewEncoder(os.Stdout).Encode(s); err != nil {
		panic(err)
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func startCost(b *testing.B) (s costService) {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), costServer+"=1")
	in, err := cmd.StdinPipe()
	require.NoError(b, err)
	out, err := cmd.StdoutPipe()
	require.NoError(b, err)
	require.NoError(b, cmd.Start())
	b.Cleanup(func() {
		in.Close()
		_ = cmd.Wait()
	})
	require.NoError(b, json.NewDecoder(out).Decode(&s))
	return s
}

func certificate(b *testing.B, der []byte) *x509.Certificate {
	b.Helper()
	c, err := x509.ParseCertificate(der)
	require.NoError(b, err)
	return c
}

// cpu is the time that this process has computed, in both modes.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkRequestCost reports the CPU time of a request, two of which make a login, beside that of a plain client that
// sends the same octets over TLS and reads the answer: the goal is at most 100 µs beyond it, before verification.
func BenchmarkRequestCost(b *testing.B) {
	s := startCost(b)
	roots := []*x509.Certificate{certificate(b, s.TLS)}
	var issuing []*x509.Certificate
	for _, der := range s.Issuing {
		issuing = append(issuing, certificate(b, der))
	}
	anchors, err := mss.NewAnchors(mss.Simulator, []*x509.Certificate{certificate(b, s.Root)}, issuing)
	require.NoError(b, err)
	c, err := skmid.New(skmid.Config{
		HTTP: transport.Config{URL: s.URL, Roots: roots}, RelyingPartyName: s.Name, RelyingPartyUUID: s.UUID, Anchors: anchors,
	})
	require.NoError(b, err)
	defer c.Close()
	var floor, ours time.Duration
	b.Run("floor", func(b *testing.B) { floor = perRequest(b, plainLogin(b, s, roots)) })
	b.Run("client", func(b *testing.B) {
		ours = perRequest(b, func() error {
			tx, err := c.Start(b.Context(), authentication(b))
			if err != nil {
				return err
			}
			st, err := c.Poll(b.Context(), tx, time.Second)
			if err == nil && st.Evidence == nil {
				err = fmt.Errorf("no outcome")
			}
			return err
		})
		b.ReportMetric(float64((ours-floor).Nanoseconds())/1e3, "beyond-us/request")
	})
}

// perRequest runs logins and returns the CPU time of each of their two requests.
func perRequest(b *testing.B, login func() error) time.Duration {
	require.NoError(b, login()) // the handshake
	begun, n := cpu(), 0
	for b.Loop() {
		if err := login(); err != nil {
			b.Fatal(err)
		}
		n += 2
	}
	each := (cpu() - begun) / time.Duration(n)
	b.ReportMetric(float64(each.Nanoseconds())/1e3, "cpu-us/request")
	return each
}

// plainLogin sends what the client sends, and reads no more of the answer than the session's id.
func plainLogin(b *testing.B, s costService, roots []*x509.Certificate) func() error {
	pool := x509.NewCertPool()
	pool.AddCert(roots[0])
	h := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}
	b.Cleanup(h.CloseIdleConnections)
	body, err := json.Marshal(map[string]string{
		"relyingPartyName": s.Name, "relyingPartyUUID": s.UUID, "phoneNumber": phoneEE, "nationalIdentityNumber": digits,
		"hash": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "hashType": "SHA256", "language": "EST", "displayText": "Log in?", "displayTextFormat": "GSM-7",
	})
	require.NoError(b, err)
	read := func(resp *http.Response, err error) ([]byte, error) {
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("HTTP %d", resp.StatusCode)
		}
		return io.ReadAll(resp.Body)
	}
	return func() error {
		doc, err := read(h.Post(s.URL+"/authentication", "application/json", bytes.NewReader(body)))
		if err != nil {
			return err
		}
		at := bytes.Index(doc, []byte(`":"`)) + 3
		_, err = read(h.Get(s.URL + "/authentication/session/" + string(doc[at:at+36]) + "?timeoutMs=1000"))
		return err
	}
}
