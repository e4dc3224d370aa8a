package replay_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/transport/replay"
)

const recorded = `<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:m="urn:m">
  <e:Body>
    <Call>
      <m:Req Version="1" m:Level="2">
        <m:Info ID="${ID}" At="${At}"/>
        <m:Text>to be read</m:Text>
        <m:Space> </m:Space>
        <m:Item>a</m:Item>
        <m:Item>b</m:Item>
      </m:Req>
    </Call>
  </e:Body>
</e:Envelope>`

// sent is the same message as another writer would write it.
const sent = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><Call>` +
	`<Req xmlns="urn:m" xmlns:x="urn:m" x:Level="2" Version="1"><Info At="noon" ID="T1"></Info><Text>to be read</Text>` +
	`<Space> </Space><Item>a</Item><Item>b</Item></Req></Call></s:Body></s:Envelope>`

func send(t *testing.T, rt http.RoundTripper, body string) (*http.Response, string, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://replay.invalid/path", strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "text/xml;charset=UTF-8")
	resp, err := rt.RoundTrip(r)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp, string(b), nil
}

func newPlayer(t *testing.T, o replay.Options, exchanges ...replay.Exchange) *replay.Player {
	t.Helper()
	p, err := replay.NewPlayer(exchanges, o)
	require.NoError(t, err)
	return p
}

func TestPlay(t *testing.T) {
	t.Parallel()
	p := newPlayer(t, replay.Options{}, replay.Exchange{Name: "01", Request: []byte(recorded), Answer: []byte(`<a id="${ID}">${At}</a>`)})
	resp, body, err := send(t, p, sent)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.Equal(t, "application/soap+xml;charset=utf-8", resp.Header.Get("Content-Type"))
	require.Equal(t, `<a id="T1">noon</a>`, body)
	require.NoError(t, p.Done())
	require.Equal(t, 1, p.Requests())

	_, _, err = send(t, p, sent)
	require.EqualError(t, err, "replay: request 2: the recording has only 1; record it again, or see why the client sends more")
}

// TestEscape makes sure that what a client sends cannot become markup in an answer.
func TestEscape(t *testing.T) {
	t.Parallel()
	p := newPlayer(t, replay.Options{}, replay.Exchange{Name: "01", Request: []byte(`<q>${Q}</q>`), Answer: []byte(`<a v="${Q}">${Q}</a>`)})
	_, body, err := send(t, p, `<q>&lt;b>"'&amp;&#13;&#9;</q>`)
	require.NoError(t, err)
	require.Equal(t, `<a v="&lt;b&gt;&quot;&#39;&amp;&#13;&#9;">&lt;b&gt;&quot;&#39;&amp;&#13;&#9;</a>`, body)
}

