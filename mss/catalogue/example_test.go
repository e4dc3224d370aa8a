package catalogue_test

import (
	"fmt"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/catalogue"
)

func Example() {
	texts := catalogue.Default()
	err := fmt.Errorf("login: %w", &mss.Fault{Code: mss.NoKeyFound, Operation: mss.OpSignature})

	fmt.Println(texts.ForPerson(err, "de-CH"))
	fmt.Println(texts.ForPerson(err, "it"))
	fmt.Println(texts.ForOperator(err))
	// Output:
	// Die mobile Signatur ist auf Ihrem Telefon nicht aktiviert. Sie können sie auf der Website Ihres Anbieters aktivieren.
	// La firma mobile non è attivata sul Suo telefono. Può attivarla sul sito del Suo fornitore.
	// the person has not activated the service: refer to the provider's portal
}

// An application says some things in its own words, and has errors of its own.
func Example_ownTexts() {
	texts := catalogue.Default()
	texts["401"] = catalogue.Entry{Person: map[string]string{"en": "You have not logged in.", "de": "Sie haben sich nicht angemeldet."}}
	texts["acme.closed"] = catalogue.Entry{Person: map[string]string{"en": "E-banking is closed until six o’clock."}}

	fmt.Println(texts.ForPerson(mss.UserCancel, "de"))
	fmt.Println(texts.ForPerson(&mss.RequestError{Field: "Config.Admit", Reason: "refused the request", Err: closed{}}, "de"))
	// Output:
	// Sie haben sich nicht angemeldet.
	// E-banking is closed until six o’clock.
}

type closed struct{}

func (closed) Error() string      { return "acme: closed" }
func (closed) MessageKey() string { return "acme.closed" }
