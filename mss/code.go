package mss

import "strconv"

// Code is a status or fault code of TS 102 204 (Annex B, and the status codes of its clause on StatusType), TS 102 207,
// FiCom or an operator. It is an error, so every code can be asked for: errors.Is(err, mss.UserCancel), and for a code
// without a constant errors.Is(err, mss.Code(1051)). Unknown codes are kept as they came.
type Code int

// Faults: the request was refused, or ended without a signature.
const (
	WrongParam            Code = 101
	MissingParam          Code = 102
	WrongDataLength       Code = 103
	UnauthorizedAccess    Code = 104
	UnknownClient         Code = 105
	HandshakeRequired     Code = 106
	InappropriateData     Code = 107
	IncompatibleInterface Code = 108
	UnsupportedProfile    Code = 109
	ExpiredTransaction    Code = 208
	OTAError              Code = 209
	UserCancel            Code = 401
	PinBlocked            Code = 402
	CardBlocked           Code = 403
	NoKeyFound            Code = 404
	NoURLFound            Code = 405
	PBSignatureProcess    Code = 406
	RegistrationNOK       Code = 407
	NoCertFound           Code = 422
	CRLProblem            Code = 423
	CRLExpired            Code = 424
	ErrorCertificate      Code = 425
	GeofencingViolation   Code = 450
	NoRoamingHeader       Code = 701
	NoIdentityIssuer      Code = 702
	NoHomeMSSP            Code = 703
	NoRoamingInput        Code = 710
	RoamingExpired        Code = 720
	NoRoutingService      Code = 750
	NoIdentityService     Code = 760
	NoVerifyingService    Code = 770
	ConnectionRefused     Code = 780
	InternalError         Code = 900
)

// FiCom's finer codes, in Fault.Sub below the code of their first three digits (FiCom MSS guideline).
const (
	FiComMalformedUserID  Code = 1051
	FiComNoSuchUserID     Code = 1052
	FiComUnregistered     Code = 1053
	FiComIncompatibleCard Code = 1054
	FiComServerTimeout    Code = 2081
	FiComUserTimeout      Code = 2082
	FiComUserCancel       Code = 4011
	FiComIncorrectPoP     Code = 4012
	FiComPostponed        Code = 4013
	FiComKeyNotFound      Code = 4041
	FiComKeyUsage         Code = 4042
)

// Statuses: what an answer that is no fault says.
const (
	StatusRequestOK           Code = 100
	StatusUserSign            Code = 400
	StatusRegistrationOK      Code = 408
	StatusSignature           Code = 500
	StatusRevokedCertificate  Code = 501
	StatusValidSignature      Code = 502
	StatusInvalidSignature    Code = 503
	StatusOutstanding         Code = 504
	StatusConstraintMismatch  Code = 505
	StatusReceivedPush        Code = 600
	StatusReceivedNoPush      Code = 601
	StatusReceiveFailedPush   Code = 602
	StatusReceiveFailedNoPush Code = 603
)

type codeText struct{ name, advice string }