func TestMismatch(t *testing.T) {
	t.Parallel()
	const req = "Envelope/Body/Call/Req"
	for name, c := range map[string]struct{ old, new, want string }{
		"text":                {"to be read", "to be rich", req + `/Text: want "to be read", got another value of 10 characters, different from character 8 on`},
		"text in the file":    {"to be read", "a", req + `/Text: want "to be read", got "a"`},
		"white space":         {"<Space> </Space>", "<Space>  </Space>", req + `/Space: want " ", got another value of 2 characters, different from character 2 on`},
		"space around text":   {"<Text>to", "<Text> to", req + `/Text: want "to be read", got another value of 11 characters, different from character 1 on`},
		"attribute value":     {`Version="1"`, `Version="3"`, req + `/@Version: want "1", got another value of 1 characters, different from character 1 on`},
		"attribute missing":   {`Version="1"`, ``, req + `/@Version: want attribute Version with "1", got none`},
		"attribute extra":     {`Version="1"`, `Version="1" Secret="x"`, req + `/@Secret: want no attribute Secret, got one`},
		"attribute namespace": {`x:Level="2"`, `Level="2"`, req + `/@Level: want attribute {urn:m}Level with "2", got none`},
		"element missing":     {"<Item>b</Item>", "", req + `: want element {urn:m}Item, got no further element`},
		"element extra":       {"</Req>", "<More/></Req>", req + `: want no further element, got element {urn:m}More`},
		"element order":       {"<Text>to be read</Text><Space> </Space>", "<Space> </Space><Text>to be read</Text>", req + `: want element {urn:m}Text, got element {urn:m}Space`},
		"second item":         {"<Item>b</Item>", "<Item>c</Item>", req + `/Item[2]: want "b", got another value of 1 characters, different from character 1 on`},
		"element namespace":   {`<Item>a</Item>`, `<Item xmlns="urn:n">a</Item>`, req + `: want element {urn:m}Item, got element {urn:n}Item`},
		"wrapper namespace":   {`<Call>`, `<Call xmlns="urn:w">`, `Envelope/Body: want element Call, got element {urn:w}Call`},
		"root":                {`soap-envelope`, `soap-other`, `Envelope: want element {http://www.w3.org/2003/05/soap-envelope}Envelope, got element {http://www.w3.org/2003/05/soap-other}Envelope`},
		"children for text":   {"to be read", "<b/>", req + `/Text: want no further element, got element {urn:m}b`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlayer(t, replay.Options{}, replay.Exchange{Name: "01", Request: []byte(recorded), Answer: []byte(`<a/>`)})
			require.Contains(t, sent, c.old)
			_, _, err := send(t, p, strings.Replace(sent, c.old, c.new, 1))
			require.EqualError(t, err, "replay: 01-request.xml: "+c.want)
			require.ErrorAs(t, err, new(*replay.Mismatch))
			require.EqualError(t, p.Done(), "replay: 1 of 1 recorded requests never came: 01-request.xml")
			_, _, err = send(t, p, sent)
			require.NoError(t, err, "a request that differs leaves no trace")
		})
	}
}

// TestMismatchIsPrivate shows that a live request's values stay out of errors, unless the caller says that they are known.
func TestMismatchIsPrivate(t *testing.T) {
	t.Parallel()
	x := replay.Exchange{Name: "01", Request: []byte(`<q a="${A}" b="${A}">text</q>`), Answer: []byte(`<a/>`)}
	for _, body := range []string{`<q a="41791234567" b="41791234568">text</q>`, `<q a="1" b="1">41791234567</q>`} {
		_, _, err := send(t, newPlayer(t, replay.Options{}, x), body)
		require.Error(t, err)
		require.NotContains(t, err.Error(), "4179")
	}
	known := replay.Options{Known: []string{"41791234567", "41791234568"}}
	_, _, err := send(t, newPlayer(t, known, x), `<q a="41791234567" b="41791234568">text</q>`)
	require.EqualError(t, err, `replay: 01-request.xml: q/@b: want "${A}" as before ("41791234567"), got "41791234568"`)
}

func TestPlaceholderTwice(t *testing.T) {
	t.Parallel()
	exchanges := []replay.Exchange{
		{Name: "01", Request: []byte(`<q a="${A}"/>`), Answer: []byte(`<a/>`)},
		{Name: "02", Request: []byte(`<q a="${A}"/>`), Answer: []byte(`<a>${A}</a>`)},
	}
	p := newPlayer(t, replay.Options{}, exchanges...)
	_, _, err := send(t, p, `<q a="1"/>`)
	require.NoError(t, err)
	_, _, err = send(t, p, `<q a="2"/>`)
	require.EqualError(t, err, `replay: 02-request.xml: q/@a: want "${A}" as before, got another value of 1 characters`)
	_, body, err := send(t, p, `<q a="1"/>`)
	require.NoError(t, err)
	require.Equal(t, `<a>1</a>`, body)
}

// TestNoTrace: a request that differs binds nothing.
func TestNoTrace(t *testing.T) {
	t.Parallel()
	p := newPlayer(t, replay.Options{}, replay.Exchange{Name: "01", Request: []byte(`<q a="${A}">text</q>`), Answer: []byte(`<a>${A}</a>`)})
	_, _, err := send(t, p, `<q a="1">other</q>`)
	require.Error(t, err)
	_, body, err := send(t, p, `<q a="2">text</q>`)
	require.NoError(t, err)
	require.Equal(t, `<a>2</a>`, body)
}

