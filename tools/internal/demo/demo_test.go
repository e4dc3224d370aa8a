package demo_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/catalogue"
	"github.com/gomss/gomss/tools/internal/demo"
	"github.com/gomss/gomss/tools/internal/demo/demotest"
	"github.com/gomss/gomss/tools/internal/phones"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func begin(t *testing.T) *demo.Demo {
	t.Helper()
	d, err := demo.Start(demo.Options{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(d.Close)
	return d
}

// question waits until a handset asks something.
func question(t *testing.T, d *demo.Demo, handset string) (w phones.Waiting) {
	t.Helper()
	require.Eventually(t, func() bool {
		h, ok := d.Phones.Handset(handset)
		require.True(t, ok, handset)
		if len(h.Waiting) == 1 {
			w = h.Waiting[0]
		}
		return len(h.Waiting) == 1
	}, time.Minute, 20*time.Millisecond)
	return w
}

func press(t *testing.T, d *demo.Demo, handset string, actions ...phones.Action) {
	t.Helper()
	for _, a := range actions {
		require.True(t, d.Phones.Press(handset, "", a), "%s: %s", handset, a)
	}
}

// handsets are one login each, as it is done by hand: the number is one of those that the page offers.
var handsets = []struct {
	id, provider, example, identity string
	actions                         []phones.Action
	compare                         bool   // screen and phone show the same code
	receipt                         string // what the page says in the end
}{
	{"mobileid-sim", "Mobile ID", "Sandra Muster", "MIDCHESANDRA0000", []phones.Action{phones.Sign}, true, "Receipt: read on the phone, and confirmed."},
	{"mobileid-app", "Mobile ID", "Reto Beispiel", "MIDCHERETOBE0000", []phones.Action{phones.Sign}, true, "Receipt: sent to the phone."},
	{"skmid-ee", "SK Mobile-ID", "Mari Näidis", "PNOEE-47101010033", []phones.Action{phones.Sign}, true, ""},
	{"skmid-lt", "SK Mobile-ID", "Jonas Pavyzdys", "PNOLT-37101010021", []phones.Action{phones.Sign}, true, ""},
	{"hermod", "Hermod", "Alice Exempel", "HERMOD-alice", []phones.Action{phones.Sign}, false, ""},
	{"bankid", "BankID", "Anna Simulerad", "PNOSE-198507099805", []phones.Action{phones.Scan, phones.Sign}, false, ""},
}

var receipts = regexp.MustCompile(`Receipt: [^.]*\.`)

// declined begins what the catalogue says of who cancels.
var declined = strings.SplitAfter(catalogue.Default().ForPerson(mss.FiComUserCancel, "en"), "phone")[0]

// started begins a login with an example of the page.
func started(b *demotest.Browser, provider, example string) demotest.Page {
	chosen := b.Follow(b.Get("/"), provider)
	if provider == "Mobile ID" { // "SK Mobile-ID" has another hyphen
		chosen = b.Get("/?with=mobileid")
	}
	return b.Submit(b.Follow(chosen, example), "/start", nil)
}

// TestEverything cancels, logs in with each handset, signs a contract and gets evidence of both, without scripts.
func TestEverything(t *testing.T) {
	t.Parallel()
	d := begin(t)
	for _, h := range handsets {
		t.Run(h.id, func(t *testing.T) {
			t.Parallel()
			b := demotest.New(t, d.URL(), nil)
			wait := started(b, h.provider, h.example)
			question(t, d, h.id)
			press(t, d, h.id, h.actions[:len(h.actions)-1]...)
			press(t, d, h.id, phones.Cancel)
			failed := b.Wait(wait)
			require.Contains(t, failed.Text(), declined)
			require.Equal(t, "/", b.Get("/me").Path)

			wait = b.Submit(b.Follow(b.Follow(failed, "Begin again"), h.example), "/start", nil)
			asked := question(t, d, h.id)
			require.Equal(t, phones.Login, kindOf(asked, h.provider))
			if h.compare {
				require.Equal(t, asked.Code, wait.Marked("data-code-text"))
			}
			require.Contains(t, asked.Text, "Bank ACME: log in?")
			press(t, d, h.id, h.actions...)
			me := b.Wait(wait)
			require.Equal(t, "/me", me.Path, me.Text())
			require.Equal(t, h.identity, me.Marked("data-signer"))

			waiting := b.Submit(b.Follow(me, "Read and sign"), "/start", nil)
			question(t, d, h.id)
			press(t, d, h.id, h.actions...)
			signed := b.WaitFor(waiting, "/contract")
			if h.provider == "Mobile ID" { // which has receipts
				require.Equal(t, phones.Receipt, question(t, d, h.id).Kind)
				press(t, d, h.id, phones.OK)
			}
			signed = b.Wait(signed)
			require.Equal(t, "/contract", signed.Path, signed.Text())
			require.Contains(t, signed.Text(), "Signed")
			require.Equal(t, h.receipt, receipts.FindString(signed.Text()))
			for _, what := range []string{"login", "contract"} {
				require.Equal(t, 200, b.Get("/evidence/"+what).Status)
			}
		})
	}
}

// kindOf is what a device says it is asked for. Mobile ID tells logins and signatures apart by nothing but the text.
func kindOf(w phones.Waiting, provider string) phones.Kind {
	if provider == "Mobile ID" && w.Kind == phones.Signature {
		return phones.Login
	}
	return w.Kind
}

// TestWithoutNumber: whoever scans the code is logged in, and is the customer who logs in with the number too.
func TestWithoutNumber(t *testing.T) {
	t.Parallel()
	d := begin(t)
	for _, form := range []url.Values{nil, {"person": {"198507099805"}}} {
		b := demotest.New(t, d.URL(), nil)
		wait := b.Submit(b.Get("/?with=bankid"), "/start", form)
		require.Regexp(t, `<img class="qr"[^>]* src="/login/bankid/qr.svg"`, wait.Body)
		require.Equal(t, "image/svg+xml", b.Get("/login/bankid/qr.svg").Header.Get("Content-Type"))
		question(t, d, "bankid")
		press(t, d, "bankid", phones.Scan, phones.Sign)
		me := b.Wait(wait)
		require.Equal(t, "PNOSE-198507099805", me.Marked("data-signer"))
		require.Contains(t, me.Text(), "C-1001")
	}
}

func TestChangedCard(t *testing.T) {
	t.Parallel()
	d := begin(t)
	logIn := func(b *demotest.Browser) demotest.Page {
		wait := started(b, "Mobile ID", "Sandra Muster")
		question(t, d, "mobileid-sim")
		press(t, d, "mobileid-sim", phones.Sign)
		return b.Wait(wait)
	}
	b := demotest.New(t, d.URL(), nil)
	require.Equal(t, "/me", logIn(b).Path)
	press(t, d, "mobileid-sim", phones.ChangeSIM)
	refused := logIn(demotest.New(t, d.URL(), nil))
	require.Equal(t, "/refused", refused.Path)
	require.Contains(t, refused.Text(), "We do not know this phone yet")
}

func TestOptions(t *testing.T) {
	t.Parallel()
	d := begin(t)
	for _, addr := range []string{"0.0.0.0:0", "127.0.0.1", "example.com:80", strings.TrimSuffix(strings.TrimPrefix(d.URL(), "http://"), "/")} {
		_, err := demo.Start(demo.Options{Dir: t.TempDir(), Addr: addr})
		require.ErrorIs(t, err, demo.ErrAddr, addr)
	}
	same, err := demo.Start(demo.Options{Dir: t.TempDir(), Seed: 7})
	require.NoError(t, err)
	defer same.Close()
	require.EqualValues(t, 7, same.Phones.Seed())
	require.Contains(t, demotest.New(t, same.URL(), nil).Get("/").Body, same.Phones.URL(), "the first page leads to the phones")
}
