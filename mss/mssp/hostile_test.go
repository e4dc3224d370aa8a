package mssp_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/transport"
	"github.com/stretchr/testify/require"
)

// effort is what making an answer took, which is not the client's.
type effort struct {
	octets uint64
	time   time.Duration
}

// hostile answers every request with the same body, in which ${APTransID} is the request's.
type hostile struct {
	body func(transID string) io.Reader
	own  *effort
}

var transID = regexp.MustCompile(`AP_TransID="([^"]*)"`)

func (h hostile) RoundTrip(r *http.Request) (*http.Response, error) {
	request, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	before, begun := totalAlloc(), time.Now()
	body := h.body(string(transID.FindSubmatch(request)[1]))
	*h.own = effort{totalAlloc() - before, time.Since(begun)}
	return &http.Response{
		StatusCode: http.StatusOK, Request: r, Body: io.NopCloser(body),
		Header: http.Header{"Content-Type": {"application/soap+xml;charset=utf-8"}},
	}, nil
}

const envelope = `<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body>%s</e:Body></e:Envelope>`

// signedAnswer is an answer in order but for its signature.
func signedAnswer(id, apID string, signature []byte) string {
	return fmt.Sprintf(envelope, fmt.Sprintf(`<MSS_SignatureResponse><m:MSS_SignatureResp xmlns:m="http://uri.etsi.org/TS102204/v1.1.2#" MajorVersion="1" MinorVersion="1" MSSP_TransID="h1">`+
		`<m:AP_Info AP_ID="%s" AP_TransID="%s" AP_PWD="" Instant="2026-01-01T00:00:00Z"/><m:MSSP_Info><m:MSSP_ID/></m:MSSP_Info>`+
		`<m:MobileUser><m:MSISDN>%s</m:MSISDN></m:MobileUser><m:MSS_Signature><m:Base64Signature>%s</m:Base64Signature></m:MSS_Signature>`+
		`<m:Status><m:StatusCode Value="500"/></m:Status></m:MSS_SignatureResp></MSS_SignatureResponse>`,
		apID, id, person, base64.StdEncoding.EncodeToString(signature)))
}

// endless is a body without end.
type endless struct{ n int }

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	e.n += len(b)
	return len(b), nil
}

func totalAlloc() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// TestAnswerOfAnotherMSSP is in order but for the name of the service.
func TestAnswerOfAnotherMSSP(t *testing.T) {
	t.Parallel()
	srv, err := msstest.NewInProcess(nil)
	require.NoError(t, err)
	defer srv.Close()
	for uri, check := range map[string]string{"http://mid.swisscom.ch/": "ber", "http://mssp.example/": "echo"} {
		body := func(id string) io.Reader {
			doc := signedAnswer(id, srv.APID(), []byte("no CMS"))
			return strings.NewReader(strings.Replace(doc, "<m:MSSP_ID/>", "<m:MSSP_ID><m:URI>"+uri+"</m:URI></m:MSSP_ID>", 1))
		}
		c, err := mssp.New(mssp.Config{
			HTTP: transport.Config{URL: "https://mssp.example", Base: hostile{body, new(effort)}},
			APID: srv.APID(), Anchors: srv.Anchors(), Defaults: mssp.Options{Profile: mssp.ProfileAny},
		})
		require.NoError(t, err)
		_, err = c.SignSync(t.Context(), request(t, srv, person))
		ve, ok := errors.AsType[*mss.VerificationError](err)
		require.True(t, ok, "%v", err)
		require.Equal(t, check, ve.Check)
	}
}

// TestHostileAnswers sends what is meant to exhaust a client through the whole of it. Each answer must be refused with an
// error of the model, for at most 2 MB of memory in all. How long each took is logged.
func TestHostileAnswers(t *testing.T) {
	srv, err := msstest.NewInProcess(nil)
	require.NoError(t, err)
	defer srv.Close()
	fixed := func(s string) func(string) io.Reader {
		return func(string) io.Reader { return strings.NewReader(s) }
	}
	signature := func(cms []byte) func(string) io.Reader {
		return func(id string) io.Reader { return strings.NewReader(signedAnswer(id, srv.APID(), cms)) }
	}
	long := &endless{}
	for name, body := range map[string]func(string) io.Reader{
		"XML 50,000 deep":         fixed(fmt.Sprintf(envelope, strings.Repeat("<a>", 50_000)+strings.Repeat("</a>", 50_000))),
		"entity bomb":             fixed(`<!DOCTYPE l [<!ENTITY a "` + strings.Repeat("x", 5000) + `"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><l>&b;</l>`),
		"undeclared entities":     fixed(fmt.Sprintf(envelope, strings.Repeat("&lol;", 10_000))),
		"75,000 siblings":         fixed(fmt.Sprintf(envelope, strings.Repeat("<a/>", 75_000))),
		"50,000 attributes":       fixed("<a" + strings.Repeat(` b="1"`, 50_000) + "/>"),
		"one attribute of 400 KB": fixed(`<a b="` + strings.Repeat("x", 400_000) + `"/>`),
		"4 MB of nested 30 80":    signature(bytes.Repeat([]byte{0x30, 0x80}, 2_000_000)),
		"64 KB of nested 30 80":   signature(bytes.Repeat([]byte{0x30, 0x80}, 32_000)),
		"300 KB in Base64":        signature(make([]byte, 300_000)),
		"endless":                 func(string) io.Reader { return long },
	} {
		var own effort
		c, err := mssp.New(mssp.Config{
			HTTP: transport.Config{URL: "https://mssp.example", Base: hostile{body, &own}},
			APID: srv.APID(), Anchors: srv.Anchors(), Defaults: mssp.Options{Profile: mssp.ProfileAny},
		})
		require.NoError(t, err)
		req := request(t, srv, person)
		before := totalAlloc()
		begun := time.Now()
		sig, err := c.SignSync(t.Context(), req)
		took := time.Since(begun) - own.time
		allocated := totalAlloc() - before - own.octets
		require.Nil(t, sig)
		_, isTransport := errors.AsType[*mss.TransportError](err)
		_, isVerification := errors.AsType[*mss.VerificationError](err)
		require.True(t, isTransport || isVerification, "%s: %v", name, err)
		require.Less(t, allocated, uint64(2<<20), name)
		t.Logf("%-24s %8.2f ms  %7d octets  %v", name, float64(took.Microseconds())/1000, allocated, err)
	}
	require.LessOrEqual(t, long.n, 2<<20, "reading stops at the limit")
}