func TestAnyWrapper(t *testing.T) {
	t.Parallel()
	const (
		tns  = "http://uri.etsi.org/TS102204/etsi204-kiuru.wsdl"
		wsd1 = "http://uri.etsi.org/TS102204/etsi204-kiuru.wsd1"
		mss  = "http://uri.etsi.org/TS102204/v1.1.2#"
	)
	message := func(wrapper, accessor, below string) string {
		return `<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><Call xmlns="` + wrapper + `"><Req xmlns="` + accessor +
			`"><A xmlns="` + below + `"/></Req></Call></e:Body></e:Envelope>`
	}
	guide, wsdl := message("", mss, mss), message(tns, "", mss)
	const (
		refusedCall = "Envelope/Body: want element {" + tns + "}Call or Call, got element "
		refusedReq  = "Envelope/Body/Call: want element {" + mss + "}Req or Req, got element "
		refusedA    = "Envelope/Body/Call/Req: want element {" + mss + "}A, got element "
	)
	for name, c := range map[string]struct{ recorded, sent, want string }{
		"guide for WSDL":                       {guide, wsdl, ""},
		"WSDL for guide":                       {wsdl, guide, ""},
		"the same":                             {wsdl, wsdl, ""},
		"both in none":                         {guide, message("", "", mss), ""},
		"both qualified":                       {guide, message(tns, mss, mss), ""},
		"accessor inherits the wrapper's":      {guide, message(tns, tns, mss), refusedReq + "{" + tns + "}Req"},
		"it does in the recording, too":        {message(tns, tns, mss), message(tns, tns, mss), refusedReq + "{" + tns + "}Req"},
		"wrapper of the misprinted name":       {guide, message(wsd1, "", mss), refusedCall + "{" + wsd1 + "}Call"},
		"in the recording, too":                {message(wsd1, wsd1, mss), message(wsd1, wsd1, mss), refusedCall + "{" + wsd1 + "}Call"},
		"in the recording alone":               {message(wsd1, "", mss), wsdl, refusedCall + "{" + tns + "}Call"},
		"all of the misprinted name":           {guide, message(wsd1, wsd1, wsd1), refusedCall + "{" + wsd1 + "}Call"},
		"accessor of the misprinted name":      {guide, message(tns, wsd1, mss), refusedReq + "{" + wsd1 + "}Req"},
		"wrapper in the message's namespace":   {guide, message(mss, "", mss), refusedCall + "{" + mss + "}Call"},
		"deeper":                               {guide, message(tns, "", ""), refusedA + "A"},
		"other wrapper":                        {guide, strings.ReplaceAll(wsdl, "Call", "Other"), refusedCall + "{" + tns + "}Other"},
		"exact where it is not about wrappers": {`<Call xmlns="` + tns + `"/>`, `<Call/>`, "Call: want element {" + tns + "}Call, got element Call"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := replay.Exchange{Name: "01", Request: []byte(c.recorded), Answer: []byte(`<a/>`)}
			_, _, err := send(t, newPlayer(t, replay.Options{Rule: replay.AnyWrapper}, x), c.sent)
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, "replay: 01-request.xml: "+c.want)
		})
	}
	x := replay.Exchange{Name: "01", Request: []byte(guide), Answer: []byte(`<a/>`)}
	_, _, err := send(t, newPlayer(t, replay.Options{}, x), wsdl)
	require.EqualError(t, err, "replay: 01-request.xml: Envelope/Body: want element Call, got element {"+tns+"}Call")
}

// TestTransIDsDiffer: every message has its own, whatever placeholders the recording has.
func TestTransIDsDiffer(t *testing.T) {
	t.Parallel()
	for _, second := range []string{"${B}", "${A}", "T1"} {
		p := newPlayer(t, replay.Options{},
			replay.Exchange{Name: "01", Request: []byte(`<q AP_TransID="${A}"/>`), Answer: []byte(`<a/>`)},
			replay.Exchange{Name: "02", Request: []byte(`<q AP_TransID="` + second + `"/>`), Answer: []byte(`<a/>`)})
		_, _, err := send(t, p, `<q AP_TransID="T1"/>`)
		require.NoError(t, err)
		_, _, err = send(t, p, `<q AP_TransID="T1"/>`)
		require.EqualError(t, err, "replay: 02-request.xml: q/@AP_TransID: want another AP_TransID than any request before, got one that was used")
		if second == "${B}" {
			_, _, err = send(t, p, `<q AP_TransID="T2"/>`)
			require.NoError(t, err)
		}
	}
}

