package bankid_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/bankid"
	"github.com/gomss/gomss/mss"
)

// orderWith starts an order with given tokens.
func orderWith(t testing.TB, token, secret string) (*bankid.Client, *mss.Transaction) {
	t.Helper()
	doc := strings.NewReplacer(qrToken, token, qrSecret, secret).Replace(accepted)
	s := &script{respond: func(message) *http.Response { return says(http.StatusOK, doc) }}
	c := newTestClient(t, s)
	tx, err := c.Start(t.Context(), login())
	require.NoError(t, err)
	return c, tx
}

// TestConformanceQR makes BankID's own codes.
func TestConformanceQR(t *testing.T) {
	t.Parallel()
	corpus := os.Getenv("MSS_CORPUS")
	if corpus == "" {
		t.Skip("MSS_CORPUS is not set")
	}
	doc, err := os.ReadFile(filepath.Join(corpus, "bankid", "qr-vectors.json"))
	require.NoError(t, err)
	var v struct {
		QRStartToken, QRStartSecret string
		Vectors                     []struct {
			Time       int
			QRAuthCode string
		}
	}
	require.NoError(t, json.Unmarshal(doc, &v))
	require.Len(t, v.Vectors, 3)
	c, tx := orderWith(t, v.QRStartToken, v.QRStartSecret)
	for _, vector := range v.Vectors {
		p := c.Prompt(tx, tx.Started.Add(time.Duration(vector.Time)*time.Second))
		require.Equal(t, "bankid."+v.QRStartToken+"."+strconv.Itoa(vector.Time)+"."+vector.QRAuthCode, p.QR.Reveal())
	}
}

// TestPrompt has a code for each second, in any process, from the start to the deadline.
func TestPrompt(t *testing.T) {
	t.Parallel()
	c, tx := orderWith(t, qrToken, qrSecret)
	at := func(tx *mss.Transaction, d time.Duration) string { return c.Prompt(tx, tx.Started.Add(d)).QR.Reveal() }
	second := func(code string) string { return strings.Split(code, ".")[2] }
	require.Equal(t, at(tx, 0), at(tx, 999*time.Millisecond))
	require.Equal(t, at(tx, 0), at(tx, -time.Hour), "a clock that is behind")
	require.Equal(t, "1", second(at(tx, time.Second)))
	require.Equal(t, "29", second(at(tx, 29900*time.Millisecond)))
	require.NotEqual(t, at(tx, 0), at(tx, time.Second))
	require.Equal(t, "bankid."+qrToken+".0.dc69358e712458a66a7525beef148ae8526b1c71610eff2c16cdffb4cdac9bf8", at(tx, 0))

	p := c.Prompt(tx, tx.Started)
	require.Equal(t, time.Second, p.Refresh)
	require.Equal(t, "https://app.bankid.com/?autostarttoken="+autoStart+"&redirect=null", p.Link.Reveal())
	require.Empty(t, p.Code)
	require.NotContains(t, p.QR.Reveal()+p.Link.Reveal(), qrSecret)
	require.Zero(t, c.Prompt(tx, tx.Deadline))
	require.NotZero(t, c.Prompt(tx, tx.Deadline.Add(-time.Second)))

	// Another instance has the wall clock's start, in milliseconds.
	octets, err := tx.MarshalBinary()
	require.NoError(t, err)
	var elsewhere mss.Transaction
	require.NoError(t, elsewhere.UnmarshalBinary(octets))
	require.Equal(t, at(tx, 5*time.Second), c.Prompt(&elsewhere, tx.Started.Round(0).Add(5*time.Second)).QR.Reveal())
	require.Zero(t, c.Prompt(&mss.Transaction{}, time.Now()))
}

