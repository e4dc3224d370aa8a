// Package account binds the accounts of an application to the persons who sign: at the first verified login the signer's
// ID (mss.Signer.ID, with Mobile ID the certificate's serial number) is stored for the account, and every later login is
// compared with it.
//
//	binder, err := account.New(account.Config{Store: store})
//	…
//	sig, err := mss.Sign(ctx, service, req, show)
//	…
//	res, err := binder.Bind(ctx, customer.ID, sig) // let nobody in without it
//	if errors.Is(err, account.ErrMismatch) { … }   // ask for another proof of who this is
//
// # Why
//
// A signature proves which person signed, not which customer that is. A telephone number does not tell either: numbers
// are recycled, and a person who activates the service anew without recovery gets another serial number, on proof of
// little more than the phone in their hand. So a login whose serial number has changed is a login by somebody who holds
// the number, and no more. A change of SIM card or phone with recovery keeps the serial number.
//
// # The account's ID
//
// The key is the application's own ID of the account, which belongs to one customer for good: a customer number, a UUID.
// It is never the telephone number; Bind refuses an account ID that equals the number that was asked. IDs are compared
// octet by octet: an application that takes "Ann" and "ann" for one customer folds them before.
//
// # Scope
//
// An identity of one provider is none of another, and a test identity is none of a person. What is stored is therefore
// stored under a Key, the account within a scope, and the scope is the kind of service and its environment, such as
// "mssp|swisscom|production": Transaction.Provider without its host and its AP_ID. These two say how the service is
// reached; the serial number is the provider's, whatever the way. Would they be part of the key, then a moved endpoint or
// a new contract would make every customer a new one: all locked out, or all bound anew without a comparison.
//
// # Choosing a policy
//
// Nothing set: the first login is stored, a change is refused. That fits whoever knows their customers by another factor
// at the first login: a password, a visit. Where a login is the only factor, enrol in a separate, better guarded place
// and set Config.RequireKnown for the rest. The weaker policies, InsecureAcceptChange and InsecureWarnOnly, are for the
// time of an introduction: with either, whoever holds the number is the customer.
//
// After a mismatch the operator finds out by other means who the person is, and then replaces the serial number with
// Binder.Rebind. SerialStore.Forget is for accounts that end: after it the next login is a first one.
//
// # Stores
//
// A SerialStore keeps the serial numbers. Memory is one for tests and single processes; SQL is one for database/sql with
// SQLite or PostgreSQL, whichever driver the application uses. Package accounttest checks others.
//
// # Personal data
//
// A serial number is a pseudonym and personal data, and so may an account's ID be. Errors, log lines and the types of this
// package hold or print neither; stores hold both, so protect and erase them like a table of customers.
package account
