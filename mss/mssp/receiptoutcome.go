package mssp

import (
	"errors"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/mss"
)

// userResponses are the values of UserResponse's member status (guide section 3.4.1.2).
var userResponses = map[string]mss.ReceiptOutcome{
	"OK":      mss.ReceiptAccepted,
	"CANCEL":  mss.ReceiptCancelled,
	"TIMEOUT": mss.ReceiptTimedOut,
}

// receiptOutcome reads what became of a receipt that was to be acknowledged (guide section 3.4.1.2). Nothing said is nothing
// heard. Anything but what the guide's table has is an error: an acknowledgement is not guessed. FaultMessage is a sentence
// whose wording varies, and is not read.
func receiptOutcome(detail *etsi.StatusDetail) (mss.ReceiptOutcome, error) {
	ext, err := receiptExtension(detail)
	if err != nil {
		return 0, err
	}
	if ext == nil {
		return mss.ReceiptUnheard, nil
	}
	acked := ext.UserAck != nil && *ext.UserAck
	if !acked && ext.UserResponse == nil {
		return mss.ReceiptUnheard, nil
	}
	if !acked {
		return 0, errors.New("the answer holds the person's response and says that there was none (UserAck)")
	}
	if ext.UserResponse == nil {
		return 0, errors.New("the answer says that the person responded (UserAck), and not what")
	}
	var response struct {
		Status string `json:"status"`
	}
	if err := strictjson.Unmarshal([]byte(*ext.UserResponse), &response); err != nil {
		return 0, errors.New("the answer's UserResponse is no JSON object with the member status: " + err.Error())
	}
	outcome, ok := userResponses[response.Status]
	if !ok {
		return 0, errors.New("the answer's UserResponse is none of OK, CANCEL and TIMEOUT")
	}
	return outcome, nil
}

// receiptExtension returns the ReceiptResponseExtension; nil: there is none.
func receiptExtension(detail *etsi.StatusDetail) (*etsi.ScoReceiptResponseExtension, error) {
	if detail == nil {
		return nil, nil
	}
	var found *etsi.ScoReceiptResponseExtension
	for _, item := range detail.Items {
		if item.ReceiptResponseExtension == nil {
			continue
		}
		if found != nil {
			return nil, errors.New("the answer has more than one ReceiptResponseExtension")
		}
		found = item.ReceiptResponseExtension
	}
	return found, nil
}
