package replay

import (
	"mime"
	"regexp"

	"github.com/gomss/gomss/internal/xmlwire"
)

// The list of what a Recorder may keep: names, each with what its value must look like. Everything else is replaced,
// whatever it is called. Values are public by their form: numbers of the protocol, the standard's words, the operators'
// published URIs.
var (
	small     = regexp.MustCompile(`^[0-9]{1,4}$`)
	word      = regexp.MustCompile(`^[A-Z][A-Z0-9_]{1,40}$`) // REQUEST_OK, USER_CANCEL
	publicURI = regexp.MustCompile(`^http://(mid\.swisscom\.ch|mss\.ficom\.fi|uri\.etsi\.org)/[A-Za-z0-9_./#-]{0,100}$`)
	boolean   = regexp.MustCompile(`^(true|false)$`)
	language  = regexp.MustCompile(`^[A-Za-z]{2}$`)

	keptAttributes = map[string]*regexp.Regexp{
		"MajorVersion":  small,
		"MinorVersion":  small,
		"TimeOut":       small,
		"MessagingMode": regexp.MustCompile(`^(synch|asynchClientServer|asynchServerServer)$`),
		"MimeType":      regexp.MustCompile(`^(text/plain|application/vnd\.mobileid\.txn-approval)$`),
		"Encoding":      regexp.MustCompile(`^(UTF-8|base64)$`),
		"Value":         small, // of StatusCode
		"lang":          language,
		"UserAck":       boolean,
		"NetworkAck":    boolean,
		"ClientAck":     boolean,
	}
	keptTexts = map[string]*regexp.Regexp{
		"MSISDN":        testNumber,
		"URI":           publicURI,
		"mssURI":        publicURI,
		"Node":          publicURI,
		"Role":          publicURI,
		"UserLang":      language,
		"StatusMessage": word,
		"Text":          word, // of a fault's Reason
	}

	// testNumber is a number behind which there is no person: those that succeed, those that yield a fault, the one
	// for health checks.
	testNumber = regexp.MustCompile(`^\+?(4170009250[12]|41000092[0-9]{3}|41000000000)$`)

	// keptQName are fault codes, and the names that rpc:result may have.
	keptQName = regexp.MustCompile(`^(Sender|Receiver|MustUnderstand|VersionMismatch|DataEncodingUnknown|_[0-9]{3,4}|MSS_[A-Za-z]{1,40})$`)
)

// keepList decides what is kept. Tests put a wrong one in its place.
type keepList func(owner, attr xmlwire.Name, value string) bool

func isKept(owner, attr xmlwire.Name, value string) bool {
	if attr.Local == "" {
		return Public(owner.Local, value)
	}
	form, ok := keptAttributes[attr.Local]
	return ok && form.MatchString(value)
}

// Public reports whether a Recorder keeps value as the text of an element of this local name: what else is written about
// a recording must not hold more than the recording.
func Public(element, value string) bool {
	form, ok := keptTexts[element]
	return ok && form.MatchString(value)
}

// keptType is what is kept of a content type: the media type and its charset.
func keptType(contentType string) string {
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return defaultType
	}
	charset := make(map[string]string)
	if v, ok := params["charset"]; ok {
		charset["charset"] = v
	}
	return mime.FormatMediaType(media, charset)
}
