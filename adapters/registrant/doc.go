// Package registrant is a client of the Estonian Internet Foundation's registrant API: a person who has logged in with
// Mobile-ID, or with another identity that this module verifies, sees their .ee domains, locks them and corrects their
// contact data.
//
//	sig, err := mss.Sign(ctx, service, &mss.Request{Purpose: mss.Authentication, …}, show)
//	…
//	client, err := registrant.New(registrant.Config{HTTP: transport.Config{URL: registryURL, Roots: tlsRoots}})
//	…
//	token, err := client.Exchange(ctx, sig) // once for each login
//	…
//	for domain, err := range client.Domains(ctx, token, registrant.DomainQuery{}) { … }
//
// # Trust
//
// The registry believes whatever its partners tell it: the exchange carries no proof, it names a person and gets that
// person's token. So Exchange takes nothing but a *mss.Signature that a verifier of this module has made, and of it what
// the signer's certificate says: the identity code, the country and the names. The signature must be
//
//   - verified, and an authentication: by its purpose, and by the certificate's key usage,
//   - fresh: over a challenge of this login, so that no older signature serves,
//   - received within Config.MaxAge, 5 minutes at most,
//   - of a person, not of a provider's test person unless Config.AllowTestPersons, and of a simulator's person only where
//     the API is a simulator, too,
//   - without contradiction between the certificate's serialNumber, its country and what the verifier has read there.
//
// Estonian and Lithuanian identity codes look alike, and the registry takes a code without a country for an Estonian one.
// The country that is sent is always the certificate's.
//
// One signature gives one token in a process: a second exchange of the same is refused. Where the first one failed it may
// be repeated, as long as the signature is young enough; for the registry an exchange is idempotent.
//
// # Names
//
// Each exchange overwrites the name that the registry keeps of the person, and a token is good only as long as the name in
// it is the one that is kept. Whoever sends another spelling than the registry's own portal does logs the person out there,
// and the other way round. Config.NameCase is therefore to be set once and kept.
//
// Capitalised, the default, is what the portal sends, made by the portal's own rule from the capitals of the certificate:
// everything in lower case but each letter that follows no letter. "MARI-LIIS ÕUNAPUU" becomes "Mari-Liis Õunapuu" and
// "O’CONNEŽ" becomes "O’Connež". The rule knows no language. It takes the typewriter's apostrophe, but not the
// typographical one, for a letter: "O'BRIEN" becomes "O'brien". It has "Van Der Berg" and "Mc Donald", and writes "Iii".
// Latin letters beyond U+017F, such as the Romanian "Ș", it leaves small. AsCertified sends the certificate's own
// spelling.
//
// The registry writes the name into the person's contacts where it differs there by more than case.
//
// # Tokens
//
// A Token is good for two hours. There is no way to renew, revoke or end it: ErrTokenExpired means a new login. It prints
// redacted, and is good for the Client's registry alone.
//
// The registry's partners are known by their address: ErrNotAllowed means that this machine is not on its list. The list
// guards the exchange alone. A token works from anywhere, so keep it where sessions are kept.
//
// # Errors
//
// A refusal by the registry is an *Error, which unwraps to one of the Err… of this package; what the registry said is in
// it, concealed. Nothing was sent: *mss.RequestError, ErrTokenExpired. No answer, or one that is not the registry's:
// *mss.TransportError. Calls that change something are sent once; after a TransportError that says anything but NotSent,
// look first.
package registrant
