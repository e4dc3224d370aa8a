package replay_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/transport/replay"
)

// service answers as a live one would, echo and all. It is the base below a Recorder.
type service func(body string) (status int, contentType, answer string)

func (s service) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	status, contentType, answer := s(string(body))
	if status == 0 {
		return nil, errors.New("no connection")
	}
	return &http.Response{
		StatusCode: status,
		Header:     http.Header{"Content-Type": {contentType}, "Set-Cookie": {"session=secretsession"}, "Server": {"inner.example"}},
		Body:       io.NopCloser(strings.NewReader(answer)),
	}, nil
}

// What a live exchange is about, and what must not get into any file.
const (
	liveNumber  = "41791234567"
	liveText    = "Bank ACME: log in? (7F3KQ)"
	liveAPID    = "mid://secretbank.example"
	livePWD     = "hunter22"
	liveTransID = "TLIVETRANSID"
	liveMSSP    = "hQ7live"
	liveSubject = "CN=Anna Muster,C=CH"
	liveInstant = "2026-03-04T05:06:07.089Z"
)

var liveSignature = base64.StdEncoding.EncodeToString([]byte("CMS of " + liveSubject + " over " + liveText))

var secrets = []string{
	liveNumber, liveText, "7F3KQ", liveAPID, livePWD, liveTransID, liveMSSP, liveSubject, "Anna", liveInstant,
	liveSignature, liveSignature[8:24], "secretsession", "inner.example", "46.948",
}

const soapHead = `<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:m="http://uri.etsi.org/TS102204/v1.1.2#"><s:Body>`

func liveRequest(n int) string {
	return soapHead + fmt.Sprintf(`<w:MSS_Signature xmlns:w="http://uri.etsi.org/TS102204/etsi204-kiuru.wsdl"><MSS_SignatureReq MajorVersion="1" MinorVersion="1" MessagingMode="synch" TimeOut="80">
	<m:AP_Info AP_ID="%s" AP_PWD="%s" AP_TransID="%s%d" Instant="%s"/><m:MSSP_Info><m:MSSP_ID><m:URI>http://mid.swisscom.ch/</m:URI></m:MSSP_ID></m:MSSP_Info>
	<m:MobileUser><m:MSISDN>%s</m:MSISDN></m:MobileUser><m:DataToBeSigned MimeType="text/plain" Encoding="UTF-8">%s</m:DataToBeSigned>
	<m:SignatureProfile><m:mssURI>http://mid.swisscom.ch/Any-LoA4</m:mssURI></m:SignatureProfile></MSS_SignatureReq></w:MSS_Signature></s:Body></s:Envelope>`,
		liveAPID, livePWD, liveTransID, n, liveInstant, liveNumber, liveText)
}

func liveAnswer(n int) string {
	return soapHead + fmt.Sprintf(`<MSS_SignatureResponse><m:MSS_SignatureResp MajorVersion="1" MinorVersion="1" MSSP_TransID="%s">
	<m:AP_Info AP_ID="%s" AP_PWD="%s" AP_TransID="%s%d" Instant="%s"/><m:MSSP_Info Instant="2026-03-04T05:06:08Z"><m:MSSP_ID><m:URI>http://mid.swisscom.ch/</m:URI></m:MSSP_ID></m:MSSP_Info>
	<m:MobileUser><m:MSISDN>%s</m:MSISDN></m:MobileUser><m:MSS_Signature><m:Base64Signature>%s</m:Base64Signature></m:MSS_Signature>
	<m:Status><m:StatusCode Value="500"/><m:StatusMessage>SIGNATURE</m:StatusMessage><m:StatusDetail><x:Place xmlns:x="urn:x" lat="46.94800" accuracy="0" subject="%s"/></m:StatusDetail></m:Status>
	</m:MSS_SignatureResp></MSS_SignatureResponse></s:Body></s:Envelope>`, liveMSSP, liveAPID, livePWD, liveTransID, n, liveInstant, liveNumber, liveSignature, liveSubject)
}

const liveFault = soapHead + `<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>m:_404</s:Value></s:Subcode></s:Code>
	<s:Reason><s:Text xml:lang="en">NO_KEY_FOUND</s:Text></s:Reason><s:Node>http://inner.example/node</s:Node>
	<s:Detail><k:detail xmlns:k="http://kiuru.methics.fi/mssp">unknown: ` + liveNumber + `</k:detail>
	<o:PortalUrl xmlns:o="http://www.swisscom.ch/TS102204/ext/v1.0.0">http://mobileid.ch?msisdn=` + liveNumber + `</o:PortalUrl></s:Detail></s:Fault></s:Body></s:Envelope>`

