//go:build browser

package browsertest_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// TestLooks keeps how the pages look, in light and in dark, on a desk and on a telephone. Nothing is wider than the window, and
// axe-core finds no serious fault.
func TestLooks(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.bank.looks("front")
	sandra.choose(s, s.bank)
	s.bank.looks("form")
	s.bank.press("form.card button")
	s.bank.arrives("/login/mobileid/wait")
	s.phones.text(sandra.button("sign"))
	s.bank.looks("wait")
	s.phones.looks("phones")
	sandra.presses(s, "cancel")
	s.bank.text(failed)
	s.bank.looks("declined")
	sandra.logIn(s, s.bank)
	s.bank.looks("me")
	s.bank.press(`a.button[href="/contract"]`)
	s.bank.press(`form[action^="/sign/"] button`)
	s.bank.arrives("/sign/mobileid/wait")
	sandra.presses(s, "sign")
	s.phones.shows("thank you")
	s.phones.looks("receipt")
	sandra.presses(s, "ok")
	s.bank.shows("Receipt: read on the phone")
	s.bank.looks("contract")
	s.phones.press(`nav a[href="/history"]`)
	s.phones.shows("MSS_Receipt")
	s.phones.looks("history")
	s.phones.follow("MSS_Signature")
	s.phones.text("#request")
	s.phones.looks("exchange")

	s.bank.press(`a[href="/me"]`)
	s.bank.press(`form[action="/logout"] button`)
	s.bank.arrives("/")
	customer{anna.handset, anna.way, nil, anna.signer}.begin(s, s.bank)
	until[bool](s.bank, "the code", `document.querySelector(".qr")?.naturalWidth > 0 || null`)
	s.bank.looks("scan")
}

// looks takes pictures of the page as people see it.
func (b *tab) looks(name string) {
	b.t.Helper()
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"", 1100, 900}, {"-small", 360, 740}} {
		b.do(chromedp.EmulateViewport(size.width, size.height))
		grounds := map[string]bool{}
		for _, dark := range []bool{false, true} {
			b.dark(dark)
			b.screenshot(name + size.name + map[bool]string{true: "-dark"}[dark])
			grounds[run(b, chromedp.Evaluate[string](`getComputedStyle(document.body).backgroundColor`))] = true
		}
		require.Len(b.t, grounds, 2, "dark is another colour")
		b.accessible()
		width := run(b, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`))
		require.LessOrEqual(b.t, width, size.width, "%s%s: it has to be moved from side to side", name, size.name)
	}
	b.dark(false)
	b.do(chromedp.EmulateViewport(1100, 900))
}

// TestPictures makes the two pictures of the documentation, build/screenshots/login.png and phone.png; make screenshots puts
// them there.
func TestPictures(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.bank.do(chromedp.EmulateViewport(690, 640))
	s.phones.do(chromedp.EmulateViewport(1100, 800)) // one shelf
	sandra.begin(s, s.bank)
	reto.begin(s, newProfile(t).first)
	mari.begin(s, newProfile(t).first)
	for _, c := range []customer{sandra, reto, mari} {
		s.phones.text(c.button("sign"))
	}
	bank := run(s.bank, chromedp.CaptureScreenshot())
	page := run(s.phones, chromedp.CaptureScreenshot())
	phone := run(s.phones, chromedp.Screenshot(chromedp.CSS(`[data-handset="mobileid-sim"]`)))
	s.keep("login", beside(t, bank, phone, 1100))
	s.keep("phone", encoded(t, decoded(t, page)))
}

// keep writes a picture that is small enough for a page.
func (s *stage) keep(name string, picture []byte) {
	s.t.Helper()
	require.Less(s.t, len(picture), 150<<10, name)
	require.NoError(s.t, os.MkdirAll(screenshots, 0o755))
	require.NoError(s.t, os.WriteFile(filepath.Join(screenshots, name+".png"), picture, 0o644))
}

// beside puts two pictures side by side, the right one on a ground of its page's colour.
func beside(t *testing.T, left, right []byte, width int) []byte {
	t.Helper()
	l, r := decoded(t, left), decoded(t, right)
	whole := image.NewRGBA(image.Rect(0, 0, width, l.Bounds().Dy()))
	draw.Draw(whole, whole.Bounds(), image.NewUniform(r.At(0, 0)), image.Point{}, draw.Src)
	draw.Draw(whole, l.Bounds(), l, image.Point{}, draw.Src)
	edge := image.Rect(l.Bounds().Dx(), 0, l.Bounds().Dx()+1, whole.Bounds().Dy())
	draw.Draw(whole, edge, image.NewUniform(color.Gray{0xc0}), image.Point{}, draw.Src)
	free := image.Pt(width-l.Bounds().Dx()-r.Bounds().Dx(), whole.Bounds().Dy()-r.Bounds().Dy())
	draw.Draw(whole, r.Bounds().Add(image.Pt(l.Bounds().Dx()+free.X/2, free.Y/2)), r, image.Point{}, draw.Src)
	return encoded(t, whole)
}

func decoded(t *testing.T, picture []byte) image.Image {
	t.Helper()
	i, err := png.Decode(bytes.NewReader(picture))
	require.NoError(t, err)
	return i
}

func encoded(t *testing.T, i image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, i))
	return b.Bytes()
}
