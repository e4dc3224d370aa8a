package mssp

import "strconv"

// GeofencingCode says why there is no location (guide section 3.2.4.2.4). It is an error. It is not a mss.Code, although
// some numbers are the same: with one of these the person signed all the same. Codes without a constant are kept as they
// came.
type GeofencingCode int

// The operator's codes.
const (
	GeofencingAppOff       GeofencingCode = 100 // the person has turned geofencing off in the app
	GeofencingNoFix        GeofencingCode = 101 // the phone found no location in time
	GeofencingUnanswered   GeofencingCode = 102 // the phone's question for permission is unanswered
	GeofencingDenied       GeofencingCode = 103 // the person denied the app the permission
	GeofencingRestricted   GeofencingCode = 104 // a restriction of iOS, such as parental control
	GeofencingDeviceOff    GeofencingCode = 105 // location is off for the whole device
	GeofencingAirplane     GeofencingCode = 106 // airplane mode
	GeofencingUnspecified  GeofencingCode = 120
	GeofencingInternal     GeofencingCode = 121 // an error of the service
	GeofencingUnauthorized GeofencingCode = 122 // the account has no right to geofencing
	GeofencingForeignSIM   GeofencingCode = 123 // the SIM card is another operator's
	GeofencingNoLocation   GeofencingCode = 200 // the app returned none
	GeofencingAppOutdated  GeofencingCode = 201 // the app is older than 1.2.0
)

// Codes of this package, for answers in which there is neither a location nor a code of the operator's.
const (
	GeofencingNoAnswer   GeofencingCode = -1 // the service did not answer what was asked
	GeofencingUnreadable GeofencingCode = -2 // it did, in a form that cannot be relied on
)

var geofencingTexts = map[GeofencingCode]string{
	GeofencingAppOff:       "the person has turned geofencing off in the app",
	GeofencingNoFix:        "the phone found no location in time",
	GeofencingUnanswered:   "the person has not answered the phone's question for permission",
	GeofencingDenied:       "the person denied the app the permission to use the location",
	GeofencingRestricted:   "a restriction of iOS keeps the app from the location",
	GeofencingDeviceOff:    "location is turned off for the whole device",
	GeofencingAirplane:     "the phone is in airplane mode",
	GeofencingUnspecified:  "the location failed for an unspecified reason",
	GeofencingInternal:     "an internal error of the service",
	GeofencingUnauthorized: "the account has no right to geofencing: ask the operator for it",
	GeofencingForeignSIM:   "the SIM card is another operator's and cannot be located",
	GeofencingNoLocation:   "the app returned no location",
	GeofencingAppOutdated:  "the app is too old for geofencing: the person must update it",
	GeofencingNoAnswer:     "the service did not say where the phone is",
	GeofencingUnreadable:   "the service's answer about the location cannot be read",
}

// Error returns the code and what it means.
func (c GeofencingCode) Error() string {
	text, ok := geofencingTexts[c]
	switch {
	case !ok:
		return "geofencing " + strconv.Itoa(int(c))
	case c < 0:
		return "geofencing: " + text
	}
	return "geofencing " + strconv.Itoa(int(c)) + ": " + text
}

// MessageKey returns the key of the code in a mss/catalogue: "geofencing.105", and "geofencing" for codes of this package.
func (c GeofencingCode) MessageKey() string {
	if c <= 0 {
		return "geofencing"
	}
	return "geofencing." + strconv.Itoa(int(c))
}
