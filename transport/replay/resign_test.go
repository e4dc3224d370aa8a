package replay_test

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/transport/replay"
)

const survived = "a value that must be replaced is still in it: not written"

// recordPerson records one exchange with a person, in either form.
func recordPerson(t *testing.T, form string, o replay.RecorderOptions) (*replay.Recorder, replay.Exchange) {
	t.Helper()
	var rec *replay.Recorder
	var err error
	if form == "XML" {
		rec, _ = newRecorder(t, func(string) (int, string, string) { return 200, typeSOAP, liveAnswer(1) }, o)
		_, _, err = send(t, rec, liveRequest(1))
	} else {
		rec, _ = newRecorder(t, func(string) (int, string, string) { return 200, "application/json", liveAnswerJSON(1) }, o)
		_, _, err = sendJSON(t, rec, liveRequestJSON(1))
	}
	require.NoError(t, err)
	require.NoError(t, rec.Close())
	exchanges, err := replay.Load(rec.Dir())
	require.NoError(t, err)
	require.Len(t, exchanges, 1)
	return rec, exchanges[0]
}

// TestResign: a signature takes the place of what stands for one, and nothing else changes; no file does.
func TestResign(t *testing.T) {
	t.Parallel()
	for _, form := range []string{"XML", "JSON"} {
		rec, x := recordPerson(t, form, replay.RecorderOptions{})
		before, request := string(x.Answer), string(x.Request)
		cms := []byte("\x30\x80 anew")
		require.NoError(t, rec.Resign(&x, cms))
		require.Equal(t, strings.Replace(before, "cmVwbGFjZWQ=", base64.StdEncoding.EncodeToString(cms), 1), string(x.Answer))
		require.Equal(t, request, string(x.Request))
		kept, replaced := x.Signature()
		require.True(t, kept)
		require.False(t, replaced)
		file, err := os.ReadFile(filepath.Join(rec.Dir(), x.AnswerFile()))
		require.NoError(t, err)
		require.Equal(t, before, string(file))

		require.ErrorContains(t, rec.Resign(&x, cms), "there is no signature in it that was replaced", "twice")
		x.Answer = []byte(strings.Replace(string(x.Answer), "SIGNATURE", "cmVwbGFjZWQ=", 1)) // the StatusMessage
		require.ErrorContains(t, rec.Resign(&x, cms), "there is no signature in it that was replaced", "elsewhere")
		x.Answer = []byte("no message")
		require.ErrorContains(t, rec.Resign(&x, cms), "replay: 01-response."+strings.ToLower(form))
	}
}

// TestResignKept: a signature that was kept is not replaced.
func TestResignKept(t *testing.T) {
	t.Parallel()
	rec, x := recordPerson(t, "XML", replay.RecorderOptions{KeepSignatures: true})
	before := string(x.Answer)
	require.ErrorContains(t, rec.Resign(&x, []byte("anew")), "no signature in it that was replaced")
	require.Equal(t, before, string(x.Answer))
}

// TestResignCanary: a signature that holds anything of the person is refused, the text as well, and so is one beside which
// something is left. Public values are not looked for, and all others still are.
func TestResignCanary(t *testing.T) {
	t.Parallel()
	for _, form := range []string{"XML", "JSON"} {
		rec, x := recordPerson(t, form, replay.RecorderOptions{})
		before := string(x.Answer)
		original, err := base64.StdEncoding.DecodeString(liveSignature)
		require.NoError(t, err)
		for _, secret := range []string{liveNumber, liveText, liveAPID, livePWD, liveMSSP, string(original)} {
			require.EqualError(t, rec.Resign(&x, []byte("CMS over "+secret), "another"), "replay: "+x.AnswerFile()+": "+survived, secret)
			require.Equal(t, before, string(x.Answer))
		}
		require.NoError(t, rec.Resign(&x, []byte("CMS over "+liveText), "It is: "+liveText))

		x.Answer = []byte(before)
		require.ErrorContains(t, rec.Resign(&x, []byte("CMS over "+livePWD), liveText), survived)
		x.Answer = []byte(strings.Replace(before, "SIGNATURE", livePWD, 1)) // the StatusMessage
		require.ErrorContains(t, rec.Resign(&x, []byte("anew")), survived)
	}
}

// TestCheck: values are found in JSON, however they are written there, and in what is none.
func TestCheck(t *testing.T) {
	t.Parallel()
	const text = "Bank \"ACME\"\nlog in?"
	rec, _ := newRecorder(t, func(string) (int, string, string) { return 200, "application/json", liveAnswerJSON(1) }, replay.RecorderOptions{})
	quoted, err := json.Marshal(text)
	require.NoError(t, err)
	escaped, err := json.Marshal(liveText)
	require.NoError(t, err)
	_, _, err = sendJSON(t, rec, strings.ReplaceAll(liveRequestJSON(1), string(escaped), string(quoted)))
	require.NoError(t, err)
	for content, want := range map[string]bool{
		`{"about": "recorded", "now": "2026-03-04T05:06:07Z", "signatures": [{"msisdn": "41790000001", "timeout": 90}]}`: true,
		`{"signatures": [{"msisdn": "41791234567"}]}`:                                                                    false,
		`{"signatures": [{"msisdn": "\u0034\u0031791234567"}]}`:                                                          false,
		`{"signatures": [{"text": ` + string(quoted) + `}]}`:                                                             false,
		`{"signatures": [{"msisdn": 41791234567}]}`:                                                                      false,
		"certificate of somebody":                                                                                        true,
		"certificate of somebody, " + liveNumber + ", \x00\xff.":                                                         false,
		"": true,
	} {
		err := rec.Check([]byte(content))
		if want {
			require.NoError(t, err, content)
			continue
		}
		require.EqualError(t, err, "replay: "+survived, content)
	}
	require.NoError(t, rec.Check([]byte(`"`+liveNumber+`"`), "x"+liveNumber))
	require.Error(t, rec.Check([]byte(`"`+livePWD+`"`), "x"+liveNumber))
	require.Error(t, rec.Check([]byte(`"`+liveNumber+`"`)), "what is public is so in one call")
	require.NoError(t, rec.Check([]byte(`"harmless"`)))
}
