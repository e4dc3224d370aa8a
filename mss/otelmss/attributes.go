package otelmss

import (
	"errors"
	"net/http"
	"strings"

	"github.com/gomss/gomss/mss"
	"go.opentelemetry.io/otel/attribute"
)

// The attributes that the package comment lists. The second group has too many values for labels of metrics.
const (
	keyOperation   = attribute.Key("mss.operation")
	keyPurpose     = attribute.Key("mss.purpose")
	keySynchronous = attribute.Key("mss.synchronous")
	keyResult      = attribute.Key("mss.result")
	keyCodeName    = attribute.Key("mss.code_name")
	keyCheck       = attribute.Key("mss.check")
	keySent        = attribute.Key("mss.sent")
	keyHTTPStatus  = attribute.Key("http.response.status_code")

	keyScope       = attribute.Key("mss.scope")
	keyTransID     = attribute.Key("mss.trans_id")
	keyMSSPTransID = attribute.Key("mss.mssp_trans_id")
	keyCode        = attribute.Key("mss.code")
	keyElapsed     = attribute.Key("mss.elapsed")
)

// other stands for every value that is not among the known ones.
const other = "other"

// spanNames are the known operations.
var spanNames = map[string]string{
	mss.OpSignature:    "mss.Signature",
	mss.OpStatusQuery:  "mss.StatusQuery",
	mss.OpReceipt:      "mss.Receipt",
	mss.OpProfileQuery: "mss.ProfileQuery",
	mss.OpRegistration: "mss.Registration",
	mss.OpHealth:       "mss.Health",
}

func spanName(operation string) string {
	if name, ok := spanNames[operation]; ok {
		return name
	}
	return "mss.Other"
}

func operationOf(e mss.Event) attribute.KeyValue {
	if _, ok := spanNames[e.Operation]; ok {
		return keyOperation.String(e.Operation)
	}
	return keyOperation.String(other)
}

func resultOf(e mss.Event) attribute.KeyValue { return keyResult.String(string(known(e.Result))) }

func known(r mss.Result) mss.Result {
	switch r {
	case mss.ResultOK, mss.ResultOutstanding, mss.ResultFault, mss.ResultRefused, mss.ResultTransport, mss.ResultUnverified, mss.ResultCanceled:
		return r
	}
	return mss.ResultUnknown
}

func synchronousOf(e mss.Event) attribute.KeyValue { return keySynchronous.Bool(e.Synchronous) }

// The following return nothing where the event does not say, so that they are appended with "...".

func purposeOf(e mss.Event) []attribute.KeyValue {
	if e.Purpose != mss.Authentication && e.Purpose != mss.Signing {
		return nil
	}
	return []attribute.KeyValue{keyPurpose.String(e.Purpose.String())}
}

func codeNameOf(e mss.Event) []attribute.KeyValue {
	if e.Code == 0 {
		return nil
	}
	name := e.Code.Name()
	if name == "" {
		name = other
	}
	return []attribute.KeyValue{keyCodeName.String(name)}
}

// httpStatusOf leaves out what is no registered status: a service could make a label of 500 values of it.
func httpStatusOf(e mss.Event) []attribute.KeyValue {
	if http.StatusText(e.HTTPStatus) == "" {
		return nil
	}
	return []attribute.KeyValue{keyHTTPStatus.Int(e.HTTPStatus)}
}

// checkOf is the name of the check that failed: constants of the adapters, in lower case and hyphens.
func checkOf(e mss.Event) []attribute.KeyValue {
	v, ok := errors.AsType[*mss.VerificationError](e.Err)
	if !ok {
		return nil
	}
	if len(v.Check) > 32 || strings.Trim(v.Check, "abcdefghijklmnopqrstuvwxyz-") != "" {
		return []attribute.KeyValue{keyCheck.String(other)}
	}
	return []attribute.KeyValue{keyCheck.String(v.Check)}
}

func sentOf(e mss.Event) []attribute.KeyValue {
	t, ok := errors.AsType[*mss.TransportError](e.Err)
	if !ok || t.Sent < mss.NotSent || t.Sent > mss.Answered {
		return nil
	}
	return []attribute.KeyValue{keySent.String(t.Sent.String())}
}
