// Package bankid is a client of the Swedish BankID's Relying Party API, version 6.0, and verifies what it returns. It implements
// mss.Service.
//
//	identity, err := transport.LoadIdentityPKCS12("rp.p12", password)
//	client, err := bankid.New(bankid.Config{
//		HTTP:    transport.Config{URL: "https://appapi2.bankid.com/rp/v6.0", Identity: identity, Roots: tlsRoots},
//		Anchors: anchors, // the root for signatures: another one
//	})
//	sig, err := mss.Sign(ctx, client, &mss.Request{
//		Purpose: mss.Authentication, EndUserIP: ip, Display: "Log in to ACME",
//	}, show)
//
// # Orders
//
// A request is an order. Authentication and signing are the API's auth and sign; with Options.CallInitiator they are orders for a
// person who is on the telephone, with Options.Payment payments. Everything is checked before it is sent, the length of texts in
// characters of Base64 as BankID counts them; a request that would be refused, or would be honoured in part, is an error.
//
// The person starts the app with Prompt.Link on the same device, or with the QR code of each second (Prompt.QR) on another one:
// for about 30 seconds, StartTime. An order that nobody has started ends with the hint startFailed; NotStarted tells, and a new
// one can take its place until OrderTime is over.
//
// # One collector
//
// BankID gives an outcome once. Poll makes evidence of it, which is to be stored before it is judged, and there must be one
// poller for an order over all instances: package mss/track does both. An answer that was lost on its way cannot be had
// again: the outcome is then mss.ErrUnknownOutcome, and never that the person refused. Orders are collected every two
// seconds, by Status.After; Prompt costs no call and can be asked for every second.
//
// # What binds a signature to its order
//
// A signature does not name its order. So the octets that are signed and not shown hold a nonce, the transaction's id and the
// digest of the document, in every order, as a JSON object:
//
//	{"nonce":"…","transaction":"T…","document":{"hash":"SHA-256","digest":"…"}}
//
// beside "payment", the SHA-256 of userVisibleTransaction as it was sent, and "data", Options.NonVisible. Verify compares them
// and what was shown with what was sent, and checks signature, chain and the OCSP answer to the root for signatures; it never
// asks anybody.
//
// # Two roots
//
// BankID has two roots in each environment: for its TLS servers (Config.HTTP.Roots) and for signatures (Config.Anchors). Neither
// ships with this module. One in the other's place is an error of New, as is what belongs to the other environment.
//
// # The client certificate
//
// BankID knows a relying party by the certificate that its bank has issued, and is sent the chain that its file holds
// (transport.Config.SendChain, which New sets). Signatures name the certificate's subject, and Verify compares it. Test and
// production certificates are told apart by New, which also has Config.Logger warned in the last 30 days of a
// transport.Identity.
//
// # Texts for the person
//
// MessageID and FaultMessageID return BankID's id of the text that goes with a hint or an error, RFA1 to RFA30. DefaultMessages
// has short texts in Swedish and English, of which BankID's own can take the place.
package bankid
