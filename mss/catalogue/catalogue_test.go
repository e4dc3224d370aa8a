package catalogue_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/catalogue"
	"github.com/stretchr/testify/require"
)

// keyedError is an error of an application's own that has texts.
type keyedError string

func (e keyedError) Error() string      { return "keyed" }
func (e keyedError) MessageKey() string { return string(e) }

func TestKey(t *testing.T) {
	t.Parallel()
	wrapped := func(err error) error { return fmt.Errorf("login: %w", err) }
	notSent := &mss.TransportError{Sent: mss.NotSent, Err: errors.New("dial")}
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"signed", nil, "500"},
		{"fault", &mss.Fault{Code: mss.UserCancel}, "401"},
		{"superseded", &mss.Fault{Code: mss.UserCancel, Superseded: true}, "401.superseded"},
		{"known sub-code", &mss.Fault{Code: mss.UserCancel, Sub: mss.FiComPostponed}, "4013"},
		{"unknown sub-code", &mss.Fault{Code: mss.UserCancel, Sub: 4019}, "401"},
		{"unknown code", &mss.Fault{Code: 4242}, "4242"},
		{"bare code", mss.StatusOutstanding, "504"},
		{"own key", keyedError("geofencing.105"), "geofencing.105"},
		{"empty own key", keyedError(""), "other"},
		{"own key in a hook's error", &mss.RequestError{Field: "Config.Admit", Err: keyedError("bank.limit")}, "bank.limit"},
		{"own key beside a fault", errors.Join(&mss.Fault{Code: mss.UserCancel}, keyedError("bank.limit")), "bank.limit"},
		{"hook's error without a key", &mss.RequestError{Field: "User.MSISDN", Err: errors.New("busy")}, "refused"},
		{"refused", &mss.RequestError{Field: "Options.Profile"}, "refused.Options.Profile"},
		{"poll refused", mss.Polled(&mss.RequestError{Field: "Transaction.Deadline"}), "unknown-outcome"},
		{"not verified", &mss.VerificationError{Check: "chain", Err: errors.New("x")}, "not-verified"},
		{"not verified because of a code", &mss.VerificationError{Check: "status", Err: mss.StatusSignature}, "not-verified"},
		{"not sent", notSent, "transport"},
		{"poll not sent", mss.Polled(notSent), "unknown-outcome"},
		{"maybe sent", &mss.TransportError{Sent: mss.MaybeSent, Err: errors.New("cut")}, "unknown-outcome"},
		{"answered by something else", &mss.TransportError{Sent: mss.Answered, Status: 502, Err: errors.New("HTML")}, "unknown-outcome"},
		{"unknown outcome", mss.ErrUnknownOutcome, "unknown-outcome"},
		{"unknown outcome after polls without connection", fmt.Errorf("%w: %w", mss.ErrUnknownOutcome, notSent), "unknown-outcome"},
		{"canceled", context.Canceled, "canceled"},
		{"deadline of the caller", context.DeadlineExceeded, "canceled"},
		{"canceled while dialing", &mss.TransportError{Sent: mss.NotSent, Err: context.Canceled}, "canceled"},
		{"time limit of a step", &mss.TransportError{Sent: mss.NotSent, Err: context.DeadlineExceeded}, "transport"},
		{"unsupported", errors.ErrUnsupported, "other"},
	} {
		require.Equal(t, tt.want, catalogue.Key(tt.err), tt.name)
		if tt.err != nil {
			require.Equal(t, tt.want, catalogue.Key(wrapped(tt.err)), tt.name)
		}
	}
}

