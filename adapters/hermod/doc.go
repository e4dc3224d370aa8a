// Package hermod is a client of Nexus Hermod (Smart ID Messaging), the broker between application servers and the Smart ID apps, and
// verifies what comes of it. It implements mss.Service.
//
//	client, err := hermod.New(hermod.Config{
//		HTTP:         transport.Config{URL: "https://hermod.example:20400/hermod/rest", Roots: roots},
//		ClientID:     "acme", ClientKey: key, // of allowedClients
//		CallbackUser: "hermod", CallbackPassword: password, // its callbackBasicAuth
//		Store: store, Keys: keys, Registry: registry, // for all instances
//		Anchors: anchors, // of the CA that issues the users' certificates
//	})
//	mux.Handle("/hermod/callback/", client.Callback()) // below its callbackUrl
//	sig, err := mss.Sign(ctx, client, &mss.Request{
//		Purpose: mss.Signing, User: mss.User{ID: user}, Display: "Pay 10 EUR to ACME", AddCode: true,
//	}, show)
//
// # Commands and callbacks
//
// An authentication is Hermod's command AUTH, a signing its SIGN. A command is answered at once with a record that it is under way;
// what the device says comes later, as a callback to Client.Callback. There is nothing to ask the Hermod in between, so Poll looks
// into Config.Store, where Callback has put the answer, and wakes when it comes.
//
// A command is recorded before it is sent, under a random externalId that nobody can guess, so that its callback is known however
// early it comes; the number that the Hermod gives it is bound to the record as soon as it is known, and an answer must have both.
// Callback authenticates, stores and answers; nothing is verified before Verify. The first answer counts, and every poll returns
// the same one. A command that nobody has answered by its deadline, 15 seconds after its timeout, is a fault 208; an answer that
// comes later still can be had from Client.Late.
//
// With a Store and Keys that instances share, any of them can be called back, poll and verify, also after a restart. Without, all is
// in the memory of this process. Package mss/track may use the same Store.
//
// # Enrolment
//
// Hermod knows persons by a user id that the application gives them, mss.User.ID. A person enrols with Client.Enroll, which has the
// app make keys (PROV), has a CA issue certificates for them, and installs them (CERT): MSS_Registration of TS 102 204. Provision,
// Provisioned and Certify are its steps, for enrolments that survive a restart or wait for a registration officer. Config.Registry
// keeps what came of it, and answers ProfileQuery.
//
// # What binds a signature
//
// A signature is judged by the certificate that was enrolled for the user, and by no other: not by what is in the answer. It must
// cover the octets that were sent. Of an authentication these are a challenge that names the command, so that it is Fresh in any
// case; of a signing they are the text or the digest alone, and it is Fresh with Request.AddCode. No document may begin like a
// challenge. Records and callbacks are not signed: that somebody declined is the Hermod's word.
//
// # The prompt
//
// Prompt.Link and Prompt.QR are the Hermod's plugout link, as it came. Whoever has it can answer: it belongs on the person's screen
// and into no log. An app that is reached by push needs none. AppLink brings the app to the front on the device that the browser is
// on. A html/template blanks links of schemes that it does not know: give it a template.URL.
//
// # What is inferred
//
// Of the API a part alone is published. What had to be concluded from it is in one table, Inferred, whose entries say what is
// documented and what is not; DefaultInferred can be changed by what the documentation of an installation says. In it are: the
// names of commands, responses and callbacks, but for those of PROV, CERT and signCommand; all states but IN_PROGRESS and
// COMPLETED; every code but 0, and every status but 200; what the formats and mechanisms are called in commands other than a
// signing in PKCS#7; that a result in PKCS#7 is in Base64, and that the payload of one in JWS is what was to be signed.
//
// Inferred, too, and not in the table: the HTTP statuses of refusals, which are read as HTTP means them.
//
// Commands that are documented and not here: deleting mailboxes and profiles, PIN resets, smart cards of the desktop app, images
// and the content provider's API. There is no command that only shows a message, and none that takes one back: Receipt and Cancel
// are errors.ErrUnsupported.
//
// Package hermodtest simulates a Hermod with the devices of its users.
package hermod
