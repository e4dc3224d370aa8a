package msstest

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gomss/gomss/mss"
)

// heartbeat is the number that health checks call. No phone has it, and the fault it gets says that the service works.
const heartbeat = "41000000000"

// faultNumbers begins the numbers that get the fault in their last three digits.
const faultNumbers = "41000092"

var faultCodes = []mss.Code{
	mss.WrongParam, mss.MissingParam, mss.WrongDataLength, mss.UnauthorizedAccess, mss.UnknownClient,
	mss.InappropriateData, mss.IncompatibleInterface, mss.UnsupportedProfile, mss.ExpiredTransaction, mss.OTAError,
	mss.UserCancel, mss.PinBlocked, mss.CardBlocked, mss.NoKeyFound, mss.PBSignatureProcess, mss.NoCertFound,
	mss.InternalError,
}

// The numbers that succeed, and the robots behind them.
const (
	numberEC  = "41700092501"
	numberRSA = "41700092502"
)

var testPersons = map[string]Person{numberEC: {Key: EC}, numberRSA: {Key: RSA}}

// testFault returns the fault that a test number stands for.
func testFault(digits string) (mss.Code, bool) {
	tail, ok := strings.CutPrefix(digits, faultNumbers)
	if !ok || len(tail) != 3 {
		return 0, false
	}
	n, err := strconv.Atoi(tail)
	return mss.Code(n), err == nil && slices.Contains(faultCodes, mss.Code(n))
}
