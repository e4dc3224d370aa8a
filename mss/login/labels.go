package login

import (
	"net/http"

	"golang.org/x/text/language"
)

// labels are the built-in page's own texts. Messages fit a step-up that signs as well; they are in View and State, too.
type labels struct {
	Title, Wait, Pull, Compare, Scan, Open, Portal, Again, Cancel, Return, Elsewhere, NoSession, Later string
}

// builtinLabels are in the languages of the built-in catalogue. It is never changed.
var builtinLabels = map[string]labels{
	"en": {
		Title: "Log in", Wait: "Please confirm on your phone.", Pull: "Please open the app and confirm there.",
		Compare: "Your phone must show this code:", Scan: "QR code: scan it with the app", Open: "Open the app on this device",
		Portal: "Help from your provider", Again: "Begin again", Cancel: "Cancel",
		Return:    "You have confirmed. Please return here from the app.",
		Elsewhere: "This login was not begun in this browser. If you began it elsewhere, please go on there. If somebody sent you here, do not go on.",
		NoSession: "The login needs cookies. Please allow them, and begin again.",
		Later:     "This does not work at the moment. Please wait a little.",
	},
	"de": {
		Title: "Anmelden", Wait: "Bitte bestätigen Sie auf Ihrem Telefon.", Pull: "Bitte öffnen Sie die App und bestätigen Sie dort.",
		Compare: "Ihr Telefon muss diesen Code anzeigen:", Scan: "QR-Code: mit der App scannen", Open: "App auf diesem Gerät öffnen",
		Portal: "Hilfe Ihres Anbieters", Again: "Neu beginnen", Cancel: "Abbrechen",
		Return:    "Sie haben bestätigt. Bitte kehren Sie aus der App hierher zurück.",
		Elsewhere: "Diese Anmeldung wurde nicht in diesem Browser begonnen. Falls Sie sie anderswo begonnen haben, fahren Sie bitte dort fort. Falls Sie jemand hierher geschickt hat, fahren Sie nicht fort.",
		NoSession: "Die Anmeldung benötigt Cookies. Bitte erlauben Sie diese und beginnen Sie neu.",
		Later:     "Das funktioniert zurzeit nicht. Bitte warten Sie einen Moment.",
	},
	"fr": {
		Title: "Connexion", Wait: "Veuillez confirmer sur votre téléphone.", Pull: "Veuillez ouvrir l’application et y confirmer.",
		Compare: "Votre téléphone doit afficher ce code :", Scan: "Code QR : à scanner avec l’application", Open: "Ouvrir l’application sur cet appareil",
		Portal: "Aide de votre fournisseur", Again: "Recommencer", Cancel: "Annuler",
		Return:    "Vous avez confirmé. Veuillez revenir ici depuis l’application.",
		Elsewhere: "Cette connexion n’a pas été commencée dans ce navigateur. Si vous l’avez commencée ailleurs, veuillez y continuer. Si quelqu’un vous a envoyé ici, ne continuez pas.",
		NoSession: "La connexion nécessite des cookies. Veuillez les autoriser et recommencer.",
		Later:     "Cela ne fonctionne pas pour le moment. Veuillez patienter un instant.",
	},
	"it": {
		Title: "Accesso", Wait: "La preghiamo di confermare sul Suo telefono.", Pull: "La preghiamo di aprire l’app e di confermare lì.",
		Compare: "Il Suo telefono deve mostrare questo codice:", Scan: "Codice QR: da scansionare con l’app", Open: "Aprire l’app su questo dispositivo",
		Portal: "Aiuto del Suo fornitore", Again: "Ricominciare", Cancel: "Annullare",
		Return:    "Ha confermato. La preghiamo di tornare qui dall’app.",
		Elsewhere: "Questo accesso non è stato iniziato in questo browser. Se lo ha iniziato altrove, la preghiamo di continuare lì. Se qualcuno L’ha mandata qui, non continui.",
		NoSession: "L’accesso richiede i cookie. La preghiamo di consentirli e di ricominciare.",
		Later:     "Al momento non funziona. La preghiamo di attendere un istante.",
	},
}

// maxAccept bounds the header Accept-Language that is read, in octets.
const maxAccept = 256

// preferred returns the first language of the browser's (RFC 9110 12.5.4) that the built-in texts have, or "en".
func preferred(r *http.Request) string {
	header := r.Header.Get("Accept-Language")
	if len(header) > maxAccept {
		return "en"
	}
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil {
		return "en"
	}
	for _, tag := range tags {
		base, _ := tag.Base()
		if _, ok := builtinLabels[base.String()]; ok {
			return base.String()
		}
	}
	return "en"
}

// labelsOf returns the built-in texts of a language, or the English ones.
func labelsOf(tag string) labels {
	parsed, err := language.Parse(tag[:min(len(tag), maxTag)])
	if err == nil {
		base, _ := parsed.Base()
		if l, ok := builtinLabels[base.String()]; ok {
			return l
		}
	}
	return builtinLabels["en"]
}

// maxTag bounds a language tag (RFC 5646 4.4.1).
const maxTag = 35
