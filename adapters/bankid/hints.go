package bankid

import "github.com/gomss/gomss/mss"

// StartedBy is how the person was to start the app: the text for them depends on it.
type StartedBy int

const (
	ByQR       StartedBy = iota // with the QR code, or by itself where there is none
	OnComputer                  // with a link, on a computer
	OnMobile                    // with a link, on a telephone or tablet
)

// Hints by name, where the code goes by them.
const (
	hintOutstanding = "outstandingTransaction" // not picked up by any app
	hintNotStarted  = "startFailed"            // nor in time
)

// messages are the ids of a text, by StartedBy.
type messages [3]string

func always(id string) messages { return messages{id, id, id} }

// pendingHints are the ids of texts while an order is outstanding.
var pendingHints = map[string]messages{
	hintOutstanding:   {"RFA1", "RFA13", "RFA13"},
	"noClient":        always("RFA1"),
	"started":         {"RFA15B", "RFA15A", "RFA15B"}, // a code is read with a telephone
	"userMrtd":        always("RFA23"),
	"userFace":        always("RFA24"),
	"userStepUp":      always("RFA25"),
	"userCallConfirm": always("RFA21"),
	"userSign":        always("RFA9"),
	"processing":      always("RFA21"),
}

// failedHints are how an order ends without a signature, as codes of TS 102 204 and ids of texts. What is not here is an
// internal error with RFA22, and has its hint in Fault.Native, as all have.
var failedHints = map[string]struct {
	code     mss.Code
	messages messages
}{
	"expiredTransaction":      {mss.ExpiredTransaction, always("RFA8")},
	hintNotStarted:            {mss.ExpiredTransaction, messages{"RFA17B", "RFA17A", "RFA17A"}},
	"certificateErr":          {mss.CardBlocked, always("RFA16")},
	"userCancel":              {mss.UserCancel, always("RFA6")},
	"cancelled":               {mss.UserCancel, always("RFA3")},
	"userDeclinedCall":        {mss.UserCancel, always("RFA22")}, // a sign of fraud
	"notSupportedByUserApp":   {mss.InternalError, always("RFA22")},
	"transactionRiskBlocked":  {mss.InternalError, always("RFA22")},
	"mrtdVerificationFailed":  {mss.InternalError, always("RFA26")},
	"facialRecognitionFailed": {mss.InternalError, always("RFA27")},
	"nfcNotSupportedByDevice": {mss.InternalError, always("RFA28")},
	"multipleBankIdsOnDevice": {mss.InternalError, always("RFA29")},
	"stepUpFailed":            {mss.InternalError, always("RFA30")},
}
