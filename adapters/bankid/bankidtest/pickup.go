package bankidtest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// How far the time in a QR code may be from that of the server: behind for the camera and the network, ahead for a client
// whose answer was slow to arrive and clocks that differ. BankID does not publish its own.
const (
	qrOld   = 5 * time.Second
	qrAhead = 2 * time.Second
)

// What an app says of a QR code or a link that it cannot use.
var (
	ErrQRForm  = errors.New("bankidtest: not a QR text of the form bankid.<token>.<seconds>.<code>")
	ErrQRCode  = errors.New("bankidtest: the code in the QR text is not that of the order's secret and the time")
	ErrQRTime  = errors.New("bankidtest: the QR text is from another time: it holds for the second in which it is shown")
	ErrNoOrder = errors.New("bankidtest: no order waits for this token: none was begun with it, or it was picked up, or it is over")
	ErrLink    = errors.New("bankidtest: not a link that starts the app")

	// The app has no network (Person.NoNetwork).
	ErrNoNetwork = errors.New("bankidtest: the app is out of reach")
)

// Scan reads a QR text with the app of the person whom the order asks for, and of Anyone where it asks for nobody. The
// order goes on from there as the person's script says.
func (s *Server) Scan(qrText string) error {
	parts := strings.Split(qrText, ".")
	if len(parts) != 4 || parts[0] != "bankid" {
		return ErrQRForm
	}
	seconds, err := strconv.ParseUint(parts[2], 10, 16)
	if err != nil || strconv.FormatUint(seconds, 10) != parts[2] {
		return ErrQRForm
	}
	return s.pickUp(func(e *order) bool { return e.qrToken == parts[1] }, func(e *order, now time.Time) error {
		mac := hmac.New(sha256.New, []byte(e.qrSecret))
		mac.Write([]byte(parts[2]))
		if hex.EncodeToString(mac.Sum(nil)) != parts[3] {
			return ErrQRCode
		}
		shown := e.began.Add(time.Duration(seconds) * time.Second)
		if now.Sub(shown) > qrOld+time.Second || shown.Sub(now) > qrAhead {
			return ErrQRTime
		}
		return nil
	})
}

// Open starts the app with an autostart token, or with a whole link that has one (https://app.bankid.com/… or
// bankid:///…), on the device where the person whom the order asks for has their BankID.
func (s *Server) Open(autoStartToken string) error {
	if strings.Contains(autoStartToken, ":") {
		var err error
		if autoStartToken, err = tokenOf(autoStartToken); err != nil {
			return err
		}
	}
	return s.pickUp(func(e *order) bool { return e.autoStart == autoStartToken }, nil)
}

// tokenOf takes the token out of a link. The names in it are in lower case.
func tokenOf(link string) (string, error) {
	u, err := url.Parse(link)
	if err != nil || u.Path != "/" || !(u.Scheme == "https" && u.Host == "app.bankid.com" || u.Scheme == "bankid" && u.Host == "") {
		return "", ErrLink
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil || q.Get("autostarttoken") == "" {
		return "", ErrLink
	}
	return q.Get("autostarttoken"), nil
}

// pickUp brings an order that waits to an app, unless check says why not.
func (s *Server) pickUp(is func(*order) bool, check func(*order, time.Time) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for _, e := range s.began {
		if e.pushed || !is(e) {
			continue
		}
		if e.over || !e.pending(now) || e.reached(now) {
			return ErrNoOrder
		}
		if check != nil {
			if err := check(e, now); err != nil {
				return err
			}
		}
		if s.personOf(e.number).NoNetwork {
			return ErrNoNetwork
		}
		s.take(e, now)
		return nil
	}
	return ErrNoOrder
}
