// Package msstest is a simulated Mobile Signature Service Provider for tests, as net/http/httptest is a web server for
// tests: ETSI TS 102 204 in the manner of the Swisscom Mobile ID service, over SOAP 1.2 and over JSON.
//
//	srv := msstest.NewServer(t, nil)
//	srv.Script("+41790000001", msstest.Person{After: 2 * time.Second})
//	client, err := mssp.New(mssp.Config{HTTP: srv.HTTP(), APID: srv.APID(), Prefix: srv.Prefix(), Anchors: srv.Anchors(), …})
//	…
//	srv.AssertPrompts(t, 1)
//
// NewServer listens on the loopback interface with real mutual TLS, behind a PKI that it makes for itself. NewInProcess
// has no listener and no goroutine, so that minutes of waiting pass at once inside testing/synctest.
//
// # Addresses
//
// Each operation has an address in both bindings, and one more JSON address serves all of them:
//
//	MSS_Signature     /soap/services/MSS_SignaturePort     /rest/service/sign
//	MSS_StatusQuery   /soap/services/MSS_StatusQueryPort   /rest/service/status
//	MSS_Receipt       /soap/services/MSS_ReceiptPort       /rest/service/receipt
//	MSS_ProfileQuery  /soap/services/MSS_ProfilePort       /rest/service/profile
//	any                                                    /rest/service
//
// MSS_ProfileQueryPort does what MSS_ProfilePort does. Messages mean the same in both bindings and get the same faults.
// SOAP answers come in the form of wrapper in which they were asked for (tns or none), and repeat the password; JSON
// answers do not, and have times in UTC. Answers have HTTP status 200 and faults 500.
//
// # Persons
//
// Nobody has a phone until Server.Script gives them one: other numbers get fault 105. A Person signs, cancels, ignores
// the phone or blocks the PIN, at once or after a time, on a SIM card or in an app, which can be inactive or blocked; is
// somewhere or cannot be located; and does something with a receipt. These numbers are there from the start:
//
//	+41000092<code>   the fault <code>: 101 102 103 104 105 107 108 109 208 209 401 402 403 404 406 422 900
//	+41700092501      signs at once with an EC key; its serial number is that of the real test robot
//	+41700092502      signs at once with an RSA key
//	+41000000000      the heartbeat: fault 101, "Illegal msisdn"
//
// # A human decides
//
// A person with the action Ignore does nothing by themselves: the phone waits until the request's TimeOut. What phones show
// at a moment is Server.Outstanding, and Server.Act does what their owner decides, whatever the script says; for receipts
// that is Server.ActReceipt (Person.Receipt: ReceiptTimeout waits for a minute). So a page can play the phone, or a test
// decide when it has seen enough:
//
//	srv.Script("+41790000001", msstest.Person{Do: msstest.Ignore})
//	…
//	for _, o := range srv.Outstanding() {
//		srv.Act(o.ID, msstest.Sign)
//	}
//
// Server.Script changes the phone meanwhile: Person.NoNetwork takes it out of reach (fault 209), PINBlocked blocks the PIN
// (402), and another Serial is another SIM card, activated anew. Options.Exchanged hears of every answer, and
// Server.SetMisbehaviour begins and ends a bad day.
//
// # What is checked
//
// A request gets the fault that the real service gives it, as far as that is known:
//
//	104  a client certificate other than the agreed one, without clientAuth, or with a chain; another AP_ID; an additional
//	     service that is not offered
//	108  another interface version than 1/1 (MSS_Signature also 1/2, MSS_ProfileQuery also 2/0, which Params needs)
//	101  AP_TransID is no NCName; Instant without zone or more than Options.ClockTolerance off; a triplet of AP_ID,
//	     AP_TransID and Instant that was used before; an illegal number, mode, TimeOut, language or value of Params
//	102  no MSISDN, SignatureProfile, UserLang, RedirectUri or Message
//	107  the text does not begin with Options.Prefix, or is no plain text; a bad transaction approval, with the detail
//	     INVALID_TXNAPPROVAL_PAYLOAD
//	103  the text is longer than 239 characters, or 119 where one is not in the GSM alphabet
//	105  nobody has this number
//	109  the person has no such method, or the profile is unknown
//	209  the phone is out of reach
//	404  the person has the method and has not activated it
//	402  its PIN is blocked
//	406  the SIM card is busy with another request
//
// A second request to an app takes the place of the first, which ends with 401. MSS_StatusQuery answers 504 while the
// person has not answered, and the outcome afterwards, for ten minutes.
//
// # Additional services
//
// UserLang is mandatory. Geofencing answers with the location of the Person, or with a geofencing error, which does not
// fail the signature. Where the request has a policy and the location is against it, or there is none, the outcome is
// fault 450. App2App is for the app and the asynchronous mode only (101 otherwise): the acknowledgement has an AuthUri,
// no phone rings, and the person follows the link by themselves. SubscriberInfo tells the network of the card. With the
// validate service the status is 502 instead of 500. A transaction approval is signed as the service signs it, in the app
// only.
//
// # Receipts
//
// MSS_Receipt answers when the person has reacted, with the extension if the request has one, which the app does not
// know (101). It takes one receipt for each signature, for the same number, up to five minutes after the signature (208
// later); a second one, and one for what is no signature, get fault 101.
//
// # Profiles
//
// MSS_ProfileQuery lists the profiles that the person can sign with, and what Params asks for: devices, states,
// certificates, PIN, network, recovery code, automatic activation. The certificates are those that sign. An inactive
// SIM card is left out of the profiles unless Person.AutoActivation makes signing activate it.
//
// # Assumptions
//
// Where nothing is published or captured, a choice was made: the lists of a geofencing policy are separated by commas;
// who cannot be located is outside every policy; a phone out of reach is told at once; receipts are taken for five
// minutes, and a second one gets 101; a bad transaction approval gets 107; status queries are answered for ten minutes;
// TimeOut is a day at most.
//
// # Wrong answers
//
// Person.Forge and Person.ForgeAck make answers that a client must refuse: wrong echoes, signatures of somebody else, of
// yesterday or over something similar, statuses that contradict HTTP or the signature, links to elsewhere, absurd
// locations, documents that two readers read differently, broken connections. See the Forge constants.
//
// Options.Misbehave and Server.SetMisbehaviour make answers that a client must get along with, at random: see Misbehaviour.
//
// # Looking back
//
// Server.Requests is what clients have sent, header by header. Server.Prompts counts how often a phone rang, which must
// be once for every signature asked for, and Server.Receipts how often it showed a receipt. Server.Handshakes and
// Server.Peak tell how connections were used.
//
// # Not to be believed
//
// Every certificate made here carries the extension 2.999.102.204.1 and lives less than 7 days. Verifiers of this module
// take it in the environment mss.Simulator only, and mss.NewAnchors refuses to mix environments.
//
// # Randomness
//
// Keys, certificates and nonces come from crypto/rand. What else varies between runs comes from Options.Seed: alphabet
// and length of MSSP_TransIDs, the tokens of App2App links, and everything that is Misbehaviour. NewServer logs the
// seed of a server, so that a failed run can be repeated. Requests that come at the same time draw in the order in which
// they happen to arrive.
package msstest
