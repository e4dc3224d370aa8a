package hermod

import (
	"time"

	"github.com/gomss/gomss/mss"
)

// Prompt returns the link that starts the app on this device and, as the same text, the QR code that starts it on another one: both
// are secret while the command is outstanding. A person whose app is told by push needs neither. After the transaction's deadline
// there is nothing to show. Code is that of Request.AddCode. Nothing of it changes.
func (c *Client) Prompt(tx *mss.Transaction, now time.Time) mss.Prompt {
	st, err := decodeState(tx)
	if err != nil || !now.Before(tx.Deadline) {
		return mss.Prompt{}
	}
	return mss.Prompt{Code: st.Code, Link: mss.Conceal(st.URI), QR: mss.Conceal(st.URI)}
}
