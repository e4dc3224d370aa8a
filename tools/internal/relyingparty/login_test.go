package relyingparty_test

import (
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/catalogue"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/tools/internal/demo/demotest"
	"github.com/gomss/gomss/tools/internal/relyingparty"
	"github.com/stretchr/testify/require"
)

// start goes from the front page to the page that waits.
func start(b *demotest.Browser) demotest.Page {
	form := b.Follow(b.Get("/"), "Mobile ID")
	return b.Submit(form, "/login/mobileid/start", url.Values{"number": {number}})
}

func TestLoginWithoutScripts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bank := newBank(t, msstest.Person{After: 7 * time.Second, Serial: "MIDCHE0000000001"})
		b := bank.browser(t)
		wait := start(b)
		require.Equal(t, "/login/mobileid/wait", wait.Path)
		require.Len(t, wait.Marked("data-code-text"), 5)
		me := b.Wait(wait)
		require.Equal(t, "/me", me.Path)
		require.Equal(t, "MIDCHE0000000001", me.Marked("data-signer"))
		require.Contains(t, me.Text(), "Customer C-1001")
		require.Contains(t, me.Text(), `mss verify evidence --config '/home/o'\''neill/mss.yaml' login.evidence`)
		require.Contains(t, b.Get("/").Text(), "You are logged in")
		bank.phone.AssertPrompts(t, 1)

		require.Equal(t, "/", b.Submit(me, "/logout", nil).Path)
		require.Equal(t, "/", b.Get("/me").Path, "logged out")
		require.Equal(t, 404, b.Get("/evidence/login").Status)
	})
}

// TestTexts: what goes wrong is told in the words of the catalogue.
func TestTexts(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		person msstest.Person
		fault  mss.Code
	}{
		"cancel":      {msstest.Person{After: 3 * time.Second, Do: msstest.Cancel}, mss.UserCancel},
		"timeout":     {msstest.Person{Do: msstest.Ignore}, mss.ExpiredTransaction},
		"PIN blocked": {msstest.Person{After: 3 * time.Second, Do: msstest.BlockPIN}, mss.PinBlocked},
		"unknown":     {msstest.Person{Fault: mss.UnknownClient}, mss.UnknownClient},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBank(t, tt.person).browser(t)
				p := b.Wait(start(b))
				require.Contains(t, p.Text(), catalogue.Default().ForPerson(tt.fault, "en"))
				require.Contains(t, p.Text(), "Begin again")
				require.Equal(t, "/", b.Get("/me").Path)
				require.Equal(t, "/?with=mobileid", b.Follow(p, "Begin again").Path)
			})
		})
	}
}

func TestBadNumber(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bank := newBank(t, msstest.Person{})
		b := bank.browser(t)
		form := b.Follow(b.Get("/"), "Mobile ID")
		for _, bad := range []string{"", "079 000 00 21", "x", "+4179000002100000000"} {
			p := b.Submit(form, "/start", url.Values{"number": {bad}})
			require.Equal(t, 400, p.Status, bad)
			require.Contains(t, p.Text(), "number")
			require.Contains(t, p.Text(), "Begin again")
		}
		bank.phone.AssertPrompts(t, 0)
	})
}

// TestCancelOnThePage: the page forgets the login, and a signature that comes later logs nobody in.
func TestCancelOnThePage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bank := newBank(t, msstest.Person{After: 20 * time.Second})
		b := bank.browser(t)
		require.Equal(t, "/?with=mobileid", b.Submit(start(b), "/cancel", nil).Path)
		time.Sleep(time.Minute)
		require.Equal(t, "/?with=mobileid", b.Get("/login/mobileid/wait").Path)
		require.Equal(t, "/", b.Get("/me").Path)
	})
}

// TestWrongSerial: whoever has the number and another serial number is not let in. With the code of the letter they are known.
func TestWrongSerial(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bank := newBank(t, msstest.Person{Serial: "MIDCHE0000000001"})
		first := bank.browser(t)
		require.Equal(t, "/me", first.Wait(start(first)).Path)
		require.Equal(t, "/me", first.Wait(start(first)).Path, "again, with the same card")

		bank.phone.Script(number, msstest.Person{Serial: "MIDCHE0000000002"})
		b := bank.browser(t)
		refused := b.Wait(start(b))
		require.Equal(t, "/refused", refused.Path)
		require.Equal(t, 403, refused.Status)
		require.Contains(t, refused.Text(), "Your mobile signature is not the one known for your account.")
		require.NotContains(t, refused.Text(), "MIDCHE")
		require.Equal(t, "/", b.Get("/me").Path, "nobody is logged in")
		letter := refused.Marked("data-letter")
		require.Len(t, letter, 8)

		require.Contains(t, b.Submit(refused, "/refused", url.Values{"code": {"AAAAAAAA"}}).Text(), "That was not the code")
		again := b.Submit(b.Get("/refused"), "/refused", url.Values{"code": {" " + letter + " "}})
		require.Equal(t, "/?again=1", again.Path)
		require.Contains(t, again.Text(), "We know your new phone now")
		require.Equal(t, "/", b.Get("/me").Path, "a letter logs nobody in")
		me := b.Wait(start(b))
		require.Equal(t, "/me", me.Path)
		require.Contains(t, me.Text(), "Customer C-1001")
		require.Equal(t, "MIDCHE0000000002", me.Marked("data-signer"))

		bank.phone.Script(number, msstest.Person{Serial: "MIDCHE0000000001"})
		late := bank.browser(t)
		require.Equal(t, "/refused", late.Wait(start(late)).Path, "the old card is not known any more")
	})
}

