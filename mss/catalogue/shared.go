package catalogue

// Texts that several codes share, because the person can neither tell the causes apart nor act on them differently.
var (
	technical = texts{
		en: "The request could not be processed for technical reasons. This is not your fault. Please try again later.",
		de: "Die Anfrage konnte aus technischen Gründen nicht verarbeitet werden. Es liegt nicht an Ihnen. Bitte versuchen Sie es später erneut.",
		fr: "La demande n’a pas pu être traitée pour des raisons techniques. Vous n’y êtes pour rien. Veuillez réessayer plus tard.",
		it: "Per motivi tecnici non è stato possibile elaborare la richiesta. Non dipende da Lei. La preghiamo di riprovare più tardi.",
	}
	unavailable = texts{
		en: "The signature service has a technical problem at the moment. Please try again in a few minutes.",
		de: "Der Signaturdienst ist zurzeit gestört. Bitte versuchen Sie es in einigen Minuten erneut.",
		fr: "Le service de signature rencontre actuellement un problème technique. Veuillez réessayer dans quelques minutes.",
		it: "Il servizio di firma ha al momento un problema tecnico. La preghiamo di riprovare tra qualche minuto.",
	}
	unchecked = texts{
		en: "Your mobile signature cannot be checked at the moment. Please try again later.",
		de: "Ihre mobile Signatur kann zurzeit nicht geprüft werden. Bitte versuchen Sie es später erneut.",
		fr: "Votre signature mobile ne peut pas être contrôlée pour le moment. Veuillez réessayer plus tard.",
		it: "Al momento non è possibile controllare la Sua firma mobile. La preghiamo di riprovare più tardi.",
	}
	unanswered = texts{
		en: "No answer arrived from your phone in time. Please have it at hand and try again.",
		de: "Von Ihrem Telefon ist keine rechtzeitige Antwort eingetroffen. Bitte halten Sie es bereit und versuchen Sie es erneut.",
		fr: "Aucune réponse de votre téléphone n’est arrivée à temps. Veuillez le garder à portée de main et réessayer.",
		it: "Dal Suo telefono non è giunta una risposta in tempo utile. La preghiamo di tenerlo a portata di mano e di riprovare.",
	}
	notActivated = texts{
		en: "The mobile signature is not activated on your phone. You can activate it on your provider’s website.",
		de: "Die mobile Signatur ist auf Ihrem Telefon nicht aktiviert. Sie können sie auf der Website Ihres Anbieters aktivieren.",
		fr: "La signature mobile n’est pas activée sur votre téléphone. Vous pouvez l’activer sur le site de votre fournisseur.",
		it: "La firma mobile non è attivata sul Suo telefono. Può attivarla sul sito del Suo fornitore.",
	}
	invalid = texts{
		en: "Your mobile signature was found not to be valid. You can activate it anew on your provider’s website.",
		de: "Ihre mobile Signatur wurde als ungültig beurteilt. Sie können sie auf der Website Ihres Anbieters neu aktivieren.",
		fr: "Votre signature mobile a été jugée non valable. Vous pouvez la réactiver sur le site de votre fournisseur.",
		it: "La Sua firma mobile è risultata non valida. Può riattivarla sul sito del Suo fornitore.",
	}
	otherMethod = texts{
		en: "This kind of signature is not available with your phone number. Please choose another method if there is one.",
		de: "Diese Art der Signatur ist mit Ihrer Telefonnummer nicht möglich. Bitte wählen Sie eine andere Methode, falls es eine gibt.",
		fr: "Ce type de signature n’est pas disponible avec votre numéro. Veuillez choisir une autre méthode s’il en existe une.",
		it: "Questo tipo di firma non è disponibile con il Suo numero. La preghiamo di scegliere un altro metodo, se disponibile.",
	}
	noRoaming = texts{
		en: "The signature service of your phone number cannot be used here. Please choose another method if there is one.",
		de: "Der Signaturdienst Ihrer Telefonnummer kann hier nicht genutzt werden. Bitte wählen Sie eine andere Methode, falls es eine gibt.",
		fr: "Le service de signature de votre numéro ne peut pas être utilisé ici. Veuillez choisir une autre méthode s’il en existe une.",
		it: "Il servizio di firma del Suo numero non può essere utilizzato qui. La preghiamo di scegliere un altro metodo, se disponibile.",
	}
	busy = texts{
		en: "Another request is still open on your phone. Please answer it or wait a few minutes, then try again.",
		de: "Auf Ihrem Telefon ist noch eine andere Anfrage offen. Bitte beantworten Sie diese oder warten Sie einige Minuten, und versuchen Sie es dann erneut.",
		fr: "Une autre demande est encore ouverte sur votre téléphone. Veuillez y répondre ou attendre quelques minutes, puis réessayer.",
		it: "Sul Suo telefono è ancora aperta un’altra richiesta. La preghiamo di rispondere o di attendere qualche minuto e poi di riprovare.",
	}
	noLocation = texts{
		en: "The location of your phone could not be determined for technical reasons. Please try again later.",
		de: "Der Standort Ihres Telefons konnte aus technischen Gründen nicht bestimmt werden. Bitte versuchen Sie es später erneut.",
		fr: "La position de votre téléphone n’a pas pu être déterminée pour des raisons techniques. Veuillez réessayer plus tard.",
		it: "Per motivi tecnici non è stato possibile determinare la posizione del Suo telefono. La preghiamo di riprovare più tardi.",
	}
	signed = texts{
		en: "Thank you. You have signed on your phone.",
		de: "Vielen Dank. Sie haben auf Ihrem Telefon signiert.",
		fr: "Merci. Vous avez signé sur votre téléphone.",
		it: "Grazie. Ha firmato sul Suo telefono.",
	}
)