const typeSOAP = "text/xml; charset=UTF-8; boundary=secretsession"

func newRecorder(t *testing.T, s service, o replay.RecorderOptions) (*replay.Recorder, string) {
	t.Helper()
	o.Dir = filepath.Join(t.TempDir(), "recording")
	rec, err := replay.NewRecorder(s, o)
	require.NoError(t, err)
	return rec, o.Dir
}

// files returns all that is in a directory, by name.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	content := make(map[string]string)
	for _, f := range list {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		require.NoError(t, err)
		content[f.Name()] = string(b)
		info, err := f.Info()
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), f.Name())
	}
	return content
}

func TestRecord(t *testing.T) {
	t.Parallel()
	n := 0
	rec, dir := newRecorder(t, func(string) (int, string, string) {
		if n++; n == 3 {
			return 500, typeSOAP, liveFault
		}
		return 200, typeSOAP, liveAnswer(n)
	}, replay.RecorderOptions{})
	for i := range 3 {
		_, body, err := send(t, rec, liveRequest(i+1))
		require.NoError(t, err)
		require.Contains(t, body, liveNumber, "the caller gets the answer itself")
	}
	require.NoError(t, rec.Close())

	written := files(t, dir)
	require.Len(t, written, 9)
	for name, content := range written {
		for _, secret := range secrets {
			require.NotContains(t, content, secret, name)
		}
	}
	require.Equal(t, "Status: 200\nContent-Type: text/xml; charset=UTF-8\n", written["01-response.http"])
	require.Equal(t, "Status: 500\nContent-Type: text/xml; charset=UTF-8\n", written["03-response.http"])
	for _, kept := range []string{`MajorVersion="1"`, `MessagingMode="synch"`, `TimeOut="80"`, "http://mid.swisscom.ch/Any-LoA4", `MimeType="text/plain"`,
		`AP_ID="${AP_ID}"`, `AP_PWD="${AP_PWD}"`, `AP_TransID="${AP_TransID2}"`, `Instant="${Instant2}"`, ">${MSISDN}<", ">${DataToBeSigned}<"} {
		require.Contains(t, written["02-request.xml"], kept)
	}
	for _, kept := range []string{`Value="500"`, ">SIGNATURE<", `AP_TransID="${AP_TransID2}"`, ">${MSISDN}<", `MSSP_TransID="replaced-MSSP_TransID"`, `Instant="2001-01-01T00:00:00.000Z"`,
		`lat="0.5"`, `accuracy="1"`, `subject="replaced-subject"`} {
		require.Contains(t, written["02-response.xml"], kept)
	}
	for _, kept := range []string{">soapenv:Receiver<", ">mss:_404<", ">NO_KEY_FOUND<", "https://replaced.example/"} {
		require.Contains(t, written["03-response.xml"], kept)
	}
	replayOther(t, dir)
}

// replayOther plays a recording for another person, text and account.
func replayOther(t *testing.T, dir string) {
	t.Helper()
	exchanges, err := replay.Load(dir)
	require.NoError(t, err)
	p := newPlayer(t, replay.Options{}, exchanges...)
	other := strings.NewReplacer(liveNumber, "41790000001", liveText, "other", liveAPID, "mid://other.example", livePWD, "")
	for i := range 3 {
		resp, body, err := send(t, p, other.Replace(liveRequest(i+10)))
		require.NoError(t, err)
		require.Equal(t, "text/xml; charset=UTF-8", resp.Header.Get("Content-Type"))
		if i < 2 {
			require.Contains(t, body, fmt.Sprintf(`AP_ID="mid://other.example" AP_PWD="" AP_TransID="%s%d"`, liveTransID, i+10))
			require.Contains(t, body, ">41790000001<")
		}
	}
	require.NoError(t, p.Done())
}

// TestCanary: with a list that keeps everything, nothing is written.
func TestCanary(t *testing.T) {
	t.Parallel()
	rec, dir := newRecorder(t, func(string) (int, string, string) { return 200, typeSOAP, liveAnswer(1) }, replay.RecorderOptions{})
	rec.KeepEverything()
	_, _, err := send(t, rec, liveRequest(1))
	require.NoError(t, err)
	require.EqualError(t, rec.Close(), "replay: recording: a value that must be replaced is still in it: not written")
	require.Empty(t, files(t, dir))
}

