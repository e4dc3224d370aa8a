// Package catalogue has words for every outcome: a sentence or two for the person who was asked to sign, in English, German,
// French and Italian, and advice for whoever operates the application, in English.
//
//	texts := catalogue.Default()
//	…
//	sig, err := mss.Sign(ctx, service, req, show)
//	if err != nil {
//		page.Message = texts.ForPerson(err, "de-CH")
//		log.Print(texts.ForOperator(err))
//	}
//
// A text for the person says what happened and what they can do. It is plain text of at most 160 characters, without codes,
// links, names of products and personal data, and true for every cause that ends with the same code: 401 may be a person who
// declined or a newer request that took this one's place. Where a fault has a PortalURL, show it beside the text: that is
// where the person can help themselves.
//
// # Keys
//
// A catalogue is a map by key; Key tells which key an error has. Codes are their number, "401"; geofencing codes have a
// prefix, "geofencing.105", because the same numbers mean other things; errors without a code have a word: "transport",
// "unknown-outcome". What has no entry falls back to the more general one: a FiCom sub-code to its code, a key with dots to
// the part before its last dot, everything to "other". So an unknown code has a text, too.
//
// # Own texts
//
// Default returns a copy to change at will. A catalogue need not be complete: where it has neither the key nor a more
// general one, the built-in texts answer, so that the zero Catalogue works as well. A catalogue with an "other" of its own
// is complete.
package catalogue

import (
	"cmp"
	"strings"
	"sync"
)

// Entry is what there is to say about one outcome.
type Entry struct {
	// Person is the text for the person who was asked, by language: tags of BCP 47 in lower case, "de" or "de-ch".
	Person map[string]string

	// Operator is advice for whoever operates the application, in English.
	Operator string
}

// Catalogue has entries by key. The zero value answers with the built-in texts. It is safe for concurrent use as any map:
// as long as nobody changes it.
type Catalogue map[string]Entry

// fallbackLanguage is what a person reads whose language an entry does not have.
const fallbackLanguage = "en"

// maxTag bounds a language tag, which often comes from a header of the person's browser (RFC 5646 4.4.1).
const maxTag = 35

// Default returns the built-in texts, a copy at every call.
func Default() Catalogue {
	c := make(Catalogue, len(codeTexts)+len(keyTexts))
	for code, t := range codeTexts {
		c[codeKey(code)] = Entry{Person: t.byLanguage(), Operator: code.Advice()}
	}
	for key, t := range keyTexts {
		c[key] = Entry{Person: t.byLanguage(), Operator: keyAdvice[key]}
	}
	return c
}

// builtin is what answers where a caller's catalogue does not. Nobody can change it.
var builtin = sync.OnceValue(Default)

// ForPerson returns the text for the person whom err concerns; err is nil where they signed. language is a tag of BCP 47:
// "de-CH" is looked up as de-ch, then as de, then English is taken (RFC 4647 3.4). The text is never empty.
func (c Catalogue) ForPerson(err error, language string) string {
	return c.find(err, func(e Entry) string { return e.person(language) })
}

// ForOperator returns advice for whoever operates the application; err is nil where the person signed. It does not repeat
// what err itself says: log both.
func (c Catalogue) ForOperator(err error) string {
	return c.find(err, func(e Entry) string { return e.Operator })
}

// find returns what pick finds in c, or else in the built-in texts, whose "other" has everything.
func (c Catalogue) find(err error, pick func(Entry) string) string {
	candidates := append(keys(err), keyOther)
	return cmp.Or(c.first(candidates, pick), builtin().first(candidates, pick))
}

// first returns the first text that pick finds, from the most special key to the most general; "" if there is none.
func (c Catalogue) first(candidates []string, pick func(Entry) string) string {
	for _, key := range candidates {
		for ; key != ""; key = parent(key, '.') {
			if text := pick(c[key]); text != "" {
				return text
			}
		}
	}
	return ""
}

// person returns the text in a language, in the next more general one, or in English; "" where there is none of them.
func (e Entry) person(language string) string {
	if len(language) > maxTag {
		language = ""
	}
	for tag := strings.ToLower(language); tag != ""; tag = parent(tag, '-') {
		if text := e.Person[tag]; text != "" {
			return text
		}
	}
	return e.Person[fallbackLanguage]
}

// parent cuts a name at its last separator; "" if it has none.
func parent(name string, separator byte) string {
	return name[:max(strings.LastIndexByte(name, separator), 0)]
}

// texts is one text in the four languages of Switzerland's mobile signature services.
type texts struct{ en, de, fr, it string }

func (t texts) byLanguage() map[string]string {
	return map[string]string{"en": t.en, "de": t.de, "fr": t.fr, "it": t.it}
}
