package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/gomss/gomss/mss"
	binding "github.com/gomss/gomss/mss/account" // the name is taken here
	"github.com/gomss/gomss/mss/mssp"
)

// The exit codes, in the help and in docs/cli.md. Nothing but a verified signature (or help, a version, an
// ended simulator, scenarios that came out as recorded) is 0, so that `mss sign … && let_in` is safe.
const (
	exitOK          = 0
	exitDifferent   = 1
	exitUsage       = 2
	exitFault       = 3
	exitUnverified  = 4
	exitTransport   = 5
	exitOutstanding = 6
)

// errDifferent says that a replayed scenario came out otherwise than recorded; errOutstanding that the person has not
// answered yet. Both have been printed when they come back.
var (
	errDifferent   = errors.New("a scenario differs")
	errOutstanding = errors.New("the person has not answered yet")
)

// usageError is a mistake in the arguments or the configuration. Nothing was sent.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// interruptedError is the end of a command by a signal, with what that came to.
type interruptedError struct{ err error }

func (e *interruptedError) Error() string { return "interrupted: " + e.err.Error() }

func (e *interruptedError) Unwrap() error { return e.err }

// printedError is an error whose report has been printed.
type printedError struct{ error }

func (e printedError) Unwrap() error { return e.error }

func isPrinted(err error) bool {
	_, ok := errors.AsType[printedError](err)
	return ok || errors.Is(err, errHelp)
}

// exitCode says how the process ends.
func exitCode(err error) int {
	switch {
	case err == nil, errors.Is(err, errHelp):
		return exitOK
	case errors.Is(err, errDifferent):
		return exitDifferent
	case errors.Is(err, errOutstanding):
		return exitOutstanding
	case isA[*registryError](err) && !isA[*interruptedError](err):
		e, _ := errors.AsType[*registryError](err)
		return e.code
	case isA[*mss.Fault](err):
		return exitFault
	case isA[*mss.VerificationError](err), errors.Is(err, binding.ErrConflict):
		return exitUnverified
	case isA[*mss.TransportError](err), isA[*interruptedError](err), errors.Is(err, mss.ErrUnknownOutcome):
		return exitTransport
	case isA[*mss.RequestError](err) && !isRefused(err):
		return exitTransport // a poll that was refused here: the phone rang before
	}
	return exitUsage // mistakes of ours, of the configuration, of this machine: nothing was sent
}

// isRefused reports whether a request was refused here, before anybody was asked.
func isRefused(err error) bool { return isA[*mss.RequestError](err) && !mss.MayHaveRung(err) }

func isA[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// message is an error with what to do next, in one line.
func message(err error) string {
	if next := advice(err); next != "" {
		return words(err) + "; " + next
	}
	return words(err)
}

// words is an error as this command says it: a request's fields are the flags here.
func words(err error) string {
	if e, ok := errors.AsType[*mss.RequestError](err); ok {
		name, _ := requestField(e.Field)
		return name + ": " + spoken.Replace(e.Reason)
	}
	return strings.TrimPrefix(err.Error(), "mss: ")
}

// spoken translates what the library's errors call by its names in Go.
var spoken = strings.NewReplacer(
	"than User.MSISDN", "than --msisdn",
	"neither https nor one of Config.RedirectSchemes", "neither https nor in the key redirect_schemes",
	"(Dialect.CountrySeparator); use Config.Binding JSON, or decide here with Geofencing.Local", "here; use --binding rest, or have this command judge with the rule local",
	"; tests set Config.AllowTestNumbers", "",
	"mssp.ProfileDevice", mssp.ProfileDevice,
)

// advice is the next step after an error, "" where the error's own words say it.
func advice(err error) string {
	if e, ok := errors.AsType[*mss.RequestError](err); ok && isRefused(err) {
		_, next := requestField(e.Field)
		if strings.Contains(e.Reason, "such as") || e.Field == "User.MSISDN" && !strings.Contains(e.Reason, "test number") {
			return "" // it would be said twice, or beside the point
		}
		return next
	}
	switch code := exitCode(err); {
	case errors.Is(err, binding.ErrConflict):
		return "" // nobody wants to be let in
	case isA[*registryError](err) && code == exitTransport:
		return "look at the domains before you change one again"
	case code == exitUnverified:
		return "nothing is proven: do not let anybody in"
	case code != exitTransport:
		return ""
	case mss.MayHaveRung(err):
		return "the phone may still ring: ask the person before you ask the phone again"
	}
	return "nothing was sent: check url, tls_roots, the client certificate and proxy in the configuration, then try again"
}

// requestField translates a field of the library's request into the flag that it comes from, with a hint.
func requestField(field string) (flag, next string) {
	switch field {
	case "User.MSISDN":
		return "--msisdn", "test numbers need --simulate or --allow-test-numbers"
	case "Display":
		return "--text", "the prefix is that of the configuration; with --simulate it is \"" + simulatedPrefix + "\""
	case "Data":
		return "--txn", "the transaction's first value must begin with the prefix of the configuration, and the profile be the app's"
	case "Options.RedirectURI":
		return "--app2app", "such as https://acme.example/return"
	case "Options.Geofencing", "Options.Geofencing.Policy", "Options.Geofencing.Local":
		return "--geofencing", "such as --geofencing=allow=CH,location=0.7,age=10m"
	case "Message.Text":
		return "the receipt's text", "the prefix is that of the configuration"
	case "Message.Ack":
		return "--ack", "leave it out"
	case "Options.Profile":
		return "--profile", "such as " + mssp.ProfileAny
	case "Language":
		return "--lang", "or the key lang of the configuration"
	case "Timeout":
		return "--timeout", "such as 80s"
	case "Transaction":
		return "HANDLE", "use the configuration that it was made with"
	}
	return field, ""
}