// TestSignatures: a signature is kept of a test number, or on demand; a person's never by itself.
func TestSignatures(t *testing.T) {
	t.Parallel()
	const robot = "41700092501"
	for _, c := range []struct {
		number string
		keep   bool
		kept   bool
	}{
		{liveNumber, false, false},
		{liveNumber, true, true},
		{robot, false, true},
		{"+" + robot, false, true},
		{robot + "0", false, false},
	} {
		number := strings.NewReplacer(liveNumber, c.number)
		rec, dir := newRecorder(t, func(string) (int, string, string) { return 200, typeSOAP, number.Replace(liveAnswer(1)) },
			replay.RecorderOptions{KeepSignatures: c.keep})
		_, _, err := send(t, rec, number.Replace(liveRequest(1)))
		require.NoError(t, err)
		require.NoError(t, rec.Close())
		answer := files(t, dir)["01-response.xml"]
		require.Equal(t, c.kept, strings.Contains(answer, liveSignature), "%+v", c)
		require.Equal(t, strings.HasSuffix(c.number, robot), strings.Contains(answer, c.number), "%+v", c)
		require.NotContains(t, answer, livePWD)
	}
}

// TestSignatureOfSomebody: an answer that names a test number instead of the person who was asked does not get the
// person's signature kept, in the exchange itself or in a poll after it, which names nobody.
func TestSignatureOfSomebody(t *testing.T) {
	t.Parallel()
	forged := strings.Replace(liveAnswer(1), liveNumber, "41700092501", 1)
	answers := map[string]string{"request": forged, "answer": liveAnswer(1)}
	for name, first := range answers {
		n := 0
		rec, dir := newRecorder(t, func(string) (int, string, string) {
			if n++; n == 1 {
				return 200, typeSOAP, first
			}
			return 200, typeSOAP, forged
		}, replay.RecorderOptions{})
		poll := soapHead + `<MSS_StatusQuery><m:MSS_StatusReq MSSP_TransID="` + liveMSSP + `"/></MSS_StatusQuery></s:Body></s:Envelope>`
		asked := liveRequest(1)
		if name == "answer" {
			asked = poll
		}
		for _, body := range []string{asked, poll} {
			_, _, err := send(t, rec, body)
			require.NoError(t, err)
		}
		require.NoError(t, rec.Close())
		require.Equal(t, 2, rec.Exchanges())
		for file, content := range files(t, dir) {
			require.NotContains(t, content, liveSignature, "%s: %s", name, file)
		}
	}
}

// TestSignatureOf tells what is in a recorded answer.
func TestSignatureOf(t *testing.T) {
	t.Parallel()
	for _, keep := range []bool{true, false} {
		rec, dir := newRecorder(t, func(string) (int, string, string) { return 200, typeSOAP, liveAnswer(1) },
			replay.RecorderOptions{KeepSignatures: keep})
		_, _, err := send(t, rec, liveRequest(1))
		require.NoError(t, err)
		require.NoError(t, rec.Close())
		exchanges, err := replay.Load(dir)
		require.NoError(t, err)
		kept, replaced := exchanges[0].Signature()
		require.Equal(t, keep, kept)
		require.Equal(t, !keep, replaced)
	}
	for _, answer := range []string{"", "<a/>", "<a>", "<Base64Signature> </Base64Signature>", `<a Base64Signature="x"/>`} {
		kept, replaced := (&replay.Exchange{Answer: []byte(answer)}).Signature()
		require.False(t, kept || replaced, answer)
	}
}

func TestPublic(t *testing.T) {
	t.Parallel()
	for _, v := range [][2]string{{"MSISDN", "41700092501"}, {"MSISDN", "+41000092401"}, {"UserLang", "de"}, {"mssURI", "http://mid.swisscom.ch/Any-LoA4"}} {
		require.True(t, replay.Public(v[0], v[1]), v)
	}
	for _, v := range [][2]string{{"MSISDN", liveNumber}, {"MSISDN", ""}, {"mssURI", "http://secret.example/"}, {"DataToBeSigned", "en"}, {"AP_ID", "x"}, {"", ""}} {
		require.False(t, replay.Public(v[0], v[1]), v)
	}
}

// TestSignatureWithSecret: what is kept is looked into.
func TestSignatureWithSecret(t *testing.T) {
	t.Parallel()
	cms := base64.StdEncoding.EncodeToString([]byte("signed by " + liveNumber))
	rec, dir := newRecorder(t, func(string) (int, string, string) {
		return 200, typeSOAP, strings.Replace(liveAnswer(1), liveSignature, cms, 1)
	}, replay.RecorderOptions{KeepSignatures: true})
	_, _, err := send(t, rec, liveRequest(1))
	require.NoError(t, err)
	require.Error(t, rec.Close())
	require.Empty(t, files(t, dir))
}