func TestEmptyIdentifiers(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"AP_ID", "AP_TransID", "MSSP_TransID", "Instant", "MSISDN", "UserIdentifier"} {
		for _, form := range []string{`<q ` + name + `="%"/>`, `<` + name + `>%</` + name + `>`} {
			x := replay.Exchange{Name: "01", Request: []byte(strings.Replace(form, "%", "${A}", 1)), Answer: []byte(`<a/>`)}
			for _, empty := range []string{"", " "} {
				_, _, err := send(t, newPlayer(t, replay.Options{}, x), strings.Replace(form, "%", empty, 1))
				require.ErrorContains(t, err, `want "${A}" and not nothing, got "`+empty+`"`)
				require.ErrorAs(t, err, new(*replay.Mismatch))
			}
			_, _, err := send(t, newPlayer(t, replay.Options{}, x), strings.Replace(form, "%", "1", 1))
			require.NoError(t, err)
		}
	}
	x := replay.Exchange{Name: "01", Request: []byte(`<q AP_PWD="${A}"/>`), Answer: []byte(`<a/>`)}
	_, _, err := send(t, newPlayer(t, replay.Options{}, x), `<q AP_PWD=""/>`)
	require.NoError(t, err, "there need not be a password")
}

func TestStatus(t *testing.T) {
	t.Parallel()
	const fault = `<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><e:Fault/></e:Body></e:Envelope>`
	for _, c := range []struct {
		x      replay.Exchange
		status int
	}{
		{replay.Exchange{Answer: []byte(fault)}, 500},
		{replay.Exchange{Answer: []byte(`<Fault/>`)}, 200},
		{replay.Exchange{Answer: []byte(fault), Status: 200}, 200},
		{replay.Exchange{Answer: []byte("no XML"), Status: 502}, 502},
	} {
		c.x.Request = []byte(`<q/>`)
		resp, _, err := send(t, newPlayer(t, replay.Options{}, c.x), `<q/>`)
		require.NoError(t, err)
		require.Equal(t, c.status, resp.StatusCode)
	}
}

func TestNewPlayerRefuses(t *testing.T) {
	t.Parallel()
	for want, x := range map[string]replay.Exchange{
		"replay: 01-request.xml: xml: offset 4: q: the document ends inside an element":                                                      {Request: []byte(`<q> `), Answer: []byte(`<a/>`)},
		`replay: 01-request.xml: "x${A}": a placeholder must be a whole value: a letter, then letters, digits and _, in ${ }`:                {Request: []byte(`<q>x${A}</q>`), Answer: []byte(`<a/>`)},
		"replay: 01-response.xml: ${B}: no request before this answer binds it":                                                              {Request: []byte(`<q>${A}</q>`), Answer: []byte(`<a>${B}</a>`)},
		"replay: 01-response.xml: xml: offset 0: text outside the root element; an answer that is meant to be no XML needs 01-response.http": {Request: []byte(`<q/>`), Answer: []byte(`none`)},
	} {
		x.Name = "01"
		_, err := replay.NewPlayer([]replay.Exchange{x}, replay.Options{})
		require.Error(t, err)
		require.Equal(t, want, err.Error())
	}
}

func TestPlayBadRequests(t *testing.T) {
	t.Parallel()
	p := newPlayer(t, replay.Options{}, replay.Exchange{Name: "01", Request: []byte(`<q/>`), Answer: []byte(`<a/>`)})
	_, _, err := send(t, p, `<q>`)
	require.EqualError(t, err, "replay: 01-request.xml: the request cannot be read: xml: offset 3: q: the document ends inside an element")
	_, _, err = send(t, p, `<q>text <b/></q>`)
	require.EqualError(t, err, "replay: 01-request.xml: the request cannot be read: xml: offset 12: q: text beside elements")
	_, _, err = send(t, p, "<q>"+strings.Repeat(" ", 1<<20)+"</q>")
	require.EqualError(t, err, "replay: the request is larger than 1 MiB")
}
