package replay

import (
	"mime"
	"regexp"
	"time"
)

// The list of what a Recorder may keep: names of attributes, elements and JSON members, each with what its value must look
// like. Everything else is replaced, whatever it is called. Values are public by their form: numbers of the protocol, the
// standard's words, the operators' published URIs. A location policy is the application's, and says nothing of a person.
var (
	small     = regexp.MustCompile(`^[0-9]{1,4}$`)
	word      = regexp.MustCompile(`^[A-Z][A-Z0-9_]{1,40}$`) // REQUEST_OK, USER_CANCEL
	publicURI = regexp.MustCompile(`^http://(mid\.swisscom\.ch|mss\.swisscom\.ch|mss\.ficom\.fi|uri\.etsi\.org)/[A-Za-z0-9_./#-]{0,100}$`)
	boolean   = regexp.MustCompile(`^(true|false)$`)
	language  = regexp.MustCompile(`^[A-Za-z]{2}$`)
	mode      = regexp.MustCompile(`^(synch|asynch|asynchClientServer|asynchServerServer)$`)
	state     = regexp.MustCompile(`^(ACTIVE|INACTIVE|REGISTERED|REVOKED|EXPIRED|FUTURE|UNKNOWN)$`)
	countries = regexp.MustCompile(`^[A-Z]{2}([ ,;][A-Z]{2})*$`)
	threshold = regexp.MustCompile(`^([01](\.[0-9]{1,4})?|[0-9]{1,7})$`)
	namespace = regexp.MustCompile(`^http://(www\.w3\.org/2003/05/soap-envelope|uri\.etsi\.org/TS102204/v1\.1\.2#)$`)

	kept = map[string]*regexp.Regexp{
		"MajorVersion":  small,
		"MinorVersion":  small,
		"TimeOut":       small,
		"MessagingMode": mode,
		"MimeType":      regexp.MustCompile(`^(text/plain|application/vnd\.mobileid\.txn-approval)$`),
		"Encoding":      regexp.MustCompile(`^(UTF-8|base64)$`),
		"lang":          language,
		"MSISDN":        testNumber,
		"URI":           publicURI,
		"mssURI":        publicURI,
		"UserLang":      language,

		// Status and faults.
		"StatusMessage": word,
		"Node":          publicURI,
		"Role":          publicURI,
		"Text":          word, // of a fault's Reason
		"Reason":        word,

		// Receipts.
		"ReceiptMessagingMode": mode,
		"ReceiptProfileURI":    publicURI,
		"Language":             language,
		"UserAck":              boolean,
		"NetworkAck":           boolean,
		"ClientAck":            boolean,
		"UserResponse":         regexp.MustCompile(`^\s*\{\s*"status"\s*:\s*"(OK|CANCEL|TIMEOUT)"\s*\}\s*$`),

		// Profiles. The network of a SIM card and certificates are somebody's.
		"Params":              regexp.MustCompile(`^[a-z]{1,20}( [a-z]{1,20}){0,20}$`),
		"RecoveryCodeCreated": boolean,
		"AutoActivation":      boolean,
		"ServerSideSignature": boolean,
		"blocked":             boolean,
		"Blocked":             boolean,
		"success":             boolean,
		"State":               state,
		"Algorithm":           regexp.MustCompile(`^(RSA|EC)$`),

		// Geofencing: the policy, and why there is no location.
		"countrywhitelist":      countries,
		"countryblacklist":      countries,
		"mindeviceconfidence":   threshold,
		"minlocationconfidence": threshold,
		"maxtimestampminutes":   threshold,
		"maxaccuracymeters":     threshold,
		"errorcode":             small,
		"errorCode":             small,
		"ErrorCode":             small,

		// Names that JSON has for several things, and the bare strings that it has for URIs.
		"StatusCode/Value": small,
		"UserLang/Value":   language,
		"Code/Value":       regexp.MustCompile(`^(Sender|Receiver)$`),
		"SubCode/Value":    regexp.MustCompile(`^_?[0-9]{3,4}$`),
		"Code/ValueNs":     namespace,
		"SubCode/ValueNs":  namespace,
		"Description":      publicURI,
		"SignatureProfile": publicURI,
		"Detail/id":        small, // of SubscriberInfo
		"Details/id":       small,
	}

	// testNumber is a number behind which there is no person: those that succeed, those that yield a fault, the one
	// for health checks.
	testNumber = regexp.MustCompile(`^\+?(4170009250[12]|41000092[0-9]{3}|41000000000)$`)

	// keptQName are fault codes, and the names that rpc:result may have.
	keptQName = regexp.MustCompile(`^(Sender|Receiver|MustUnderstand|VersionMismatch|DataEncodingUnknown|_[0-9]{3,4}|MSS_[A-Za-z]{1,40})$`)
)

// keepList decides what is kept. Tests put a wrong one in its place.
type keepList func(at place, value string) bool

func isKept(at place, value string) bool {
	form := kept[at.owner.Local+"/"+at.attr.Local]
	if form == nil {
		form = kept[at.name()]
	}
	return form != nil && form.MatchString(value)
}

// Public reports whether a Recorder keeps value as the text of an element of this local name: what else is written about
// a recording must not hold more than the recording.
func Public(element, value string) bool {
	form, ok := kept[element]
	return ok && form.MatchString(value)
}

// What a Recorder puts in the place of every location, where it is well-formed, and of every link to the signing app. Who
// describes a recording needs them: a client reads them again. The place says nothing of where anybody was.
const (
	ReplacedCountry    = "CH"
	ReplacedAccuracy   = 100 // metres
	ReplacedConfidence = 1   // of device and location
	ReplacedLink       = "mobileid://replaced.example/link"
)

// ReplacedTime is what a Recorder puts in the place of every instant in an answer.
var ReplacedTime = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)

var (
	// mediaType has no digits, which could be a number's.
	mediaType = regexp.MustCompile(`^[a-z]+/[a-z.+-]{1,40}$`)
	charset   = regexp.MustCompile(`^[A-Za-z_-]{1,20}[0-9]{0,4}(-[0-9]{1,2})?$`)
)

// unknownType stands for a content type that is not kept. No service's answer is of it.
const unknownType = "application/octet-stream"

// keptType is what is kept of a content type: the media type and its charset.
func keptType(contentType string) string {
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil || !mediaType.MatchString(media) {
		return unknownType
	}
	kept := make(map[string]string)
	if v, ok := params["charset"]; ok && charset.MatchString(v) {
		kept["charset"] = v
	}
	return mime.FormatMediaType(media, kept)
}