// TestFollowUp: an identifier that the service gave is the same fictitious one when the client uses it.
func TestFollowUp(t *testing.T) {
	t.Parallel()
	rec, dir := newRecorder(t, func(string) (int, string, string) { return 200, typeSOAP, liveAnswer(1) }, replay.RecorderOptions{})
	status := soapHead + `<MSS_StatusQuery><m:MSS_StatusReq MSSP_TransID="` + liveMSSP + `"/></MSS_StatusQuery></s:Body></s:Envelope>`
	for _, body := range []string{liveRequest(1), status} {
		_, _, err := send(t, rec, body)
		require.NoError(t, err)
	}
	require.NoError(t, rec.Close())
	require.Contains(t, files(t, dir)["02-request.xml"], `MSSP_TransID="replaced-MSSP_TransID"`)
}

// TestNames: a qualified name is kept only if it is one of the protocol's.
func TestNames(t *testing.T) {
	t.Parallel()
	odd := strings.Replace(liveFault, "m:_404", "m:Anna.Muster", 1)
	rec, dir := newRecorder(t, func(string) (int, string, string) { return 500, typeSOAP, odd }, replay.RecorderOptions{})
	_, _, err := send(t, rec, liveRequest(1))
	require.NoError(t, err)
	require.NoError(t, rec.Close())
	answer := files(t, dir)["01-response.xml"]
	require.NotContains(t, answer, "Anna")
	require.Contains(t, answer, ">soapenv:Receiver<")
}

func TestRecordProblems(t *testing.T) {
	t.Parallel()
	for want, s := range map[string]service{
		"replay: recording: an exchange without an answer: left out": func(string) (int, string, string) { return 0, "", "" },
		"replay: recording: an answer with HTTP status 502 that cannot be read: left out: xml: ": func(string) (int, string, string) {
			return 502, "text/html", "<html><body>" + "< broken " + liveNumber
		},
		"replay: recording: an answer with HTTP status 200 that cannot be read: left out: larger than 1 MiB": func(string) (int, string, string) {
			return 200, typeSOAP, strings.Repeat(" ", 1<<20) + liveAnswer(1)
		},
	} {
		rec, dir := newRecorder(t, s, replay.RecorderOptions{})
		_, _, _ = send(t, rec, liveRequest(1))
		err := rec.Close()
		require.Error(t, err)
		require.NotContains(t, err.Error(), liveNumber)
		require.ErrorContains(t, err, want)
		require.Empty(t, files(t, dir))
	}
}

// unread fails the test when it is read.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the recorder read a request that was not sent")
	return 0, io.EOF
}
func (u unread) Close() error { return nil }

type refusing struct{}

func (refusing) RoundTrip(*http.Request) (*http.Response, error) { return nil, io.ErrClosedPipe }

// TestNotSent: the recorder reads nothing by itself, so what was not sent can still be told from what was.
func TestNotSent(t *testing.T) {
	t.Parallel()
	rec, err := replay.NewRecorder(refusing{}, replay.RecorderOptions{Dir: t.TempDir()})
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://replay.invalid", unread{t})
	require.NoError(t, err)
	_, err = rec.RoundTrip(r)
	require.Equal(t, io.ErrClosedPipe, err)
}

// TestFull: there are two digits for the number of an exchange, and exchanges at the same time get different ones.
func TestFull(t *testing.T) {
	t.Parallel()
	rec, dir := newRecorder(t, func(string) (int, string, string) { return 200, typeSOAP, `<a/>` }, replay.RecorderOptions{})
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 25 {
				_, _, _ = send(t, rec, `<q/>`)
			}
		})
	}
	group.Wait()
	require.EqualError(t, rec.Close(), "replay: recording: there are 99 exchanges already: left out")
	exchanges, err := replay.Load(dir)
	require.NoError(t, err)
	require.Len(t, exchanges, 99)
}

func TestNewRecorderRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := replay.NewRecorder(nil, replay.RecorderOptions{Dir: dir})
	require.Error(t, err)
	ok := service(func(string) (int, string, string) { return 200, typeSOAP, liveAnswer(1) })
	_, err = replay.NewRecorder(ok, replay.RecorderOptions{})
	require.Error(t, err)
	rec, err := replay.NewRecorder(ok, replay.RecorderOptions{Dir: dir})
	require.NoError(t, err)
	_, _, err = send(t, rec, liveRequest(1))
	require.NoError(t, err)
	_, err = replay.NewRecorder(ok, replay.RecorderOptions{Dir: dir})
	require.EqualError(t, err, "replay: "+dir+": there is a recording in it; choose another directory")
}
