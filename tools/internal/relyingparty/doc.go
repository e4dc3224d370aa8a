// Package relyingparty is a sample of an application that embeds this library: a small bank, where people log in with their
// phone, see who they are proven to be, and sign a contract. It is written to be read, and copied from.
//
//	site.go       all that the bank does with one provider, whichever it is
//	services.go   what differs between providers: one constructor each; hermod.go has another one
//	provider.go   what the bank wants to know of a provider
//
// Everything else is what every application has: pages, sessions, customers. Plain net/http and html/template, one style
// sheet, one script that can be left out. What is in memory here belongs into a database in earnest; the comments say where.
//
// An application on the Internet needs one thing more: limits on who makes whose phone ring how often, in Config.Admit of the
// providers' packages.
package relyingparty
