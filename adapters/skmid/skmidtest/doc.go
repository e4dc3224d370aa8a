// Package skmidtest is a simulated Mobile-ID service for tests, as net/http/httptest is a web server for tests: SK's
// Mobile-ID REST interface, as it serves Estonia and Lithuania.
//
//	srv := skmidtest.NewServer(t, nil)
//	srv.Script("+37250000001", "47101010033", skmidtest.Person{After: 2 * time.Second})
//	client, err := skmid.New(skmid.Config{HTTP: srv.HTTP(), RelyingPartyName: srv.RelyingPartyName(), …})
//	…
//	srv.AssertPrompts(t, 1)
//
// NewServer listens on the loopback interface with real TLS, behind a PKI that it makes for itself. NewInProcess has no
// listener and no goroutine, so that minutes of waiting pass at once inside testing/synctest.
//
// # Addresses
//
// Under Server.URL, which ends with /mid-api:
//
//	POST /certificate                    the signing certificate of a person
//	POST /authentication                 starts a session that ends with a signature by the authentication key
//	POST /signature                      starts a session that ends with a signature by the signing key
//	GET  /authentication/session/{id}    how a session stands, with ?timeoutMs=n
//	GET  /signature/session/{id}         likewise; the sessions of either kind are not known under the other
//	GET  /version                        plain text
//
// Other verbs get 405, but OPTIONS. Answers that are not 200 have a JSON body with error, time and traceId.
//
// # Persons
//
// Server.Script sets who answers on a telephone number with an identity code, and how: with which keys (P-256, P-384,
// RSA), certificates of which form, which result after what time. For everybody else a session starts as well, and ends
// with NOT_MID_CLIENT. The test persons of SK's demo environment are there from the start. They answer at once, where the
// real ones take 7 seconds and more, but TIMEOUT:
//
//	+37200000766  60001019906  OK                       PNOEE- serial number, as issued since 2025
//	+37200000566  60001018800  OK                       likewise
//	+37268000769  60001017869  OK                       EID-SK 2016
//	+37269930366  51307149560  OK                       EID-Q 2021E; plain apostrophe in the surname
//	+37200001566  39901019992  OK                       RSA keys; serial number without prefix
//	+37200001466  45001019980  OK                       over 21 years old
//	+37200001366  61001019985  OK                       under 18 years old; serial number without prefix
//	+37200017716  60001017716  OK                       PNOEE- serial number, common name with the code
//	+37060000666  50001018865  OK                       Lithuanian: PNOLT-
//	+37200000266  60001019939  NOT_MID_CLIENT           /certificate: NOT_FOUND
//	+37200000366  60001019928  NOT_MID_CLIENT           likewise
//	+37060000266  50001018832  NOT_MID_CLIENT           likewise, Lithuanian
//	+37207110066  60001019947  DELIVERY_ERROR
//	+37201100266  60001019950  USER_CANCELLED
//	+37061100266  50001018854  USER_CANCELLED           Lithuanian
//	+37200000666  60001019961  SIGNATURE_HASH_MISMATCH
//	+37201200266  60001019972  SIM_ERROR
//	+37061200266  50001018876  SIM_ERROR                Lithuanian
//	+37213100266  60001019983  PHONE_ABSENT
//	+37266000266  50001018908  TIMEOUT                  after Options.Patience
//	+37066000266  50001018908  TIMEOUT                  likewise, Lithuanian
//
// # Waiting
//
// A status call is answered when the session has ended, and with RUNNING after timeoutMs: 10 seconds where it is absent, a
// second at least, a minute at most. A newer call for a session makes an older one RUNNING at once. A person has 2 minutes,
// and a session is forgotten (404) 5 minutes after it began. Person.Polls makes RUNNING without waiting.
//
// # A human decides
//
// A person with the result Timeout does nothing by themselves: the phone waits for Options.Patience. What phones show at a
// moment is Server.Outstanding, and Server.Act does what their owner decides, whatever the script says. So a page can play
// the phone, or a test decide when it has seen enough:
//
//	srv.Script("+37250000001", "47101010033", skmidtest.Person{Result: skmidtest.Timeout})
//	…
//	for _, o := range srv.Outstanding() {
//		srv.Act(o.ID, skmidtest.OK)
//	}
//
// Server.Script changes the phone meanwhile: Person.NoNetwork takes it out of reach (PHONE_ABSENT), PINBlocked blocks the
// PIN (SIM_ERROR), and another Card is another SIM card, with other keys. Options.Exchanged hears of every answer, and
// Server.SetMisbehaviour changes what the server differs in from what is documented.
//
// # What is checked
//
//	400  a member that is missing or null, or not of its form: UUID, name over 100 octets, phone number, identity code,
//	     hash, hashType, language, displayText, displayTextFormat, timeoutMs; a body that is no JSON, or has a member twice;
//	     a session id that is no UUID
//	401  another relying party, well-formed
//	404  no such session, or none any more
//	405  another verb
//	413  a body of more than 1 MiB
//	415  a POST of another type than application/json
//
// Unknown members are passed over. The check digits of identity codes are not checked: that is the client's to do.
//
// # Certificates
//
// Every person has two key pairs, with a certificate each: the authentication certificate (digitalSignature) comes with the
// outcome of an authentication, the signing certificate (nonRepudiation) from /certificate. There are three issuing CAs in
// the manner of ESTEID-SK 2015, EID-SK 2016 and EID-Q 2021E. Profile says who issued, and how the subject is written:
//
//	           serialNumber         common name           key usage to authenticate         extended
//	ESTEID     PNOEE-60001019906    GIVEN,SURNAME         digitalSignature, keyAgreement    none
//	ESTEIDMid  PNOEE-60001017716    SURNAME,GIVEN,CODE    digitalSignature, keyAgreement    none
//	ESTEIDOld  60001019906          SURNAME,GIVEN,CODE    digitalSignature, keyAgreement    clientAuth, emailProtection
//	EID2016    PNOEE-60001017869    GIVEN,SURNAME         digitalSignature                  none
//	EIDQ2021   PNOEE-51307149560    GIVEN,SURNAME         digitalSignature                  none
//
// RSA keys have keyEncipherment in the place of keyAgreement. Lithuanian persons have PNOLT-, Latvian ones (Person.Country
// "LV": Mobile-ID does not serve them, but the CAs do) PNOLV- and a hyphen in the code.
//
// # Wrong answers
//
// Person.Forge, Person.ForgeStart and Person.ForgeCertificate make answers that a client must refuse: certificates of
// others, of other countries, of other CAs, of yesterday; signatures over something else, or by the other key; statuses that
// contradict themselves; error answers; documents that two readers read differently; broken connections. See the Forge
// constants. Misbehaviour makes answers that a client must take.
//
// # Looking back
//
// Server.Requests is what clients have sent, and what phones showed: text, language, verification code. Server.Prompts
// counts the sessions started for persons who have Mobile-ID, which must be one for every signature asked for.
// Server.Handshakes and Server.Peak tell how connections were used.
//
// # Assumptions
//
// Where nothing is published or captured, a choice was made: parameters are judged before the relying party; 401, 429, 503
// and 580 let no phone ring; a blocked PIN is SIM_ERROR; clients may come from every address; a text that is too long gets 400; each character counts as one against the 100 of GSM-7; a
// finished session can be asked for until it is forgotten; a person can have several sessions at once; the form of the
// certificates of most demo persons, and the telephone number of TESTNUMBER ONE (+37200017716).
//
// # Not to be believed
//
// Every certificate made here carries the extension 2.999.102.204.1 and lives less than 7 days. Verifiers of this module
// take it in the environment mss.Simulator only, and mss.NewAnchors refuses to mix environments.
//
// # Randomness
//
// Keys, certificates and signatures come from crypto/rand, session ids and trace ids from Options.Seed. NewServer logs the
// seed of a server, so that a failed run can be repeated. Requests that come at the same time draw in the order in which
// they happen to arrive.
package skmidtest
