package login_test

import (
	"bytes"
	"encoding/xml"
	"image/png"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/gomss/gomss/mss/login"
	"github.com/stretchr/testify/require"
	"rsc.io/qr"
)

var qrTexts = []string{
	"x", "0123456789", "HELLO", "bankid.67df3917-fa0d-44e5-b327-edcc928297f8.0.dc69358e712458a66a7525beef148ae8526b1c71610eff2c16cdffb4cdac9bf8",
	"Zürich\x00\xff", strings.Repeat("long ", 102), strings.Repeat("x", login.MaxQR),
}

// modules are those of a text at level L, with a margin of four: the independent side of the comparison.
func modules(t *testing.T, text string) [][]bool {
	t.Helper()
	c, err := qr.Encode(text, qr.L)
	require.NoError(t, err)
	m := make([][]bool, c.Size+8)
	for y := range m {
		m[y] = make([]bool, c.Size+8)
		for x := range m[y] {
			m[y][x] = c.Black(x-4, y-4)
		}
	}
	return m
}

func TestQRPNG(t *testing.T) {
	t.Parallel()
	for _, text := range qrTexts {
		for _, scale := range []int{1, 3, 8, login.MaxScale} {
			want := modules(t, text)
			b, err := login.QRPNG(text, scale)
			require.NoError(t, err)
			img, err := png.Decode(bytes.NewReader(b))
			require.NoError(t, err)
			require.Equal(t, len(want)*scale, img.Bounds().Dx())
			require.Equal(t, len(want)*scale, img.Bounds().Dy())
			for y := range img.Bounds().Dy() {
				for x := range img.Bounds().Dx() {
					r, _, _, _ := img.At(x, y).RGBA()
					if (r == 0) != want[y/scale][x/scale] {
						t.Fatalf("scale %d: pixel %d, %d", scale, x, y)
					}
				}
			}
		}
	}
	for _, scale := range []int{-1, 0, login.MaxScale + 1, 1 << 30} {
		_, err := login.QRPNG("x", scale)
		require.ErrorContains(t, err, "scale")
	}
}

var run = regexp.MustCompile(`M([0-9]+) ([0-9]+)h([0-9]+)v1h-([0-9]+)z`)

func TestQRSVG(t *testing.T) {
	t.Parallel()
	for _, text := range qrTexts {
		want := modules(t, text)
		var doc struct {
			XMLName xml.Name `xml:"http://www.w3.org/2000/svg svg"`
			ViewBox string   `xml:"viewBox,attr"`
			Path    []struct {
				Fill string `xml:"fill,attr"`
				D    string `xml:"d,attr"`
			} `xml:"path"`
		}
		require.NoError(t, xml.Unmarshal(login.QRSVG(text), &doc))
		side := strconv.Itoa(len(want))
		require.Equal(t, "0 0 "+side+" "+side, doc.ViewBox)
		require.Len(t, doc.Path, 2)
		require.Equal(t, "#fff", doc.Path[0].Fill)
		require.Equal(t, "M0 0h"+side+"v"+side+"H0z", doc.Path[0].D)
		got := make([][]bool, len(want))
		for y := range got {
			got[y] = make([]bool, len(want))
		}
		require.Empty(t, run.ReplaceAllString(doc.Path[1].D, ""))
		for _, m := range run.FindAllStringSubmatch(doc.Path[1].D, -1) {
			require.Equal(t, m[3], m[4])
			n := make([]int, 3)
			for i := range n {
				n[i], _ = strconv.Atoi(m[i+1])
			}
			for i := range n[2] {
				got[n[1]][n[0]+i] = true
			}
		}
		require.Equal(t, want, got)
	}
}

func TestQRTerminal(t *testing.T) {
	t.Parallel()
	const begin, end = "\x1b[38;5;16;48;5;231m", "\x1b[0m"
	for _, text := range qrTexts {
		want := modules(t, text)
		lines := strings.Split(strings.TrimSuffix(login.QRTerminal(text), "\n"), "\n")
		require.Len(t, lines, (len(want)+1)/2)
		var got [][]bool
		for _, line := range lines {
			require.True(t, strings.HasPrefix(line, begin) && strings.HasSuffix(line, end))
			var upper, lower []bool
			for _, r := range strings.TrimSuffix(strings.TrimPrefix(line, begin), end) {
				require.Contains(t, " ▀▄█", string(r))
				upper = append(upper, r == '▀' || r == '█')
				lower = append(lower, r == '▄' || r == '█')
			}
			got = append(got, upper, lower)
		}
		require.NotContains(t, got[len(want)], true, "an odd number of lines is filled with white")
		require.Equal(t, want, got[:len(want)])
	}
}

func TestQRBounds(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", strings.Repeat("x", login.MaxQR+1)} {
		require.Nil(t, login.QRSVG(text))
		require.Empty(t, login.QRTerminal(text))
		_, err := login.QRPNG(text, 4)
		require.ErrorContains(t, err, "1 to 512 octets")
	}
}

func FuzzQR(f *testing.F) {
	require.NotEmpty(f, qrTexts)
	for _, text := range qrTexts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ok := text != "" && len(text) <= login.MaxQR
		svg := login.QRSVG(text)
		require.Equal(t, ok, svg != nil)
		require.Equal(t, ok, login.QRTerminal(text) != "")
		b, err := login.QRPNG(text, 1)
		require.Equal(t, ok, err == nil)
		if ok {
			_, err := png.Decode(bytes.NewReader(b))
			require.NoError(t, err)
			require.NoError(t, xml.Unmarshal(svg, new(struct{})))
		}
	})
}