func TestTextsFallBackToMoreGeneralOnes(t *testing.T) {
	t.Parallel()
	c := catalogue.Default()
	text := func(key string) string { return c[key].Person["en"] }
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"sub-code to code", &mss.Fault{Code: mss.UserCancel, Sub: 4019}, text("401")},
		{"unknown code", &mss.Fault{Code: 4242}, text("other")},
		{"unknown geofencing code", keyedError("geofencing.999"), text("geofencing")},
		{"unknown key", keyedError("bank.limit.daily"), text("other")},
		{"a key of dots", keyedError("..."), text("other")},
		{"field without a text", &mss.RequestError{Field: "Options.Profile"}, text("refused")},
		{"field below one with a text", &mss.RequestError{Field: "User.Person"}, text("refused.User")},
		{"field with a text", &mss.RequestError{Field: "User.MSISDN"}, text("refused.User.MSISDN")},
	} {
		require.NotEmpty(t, tt.want)
		require.Equal(t, tt.want, c.ForPerson(tt.err, "en"), tt.name)
	}
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	c := catalogue.Default()
	texts := c["401"].Person
	for language, want := range map[string]string{
		"en": "en", "de": "de", "fr": "fr", "it": "it",
		"de-CH": "de", "DE": "de", "fr-Latn-CH": "fr",
		"rm": "en", "": "en", "-": "en", "de_CH": "en", "de;q=0.8": "en", "deutsch": "en",
		"it-" + strings.Repeat("-", 1<<20): "en",
	} {
		require.Equal(t, texts[want], c.ForPerson(mss.UserCancel, language), "%.20q", language)
	}
	texts["de-ch"] = "Grüezi"
	require.Equal(t, "Grüezi", c.ForPerson(mss.UserCancel, "de-CH"))
	require.NotEqual(t, "Grüezi", c.ForPerson(mss.UserCancel, "de-AT"))
}

func TestOwnTexts(t *testing.T) {
	t.Parallel()
	limit := keyedError("bank.limit.daily")
	c := catalogue.Catalogue{
		"401":        {Person: map[string]string{"de": "Schade."}, Operator: "sad"},
		"402":        {Operator: "no texts"},
		"4242":       {Person: map[string]string{"en": "Forty-two."}},
		"bank.limit": {Person: map[string]string{"en": "Limit."}},
	}
	require.Equal(t, "Schade.", c.ForPerson(mss.UserCancel, "de"))
	require.Equal(t, "sad", c.ForOperator(mss.UserCancel))
	require.Equal(t, "Forty-two.", c.ForPerson(&mss.Fault{Code: 4242}, "de"))
	require.Equal(t, "Limit.", c.ForPerson(limit, "de"), "a key falls back to its parent")

	builtin := catalogue.Default()
	require.Equal(t, builtin.ForPerson(mss.UserCancel, "fr"), c.ForPerson(mss.UserCancel, "fr"), "neither French nor English of its own")
	require.Equal(t, builtin.ForPerson(mss.PinBlocked, "de"), c.ForPerson(mss.PinBlocked, "de"), "an entry without texts")
	require.Equal(t, builtin.ForPerson(mss.OTAError, "de"), c.ForPerson(mss.OTAError, "de"), "no entry")
	require.Equal(t, builtin.ForPerson(mss.OTAError, "de"), catalogue.Catalogue(nil).ForPerson(mss.OTAError, "de"))

	c["other"] = catalogue.Entry{Person: map[string]string{"en": "Sorry."}}
	require.Equal(t, "Sorry.", c.ForPerson(mss.OTAError, "de"), "a catalogue with an own \"other\" is complete")
	require.Equal(t, "Schade.", c.ForPerson(mss.UserCancel, "de"))
}

func TestDefaultsAreIndependent(t *testing.T) {
	t.Parallel()
	before := catalogue.Default().ForPerson(mss.UserCancel, "de")
	c := catalogue.Default()
	c["401"].Person["de"] = "changed"
	delete(c, "402")
	require.Equal(t, "changed", c.ForPerson(mss.UserCancel, "de"))
	require.Equal(t, before, catalogue.Default().ForPerson(mss.UserCancel, "de"))
	require.Equal(t, before, catalogue.Catalogue(nil).ForPerson(mss.UserCancel, "de"))
	require.Contains(t, catalogue.Default(), "402")
}

// TestTextsHoldNothingOfTheError shows that no word of the service's or of the caller's reaches the page.
func TestTextsHoldNothingOfTheError(t *testing.T) {
	t.Parallel()
	const canary = "+41791234567<script>"
	for _, err := range []error{
		&mss.Fault{Code: mss.WrongParam, Reason: mss.Conceal(canary), Details: []mss.Private{mss.Conceal(canary)}, PortalURL: mss.Conceal(canary)},
		&mss.RequestError{Field: canary, Reason: canary},
		&mss.TransportError{Sent: mss.NotSent, Err: errors.New(canary)},
		&mss.VerificationError{Check: canary, Err: errors.New(canary)},
		keyedError(canary), errors.New(canary),
	} {
		var c catalogue.Catalogue
		require.NotEmpty(t, c.ForPerson(err, "en"))
		require.NotContains(t, c.ForPerson(err, canary), canary)
		require.NotEmpty(t, c.ForOperator(err))
		require.NotContains(t, c.ForOperator(err), canary)
	}
}