// codeTexts holds the standard's names and our own advice to whoever operates the application.
var codeTexts = map[Code]codeText{
	WrongParam:            {"WRONG_PARAM", "an argument is wrong: check the MSISDN, this machine's clock and that no AP_TransID is used twice"},
	MissingParam:          {"MISSING_PARAM", "an argument is missing: compare the request with the provider's guide"},
	WrongDataLength:       {"WRONG_DATA_LENGTH", "the text is too long for the phone: shorten it"},
	UnauthorizedAccess:    {"UNAUTHORIZED_ACCESS", "check AP_ID, the client certificate (leaf only, clientAuth) and the services that the contract includes"},
	UnknownClient:         {"UNKNOWN_CLIENT", "the number has no mobile signature here: the person must sign up first"},
	HandshakeRequired:     {"HANDSHAKE_REQUIRED", "the service wants signed messages: agree on MSS_Handshake with the provider"},
	InappropriateData:     {"INAPPROPRIATE_DATA", "the text must begin with the assigned prefix, in the agreed type and encoding"},
	IncompatibleInterface: {"INCOMPATIBLE_INTERFACE", "the service does not speak this interface version: check the dialect's versions"},
	UnsupportedProfile:    {"UNSUPPORTED_PROFILE", "the person or the contract lacks this signature profile: choose another one"},
	ExpiredTransaction:    {"EXPIRED_TRANSACTION", "the person did not answer in time: ask before a new request"},
	OTAError:              {"OTA_ERROR", "the phone could not be reached: let the person try again with reception"},
	UserCancel:            {"USER_CANCEL", "the person declined, or a newer request took this one's place"},
	PinBlocked:            {"PIN_NR_BLOCKED", "the signing PIN is blocked: the person must re-activate at the provider's portal"},
	CardBlocked:           {"CARD_BLOCKED", "the person's account is suspended: refer to the provider's support"},
	NoKeyFound:            {"NO_KEY_FOUND", "the person has not activated the service: refer to the provider's portal"},
	NoURLFound:            {"NO_URL_FOUND", "the service could not find a referenced URL"},
	PBSignatureProcess:    {"PB_SIGNATURE_PROCESS", "another signature is under way on this phone, and a SIM card takes one at a time: wait for it to end"},
	RegistrationNOK:       {"REGISTRATION_NOK", "the registration failed"},
	NoCertFound:           {"NO_CERT_FOUND", "the person has no valid certificate: refer to the provider's portal"},
	CRLProblem:            {"CRL_PB", "the service could not check revocation"},
	CRLExpired:            {"CRL_EXPIRED", "the service's revocation list is out of date"},
	ErrorCertificate:      {"ERROR_CERTIFICATE", "the service could not verify the person's certificate"},
	GeofencingViolation:   {"GEOFENCING_POLICY_VIOLATION", "the phone is outside the area that the policy allows"},
	NoRoamingHeader:       {"ROAMING_HEADER_MISSING", "roaming: the RoamingHeader is missing"},
	NoIdentityIssuer:      {"IDENTITY_ISSUER_MISSING", "roaming: the IdentityIssuer is missing"},
	NoHomeMSSP:            {"HOME_MSSP_MISSING", "roaming: the HomeMSSP is missing"},
	NoRoamingInput:        {"INPUT_MISSING", "roaming: information is missing"},
	RoamingExpired:        {"TRANSACTION_EXPIRED", "roaming: the transaction's validity date has passed"},
	NoRoutingService:      {"NO_ROUTING_ENTITY", "roaming: no routing entity serves this person"},
	NoIdentityService:     {"NO_IDENTITY_ISSUER", "roaming: no identity issuer serves this person"},
	NoVerifyingService:    {"NO_VERIFYING_ENTITY", "roaming: no verifying entity serves this person"},
	ConnectionRefused:     {"CONNECTION_REFUSED", "the home provider cannot serve the request now"},
	InternalError:         {"INTERNAL_ERROR", "the service failed: try later, then call the provider's support"},

	FiComMalformedUserID:  {"MALFORMED_USER_ID", "the user identifier is not well-formed"},
	FiComNoSuchUserID:     {"NO_SUCH_USER_ID", "nobody has this user identifier"},
	FiComUnregistered:     {"UNREGISTERED", "the person has not registered"},
	FiComIncompatibleCard: {"INCOMPATIBLE_CARD", "the person's SIM card cannot sign: it must be replaced"},
	FiComServerTimeout:    {"SERVER_TIMEOUT", "the service's own time ran out: try again"},
	FiComUserTimeout:      {"USER_TIMEOUT", "the person did not answer in time"},
	FiComUserCancel:       {"USER_CANCEL", "the person declined"},
	FiComIncorrectPoP:     {"INCORRECT_POP", "the proof of possession is wrong: the person should re-activate"},
	FiComPostponed:        {"POSTPONED", "the person put it off: ask before a new request"},
	FiComKeyNotFound:      {"KEY_NOT_FOUND", "there is no such key on the card"},
	FiComKeyUsage:         {"INCORRECT_KEY_USAGE", "the key may not be used for this"},

	StatusRequestOK:           {"REQUEST_OK", "accepted"},
	StatusUserSign:            {"USER_SIGN", "the request is on the person's device"},
	StatusRegistrationOK:      {"REGISTRATION_OK", "registered"},
	StatusSignature:           {"SIGNATURE", "signed, not validated by the service"},
	StatusRevokedCertificate:  {"REVOKED_CERTIFICATE", "the signer's certificate is revoked: the person must re-activate"},
	StatusValidSignature:      {"VALID_SIGNATURE", "signed and validated by the service"},
	StatusInvalidSignature:    {"INVALID_SIGNATURE", "the service found the signature invalid: the person should re-activate"},
	StatusOutstanding:         {"OUTSTANDING_TRANSACTION", "not complete: ask again later"},
	StatusConstraintMismatch:  {"CONSTRAINT_MISMATCH", "the certificate misses the profile's constraints"},
	StatusReceivedPush:        {"OK_PUSH", "received; a confirmation goes to the person"},
	StatusReceivedNoPush:      {"OK_NO_PUSH", "received; no confirmation goes to the person"},
	StatusReceiveFailedPush:   {"NOK_PUSH", "not received; the person is told"},
	StatusReceiveFailedNoPush: {"NOK_NO_PUSH", "not received; the person is not told"},
}

// Name returns the standard's name, "USER_CANCEL", or "" for a code without one.
func (c Code) Name() string { return codeTexts[c].name }

// Advice returns one line for whoever operates the application, or "" for an unknown code. It is no text for the person.
func (c Code) Advice() string { return codeTexts[c].advice }

// Error returns "mss: 401 USER_CANCEL: …" with the advice.
func (c Code) Error() string {
	s := "mss: " + strconv.Itoa(int(c))
	if t, ok := codeTexts[c]; ok {
		return s + " " + t.name + ": " + t.advice
	}
	return s + ": a code without a known meaning; see the provider's guide"
}

// beforePrompt reports whether a service that answers MSS_Signature so has not asked the person.
func (c Code) beforePrompt() bool {
	switch c {
	case CardBlocked, NoKeyFound, NoURLFound, NoCertFound:
		return true
	}
	return c >= WrongParam && c <= UnsupportedProfile
}
