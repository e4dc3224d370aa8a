package bankid

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"

	"github.com/gomss/gomss/mss"
)

// refresh is how long a QR code can be read.
const refresh = time.Second

// Prompt returns the link that starts the app on this device, and the text of the QR code of this second, which another device
// reads; both are secret until the order ends. Show the code only while the hint is "outstandingTransaction" (MessageID), and
// anew each second. After the transaction's deadline, and for orders that need neither, there is nothing to show. AutostartLink
// makes a better link where the person's browser is known.
//
// now is to be of the same clock as Transaction.Started: a monotonic one in the process that started it, or else the wall
// clock.
func (c *Client) Prompt(tx *mss.Transaction, now time.Time) mss.Prompt {
	st, err := decodeState(tx)
	if err != nil || st.Secret == "" || !now.Before(tx.Deadline) {
		return mss.Prompt{}
	}
	return mss.Prompt{
		Link:    mss.Conceal(appLink + startQuery(st.AutoStart, "")),
		QR:      mss.Conceal(qrText(st.Token, st.Secret, now.Sub(tx.Started))),
		Refresh: refresh,
	}
}

// qrText is the text of the QR code at a time after the order was made: the token, the whole seconds, and a proof by the
// secret that they are ours.
func qrText(token, secret string, since time.Duration) string {
	seconds := strconv.FormatInt(int64(max(since, 0)/time.Second), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(seconds))
	return "bankid." + token + "." + seconds + "." + hex.EncodeToString(mac.Sum(nil))
}
