// Package msstest is a simulated Mobile Signature Service Provider for tests, as net/http/httptest is a web server for
// tests: ETSI TS 102 204 over SOAP 1.2, in the manner of the Swisscom Mobile ID service.
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
// # Persons
//
// Nobody has a phone until Server.Script gives them one: other numbers get fault 105. A Person signs, cancels, ignores
// the phone or blocks the PIN, at once or after a time, on a SIM card or in an app. These numbers are there from the
// start:
//
//	+41000092<code>   the fault <code>: 101 102 103 104 105 107 108 109 208 209 401 402 403 404 406 422 900
//	+41700092501      signs at once with an EC key; its serial number is that of the real test robot
//	+41700092502      signs at once with an RSA key
//	+41000000000      the heartbeat: fault 101, "Illegal msisdn"
//
// # What is checked
//
// A request gets the fault that the real service gives it, as far as that is known:
//
//	104  a client certificate other than the agreed one, without clientAuth, or with a chain; another AP_ID
//	108  another interface version than 1/1 (MSS_Signature also 1/2)
//	101  AP_TransID is no NCName; Instant without zone or more than Options.ClockTolerance off; a triplet of AP_ID,
//	     AP_TransID and Instant that was used before; an illegal number, mode, TimeOut or language
//	102  no MSISDN, SignatureProfile or UserLang
//	107  the text does not begin with Options.Prefix, or is no plain text
//	103  the text is longer than 239 characters, or 119 where one is not in the GSM alphabet
//	105  nobody has this number
//	109  the person has no such method, or the profile is unknown
//	406  the SIM card is busy with another request
//
// A second request to an app takes the place of the first, which ends with 401. MSS_StatusQuery answers 504 while the
// person has not answered, and the outcome afterwards, for ten minutes. Answers come in the form of wrapper in which
// they were asked for (tns or none), with HTTP 200, faults with HTTP 500.
//
// # Wrong answers
//
// Person.Forge and Person.ForgeAck make answers that a client must refuse: wrong echoes, signatures of somebody else or
// of yesterday, statuses that contradict HTTP or the signature, broken connections. See the Forge constants.
//
// # Looking back
//
// Server.Requests is what clients have sent, header by header. Server.Prompts counts how often a phone rang, which must
// be once for every signature asked for. Server.Handshakes and Server.Peak tell how connections were used.
//
// # Not to be believed
//
// Every certificate made here carries the extension 2.999.102.204.1 and lives less than 7 days. Verifiers of this module
// take it in the environment mss.Simulator only, and mss.NewAnchors refuses to mix environments.
//
// # Randomness
//
// Keys, certificates and nonces come from crypto/rand. What else varies between runs, which is alphabet and length of
// MSSP_TransIDs, comes from Options.Seed; NewServer logs the seed of a server, so that a failed run can be repeated.
package msstest
