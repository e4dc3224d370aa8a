// Package mssp is a client of an ETSI TS 102 204 Mobile Signature Service Provider (MSSP), first of all of Swisscom Mobile
// ID. It implements mss.Service.
//
//	client, err := mssp.New(mssp.Config{
//		HTTP:     transport.Config{URL: "https://mobileid.swisscom.com", Identity: identity, Roots: tlsRoots},
//		APID:     "mid://acme.example",
//		Prefix:   "Bank ACME: ",
//		Anchors:  anchors,
//		Defaults: mssp.Options{Profile: mssp.ProfileAny},
//	})
//	sig, err := mss.Sign(ctx, client, &mss.Request{
//		Purpose: mss.Authentication, User: mss.User{MSISDN: number},
//		Display: "Bank ACME: log in?", AddCode: true, Language: "en",
//	}, show)
//
// # What is checked
//
// Before anything is sent: the number, the text (prefix, length as the phone counts it, every character visible), the
// language, the profile, the time the person has. Of every answer: that HTTP status and body agree, that it names the
// message it answers, this account and the person. Of every signature: the CMS over exactly the text that was sent, the
// chain to the operator's anchors, key usage, certificate policy, the form of the serial number, the method, and that it
// was not accepted for another transaction.
//
// # Test numbers
//
// The service's test numbers (+41000092 and a fault code; 41700092501 and 41700092502, which sign) work only with
// Config.AllowTestNumbers: their signatures chain to the production root although nobody signed.
//
// # Other operators
//
// All that differs between operators is data in a Dialect.
package mssp
