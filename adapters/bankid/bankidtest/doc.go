// Package bankidtest is a simulated BankID service for tests, as net/http/httptest is a web server for tests: the Relying
// Party API v6.0 of Swedish BankID.
//
//	srv := bankidtest.NewServer(t, nil)
//	srv.Script("197209239800", bankidtest.Person{After: 2 * time.Second})
//	client, err := bankid.New(bankid.Config{HTTP: srv.HTTP(), Anchors: srv.Anchors(), …})
//	…
//	srv.AssertPrompts(t, 1)
//
// NewServer listens on the loopback interface with mutual TLS, behind a PKI that it makes for itself. NewInProcess has no
// listener and no goroutine, so that minutes of waiting pass at once inside testing/synctest; orders are taken there as
// coming with the client certificate of Server.RelyingParty.
//
// # Addresses
//
// Under Server.URL, which ends with /rp/v6.0, all of them POST:
//
//	/auth, /sign, /payment        start an order; the answer has a reference, an autostart token, QR token and secret
//	/phone/auth, /phone/sign      start an order during a telephone call; the answer has the reference alone
//	/other/payment                likewise, for a payment
//	/collect                      how an order stands
//	/cancel                       ends a pending order
//
// # Persons
//
// Server.Script sets what the person with a personal number does with orders: when their app has one, which pending hints
// come, what the person does in the end, and after what time. Script(Anyone, …) is for all others. Without any script
// everybody has Mobile BankID, gets each order at once and signs it at once.
//
// With Person.Manual an order waits until it is picked up: Server.Scan reads a QR text as an app does, and checks the code
// in it and its time; Server.Open takes an autostart token, or a link with one; Server.PickUp needs neither. Orders without a token (calls, other
// payments) reach the person by themselves.
//
//	hint or outcome                               comes from
//	outstandingTransaction                        the time before an app has the order
//	noClient                                      Person.Before
//	started                                       Person.Steps; no BankID of the policies that are asked for
//	userMrtd, userFace, userStepUp, processing    Person.Steps
//	userCallConfirm                               Person.Steps
//	userSign                                      Person.After, Ignore
//	complete                                      Sign
//	userCancel, userDeclinedCall, certificateErr  Cancel, DeclineCall, CertificateErr
//	certificateErr                                BlockPIN, Person.PINBlocked
//	startFailed                                   nobody picks the order up in 30 seconds; no BankID of the policies
//	expiredTransaction                            3 minutes are over; no app has a call after 30 seconds
//	cancelled                                     another order for the same personal number
//	transactionRiskBlocked                        Person.Risk over requirement.risk
//	every other one, also unknown ones            Act("…")
//
// # A human decides
//
// A person with Manual who does Ignore does nothing by themselves: an order waits to be picked up, and then to be decided.
// What waits at a moment is Server.Outstanding; Server.PickUp brings an order to the person's app, and Server.Act does what
// they decide, whatever the script says. So a page can play the phone, or a test decide when it has seen enough:
//
//	srv.Script(bankidtest.Anyone, bankidtest.Person{Manual: true, Does: bankidtest.Ignore})
//	…
//	for _, o := range srv.Outstanding() {
//		srv.PickUp(o.ID)
//		srv.Act(o.ID, bankidtest.Sign)
//	}
//
// Server.Script changes the phone meanwhile: Person.NoNetwork takes it out of reach (nothing is picked up), PINBlocked
// blocks the BankID (certificateErr), and another Card is another BankID, with another certificate. Options.Exchanged hears
// of every answer, and Server.SetMisbehaviour changes what the server differs in from what is documented.
//
// # What is checked
//
//	401  unauthorized          another client certificate; no certificate at all ends the handshake
//	404  notFound              another address
//	405  methodNotAllowed      another verb
//	415  unsupportedMediaType  a Content-Type other than exactly application/json
//	400  invalidParameters     a body that is no JSON or has a member twice; a member that is missing, unknown, or not of its
//	                           type, form or length; an order that there is not, or not any more. Details names the member
//	400  alreadyInProgress     a pending order requires the same personal number: it ends as well
//	429  tooManyRequests       collect of an order within a second of the last one
//
// in this order. Server.Fail answers with any other error: Maintenance, requestTimeout, internalError, one without JSON.
//
// A final answer of collect is given once, and then the order is unknown. It is kept for 3 minutes, 5 where the order has
// failed.
//
// # Signatures
//
// completionData has what the real one has: an XML signature over the signed data and the certificates, in canonical form
// with right digests, and an OCSP response whose nonce begins with the SHA-1 of the signature's Base64 text. xmlsec1 and
// openssl accept them. Every person has two certificates, one to identify with (digitalSignature) and one to sign with
// (nonRepudiation), issued by a customer CA under a bank CA under the root in Server.Anchors. That root and the one of the
// TLS certificate (Server.HTTP) have nothing to do with each other.
//
// # Wrong answers
//
// Person.Forge and Person.ForgeStart make answers that a client must refuse, and answers that never arrive: see the Forge
// constants. Misbehaviour makes answers that a client must take.
//
// # Looking back
//
// Server.Requests is what clients have sent. Server.Prompts counts the orders that have reached an app: how many times a
// person was asked. Server.Handshakes and Server.Peak tell how connections were used.
//
// # Assumptions
//
// Where nothing is published, or sources differ, a choice was made: unknown members are refused; personal numbers need the
// right check digit, but no existing date; calls need a personal number unless Options.OptionalNumber; the limits of app
// (256 characters), riskWarning (256) and recipient (none); requirement.risk is taken but in calls; plaintext leaves no mark
// in the signed data; a payment's recipient and amount are not in the signed data, and its funcId is Signing; a QR text is
// taken up to 5 seconds late and 2 seconds early; a call that no app has after 30 seconds is expired; a person's orders do
// not replace each other unless both require their number; the words in details.
//
// # Not to be believed
//
// Every certificate made here carries the extension 2.999.102.204.1 and lives less than 7 days. Verifiers of this module
// take it in the environment mss.Simulator only, and mss.NewAnchors refuses to mix environments. All persons and all
// servers of a process share their RSA keys, which take long to make; the names on them differ.
//
// # Randomness
//
// Keys, certificates and signatures come from crypto/rand, references and tokens from Options.Seed. NewServer logs the seed
// of a server, so that a failed run can be repeated. Requests that come at the same time draw in the order in which they
// happen to arrive.
package bankidtest
