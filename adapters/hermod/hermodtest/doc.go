// Package hermodtest is a simulated Hermod for tests, as net/http/httptest is a web server for tests: the broker of Nexus Smart
// ID Messaging, with the mobile apps behind it.
//
//	srv := hermodtest.New(t, hermodtest.Options{})
//	client, err := hermod.New(srv.Config())
//	…
//	srv.CallbackTo(client.Callback())
//	srv.Person(hermodtest.Person{User: "astrid", Delay: 2 * time.Second})
//	device, err := client.Enroll(ctx, &hermod.Enrollment{User: astrid, Subject: name, Issue: srv.Issue}, show)
//
// New listens on the loopback interface with real TLS, behind a PKI that it makes for itself. NewInProcess has no listener, so
// that minutes of waiting pass at once inside testing/synctest; callbacks are calls of the handler there.
//
// # Commands
//
// Under Server.URL, which ends with /hermod/rest, all of them POST with X-Api-Key:
//
//	/command/provision      PROV   the app makes a profile with keys, and attests them
//	/command/certificate    CERT   the app installs certificates of these keys
//	/command/authenticate   AUTH   a key signs what is in params.tbs
//	/command/sign           SIGN   likewise
//	/command/ping           PING   the app tells what device it is on
//
// The answer is the command record, IN_PROGRESS, with ids, destinations and plugout URIs made as in the vendor's published
// example, escapes in mixed case and all. What the app has made of the command comes as a callback, POST with HTTP Basic
// authentication, to "/callback/" and the same name behind the address of CallbackTo or SetCallbackURL. When the command's
// timeout passes, the callback says TIMEOUT.
//
// A PROV goes to a temporary mailbox, all others to every mailbox of "@" and a user: every profile has one. For who has
// none the record has no destinations, and no callback comes.
//
// # Persons
//
// Server.Person sets what somebody does, when, and how often the callback comes; without it everybody does at once what is
// asked. Acts are told in the code of the response: 0, and for others than Sign the codes that are at the Act constants. With
// Ask a human decides: Server.Outstanding is what there is to decide, Server.Act does it, and Server.Scan is an app that reads a
// QR code. What rings nobody (CERT, PING) the app answers by itself then. With Person.NoNetwork commands wait in the mailbox, unseen,
// until the person is in reach again.
//
// Server.Enroll is a short cut: it leaves behind what PROV and CERT would, and sends nothing.
//
// # What is checked
//
//	404  another path
//	401  another X-Api-Key, or none
//	405  another verb
//	415  another Content-Type than application/json
//	413  a body of more than 1 MiB
//	400  a body that is no JSON, or has a member twice; another command than the path's, or two; a member that is missing, not of
//	     its type, or out of its limits; a nonce, name or mechanism that makes no sense. The message names the member
//
// in this order, with an error in JSON as applications of the Spring framework give it. Unknown members are passed over. A
// device answers code 404 to a certificate that is not of its key, and to AUTH and SIGN without a key of the kind that has one.
//
// # Results
//
// The result of PROV is a JWS by the attestation key, whose modulus has a zero octet in front in its JWK. It holds one JWS for
// each key, made by that key, with the template's PKCS #10 signed again. AUTH and SIGN give a compact JWS whose payload is
// the octets of params.tbs and whose header has alg and kid, or a CMS SignedData with them and the certificate in it, in
// standard Base64. Keys are RSA of 2048, 3072 or 4096 bits, or EC on P-256.
//
// # Wrong answers
//
// Person.Forge makes answers that a client must refuse, each wrong in one way: see the Forge constants, and Forges for those
// that a command can have. Server.Issuing is a CA that makes mistakes. Server.Misbehave has commands answered with errors of
// HTTP, broken connections and documents that two readers read differently. Server.Redeliver sends a callback again.
//
// # Looking back
//
// Server.Requests is what clients have sent, Server.Callbacks what was sent to them. Server.Prompts counts how many times a
// person was asked: PROV, AUTH and SIGN. Options.Exchanged is told everything as it went over the wire.
//
// # Assumptions
//
// Hermod's API is published in part. Concluded, or chosen, are: everything about PING; the names authResponse, signResponse,
// AUTH; tbs, format and mechanism in AUTH; all codes but 0; the state TIMEOUT; errors in HTTP and their bodies; CKM_ECDSA_SHA256
// and EC keys; the form of results in jws and pkcs7; that sch is the SHA-256 of the TLS certificate; that params.tbs has
// one entry; which device answers where there are several; that a callback is not repeated when it is not answered with 200.
//
// # Not to be believed
//
// Every certificate made here carries the extension 2.999.102.204.1 and lives less than 7 days. Verifiers of this module
// take it in the environment mss.Simulator only, and mss.NewAnchors refuses to mix environments. The attestation key is made
// anew in every process, so that nobody can have pinned it for another one. A process makes a handful of RSA keys and deals
// them out to devices, because they take long to make.
//
// # Randomness
//
// Keys, certificates and signatures come from crypto/rand; ids, tokens and default secrets from Options.Seed. New logs the seed
// of a server, so that a failed run can be repeated. Requests that come at the same time draw in the order in which they
// happen to arrive.
package hermodtest