// TestLetterIsGuessedThrice and then there is another letter.
func TestLetterIsGuessedThrice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bank := newBank(t, msstest.Person{Serial: "MIDCHE0000000001"})
		b := bank.browser(t)
		require.Equal(t, "/me", b.Wait(start(b)).Path)
		bank.phone.Script(number, msstest.Person{Serial: "MIDCHE0000000002"})
		refused := b.Wait(start(b))
		letter := refused.Marked("data-letter")
		for range 2 {
			require.Equal(t, "/refused", b.Post("/refused", url.Values{"code": {"AAAAAAAA"}}).Path)
		}
		require.Contains(t, b.Post("/refused", url.Values{"code": {""}}).Text(), "for the third time")
		require.Equal(t, "/", b.Post("/refused", url.Values{"code": {letter}}).Path, "it is worth nothing any more")
		require.Equal(t, "/refused", b.Wait(start(b)).Path)
	})
}

// TestAccounts: each number is a customer of its own.
func TestAccounts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bank := newBank(t, msstest.Person{})
		bank.phone.Script("+41790000022", msstest.Person{})
		one, two := bank.browser(t), bank.browser(t)
		require.Contains(t, one.Wait(start(one)).Text(), "Customer C-1001")
		two.Get("/?with=mobileid")
		p := two.Wait(two.Post("/login/mobileid/start", url.Values{"number": {"+41790000022"}}))
		require.Contains(t, p.Text(), "Customer C-1002")
		require.Contains(t, one.Get("/me").Text(), "Customer C-1001")
	})
}

// TestLetterIsKept: a letter that somebody keeps does not undo what has happened since.
func TestLetterIsKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bank := newBank(t, msstest.Person{Serial: "MIDCHE0000000001"})
		first := bank.browser(t)
		require.Equal(t, "/me", first.Wait(start(first)).Path)
		refused := func(serial string) (b *demotest.Browser, letter string) {
			b = bank.browser(t)
			bank.phone.Script(number, msstest.Person{Serial: serial})
			p := b.Wait(start(b))
			require.Equal(t, "/refused", p.Path)
			return b, p.Marked("data-letter")
		}
		kept, old := refused("MIDCHE0000000002")
		b, letter := refused("MIDCHE0000000003")
		require.Equal(t, "/?again=1", b.Post("/refused", url.Values{"code": {letter}}).Path)
		p := kept.Post("/refused", url.Values{"code": {old}})
		require.Equal(t, 403, p.Status)
		require.Contains(t, p.Text(), "not valid any more")
		require.Equal(t, "/", kept.Post("/refused", url.Values{"code": {old}}).Path)
		bank.phone.Script(number, msstest.Person{Serial: "MIDCHE0000000003"})
		require.Equal(t, "/me", b.Wait(start(b)).Path)
	})
}

// TestLetterExpires, however often somebody looks at the page.
func TestLetterExpires(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bank := newBank(t, msstest.Person{Serial: "MIDCHE0000000001"})
		b := bank.browser(t)
		require.Equal(t, "/me", b.Wait(start(b)).Path)
		bank.phone.Script(number, msstest.Person{Serial: "MIDCHE0000000002"})
		letter := b.Wait(start(b)).Marked("data-letter")
		time.Sleep(50 * time.Minute)
		require.Equal(t, letter, b.Get("/refused").Marked("data-letter"))
		time.Sleep(11 * time.Minute)
		require.Contains(t, b.Get("/refused").Text(), "Please log in again")
		require.Equal(t, "/", b.Post("/refused", url.Values{"code": {letter}}).Path)
	})
}

// TestOldSignature: a signature that names no login logs nobody in, and binds nobody.
func TestOldSignature(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		code := false
		bank := newBank(t, msstest.Person{Serial: "MIDCHE0000000001"}, func(p *relyingparty.Provider) {
			ask := p.Login
			p.Login = func(u mss.User, text string) *mss.Request {
				req := ask(u, text)
				req.AddCode = code
				return req
			}
		})
		b := bank.browser(t)
		refused := b.Wait(start(b))
		require.Equal(t, "/refused", refused.Path)
		require.Equal(t, 403, refused.Status)
		require.Equal(t, "/", b.Get("/me").Path)
		code = true
		bank.phone.Script(number, msstest.Person{Serial: "MIDCHE0000000002"})
		require.Equal(t, "/me", b.Wait(start(b)).Path)
	})
}
