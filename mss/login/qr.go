package login

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"strconv"
	"strings"

	"rsc.io/qr"
)

// MaxQR bounds the text of a QR code, in octets. Codes of more are too dense for a phone before a screen; a BankID code has
// about 115.
const MaxQR = 512

// MaxScale bounds QRPNG's scale.
const MaxScale = 32

// level L restores about 7 % of a code (ISO/IEC 18004). A screen is not torn or dirty, and fewer and larger modules are
// read from farther away.
const level = qr.L

// quiet is the margin, in modules, that a code needs around it (ISO/IEC 18004).
const quiet = 4

// encode makes the modules of a code.
func encode(text string) (*qr.Code, error) {
	if text == "" || len(text) > MaxQR {
		return nil, errors.New("login: the text of a QR code must have 1 to " + strconv.Itoa(MaxQR) + " octets")
	}
	return qr.Encode(text, level)
}

// QRSVG draws a QR code as SVG, black on white with its margin, in any size. It returns nil for an empty text and one of
// more than MaxQR octets.
func QRSVG(text string) []byte {
	c, err := encode(text)
	if err != nil {
		return nil
	}
	side := strconv.Itoa(c.Size + 2*quiet)
	b := []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ` + side + " " + side + `" shape-rendering="crispEdges">` +
		`<path fill="#fff" d="M0 0h` + side + "v" + side + "H0z" + `"/><path d="`)
	for y := range c.Size {
		for x := 0; x < c.Size; {
			n := 0
			for c.Black(x+n, y) {
				n++
			}
			if n > 0 {
				b = append(b, 'M')
				b = strconv.AppendInt(b, int64(x+quiet), 10)
				b = append(b, ' ')
				b = strconv.AppendInt(b, int64(y+quiet), 10)
				b = append(b, 'h')
				b = strconv.AppendInt(b, int64(n), 10)
				b = append(b, "v1h-"...)
				b = strconv.AppendInt(b, int64(n), 10)
				b = append(b, 'z')
			}
			x += n + 1
		}
	}
	return append(b, `"/></svg>`...)
}

// QRPNG draws a QR code as PNG, black on white with its margin; scale is the side of a module in pixels, from 1 to
// MaxScale. The text has 1 to MaxQR octets. The encoder is the standard library's: that of package qr panics at small scales.
func QRPNG(text string, scale int) ([]byte, error) {
	if scale < 1 || scale > MaxScale {
		return nil, errors.New("login: the scale of a QR code must be from 1 to " + strconv.Itoa(MaxScale))
	}
	c, err := encode(text)
	if err != nil {
		return nil, err
	}
	side := (c.Size + 2*quiet) * scale
	img := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	for y := range side {
		for x := range side {
			if c.Black(x/scale-quiet, y/scale-quiet) {
				img.Pix[y*img.Stride+x] = 1
			}
		}
	}
	var b bytes.Buffer
	err = png.Encode(&b, img)
	return b.Bytes(), err
}

// The colours of QRTerminal: black on white out of the fixed part of 256 colours, because a code in the terminal's own
// colours is inverted in dark ones.
const (
	blackOnWhite = "\x1b[38;5;16;48;5;231m"
	reset        = "\x1b[0m"
)

// QRTerminal draws a QR code for a terminal with 256 colours, black on white with its margin: a character is one module
// wide and two high. Each line ends with a line feed. It returns "" for an empty text and one of more than MaxQR octets.
func QRTerminal(text string) string {
	c, err := encode(text)
	if err != nil {
		return ""
	}
	var b strings.Builder
	for y := -quiet; y < c.Size+quiet; y += 2 {
		b.WriteString(blackOnWhite)
		for x := -quiet; x < c.Size+quiet; x++ {
			switch upper, lower := c.Black(x, y), c.Black(x, y+1); {
			case upper && lower:
				b.WriteRune('█')
			case upper:
				b.WriteRune('▀')
			case lower:
				b.WriteRune('▄')
			default:
				b.WriteByte(' ')
			}
		}
		b.WriteString(reset + "\n")
	}
	return b.String()
}