func TestAutostartLink(t *testing.T) {
	t.Parallel()
	_, tx := orderWith(t, qrToken, qrSecret)
	const (
		app    = "https://app.bankid.com/?autostarttoken=" + autoStart + "&redirect="
		scheme = "bankid:///?autostarttoken=" + autoStart + "&redirect="
		back   = "https://acme.example/back?a=1&b=2#n"
	)
	for platform, want := range map[bankid.Platform][2]string{ // without and with an address
		bankid.Desktop:      {scheme + "null", scheme + "null"},
		bankid.Android:      {app + "null", app + "null"},
		bankid.AndroidOther: {scheme + "null", scheme + "null"},
		bankid.IOSSafari:    {app + "null", app + "https%3A%2F%2Facme.example%2Fback%3Fa%3D1%26b%3D2%23n"},
		bankid.IOSChrome:    {scheme + "googlechromes%3A%2F%2F", scheme + "googlechromes%3A%2F%2F"},
		bankid.IOSFirefox:   {scheme + "firefox%3A%2F%2F", scheme + "firefox%3A%2F%2F"},
	} {
		for i, redirect := range []string{"", back} {
			link, err := bankid.AutostartLink(tx, platform, redirect)
			require.NoError(t, err)
			require.Equal(t, want[i], link.Reveal())
		}
	}
	for _, redirect := range []string{"http://acme.example/", "javascript:alert(1)", "acme.example", "https://a@acme.example/", "https://acme.example/\n", "https://x.example/" + strings.Repeat("x", 500)} {
		_, err := bankid.AutostartLink(tx, bankid.IOSSafari, redirect)
		require.ErrorContains(t, err, "redirect")
	}
	_, err := bankid.AutostartLink(&mss.Transaction{}, bankid.Desktop, "")
	require.Error(t, err)

	phone := &mss.Request{Purpose: mss.Authentication, User: swede(t, "191212121212"), Options: bankid.Options{CallInitiator: "RP"}}
	tx, err = newTestClient(t, collecting(nil)).Start(t.Context(), phone)
	require.NoError(t, err)
	_, err = bankid.AutostartLink(tx, bankid.Desktop, "")
	require.ErrorContains(t, err, "no link")
}

func TestPlatformOf(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]bankid.Platform{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36":                            bankid.Desktop,
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1":    bankid.IOSSafari,
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.0.0 Mobile/15E148 Safari/604.1": bankid.IOSChrome,
		"Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/140.0 Mobile/15E148 Safari/605.1.15":           bankid.IOSFirefox,
		"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36":                               bankid.Android,
		"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36 EdgA/140.0.0.0":                bankid.Android,
		"Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0":                                                                       bankid.AndroidOther,
		"": bankid.Desktop,
	} {
		require.Equal(t, want, bankid.PlatformOf(agent), agent)
	}
}

// TestMessages has a text in both languages for every id that BankID uses, and lets others take its place.
func TestMessages(t *testing.T) {
	t.Parallel()
	texts := bankid.DefaultMessages()
	ids := strings.Fields("RFA1 RFA2 RFA3 RFA4 RFA5 RFA6 RFA8 RFA9 RFA13 RFA14A RFA14B RFA15A RFA15B RFA16 RFA17A RFA17B RFA18 RFA19 RFA20 " +
		"RFA21 RFA22 RFA23 RFA24 RFA25 RFA26 RFA27 RFA28 RFA29 RFA30")
	require.Len(t, texts, len(ids))
	for _, id := range ids {
		sv, en := texts.Text(id, "sv-SE"), texts.Text(id, "en")
		require.NotEmpty(t, sv, id)
		require.NotEmpty(t, en, id)
		require.NotEqual(t, sv, en, id)
		require.Equal(t, en, texts.Text(id, "fi"))
	}
	require.Empty(t, texts.Text("RFA7", "sv"))
	texts["RFA1"] = bankid.Message{SV: "Starta appen."}
	require.Equal(t, "Starta appen.", texts.Text("RFA1", "en"), "what there is")
	require.NotEqual(t, texts["RFA1"], bankid.DefaultMessages()["RFA1"], "a copy")

	require.Equal(t, "RFA1", bankid.MessageID("noClient", bankid.StartedBy(7)))
	for _, err := range []error{nil, mss.ErrUnknownOutcome, &mss.RequestError{}, &mss.VerificationError{}} {
		require.Empty(t, bankid.FaultMessageID(err, bankid.ByQR))
	}
}
