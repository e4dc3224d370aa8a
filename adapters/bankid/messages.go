package bankid

import (
	"errors"
	"maps"
	"strings"

	"github.com/gomss/gomss/mss"
)

// messageOther and messagePending are for what is not known: an error or a hint of a failed order, and a hint of one that is
// outstanding.
const (
	messageOther   = "RFA22"
	messagePending = "RFA21"
	messageTrouble = "RFA5"
)

// Message is a text for the person.
type Message struct {
	SV, EN string
}

// Messages are texts by BankID's ids: "RFA1", "RFA15A". DefaultMessages has short ones of this package's own; put in what BankID
// publishes, or your own, instead.
type Messages map[string]Message

// DefaultMessages returns a fresh copy of the texts of this package.
func DefaultMessages() Messages { return maps.Clone(defaultMessages) }

// Text returns a text: in Swedish for "sv" and its variants, else in English; the other language where that is missing, and ""
// for an id without text.
func (m Messages) Text(id, language string) string {
	t := m[id]
	primary, _, _ := strings.Cut(strings.ToLower(language), "-")
	first, second := t.EN, t.SV
	if primary == "sv" {
		first, second = second, first
	}
	if first == "" {
		return second
	}
	return first
}

// MessageID returns the id of the text for a person whose order is outstanding, by the hint (Prompt.Hint, Status.Hint). A hint
// that is not known, and may be new, is RFA21: in progress. "" is of an order of which nothing has been heard yet, and the text
// is that of outstandingTransaction. The QR code is to be shown as long as the id is RFA1.
func MessageID(hint string, by StartedBy) string {
	if hint == "" {
		hint = hintOutstanding
	}
	if m, ok := pendingHints[hint]; ok {
		return m.of(by)
	}
	return messagePending
}

// FaultMessageID returns the id of the text for a person whose order ended with an error, of Start, Poll or Verify, and "" where
// the error is none of theirs: a request that was refused unsent, our certificate, a signature that does not verify, an
// outcome that is not known. An error of BankID's that is not known is RFA22; trouble on the way is RFA5.
func FaultMessageID(err error, by StartedBy) string {
	f, ok := errors.AsType[*mss.Fault](err)
	switch {
	case errors.Is(err, mss.ErrUnknownOutcome):
		return ""
	case !ok:
		if _, ok := errors.AsType[*mss.TransportError](err); ok {
			return messageTrouble
		}
		return ""
	}
	if f.Operation == mss.OpStatusQuery {
		if h, ok := failedHints[f.Native]; ok {
			return h.messages.of(by)
		}
	}
	if e, ok := errorCodes[strings.ToLower(f.Native)]; ok {
		return e.message
	}
	return messageOther
}

func (m messages) of(by StartedBy) string {
	if by < ByQR || by > OnMobile {
		by = ByQR
	}
	return m[by]
}
